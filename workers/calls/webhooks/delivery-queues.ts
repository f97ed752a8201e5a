/** A delivery that waits, or is under way. */
export interface Queued {
  conversation: string
}

/**
 * Deliveries: those of a conversation one after another, of several conversations at once. One that has to be repeated
 * holds back its conversation only.
 */
export class DeliveryQueues<Delivery extends Queued> {
  readonly #attempt: (delivery: Delivery) => Promise<number | undefined>
  readonly #atOnceMax: () => number
  readonly #changed: () => void
  readonly #failed: (error: unknown) => void
  readonly #queues = new Map<string, Delivery[]>()
  readonly #working = new Set<Promise<void>>()
  /** Conversations that wait for their turn, in order. */
  readonly #turns: (() => void)[] = []
  /** Ends each pause that a conversation is in. */
  readonly #pauses = new Set<() => void>()
  #underWay = 0
  #isStopped = false

  /**
   * @param attempt returns the pause before the next attempt, in milliseconds; `undefined`: the delivery is over
   * @param atOnceMax the attempts that may be under way at present
   * @param changed called when a delivery is over, or begins a pause
   * @param failed called with what an attempt throws, except when it is stopped
   */
  constructor(
    attempt: (delivery: Delivery) => Promise<number | undefined>,
    atOnceMax: () => number,
    changed: () => void,
    failed: (error: unknown) => void,
  ) {
    this.#attempt = attempt
    this.#atOnceMax = atOnceMax
    this.#changed = changed
    this.#failed = failed
  }

  /** Conversations that wait for their turn or have it: not those in a pause. */
  get ready(): number {
    return this.#turns.length + this.#underWay
  }

  /** Conversations with deliveries. */
  get conversations(): number {
    return this.#queues.size
  }

  /** Adds a delivery after those of its conversation. */
  add(delivery: Delivery): void {
    const { conversation } = delivery
    const queue = this.#queues.get(conversation)
    if (queue) {
      queue.push(delivery)
      return
    }
    const queued = [delivery]
    this.#queues.set(conversation, queued)
    const work: Promise<void> = this.#work(conversation, queued)
      .catch((error) => {
        if (!this.#isStopped) this.#failed(error)
      })
      .finally(() => this.#working.delete(work))
    this.#working.add(work)
  }

  /** Ends all pauses. */
  wake(): void {
    for (const end of [...this.#pauses]) end()
    this.#grantTurns()
  }

  /** Begins no more attempts; settles once none is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true
    for (const grant of this.#turns.splice(0)) {
      this.#underWay++
      grant()
    }
    this.wake()
    await Promise.all(this.#working)
  }

  async #work(conversation: string, queue: Delivery[]): Promise<void> {
    for (let first = queue[0]; first && !this.#isStopped; first = queue[0]) {
      await this.#turn()
      let pause: number | undefined = 0
      try {
        if (!this.#isStopped) pause = await this.#attempt(first)
      } finally {
        this.#underWay--
        this.#grantTurns()
      }
      if (pause === undefined) queue.shift()
      if (queue.length === 0) this.#queues.delete(conversation)
      this.#changed()
      if (pause) await this.#pause(pause)
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#turns.push(resolve)
      this.#grantTurns()
    })
  }

  #grantTurns(): void {
    while (this.#underWay < this.#atOnceMax()) {
      const grant = this.#turns.shift()
      if (!grant) return
      this.#underWay++
      grant()
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isStopped) return resolve()
      const end = () => {
        clearTimeout(timer)
        this.#pauses.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#pauses.add(end)
    })
  }
}

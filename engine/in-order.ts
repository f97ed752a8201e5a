/**
 * Handles the items of a log: items of one key strictly one after another, items of different keys concurrently,
 * never more than `limit` at a time. An item is finished once the promises that its handler returned have settled, too;
 * the next item of its key does not wait for them.
 */
export class InOrder<Item> {
  readonly #handle: (item: Item) => Promise<Promise<void>[]>
  readonly #limit: number
  readonly #lanes = new Map<string, Promise<void>>()
  /** In the order of the log. */
  readonly #unfinished: { seq: number; done: boolean }[] = []
  #running = 0
  #finished: number
  #failure: unknown
  #wake: () => void = () => {}

  constructor(after: number, limit: number, handle: (item: Item) => Promise<Promise<void>[]>) {
    this.#finished = after
    this.#limit = limit
    this.#handle = handle
  }

  /** The highest sequence up to which every item is finished. */
  get finished(): number {
    return this.#finished
  }

  /** Queues the next item; waits while `limit` are being handled. Throws what a handler threw. */
  async add(seq: number, key: string, item: Item): Promise<void> {
    while (this.#running >= this.#limit && !this.#failure) await this.#change()
    if (this.#failure) throw this.#failure
    this.#running++
    const entry = { seq, done: false }
    this.#unfinished.push(entry)
    const before = this.#lanes.get(key)
    const lane = before === undefined ? this.#run(item, entry) : before.then(() => this.#run(item, entry))
    this.#lanes.set(key, lane)
    void lane.then(() => {
      if (this.#lanes.get(key) === lane) this.#lanes.delete(key)
    })
  }

  /** Waits until every added item is finished. Throws what a handler threw. */
  async drain(): Promise<void> {
    while (this.#unfinished.length > 0 && !this.#failure) await this.#change()
    if (this.#failure) throw this.#failure
  }

  async #run(item: Item, entry: { done: boolean }): Promise<void> {
    // After a failure no later item of any key may be handled: its predecessor was not.
    if (this.#failure) return
    try {
      const pending = await this.#handle(item)
      this.#running--
      if (pending.length === 0) this.#finish(entry)
      else
        void Promise.all(pending).then(
          () => this.#finish(entry),
          (error) => this.#fail(error),
        )
      this.#wake()
    } catch (error) {
      this.#fail(error)
    }
  }

  #finish(entry: { done: boolean }) {
    entry.done = true
    this.#advance()
    if (this.#unfinished.length === 0) this.#wake()
  }

  #fail(error: unknown) {
    this.#failure ??= error
    this.#wake()
  }

  #advance() {
    let done = 0
    while (this.#unfinished[done]?.done) done++
    if (done === 0) return
    this.#finished = (this.#unfinished[done - 1] as { seq: number }).seq
    this.#unfinished.splice(0, done)
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake
      this.#wake = () => {
        this.#wake = () => {}
        before()
        resolve()
      }
    })
  }
}

/** How long an end can be undone before it is sent, in milliseconds. */
const undoMs = 5_000

/** The ends that the agent can still undo, by conversation, the latest last. */
export class DelayedEnds {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #send: (id: string) => void

  /** @param send ends a conversation for good */
  constructor(send: (id: string) => void) {
    this.#send = send
  }

  get ids(): string[] {
    return [...this.#timers.keys()]
  }

  has(id: string): boolean {
    return this.#timers.has(id)
  }

  begin(id: string): void {
    if (!this.has(id))
      this.#timers.set(
        id,
        setTimeout(() => this.flush(id), undoMs),
      )
  }

  /** Takes an end back; it was not sent. */
  undo(id: string): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
  }

  /** Sends an end at once, or all. */
  flush(id?: string): void {
    for (const one of id === undefined ? this.ids : [id]) {
      if (!this.has(one)) continue
      this.undo(one)
      this.#send(one)
    }
  }
}

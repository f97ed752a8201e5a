/** A map of the entries that were set last, at most `limit` of them. */
export class LatestMap<K, V> extends Map<K, V> {
  readonly #limit: number

  constructor(limit: number) {
    super()
    this.#limit = limit
  }

  /** Deletes first, so that the entry moves to the end: a map keeps its order, and the first entry is the oldest. */
  override set(key: K, value: V): this {
    this.delete(key)
    super.set(key, value)
    if (this.size > this.#limit)
      for (const oldest of this.keys()) {
        this.delete(oldest)
        break
      }
    return this
  }
}

/** A customer this near to the end of the transcript, in pixels, reads along. */
const endPx = 40

/** Keeps the transcript's scroller at its end while the customer reads there. */
export class EndKeeper {
  isAtEnd = true
  /** Whether a message arrived below the visible part. */
  hasNewBelow = false
  #scroller: HTMLElement | null = null
  readonly #resized = new ResizeObserver(() => this.stay())

  observe(scroller: HTMLElement | null): void {
    this.#scroller = scroller
    if (scroller) this.#resized.observe(scroller)
  }

  goToEnd(): void {
    this.isAtEnd = true
    this.hasNewBelow = false
  }

  /** Reads the scroll position. Returns whether the customer has just come back to the end. */
  measure(): boolean {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = this.#scroller ?? {}
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < endPx
    if (!this.isAtEnd || !this.hasNewBelow) return false
    this.hasNewBelow = false
    return true
  }

  /** Leaves a form's field that has the focus where it is: the end of a long form may hide it. */
  stay(): void {
    if (this.#scroller && this.isAtEnd && !this.#scroller.querySelector(':focus'))
      this.#scroller.scrollTop = this.#scroller.scrollHeight
  }
}

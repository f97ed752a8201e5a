/** A customer this near to the end of the transcript, in pixels, reads along. */
const endPx = 40

/** Keeps the transcript's scroller at its end while the customer reads there. */
export class EndKeeper {
  isAtEnd = true
  /** Whether a message arrived below the visible part. */
  hasNewBelow = false
  #scroller: HTMLElement | null = null
  #top = 0
  readonly #stay = () => this.stay()
  readonly #resized = new ResizeObserver(this.#stay)

  observe(scroller: HTMLElement | null): void {
    this.#scroller = scroller
    if (!scroller) return
    this.#resized.observe(scroller)
    // A picture has its height only once it is loaded.
    scroller.addEventListener('load', this.#stay, true)
  }

  goToEnd(): void {
    this.isAtEnd = true
    this.hasNewBelow = false
  }

  /** Reads the scroll position. Returns whether the customer has just come back to the end. */
  measure(): boolean {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = this.#scroller ?? {}
    // The content may have grown since it was scrolled to its end: only who scrolls back leaves it.
    const isBack = scrollTop < this.#top
    this.#top = scrollTop
    this.isAtEnd = (this.isAtEnd && !isBack) || scrollHeight - scrollTop - clientHeight < endPx
    if (!this.isAtEnd || !this.hasNewBelow) return false
    this.hasNewBelow = false
    return true
  }

  /** Leaves a form's field that has the focus where it is: the end of a long form may hide it. */
  stay(): void {
    const scroller = this.#scroller
    if (!scroller || !this.isAtEnd || scroller.querySelector(':focus')) return
    scroller.scrollTop = scroller.scrollHeight
    this.#top = scroller.scrollTop
  }
}

/** Whether the reader of a scroller is at its end, and stays there while its content grows. */
export class EndPosition {
  isAtEnd = true
  readonly #nearPx: number
  #top = 0

  /** @param nearPx a reader this near to the end, in pixels, reads along */
  constructor(nearPx: number) {
    this.#nearPx = nearPx
  }

  /** Reads the position of a scroller that was scrolled. */
  measure({ scrollHeight, scrollTop, clientHeight }: Element): void {
    // The content may have grown since it was scrolled to its end: only who scrolls back leaves it.
    const isBack = scrollTop < this.#top
    this.#top = scrollTop
    this.isAtEnd = (this.isAtEnd && !isBack) || scrollHeight - scrollTop - clientHeight < this.#nearPx
  }

  scrollToEnd(scroller: Element): void {
    scroller.scrollTop = scroller.scrollHeight
    this.#top = scroller.scrollTop
  }
}

import { EndPosition } from '../base/end-position.ts'

/** A customer this near to the end of the transcript, in pixels, reads along. */
const endPx = 40

/** Keeps the transcript's scroller at its end while the customer reads there. */
export class EndKeeper extends EndPosition {
  /** Whether a message arrived below the visible part. */
  hasNewBelow = false
  #scroller: HTMLElement | null = null
  readonly #stay = () => this.stay()
  readonly #resized = new ResizeObserver(this.#stay)

  constructor() {
    super(endPx)
  }

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
  isBackAtEnd(): boolean {
    if (this.#scroller) this.measure(this.#scroller)
    if (!this.isAtEnd || !this.hasNewBelow) return false
    this.hasNewBelow = false
    return true
  }

  /** Leaves a form's field that has the focus where it is: the end of a long form may hide it. */
  stay(): void {
    const scroller = this.#scroller
    if (!scroller || !this.isAtEnd || scroller.querySelector(':focus')) return
    this.scrollToEnd(scroller)
  }
}

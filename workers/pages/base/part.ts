import { LitElement } from 'lit'

/** A part of the page that renders into the page's one shadow root: styles, ids and labels are shared. */
export class Part extends LitElement {
  #connected = new AbortController()
  #timer = 0

  override connectedCallback(): void {
    super.connectedCallback()
    this.#connected = new AbortController()
    this.whileConnected(this.#connected.signal)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#connected.abort()
    clearTimeout(this.#timer)
  }

  /** Listens until the signal, which aborts when the part leaves the page. */
  protected whileConnected(_signal: AbortSignal): void {}

  /** Acts after a pause. A later call begins another pause; leaving the page cancels it. */
  protected afterPause(ms: number, act: () => unknown): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(act, ms)
  }

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  /** The shadow root of the page. */
  get page(): ShadowRoot {
    return this.getRootNode() as ShadowRoot
  }

  /** Focuses an element of a later render. The page scrolls only as far as the element needs to be seen. */
  protected async focusLater(selector: string): Promise<void> {
    await this.updateComplete
    this.querySelector<HTMLElement>(selector)?.focus()
  }
}

/** Acts in intervals until the signal aborts. */
export function every(ms: number, act: () => void, signal: AbortSignal): void {
  const interval = setInterval(act, ms)
  signal.addEventListener('abort', () => clearInterval(interval))
}

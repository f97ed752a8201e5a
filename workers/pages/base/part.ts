import { LitElement } from 'lit'

/** A part of the page that renders into the page's one shadow root: styles, ids and labels are shared. */
export class Part extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  /** The shadow root of the page. */
  get page(): ShadowRoot {
    return this.getRootNode() as ShadowRoot
  }

  /** Focuses an element of a later render. */
  protected async focusLater(selector: string): Promise<void> {
    await this.updateComplete
    const found = this.querySelector<HTMLElement>(selector)
    found?.focus()
    found?.scrollIntoView({ block: 'center' })
  }
}

import { html } from 'lit'
import { property, state } from 'lit/decorators.js'
import { icons } from './icons.ts'
import { Part } from './part.ts'

/** Copies a text to the clipboard, and says that it did. */
export class CopyButton extends Part {
  @property({ attribute: false }) text!: string
  @property({ attribute: false }) words!: { copy: string; copied: string }
  /** The id of the element that shows the text. */
  @property() shown!: string
  @state() isCopied = false

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('text')) this.isCopied = false
  }

  protected override render() {
    const { copy, copied } = this.words
    return html`
      <button type="button" class="button" @click=${this.#copy}>
        ${this.isCopied ? icons.check : icons.copy}${this.isCopied ? copied : copy}
      </button>
      <span class="visually-hidden" role="status">${this.isCopied ? copied : ''}</span>
    `
  }

  #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.text)
      this.isCopied = true
    } catch {
      // Not allowed: it is marked, to be copied by hand.
      const shown = this.page.getElementById(this.shown)
      if (shown) getSelection()?.selectAllChildren(shown)
    }
  }
}

customElements.define('copy-button', CopyButton)

import { css, html, LitElement, nothing } from 'lit'
import { live } from 'lit/directives/live.js'
import { textLengthMax } from '../../../schemas/limits.ts'
import { controls } from '../base/controls.ts'
import { icons } from '../base/icons.ts'
import type { DeskWords } from '../base/words.ts'
import { look } from './look.ts'

/** From so many characters left on, they are counted. */
const countedBelow = 200

/** Where the agent writes. Tells `draft` and `say` with the text, and `ask-release` and `ask-end`. */
export class ReplyComposer extends LitElement {
  static override properties = {
    text: { attribute: false },
    customer: { attribute: false },
    words: { attribute: false },
  }
  declare text: string
  declare customer: string
  declare words: DeskWords

  override focus(): void {
    void this.updateComplete.then(() => this.#field().focus())
  }

  protected override render() {
    const { words, text } = this
    const left = textLengthMax - codePoints(text)
    return html`
      <div class="box">
        <label class="visually-hidden" for="text">${words.replyTo(this.customer)}</label>
        <textarea
          id="text"
          rows="1"
          dir="auto"
          enterkeyhint="send"
          placeholder=${words.reply}
          aria-describedby="hint count"
          aria-invalid=${left < 0 ? 'true' : 'false'}
          .value=${live(text)}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
        ></textarea>
        <div class="bar">
          <button class="button quiet" type="button" @click=${() => this.#tell('ask-release')}>
            ${icons.release}<span>${words.release}</span>
          </button>
          <button class="button quiet" type="button" @click=${() => this.#tell('ask-end')}>
            ${icons.end}<span>${words.end}</span>
          </button>
          <button class="button primary icon" type="button" title=${words.send} ?disabled=${text.trim() === '' || left < 0} @click=${this.#say}>
            ${icons.send}<span class="visually-hidden">${words.send}</span>
          </button>
        </div>
      </div>
      <p class="below">
        <span id="hint">${words.composerHint}</span>
        <span id="count" class=${left < 0 ? 'over' : ''} role="status">
          ${left < 0 ? words.tooLong(-left) : left < countedBelow ? words.charactersLeft(left) : nothing}
        </span>
      </p>
    `
  }

  #onInput(event: Event): void {
    this.#tell('draft', (event.target as HTMLTextAreaElement).value)
  }

  #onKey(event: KeyboardEvent): void {
    // The Enter that takes an input method's suggestion sends nothing.
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.isComposing) return
    event.preventDefault()
    this.#say()
  }

  #say(): void {
    const field = this.#field()
    // What stands in the field: `text` comes back a frame after what was typed.
    const text = field.value
    if (text.trim() === '' || codePoints(text) > textLengthMax) return
    field.value = ''
    this.#tell('say', text)
    field.focus()
  }

  #field(): HTMLTextAreaElement {
    return this.renderRoot.querySelector('textarea') as HTMLTextAreaElement
  }

  #tell(type: string, detail?: string): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }

  static override styles = [
    controls,
    look,
    css`
      :host {
        padding: 12px var(--desk-inset) 10px;
      }
      .box {
        border: 1px solid var(--fd-control);
        border-radius: var(--fd-radius-large);
        background: var(--fd-background);
      }
      .box:has(textarea:focus-visible) {
        outline: 2px solid var(--fd-accent);
        outline-offset: -1px;
      }
      textarea {
        display: block;
        inline-size: 100%;
        min-block-size: 44px;
        max-block-size: min(40vh, 240px);
        padding: 10px 14px 6px;
        border: 0;
        background: none;
        line-height: 24px;
        resize: none;
        field-sizing: content;
        overflow-wrap: anywhere;
      }
      textarea:focus-visible {
        outline: none;
      }
      textarea::placeholder {
        color: var(--fd-muted);
        opacity: 1;
      }
      .bar {
        display: flex;
        align-items: center;
        gap: 4px;
        padding: 0 4px 4px;
      }
      .bar .button {
        padding-inline: 10px;
        color: var(--fd-muted);
        font-size: 14px;
      }
      .bar .quiet:hover {
        color: var(--fd-text);
      }
      .bar .primary {
        margin-inline-start: auto;
        padding: 0;
        color: var(--fd-on-accent);
      }
      .below {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        padding: 6px 4px 0;
        color: var(--fd-muted);
        font-size: 13px;
        line-height: 18px;
      }
      #count {
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
      .over {
        color: var(--fd-danger);
      }
      @media (pointer: coarse) {
        #hint {
          display: none;
        }
      }
    `,
  ]
}

/** How many people would count, and the gateway counts: not UTF-16 units. */
function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

customElements.define('desk-composer', ReplyComposer)

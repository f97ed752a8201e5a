import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { textLengthMax } from '../../../../schemas/limits.ts'
import { icons } from '../../base/icons.ts'
import { isComposing } from '../../base/keys.ts'
import { Part } from '../../base/part.ts'
import { words } from '../language.ts'

/** The remaining characters are shown once there are fewer than these. */
const countedBelow = 200

/** The field for the agent's reply. Dispatches `draft` and `say` with the text, `ask-release` and `ask-end`. */
export class ReplyComposer extends Part {
  @property({ attribute: false }) text!: string
  @property({ attribute: false }) conversationId!: string
  @property({ attribute: false }) customer!: string

  override focus(): void {
    void this.updateComplete.then(() => this.#field().focus())
  }

  protected override render() {
    const { text, conversationId: id } = this
    const left = textLengthMax - codePoints(text)
    return html`
      <div class="box">
        <label class="visually-hidden" for="text-${id}">${words.replyTo(this.customer)}</label>
        <textarea
          id="text-${id}"
          rows="1"
          dir="auto"
          enterkeyhint="send"
          placeholder=${words.reply}
          aria-describedby="hint-${id} length-${id}"
          aria-invalid=${left < 0 ? 'true' : 'false'}
          .value=${live(text)}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
        ></textarea>
        <div class="bar">
          <button
            class="button primary icon"
            type="button"
            title=${words.send}
            aria-disabled=${text.trim() === '' || left < 0}
            @click=${this.#sendText}
          >
            ${icons.send}<span class="visually-hidden">${words.send}</span>
          </button>
          <button class="button quiet" type="button" @click=${() => this.#dispatch('ask-release')}>
            ${icons.release}<span>${words.release}</span>
          </button>
          <button class="button quiet" type="button" @click=${() => this.#dispatch('ask-end')}>
            ${icons.end}<span>${words.end}</span>
          </button>
        </div>
      </div>
      <p class="below">
        <span id="hint-${id}">${words.composerHint}</span>
        <span id="length-${id}" class="length ${left < 0 ? 'exceeded' : ''}" role="status">
          ${left < 0 ? words.tooLong(-left) : left < countedBelow ? words.charactersLeft(left) : nothing}
        </span>
      </p>
    `
  }

  #onInput(event: Event): void {
    this.#dispatch('draft', (event.target as HTMLTextAreaElement).value)
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || isComposing(event)) return
    event.preventDefault()
    this.#sendText()
  }

  #sendText(): void {
    const field = this.#field()
    // The field's value, not `text`: that is updated a frame after an input.
    const text = field.value
    if (text.trim() === '' || codePoints(text) > textLengthMax) return
    field.value = ''
    this.#dispatch('say', text)
    field.focus()
  }

  #field(): HTMLTextAreaElement {
    return this.querySelector('textarea') as HTMLTextAreaElement
  }

  #dispatch(type: string, detail?: string): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

/** The length as people and the gateway count it: in code points, not UTF-16 units. */
function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

customElements.define('desk-composer', ReplyComposer)

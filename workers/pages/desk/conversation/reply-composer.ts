import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { Attachment } from '../../../../schemas/conversation/attachment.ts'
import { textLengthMax } from '../../../../schemas/limits.ts'
import type { SavedReply } from '../../../../schemas/protocol/desk.ts'
import type { AcceptedFiles } from '../../../../schemas/protocol/widget.ts'
import { icons } from '../../base/icons.ts'
import { isComposing } from '../../base/keys.ts'
import { Part } from '../../base/part.ts'
import { words } from '../language.ts'
import { ReplyPicker } from '../replies/reply-picker.ts'
import { ReplyFiles } from './reply-files.ts'

/** The agent's reply or note. */
export interface Said {
  text: string
  attachments?: Attachment[] | undefined
}

/** The remaining characters are shown once there are fewer than these. */
const countedBelow = 200

/**
 * The field for the agent's reply, or for a note, which no customer sees. Dispatches `draft` and `say` with the text,
 * and `mode` with whether the agent chose to write a note.
 */
export class ReplyComposer extends Part {
  @property({ attribute: false }) text!: string
  @property({ attribute: false }) conversationId!: string
  @property({ attribute: false }) customer!: string
  @property({ attribute: false }) isNote!: boolean
  /** Whether there is nothing to write but notes: the customer is a colleague's. */
  @property({ attribute: false }) isNotesOnly!: boolean

  /** The files that may be sent; `undefined`: none. */
  @property({ attribute: false }) accepted: AcceptedFiles | undefined

  /** The saved replies that are offered. */
  @property({ attribute: false }) replies!: readonly SavedReply[]
  /** A saved reply's text as it is inserted. */
  @property({ attribute: false }) filled!: (reply: SavedReply) => string

  readonly #picker = new ReplyPicker(this, {
    field: () => this.#field(),
    replies: () => this.replies,
    filled: (reply) => this.filled(reply),
  })

  readonly #files = new ReplyFiles(() => this.requestUpdate())

  override focus(): void {
    void this.updateComplete.then(() => this.#field().focus())
  }

  protected override render() {
    const { text, conversationId: id, isNote } = this
    const left = textLengthMax - codePoints(text)
    const send = isNote ? words.addNote : words.send
    return html`
      <div class="box ${isNote ? 'note-box' : ''}" @dragover=${hold} @drop=${this.#onDrop}>
        ${this.replies.length > 0 ? this.#picker.render() : nothing}
        <label class="visually-hidden" for="text-${id}">${isNote ? words.noteOn(this.customer) : words.replyTo(this.customer)}</label>
        <textarea
          id="text-${id}"
          rows="1"
          dir="auto"
          enterkeyhint="send"
          placeholder=${isNote ? words.notePlaceholder : words.reply}
          aria-describedby="hint-${id} length-${id}"
          aria-invalid=${left < 0 ? 'true' : 'false'}
          .value=${live(text)}
          @input=${this.#onInput}
          aria-autocomplete=${this.replies.length > 0 ? 'list' : nothing}
          aria-controls=${this.replies.length > 0 ? 'replies' : nothing}
          aria-activedescendant=${this.#picker.activeId}
          @keydown=${this.#onKey}
          @paste=${this.#onPaste}
          @blur=${this.#picker.close}
          @pointerdown=${this.#picker.close}
        ></textarea>
        ${isNote ? nothing : this.#files.list(id)}
        <div class="bar">
          <button
            class="button primary small"
            type="button"
            aria-disabled=${(text.trim() === '' && !this.#files.isReady(id)) || left < 0}
            @click=${this.#sendText}
          >
            ${send}${icons.send}
          </button>
          ${this.isNotesOnly ? nothing : this.#modes()} ${isNote || !this.accepted ? nothing : this.#files.button(id, this.accepted)}
          ${
            this.replies.length > 0
              ? html`<button class="button quiet saved" type="button" title=${words.savedReplies} @click=${() => this.#picker.begin()}>
                  <kbd aria-hidden="true">/</kbd><span>${words.savedReplies}</span>
                </button>`
              : nothing
          }
          <span id="hint-${id}" class="hint">${isNote ? words.noteHint : words.composerHint}</span>
          <span id="length-${id}" class="length ${left < 0 ? 'exceeded' : ''}" role="status">
            ${left < 0 ? words.tooLong(-left) : left < countedBelow ? words.charactersLeft(left) : nothing}
          </span>
        </div>
      </div>
    `
  }

  #modes() {
    const mode = (isNote: boolean, label: string) =>
      html`<button
        type="button"
        aria-pressed=${this.isNote === isNote ? 'true' : 'false'}
        @click=${() => this.dispatchEvent(new CustomEvent('mode', { detail: isNote }))}
      >${label}</button>`
    return html`<div class="segments" role="group" aria-label=${words.writeAs}>
      ${mode(false, words.reply)} ${mode(true, words.note)}
    </div>`
  }

  #onInput(event: Event): void {
    // The owner sets it a frame later: an update before that would write the older text into the field.
    this.text = (event.target as HTMLTextAreaElement).value
    this.#dispatch('draft', this.text)
    this.#picker.follow()
  }

  #onKey(event: KeyboardEvent): void {
    if (isComposing(event)) return
    if (this.#picker.choose(event)) {
      event.preventDefault()
      // Escape closes the list, and nothing around it.
      event.stopPropagation()
      return
    }
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return
    event.preventDefault()
    this.#sendText()
  }

  #onPaste(event: ClipboardEvent): void {
    const { clipboardData } = event
    // A spreadsheet's cells come as a picture, too.
    if (this.isNote || !clipboardData?.files.length || clipboardData.getData('text')) return
    event.preventDefault()
    this.#files.add(this.conversationId, clipboardData.files, this.accepted)
  }

  #onDrop(event: DragEvent): void {
    event.preventDefault()
    if (!this.isNote && event.dataTransfer)
      this.#files.add(this.conversationId, event.dataTransfer.files, this.accepted)
  }

  #sendText(): void {
    const field = this.#field()
    // The field's value, not `text`: that is updated a frame after an input.
    const text = field.value
    if (codePoints(text) > textLengthMax) return
    const attachments = this.isNote ? undefined : this.#files.take(this.conversationId)
    if (text.trim() === '' && !attachments) return
    field.value = ''
    this.text = ''
    this.#dispatch('say', { text, attachments })
    field.focus()
  }

  #field(): HTMLTextAreaElement {
    return this.querySelector('textarea') as HTMLTextAreaElement
  }

  #dispatch(type: 'draft' | 'say', detail: string | Said): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

function hold(event: DragEvent): void {
  event.preventDefault()
}

/** The length as people and the gateway count it: in code points, not UTF-16 units. */
function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

customElements.define('desk-composer', ReplyComposer)

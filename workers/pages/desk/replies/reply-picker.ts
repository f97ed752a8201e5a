import { html, nothing, type ReactiveController, type ReactiveControllerHost } from 'lit'
import type { SavedReply } from '../../../../schemas/protocol/desk.ts'
import { words } from '../language.ts'
import { matchingReplies, queryAt, type SlashQuery } from './matching.ts'

interface PickerSource {
  field(): HTMLTextAreaElement
  replies(): readonly SavedReply[]
  /** A reply's text as it is inserted. */
  filled(reply: SavedReply): string
}

/** The saved replies that are offered while the agent types a slash and letters of one. */
export class ReplyPicker implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #source: PickerSource
  #query: SlashQuery | undefined
  #found: SavedReply[] = []
  #active = 0

  constructor(host: ReactiveControllerHost & HTMLElement, source: PickerSource) {
    this.#host = host
    this.#source = source
    host.addController(this)
  }

  hostUpdated(): void {
    this.#host.querySelector('.replies [aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }

  get isOpen(): boolean {
    return this.#query !== undefined
  }

  /** The id of the active option, for `aria-activedescendant`. */
  get activeId(): string | typeof nothing {
    return this.isOpen ? `reply-option-${this.#active}` : nothing
  }

  /** Opens, narrows or closes the list after an input. */
  follow(): void {
    const { value, selectionStart, selectionEnd } = this.#source.field()
    const query = selectionStart === selectionEnd ? queryAt(value, selectionStart) : undefined
    if (!query && !this.isOpen) return
    this.#found = query ? matchingReplies(this.#source.replies(), query.query) : []
    this.#query = this.#found.length > 0 ? query : undefined
    this.#active = 0
    this.#host.requestUpdate()
  }

  close = (): void => {
    if (!this.isOpen) return
    this.#query = undefined
    this.#host.requestUpdate()
  }

  /** Opens the list without the keyboard: as if a slash were typed. */
  begin(): void {
    const field = this.#source.field()
    field.focus()
    const isBehindWord = /\S$/.test(field.value.slice(0, field.selectionStart))
    type(isBehindWord ? ' /' : '/')
  }

  /** Whether the key was for the list. */
  choose({ key, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    if (!this.isOpen || shiftKey || altKey || ctrlKey || metaKey) return false
    const count = this.#found.length
    if (key === 'ArrowDown') this.#active = (this.#active + 1) % count
    else if (key === 'ArrowUp') this.#active = (this.#active + count - 1) % count
    else if (key === 'Enter' || key === 'Tab') this.#insert(this.#active)
    else if (key === 'Escape') this.close()
    else return false
    this.#host.requestUpdate()
    return true
  }

  #insert(n: number): void {
    const reply = this.#found[n]
    if (!reply || !this.#query) return
    const field = this.#source.field()
    field.focus()
    field.setSelectionRange(this.#query.from, field.selectionStart)
    this.close()
    type(this.#source.filled(reply))
    // The reply's own text may end like a query.
    this.close()
  }

  render() {
    const found = this.isOpen ? this.#found : []
    return html`<ul class="replies" id="replies" role="listbox" aria-label=${words.savedReplies} ?hidden=${found.length === 0}>
        ${found.map(
          (reply, n) => html`<li
            role="option"
            id="reply-option-${n}"
            aria-selected=${n === this.#active ? 'true' : 'false'}
            @pointerdown=${(event: Event) => event.preventDefault()}
            @click=${() => this.#insert(n)}
          >
            <span class="reply-title"><b dir="auto">${reply.title}</b>${reply.shortcut ? html`<code>/${reply.shortcut}</code>` : nothing}</span>
            <span class="reply-text" dir="auto">${this.#source.filled(reply)}</span>
          </li>`,
        )}
      </ul>
      <p class="visually-hidden" role="status">${found.length > 0 ? words.repliesFound(found.length) : nothing}</p>`
  }
}

/** As if it were typed: it can be undone. */
function type(text: string): void {
  document.execCommand('insertText', false, text)
}

import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { guard } from 'lit/directives/guard.js'
import { live } from 'lit/directives/live.js'
import type { BotProblem } from '../../../../schemas/protocol/admin.ts'
import { isComposing } from '../../base/keys.ts'
import { Part } from '../../base/part.ts'
import { problemText } from '../../base/words.ts'
import { words } from '../language.ts'
import { indentAfter, newStep } from './bot-text.ts'
import { type BotNames, type Completion, completionAt } from './completion.ts'

/**
 * A text with the numbers of its lines, the errors beside them, and what may be written at the caret. Emits `text` with
 * each change.
 */
export class AdminSource extends Part {
  @property({ attribute: false }) text!: string
  @property({ attribute: false }) problems!: readonly BotProblem[]
  @property({ attribute: false }) fieldId!: string
  @property({ attribute: false }) describedBy!: string
  @property({ attribute: false }) names!: BotNames
  @state() completion: Completion | undefined
  /** The chosen word; -1: none yet, so that Enter and Tab do what they always do. */
  @state() active = -1

  protected override whileConnected(signal: AbortSignal): void {
    // The page and the text scroll; neither is the list's ancestor.
    addEventListener('scroll', () => this.#placeWords(), { signal, capture: true, passive: true })
    addEventListener('resize', () => this.#placeWords(), { signal })
  }

  protected override updated(): void {
    this.#placeWords()
    this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }

  // A textarea may not have the role of a combobox (ARIA in HTML); its own role has these attributes, too.
  protected override render() {
    const { words: found = [] } = this.completion ?? {}
    const listId = `${this.fieldId}-words`
    return html`
      <div class="source" dir="ltr">
        ${guard([this.text, this.problems], () => this.#lines())}
        <textarea
          id=${this.fieldId}
          wrap="off"
          spellcheck="false"
          autocomplete="off"
          autocapitalize="none"
          autocorrect="off"
          aria-describedby=${this.describedBy}
          aria-invalid=${this.problems.length > 0}
          aria-autocomplete="list"
          aria-controls=${listId}
          aria-activedescendant=${this.active >= 0 ? `${listId}-${this.active}` : nothing}
          .value=${live(this.text)}
          @input=${this.#input}
          @keydown=${this.#key}
          @pointerdown=${this.#close}
          @blur=${this.#close}
        ></textarea>
      </div>
      <ul class="options words" id=${listId} role="listbox" aria-label=${words.suggestions} ?hidden=${found.length === 0}>
        ${found.map(
          ({ word }, n) => html`
            <li
              role="option"
              id="${listId}-${n}"
              aria-selected=${n === this.active}
              @pointerdown=${(event: Event) => event.preventDefault()}
              @click=${() => this.#take(n)}
            >${word}</li>
          `,
        )}
      </ul>
      <p class="visually-hidden" role="status">${found.length > 0 ? words.suggested(found.length) : ''}</p>
    `
  }

  /** Selects a line from the column of its problem to its end. */
  show({ line, column }: Pick<BotProblem, 'line' | 'column'>): void {
    const field = this.#field
    const lines = this.text.split('\n')
    const start = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0)
    field.focus({ preventScroll: true })
    field.setSelectionRange(start + column - 1, start + (lines[line - 1] ?? '').length)
    this.querySelectorAll('.line')[line - 1]?.scrollIntoView({ block: 'center', inline: 'nearest' })
    this.querySelector('.source')?.scrollTo({ left: 0 })
  }

  /** Writes a new step of a bot into the text, at the caret. */
  insertStep(type: string, fields: string): void {
    const field = this.#field
    const step = newStep(field.value, field.selectionStart, type, fields)
    field.focus()
    field.setSelectionRange(step.at, step.at)
    write(step.text)
  }

  get #field(): HTMLTextAreaElement {
    return this.querySelector('textarea') as HTMLTextAreaElement
  }

  // A copy of the text below the textarea, in the same font: it gives the textarea its size.
  #lines() {
    const lines = this.text.split('\n').map((line, index) => {
      const wrong = this.problems.filter((problem) => problem.line === index + 1)
      const errors = wrong.map((problem) => problemText(problem, words.problems)).join('; ')
      // White space would be seen here.
      return html`<div class="line ${errors && 'wrong'}"
        ><span class="number">${index + 1}</span
        ><span class="written">${line}</span
        >${errors ? html`<span class="beside">${errors}</span>` : nothing}</div>`
    })
    return html`<div class="lines" aria-hidden="true">${lines}</div>`
  }

  #input = (event: InputEvent): void => {
    const { value } = this.#field
    this.dispatchEvent(new CustomEvent('text', { detail: value }))
    // Only what is typed begins a list; removing letters keeps one.
    if (event.inputType === 'insertText' || this.completion) this.#suggest()
  }

  #suggest(isAsked = false): void {
    const { value, selectionStart, selectionEnd } = this.#field
    const isCaret = selectionStart === selectionEnd
    this.completion = isCaret ? completionAt(value, selectionStart, this.names, isAsked) : undefined
    this.active = -1
  }

  #close = (): void => {
    this.completion = undefined
    this.active = -1
  }

  #take(n: number): void {
    const { from, words = [] } = this.completion ?? {}
    const inserted = words[n]?.inserted
    if (from === undefined || inserted === undefined) return
    const field = this.#field
    this.#close()
    field.setSelectionRange(from, field.selectionStart)
    write(inserted)
  }

  #key = (event: KeyboardEvent): void => {
    if (isComposing(event)) return
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event
    if (key === ' ' && ctrlKey) {
      event.preventDefault()
      this.#suggest(true)
      return
    }
    if (/^(Shift|Control|Alt|AltGraph|Meta)$/.test(key)) return
    const isPlain = !(shiftKey || altKey || ctrlKey || metaKey)
    // Shift with a letter is typed; all else that is modified moves the caret, or does something of its own.
    if (!isPlain && !(shiftKey && key.length === 1)) this.#close()
    if (!isPlain) return
    if (this.completion && this.#choose(key)) event.preventDefault()
    else if (key === 'Enter') {
      event.preventDefault()
      this.#indent()
    }
  }

  /** Whether the key is for the list of words. */
  #choose(key: string): boolean {
    const count = this.completion?.words.length ?? 0
    if (key === 'ArrowDown') this.active = (this.active + 1) % count
    else if (key === 'ArrowUp') this.active = (Math.max(this.active, 0) + count - 1) % count
    else if ((key === 'Enter' || key === 'Tab') && this.active >= 0) this.#take(this.active)
    else if (key === 'Escape') this.#close()
    else {
      // A letter changes the list when it is in the text.
      if (key.length > 1 && key !== 'Backspace') this.#close()
      return false
    }
    return true
  }

  /** Below the start of the word, or above it; closed where that is out of view. */
  #placeWords(): void {
    const { completion } = this
    const list = this.querySelector<HTMLElement>('.words')
    const box = this.querySelector('.source')?.getBoundingClientRect()
    if (!completion || !list || !box) return
    const before = this.#field.value.slice(0, completion.from).split('\n')
    const written = this.querySelectorAll('.written')[before.length - 1]
    const text = [...(written?.childNodes ?? [])].find((node) => node instanceof Text)
    if (!written || !text) return
    const range = document.createRange()
    range.setStart(written, 0)
    range.setEnd(text, Math.min(before.at(-1)?.length ?? 0, text.length))
    const line = written.getBoundingClientRect()
    if (line.top >= Math.min(box.bottom, innerHeight) || line.bottom <= Math.max(box.top, 0)) {
      this.#close()
      return
    }
    const below = innerHeight - line.bottom
    const height = list.offsetHeight
    const left = Math.min(line.left + range.getBoundingClientRect().width, innerWidth - list.offsetWidth - 8)
    list.style.left = `${Math.max(left, 8)}px`
    list.style.top = `${below >= height || below >= line.top ? line.bottom : line.top - height}px`
  }

  /** Indents a new line as YAML expects. */
  #indent(): void {
    const { value, selectionStart } = this.#field
    write(`\n${indentAfter(value.slice(0, selectionStart))}`)
  }
}

/** As if it were typed: it can be undone. */
function write(text: string): void {
  document.execCommand('insertText', false, text)
}

customElements.define('admin-source', AdminSource)

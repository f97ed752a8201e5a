import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { guard } from 'lit/directives/guard.js'
import { live } from 'lit/directives/live.js'
import type { BotProblem } from '../../../../schemas/protocol/admin.ts'
import { isComposing } from '../../base/keys.ts'
import { Part } from '../../base/part.ts'
import { problemText } from '../../base/words.ts'
import { words } from '../language.ts'
import { indentAfter, newStep } from './bot-text.ts'

/** A text with the numbers of its lines, and the errors beside them. Emits `text` with each change. */
export class AdminSource extends Part {
  @property({ attribute: false }) text!: string
  @property({ attribute: false }) problems!: readonly BotProblem[]
  @property({ attribute: false }) fieldId!: string
  @property({ attribute: false }) describedBy!: string

  protected override render() {
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
          .value=${live(this.text)}
          @input=${this.#emit}
          @keydown=${this.#indent}
        ></textarea>
      </div>
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

  #emit = (): void => {
    this.dispatchEvent(new CustomEvent('text', { detail: this.#field.value }))
  }

  /** Indents a new line as YAML expects. Tab is left alone: it moves the focus. */
  #indent = (event: KeyboardEvent): void => {
    const isPlain = !(event.shiftKey || event.altKey || event.ctrlKey || event.metaKey)
    if (event.key !== 'Enter' || !isPlain || isComposing(event)) return
    event.preventDefault()
    const { value, selectionStart } = this.#field
    write(`\n${indentAfter(value.slice(0, selectionStart))}`)
  }
}

/** As if it were typed: it can be undone. */
function write(text: string): void {
  document.execCommand('insertText', false, text)
}

customElements.define('admin-source', AdminSource)

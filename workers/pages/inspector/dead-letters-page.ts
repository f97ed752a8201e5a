import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { DeadLetterAnswer, DeadLettersAnswer } from '../../../schemas/protocol/inspector.ts'
import { ask } from '../base/ask.ts'
import { banner } from '../base/banner.ts'
import { icons } from '../base/icons.ts'
import { empty, loading, pageHead, table } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import { Polling } from '../base/polling.ts'
import { clockOf, dayOf } from '../base/time.ts'
import { linkTo } from './route.ts'
import { words } from './words.ts'

/** Dead letters: each can be read, published again, or removed. */
class InspectorDeadLetters extends Part {
  /** The open letter. */
  @property({ attribute: false }) seq: number | undefined
  @state() letter: DeadLetterAnswer | undefined
  @state() isRevealed = false
  /** The action that waits for a confirmation. */
  @state() confirming: 'requeue' | 'discard' | undefined
  @state() failure = ''
  @state() done = ''
  readonly #polling = new Polling<DeadLettersAnswer>(this, () => '/v1/inspector/dead-letters')

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('seq')) return
    this.letter = undefined
    this.isRevealed = false
    this.confirming = undefined
    if (this.seq !== undefined) void this.#readLetter(false)
  }

  protected override render() {
    const { answer } = this.#polling
    const failure = this.failure || this.#polling.failure
    return html`
      ${pageHead(words.pages.deadLetters, words.deadLettersLead)}
      ${failure ? banner('danger', failure) : nothing}
      <p class="done" role="status">${this.done}</p>
      ${answer === undefined ? loading(failure ? '' : words.loading) : this.#table(answer)}
    `
  }

  #table({ letters, total }: DeadLettersAnswer) {
    if (total === 0) return empty(words.noDeadLetters, words.noDeadLettersHelp)
    // A link may lead to a letter that is older than the listed ones.
    const { letter } = this
    const isListed = letter === undefined || letters.some(({ seq }) => seq === letter.seq)
    return html`
      ${table(
        [
          words.reason,
          words.id,
          { text: words.event, wide: true },
          { text: words.at, wide: true },
          { text: words.show, isHidden: true },
        ],
        (isListed ? letters : [letter, ...letters]).map((each) => this.#row(each)),
        'letters',
      )}
      ${total > letters.length ? html`<p class="note">${words.moreLetters(letters.length, total)}</p>` : nothing}
    `
  }

  #row(letter: DeadLetterAnswer) {
    const { seq, reason, conversation, type, at, explanation } = letter
    const isOpen = seq === this.seq
    const action = isOpen ? words.hide : words.show
    const link =
      conversation && linkTo({ page: 'conversation', id: conversation, at: Number(letter.eventSeq) || 0 })
    return html`
      <tr class=${isOpen ? 'is-open' : ''}>
        <th scope="row"><span class="mark buried">${reason}</span><span class="sub">${explanation}</span></th>
        <td class="of">${conversation ? html`<a href=${link}>${conversation}</a>` : words.absent}</td>
        <td class="wide nowrap">${type || words.absent}</td>
        <td class="wide nowrap"><time datetime=${at} title=${at}>${dayOf(at)} ${clockOf(at)}</time></td>
        <td class="end">
          <a
            class="button small"
            role="button"
            aria-expanded=${isOpen ? 'true' : 'false'}
            aria-label="${action} ${reason} ${seq}"
            href=${linkTo({ page: 'deadLetters', ...(!isOpen && { seq }) })}
          >${action}</a>
        </td>
      </tr>
      ${isOpen ? html`<tr class="confirming"><td colspan="5">${this.#letter()}</td></tr>` : nothing}
    `
  }

  #letter() {
    const { letter, confirming } = this
    if (!letter) return html`<p class="hint">${this.failure ? '' : words.loading}</p>`
    const headers = Object.entries(letter.headers ?? {})
    return html`
      <div class="letter">
        <h2>${words.body}</h2>
        <pre class="code" tabindex="0" role="group" aria-label=${words.body}><code>${letter.body ?? ''}</code></pre>
        ${
          headers.length > 0
            ? html`
                <h2>${words.headers}</h2>
                <dl class="headers">
                  ${headers.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
                </dl>
              `
            : nothing
        }
        ${confirming ? this.#confirmation(confirming) : this.#actions()}
      </div>
    `
  }

  #confirmation(action: 'requeue' | 'discard') {
    const [meaning, look] = action === 'discard' ? ['danger', 'danger'] : ['warning', 'primary']
    const name = words[`${action}Now`]
    return html`
      <div class="banner ${meaning}" role="alertdialog" aria-label=${name}>
        <div>
          <p>${words[`${action}Help`]}</p>
          <p class="actions">
            <button type="button" class="button ${look}" @click=${() => this.#perform(action)}>${name}</button>
            <button type="button" class="button" @click=${() => this.#confirm(undefined)}>${words.cancel}</button>
          </p>
        </div>
      </div>
    `
  }

  #actions() {
    const { isRevealed } = this
    const reveal = () => html`
      <button type="button" class="button" title=${words.revealBodyHelp} @click=${() => this.#readLetter(true)}>
        ${icons.eye}${words.revealBody}
      </button>
    `
    return html`
      <p class="actions">
        ${isRevealed ? nothing : reveal()}
        <button type="button" class="button" @click=${() => this.#confirm('requeue')}>${words.requeue}</button>
        <button type="button" class="button danger" @click=${() => this.#confirm('discard')}>${words.discard}</button>
      </p>
      ${isRevealed ? nothing : html`<p class="hint">${words.revealBodyHelp}</p>`}
    `
  }

  async #readLetter(isRevealed: boolean): Promise<void> {
    const { seq } = this
    const path = `/v1/inspector/dead-letters/${seq}${isRevealed ? '?reveal=1' : ''}`
    const answer = await ask<DeadLetterAnswer>('GET', path)
    if (seq !== this.seq) return
    this.failure = answer.ok ? '' : words.failed(answer.error.message)
    if (!answer.ok) return
    this.letter = answer.value
    this.isRevealed = isRevealed
  }

  async #confirm(action: 'requeue' | 'discard' | undefined): Promise<void> {
    const before = this.confirming
    this.confirming = action
    await this.updateComplete
    const buttons = this.querySelectorAll<HTMLElement>('.letter .actions button')
    // Back to the button that asked.
    if (action) buttons[0]?.focus()
    else buttons[buttons.length - (before === 'discard' ? 1 : 2)]?.focus()
  }

  async #perform(action: 'requeue' | 'discard'): Promise<void> {
    const answer = await ask('POST', `/v1/inspector/dead-letters/${this.seq}/${action}`)
    this.failure = answer.ok ? '' : words.failed(answer.error.message)
    if (!answer.ok) return void this.#confirm(undefined)
    this.done = action === 'requeue' ? words.requeued : words.discarded
    const { answer: before } = this.#polling
    this.#polling.answer &&= {
      letters: (before?.letters ?? []).filter(({ seq }) => seq !== this.seq),
      total: (before?.total ?? 1) - 1,
    }
    history.replaceState(history.state, '', linkTo({ page: 'deadLetters' }))
    this.seq = undefined
    this.#polling.start()
    await this.focusLater('h1')
  }
}

customElements.define('inspector-dead-letters', InspectorDeadLetters)

import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { whatIfEventsMax } from '../../../../schemas/limits.ts'
import type { InspectedStep } from '../../../../schemas/protocol/inspector.ts'
import { Part } from '../../base/part.ts'
import { words } from '../words.ts'
import { templateOf, type WhatIfEvent, whatIfTypes } from './what-if.ts'

/** `session.message`; neither `*` nor an event of XState's own. */
const isEvent = /^(?!xstate\.)\w+\.\w+$/

/** The next event for a copy of a conversation. Emits `what-if` with the event, and `close`. */
class InspectorWhatIf extends Part {
  /** The steps of the copy so far. */
  @property({ attribute: false }) steps!: readonly InspectedStep[]
  /** The events that the machine takes in its present states; empty if they are unknown. */
  @property({ attribute: false }) heard!: ReadonlySet<string>
  /** The number of events that were sent to the copy. */
  @property({ attribute: false }) sent!: number
  @property({ attribute: false }) isAsking!: boolean
  @property({ attribute: false }) refused!: string
  @state() type = 'next timer'
  @state() isNoJson = false

  protected override firstUpdated(): void {
    this.#fill()
    this.querySelector('select')?.focus()
  }

  protected override render() {
    const { type } = this
    const isFull = this.sent >= whatIfEventsMax
    const own = [...this.heard].filter((type) => isEvent.test(type) && !whatIfTypes.includes(type))
    const heard = [...whatIfTypes.filter((type) => this.heard.has(type)), ...own]
    const others = whatIfTypes.filter((type) => !this.heard.has(type))
    const option = (choice: string) =>
      html`<option value=${choice} .selected=${choice === type}>${choice === 'next timer' ? words.nextTimer : choice}</option>`
    return html`
      <form class="card form" aria-labelledby="what-if-title" @submit=${this.#send}>
        <h2 id="what-if-title">${words.whatIfTitle} <span class="hint">${words.whatIfHelp}</span></h2>
        <div class="inline">
          <label class="visually-hidden" for="what-if-type">${words.eventType}</label>
          <select class="field" id="what-if-type" @change=${this.#choose}>
            ${option('next timer')}
            ${
              heard.length > 0
                ? html`
                    <optgroup label=${words.takenHere}>${heard.map(option)}</optgroup>
                    <optgroup label=${words.others}>${others.map(option)}</optgroup>
                  `
                : others.map(option)
            }
          </select>
          <button class="button primary" ?disabled=${isFull || this.isAsking}>${words.send}</button>
          <button type="button" class="button" @click=${this.#close}>
            ${this.sent > 0 ? words.discardCopy : words.close}
          </button>
        </div>
        <div class="row" ?hidden=${type === 'next timer'}>
          <label for="what-if-payload">${words.payload}</label>
          <textarea
            class="field mono"
            id="what-if-payload"
            spellcheck="false"
            rows="4"
            aria-invalid=${this.isNoJson ? 'true' : 'false'}
            aria-describedby=${this.isNoJson ? 'what-if-error' : nothing}
          ></textarea>
        </div>
        ${this.#problem(isFull)}
      </form>
    `
  }

  #problem(isFull: boolean) {
    const problem = this.isNoJson ? words.notJson : isFull ? words.copyFull(whatIfEventsMax) : this.refused
    return problem ? html`<p class="field-error" id="what-if-error" role="alert">${problem}</p>` : nothing
  }

  #choose = ({ target }: Event): void => {
    this.type = (target as HTMLSelectElement).value
    this.#fill()
  }

  #fill(): void {
    this.isNoJson = false
    const payload = templateOf(this.type, this.steps)
    const field = this.#payload()
    if (field) field.value = payload === undefined ? '' : JSON.stringify(payload, null, 2)
  }

  #send = (event: SubmitEvent): void => {
    event.preventDefault()
    const sent = this.#event()
    this.isNoJson = sent === undefined
    if (sent) this.dispatchEvent(new CustomEvent('what-if', { detail: sent }))
  }

  #event(): WhatIfEvent | undefined {
    const { type } = this
    if (type === 'next timer') return { type }
    try {
      return { type, payload: JSON.parse(this.#payload()?.value ?? '') }
    } catch {
      return undefined
    }
  }

  #close = (): void => {
    this.dispatchEvent(new CustomEvent('close'))
  }

  #payload(): HTMLTextAreaElement | null {
    return this.querySelector('textarea')
  }
}

customElements.define('inspector-what-if', InspectorWhatIf)

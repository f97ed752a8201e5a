import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Excerpt, SearchAnswer, SearchedConversation } from '../../../../schemas/protocol/search.ts'
import { ask } from '../../base/ask.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { dayOfYear } from '../conversation/times.ts'
import { words } from '../language.ts'
import { avatar } from '../requests/avatar.ts'
import { agentName } from '../requests/names.ts'
import { searchQuery } from './search-query.ts'

/** The pause after a key before it is asked. */
const typingMs = 200
/** The pause while a notifier still reads, or is busy. */
const soonMs = 600
const shownMax = 20

/**
 * The field for a search over conversations, and what was found, in the place of the list below it. Dispatches `pick`
 * with a conversation, and `searching` when the results appear or go.
 */
export class SearchBox extends Part {
  @property({ attribute: false }) workspace!: string
  /** The conversation that is shown. */
  @property({ attribute: false }) shown: string | null = null
  @state() typed = ''
  @state() answer: SearchAnswer | undefined
  @state() failure = ''
  @state() limit = shownMax
  #round = 0

  override focus(): void {
    const field = this.#field()
    field?.focus()
    field?.select()
  }

  get isSearching(): boolean {
    return this.typed.trim() !== ''
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('typed')) this.dispatchEvent(new CustomEvent('searching', { detail: this.isSearching }))
  }

  protected override render() {
    const { answer, typed } = this
    return html`<search class="search">
        <label class="field-of-search">
          ${icons.search}<span class="visually-hidden">${words.search}</span>
          <input
            type="search"
            class="field"
            maxlength="500"
            autocomplete="off"
            placeholder=${words.search}
            aria-keyshortcuts="/"
            aria-describedby="search-status"
            .value=${typed}
            @input=${this.#onInput}
            @keydown=${this.#onKey}
          />
          ${typed === '' ? html`<kbd aria-hidden="true">/</kbd>` : nothing}
        </label>
      </search>
      <p id="search-status" class="visually-hidden" role="status">${this.#status()}</p>
      ${this.isSearching ? this.#results(answer) : nothing}`
  }

  #results(answer: SearchAnswer | undefined) {
    const found = answer?.conversations ?? []
    const isPartial = answer?.progress
    return html`<section class="found" aria-label=${words.found} @keydown=${this.#onListKey}>
      ${this.failure ? html`<p class="more">${this.failure}</p>` : nothing}
      ${
        answer && found.length === 0 && !isPartial
          ? html`<p class="more"><strong>${words.nothingFound}</strong><br />${words.searchHint}</p>`
          : nothing
      }
      <ul>
        ${found.map((one) => html`<li>${this.#row(one)}</li>`)}
      </ul>
      ${isPartial ? html`<p class="more">${words.stillReading(percentOf(isPartial))}</p>` : nothing}
      ${
        answer?.isMore
          ? html`<button class="button quiet small" type="button" @click=${this.#more}>${words.more}</button>`
          : nothing
      }
      ${answer?.textsFrom ? html`<p class="more">${words.searchedFrom(dayOfYear(answer.textsFrom))}</p>` : nothing}
    </section>`
  }

  #row(one: SearchedConversation) {
    const { conversation: id, customer, said, need, state, tags = [] } = one
    const name = customer.name?.trim() || customer.email || words.visitor
    const isOver = state === 'ended'
    return html`<button
      class="request found-one"
      type="button"
      data-id=${id}
      aria-current=${this.shown === id ? 'true' : nothing}
      @click=${() => this.dispatchEvent(new CustomEvent('pick', { detail: id }))}
    >
      ${avatar(name, customer.externalId ?? customer.email ?? id)}
      <span class="line">
        <span class="name" dir="auto">${name}</span>
        <span class="where">${[isOver ? '' : words.isOpen, one.agent ? agentName(one.agent) : '', ...tags].filter(Boolean).join(' · ')}</span>
        <span class="since"><time class="aside" datetime=${one.at}>${dayOfYear(one.at)}</time></span>
      </span>
      <span class="line">
        <span class="need" dir="auto">
          ${said?.isNote ? html`<i>${words.note}: </i>` : nothing}${
            said ? markedText(said) : (need ?? html`<i>${words.noNeed}</i>`)
          }
        </span>
      </span>
    </button>`
  }

  #status(): string {
    if (!this.isSearching || !this.answer) return ''
    const { conversations, isMore } = this.answer
    return conversations.length === 0 ? words.nothingFound : words.foundCount(conversations.length, isMore)
  }

  #onInput = (event: Event): void => {
    this.typed = (event.target as HTMLInputElement).value
    this.limit = shownMax
    if (!this.isSearching) this.answer = undefined
    this.#round++
    this.afterPause(typingMs, () => this.#ask())
  }

  #more = (): void => {
    this.limit = Math.min(this.limit + shownMax, 50)
    void this.#ask()
  }

  async #ask(): Promise<void> {
    const query = searchQuery(this.typed, this.workspace)
    const round = ++this.#round
    if (!query) {
      this.answer = undefined
      return
    }
    query.set('limit', String(this.limit))
    const answer = await ask<SearchAnswer>('GET', `/v1/desk/conversations?${query}`)
    if (round !== this.#round || !this.isConnected) return
    const isBusy = !answer.ok && answer.error.code === 'busy'
    if (answer.ok) this.answer = answer.value
    this.failure = answer.ok || isBusy ? '' : words.searchFailed
    if (isBusy || (answer.ok && answer.value.progress)) this.afterPause(soonMs, () => this.#ask())
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.typed !== '') {
      event.preventDefault()
      this.#clear()
    }
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      const [first] = this.#rows()
      if (!first) return
      event.preventDefault()
      if (event.key === 'Enter') first.click()
      else first.focus()
    }
  }

  #onListKey = (event: KeyboardEvent): void => {
    const rows = this.#rows()
    const index = rows.indexOf(event.target as HTMLElement)
    if (event.key === 'Escape' || (event.key === 'ArrowUp' && index === 0)) {
      event.preventDefault()
      this.#field()?.focus()
      if (event.key === 'Escape') this.#clear()
      return
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const row = step === undefined || index < 0 ? undefined : rows[index + step]
    if (!row) return
    event.preventDefault()
    row.focus()
  }

  #clear(): void {
    this.typed = ''
    this.answer = undefined
    this.#round++
  }

  #field(): HTMLInputElement | null {
    return this.querySelector('input')
  }

  #rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('.found-one')]
  }
}

function percentOf({ read, of }: { read: number; of: number }): number {
  return of === 0 ? 0 : Math.floor((100 * read) / of)
}

/** A text with its matches marked. */
function markedText({ text, marks }: Excerpt) {
  const parts: unknown[] = []
  let end = 0
  for (const [start, length] of marks) {
    parts.push(text.slice(end, start), html`<mark>${text.slice(start, start + length)}</mark>`)
    end = start + length
  }
  return html`${parts}${text.slice(end)}`
}

customElements.define('desk-search', SearchBox)

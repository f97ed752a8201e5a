import { html } from 'lit'
import { property } from 'lit/decorators.js'
import type { StatusState } from '../../../schemas/conversation/record.ts'
import type { FindAnswer } from '../../../schemas/protocol/inspector.ts'
import { field, select } from '../base/field.ts'
import { empty, loading, pageHead } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import { Polling } from '../base/polling.ts'
import { fieldOf, instantOf } from '../base/time.ts'
import { failureBanner, foundTable, progressOf } from './found.ts'
import { type Filters, linkTo, queryOf } from './route.ts'
import { words } from './words.ts'

const perPage = 50
/** Typing asks once, after a pause. */
const typingMs = 200

/** All conversations, or those that match the filters. */
class InspectorFind extends Part {
  @property({ attribute: false }) filters!: Filters
  readonly #polling = new Polling<FindAnswer>(
    this,
    () => `/v1/inspector/conversations?${questionOf(this.filters)}`,
  )

  protected override whileConnected(signal: AbortSignal): void {
    addEventListener('keydown', this.#onKey, { signal })
  }

  protected override render() {
    const { answer, failure } = this.#polling
    return html`
      ${pageHead(words.pages.find)} ${this.#form()} ${failureBanner(failure)} ${progressOf(answer)}
      ${answer === undefined ? loading(failure ? '' : words.loading) : this.#found(answer)}
    `
  }

  #form() {
    const { filters } = this
    const { stuck = '' } = filters
    const isOther = stuck !== '' && !Object.hasOwn(words.lengths, stuck)
    const isUnset = queryOf({ ...filters, offset: 0 }) === ''
    return html`
      <form class="filters" role="search" @input=${this.#typed} @submit=${this.#submit} @reset=${this.#clear}>
        ${field(
          { id: 'filter-id', label: words.id },
          ({ id }) => html`
            <input
              class="field"
              type="search"
              id=${id}
              name="id"
              maxlength="64"
              autocomplete="off"
              spellcheck="false"
              placeholder=${words.idPart}
              .value=${filters.id ?? ''}
            >
          `,
        )}
        ${field(
          { id: 'filter-customer', label: words.customer },
          ({ id }) => html`
            <input
              class="field"
              id=${id}
              name="customer"
              maxlength="255"
              autocomplete="off"
              spellcheck="false"
              placeholder=${words.customerWhole}
              .value=${filters.customer ?? ''}
            >
          `,
        )}
        ${selectFilter('state', words.state, filters.state ?? '', [
          ['', words.anyState],
          ...Object.entries(words.states),
        ])}
        ${field(
          { id: 'filter-channel', label: words.channel },
          ({ id }) => html`
            <input
              class="field"
              id=${id}
              name="channel"
              maxlength="64"
              pattern="[A-Za-z0-9_\\-]*"
              autocomplete="off"
              spellcheck="false"
              .value=${filters.channel ?? ''}
            >
          `,
        )}
        ${selectFilter('stuck', words.stuck, stuck, [
          ['', words.anyLength],
          ...Object.entries(words.lengths),
          ...(isOther ? [[stuck, stuck] as const] : []),
        ])}
        ${timeFilter('from', words.from, filters.from)} ${timeFilter('to', words.to, filters.to)}
        <button type="reset" class="button quiet" ?disabled=${isUnset}>${words.clear}</button>
      </form>
    `
  }

  #found(answer: FindAnswer) {
    const { conversations, total } = answer
    const { offset = 0 } = this.filters
    if (total === 0 && !answer.progress) return this.#none()
    const last = Math.min(offset + perPage, total)
    const turn = (label: string, isOff: boolean, target: number) => html`
      <button type="button" class="button" ?disabled=${isOff} @click=${() => this.#goTo(target)}>${label}</button>
    `
    return html`
      ${foundTable(conversations, this.#polling.now)}
      <nav class="pages" aria-label=${words.found(offset + 1, last, total)}>
        <p class="hint" role="status">${words.found(Math.min(offset + 1, total), last, total)}</p>
        <span class="hint wide"><kbd>/</kbd> ${words.keysHint}</span>
        ${turn(words.previousPage, offset === 0, Math.max(0, offset - perPage))}
        ${turn(words.nextPage, last >= total, offset + perPage)}
      </nav>
    `
  }

  #none() {
    if (queryOf(this.filters) !== '') return empty(words.noneFound, words.noneFoundHelp)
    const link = html`<a class="button" href="./" target="_blank" rel="noopener">${words.asCustomer}</a>`
    return empty(words.none, words.noneHelp, link)
  }

  #typed = ({ target }: Event): void => {
    const isTyped = (target as Element).matches('input')
    this.afterPause(isTyped ? typingMs : 0, () => this.#filter())
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault()
    this.afterPause(0, () => this.#filter())
  }

  #filter(): void {
    const form = this.querySelector('form')
    if (!form?.checkValidity()) return
    const given = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]),
    )
    const { id, customer, state, channel, stuck, from, to } = given
    this.#setFilters({
      ...(id && { id }),
      ...(customer && { customer }),
      ...(state && { state: state as StatusState }),
      ...(channel && { channel }),
      ...(stuck && { stuck }),
      ...withInstant('from', from),
      ...withInstant('to', to),
    })
  }

  #clear = (event: Event): void => {
    event.preventDefault()
    this.#setFilters({})
    this.querySelector('input')?.focus()
  }

  #goTo(offset: number): void {
    this.#setFilters({ ...this.filters, offset })
    this.querySelector('h1')?.focus()
    this.querySelector('h1')?.scrollIntoView()
  }

  #setFilters(filters: Filters): void {
    this.filters = filters
    history.replaceState(history.state, '', linkTo({ page: 'find', filters }))
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const target = event.composedPath()[0]
    const isField = target instanceof Element && target.matches('input, select')
    if (event.key === '/' && !isField) {
      event.preventDefault()
      this.querySelector('input')?.focus()
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    if (isField && !(target.matches('[type="search"]') && event.key === 'ArrowDown')) return
    const links = [...this.querySelectorAll<HTMLElement>('tbody a')]
    const index = links.indexOf(target as HTMLElement)
    const next = links[index + (event.key === 'ArrowDown' ? 1 : -1)]
    if (!next) return
    event.preventDefault()
    next.focus()
  }
}

function selectFilter(
  name: string,
  label: string,
  value: string,
  options: readonly (readonly [string, string])[],
) {
  return field({ id: `filter-${name}`, label }, ({ id }) => select({ id, name, value, options }))
}

function timeFilter(name: 'from' | 'to', label: string, instant: string | undefined) {
  return field(
    { id: `filter-${name}`, label },
    ({ id }) => html`
      <input class="field" type="datetime-local" id=${id} name=${name} .value=${fieldOf(instant).slice(0, 16)}>
    `,
  )
}

function questionOf(filters: Filters): string {
  return `${queryOf(filters)}&limit=${perPage}`.replace(/^&/, '')
}

function withInstant(name: 'from' | 'to', field: string | undefined): Filters {
  const instant = instantOf(field ?? '')
  return instant === undefined ? {} : { [name]: instant }
}

customElements.define('inspector-find', InspectorFind)

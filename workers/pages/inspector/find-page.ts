import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { StatusState } from '../../../schemas/conversation/record.ts'
import type { FindAnswer, FoundConversation } from '../../../schemas/protocol/inspector.ts'
import { ask } from '../base/ask.ts'
import { Part } from '../base/part.ts'
import { ageOf, clockOf, dayOf, fieldOf, instantOf } from '../base/time.ts'
import { Asking } from './asking.ts'
import { type Filters, linkTo, queryOf } from './route.ts'
import { words } from './words.ts'

const perPage = 50
/** Who types asks once. */
const typingMs = 200

/** All conversations, or those that are looked for. */
class InspectorFind extends Part {
  static override properties = {
    filters: { attribute: false },
    answer: { state: true },
    failure: { state: true },
    now: { state: true },
  }
  declare filters: Filters
  declare answer: FindAnswer | undefined
  declare failure: string
  declare now: number
  #typing = 0
  readonly #asking = new Asking(async () => {
    const { filters } = this
    const answer = await ask<FindAnswer>('GET', `/v1/inspector/conversations?${questionOf(filters)}`)
    if (filters !== this.filters) return true
    this.failure = answer.ok ? '' : words.failed(answer.message)
    if (answer.ok) this.answer = answer.body
    this.now = Date.now()
    return answer.ok && answer.body.progress !== undefined
  })

  constructor() {
    super()
    this.failure = ''
    this.now = Date.now()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('keydown', this.#onKey)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('keydown', this.#onKey)
    clearTimeout(this.#typing)
    this.#asking.stop()
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('filters')) this.#asking.start()
  }

  protected override render() {
    const { answer } = this
    return html`
      <header class="head"><h1 tabindex="-1">${words.pages.find}</h1></header>
      ${this.#form()}
      ${this.failure ? html`<p class="banner warning" role="alert">${this.failure}</p>` : nothing}
      ${progressOf(answer)}
      ${answer === undefined ? html`<p class="hint" role="status">${this.failure ? '' : words.loading}</p>` : this.#found(answer)}
    `
  }

  #form() {
    const { filters } = this
    const { stuck = '' } = filters
    return html`
      <form class="filters" role="search" @input=${this.#typed} @submit=${this.#submit} @reset=${this.#clear}>
        ${filter('id', words.id, html`<input class="field" type="search" id="filter-id" name="id" maxlength="64" autocomplete="off" spellcheck="false" placeholder=${words.idPart} .value=${filters.id ?? ''}>`)}
        ${filter(
          'state',
          words.state,
          html`<select class="field" id="filter-state" name="state">
            <option value="">${words.anyState}</option>
            ${Object.entries(words.states).map(([state, name]) => html`<option value=${state} .selected=${state === filters.state}>${name}</option>`)}
          </select>`,
        )}
        ${filter('channel', words.channel, html`<input class="field" id="filter-channel" name="channel" maxlength="64" pattern="[A-Za-z0-9_\\-]*" autocomplete="off" spellcheck="false" .value=${filters.channel ?? ''}>`)}
        ${filter(
          'stuck',
          words.stuck,
          html`<select class="field" id="filter-stuck" name="stuck">
            <option value="">${words.anyLength}</option>
            ${Object.entries(words.lengths).map(([length, name]) => html`<option value=${length} .selected=${length === stuck}>${name}</option>`)}
            ${stuck && !Object.hasOwn(words.lengths, stuck) ? html`<option value=${stuck} selected>${stuck}</option>` : nothing}
          </select>`,
        )}
        ${filter('from', words.from, html`<input class="field" type="datetime-local" id="filter-from" name="from" .value=${fieldOf(filters.from).slice(0, 16)}>`)}
        ${filter('to', words.to, html`<input class="field" type="datetime-local" id="filter-to" name="to" .value=${fieldOf(filters.to).slice(0, 16)}>`)}
        <button type="reset" class="button quiet" ?disabled=${queryOf({ ...filters, offset: 0 }) === ''}>${words.clear}</button>
      </form>
    `
  }

  #found(answer: FindAnswer) {
    const { conversations, total } = answer
    const { offset = 0 } = this.filters
    if (total === 0 && !answer.progress)
      return queryOf(this.filters) === ''
        ? html`<section class="empty"><h2>${words.none}</h2><p>${words.noneHelp}</p><p class="actions"><a class="button" href="/" target="_blank" rel="noopener">${words.asCustomer}</a></p></section>`
        : html`<section class="empty"><h2>${words.noneFound}</h2><p>${words.noneFoundHelp}</p></section>`
    const to = Math.min(offset + perPage, total)
    return html`
      ${foundTable(conversations, this.now)}
      <nav class="pages" aria-label=${words.found(offset + 1, to, total)}>
        <p class="hint" role="status">${words.found(Math.min(offset + 1, total), to, total)}</p>
        <span class="hint wide"><kbd>/</kbd> ${words.keysHint}</span>
        <button type="button" class="button" ?disabled=${offset === 0} @click=${() => this.#goTo(Math.max(0, offset - perPage))}>${words.previousPage}</button>
        <button type="button" class="button" ?disabled=${to >= total} @click=${() => this.#goTo(offset + perPage)}>${words.nextPage}</button>
      </nav>
    `
  }

  #typed = ({ target }: Event): void => {
    clearTimeout(this.#typing)
    const isTyped = (target as Element).matches('input')
    this.#typing = setTimeout(() => this.#filter(), isTyped ? typingMs : 0)
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault()
    clearTimeout(this.#typing)
    this.#filter()
  }

  #filter(): void {
    const form = this.querySelector('form')
    if (!form?.checkValidity()) return
    const given = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]),
    )
    const { id, state, channel, stuck, from, to } = given
    this.#become({
      ...(id && { id }),
      ...(state && { state: state as StatusState }),
      ...(channel && { channel }),
      ...(stuck && { stuck }),
      ...withInstant('from', from),
      ...withInstant('to', to),
    })
  }

  #clear = (event: Event): void => {
    event.preventDefault()
    this.#become({})
    this.querySelector('input')?.focus()
  }

  #goTo(offset: number): void {
    this.#become({ ...this.filters, offset })
    this.querySelector('h1')?.focus()
    this.querySelector('h1')?.scrollIntoView()
  }

  #become(filters: Filters): void {
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
    const at = links.indexOf(target as HTMLElement)
    const next = links[at + (event.key === 'ArrowDown' ? 1 : -1)]
    if (!next) return
    event.preventDefault()
    next.focus()
  }
}

function filter(name: string, label: string, field: TemplateResult) {
  return html`<div class="row"><label for="filter-${name}">${label}</label>${field}</div>`
}

/** How far whoever answers has read, while it reads. */
export function progressOf(answer: Pick<FindAnswer, 'progress'> | undefined) {
  const progress = answer?.progress
  if (!progress) return nothing
  const { read, of } = progress
  return html`<p class="progress" role="status"><progress max=${Math.max(of, 1)} .value=${read} aria-label=${words.loading}></progress>${words.progress(read, of)}</p>`
}

/** Conversations, each with where it stands and for how long. */
export function foundTable(conversations: readonly FoundConversation[], now: number) {
  return html`<div class="scroll">
    <table class="list found">
      <thead>
        <tr>
          <th scope="col">${words.id}</th>
          <th scope="col">${words.state}</th>
          <th scope="col">${words.sinceHead}</th>
          <th scope="col" class="wide">${words.channel}</th>
          <th scope="col" class="wide">${words.machine}</th>
          <th scope="col" class="wide">${words.lastEvent}</th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          conversations,
          ({ conversation }) => conversation,
          (found) => row(found, now),
        )}
      </tbody>
    </table>
  </div>`
}

function row(found: FoundConversation, now: number) {
  const { conversation, state, value, since, channel, machine, at, agent, reason } = found
  const more = agent?.name ?? agent?.id ?? reason
  return html`<tr>
    <th scope="row"><a href=${linkTo({ page: 'conversation', id: conversation })}>${conversation}</a></th>
    <td><span class="mark ${state}">${words.states[state]}</span>${more ? html` <span class="sub">${more}</span>` : nothing}<span class="id">${value}</span></td>
    <td class="length"><time datetime=${since} title=${since}>${ageOf(since, now)}</time></td>
    <td class="wide">${channel}</td>
    <td class="wide"><span class="id">${machine}</span></td>
    <td class="wide"><time datetime=${at} title=${at}>${dayOf(at)} ${clockOf(at)}</time></td>
  </tr>`
}

function questionOf(filters: Filters): string {
  return `${queryOf(filters)}&limit=${perPage}`.replace(/^&/, '')
}

function withInstant(name: 'from' | 'to', field: string | undefined): Filters {
  const at = instantOf(field ?? '')
  return at === undefined ? {} : { [name]: at }
}

customElements.define('inspector-find', InspectorFind)

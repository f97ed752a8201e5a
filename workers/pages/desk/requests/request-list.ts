import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { Part } from '../../base/part.ts'
import { waited } from '../../base/time.ts'
import { words } from '../language.ts'
import type { Desk } from '../state/desk-state.ts'
import { lastOfCustomer, type Sections, sections, unread } from '../state/selectors.ts'
import { agentName, customerName, initials, originOf } from './names.ts'
import { tagMarks } from './tag-marks.ts'
import { unreadBadge } from './unread-badge.ts'

/** More requests than these are counted, not listed: agents take the first ones. */
const listedMax = 100
/** The conversation shows the other tags. */
const tagsMax = 1

/**
 * The open requests of a workspace, the agent's own first, since many may wait. Dispatches `pick` with the chosen
 * conversation.
 */
export class RequestList extends Part {
  @property({ attribute: false }) desk!: Desk
  /** The gateway's time, in epoch milliseconds. */
  @property({ attribute: false }) now!: number

  /** The conversation of the row in the tab order; arrow keys move it (a roving tabindex). */
  #current = ''
  /** The row that had the focus before an update. */
  #focusedBefore: { id: string; index: number } | null = null
  /** Whether the requests come from more than one channel. */
  #hasChannels = false

  override focus(): void {
    this.#rows()
      .find((row) => row.tabIndex === 0)
      ?.focus()
  }

  protected override willUpdate(): void {
    const row = this.#focusedRow()
    this.#focusedBefore = row?.dataset.id ? { id: row.dataset.id, index: this.#rows().indexOf(row) } : null
  }

  protected override updated(): void {
    // A request that moves to another section gets another row: the focus moves with it, or stays in its place.
    const before = this.#focusedBefore
    if (!before || this.#focusedRow()) return
    const rows = this.#rows()
    const next =
      rows.find(({ dataset }) => dataset.id === before.id) ?? rows[Math.min(before.index, rows.length - 1)]
    if (next) this.#moveTo(next)
  }

  protected override render() {
    const { desk } = this
    const found = sections(desk)
    const ids = [...found.mine, ...found.waiting.slice(0, listedMax), ...found.others].map(
      ({ conversation }) => conversation,
    )
    if (!ids.includes(this.#current)) this.#current = ids[0] ?? ''
    this.#hasChannels = new Set([...desk.requests.values()].map(({ channel }) => channel)).size > 1
    const isEmpty = desk.isKnown && found.waiting.length === 0
    return html`
      <div class="requests" @keydown=${this.#onKey}>
        ${this.#section(found, 'mine', words.mine)} ${this.#section(found, 'waiting', words.waiting)}
        ${
          isEmpty
            ? html`<div class="nobody">
                <p><strong>${words.noOneWaits}</strong></p>
                <p>${words.noOneWaitsMore}</p>
                <a href="./" target="_blank" rel="noopener">${words.tryAsCustomer}</a>
              </div>`
            : nothing
        }
        ${this.#section(found, 'others', words.others)}
      </div>
    `
  }

  #section(found: Sections, name: keyof Sections, title: string) {
    const requests = found[name]
    if (requests.length === 0 && (name !== 'waiting' || !this.desk.isKnown)) return nothing
    const more = requests.length - listedMax
    return html`
      <section aria-labelledby=${name}>
        <h2 id=${name}>${title}<span class="count">${requests.length}</span></h2>
        <ul>
          ${repeat(
            requests.slice(0, listedMax),
            ({ conversation }) => conversation,
            (request) => html`<li>${this.#row(request, name)}</li>`,
          )}
        </ul>
        ${more > 0 ? html`<p class="more">${words.moreWait(more)}</p>` : nothing}
      </section>
    `
  }

  #row(request: OpenRequest, section: keyof Sections) {
    const { desk } = this
    const { conversation: id, need, tags } = request
    const conversation = desk.conversations.get(id)
    const last = section === 'mine' ? lastOfCustomer(conversation) : undefined
    const text = last?.message.text ?? need
    const origin = originOf(request, this.#hasChannels)
    return html`<button
      class="request"
      type="button"
      data-id=${id}
      tabindex=${id === this.#current ? 0 : -1}
      aria-current=${desk.focused === id ? 'true' : nothing}
      @click=${() => this.dispatchEvent(new CustomEvent('pick', { detail: id }))}
      @focus=${() => this.#setCurrent(id)}
    >
      <span class="avatar" aria-hidden="true">${initials(customerName(request))}</span>
      <span class="line">
        <span class="name" dir="auto">${customerName(request)}</span>
        ${origin ? html`<span class="where">${origin}</span>` : nothing}
        ${urgencyMark(request)} ${this.#standing(request, section)}
      </span>
      <span class="line">
        <span class="need" dir="auto">${text ?? html`<i>${words.noNeed}</i>`}</span>
        ${
          request.hours === 'outside' || tags
            ? html`<span class="marks">
                ${request.hours === 'outside' ? html`<span class="mark">${words.outOfHours}</span>` : nothing}
                ${tagMarks(tags, tagsMax)}
              </span>`
            : nothing
        }
        ${section === 'mine' && conversation ? unreadBadge(unread(conversation)) : nothing}
      </span>
    </button>`
  }

  #standing(request: OpenRequest, section: keyof Sections) {
    const { desk, now } = this
    if (section === 'others') return html`<span class="aside">${agentName(request.agent)}</span>`
    if (section === 'mine') {
      const last = lastOfCustomer(desk.conversations.get(request.conversation))
      return last ? html`<span class="aside">${waited(last.at, now)}</span>` : nothing
    }
    const time = waited(request.queuedAt, now)
    return html`<span class="aside" aria-hidden="true">${time}</span>
      <span class="visually-hidden">${words.waitedFor(time)}</span>`
  }

  #rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('.request')]
  }

  #focusedRow(): HTMLElement | null {
    const focused = this.isConnected ? this.page.activeElement : null
    return focused && this.contains(focused) ? (focused as HTMLElement) : null
  }

  #setCurrent(id: string): void {
    if (this.#current === id) return
    this.#current = id
    this.requestUpdate()
  }

  #moveTo(row: HTMLElement): void {
    this.#setCurrent(row.dataset.id ?? '')
    row.focus()
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const rows = this.#rows()
    const index = rows.indexOf(event.target as HTMLElement)
    const last = rows.length - 1
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: last }[event.key]
    const row = index < 0 || target === undefined ? undefined : rows[target]
    if (!row) return
    event.preventDefault()
    this.#moveTo(row)
  }
}

/** A dot, since on a busy morning every row has one. */
function urgencyMark({ urgency }: OpenRequest) {
  if (!urgency) return nothing
  const label = words[urgency]
  return html`<span class="urgent ${urgency}" title=${label}></span>
    <span class="visually-hidden">${label}</span>`
}

customElements.define('desk-request-list', RequestList)

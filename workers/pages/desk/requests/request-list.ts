import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { secondMs } from '../../base/time.ts'
import { words } from '../language.ts'
import type { Desk } from '../state/desk-state.ts'
import { offeredTo, pendingAction, type Sections, sections } from '../state/selectors.ts'
import { readSwitch, writeSwitch } from '../state/switches.ts'
import { requestRow } from './request-row.ts'

/** More requests than these are counted, not listed: agents take the first ones. */
const listedMax = 300

const othersKey = 'frontdesk.desk.others'

/**
 * The open requests of a workspace, the agent's own first and always in sight, since many may wait. Dispatches `pick`,
 * `accept` and `decline` with the conversation.
 */
export class RequestList extends Part {
  @property({ attribute: false }) desk!: Desk
  /** The gateway's time, in epoch milliseconds. */
  @property({ attribute: false }) now!: number
  /** Whether colleagues' conversations are listed. */
  @state() hasOthers = readSwitch(othersKey) ?? false

  /** The conversation of the row in the tab order; arrow keys move it (a roving tabindex). */
  #current = ''
  /** The row that had the focus before an update. */
  #focusedBefore: { id: string; index: number } | null = null

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
    const { mine, waiting } = found
    const others = this.hasOthers ? found.others : []
    const rows = [...mine, ...waiting.slice(0, listedMax), ...others.slice(0, listedMax)]
    if (!rows.some(({ conversation }) => conversation === this.#current))
      this.#current = rows[0]?.conversation ?? ''
    const isEmpty = desk.isKnown && waiting.length === 0
    return html`
      <div class="requests" @keydown=${this.#onKey}>
        ${mine.length > 0 ? html`<div class="own">${this.#section('mine', words.mine, mine)}</div>` : nothing}
        <div class="rest">
          ${desk.isKnown || waiting.length > 0 ? this.#section('waiting', words.waiting, waiting) : nothing}
          ${
            isEmpty
              ? html`<div class="nobody">
                  <p><strong>${words.noOneWaits}</strong></p>
                  <p>${words.noOneWaitsMore}</p>
                  <a href="./" target="_blank" rel="noopener">${words.tryAsCustomer}</a>
                </div>`
              : nothing
          }
          ${found.others.length > 0 ? this.#others(found.others) : nothing}
        </div>
      </div>
    `
  }

  #section(name: keyof Sections, title: string, requests: OpenRequest[]) {
    return html`
      <section aria-labelledby=${name}>
        <h2 id=${name}>${title} <span class="count">${requests.length}</span></h2>
        ${this.#rowsOf(name, requests)}
      </section>
    `
  }

  #others(requests: OpenRequest[]) {
    const { hasOthers } = this
    return html`
      <section aria-labelledby="others">
        <h2>
          <button
            id="others"
            class="disclose"
            type="button"
            aria-expanded=${hasOthers ? 'true' : 'false'}
            @click=${this.#flipOthers}
          >
            ${words.others} <span class="count">${requests.length}</span>${icons.down}
          </button>
        </h2>
        ${hasOthers ? this.#rowsOf('others', requests) : nothing}
      </section>
    `
  }

  #rowsOf(section: keyof Sections, requests: OpenRequest[]) {
    const { desk, now } = this
    const more = requests.length - listedMax
    const [first] = desk.requests.values()
    const hasChannels = [...desk.requests.values()].some(({ channel }) => channel !== first?.channel)
    return html`<ul>
        ${repeat(
          requests.slice(0, listedMax),
          ({ conversation }) => conversation,
          (request) => {
            const { conversation: id } = request
            const row = requestRow(request, {
              desk,
              now,
              section,
              hasChannels,
              isCurrent: id === this.#current,
              pick: (id) => this.#dispatch('pick', id),
              focused: (id) => this.#setCurrent(id),
            })
            // The conversation has the same buttons.
            return offeredTo(desk, request) === 'me' && desk.shown !== id
              ? html`<li class="offer">${row}${this.#offer(request)}</li>`
              : html`<li>${row}</li>`
          },
        )}
      </ul>
      ${more > 0 ? html`<p class="more">${words.moreWait(more)}</p>` : nothing}`
  }

  #offer({ conversation: id, offer }: OpenRequest) {
    const seconds = Math.max(0, Math.ceil((Date.parse(offer?.until ?? '') - this.now) / secondMs))
    const conversation = this.desk.conversations.get(id)
    const isBusy = conversation !== undefined && pendingAction(conversation) !== null
    const act = (type: 'accept' | 'decline') => () => {
      if (!isBusy) this.#dispatch(type, id)
    }
    const isOff = isBusy ? 'true' : 'false'
    return html`<p class="answer">
      <span>${words.forYou} · <span class="count">${seconds} s</span></span>
      <button class="button small quiet" type="button" aria-disabled=${isOff} @click=${act('decline')}>
        ${words.decline}
      </button>
      <button class="button small primary" type="button" aria-disabled=${isOff} @click=${act('accept')}>
        ${words.accept}
      </button>
    </p>`
  }

  #flipOthers(): void {
    this.hasOthers = !this.hasOthers
    writeSwitch(othersKey, this.hasOthers)
  }

  #dispatch(type: 'pick' | 'accept' | 'decline', id: string): void {
    this.dispatchEvent(new CustomEvent(type, { detail: id }))
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

customElements.define('desk-request-list', RequestList)

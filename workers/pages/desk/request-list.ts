import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { OpenRequest } from '../../../schemas/conversation/notification.ts'
import { icons } from '../base/icons.ts'
import { waited } from '../base/time.ts'
import type { DeskWords } from '../base/words.ts'
import { look } from './look.ts'
import { agentName, customerName, languageName } from './names.ts'
import type { Desk } from './state/desk-state.ts'
import { type Sections, sections, unread } from './state/selectors.ts'
import { tagChips } from './tag-chips.ts'

/** More than these are counted, not listed: nobody looks at the hundredth before the first. */
const listedMax = 100
/** The others are in the conversation. */
const tagsMax = 3

/** The open requests of a workspace. Tells `pick` with the conversation that was chosen. */
export class RequestList extends LitElement {
  static override properties = {
    desk: { attribute: false },
    words: { attribute: false },
    /** The gateway's time, in epoch milliseconds. */
    now: { attribute: false },
  }
  declare desk: Desk
  declare words: DeskWords
  declare now: number

  /** The row that Tab comes to; arrow keys move it. */
  #current = ''
  #held: { id: string; index: number } | null = null

  override focus(): void {
    this.#rows()
      .find((row) => row.tabIndex === 0)
      ?.focus()
  }

  protected override willUpdate(): void {
    const row = this.shadowRoot?.activeElement as HTMLElement | null
    this.#held = row?.dataset.id ? { id: row.dataset.id, index: this.#rows().indexOf(row) } : null
  }

  protected override updated(_: PropertyValues): void {
    // A request that moved to another section is another row: the focus moves with it, or stays in its place.
    const held = this.#held
    if (!held || this.shadowRoot?.activeElement) return
    const rows = this.#rows()
    const next =
      rows.find(({ dataset }) => dataset.id === held.id) ?? rows[Math.min(held.index, rows.length - 1)]
    if (next) this.#moveTo(next)
  }

  protected override render() {
    const { desk, words } = this
    const found = sections(desk)
    const ids = [...found.waiting.slice(0, listedMax), ...found.mine, ...found.others].map(
      ({ conversation }) => conversation,
    )
    if (!ids.includes(this.#current)) this.#current = ids[0] ?? ''
    const isEmpty = desk.isKnown && found.waiting.length === 0
    return html`
      <div class="scroll" @keydown=${this.#onKey}>
        ${this.#section(found, 'waiting', words.waiting)}
        ${
          isEmpty
            ? html`<div class="empty">
                ${icons.inbox}
                <p><strong>${words.noOneWaits}</strong></p>
                <p>${words.noOneWaitsMore}</p>
                <a href="/" target="_blank" rel="noopener">${words.tryAsCustomer}</a>
              </div>`
            : nothing
        }
        ${this.#section(found, 'mine', words.mine)} ${this.#section(found, 'others', words.others)}
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
        ${more > 0 ? html`<p class="more">${this.words.moreWait(more)}</p>` : nothing}
      </section>
    `
  }

  #row(request: OpenRequest, section: keyof Sections) {
    const { words, desk } = this
    const { conversation: id, need } = request
    const conversation = desk.conversations.get(id)
    const last =
      section === 'mine' ? conversation?.transcript.findLast(({ message }) => message.text) : undefined
    const text = last?.message.text ?? need
    return html`<button
      class="row"
      type="button"
      data-id=${id}
      tabindex=${id === this.#current ? 0 : -1}
      aria-current=${desk.focused === id ? 'true' : nothing}
      @click=${() => this.#pick(id)}
      @focus=${() => this.#setCurrent(id)}
    >
      <span class="top">
        <span class="name" dir="auto">${customerName(request, words)}</span>
        ${this.#standing(request, section)}
      </span>
      <span class="need" dir="auto">${text ?? html`<i>${words.noNeed}</i>`}</span>
      <span class="chips">
        ${urgencyChip(request, words)}
        ${request.hours === 'outside' ? html`<span class="chip">${words.outOfHours}</span>` : nothing}
        ${request.tags ? tagChips(request.tags, tagsMax) : nothing}
        <span class="where">${request.channel} · ${languageName(request.locale, words)}</span>
      </span>
    </button>`
  }

  #standing(request: OpenRequest, section: keyof Sections) {
    const { words, desk, now } = this
    if (section === 'others') return html`<span class="aside">${agentName(request.agent, words)}</span>`
    if (section === 'mine') {
      const conversation = desk.conversations.get(request.conversation)
      const count = conversation ? unread(conversation) : 0
      if (count === 0) return nothing
      return html`<span class="badge" aria-hidden="true">${count}</span
        ><span class="visually-hidden">${words.unread(count)}</span>`
    }
    const time = waited(request.queuedAt, now)
    return html`<span class="aside time" aria-hidden="true">${time}</span
      ><span class="visually-hidden">${words.waitedFor(time)}</span>`
  }

  #rows(): HTMLElement[] {
    return [...(this.shadowRoot?.querySelectorAll<HTMLElement>('.row') ?? [])]
  }

  #pick(id: string): void {
    this.dispatchEvent(new CustomEvent('pick', { detail: id }))
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
    const at = rows.indexOf(event.target as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key]
    const row = at < 0 || to === undefined ? undefined : rows[to]
    if (!row) return
    event.preventDefault()
    this.#moveTo(row)
  }

  static override styles = [
    look,
    css`
      :host {
        block-size: 100%;
      }
      .scroll {
        block-size: 100%;
        overflow-y: auto;
        padding-block-end: 24px;
        scrollbar-width: thin;
      }
      h2 {
        display: flex;
        align-items: baseline;
        gap: 8px;
        position: sticky;
        inset-block-start: 0;
        z-index: 1;
        padding: 14px 20px 6px;
        background: var(--fd-background);
        font-size: 13px;
        font-weight: 600;
        line-height: 20px;
      }
      .count {
        color: var(--fd-muted);
        font-weight: 500;
        font-variant-numeric: tabular-nums;
      }
      li + li {
        margin-block-start: 2px;
      }
      .row {
        display: block;
        inline-size: calc(100% - 16px);
        margin: 0 8px;
        padding: 10px 12px;
        border: 0;
        border-radius: var(--fd-radius);
        background: none;
        color: inherit;
        font: inherit;
        font-size: 15px;
        line-height: 22px;
        text-align: start;
        cursor: pointer;
      }
      .row:hover {
        background: var(--fd-hover);
      }
      .row[aria-current] {
        background: var(--fd-accent-soft);
      }
      .row:focus-visible {
        outline-offset: -2px;
      }
      .top {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      .name {
        flex: 1;
        overflow: hidden;
        font-weight: 600;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .aside {
        max-inline-size: 45%;
        overflow: hidden;
        color: var(--fd-muted);
        font-size: 14px;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .time {
        font-variant-numeric: tabular-nums;
      }
      .need {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow-wrap: anywhere;
      }
      .need i {
        color: var(--fd-muted);
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 6px;
        margin-block-start: 4px;
        color: var(--fd-muted);
        font-size: 13px;
        line-height: 20px;
      }
      .more {
        padding: 8px 20px;
        color: var(--fd-muted);
        font-size: 14px;
      }
      .empty {
        display: grid;
        justify-items: start;
        gap: 4px;
        margin: 4px 20px 12px;
        padding: 20px;
        border: 1px dashed var(--fd-border);
        border-radius: var(--fd-radius-large);
        color: var(--fd-muted);
        font-size: 15px;
      }
      .empty svg {
        margin-block-end: 4px;
      }
      .empty strong {
        color: var(--fd-text);
      }
      a {
        margin-block-start: 8px;
        color: var(--fd-accent);
      }
    `,
  ]
}

function urgencyChip(request: OpenRequest, words: DeskWords) {
  switch (request.urgency) {
    case 'escalated':
      return html`<span class="chip danger">${words.escalated}</span>`
    case 'reminded':
      return html`<span class="chip warning">${words.reminded}</span>`
    case undefined:
      return nothing
  }
}

customElements.define('desk-request-list', RequestList)

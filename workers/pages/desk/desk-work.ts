import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { guard } from 'lit/directives/guard.js'
import { iconButton, icons } from '../base/icons.ts'
import { every, Part } from '../base/part.ts'
import './conversation/conversation-pane.ts'
import './desk-header.ts'
import './palette/palette.ts'
import './requests/request-list.ts'
import './search/search-box.ts'
import type { Alerts } from './alerts.ts'
import type { ConversationPane } from './conversation/conversation-pane.ts'
import { customerPane } from './customer/customer-pane.ts'
import type { DeskHeader } from './desk-header.ts'
import { words } from './language.ts'
import { nothingOpen } from './nothing-open.ts'
import { commandsOf } from './palette/commands.ts'
import type { DeskPalette } from './palette/palette.ts'
import { customerName } from './requests/names.ts'
import type { RequestList } from './requests/request-list.ts'
import type { SearchBox } from './search/search-box.ts'
import { type Shortcut, shortcutOf } from './shortcuts.ts'
import type { DeskSession } from './state/desk-session.ts'
import { nextRequest, offeredTo, requestOf, sections, standing } from './state/selectors.ts'

/** How many panes there is room for, as in desk.css: the list or a conversation; both; the customer, too. */
type Panes = 1 | 2 | 3

/**
 * The desk of an agent who is signed in: its bar, the list of requests, the conversation that is shown, and its
 * customer. Its owner requests an update when the session changes. The header's `sign-out` bubbles.
 */
export class DeskWork extends Part {
  @property({ attribute: false }) session!: DeskSession
  @property({ attribute: false }) alerts!: Alerts
  /** Whether signing out has failed. */
  @property({ attribute: false }) isStuck!: boolean
  /** The gateway's time, in epoch milliseconds. */
  @state() now = Date.now()
  @state() panes = panesFor(innerWidth)
  /** Whether what was found stands in the place of the list. */
  @state() isSearching = false

  protected override whileConnected(signal: AbortSignal): void {
    for (const type of ['online', 'offline', 'focus'])
      addEventListener(type, () => this.requestUpdate(), { signal })
    addEventListener('keydown', (event) => this.#onKey(event), { signal })
    addEventListener('popstate', () => this.#onBack(), { signal })
    addEventListener(
      'resize',
      () => {
        this.panes = panesFor(innerWidth)
      },
      { signal },
    )
    const setNow = () => {
      if (!document.hidden) this.#setNow()
    }
    every(1000, setNow, signal)
  }

  /** Shows a conversation and focuses it. */
  open(id: string): void {
    const { session } = this
    if (this.panes === 1 && session.desk.shown === null) history.pushState({ desk: id }, '')
    session.show(id)
    void this.#afterUpdate(() => this.#pane()?.focus())
  }

  /** Updates once a frame: a transcript arrives in many of the gateway's frames. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise<unknown>((resolve) =>
      document.hidden ? setTimeout(resolve, 200) : requestAnimationFrame(resolve),
    )
    await super.scheduleUpdate()
  }

  protected override willUpdate(): void {
    if (!this.hasUpdated) this.#setNow()
  }

  protected override updated(): void {
    const { shown } = this.session.desk
    if (shown !== null && document.hasFocus()) this.session.markSeen(shown)
  }

  protected override render() {
    const { session, panes } = this
    const { desk } = session
    const { shown } = desk
    const isListShown = panes > 1 || shown === null
    const trouble = this.#connectionProblem()
    return html`
      ${
        isListShown
          ? html`<desk-header
              .session=${session}
              .desk=${desk}
              .now=${this.now}
              .isStuck=${this.isStuck}
              .alerts=${this.alerts}
            ></desk-header>`
          : nothing
      }
      <p class="trouble" role="status" ?hidden=${!trouble}>${trouble}</p>
      <main class="desk panes-${panes} ${shown === null ? 'without-customer' : ''}">
        ${
          isListShown
            ? html`<nav aria-label=${words.requests}>
                <desk-search
                  .workspace=${desk.workspace}
                  .shown=${shown}
                  @searching=${(event: CustomEvent<boolean>) => {
                    this.isSearching = event.detail
                  }}
                  @pick=${(event: CustomEvent<string>) => this.open(event.detail)}
                ></desk-search>
                <desk-request-list
                  ?hidden=${this.isSearching}
                  .desk=${desk}
                  .now=${this.now}
                  @pick=${(event: CustomEvent<string>) => this.open(event.detail)}
                  @accept=${(event: CustomEvent<string>) => this.#accept(event.detail)}
                  @decline=${(event: CustomEvent<string>) => session.release(event.detail)}
                ></desk-request-list>
              </nav>`
            : html`<h1 class="visually-hidden">${words.title}</h1>`
        }
        ${panes === 1 && isListShown ? nothing : this.#conversation(shown)}
        ${panes === 3 && shown !== null ? html`<aside aria-label=${words.customer} @pick=${this.#pickEarlier}>${this.#customer(shown)}</aside>` : nothing}
      </main>
      ${shown !== null && panes < 3 ? this.#customerDialog(shown) : nothing} ${this.#toast()}
      <desk-palette .commands=${this.#commands}></desk-palette>
    `
  }

  #conversation(shown: string | null) {
    const { session } = this
    if (shown === null)
      return html`<div class="work">${nothingOpen(session.desk, this.now, (id) => this.open(id))}</div>`
    return html`<desk-conversation
      class="work"
      .session=${session}
      .desk=${session.desk}
      .conversationId=${shown}
      .now=${this.now}
      .isAlone=${this.panes === 1}
      .isEnding=${session.ending.includes(shown)}
      .hasCustomer=${this.panes === 3}
      @leave=${() => this.#leave()}
      @show-customer=${() => this.#drawer()?.showModal()}
      @pick=${(event: CustomEvent<string>) => this.open(event.detail)}
    ></desk-conversation>`
  }

  #customer(id: string) {
    const { session, now } = this
    const { desk } = session
    const conversation = desk.conversations.get(id)
    const parts = [id, requestOf(desk, id), conversation?.transcript, conversation?.pending]
    // Presence is in minutes.
    return guard([...parts, desk.presence.get(id), Math.floor(now / 10_000)], () =>
      customerPane(desk, id, now, {
        tag: (tags) => session.tag(id, tags),
        correctName: (name) => session.correctName(id, name),
      }),
    )
  }

  #customerDialog(id: string) {
    return html`<dialog class="drawer" aria-label=${words.customer} @pick=${this.#pickEarlier}>
      ${iconButton(icons.close, words.close, { press: () => this.#drawer()?.close() })} ${this.#customer(id)}
    </dialog>`
  }

  #pickEarlier = ({ detail: id }: CustomEvent<string>): void => {
    this.#drawer()?.close()
    this.open(id)
  }

  #connectionProblem(): string {
    const { session } = this
    if (!navigator.onLine) return words.offline
    if (session.isUnavailable) return words.unavailable
    return session.hasBeenOpen && session.connection !== 'open' ? words.reconnecting : ''
  }

  #setNow(): void {
    this.now = Date.now() + this.session.me.clockOffsetMs
  }

  #accept(id: string): void {
    this.session.accept(id)
    this.open(id)
  }

  /** Leaves the conversation, on a phone also in the browser's history. */
  #leave(): void {
    if ((history.state as { desk?: string } | null)?.desk) history.back()
    else this.#showList()
  }

  /** Acts beside the list, in the header for instance: a phone first leaves the conversation for it. */
  async #atList(action: () => void): Promise<void> {
    if (this.panes === 1 && this.session.desk.shown !== null) {
      const isBack = new Promise((resolve) => addEventListener('popstate', resolve, { once: true }))
      const isInHistory = (history.state as { desk?: string } | null)?.desk !== undefined
      this.#leave()
      if (isInHistory) await isBack
    }
    await this.updateComplete
    await this.#header()?.updateComplete
    action()
  }

  #onBack(): void {
    if (this.panes === 1) this.#showList()
  }

  #showList(): void {
    this.session.show(null)
    void this.#afterUpdate(() => this.#list()?.focus())
  }

  #onKey(event: KeyboardEvent): void {
    const shortcut = shortcutOf(event)
    if (shortcut === undefined) return
    // A question mark is written all the same.
    if (shortcut !== 'help') event.preventDefault()
    this.#perform(shortcut)
  }

  #perform(shortcut: Shortcut): void {
    const { desk } = this.session
    const { shown } = desk
    const pane = this.#pane()
    switch (shortcut) {
      case 'palette':
        this.querySelector<DeskPalette>('desk-palette')?.open()
        break
      case 'help':
        void this.#atList(() => this.#header()?.showHelp())
        break
      case 'search':
        void this.#atList(() => this.querySelector<SearchBox>('desk-search')?.focus())
        break
      case 'previous':
      case 'next':
        this.#step(shortcut === 'next' ? 1 : -1)
        break
      case 'list':
        if (this.panes === 1) this.#leave()
        else this.#list()?.focus()
        break
      case 'nextRequest': {
        const next = nextRequest(desk, shown ?? undefined)
        if (next) this.open(next.conversation)
        break
      }
      case 'accept':
        this.#acceptShown()
        break
      case 'reply':
      case 'note':
        pane?.write(shortcut === 'note')
        break
      case 'transfer':
      case 'release':
      case 'end':
        pane?.ask(shortcut)
        break
      case 'undo':
        this.#undoEnd()
    }
  }

  /** Accepts the request that is shown, or asks whether to take it over. */
  #acceptShown(): void {
    const { desk } = this.session
    const { shown } = desk
    const request = shown === null ? null : requestOf(desk, shown)
    if (shown === null || !request) return
    if (standing(desk, shown) === 'others') this.#pane()?.ask('takeOver')
    if (standing(desk, shown) !== 'waiting' || offeredTo(desk, request) === 'other') return
    this.session.accept(shown)
    this.#pane()?.focus()
  }

  #commands = () =>
    commandsOf(this.session, {
      perform: (shortcut) => this.#perform(shortcut),
      open: (id) => this.open(id),
      showTeam: () => void this.#atList(() => this.querySelector<HTMLDialogElement>('#team')?.showModal()),
      signOut: () => void this.#atList(() => this.#header()?.askToSignOut()),
    })

  #undoEnd(): void {
    const id = this.session.ending.at(-1)
    if (id === undefined) return
    this.session.undoEnd(id)
    this.open(id)
  }

  /** The end that can be undone, wherever the agent has gone on. */
  #toast() {
    const id = this.session.ending.at(-1)
    const name = id === undefined ? '' : customerName(requestOf(this.session.desk, id))
    return html`<div class="toast" ?hidden=${id === undefined}>
      <p role="status">${id === undefined ? nothing : words.endedNamed(name)}</p>
      ${
        id === undefined
          ? nothing
          : html`<button class="button quiet" type="button" aria-keyshortcuts="Alt+Z" @click=${() => this.#undoEnd()}>
              ${words.undo}<kbd aria-hidden="true">${words.undoKey}</kbd>
            </button>`
      }
    </div>`
  }

  /** Shows the next or previous of the agent's own conversations. */
  #step(step: 1 | -1): void {
    const { desk } = this.session
    const ids = sections(desk).mine.map(({ conversation }) => conversation)
    const index = ids.indexOf(desk.shown ?? '')
    const next = ids.at((index < 0 && step < 0 ? 0 : index + step) % ids.length)
    if (next !== undefined) this.open(next)
  }

  async #afterUpdate(action: () => void): Promise<void> {
    await this.updateComplete
    await this.#pane()?.updateComplete
    action()
  }

  #header(): DeskHeader | null {
    return this.querySelector('desk-header')
  }

  #pane(): ConversationPane | null {
    return this.querySelector('desk-conversation')
  }

  #list(): RequestList | null {
    return this.querySelector('desk-request-list')
  }

  #drawer(): HTMLDialogElement | null {
    return this.querySelector('.drawer')
  }
}

function panesFor(width: number): Panes {
  if (width >= 1200) return 3
  return width >= 800 ? 2 : 1
}

customElements.define('desk-work', DeskWork)

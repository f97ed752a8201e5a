import { html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { OpenRequest } from '../../../schemas/conversation/notification.ts'
import { icons } from '../base/icons.ts'
import { type NotSignedIn, type SignedIn, signIn, signInPage, signOut } from '../base/sign-in.ts'
import { sheet, tokens } from '../base/styles/tokens.ts'
import { deskWords, shellWords } from '../base/words.ts'
import './conversation/conversation-pane.ts'
import './desk-header.ts'
import './requests/request-list.ts'
import { Alerts } from './alerts.ts'
import { columnsFor, visibleConversations } from './columns.ts'
import type { ConversationPane } from './conversation/conversation-pane.ts'
import type { DeskHeader } from './desk-header.ts'
import { openTabs } from './open-tabs.ts'
import { customerName } from './requests/names.ts'
import type { RequestList } from './requests/request-list.ts'
import { shortcutOf } from './shortcuts.ts'
import { DeskSession } from './state/desk-session.ts'
import { sections, standing, unread } from './state/selectors.ts'
import { deskStyles } from './styles.ts'

/** Why the sign-in page is shown. */
type SignedOut =
  | NotSignedIn
  | { state: 'over' }
  | { state: 'left' }
  | { state: 'notAllowed'; workspace: string }

/** The agent desk: the whole page. */
export class FrontdeskDesk extends LitElement {
  static override styles = [tokens, sheet, deskStyles]
  static override properties = {
    visitor: { state: true },
    now: { state: true },
    columns: { state: true },
    announced: { state: true },
    isStuck: { state: true },
  }
  /** `null` until it is known, and while an agent is signed in. */
  declare visitor: SignedOut | null
  /** The gateway's time, in epoch milliseconds. */
  declare now: number
  /** How many conversations stand side by side; 0: one of them, or the list. */
  declare columns: number
  declare announced: string
  /** Whether signing out has failed. */
  declare isStuck: boolean

  readonly #locale = new URLSearchParams(location.search).get('lang') ?? navigator.language
  readonly #words = deskWords(this.#locale)
  readonly #workspace = new URLSearchParams(location.search).get('workspace')
  readonly #alerts = new Alerts()
  #session: DeskSession | undefined
  /** Ids of conversations in the order in which they had the focus, the latest last. */
  #recent: string[] = []
  /** Aborted when the element leaves the page. */
  #connected: AbortController | undefined
  #tick = 0

  constructor() {
    super()
    this.visitor = null
    this.now = Date.now()
    this.columns = columnsFor(innerWidth)
    this.announced = ''
    this.isStuck = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.documentElement.lang = this.#words.language
    this.#connected = new AbortController()
    const { signal } = this.#connected
    addEventListener('resize', () => this.#measure(), { signal })
    addEventListener('keydown', (event) => this.#onKey(event), { signal })
    addEventListener('popstate', () => this.#onBack(), { signal })
    addEventListener('online', () => this.#changed(), { signal })
    addEventListener('offline', () => this.#changed(), { signal })
    addEventListener('focus', () => this.#onFocus(), { signal })
    this.#tick = setInterval(() => {
      if (!document.hidden && this.#session) this.now = Date.now() + this.#session.me.clockOffsetMs
    }, 1000)
    void this.#signIn()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#connected?.abort()
    clearInterval(this.#tick)
    this.#session?.stop({ forget: false })
  }

  /** Updates once a frame: a transcript arrives in many of the gateway's frames. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise<unknown>((resolve) =>
      document.hidden ? setTimeout(resolve, 200) : requestAnimationFrame(resolve),
    )
    await super.scheduleUpdate()
  }

  protected override updated(): void {
    const session = this.#session
    if (!session || !document.hasFocus()) return
    for (const id of this.#visible()) session.markSeen(id)
  }

  protected override render() {
    if (this.#session) return this.#work(this.#session)
    const { visitor } = this
    if (!visitor)
      return html`<slot></slot><p class="visually-hidden" role="status">${this.#words.loading}</p>`
    const isKnown = visitor.state === 'signedOut' || visitor.state === 'unreachable'
    return signInPage(
      isKnown ? visitor : { state: 'signedOut' },
      'agent',
      shellWords(this.#locale),
      () => void this.#signIn(),
      this.#because(visitor),
    )
  }

  #work(session: DeskSession) {
    const words = this.#words
    const { desk } = session
    const visible = this.#visible()
    const isPhone = this.columns === 0
    const isListShown = !isPhone || visible.length === 0
    const trouble = this.#trouble(session)
    return html`
      ${
        isListShown
          ? html`<desk-header
              .words=${words}
              .agent=${desk.agent?.name ?? session.me.name}
              .workspace=${desk.workspace}
              .workspaces=${session.me.workspaces}
              .isStuck=${this.isStuck}
              .alerts=${this.#alerts}
              @sign-out=${this.#signOut}
            ></desk-header>`
          : nothing
      }
      <p class="trouble" role="status" ?hidden=${!trouble}>${trouble}</p>
      <main class="desk ${isPhone ? 'phone' : ''}">
        ${
          isListShown
            ? html`<nav aria-label=${words.requests}>
                <desk-request-list
                  .desk=${desk}
                  .words=${words}
                  .now=${this.now}
                  @pick=${(event: CustomEvent<string>) => this.#open(event.detail)}
                ></desk-request-list>
              </nav>`
            : html`<h1 class="visually-hidden">${words.title}</h1>`
        }
        ${isPhone && isListShown ? nothing : this.#panes(session, visible)}
      </main>
      <p class="visually-hidden" role="status">${this.announced}</p>
    `
  }

  #panes(session: DeskSession, visible: string[]) {
    const words = this.#words
    const { desk } = session
    const isPhone = this.columns === 0
    const hasTabs = !isPhone && desk.tabs.length > this.columns
    return html`<div class="work">
      ${hasTabs ? openTabs(desk, visible, words, (id) => this.#open(id)) : nothing}
      <div class="columns">
        ${repeat(
          visible,
          (id) => id,
          (id) =>
            html`<desk-conversation
              data-id=${id}
              .session=${session}
              .desk=${desk}
              .conversationId=${id}
              .words=${words}
              .now=${this.now}
              .isAlone=${isPhone}
              .isFocused=${visible.length > 1 && id === desk.focused}
              @focusin=${() => this.#focused(id)}
              @leave=${() => this.#leave()}
              @close=${() => this.#close(id)}
            ></desk-conversation>`,
        )}
        ${visible.length === 0 ? this.#empty(desk.requests.size > 0) : nothing}
      </div>
    </div>`
  }

  #empty(hasRequests: boolean) {
    const words = this.#words
    return html`<div class="empty">
      ${icons.inbox}
      <p><strong>${hasRequests ? words.pickOne : words.openHere}</strong></p>
      <p>${hasRequests ? words.pickOneMore : words.openHereMore}</p>
    </div>`
  }

  #visible(): string[] {
    const desk = this.#session?.desk
    return desk ? visibleConversations(desk, this.columns, this.#recent) : []
  }

  #trouble(session: DeskSession): string {
    const words = this.#words
    if (!navigator.onLine) return words.offline
    if (session.isUnavailable) return words.unavailable
    return session.hasBeenOpen && session.connection !== 'open' ? words.reconnecting : ''
  }

  /** What happened just before; `undefined`: the sign-in page knows it. */
  #because(visitor: SignedOut): string | undefined {
    const words = this.#words
    switch (visitor.state) {
      case 'over':
        return words.sessionOver
      case 'left':
        return words.signedOut
      case 'notAllowed':
        return words.notAllowed(visitor.workspace)
      default:
        return undefined
    }
  }

  async #signIn(): Promise<void> {
    const visitor = await signIn('agent')
    if (this.#session) return
    if (visitor.state !== 'signedIn') {
      this.visitor = visitor
      return
    }
    const { workspaces } = visitor
    const first = workspaces === 'all' || workspaces.includes('main') ? 'main' : workspaces[0]
    const workspace = this.#workspace || first
    if (workspace !== undefined && (workspaces === 'all' || workspaces.includes(workspace)))
      this.#begin(visitor, workspace)
    else this.visitor = { state: 'notAllowed', workspace: workspace ?? '' }
  }

  #begin(me: SignedIn, workspace: string): void {
    this.now = Date.now() + me.clockOffsetMs
    this.#session = new DeskSession(me, workspace, {
      changed: () => this.#changed(),
      arrived: (requests) => this.#announce(requests),
      signedOut: () => this.#end({ state: 'over' }, false),
    })
    this.#recent = [...this.#session.desk.tabs]
    this.#session.start()
    this.requestUpdate()
  }

  #end(visitor: SignedOut, forget: boolean): void {
    this.#session?.stop({ forget })
    this.#session = undefined
    this.visitor = visitor
    document.title = this.#words.title
  }

  #onFocus(): void {
    // An agent who comes back may have signed in in another tab.
    if (this.visitor && this.visitor.state !== 'left' && !this.#session) void this.#signIn()
    this.#changed()
  }

  #signOut = async (): Promise<void> => {
    this.isStuck = !(await signOut())
    if (!this.isStuck) this.#end({ state: 'left' }, true)
  }

  #changed(): void {
    const desk = this.#session?.desk
    if (desk) {
      const { waiting, mine } = sections(desk)
      const isUnread = mine.some(({ conversation: id }) => {
        const conversation = desk.conversations.get(id)
        return conversation && unread(conversation) > 0
      })
      const count = waiting.length > 0 ? `(${waiting.length}) ` : ''
      document.title = `${count}${isUnread ? '• ' : ''}${this.#words.title} · ${desk.workspace}`
    }
    this.requestUpdate()
  }

  #announce([first]: OpenRequest[]): void {
    const words = this.#words
    if (!first || !this.#session) return
    const { conversation: id, need } = first
    const name = customerName(first, words)
    this.announced = words.announceNew(name, sections(this.#session.desk).waiting.length)
    this.#alerts.sound()
    this.#alerts.notify(`${words.newRequest}: ${name}`, need ?? words.noNeed, `frontdesk.${id}`, () =>
      this.#open(id),
    )
  }

  #open(id: string): void {
    const session = this.#session
    if (!session) return
    if (this.columns === 0 && session.desk.focused === null) history.pushState({ desk: id }, '')
    this.#focused(id)
    session.open(id)
    void this.#afterUpdate(() => this.#pane(id)?.focus())
  }

  #close(id: string): void {
    this.#session?.close(id)
    void this.#afterUpdate(() => {
      const next = this.#session?.desk.focused
      if (next) this.#pane(next)?.focus()
      else this.#list()?.focus()
    })
  }

  #focused(id: string): void {
    this.#recent = [...this.#recent.filter((recent) => recent !== id), id]
    this.#session?.focus(id)
  }

  /** Goes back to the list on a phone, also in the browser's history. */
  #leave(): void {
    if ((history.state as { desk?: string } | null)?.desk) history.back()
    else this.#onBack()
  }

  #onBack(): void {
    if (this.columns > 0) return
    this.#session?.focus(null)
    void this.#afterUpdate(() => this.#list()?.focus())
  }

  #measure(): void {
    this.columns = columnsFor(innerWidth)
  }

  #onKey(event: KeyboardEvent): void {
    const session = this.#session
    const shortcut = session && shortcutOf(event)
    if (!shortcut) return
    const { focused } = session.desk
    switch (shortcut) {
      case 'help':
        this.#header()?.showHelp()
        return
      case 'previous':
      case 'next':
        this.#step(session, shortcut === 'next' ? 1 : -1)
        break
      case 'list':
        if (this.columns === 0) this.#leave()
        else this.#list()?.focus()
        break
      case 'accept':
        if (focused === null || standing(session.desk, focused) !== 'waiting') break
        session.accept(focused)
        this.#pane(focused)?.focus()
        break
      case 'reply':
        if (focused !== null) this.#pane(focused)?.focus()
    }
    event.preventDefault()
  }

  /** Opens the next or previous conversation: those in tabs, then the agent's others. */
  #step({ desk }: DeskSession, step: 1 | -1): void {
    const mine = sections(desk).mine.map(({ conversation }) => conversation)
    const ids = [...new Set([...desk.tabs, ...mine])]
    const index = ids.indexOf(desk.focused ?? '')
    const next = ids.at((index < 0 && step < 0 ? 0 : index + step) % ids.length)
    if (next !== undefined) this.#open(next)
  }

  async #afterUpdate(action: () => void): Promise<void> {
    await this.updateComplete
    await this.#pane(this.#session?.desk.focused ?? '')?.updateComplete
    action()
  }

  #pane(id: string): ConversationPane | null {
    return this.renderRoot.querySelector(`desk-conversation[data-id="${CSS.escape(id)}"]`)
  }

  #list(): RequestList | null {
    return this.renderRoot.querySelector('desk-request-list')
  }

  #header(): DeskHeader | null {
    return this.renderRoot.querySelector('desk-header')
  }
}

customElements.define('frontdesk-desk', FrontdeskDesk)

import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { OpenRequest } from '../../../schemas/conversation/notification.ts'
import { controls } from '../base/controls.ts'
import { tokens } from '../base/styles/tokens.ts'
import './conversation-pane.ts'
import './desk-header.ts'
import './request-list.ts'
import './sign-in-help.ts'
import { icons } from '../base/icons.ts'
import { deskWords } from '../base/words.ts'
import { Alerts } from './alerts.ts'
import type { ConversationPane } from './conversation-pane.ts'
import type { DeskHeader } from './desk-header.ts'
import { look } from './look.ts'
import { customerName } from './names.ts'
import type { RequestList } from './request-list.ts'
import { type NotSignedIn, type SignedIn, signIn, signOut } from './sign-in.ts'
import { DeskSession } from './state/desk-session.ts'
import { requestOf, sections, standing, unread } from './state/selectors.ts'

/** Below it, there is room for the list or for one conversation, in pixels. */
const phoneWidth = 720
const listWidth = 340
const columnWidthMin = 400
const columnsMax = 3

/** The agent desk: all of the page. */
export class FrontdeskDesk extends LitElement {
  static override properties = {
    out: { state: true },
    now: { state: true },
    columns: { state: true },
    announced: { state: true },
    isStuck: { state: true },
  }
  /** Why nobody is signed in; `null` until it is known. */
  declare out: NotSignedIn | { over: true } | { left: true } | { notAllowed: string } | null
  declare now: number
  /** How many conversations stand side by side; 0: one, or the list. */
  declare columns: number
  declare announced: string
  /** Signing out has failed. */
  declare isStuck: boolean

  readonly #words = deskWords(new URLSearchParams(location.search).get('lang') ?? navigator.language)
  readonly #workspace = new URLSearchParams(location.search).get('workspace')
  readonly #alerts = new Alerts()
  #session: DeskSession | undefined
  #tick = 0
  /** What had the focus, the latest last: these are shown where there is not room for all. */
  #recent: string[] = []

  constructor() {
    super()
    this.out = null
    this.now = Date.now()
    this.columns = columnsFor(innerWidth)
    this.announced = ''
    this.isStuck = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.documentElement.lang = this.#words.language
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, pageStyle.styleSheet as CSSStyleSheet]
    addEventListener('resize', this.#measure)
    addEventListener('keydown', this.#onKey)
    addEventListener('popstate', this.#onBack)
    addEventListener('online', this.#changed)
    addEventListener('offline', this.#changed)
    addEventListener('focus', this.#onFocus)
    this.#tick = setInterval(() => {
      if (!document.hidden && this.#session) this.now = Date.now() + this.#session.me.clockOffsetMs
    }, 1000)
    void this.#signIn()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('resize', this.#measure)
    removeEventListener('keydown', this.#onKey)
    removeEventListener('popstate', this.#onBack)
    removeEventListener('online', this.#changed)
    removeEventListener('offline', this.#changed)
    removeEventListener('focus', this.#onFocus)
    clearInterval(this.#tick)
    this.#session?.stop({ forget: false })
  }

  /** Once a frame: a transcript arrives in many frames of the gateway's. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise<unknown>((resolve) =>
      document.hidden ? setTimeout(resolve, 200) : requestAnimationFrame(resolve),
    )
    await super.scheduleUpdate()
  }

  protected override updated(_: PropertyValues): void {
    const session = this.#session
    if (!session || !document.hasFocus()) return
    for (const id of this.#shown()) session.markSeen(id)
  }

  protected override render() {
    if (this.#session) return this.#work(this.#session)
    if (!this.out) return html`<p class="loading" role="status">${this.#words.loading}</p>`
    return html`<desk-sign-in
      .words=${this.#words}
      .because=${this.#because(this.out)}
      .isUnreachable=${'unreachable' in this.out}
      @retry=${() => this.#signIn()}
    ></desk-sign-in>`
  }

  #work(session: DeskSession) {
    const words = this.#words
    const { desk } = session
    const shown = this.#shown()
    const isPhone = this.columns === 0
    const isListShown = !isPhone || shown.length === 0
    const hasRequests = desk.requests.size > 0
    const hasTabs = !isPhone && desk.tabs.length > this.columns
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
      <div class="banner" role="status" ?hidden=${!this.#trouble(session)}>${this.#trouble(session)}</div>
      <main class=${isPhone ? 'phone' : ''}>
        ${isListShown ? nothing : html`<h1 class="visually-hidden">${words.title}</h1>`}
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
            : nothing
        }
        ${
          isPhone && isListShown
            ? nothing
            : html`<div class="work">
                ${hasTabs ? this.#tabs(session, shown) : nothing}
                <div class="columns">
                  ${repeat(
                    shown,
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
                        .isFocused=${shown.length > 1 && id === desk.focused}
                        @focusin=${() => this.#focused(id)}
                        @leave=${this.#leave}
                        @close=${() => this.#close(id)}
                      ></desk-conversation>`,
                  )}
                  ${
                    shown.length === 0
                      ? html`<div class="empty">
                          ${icons.inbox}
                          <p><strong>${hasRequests ? words.pickOne : words.openHere}</strong></p>
                          <p>${hasRequests ? words.pickOneMore : words.openHereMore}</p>
                        </div>`
                      : nothing
                  }
                </div>
              </div>`
        }
      </main>
      <p class="visually-hidden" role="status">${this.announced}</p>
    `
  }

  #tabs({ desk }: DeskSession, shown: string[]) {
    const words = this.#words
    return html`<ul class="tabs" aria-label=${words.openConversations}>
      ${repeat(
        desk.tabs,
        (id) => id,
        (id) => {
          const conversation = desk.conversations.get(id)
          const count = conversation && !shown.includes(id) ? unread(conversation) : 0
          const name = customerName(requestOf(desk, id), words)
          return html`<li class=${shown.includes(id) ? 'shown' : ''}>
            <button
              class="tab"
              type="button"
              aria-current=${id === desk.focused ? 'true' : nothing}
              @click=${() => this.#open(id)}
            >
              <span dir="auto">${name}</span>
              ${count > 0 ? html`<span class="badge" aria-hidden="true">${count}</span><span class="visually-hidden">${words.unread(count)}</span>` : nothing}
            </button>
          </li>`
        },
      )}
    </ul>`
  }

  /** The conversations on the screen: those that had the focus last, in the order of their tabs. */
  #shown(): string[] {
    const desk = this.#session?.desk
    if (!desk) return []
    if (this.columns === 0) return desk.focused === null ? [] : [desk.focused]
    const { tabs } = desk
    if (tabs.length <= this.columns) return [...tabs]
    const byRecency = [...tabs].sort((a, b) => this.#recent.indexOf(b) - this.#recent.indexOf(a))
    const latest = new Set(byRecency.slice(0, this.columns))
    return tabs.filter((id) => latest.has(id))
  }

  #trouble(session: DeskSession): string {
    const words = this.#words
    if (!navigator.onLine) return words.offline
    if (session.isUnavailable) return words.unavailable
    return session.hasBeenOpen && session.connection !== 'open' ? words.reconnecting : ''
  }

  #because(out: NonNullable<FrontdeskDesk['out']>): string {
    const words = this.#words
    if ('refused' in out) return out.refused ? words.signInFailed(out.refused) : words.linkFailed
    if ('unreachable' in out) return words.signInUnreachable
    if ('over' in out) return words.sessionOver
    if ('notAllowed' in out) return words.notAllowed(out.notAllowed)
    return 'left' in out ? words.signedOut : ''
  }

  async #signIn(): Promise<void> {
    const who = await signIn()
    if (this.#session) return
    if (!('id' in who)) {
      this.out = who
      return
    }
    const { workspaces } = who
    const first = workspaces === 'all' || workspaces.includes('main') ? 'main' : workspaces[0]
    const workspace = this.#workspace || first
    if (workspace !== undefined && (workspaces === 'all' || workspaces.includes(workspace)))
      this.#begin(who, workspace)
    else this.out = { notAllowed: workspace ?? '' }
  }

  #begin(me: SignedIn, workspace: string): void {
    this.now = Date.now() + me.clockOffsetMs
    this.#session = new DeskSession(me, workspace, {
      changed: this.#changed,
      arrived: (requests) => this.#announce(requests),
      signedOut: () => this.#end({ over: true }, false),
    })
    this.#recent = [...this.#session.desk.tabs]
    this.#session.start()
    this.requestUpdate()
  }

  #end(out: NonNullable<FrontdeskDesk['out']>, forget: boolean): void {
    this.#session?.stop({ forget })
    this.#session = undefined
    this.out = out
    document.title = this.#words.title
  }

  #onFocus = (): void => {
    // Somebody who comes back may have signed in elsewhere.
    if (this.out && !('left' in this.out) && !this.#session) void this.#signIn()
    this.#changed()
  }

  #signOut = async (): Promise<void> => {
    this.isStuck = !(await signOut())
    if (!this.isStuck) this.#end({ left: true }, true)
  }

  #changed = (): void => {
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

  #announce(requests: OpenRequest[]): void {
    const words = this.#words
    const [first] = requests
    if (!first || !this.#session) return
    const { waiting } = sections(this.#session.desk)
    const name = customerName(first, words)
    this.announced = words.announceNew(name, waiting.length)
    this.#alerts.sound()
    this.#alerts.notify(
      `${words.newRequest}: ${name}`,
      first.need ?? words.noNeed,
      `frontdesk.${first.conversation}`,
      () => this.#open(first.conversation),
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
    this.#recent = [...this.#recent.filter((other) => other !== id), id]
    this.#session?.focus(id)
  }

  /** Back to the list, on a phone: by its own way back, too. */
  #leave = (): void => {
    if ((history.state as { desk?: string } | null)?.desk) history.back()
    else this.#onBack()
  }

  #onBack = (): void => {
    if (this.columns > 0) return
    this.#session?.focus(null)
    void this.#afterUpdate(() => this.#list()?.focus())
  }

  #measure = (): void => {
    this.columns = columnsFor(innerWidth)
  }

  #onKey = (event: KeyboardEvent): void => {
    const session = this.#session
    if (!session) return
    const focused = session.desk.focused
    const isWriting = event
      .composedPath()
      .some((target) => target instanceof HTMLElement && target.matches('textarea, input'))
    if (event.key === '?' && !isWriting) this.#header()?.showHelp()
    if (!event.altKey || event.ctrlKey || event.metaKey) return
    const does: Record<string, () => void> = {
      ArrowUp: () => this.#step(-1),
      ArrowDown: () => this.#step(1),
      KeyL: () => this.#toList(),
      KeyM: () => focused !== null && this.#pane(focused)?.focus(),
      KeyA: () => {
        if (focused === null || standing(session.desk, focused) !== 'waiting') return
        session.accept(focused)
        this.#pane(focused)?.focus()
      },
    }
    const act = does[event.code]
    if (!act) return
    event.preventDefault()
    act()
  }

  /** To the conversation before or after: those in tabs, then those of the agent's that are in none. */
  #step(by: 1 | -1): void {
    const session = this.#session
    if (!session) return
    const { tabs, focused } = session.desk
    const mine = sections(session.desk).mine.map(({ conversation }) => conversation)
    const all = [...tabs, ...mine.filter((id) => !tabs.includes(id))]
    const at = all.indexOf(focused ?? '')
    const next = all.at((at < 0 && by < 0 ? 0 : at + by) % all.length)
    if (next !== undefined) this.#open(next)
  }

  #toList(): void {
    if (this.columns === 0) this.#leave()
    else this.#list()?.focus()
  }

  async #afterUpdate(act: () => void): Promise<void> {
    await this.updateComplete
    const pane = this.#pane(this.#session?.desk.focused ?? '')
    await pane?.updateComplete
    act()
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

  static override styles = [
    tokens,
    controls,
    look,
    css`
      :host {
        display: flex;
        flex-direction: column;
        block-size: 100dvh;
        background: var(--fd-background);
      }
      .loading {
        margin: auto;
        color: var(--fd-muted);
      }
      desk-sign-in {
        flex: 1;
        min-block-size: 0;
        overflow-y: auto;
        background: var(--fd-surface);
      }
      .banner {
        padding: 8px 20px;
        background: var(--fd-warning-soft);
        color: var(--fd-warning);
        font-size: 15px;
        text-align: center;
      }
      main {
        display: grid;
        flex: 1;
        grid-template: minmax(0, 1fr) / ${listWidth}px minmax(0, 1fr);
        min-block-size: 0;
      }
      main.phone {
        grid-template-columns: minmax(0, 1fr);
      }
      nav {
        border-inline-end: 1px solid var(--fd-border);
      }
      .phone nav {
        border: 0;
      }
      .work {
        display: flex;
        flex-direction: column;
        min-inline-size: 0;
      }
      .columns {
        display: grid;
        flex: 1;
        grid-auto-columns: minmax(0, 1fr);
        grid-auto-flow: column;
        grid-template-rows: minmax(0, 1fr);
        min-block-size: 0;
      }
      desk-conversation + desk-conversation {
        border-inline-start: 1px solid var(--fd-border);
      }
      .tabs {
        display: flex;
        overflow-x: auto;
        padding-inline: 8px;
        border-block-end: 1px solid var(--fd-border);
        scrollbar-width: none;
      }
      .tab {
        display: flex;
        align-items: center;
        gap: 8px;
        max-inline-size: 22ch;
        min-block-size: 44px;
        padding-inline: 12px;
        border: 0;
        border-block: 2px solid transparent;
        background: none;
        color: var(--fd-muted);
        font-size: 15px;
        cursor: pointer;
      }
      .tab > [dir] {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .tab:hover,
      .shown .tab {
        color: var(--fd-text);
      }
      .tab[aria-current] {
        border-block-end-color: var(--fd-accent);
        font-weight: 500;
      }
      .tab:focus-visible {
        outline-offset: -4px;
      }
      .empty {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 4px;
        padding: 24px;
        color: var(--fd-muted);
        text-align: center;
      }
      .empty svg {
        inline-size: 32px;
        block-size: 32px;
        margin-block-end: 8px;
        stroke-width: 1.2;
      }
      .empty strong {
        color: var(--fd-text);
        font-weight: 600;
      }
    `,
  ]
}

const pageStyle = css`
  body {
    margin: 0;
  }
`

function columnsFor(width: number): number {
  if (width < phoneWidth) return 0
  return Math.min(columnsMax, Math.max(1, Math.floor((width - listWidth) / columnWidthMin)))
}

customElements.define('frontdesk-desk', FrontdeskDesk)

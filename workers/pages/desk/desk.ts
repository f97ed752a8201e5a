import { css, html, LitElement, unsafeCSS } from 'lit'
import { state } from 'lit/decorators.js'
import uploadsText from '../base/files/uploads.css'
import {
  isSignInLink,
  type NotSignedIn,
  type SignedIn,
  signIn,
  signInPage,
  signOut,
} from '../base/sign-in.ts'
import { sheet, tokens } from '../base/styles/tokens.ts'
import { shellWords } from '../base/words.ts'
import './desk-work.ts'
import { Alerts, alertKindOf } from './alerts.ts'
import conversationText from './conversation/conversation.css'
import replyText from './conversation/reply.css'
import transcriptText from './conversation/transcript.css'
import customerText from './customer/customer.css'
import deskText from './desk.css'
import type { DeskWork } from './desk-work.ts'
import { showInFavicon } from './favicon.ts'
import { askedLocale, words } from './language.ts'
import paletteText from './palette/palette.css'
import repliesText from './replies/replies.css'
import { agentName, customerName } from './requests/names.ts'
import requestsText from './requests/requests.css'
import searchText from './search/search.css'
import { DeskSession } from './state/desk-session.ts'
import type { News } from './state/news.ts'
import { offeredTo, sections, unseen } from './state/selectors.ts'

/** Why the sign-in page is shown. */
type SignedOut =
  | NotSignedIn
  | { state: 'over' }
  | { state: 'left' }
  | { state: 'notAllowed'; workspace: string }

/** A new request may be offered to somebody at once, and is then nobody else's news. */
const settleMs = 500
/** How long giving back all conversations may take. */
const leavingMs = 8_000

/** The agent desk, the whole page: the sign-in, and the session of an agent who is signed in. */
export class FrontdeskDesk extends LitElement {
  static override styles = [
    tokens,
    sheet,
    css`${unsafeCSS(deskText + requestsText + conversationText + uploadsText + replyText + repliesText + paletteText + transcriptText + customerText + searchText)}`,
  ]
  /** `null` until it is known, and while an agent is signed in. */
  @state() visitor: SignedOut | null = null
  @state() announced = ''
  /** Whether signing out has failed. */
  @state() isStuck = false

  readonly #workspace = new URLSearchParams(location.search).get('workspace')
  readonly #alerts = new Alerts()
  #session: DeskSession | undefined
  /** While the agent's conversations are being given back. */
  #changed: (() => void) | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    document.documentElement.lang = words.language
    addEventListener('focus', this.#onFocus)
    addEventListener('hashchange', this.#onHashChange)
    void this.#signIn()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('focus', this.#onFocus)
    removeEventListener('hashchange', this.#onHashChange)
    this.#session?.stop({ forget: false })
  }

  protected override render() {
    const { visitor } = this
    if (this.#session)
      return html`<desk-work
          .session=${this.#session}
          .alerts=${this.#alerts}
          .isStuck=${this.isStuck}
          @sign-out=${this.#signOut}
        ></desk-work>
        <p class="visually-hidden" role="status">${this.announced}</p>`
    if (!visitor) return html`<slot></slot><p class="visually-hidden" role="status">${words.loading}</p>`
    const isKnown = visitor.state === 'signedOut' || visitor.state === 'unreachable'
    return signInPage(
      isKnown ? visitor : { state: 'signedOut' },
      'agent',
      shellWords(askedLocale),
      () => void this.#signIn(),
      this.#signOutReason(visitor),
    )
  }

  /** The reason for the sign-in page; `undefined`: that page knows it itself. */
  #signOutReason(visitor: SignedOut): string | undefined {
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
    const visitor = await signIn('agent', shellWords(askedLocale))
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
    this.#session = new DeskSession(me, workspace, {
      changed: () => this.#onChange(),
      told: (news) => this.#tell(news),
      signedOut: () => this.#end({ state: 'over' }, false),
    })
    this.#session.start()
    void this.#alerts.syncPush(workspace)
    this.requestUpdate()
  }

  #end(visitor: SignedOut, forget: boolean): void {
    this.#session?.stop({ forget })
    this.#session = undefined
    this.visitor = visitor
    document.title = words.title
    showInFavicon(0)
  }

  #onFocus = (): void => {
    // An agent who comes back may have signed in in another tab.
    if (this.visitor && this.visitor.state !== 'left' && !this.#session) void this.#signIn()
  }

  /** Signs in by a link that was opened over this page. */
  #onHashChange = (): void => {
    if (!isSignInLink()) return
    this.#session?.stop({ forget: false })
    this.#session = undefined
    void this.#signIn()
  }

  #signOut = async ({ detail: givesBack }: CustomEvent<boolean>): Promise<void> => {
    const session = this.#session
    await this.#alerts.stopPush()
    this.isStuck = (givesBack && !(await this.#giveBack())) || !(await signOut())
    if (this.isStuck) {
      session?.stay()
      return
    }
    // The gateway closes the connection of a sign-in that is over, perhaps before it answers here.
    session?.stop({ forget: true })
    this.#end({ state: 'left' }, true)
  }

  /** Gives back all of the agent's conversations; whether it succeeded. */
  async #giveBack(): Promise<boolean> {
    const isDone = () => !this.#session || sections(this.#session.desk).mine.length === 0
    this.#session?.leave()
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(resolve, leavingMs)
      this.#changed = () => {
        if (!isDone()) return
        clearTimeout(deadline)
        resolve()
      }
      this.#changed()
    })
    this.#changed = undefined
    return isDone()
  }

  #onChange(): void {
    const desk = this.#session?.desk
    if (!desk) return
    const count = unseen(desk)
    const waiting = sections(desk).waiting.length
    const parts = [waiting > 0 ? words.waitingNow(waiting) : '', words.title, desk.workspace]
    const title = `${count > 0 ? `(${count}) ` : ''}${parts.filter(Boolean).join(' · ')}`
    if (document.title !== title) document.title = title
    showInFavicon(count)
    this.#changed?.()
    this.#work()?.requestUpdate()
  }

  #tell(news: News[]): void {
    // The agent's own doing.
    if (this.#changed) return
    for (const one of news) {
      if (one.kind === 'request') setTimeout(() => this.#tellIfWaiting(one), settleMs)
      else this.#announce(one)
    }
  }

  #tellIfWaiting(news: News): void {
    const desk = this.#session?.desk
    const request = desk?.requests.get(news.request.conversation)
    if (desk && request?.state === 'waiting' && offeredTo(desk, request) === 'all') this.#announce(news)
  }

  #announce(news: News): void {
    const session = this.#session
    if (!session) return
    const { conversation: id } = news.request
    const isSeen = news.kind === 'reply' && session.desk.shown === id && document.hasFocus()
    if (isSeen) return
    const name = customerName(news.request)
    const kind = alertKindOf(news)
    const title = words.news[news.kind](name, agentName(news.agent))
    this.announced = title
    this.#alerts.sound(kind)
    const body = news.text ?? news.request.need ?? words.noNeed
    this.#alerts.notify(kind, { title, body, tag: `frontdesk.${id}` }, () => this.#work()?.open(id))
  }

  #work(): DeskWork | null {
    return this.renderRoot.querySelector('desk-work')
  }
}

customElements.define('frontdesk-desk', FrontdeskDesk)

import { css, html, LitElement, unsafeCSS } from 'lit'
import { state } from 'lit/decorators.js'
import type { OpenRequest } from '../../../schemas/conversation/notification.ts'
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
import { Alerts } from './alerts.ts'
import conversationText from './conversation/conversation.css'
import transcriptText from './conversation/transcript.css'
import deskText from './desk.css'
import type { DeskWork } from './desk-work.ts'
import { askedLocale, words } from './language.ts'
import { customerName } from './requests/names.ts'
import requestsText from './requests/requests.css'
import { DeskSession } from './state/desk-session.ts'
import { sections, unread } from './state/selectors.ts'

/** Why the sign-in page is shown. */
type SignedOut =
  | NotSignedIn
  | { state: 'over' }
  | { state: 'left' }
  | { state: 'notAllowed'; workspace: string }

/** The agent desk, the whole page: the sign-in, and the session of an agent who is signed in. */
export class FrontdeskDesk extends LitElement {
  static override styles = [
    tokens,
    sheet,
    css`${unsafeCSS(deskText + requestsText + conversationText + transcriptText)}`,
  ]
  /** `null` until it is known, and while an agent is signed in. */
  @state() visitor: SignedOut | null = null
  @state() announced = ''
  /** Whether signing out has failed. */
  @state() isStuck = false

  readonly #workspace = new URLSearchParams(location.search).get('workspace')
  readonly #alerts = new Alerts()
  #session: DeskSession | undefined

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
      arrived: (requests) => this.#announce(requests),
      signedOut: () => this.#end({ state: 'over' }, false),
    })
    this.#session.start()
    this.requestUpdate()
  }

  #end(visitor: SignedOut, forget: boolean): void {
    this.#session?.stop({ forget })
    this.#session = undefined
    this.visitor = visitor
    document.title = words.title
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

  #signOut = async (): Promise<void> => {
    const session = this.#session
    this.isStuck = !(await signOut())
    if (this.isStuck) return
    // The gateway closes the connection of a sign-in that is over, perhaps before it answers here.
    session?.stop({ forget: true })
    this.#end({ state: 'left' }, true)
  }

  #onChange(): void {
    const desk = this.#session?.desk
    if (!desk) return
    const { waiting, mine } = sections(desk)
    const isUnread = mine.some(({ conversation: id }) => {
      const conversation = desk.conversations.get(id)
      return conversation && unread(conversation) > 0
    })
    const count = waiting.length > 0 ? `(${waiting.length}) ` : ''
    document.title = `${count}${isUnread ? '• ' : ''}${words.title} · ${desk.workspace}`
    this.#work()?.requestUpdate()
  }

  #announce([first]: OpenRequest[]): void {
    if (!first || !this.#session) return
    const { conversation: id, need } = first
    const name = customerName(first)
    this.announced = words.announceNew(name, sections(this.#session.desk).waiting.length)
    this.#alerts.sound()
    this.#alerts.notify(`${words.newRequest}: ${name}`, need ?? words.noNeed, `frontdesk.${id}`, () =>
      this.#work()?.open(id),
    )
  }

  #work(): DeskWork | null {
    return this.renderRoot.querySelector('desk-work')
  }
}

customElements.define('frontdesk-desk', FrontdeskDesk)

import type { GatewayFrame } from '../../../../schemas/protocol/widget.ts'
import type { ShownConversation } from '../../../client/conversation.ts'
import type { CustomerClient } from '../../../client/customer-client.ts'
import type { StoredSession } from '../session/memory.ts'
import type { WidgetView } from '../view.ts'
import { html } from './lit.ts'
import { inWords } from './more-words.ts'

/** A former conversation of this browser, or of a customer who has logged in. */
interface FormerConversation {
  conversation: string
  at: string
  /** The customer's first text. */
  text: string
  /** Absent: the gateway gives one. */
  session?: string
}

/** The session, as its former conversations need it. */
export interface PresentSession {
  readonly key: string
  /** The session of the present conversation. */
  readonly stored: StoredSession | undefined
  readonly conversation: ShownConversation
  readonly client: CustomerClient
  /** Whether the browser is others', too. */
  readonly isForgetful: boolean
  /** Shows another conversation. */
  show(stored: StoredSession): void
}

const keptMax = 10
const textLengthMax = 80
/** A list that was not complete is asked for again after this long, and so often. */
const listAgainMs = 2_000
const listingsMax = 10

/**
 * Former conversations: those that this browser keeps, and those that the gateway lists for its customer.
 */
export class FormerConversations {
  readonly #session: PresentSession
  #listed: FormerConversation[] = []
  #listings = 0

  constructor(session: PresentSession) {
    this.#session = session
    this.#list()
  }

  /** The list, closed at first; nothing where there is none. */
  render(view: WidgetView) {
    const { locale } = view
    const found = this.#all
    if (found.length === 0) return undefined
    const resume = (one: FormerConversation) => (event: Event) => {
      ;(event.target as Element).closest('details')?.removeAttribute('open')
      this.#resume(one)
    }
    const day = (at: string) => new Date(at).toLocaleDateString(locale, { day: 'numeric', month: 'short' })
    return html`<details class="earlier" part="earlier">
      <summary>${inWords(view).earlier}</summary>
      ${found.map(
        (one) => html`<button class="wide" @click=${resume(one)}>
          <span dir="auto">${one.text}</span> <time datetime=${one.at}>${day(one.at)}</time>
        </button>`,
      )}
    </details>`
  }

  /** Keeps the present conversation, if the customer has written in it. */
  keep(): void {
    const { stored, conversation, isForgetful } = this.#session
    const { lines } = conversation
    const text = lines.find(({ author }) => author.type === 'customer')?.text?.slice(0, textLengthMax)
    if (!stored || !text || isForgetful) return
    const others = this.#kept.filter((one) => one.conversation !== stored.conversation)
    const { session, conversation: id } = stored
    const at = lines.at(-1)?.at ?? ''
    this.#store([{ conversation: id, session, at, text }, ...others].slice(0, keptMax))
  }

  receive(frame: GatewayFrame): void {
    switch (frame.type) {
      case 'welcome':
        this.#listings = 0
        break
      case 'conversations':
        this.#listed = frame.conversations.flatMap(({ conversation, at, text }) =>
          text ? { conversation, at, text } : [],
        )
        // A notifier still reads.
        if (!frame.isComplete && this.#listings++ < listingsMax)
          setTimeout(() => this.#session.client.sendFrame({ type: 'conversations' }), listAgainMs)
        break
      case 'session':
        this.#show(frame.conversation, frame.session)
        break
      case 'ready':
      case 'login':
        this.#list()
        break
      default:
    }
  }

  forget(): void {
    this.#listed = []
    this.#store([])
  }

  /** Asks for the conversations of a customer who has logged in. */
  #list(): void {
    if (!this.#session.client.isCustomer || this.#listings > 0) return
    this.#listings++
    this.#session.client.sendFrame({ type: 'conversations' })
  }

  /** Shows one in the place of the present one: it goes on where it has not ended. */
  #resume({ conversation, session }: FormerConversation): void {
    if (session) this.#show(conversation, session)
    else this.#session.client.sendFrame({ type: 'continue', conversation })
  }

  #show(conversation: string, session: string): void {
    this.keep()
    // All that was said there is no news.
    this.#session.show({ session, conversation, seen: Number.MAX_SAFE_INTEGER })
  }

  /** The latest first, without the present one. */
  get #all(): FormerConversation[] {
    const all = new Map([...this.#listed, ...this.#kept].map((one) => [one.conversation, one]))
    all.delete(this.#session.stored?.conversation ?? '')
    return [...all.values()].sort((a, b) => (a.at < b.at ? 1 : -1))
  }

  get #kept(): FormerConversation[] {
    try {
      return JSON.parse(localStorage.getItem(this.#key) ?? '[]')
    } catch {
      return []
    }
  }

  #store(kept: FormerConversation[]): void {
    try {
      if (kept.length > 0) localStorage.setItem(this.#key, JSON.stringify(kept))
      else localStorage.removeItem(this.#key)
    } catch {}
  }

  get #key(): string {
    return `${this.#session.key} former`
  }
}

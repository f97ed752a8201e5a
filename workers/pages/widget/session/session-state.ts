import { type ShownConversation, unreadIn } from '../../../client/conversation.ts'
import type { CustomerClient } from '../../../client/customer-client.ts'
import { loadMore } from '../load-more.ts'
import type { FileParts } from '../more/file-parts.ts'
import type { FormerConversations, PresentSession } from '../more/former-conversations.ts'
import { emptyDraft, type StoredSession, storeSession, type WidgetDraft } from './memory.ts'
import type { WidgetPreview } from './session-host.ts'
import { SessionHosts } from './session-hosts.ts'

/** The state of a customer's session: what is shown, and what the browser stores of it. */
export abstract class SessionState {
  abstract readonly client: CustomerClient
  readonly hosts = new SessionHosts()
  /** With a slash at its end; empty: there is none to connect to. */
  readonly gateway: string
  readonly channel: string
  draft: WidgetDraft = emptyDraft
  trouble: 'erased' | 'loginFailed' | 'refused' | '' = ''
  /** Whether the connection was lost, or could not be made. */
  isCut = false
  files: FileParts | undefined
  stored: StoredSession | undefined
  preview: WidgetPreview | undefined
  /** Once a panel was open, and the script has come. */
  former: FormerConversations | undefined

  constructor(gateway = '', channel = '') {
    this.gateway = gateway
    this.channel = channel
  }

  get conversation(): ShownConversation {
    return this.client.conversation
  }

  get isPreview(): boolean {
    return !!this.preview
  }

  get isRefused(): boolean {
    return this.trouble === 'refused'
  }

  get isForgetful(): boolean {
    return this.hosts.isForgetful
  }

  get unread(): number {
    return unreadIn(this.conversation, this.stored?.seen ?? 0)
  }

  get key(): string {
    return `frontdesk ${this.gateway} ${this.channel}`
  }

  /** A browser that is others', too, forgets the session with its tab. */
  readonly storage = () => (this.isForgetful ? sessionStorage : localStorage)

  async loadFormer(session: PresentSession): Promise<void> {
    const { FormerConversations } = await loadMore(this.gateway)
    this.former = new FormerConversations(session)
    this.hosts.update()
  }

  setStored(stored: StoredSession | undefined): void {
    this.stored = stored
    storeSession(this.key, stored, this.storage)
  }
}

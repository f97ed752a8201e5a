import { titleLengthMax, urlLengthMax } from '../../../../schemas/limits.ts'
import type { CustomerEvent, GatewayFrame, RecordFrame } from '../../../../schemas/protocol/widget.ts'
import {
  type CustomerAction,
  fold,
  isText,
  newClientId,
  nothingShown,
  type ShownConversation,
  unreadIn,
} from '../../../client/conversation.ts'
import {
  type ConversationOver,
  CustomerClient,
  type CustomerOptions,
} from '../../../client/customer-client.ts'
import { pageTitle } from '../attention.ts'
import type { PresentSession } from '../more/former-conversations.ts'
import { report } from '../report.ts'
import {
  emptyDraft,
  linkedSession,
  type StoredSession,
  storeDraft,
  storedDraft,
  storedSession,
  type WidgetDraft,
  write,
} from './memory.ts'
import type { SessionHost, WidgetPreview } from './session-host.ts'
import type { SessionHosts } from './session-hosts.ts'
import { SessionState } from './session-state.ts'

/** The customer's session in this browser: its connection, its stored state, and the conversation to show. */
export class CustomerSession extends SessionState implements PresentSession {
  readonly client = new CustomerClient({
    gateway: this.gateway,
    channel: this.channel,
    hello: () => visitor(this.hosts),
    isInSight: () => !document.hidden,
    changed: () => this.#store(),
    receiving: () => this.hosts.each((host) => host.receiving()),
    received: (frame, before) => this.#received(frame, before),
    over: (reason) => this.#over(reason),
    refused: (message) => {
      report(message)
      this.trouble = 'refused'
      // No such channel: a session with it opens nothing.
      if (!this.client.session) this.setStored(undefined)
    },
    loginFailed: ({ code, message }) => {
      report(`the login was refused: ${message}`)
      this.trouble = 'loginFailed'
      this.hosts.each((host) => host.notify('login-failed', { code, message }))
    },
  })
  #isBegun = false
  #loading: Promise<void> | undefined

  get isOffline(): boolean {
    return !this.isPreview && !this.isRefused && this.client.state !== 'open'
  }

  /** Shows the session in an element. The first one starts it, with the stored state of an earlier page. */
  join(host: SessionHost): void {
    const wasOpen = this.hosts.isOpen
    this.hosts.add(host)
    if (!this.#isBegun) this.#begin()
    if (this.draft.isOpen && !wasOpen) host.setOpen(true)
    this.toggled()
  }

  leave(host: SessionHost): void {
    this.hosts.delete(host)
    // An element that is only moved, or replaced by its like, goes on with the same connection.
    setTimeout(() => {
      if (!this.hosts.isEmpty) return
      this.#isBegun = false
      this.client.close()
      this.markSeen()
    })
  }

  /** Shows frames without a gateway. */
  showPreview(preview: WidgetPreview): void {
    this.preview = preview
    this.#isBegun = true
    this.client.conversation = preview.frames.reduce(fold, nothingShown)
    this.hosts.update()
  }

  show(stored: StoredSession): void {
    this.setStored(stored)
    this.#restart(stored, [])
  }

  login(token: string): void {
    this.client.login(token)
  }

  /** Forgets the conversation here and at the gateway. */
  logout(): void {
    this.client.logout()
    this.#forget()
  }

  /** Starts a new conversation with the texts that the last one did not accept. */
  startAnew(): void {
    this.former?.keep()
    this.#beginAnew()
  }

  #beginAnew(): void {
    this.#restart(undefined, this.client.unacceptedTexts)
    this.preview?.startAnew?.()
  }

  /** Sends an action of the customer's as an event. */
  deliver(action: CustomerAction): void {
    if (this.isRefused) return
    this.trouble = ''
    this.hosts.each((host) => host.showEnd())
    if (this.preview) this.preview.deliver?.({ ...action, clientId: newClientId() } as CustomerEvent)
    else this.client.send(action)
  }

  /** Stores the text that the customer is writing. */
  write(text: string): void {
    this.change({ text })
    if (text.trim()) this.client.type()
  }

  /** Changes the draft and stores it. */
  change(changes: Partial<WidgetDraft>): void {
    this.draft = { ...this.draft, ...changes }
    this.#store()
  }

  /** Called when the customer opens or closes a panel, which the next page does, too. */
  keepOpen(isOpen: boolean): void {
    if (!this.#isBegun) return
    this.draft = { ...this.draft, isOpen }
    this.toggled()
  }

  /** Called when a panel is shown or hidden. */
  toggled(): void {
    if (this.hosts.isOpen) {
      if (!this.isPreview) {
        this.client.connect()
        if (this.gateway) this.#loading ??= this.loadFormer(this)
      }
    }
    this.#store()
    this.markSeen()
  }

  /** Called when the page came into sight, or went out of it. */
  turned(): void {
    this.markSeen()
    this.client.turned()
  }

  /** Marks the transcript as seen while it is on the screen. */
  markSeen(): void {
    const { sequence } = this.conversation
    const stored = this.stored
    if (stored && this.hosts.isSeen && sequence > stored.seen) this.setStored({ ...stored, seen: sequence })
    this.hosts.count(this.isPreview ? 0 : this.unread)
  }

  /** Another tab has logged out, or begun another conversation. */
  onStorage({ key }: StorageEvent): void {
    if (this.isPreview || (key !== null && key !== this.key)) return
    // Read it again instead of the event's value: two tabs may have written at once, and both use the last.
    const stored = storedSession(this.key, this.storage)
    if (stored?.conversation === this.stored?.conversation) this.stored = stored
    else if (stored) this.#restart(stored, this.draft.outbox.filter(isText))
    else this.#forget()
    this.markSeen()
    this.hosts.update()
  }

  #begin(): void {
    this.#isBegun = true
    this.#clearTrouble()
    const linked = linkedSession()
    const stored = linked ?? storedSession(this.key, this.storage)
    this.draft = { ...storedDraft(this.key, stored?.conversation), ...(linked && { isOpen: true }) }
    this.#restart(stored, this.draft.outbox)
  }

  #restart(stored: StoredSession | undefined, outbox: readonly CustomerEvent[]): void {
    this.files?.clear()
    this.stored = stored
    this.draft = { ...this.draft, conversation: stored?.conversation, outbox }
    this.hosts.each((host) => host.showEnd())
    this.client.start(stored?.session, outbox)
    this.toggled()
  }

  /** Logged out, here or in another tab: former conversations go, too. */
  #forget(): void {
    write(() => localStorage, `${this.key} former`, undefined)
    this.former = this.#loading = undefined
    this.#reset()
  }

  /** Removes everything: the next person on this page must see nothing of it. */
  #reset(): void {
    this.client.close()
    this.setStored(undefined)
    this.draft = emptyDraft
    this.#clearTrouble()
    this.hosts.each((host) => host.setOpen(false))
    this.#restart(undefined, [])
  }

  #clearTrouble(): void {
    this.client.isRefused = !this.gateway
    this.trouble = this.gateway ? '' : 'refused'
  }

  #received(frame: GatewayFrame, before: ShownConversation): void {
    this.#applyFrame(frame)
    if (frame.type === 'record') this.#announce(frame, before)
    // A long transcript is rendered once, not record by record.
    if (this.client.isReady) {
      this.markSeen()
      this.hosts.each((host) => host.received(frame, before))
    }
    this.former?.receive(frame)
  }

  /** Effects of a frame beyond the conversation. */
  #applyFrame(frame: GatewayFrame): void {
    switch (frame.type) {
      case 'welcome': {
        const { session, conversation } = frame
        this.setStored({ session, conversation, seen: this.stored?.seen ?? 0 })
        this.draft = { ...this.draft, conversation }
        this.hosts.loadFiles(this, this.gateway, frame)
        break
      }
      case 'ready':
        // All of a conversation that was not the present one.
        if (this.stored && this.stored.seen > this.conversation.sequence)
          this.setStored({ ...this.stored, seen: this.conversation.sequence })
        break
      case 'login':
        if (frame.ok && this.stored) this.setStored({ ...this.stored, session: frame.session })
        this.hosts.update()
        break
      case 'error':
        if (frame.code === 'conversation_erased') this.trouble = 'erased'
        // The frame was a login.
        else if (frame.code === 'frame_invalid' && !frame.clientId && this.client.isReady)
          report(`${frame.field} ${frame.message}`)
        break
      default:
    }
  }

  #announce({ sequence, messages = [] }: RecordFrame, before: ShownConversation): void {
    if (before.form.length > 0 && this.conversation.form.length === 0)
      this.draft = { ...this.draft, fields: {} }
    if (sequence <= Math.max(before.sequence, this.stored?.seen ?? 0)) return
    for (const message of messages)
      if (message.author.type !== 'customer') this.hosts.each((host) => host.notify('message', { message }))
    if (!this.client.isReady || unreadIn(this.conversation, before.sequence) === 0) return
    const stored = () => storedSession(this.key, this.storage) ?? this.stored
    this.hosts.sound(sequence, stored, (changed) => this.setStored(changed))
  }

  #over(reason: ConversationOver): void {
    if (reason === 'ended') this.startAnew()
    else if (reason === 'loggedOut') this.#forget()
    else if (this.hosts.isOpen || this.draft.outbox.length > 0) this.#beginAnew()
    else this.#reset()
  }

  #store(): void {
    const { state, outbox } = this.client
    this.draft = { ...this.draft, outbox: [...outbox] }
    if (state === 'waiting') this.isCut = true
    if (state === 'open') this.isCut = false
    if (!this.preview) storeDraft(this.key, this.draft)
    this.hosts.update()
  }
}

/** The facts of a new visitor, as the page has them. */
function visitor({ locale, facts }: SessionHosts): ReturnType<NonNullable<CustomerOptions['hello']>> {
  const url = location.href.replace(/#.*/, '')
  return {
    locale,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    page: { ...(url.length <= urlLengthMax && { url }), title: pageTitle().slice(0, titleLengthMax) },
    attributes: facts,
  }
}

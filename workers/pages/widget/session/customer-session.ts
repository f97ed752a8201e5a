import { typingMs, typingPauseMs } from '../../../../schemas/limits.ts'
import type {
  CustomerEvent,
  GatewayFrame,
  RecordFrame,
  WidgetFrame,
} from '../../../../schemas/protocol/widget.ts'
import type { PresentSession } from '../more/former-conversations.ts'
import { report } from '../report.ts'
import {
  type CustomerAction,
  fold,
  isText,
  isTooLate,
  newClientId,
  nothingShown,
  type ShownConversation,
  send,
  unreadIn,
} from './conversation.ts'
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
import { SessionState } from './session-state.ts'
import { logOut, newVisitor, presence, type WidgetConnection, widgetConnection } from './widget-connection.ts'

/** The customer's session in this browser: its connection, its stored state, and the conversation to show. */
export class CustomerSession extends SessionState implements PresentSession {
  #isBegun = false
  /** Whether the transcript is complete. */
  #isReady = false
  #connection: WidgetConnection | undefined
  /** A JWT that the gateway has not answered yet. */
  #login: string | undefined
  /** The JWT sent on this connection. */
  #loginSent: string | undefined
  #typedAt = 0
  #typing = 0
  #loading: Promise<void> | undefined

  get isOffline(): boolean {
    return !this.isPreview && !this.isRefused && this.#connection?.state !== 'open'
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
      this.#disconnect()
      this.markSeen()
    })
  }

  /** Shows frames without a gateway. */
  showPreview(preview: WidgetPreview): void {
    this.preview = preview
    this.#isBegun = true
    this.conversation = preview.frames.reduce(fold, nothingShown)
    this.hosts.update()
  }

  send(frame: WidgetFrame): void {
    this.#connection?.send(frame)
  }

  show(stored: StoredSession): void {
    this.setStored(stored)
    this.#restart(stored, [])
  }

  login(token: string): void {
    this.#login = token
    if (this.#connection?.state === 'open') this.#sendLogin()
  }

  /** Forgets the conversation here and at the gateway. */
  logout(): void {
    const { session } = this.stored ?? {}
    const { sequence: after } = this.conversation
    this.#login = undefined
    this.#forget()
    if (session && this.gateway) logOut(this.gateway, session, after)
  }

  /** Starts a new conversation with the texts that the last one did not accept. */
  startAnew(): void {
    this.former?.keep()
    this.#beginAnew()
  }

  #beginAnew(): void {
    const { sent } = this.conversation
    this.#restart(undefined, sent.map(({ event }) => event).filter(isText))
    this.preview?.startAnew?.()
  }

  /** Sends an action of the customer's as an event. */
  deliver(action: CustomerAction): void {
    if (this.isRefused) return
    const event = { ...action, clientId: newClientId() } as CustomerEvent
    this.trouble = ''
    this.hosts.each((host) => host.showEnd())
    if (this.preview) {
      this.preview.deliver?.(event)
      return
    }
    this.conversation = send(this.conversation, event, new Date().toISOString())
    if (this.conversation.status?.state === 'ended' && event.type !== 'rate') this.startAnew()
    else this.#connection?.deliver(event)
  }

  /** Stores the text that the customer is writing. */
  write(text: string): void {
    this.change({ text })
    if (!text.trim() || Date.now() - this.#typedAt < typingPauseMs) return
    this.#typedAt = Date.now()
    this.#connection?.send({ type: 'typing' })
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
      this.#connect()
      if (this.gateway && !this.isPreview) this.#loading ??= this.loadFormer(this)
    }
    this.#store()
    this.markSeen()
  }

  /** Called when the page came into sight, or went out of it. */
  turned(): void {
    this.markSeen()
    this.#connection?.send({ type: 'presence', state: presence() })
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
    this.trouble = this.gateway ? '' : 'refused'
    const linked = linkedSession()
    const stored = linked ?? storedSession(this.key, this.storage)
    this.draft = { ...storedDraft(this.key, stored?.conversation), ...(linked && { isOpen: true }) }
    this.#restart(stored, this.draft.outbox)
  }

  #disconnect(): void {
    const connection = this.#connection
    this.#connection = undefined
    connection?.close()
  }

  #restart(stored: StoredSession | undefined, outbox: readonly CustomerEvent[]): void {
    this.#disconnect()
    this.files?.clear()
    this.stored = stored
    this.draft = { ...this.draft, conversation: stored?.conversation, outbox }
    const at = new Date().toISOString()
    this.conversation = outbox.reduce((before, event) => send(before, event, at), nothingShown)
    this.#isReady = false
    this.hosts.each((host) => host.showEnd())
    if (stored || outbox.length > 0) this.#connect()
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
    this.#disconnect()
    this.setStored(undefined)
    this.draft = emptyDraft
    this.trouble = this.gateway ? '' : 'refused'
    this.hosts.each((host) => host.setOpen(false))
    this.#restart(undefined, [])
  }

  #connect(): void {
    if (this.#connection || this.isPreview || this.isRefused) return
    this.#connection = widgetConnection(
      this.gateway,
      {
        greet: () => [this.#greeting()],
        receive: (frame) => {
          if (frame.type === 'login') this.#loggedIn(frame)
          else this.#receive(frame)
          this.former?.receive(frame)
        },
        changed: () => this.#store(),
        closed: (code) => this.#closed(code),
        refused: (message) => this.#refuse(message),
      },
      this.draft.outbox,
    )
    try {
      this.#connection.open()
    } catch (error) {
      // Such as ws: on a page of https:.
      this.#refuse(String(error))
    }
  }

  /** Nothing that this page tries can succeed. */
  #refuse(message: string): void {
    report(message)
    this.#disconnect()
    this.trouble = 'refused'
    const sent = this.conversation.sent.map((each) => ({ ...each, refused: 'frame_invalid' as const }))
    this.conversation = { ...this.conversation, sent, form: [], options: [] }
    this.draft = { ...this.draft, outbox: [] }
    this.#store()
  }

  #greeting(): WidgetFrame {
    const { session } = this.stored ?? {}
    this.#loginSent = session ? undefined : this.#login
    if (!session) return newVisitor(this.channel, this.hosts.locale, this.#login, this.hosts.facts)
    return { type: 'hello', session, after: this.conversation.sequence, presence: presence() }
  }

  #sendLogin(): void {
    if (this.#login === undefined || this.#login === this.#loginSent) return
    this.#loginSent = this.#login
    this.#connection?.send({ type: 'login', token: this.#login })
  }

  #receive(frame: GatewayFrame): void {
    const before = this.conversation
    if (isTooLate(frame) && before.sent.some(({ event }) => event.clientId === frame.clientId)) {
      this.startAnew()
      return
    }
    this.hosts.each((host) => host.receiving())
    this.conversation = fold(before, frame)
    this.#applyFrame(frame)
    if (frame.type === 'record') this.#announce(frame, before)
    // A long transcript is rendered once, not record by record.
    if (!this.#isReady) return
    this.markSeen()
    this.hosts.each((host) => host.received(frame, before))
  }

  /** Effects of a frame beyond the conversation. */
  #applyFrame(frame: GatewayFrame): void {
    switch (frame.type) {
      case 'welcome': {
        const { session, conversation, customer } = frame
        if (this.#loginSent !== undefined && customer) this.#login = undefined
        this.isCustomer = !!customer
        this.setStored({ session, conversation, seen: this.stored?.seen ?? 0 })
        this.draft = { ...this.draft, conversation }
        this.hosts.loadFiles(this, this.gateway, frame)
        break
      }
      case 'ready':
        this.#isReady = true
        // All of a conversation that was not the present one.
        if (this.stored && this.stored.seen > this.conversation.sequence)
          this.setStored({ ...this.stored, seen: this.conversation.sequence })
        this.#sendLogin()
        break
      case 'error':
        if (frame.code === 'conversation_erased') this.trouble = 'erased'
        else if (frame.code === 'frame_invalid' && !frame.clientId) {
          // The greeting was not valid, or later a login.
          if (this.#isReady) report(`${frame.field} ${frame.message}`)
          else this.#refuse(`${frame.field} ${frame.message}`)
        }
        break
      case 'typing':
        clearTimeout(this.#typing)
        this.#typing = setTimeout(() => {
          this.conversation = { ...this.conversation, typing: undefined }
          this.hosts.update()
        }, typingMs)
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
    if (!this.#isReady || unreadIn(this.conversation, before.sequence) === 0) return
    const stored = () => storedSession(this.key, this.storage) ?? this.stored
    this.hosts.sound(sequence, stored, (changed) => this.setStored(changed))
  }

  #loggedIn(frame: Extract<GatewayFrame, { type: 'login' }>): void {
    const login = this.#login
    this.#login = undefined
    if (frame.ok) {
      if (this.stored) this.setStored({ ...this.stored, session: frame.session })
      this.isCustomer = true
    } else if (frame.code === 'login_other_customer' && login) {
      // Another person uses this browser now and must not see the first one's conversation.
      this.logout()
      this.#login = login
    } else {
      report(`the login was refused: ${frame.message}`)
      this.trouble = 'loginFailed'
      this.hosts.each((host) => host.notify('login-failed', { code: frame.code, message: frame.message }))
    }
    this.hosts.update()
  }

  /** Whether the connection stays closed. */
  #closed(code: number): boolean {
    switch (code) {
      // The session has expired, or its conversation is gone.
      case 4401:
      case 4410:
        if (this.hosts.isOpen || this.draft.outbox.length > 0) this.#beginAnew()
        else this.#reset()
        return true
      case 4403:
        this.#forget()
        return true
      // The gateway has lost records that are shown here: they are read again.
      case 4409:
        this.#restart(this.stored, this.draft.outbox)
        return true
      default:
        // No such channel: a session with it opens nothing.
        if (code === 4404) this.setStored(undefined)
        return false
    }
  }

  #store(): void {
    const { state, outbox } = this.#connection ?? {}
    if (outbox) this.draft = { ...this.draft, outbox: [...outbox] }
    if (state === 'waiting') this.isCut = true
    if (state === 'open') this.isCut = false
    if (!this.preview) storeDraft(this.key, this.draft)
    this.hosts.update()
  }
}

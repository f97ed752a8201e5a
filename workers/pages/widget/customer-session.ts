import { titleLengthMax, typingMs, typingPauseMs, urlLengthMax } from '../../../schemas/limits.ts'
import type {
  CustomerEvent,
  GatewayFrame,
  RecordFrame,
  RejectedFrame,
  WidgetFrame,
} from '../../../schemas/protocol/widget.ts'
import { Connection } from '../base/connection.ts'
import { fold, nothingShown, type ShownConversation, send } from './conversation.ts'
import {
  emptyDraft,
  type StoredSession,
  storeDraft,
  storedDraft,
  storedSession,
  storeSession,
  type WidgetDraft,
} from './memory.ts'
import type { SessionHost, WidgetPreview } from './session-host.ts'

/** A customer's event before it has an id. */
export type CustomerAction<E = CustomerEvent> = E extends E ? Omit<E, 'clientId'> : never

/** The customer's session in this browser: its connection, its stored state, and the conversation to show. */
export class CustomerSession {
  readonly #host: SessionHost
  conversation: ShownConversation = nothingShown
  draft: WidgetDraft = emptyDraft
  trouble: 'erased' | 'loginFailed' | '' = ''
  /** Whether the connection was lost, or could not be made. */
  isCut = false
  /** Whether the transcript is complete. */
  #isReady = false
  #connection: Connection<WidgetFrame, GatewayFrame> | undefined
  #stored: StoredSession | undefined
  #preview: WidgetPreview | undefined
  /** A JWT that the gateway has not answered yet. */
  #login: string | undefined
  /** The JWT sent on this connection. */
  #loginSent: string | undefined
  #typedAt = 0
  #typing = 0

  constructor(host: SessionHost) {
    this.#host = host
  }

  get isOffline(): boolean {
    return !this.#preview && this.#connection?.state !== 'open'
  }

  get unread(): number {
    const seen = this.#stored?.seen ?? 0
    return this.conversation.lines.filter(
      ({ sequence, author, type }) => sequence > seen && author.type !== 'customer' && type !== 'notice',
    ).length
  }

  /** Starts with the stored state of an earlier page, or with a preview. */
  begin(preview?: WidgetPreview): void {
    this.#preview = preview
    if (preview) {
      this.disconnect()
      this.conversation = preview.frames.reduce(fold, nothingShown)
      this.#host.update()
      return
    }
    const stored = storedSession(this.#key)
    const draft = storedDraft(this.#key)
    // A draft of another conversation may be another person's.
    const isOurs = draft && (!draft.conversation || draft.conversation === stored?.conversation)
    this.draft = isOurs ? draft : emptyDraft
    const isPhone = matchMedia('(max-width: 480px), (max-height: 480px)').matches
    if (this.draft.isOpen && !isPhone) this.#host.setOpen(true)
    this.#restart(stored, this.draft.outbox)
  }

  disconnect(): void {
    const connection = this.#connection
    this.#connection = undefined
    connection?.close()
  }

  login(token: string): void {
    this.#login = token
    if (this.#connection?.state === 'open') this.#sendLogin()
  }

  /** Forgets the conversation here and at the gateway. */
  logout(): void {
    const { session } = this.#stored ?? {}
    const { sequence: after } = this.conversation
    this.#login = undefined
    this.#reset()
    if (!session) return
    const leaving: Connection<WidgetFrame, GatewayFrame> = new Connection(this.#url, {
      greet: () => [{ type: 'hello', session, after }, { type: 'logout' }],
      receive() {},
      changed() {},
      closed: (code) => code === 4403 || code === 4401 || code === 4410,
    })
    leaving.open()
  }

  /** Starts a new conversation with the texts that the last one did not accept. */
  startAnew(): void {
    const { sent } = this.conversation
    this.#restart(undefined, sent.map(({ event }) => event).filter(isText))
    this.#preview?.startAnew?.()
  }

  /** Sends an action of the customer's as an event. */
  deliver(action: CustomerAction): void {
    const event = { ...action, clientId: newClientId() } as CustomerEvent
    this.trouble = ''
    this.#host.showEnd()
    if (this.#preview) {
      this.#preview.deliver?.(event)
      return
    }
    this.conversation = send(this.conversation, event, now())
    if (this.conversation.status?.state === 'ended') this.startAnew()
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

  /** Called when the panel opens or closes. */
  toggled(): void {
    const isOpen = this.#host.isOpen()
    if (isOpen) this.#connect()
    if (isOpen !== this.draft.isOpen) {
      this.draft = { ...this.draft, isOpen }
      this.#host.showEnd()
      this.#host.notify(isOpen ? 'open' : 'close')
    }
    this.#store()
    this.markSeen()
  }

  /** Marks the transcript as seen while it is on the screen. */
  markSeen(): void {
    const { sequence } = this.conversation
    const stored = this.#stored
    if (!stored || !this.#host.isOpen() || document.hidden || sequence <= stored.seen) return
    this.#setStored({ ...stored, seen: sequence })
    this.#host.update()
  }

  /** Another tab has logged out, or begun another conversation. */
  onStorage({ key }: StorageEvent): void {
    if (this.#preview || (key !== null && key !== this.#key)) return
    // Read it again instead of the event's value: two tabs may have written at once, and both use the last.
    const stored = storedSession(this.#key)
    if (stored?.conversation === this.#stored?.conversation) this.#stored = stored
    else if (stored) this.#restart(stored, this.draft.outbox.filter(isText))
    else this.#reset()
    this.#host.update()
  }

  get #url(): string {
    return new URL('v1/widget', this.#host.place().gateway).href.replace(/^http/, 'ws')
  }

  get #key(): string {
    const { gateway, channel } = this.#host.place()
    return `frontdesk ${new URL('./', gateway).href} ${channel}`
  }

  #restart(stored: StoredSession | undefined, outbox: readonly CustomerEvent[]): void {
    this.disconnect()
    this.#stored = stored
    this.draft = { ...this.draft, conversation: stored?.conversation, outbox }
    this.conversation = outbox.reduce((before, event) => send(before, event, now()), nothingShown)
    this.#isReady = false
    this.#host.restarted()
    if (stored || outbox.length > 0) this.#connect()
    this.toggled()
  }

  /** Removes everything: the next person on this page must see nothing of it. */
  #reset(): void {
    this.disconnect()
    this.#setStored(undefined)
    this.draft = emptyDraft
    this.trouble = ''
    this.#host.setOpen(false)
    this.#restart(undefined, [])
  }

  #connect(): void {
    if (this.#connection || this.#preview) return
    this.#connection = new Connection<WidgetFrame, GatewayFrame>(
      this.#url,
      {
        greet: () => [this.#greeting()],
        receive: (frame) => this.#receive(frame),
        changed: () => this.#store(),
        closed: (code) => this.#closed(code),
      },
      this.draft.outbox,
    )
    this.#connection.open()
  }

  #greeting(): WidgetFrame {
    this.#loginSent = undefined
    if (this.#stored)
      return { type: 'hello', session: this.#stored.session, after: this.conversation.sequence }
    this.#loginSent = this.#login
    const { channel, locale } = this.#host.place()
    const url = location.href.replace(/#.*/, '')
    return {
      type: 'hello',
      channel,
      locale,
      page: { ...(url.length <= urlLengthMax && { url }), title: document.title.slice(0, titleLengthMax) },
      ...(this.#login !== undefined && { login: this.#login }),
    }
  }

  #sendLogin(): void {
    if (this.#login === undefined || this.#login === this.#loginSent) return
    this.#loginSent = this.#login
    this.#connection?.send({ type: 'login', token: this.#login })
  }

  #receive(frame: GatewayFrame): void {
    const before = this.conversation
    if (frame.type === 'login') {
      this.#loggedIn(frame)
      return
    }
    if (isTooLate(frame) && before.sent.some(({ event }) => event.clientId === frame.clientId)) {
      this.startAnew()
      return
    }
    this.#host.receiving()
    this.conversation = fold(before, frame)
    this.#applyFrame(frame)
    if (frame.type === 'record') this.#announce(frame, before)
    // A long transcript is rendered once, not record by record.
    if (!this.#isReady) return
    this.markSeen()
    this.#host.received(frame, before)
  }

  /** Effects of a frame beyond the conversation. */
  #applyFrame(frame: GatewayFrame): void {
    switch (frame.type) {
      case 'welcome': {
        const { session, conversation, customer } = frame
        if (this.#loginSent !== undefined && customer) this.#login = undefined
        this.#setStored({ session, conversation, seen: this.#stored?.seen ?? 0 })
        this.draft = { ...this.draft, conversation }
        break
      }
      case 'ready':
        this.#isReady = true
        this.#sendLogin()
        break
      case 'error':
        if (frame.code === 'conversation_erased') this.trouble = 'erased'
        break
      case 'typing':
        clearTimeout(this.#typing)
        this.#typing = setTimeout(() => {
          this.conversation = { ...this.conversation, typing: undefined }
          this.#host.update()
        }, typingMs)
        break
      default:
    }
  }

  #announce({ sequence, messages = [] }: RecordFrame, before: ShownConversation): void {
    if (before.form.length > 0 && this.conversation.form.length === 0)
      this.draft = { ...this.draft, fields: {} }
    if (sequence <= Math.max(before.sequence, this.#stored?.seen ?? 0)) return
    for (const message of messages)
      if (message.author.type !== 'customer') this.#host.notify('message', { message })
  }

  #loggedIn(frame: Extract<GatewayFrame, { type: 'login' }>): void {
    const login = this.#login
    this.#login = undefined
    if (frame.ok) {
      if (this.#stored) this.#setStored({ ...this.#stored, session: frame.session })
    } else if (frame.code === 'login_other_customer' && login) {
      // Another person uses this browser now and must not see the first one's conversation.
      this.logout()
      this.#login = login
    } else {
      this.trouble = 'loginFailed'
      this.#host.notify('login-failed', { code: frame.code, message: frame.message })
    }
    this.#host.update()
  }

  /** Whether the connection stays closed. */
  #closed(code: number): boolean {
    switch (code) {
      // The session has expired, or its conversation is gone.
      case 4401:
      case 4410:
        if (this.#host.isOpen() || this.draft.outbox.length > 0) this.startAnew()
        else this.#reset()
        return true
      case 4403:
        this.#reset()
        return true
      // The gateway has lost records that are shown here: they are read again.
      case 4409:
        this.#restart(this.#stored, this.draft.outbox)
        return true
      default:
        return code === 4400
    }
  }

  #setStored(stored: StoredSession | undefined): void {
    this.#stored = stored
    storeSession(this.#key, stored)
  }

  #store(): void {
    const { state, outbox } = this.#connection ?? {}
    if (outbox) this.draft = { ...this.draft, outbox: [...outbox] }
    if (state === 'waiting') this.isCut = true
    if (state === 'open') this.isCut = false
    const { text, isOpen, conversation } = this.draft
    const isWorthStoring = text || isOpen || conversation || this.draft.outbox.length > 0
    if (!this.#preview) storeDraft(this.#key, isWorthStoring ? this.draft : undefined)
    this.#host.update()
  }
}

/** Unique in its conversation. */
function newClientId(): string {
  // Not randomUUID: it is missing on pages without HTTPS.
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}

/** The event's conversation has ended: its text belongs into another one. */
function isTooLate(frame: GatewayFrame): frame is RejectedFrame {
  return (
    frame.type === 'rejected' &&
    (frame.code === 'conversation_ended' || frame.code === 'unknown_conversation')
  )
}

function isText({ type }: CustomerEvent): boolean {
  return type === 'message'
}

function now(): string {
  return new Date().toISOString()
}

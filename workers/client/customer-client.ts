import { typingMs, typingPauseMs } from '../../schemas/limits.ts'
import type {
  CustomerEvent,
  GatewayFrame,
  LoginError,
  WidgetFrame,
  WidgetHello,
} from '../../schemas/protocol/widget.ts'
import { Connection, type ConnectionState } from './connection.ts'
import {
  type CustomerAction,
  fold,
  isText,
  isTooLate,
  newClientId,
  nothingShown,
  type ShownConversation,
  send,
} from './conversation.ts'
import { page, type SocketClass } from './page.ts'

/**
 * Why a conversation goes no further: the customer has sent something after its end; its session is not valid any more;
 * it was erased; or it was logged out, perhaps elsewhere.
 */
export type ConversationOver = 'ended' | 'expired' | 'erased' | 'loggedOut'

/** The codes with which the gateway closes a connection whose conversation goes no further. */
const overCodes: Record<number, ConversationOver> = {
  4401: 'expired',
  4403: 'loggedOut',
  4410: 'erased',
}

export interface CustomerHandlers {
  /** The outbox or the state of the connection has changed, or the conversation without a frame. */
  changed?(): void
  /** Called before a frame changes the conversation. */
  receiving?(): void
  /** Called after each frame. `before`: the conversation without it. */
  received?(frame: GatewayFrame, before: ShownConversation): void
  /**
   * The conversation goes no further. By default another one begins: with the texts that were not accepted, but after a
   * logout with nothing.
   */
  over?(reason: ConversationOver): void
  /** The gateway refuses this page or channel for good; nothing is sent any more. The message is the gateway's. */
  refused?(message: string): void
  /** The login was refused; the visitor stays one. */
  loginFailed?(error: { code: LoginError; message: string }): void
}

export interface CustomerOptions extends CustomerHandlers {
  /** The gateway's URL, such as `https://chat.example.com/`; in a page also a path. */
  gateway: string
  channel: string
  /** The fields of `hello` with which a conversation begins, beside the channel and the login. */
  hello?(): Pick<WidgetHello, 'locale' | 'timeZone' | 'page' | 'attributes'>
  /** Whether the customer has the page in sight; by default they do. */
  isInSight?(): boolean
  /** The default is the browser's, or Node's from version 22 on. */
  WebSocket?: SocketClass
}

/**
 * A customer's conversation through the gateway: it reconnects by itself, sends each event until it is stored, and shows
 * the conversation as its records say. It stores nothing: who wants a conversation to survive its program keeps
 * `session` and `outbox`, and starts with them.
 */
export class CustomerClient {
  /** The conversation as the customer sees it. Replaced by each change. */
  conversation: ShownConversation = nothingShown
  /** The token that resumes the conversation, as it was renewed last; `undefined`: none has begun. */
  session: string | undefined
  /** Whether the gateway knows who the customer is. */
  isCustomer = false
  /** Whether all records that were stored have arrived. */
  isReady = false
  /** Whether the gateway has refused this page or channel. */
  isRefused = false
  readonly #options: CustomerOptions
  readonly #url: string
  /** The attempts to connect that failed, in a row. */
  #failures = 0
  /** The message of the gateway's last error. */
  #error = ''
  #connection: Connection<WidgetFrame, GatewayFrame> | undefined
  #outbox: readonly CustomerEvent[] = []
  /** A JWT that the gateway has not answered yet. */
  #login: string | undefined
  /** The JWT sent on this connection. */
  #loginSent: string | undefined
  #typedAt = 0
  #typing: ReturnType<typeof setTimeout> | undefined

  constructor(options: CustomerOptions) {
    if (!(options.WebSocket ?? page.WebSocket))
      throw new Error('there is no WebSocket: give one, as of the package ws')
    this.#options = options
    this.#url = options.gateway.replace(/\/?$/, '/v1/widget')
  }

  get state(): ConnectionState {
    return this.#connection?.state ?? 'closed'
  }

  /** The events that are not stored yet. */
  get outbox(): readonly CustomerEvent[] {
    return this.#connection?.outbox ?? this.#outbox
  }

  /** The texts that the conversation has not accepted. */
  get unacceptedTexts(): CustomerEvent[] {
    return this.conversation.sent.map(({ event }) => event).filter(isText)
  }

  /**
   * Resumes a conversation, or begins one: at once if there is something to send, else with the first event or `connect`.
   *
   * @param session the token; absent: another conversation
   * @param outbox events that could not be sent
   */
  start(session?: string, outbox: readonly CustomerEvent[] = []): void {
    this.close()
    this.session = session
    this.#outbox = outbox
    const at = new Date().toISOString()
    this.conversation = outbox.reduce((before, event) => send(before, event, at), nothingShown)
    this.isReady = false
    if (session || outbox.length > 0) this.connect()
  }

  /** Begins another conversation with the texts that this one has not accepted. */
  startAnew(): void {
    this.start(undefined, this.unacceptedTexts)
  }

  /** Connects, where it is not connected: a conversation begins, if none has. */
  connect(): void {
    if (this.#connection || this.isRefused) return
    this.#failures = 0
    try {
      this.#connection = this.#connectionOf(
        () => [this.#greeting()],
        (frame) => this.#receive(frame),
        (code) => this.#closed(code),
      )
      this.#connection.open()
    } catch (error) {
      // Such as ws: on a page of https:.
      this.#refuse(String(error))
    }
  }

  /** Disconnects. The conversation stays, and goes on with `connect`. */
  close(): void {
    const connection = this.#connection
    this.#outbox = this.outbox
    this.#connection = undefined
    clearTimeout(this.#typing)
    connection?.close()
  }

  /** Sends an event until it is stored. It is in `conversation.sent` until its record is there. */
  send(action: CustomerAction): void {
    if (this.isRefused) return
    const event = { ...action, clientId: newClientId() } as CustomerEvent
    this.conversation = send(this.conversation, event, new Date().toISOString())
    if (this.conversation.status?.state === 'ended' && event.type !== 'rate') this.#end('ended')
    else {
      this.connect()
      this.#connection?.deliver(event)
    }
  }

  /** Sends a frame now or never. */
  sendFrame(frame: WidgetFrame): void {
    this.#connection?.send(frame)
  }

  /** Call it while the customer types: the agent is told, at most every 2 s. */
  type(): void {
    if (Date.now() - this.#typedAt < typingPauseMs) return
    this.#typedAt = Date.now()
    this.sendFrame({ type: 'typing' })
  }

  /** Call it when the page came into sight, or went out of it. */
  turned(): void {
    this.sendFrame({ type: 'presence', state: this.#presence })
  }

  /** @param token the JWT of a company's own user: at once, or with the next conversation */
  login(token: string): void {
    this.#login = token
    if (this.state === 'open') this.#sendLogin()
  }

  /** Ends the session at the gateway, as soon as that can be reached, and forgets the conversation. */
  logout(): void {
    const { session, conversation } = this
    this.#login = undefined
    this.start()
    if (!session) return
    const hello = { type: 'hello', session, after: conversation.sequence } as const
    this.#connectionOf(
      () => [hello, { type: 'logout' }],
      () => {},
      (code) => code in overCodes || isRefusal(code),
    ).open()
  }

  get #presence(): 'here' | 'away' {
    return this.#options.isInSight?.() === false ? 'away' : 'here'
  }

  /** The callbacks as `ConnectionHandlers` has them. */
  #connectionOf(
    greet: () => WidgetFrame[],
    receive: (frame: GatewayFrame) => void,
    closed: (code: number) => boolean,
  ): Connection<WidgetFrame, GatewayFrame> {
    const { changed = () => {}, WebSocket } = this.#options
    const handlers = { greet, receive, closed, changed }
    return new Connection(this.#url.replace(/^http/, 'ws'), handlers, this.#outbox, WebSocket)
  }

  #greeting(): WidgetFrame {
    const { session } = this
    const login = session ? undefined : this.#login
    this.#loginSent = login
    const presence = this.#presence
    return session
      ? { type: 'hello', session, after: this.conversation.sequence, presence }
      : { type: 'hello', channel: this.#options.channel, ...this.#options.hello?.(), login, presence }
  }

  #sendLogin(): void {
    if (this.#login === undefined || this.#login === this.#loginSent) return
    this.#loginSent = this.#login
    this.sendFrame({ type: 'login', token: this.#login })
  }

  #receive(frame: GatewayFrame): void {
    const before = this.conversation
    if (isTooLate(frame) && before.sent.some(({ event }) => event.clientId === frame.clientId)) {
      this.#end('ended')
      return
    }
    this.#options.receiving?.()
    this.conversation = fold(before, frame)
    switch (frame.type) {
      case 'welcome':
        if (this.#loginSent !== undefined && frame.customer) this.#login = undefined
        this.isCustomer = !!frame.customer
        this.session = frame.session
        break
      case 'ready':
        this.isReady = true
        this.#failures = 0
        this.#sendLogin()
        break
      case 'login':
        this.#loggedIn(frame)
        break
      case 'error':
        this.#error = frame.message
        // The greeting was not valid.
        if (frame.code === 'frame_invalid' && !frame.clientId && !this.isReady)
          this.#refuse(`${frame.field} ${frame.message}`)
        break
      case 'typing':
        clearTimeout(this.#typing)
        this.#typing = setTimeout(() => {
          this.conversation = { ...this.conversation, typing: undefined }
          this.#options.changed?.()
        }, typingMs)
        break
      default:
    }
    this.#options.received?.(frame, before)
  }

  #loggedIn(frame: Extract<GatewayFrame, { type: 'login' }>): void {
    const login = this.#login
    this.#login = undefined
    if (frame.ok) {
      this.session = frame.session
      this.isCustomer = true
    } else if (frame.code === 'login_other_customer' && login) {
      // Another person uses this browser now and must not see the first one's conversation.
      this.logout()
      this.#login = login
      this.#end('loggedOut')
    } else this.#options.loginFailed?.(frame)
  }

  /** Whether the connection stays closed. */
  #closed(code: number): boolean {
    const reason = overCodes[code]
    if (reason) this.#end(reason)
    // The gateway has lost records that are shown here: they are read again.
    else if (code === 4409) this.start(this.session, this.outbox)
    else if (isRefusal(code)) {
      // No such channel: a session with it opens nothing.
      if (code === 4404) this.session = undefined
      this.#refuse(this.#error)
    } else {
      // One failure may be chance, and a request after each would double the load on a gateway in trouble.
      if (++this.#failures % 5 === 2) void this.#askWhy()
      return false
    }
    return true
  }

  /** Browsers do not tell why a WebSocket was refused; a plain request is told. */
  async #askWhy(): Promise<void> {
    const connection = this.#connection
    try {
      const answer = await fetch(this.#url)
      const { code, message } = (await answer.json()) as { code?: string; message: string }
      const isWaiting = connection === this.#connection && this.state !== 'open'
      if (code === 'origin_refused' && isWaiting) this.#refuse(message)
    } catch {
      // No network, or no gateway there: that may pass.
    }
  }

  #end(reason: ConversationOver): void {
    if (this.#options.over) this.#options.over(reason)
    else if (reason === 'loggedOut') this.start()
    else this.startAnew()
  }

  /** Nothing that this page tries can succeed. */
  #refuse(message: string): void {
    this.close()
    this.isRefused = true
    this.#outbox = []
    const sent = this.conversation.sent.map((each) => ({ ...each, refused: 'frame_invalid' as const }))
    this.conversation = { ...this.conversation, sent, form: [], options: [] }
    this.#options.refused?.(message)
    this.#options.changed?.()
  }
}

/** hello_expected, unknown_channel, origin_refused, login_needed: the same attempt would be refused again. */
function isRefusal(code: number): boolean {
  return code === 4400 || (code > 4403 && code < 4407)
}

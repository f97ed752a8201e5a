import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import { publishEvent } from '../../../engine/nats/inbox.ts'
import { ConversationView } from '../../../engine/nats/views/conversation-view.ts'
import type { PublicRecord } from '../../../engine/nats/views/records.ts'
import { isErasure } from '../../../engine/nats/views/records.ts'
import { followQueuePlace, hearTyping, sayTyping } from '../../../engine/nats/views/signals.ts'
import type { Customer } from '../../../schemas/conversation/customer.ts'
import type { EventType } from '../../../schemas/conversation/event.ts'
import type { Message, Status } from '../../../schemas/conversation/record.ts'
import {
  type CustomerEvent,
  type CustomerStatus,
  type GatewayFrame,
  type KnownCustomer,
  type LoginError,
  typingPauseMs,
  type WidgetFrame,
  type WidgetHello,
  widgetFrame,
} from '../../../schemas/protocol/widget.ts'
import type { CustomerIdentity } from '../identity/customer-identity.ts'
import type { Client } from './client.ts'
import { customerClientId, eventIds } from './event-id.ts'
import { isError, readFrame } from './read-frame.ts'

/** Who has not said hello by then is let go. */
const helloTimeoutMs = 10_000
/** The record of a login has come by then. */
const loginTimeoutMs = 10_000

/** What a customer's connection is given of the gateway; it has no other way to NATS or to secrets. */
export interface CustomerSide {
  /** In the role of a widget gateway. */
  nats: RoleConnection
  identity: CustomerIdentity
  /** The conversation's connections on this gateway. */
  connections: Map<string, Set<CustomerConnection>>
}

/** A customer's connection: what a widget's frames do, and what it is sent. */
export class CustomerConnection {
  readonly #side: CustomerSide
  readonly #client: Client
  readonly #helloTimer: NodeJS.Timeout
  #conversation = ''
  #channel = ''
  #customer: KnownCustomer | null = null
  #view: ConversationView | undefined
  #stopTyping = () => {}
  #stopQueue: (() => void) | undefined
  #typedAt = 0

  constructor(side: CustomerSide, client: Client) {
    this.#side = side
    this.#client = client
    this.#helloTimer = setTimeout(
      () => client.end('hello_timeout', 'no hello within 10 seconds'),
      helloTimeoutMs,
    )
  }

  /** Deals with one frame; the next one waits for it. */
  async handle(text: string): Promise<void> {
    const frame = readFrame(widgetFrame, text)
    if (isError(frame)) return this.#send(frame)
    try {
      if ((frame.type === 'hello') === (this.#view !== undefined))
        this.#client.end('hello_expected', 'the first frame, and only the first, is hello')
      else await this.#deal(frame)
    } catch (error) {
      if (!isWeather(error)) throw error
      this.#client.end('unavailable', 'this cannot be stored just now: come back and send it again')
    }
  }

  /** This conversation is nobody's business any more on these clients. */
  loggedOut(): void {
    this.#client.end('logged_out', 'this session has logged out')
  }

  close(): void {
    clearTimeout(this.#helloTimer)
    this.#view?.close()
    this.#stopTyping()
    this.#stopQueue?.()
    const { connections } = this.#side
    const others = connections.get(this.#conversation)
    others?.delete(this)
    if (others?.size === 0) connections.delete(this.#conversation)
  }

  async #deal(frame: WidgetFrame): Promise<void> {
    switch (frame.type) {
      case 'hello':
        clearTimeout(this.#helloTimer)
        return frame.session === undefined ? this.#begin(frame) : this.#comeBack(frame.session, frame)
      case 'typing':
        return this.#typing()
      case 'login':
        return this.#login(frame.token)
      case 'logout':
        // Everybody who has this session hears of it by the bucket, this connection too.
        return this.#side.identity.revoke(this.#conversation)
      case 'ping':
        return this.#send({ type: 'pong' })
      default:
        await this.#publish(`session.${sessionEvents[frame.type]}`, payloadOf(frame), frame.clientId)
        this.#send({ type: 'stored', clientId: frame.clientId })
    }
  }

  async #begin({ channel = '', locale, page, login }: WidgetHello): Promise<void> {
    const who = login === undefined ? undefined : await this.#side.identity.verifyLogin(login)
    const customer = who && !('code' in who) ? who : undefined
    this.#conversation = randomUUID()
    this.#channel = channel
    await this.#store(
      'session.started',
      { channel, locale, page, customer },
      eventIds.started(this.#conversation),
    )
    if (customer) this.#customer = known(customer)
    await this.#welcome(0)
    if (who && 'code' in who) this.#send({ type: 'login', ok: false, ...who })
  }

  async #comeBack(session: string, { after = 0, login }: WidgetHello): Promise<void> {
    const token = await this.#side.identity.readSession(session)
    if (!token) {
      this.#client.end('session_invalid', 'this session is over or none of ours: begin without it')
      return
    }
    this.#conversation = token.conversation
    this.#channel = token.channel
    this.#customer = token.customer
    await this.#welcome(after)
    if (login !== undefined) await this.#login(login)
  }

  async #welcome(after: number): Promise<void> {
    const { nats, identity, connections } = this.#side
    const conversation = this.#conversation
    const session = await this.#session()
    // From here to the view nothing waits: what is opened is closed again by `close`, which comes later, and a
    // logout from now on finds this connection.
    if (this.#client.isOver) return
    if (identity.wasRevokedLately(conversation)) return this.loggedOut()
    const others = connections.get(conversation) ?? new Set()
    const [other] = others
    if (other) other.#client.sharePace(this.#client)
    connections.set(conversation, others.add(this))
    this.#send({ type: 'welcome', session, conversation, customer: this.#customer })
    this.#stopTyping = hearTyping(nats, conversation, 'agent', (agent) =>
      this.#send({ type: 'typing', agent }),
    )
    // Whoever comes back may have been told before that they wait.
    if (after > 0) this.#followQueue()
    const see = (record: PublicRecord, sequence: number) => this.#see(record, sequence)
    this.#view = new ConversationView(nats, conversation, see, after)
    await this.#view.caughtUp
    this.#send({ type: 'ready' })
  }

  #typing(): void {
    if (Date.now() - this.#typedAt < typingPauseMs) return
    this.#typedAt = Date.now()
    sayTyping(this.#side.nats, this.#conversation, 'customer', {})
  }

  /** A visitor turns out to be a customer of the company's. */
  async #login(token: string): Promise<void> {
    const who = await this.#side.identity.verifyLogin(token)
    if ('code' in who) return this.#send({ type: 'login', ok: false, ...who })
    const sameAgain = this.#customer?.externalId === who.externalId
    if (this.#customer && !sameAgain) return this.#send(otherCustomer)
    const id = randomUUID()
    const outcome = this.#view?.outcomeOf(id)
    await this.#store('session.identified', { customer: who }, id)
    const record = await Promise.race([outcome, sleep(loginTimeoutMs, undefined, { ref: false })])
    // Whose conversation it is, only its record says.
    if (!record) return this.#client.end('unavailable', 'nobody deals with this just now: come back')
    if (record.rejected?.code === 'not_allowed_now') return this.#send(otherCustomer)
    this.#customer = known(who)
    this.#send({ type: 'login', ok: true, session: await this.#session(), customer: this.#customer })
  }

  #session(): Promise<string> {
    return this.#side.identity.issueSession({
      conversation: this.#conversation,
      channel: this.#channel,
      customer: this.#customer,
    })
  }

  #publish(type: EventType, payload: object, clientId: string): Promise<void> {
    return this.#store(type, payload, eventIds.ofCustomer(this.#conversation, clientId))
  }

  #store(type: EventType, payload: object, id: string): Promise<void> {
    return publishEvent(this.#side.nats, this.#conversation, type, payload, id)
  }

  #see(record: PublicRecord, sequence: number): Promise<void> | undefined {
    if (isErasure(record)) {
      this.#client.end('conversation_erased', 'everything of it was removed')
      return
    }
    const { at, event, messages, status, rejected } = record
    const clientId = customerClientId(this.#conversation, event.id)
    if (status) this.#follow(status)
    if (rejected) {
      if (clientId === undefined) return
      return this.#deliver({ type: 'rejected', sequence, at, clientId, ...rejected })
    }
    if (!messages && !status && clientId === undefined) return
    return this.#deliver({
      type: 'record',
      sequence,
      at,
      ...(messages && { messages: messages.map(forCustomers) }),
      ...(status && { status: withoutAgentId(status) }),
      ...(clientId !== undefined && { clientId }),
    })
  }

  /** The place in the queue is told only while there is one. */
  #follow({ state }: Status): void {
    if (state === 'queued') this.#followQueue()
    else if (this.#stopQueue) {
      this.#stopQueue()
      this.#stopQueue = undefined
      this.#send({ type: 'queue', position: null })
    }
  }

  #followQueue(): void {
    this.#stopQueue ??= followQueuePlace(this.#side.nats, this.#conversation, (place) =>
      this.#send({ type: 'queue', ...place }),
    )
  }

  #send(frame: GatewayFrame): void {
    this.#client.send(frame)
  }

  #deliver(frame: GatewayFrame): Promise<void> | undefined {
    return this.#client.deliver(frame)
  }
}

const sessionEvents = { message: 'message', details: 'details', option: 'option', end: 'ended' } as const

const otherCustomer = {
  type: 'login',
  ok: false,
  code: 'login_other_customer' satisfies LoginError,
  message: 'this conversation belongs to another customer: log out, or begin a new one',
} as const

function payloadOf(frame: CustomerEvent): object {
  switch (frame.type) {
    case 'message':
      return { text: frame.text, clientId: frame.clientId }
    case 'details':
      return frame.details
    case 'option':
      return { option: frame.option }
    case 'end':
      return {}
  }
}

function known({ externalId, name }: Customer): KnownCustomer {
  return { externalId, name }
}

/** An agent's id, which may be an e-mail address, is the company's own. */
function forCustomers(message: Message): Message {
  const { type, name } = message.author
  return type === 'agent' ? { ...message, author: name === undefined ? { type } : { type, name } } : message
}

function withoutAgentId({ agent, ...status }: Status): CustomerStatus {
  return agent ? { ...status, agent: { name: agent.name } } : status
}

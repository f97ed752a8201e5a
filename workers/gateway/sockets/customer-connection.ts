import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import { publishEvent } from '../../../engine/nats/inbox.ts'
import { ConversationView } from '../../../engine/nats/views/conversation-view.ts'
import { readOwner } from '../../../engine/nats/views/open-requests.ts'
import { isErasure, type PublicRecord } from '../../../engine/nats/views/records.ts'
import { onQueuePlace, onTyping, publishTyping } from '../../../engine/nats/views/signals.ts'
import type { Customer } from '../../../schemas/conversation/customer.ts'
import type { EventType } from '../../../schemas/conversation/event.ts'
import type { Message, Status } from '../../../schemas/conversation/record.ts'
import { activeMs, typingPauseMs } from '../../../schemas/limits.ts'
import type { OwnConversationsAnswer } from '../../../schemas/protocol/search.ts'
import {
  type CustomerStatus,
  type GatewayFrame,
  type KnownCustomer,
  publishedEvent,
  type WidgetFrame,
  type WidgetHello,
  widgetFrame,
} from '../../../schemas/protocol/widget.ts'
import { framesReceived } from '../../monitoring/metrics.ts'
import type { Files } from '../files/files.ts'
import type { ChannelPages } from '../http/channel-pages.ts'
import type { Outage } from '../http/outage.ts'
import { refusal } from '../http/refusals.ts'
import type { CustomerIdentity } from '../identity/customer-identity.ts'
import type { Client } from './client.ts'
import type { CustomerPresences, PagePresence } from './customer-presences.ts'
import { customerClientId, eventIds } from './event-id.ts'
import { performFrame, sendFrame } from './frame-spans.ts'
import { readFrame } from './read-frame.ts'
import { recordFrame } from './record-frame.ts'

/** A connection that has not sent `hello` by then is closed. */
const helloTimeoutMs = 10_000
/** How long a login waits for its record. */
const loginTimeoutMs = 10_000

/** The connection's only way to NATS and to secrets. */
export interface CustomerConnectionDeps {
  /** In the role of a widget gateway. */
  nats: RoleConnection
  identity: CustomerIdentity
  files: Files
  /** All connections of each conversation on this gateway. */
  connections: Map<string, Set<CustomerConnection>>
  presences: CustomerPresences
  pages: ChannelPages
  outage: Outage
  /** The conversations of a verified customer; `undefined`: no notifier answers. */
  conversationsOf(externalId: string): Promise<OwnConversationsAnswer | undefined>
  /** Whether only customers with a login begin conversations. */
  isLoginRequired: boolean
}

/** A customer's connection: performs the frames of a widget and sends the results. */
export class CustomerConnection {
  readonly #deps: CustomerConnectionDeps
  readonly #client: Client
  readonly #limitedOrigin: string | undefined
  readonly #helloTimer: NodeJS.Timeout
  #conversation = ''
  #channel = ''
  #customer: KnownCustomer | null = null
  /** The key that vouched for the customer. */
  #key: string | undefined
  #loggedOutAt: string | undefined
  #view: ConversationView | undefined
  #isCaughtUp = false
  #isInSight = true
  #presence: PagePresence | undefined
  #stopTyping = () => {}
  #stopQueue: (() => void) | undefined
  #typedAt = 0
  /** When this connection last stored a sign of life. */
  #activeAt = 0
  /** Whether an agent may have written last, and waits for the customer. */
  #isAwaited = false

  /** @param limitedOrigin the origin of a page that may use only those channels that name it */
  constructor(deps: CustomerConnectionDeps, client: Client, limitedOrigin?: string) {
    this.#deps = deps
    this.#client = client
    this.#limitedOrigin = limitedOrigin
    this.#helloTimer = setTimeout(() => client.end('hello_timeout'), helloTimeoutMs)
  }

  /** Performs one frame; the next one waits for it. */
  async handle(text: string): Promise<void> {
    const frame = readFrame(widgetFrame, text)
    if (!frame.ok) return this.#send({ type: 'error', ...frame.error })
    framesReceived.inc({ kind: 'customer', type: frame.value.type })
    try {
      if ((frame.value.type === 'hello') === (this.#view !== undefined)) this.#client.end('hello_expected')
      else await performFrame('widget', frame.value, this.#conversation, () => this.#perform(frame.value))
    } catch (error) {
      if (!isWeather(error)) throw error
      this.#deps.outage.failed(error)
      this.#client.end('unavailable')
    }
  }

  /** @param at names the logout: one before the login that opened this session does not concern it */
  logOut(at: string): void {
    if (at !== this.#loggedOutAt) this.#client.end('logged_out')
  }

  /** Ends the connection where the customer's key was revoked. */
  checkKey(): void {
    if (this.#key !== undefined && !this.#deps.identity.hasKey(this.#key)) this.#client.end('session_invalid')
  }

  close(): void {
    clearTimeout(this.#helloTimer)
    this.#view?.close()
    this.#stopTyping()
    this.#stopQueue?.()
    this.#presence?.leave()
    const { connections } = this.#deps
    const siblings = connections.get(this.#conversation)
    siblings?.delete(this)
    if (siblings?.size === 0) connections.delete(this.#conversation)
  }

  async #perform(frame: WidgetFrame): Promise<void> {
    switch (frame.type) {
      case 'hello':
        clearTimeout(this.#helloTimer)
        this.#isInSight = frame.presence !== 'away'
        return frame.session === undefined ? this.#begin(frame) : this.#resume(frame.session, frame)
      case 'presence':
        this.#presence?.turned(frame.state === 'here')
        // The customer turns to the page again: they read.
        if (frame.state === 'here') await this.#showLife()
        return
      case 'typing':
        return this.#typing()
      case 'login':
        return this.#logIn(frame.token)
      case 'logout':
        // The bucket notifies all connections of the session, this one included.
        return this.#deps.identity.revoke(this.#conversation)
      case 'conversations':
        return this.#list()
      case 'continue':
        return this.#continue(frame.conversation)
      case 'ping':
        return this.#send({ type: 'pong' })
      default: {
        const sent = (frame.type === 'message' && frame.attachments) || []
        const attached =
          sent.length > 0 ? await this.#deps.files.attached(this.#conversation, 'customer', sent) : undefined
        if (attached === null) {
          const { error } = refusal('attachment_unknown')
          return this.#send({ type: 'error', ...error, clientId: frame.clientId })
        }
        const { type, payload } = publishedEvent(frame, attached)
        await this.#publish(type, payload, eventIds.ofCustomer(this.#conversation, frame.clientId))
        this.#send({ type: 'stored', clientId: frame.clientId })
      }
    }
  }

  /** Whether the page may not use the channel; then the connection is ended. */
  #isShutOut(channel: string): boolean {
    const origin = this.#limitedOrigin
    if (origin === undefined || this.#deps.pages.mayUse(origin, channel)) return false
    this.#client.end('origin_refused', this.#deps.pages.refuse(origin, channel))
    return true
  }

  async #begin({ channel = '', locale, timeZone, page, attributes, login }: WidgetHello): Promise<void> {
    if (this.#isShutOut(channel)) return
    const verified = login === undefined ? undefined : await this.#deps.identity.verifyLogin(login)
    const { customer, kid } = verified?.ok ? verified.value : {}
    if (!customer && this.#deps.isLoginRequired) {
      const refused = verified && !verified.ok ? verified.error.message : undefined
      return this.#client.end('login_needed', refused)
    }
    this.#key = kid
    this.#conversation = randomUUID()
    if (!this.#client.begin(this.#conversation)) return this.#client.end('too_many_conversations')
    this.#channel = channel
    const payload = { channel, locale, timeZone, page, attributes, customer }
    await this.#publish('session.started', payload, eventIds.started(this.#conversation))
    if (customer) this.#customer = knownCustomer(customer)
    await this.#welcome()
    await this.#follow(0)
    if (verified && !verified.ok) this.#send({ type: 'login', ...verified.error, ok: false })
  }

  async #resume(session: string, { after = 0, login }: WidgetHello): Promise<void> {
    const stored = await this.#deps.identity.readSession(session)
    if (!stored) return this.#client.end('session_invalid')
    if (this.#isShutOut(stored.channel)) return
    this.#conversation = stored.conversation
    this.#channel = stored.channel
    this.#customer = stored.customer
    this.#key = stored.key
    this.#loggedOutAt = stored.loggedOutAt
    this.#isAwaited = after > 0
    await this.#welcome()
    // A client that comes back may have seen before that it is in the queue.
    if (after > 0 && !this.#client.isOver) this.#followQueue()
    await this.#client.replay(() => this.#follow(after))
    if (login !== undefined) await this.#logIn(login)
  }

  async #welcome(): Promise<void> {
    const { nats, identity, connections, presences } = this.#deps
    const conversation = this.#conversation
    const session = await this.#issueSession()
    // `close()` may have run: it would not undo what follows. A logout from now on finds this connection.
    if (this.#client.isOver) return
    const loggedOutAt = identity.revokedLatelyAt(conversation)
    if (loggedOutAt !== undefined) this.logOut(loggedOutAt)
    if (this.#client.isOver) return
    const siblings = connections.get(conversation) ?? new Set()
    const [sibling] = siblings
    if (sibling) sibling.#client.shareLimits(this.#client)
    connections.set(conversation, siblings.add(this))
    this.#presence = presences.join(conversation, this.#isInSight)
    const files = this.#deps.files.acceptedOf('customer')
    this.#send({ type: 'welcome', session, conversation, customer: this.#customer, files })
    this.#stopTyping = onTyping(nats, conversation, 'agent', (agent) => this.#send({ type: 'typing', agent }))
  }

  /** Sends the records after a sequence, those that are stored and then each new one. */
  async #follow(after: number): Promise<void> {
    if (this.#client.isOver) return
    const show = (record: PublicRecord, sequence: number) => {
      if (!this.#isCaughtUp) this.#client.chargeReplayed()
      return sendFrame('widget', () => this.#show(record, sequence))
    }
    const isBeyondEnd = () => this.#client.end('after_unknown')
    this.#view = new ConversationView(this.#deps.nats, this.#conversation, show, {
      after,
      isBeyondEnd,
      failed: (error) => this.#deps.outage.failed(error),
    })
    await this.#view.caughtUp
    this.#isCaughtUp = true
    if (!this.#client.isOver) this.#send({ type: 'ready' })
  }

  async #typing(): Promise<void> {
    const now = Date.now()
    if (now - this.#typedAt < typingPauseMs) return
    this.#typedAt = now
    publishTyping(this.#deps.nats, this.#conversation, 'customer', {})
    await this.#showLife()
  }

  /** Stores a sign of life, at most one a minute, while an agent waits for the customer. */
  async #showLife(): Promise<void> {
    const now = Date.now()
    const siblings = [...(this.#deps.connections.get(this.#conversation) ?? [])]
    if (!this.#isAwaited || siblings.some((sibling) => now - sibling.#activeAt < activeMs)) return
    this.#activeAt = now
    await this.#publish('session.active', {})
  }

  /** Identifies the visitor as a customer of the company's. */
  async #logIn(token: string): Promise<void> {
    const verified = await this.#deps.identity.verifyLogin(token)
    if (!verified.ok) return this.#send({ type: 'login', ...verified.error, ok: false })
    const { customer, kid } = verified.value
    if (this.#customer && this.#customer.externalId !== customer.externalId)
      return this.#send({ type: 'login', ...otherCustomer, ok: false })
    const id = randomUUID()
    const outcome = this.#view?.outcomeOf(id)
    await this.#publish('session.identified', { customer }, id)
    // Only the record says whose conversation it is.
    const record = await Promise.race([outcome, sleep(loginTimeoutMs, undefined, { ref: false })])
    if (!record) {
      this.#deps.outage.failed(new Error('no engine has processed a login in time'))
      return this.#client.end('unavailable', 'the login was not processed in time: come back')
    }
    if (record.rejected?.code === 'not_allowed_now')
      return this.#send({ type: 'login', ...otherCustomer, ok: false })
    this.#customer = knownCustomer(customer)
    this.#key = kid
    this.#send({ type: 'login', ok: true, session: await this.#issueSession(), customer: this.#customer })
  }

  #issueSession(): Promise<string> {
    return this.#deps.identity.issueSession({
      conversation: this.#conversation,
      channel: this.#channel,
      customer: this.#customer,
      key: this.#key,
      loggedOutAt: this.#loggedOutAt,
    })
  }

  /** Tells a customer who has logged in their conversations; nothing to a visitor. */
  async #list(): Promise<void> {
    const { externalId } = this.#customer ?? {}
    const found = externalId === undefined ? undefined : await this.#deps.conversationsOf(externalId)
    const isComplete = externalId === undefined || (found !== undefined && !found.progress)
    this.#send({ type: 'conversations', conversations: found?.conversations ?? [], isComplete })
  }

  /** A session of another conversation of the same customer, whom a login has verified in both. */
  async #continue(conversation: string): Promise<void> {
    const { nats, identity } = this.#deps
    const owner = this.#customer && (await readOwner(nats, conversation))
    if (!this.#customer || owner?.externalId !== this.#customer.externalId)
      return this.#send({ type: 'error', ...refusal('not_yours').error })
    const { channel } = owner
    const session = await identity.issueSession({
      conversation,
      channel,
      customer: this.#customer,
      key: this.#key,
      loggedOutAt: await identity.revokedAt(conversation),
    })
    this.#send({ type: 'session', conversation, session })
  }

  async #publish(type: EventType, payload: object, id?: string): Promise<void> {
    await publishEvent(this.#deps.nats, this.#conversation, type, payload, id)
    this.#deps.outage.served()
  }

  #show(record: PublicRecord, sequence: number): Promise<void> | undefined {
    if (isErasure(record)) {
      this.#client.end('conversation_erased')
      return
    }
    const { at, event, messages, status, rejected } = record
    const clientId = customerClientId(this.#conversation, event.id)
    if (status) this.#followStatus(status)
    const writer = messages?.findLast(({ author: { type } }) => type === 'agent' || type === 'customer')
    if (writer) this.#isAwaited = writer.author.type === 'agent'
    if (!rejected) {
      const frame = recordFrame(record, sequence, clientId)
      return (
        frame &&
        this.#client.deliver({
          ...frame,
          ...(messages && { messages: messages.map(withoutAgentId) }),
          ...(status && { status: customerStatus(status) }),
        } satisfies GatewayFrame)
      )
    }
    // The conversation itself is refused: nothing that the client sends would be accepted.
    if (rejected.code === 'unknown_channel') {
      this.#client.end(rejected.code)
      return
    }
    if (clientId === undefined) return
    return this.#client.deliver({
      type: 'rejected',
      sequence,
      at,
      clientId,
      ...rejected,
    } satisfies GatewayFrame)
  }

  /** Sends the place in the queue while there is one. */
  #followStatus({ state }: Status): void {
    if (state === 'queued') this.#followQueue()
    else if (this.#stopQueue) {
      this.#stopQueue()
      this.#stopQueue = undefined
      this.#send({ type: 'queue', position: null })
    }
  }

  #followQueue(): void {
    this.#stopQueue ??= onQueuePlace(this.#deps.nats, this.#conversation, (place) =>
      this.#send({ type: 'queue', ...place }),
    )
  }

  #send(frame: GatewayFrame): void {
    this.#client.send(frame)
  }
}

const { error: otherCustomer } = refusal('login_other_customer')

function knownCustomer({ externalId, name }: Customer): KnownCustomer {
  return { externalId, name }
}

/** An agent's id, which may be an e-mail address, is not shown to customers. */
function withoutAgentId(message: Message): Message {
  const { type, name } = message.author
  return type === 'agent' ? { ...message, author: name === undefined ? { type } : { type, name } } : message
}

function customerStatus({ agent, ...status }: Status): CustomerStatus {
  return agent ? { ...status, agent: { name: agent.name } } : status
}

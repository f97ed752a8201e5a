import type { Logger } from 'pino'
import webpush from 'web-push'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { onNotification, onTeam } from '../../../engine/nats/views/signals.ts'
import type { Notification } from '../../../schemas/conversation/notification.ts'
import type { RequestAction } from '../../../schemas/conversation/record.ts'
import type { PushMessage } from '../../../schemas/protocol/desk.ts'
import type { ApiClient } from '../../calls/client/api-client.ts'
import { CallFailed } from '../../calls/client/call-failed.ts'
import type { PushSubscriptions, Subscribed } from './push-subscriptions.ts'

/** A push service keeps a message this long for a browser that is off: later it would be no news. */
const keptSeconds = 600
/** A message that is not delivered by then is dropped. */
const timeoutMs = 10_000
/** A browser is sent at most one message in this time; the desk shows the rest. */
const pauseMs = 5_000
/** The agents who are there are asked for again after this long without a message. */
const teamKeptMs = 60_000
/** A notifier that does not answer by then is none. */
const unknownMs = 1_000

/** Requests that any agent of the workspace may take, and those that are one agent's. */
const toEverybody = new Set<RequestAction>(['created', 'released', 'transferred', 'escalated'])
const toOneAgent = new Set<RequestAction>(['offered', 'unattended'])

interface KnownTeam {
  there: Set<string>
  stop(): void
}

/**
 * Notifies agents whose desk is closed, by Web Push (RFC 8030, 8291, 8292). Of several gateways one sends each message.
 * An agent with an open desk is notified by the desk; whoever set themselves away is not notified at all.
 */
export class PushNotifications {
  readonly #role: RoleConnection
  readonly #subscriptions: PushSubscriptions
  readonly #client: ApiClient
  /** The contact that push services may use, an https or mailto URL. */
  readonly #contact: string
  readonly #log: Logger
  readonly #teams = new Map<string, Promise<KnownTeam>>()
  readonly #sentAt = new Map<string, number>()
  readonly #unsubscribe: () => void

  /** @param role of an agent workspace */
  constructor(
    role: RoleConnection,
    subscriptions: PushSubscriptions,
    client: ApiClient,
    contact: string,
    log: Logger,
  ) {
    this.#role = role
    this.#subscriptions = subscriptions
    this.#client = client
    this.#contact = contact
    this.#log = log
    this.#unsubscribe = onNotification(role, 'push', (notification) => {
      this.#notify(notification).catch((err) => log.warn({ err }, 'a push message was not sent'))
    })
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    for (const known of this.#teams.values()) (await known).stop()
    this.#subscriptions.stop()
    await this.#client.close()
  }

  async #notify({ action, workspace, conversation, customer, agent }: Notification): Promise<void> {
    if (!toEverybody.has(action) && !toOneAgent.has(action)) return
    const subscribed = this.#subscriptions.of(workspace)
    if (subscribed.length === 0) return
    const { there } = await this.#teamOf(workspace)
    const message: PushMessage = { action, workspace, conversation, name: customer.name }
    const now = Date.now()
    const sent = subscribed
      .filter(({ agent: id }) => !there.has(id) && (toEverybody.has(action) || id === agent?.id))
      .filter(({ subscription: { endpoint } }) => now - (this.#sentAt.get(endpoint) ?? 0) >= pauseMs)
      .map((entry) => {
        this.#sentAt.set(entry.subscription.endpoint, now)
        return this.#send(entry, message)
      })
    await Promise.all(sent)
    for (const [endpoint, at] of this.#sentAt) if (at < now - pauseMs) this.#sentAt.delete(endpoint)
  }

  async #send({ subscription }: Subscribed, message: PushMessage): Promise<void> {
    const { publicKey, privateKey } = this.#subscriptions.keys
    const { endpoint, method, headers, body } = webpush.generateRequestDetails(
      subscription,
      JSON.stringify(message),
      {
        vapidDetails: { subject: this.#contact, publicKey, privateKey },
        TTL: keptSeconds,
        urgency: 'high',
        contentEncoding: 'aes128gcm',
      },
    )
    try {
      await this.#client.send(
        {
          method: method as 'POST',
          url: new URL(endpoint),
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
          ),
          secretHeaders: new Set(['authorization']),
          body,
        },
        AbortSignal.timeout(timeoutMs),
      )
    } catch (error) {
      const status = error instanceof CallFailed ? error.about.status : undefined
      // The browser has dropped the subscription.
      if (status === 404 || status === 410) await this.#subscriptions.remove(endpoint)
      // Without the endpoint, which anybody could send to.
      else
        this.#log.warn(
          { service: new URL(endpoint).host, status, reason: (error as Error).message },
          'a push service does not take a message',
        )
    }
  }

  /** The agents of a workspace with a desk, followed as long as there are messages for it. */
  #teamOf(workspace: string): Promise<KnownTeam> {
    const known = this.#teams.get(workspace) ?? this.#followTeam(workspace)
    this.#teams.set(workspace, known)
    return known
  }

  #followTeam(workspace: string): Promise<KnownTeam> {
    return new Promise((resolve) => {
      const team: KnownTeam = {
        there: new Set(),
        stop: () => {
          clearTimeout(timer)
          clearTimeout(forget)
          stop()
        },
      }
      const stop = onTeam(this.#role, workspace, ({ agents }) => {
        team.there = new Set(agents.map(({ id }) => id))
        resolve(team)
      })
      // Without a notifier nobody knows.
      const timer = setTimeout(() => resolve(team), unknownMs)
      const forget = setTimeout(() => {
        this.#teams.delete(workspace)
        team.stop()
      }, teamKeptMs)
      forget.unref()
    })
  }
}

import { hash } from 'node:crypto'
import type { Logger } from 'pino'
import webpush from 'web-push'
import { z } from 'zod'
import { Conflict } from '../../../engine/errors.ts'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { retry } from '../../../engine/nats/retry.ts'
import { pushSubscription } from '../../../schemas/protocol/desk.ts'
import { token } from '../../../schemas/token.ts'
import { KnownSecrets } from '../identity/known-secrets.ts'
import type { SignInValidity } from '../identity/principal.ts'

const keysKind = 'vapid'
const keysId = 'main'
const subscriptionKind = 'push'
/** A browser whose desk was not opened for this long, in milliseconds, gets no more. */
const subscriptionMs = 7 * 86_400_000

const vapidKeys = z.object({ publicKey: z.string(), privateKey: z.string() })
export type VapidKeys = z.infer<typeof vapidKeys>

/** A browser that an agent wants to be notified in. */
const subscribed = z.object({
  agent: z.string(),
  workspace: token,
  subscription: pushSubscription,
})
export type Subscribed = z.infer<typeof subscribed>

/** The browsers that agents are notified in, and the keys that name this installation to push services (RFC 8292). */
export class PushSubscriptions {
  readonly keys: VapidKeys
  readonly #bucket: Bucket
  readonly #known: KnownSecrets<Subscribed>

  private constructor(bucket: Bucket, keys: VapidKeys, known: KnownSecrets<Subscribed>) {
    this.#bucket = bucket
    this.keys = keys
    this.#known = known
  }

  static async open(bucket: Bucket, log: Logger): Promise<PushSubscriptions> {
    const known = await KnownSecrets.watch(bucket, subscriptionKind, subscribed, log)
    // The bucket may be readable before it has a leader.
    const { signal } = new AbortController()
    const keys = await retry('keys for push services', { log, signal }, () => installationKeys(bucket))
    return new PushSubscriptions(bucket, keys, known)
  }

  /** Stores a subscription, or renews it: for as long as the agent is signed in. Throws transient errors. */
  async add(entry: Subscribed, { expiresAt, ended }: SignInValidity): Promise<void> {
    const id = idOf(entry)
    const ms = Math.min(subscriptionMs, expiresAt - Date.now())
    const ttl = `${Math.max(1, Math.floor(ms / 1_000))}s`
    await this.#bucket.put(`${subscriptionKind}.${id}`, JSON.stringify(entry), { ttl })
    const remove = () => void this.remove(entry.subscription.endpoint).catch(() => {})
    ended?.addEventListener('abort', remove, { once: true })
    this.#known.set(id, entry)
  }

  /** Removes a browser's subscriptions, of all workspaces. Throws transient errors. */
  async remove(endpoint: string): Promise<void> {
    for (const [id, { subscription }] of this.#known.all())
      if (subscription.endpoint === endpoint) {
        await this.#bucket.delete(`${subscriptionKind}.${id}`)
        this.#known.set(id, undefined)
      }
  }

  of(workspace: string): Subscribed[] {
    return this.#known
      .all()
      .map(([, entry]) => entry)
      .filter((entry) => entry.workspace === workspace)
  }

  stop(): void {
    this.#known.stop()
  }
}

/** The installation's keys; the first gateway makes them. */
async function installationKeys(bucket: Bucket): Promise<VapidKeys> {
  const key = `${keysKind}.${keysId}`
  for (;;) {
    const stored = await bucket.get(key)
    if (stored) return vapidKeys.parse(JSON.parse(stored.value))
    try {
      const made = webpush.generateVAPIDKeys()
      await bucket.create(key, JSON.stringify(made))
      return made
    } catch (error) {
      // Another gateway was first.
      if (!(error instanceof Conflict)) throw error
    }
  }
}

function idOf({ agent, workspace, subscription }: Subscribed): string {
  return hash('sha256', `${agent}\0${workspace}\0${subscription.endpoint}`, 'hex').slice(0, 32)
}

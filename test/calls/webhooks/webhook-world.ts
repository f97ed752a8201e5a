import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { Webhook as Verifier } from 'standardwebhooks'
import { Bucket } from '../../../engine/nats/bucket.ts'
import { connectNats } from '../../../engine/nats/connect.ts'
import { subjects } from '../../../engine/nats/topology.ts'
import { FailedDeliveries, type StoredFailure } from '../../../engine/nats/webhooks/failed-deliveries.ts'
import { askWebhook } from '../../../engine/nats/webhooks/webhook-questions.ts'
import { WebhookStates } from '../../../engine/nats/webhooks/webhook-states.ts'
import type { Notification } from '../../../schemas/conversation/notification.ts'
import type { Webhook } from '../../../schemas/webhooks/webhook.ts'
import type { WebhookQuestion, WebhookState } from '../../../schemas/webhooks/webhook-state.ts'
import { AllowedHosts } from '../../../workers/calls/client/allowed-hosts.ts'
import { ApiSecrets } from '../../../workers/calls/client/api-secrets.ts'
import { startCaller } from '../../../workers/calls/start-caller.ts'
import type { WebhookTimes } from '../../../workers/calls/webhooks/receiver.ts'
import { startTestWorld, type TestWorld } from '../../engine/test-world.ts'
import type { Got } from '../test-api.ts'

/** A key that signs. */
export const key = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
export const otherKey = `whsec_${Buffer.alloc(32, 2).toString('base64')}`

export const fast: Partial<WebhookTimes> = { firstPause: 20, longestPause: 2_000 }

export interface WebhookWorld extends TestWorld {
  secrets: ApiSecrets
  /** Starts a caller; `kill` takes its connection away. */
  caller(
    times?: Partial<WebhookTimes>,
    log?: Logger,
  ): Promise<{ stop(): Promise<void>; kill(): Promise<void> }>
  webhook(id: string, url: string, changes?: Partial<Webhook>): Promise<void>
  removeWebhook(id: string): Promise<void>
  /** Publishes a notification as the engine does. */
  notify(conversation: string, action: Notification['action'], n?: number, workspace?: string): Promise<void>
  state(webhook: string): Promise<WebhookState | undefined>
  failures(webhook: string): Promise<StoredFailure[]>
  ask(webhook: string, question: WebhookQuestion): ReturnType<typeof askWebhook>
}

export async function startWebhookWorld(): Promise<WebhookWorld> {
  const world = await startTestWorld()
  const { nats, server } = world
  const retryOptions = { log: world.log, signal: new AbortController().signal }
  const secrets = new ApiSecrets(new Bucket(nats, 'apiSecrets'))
  const configuration = new Bucket(nats, 'configuration')
  const failed = new FailedDeliveries(nats, retryOptions)
  await secrets.set('crm', key)
  return {
    ...world,
    secrets,
    caller: async (times = fast, log = world.log) => {
      const own = await connectNats(server.url, 'test caller')
      const allowed = AllowedHosts.parse('127.0.0.1') as AllowedHosts
      const caller = await startCaller(own, log, { allowed, webhookTimes: times })
      let stopped: Promise<void> | undefined
      const end = (stop: () => Promise<void>) => {
        stopped ??= stop()
        return stopped
      }
      const stop = () => end(() => caller.stop().then(() => own.close()))
      const kill = () =>
        end(async () => {
          await own.connection.close()
          void caller.stop()
        })
      world.onStop(stop)
      return { stop, kill }
    },
    webhook: async (id, url, changes) => {
      await configuration.put(`webhook.${id}`, JSON.stringify({ id, url, secret: 'crm', ...changes }))
    },
    removeWebhook: (id) => configuration.delete(`webhook.${id}`),
    notify: async (conversation, action, n = 1, workspace = 'main') => {
      const id = `${conversation}.1.${action}${n === 1 ? '' : `.${n}`}`
      const body = JSON.stringify(notificationOf(conversation, action, workspace))
      await nats.publisher.publish(subjects.workspace(workspace, action), body, { 'Nats-Msg-Id': id })
    },
    state: async (webhook) => (await new WebhookStates(nats).load(webhook, retryOptions)).state,
    failures: async (webhook) => {
      const found: StoredFailure[] = []
      for await (const failure of failed.read(webhook)) found.push(failure)
      return found
    },
    ask: (webhook, question) => askWebhook(nats, webhook, question),
  }
}

function notificationOf(
  conversation: string,
  action: Notification['action'],
  workspace: string,
): Notification {
  return {
    ...{ workspace, conversation, request: 1, record: 1, action, channel: 'web', locale: 'en' },
    ...{ at: '2026-06-05T15:00:10.000Z', queuedAt: null, hours: 'during', opensAt: null, need: 'Help' },
    customer: { name: 'José', email: 'jose@example.com', externalId: null, verified: false },
  }
}

/** What a receiver got, verified by the library of Standard Webhooks. Throws where the signature is not right. */
export function verified(
  { headers, body }: Got,
  secret = key,
): { type: string; timestamp: string; data: Notification } {
  return new Verifier(secret).verify(body, headers as Record<string, string>) as never
}

/** The ids of what was received, in order. */
export function idsOf(got: readonly { headers: IncomingMessage['headers'] }[]): string[] {
  return got.map(({ headers }) => String(headers['webhook-id']))
}

export function answer(response: ServerResponse, status: number, headers = {}): void {
  response.writeHead(status, headers).end()
}

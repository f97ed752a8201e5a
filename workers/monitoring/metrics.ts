import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { NotifierView, QueueSize } from '../../engine/nats/notifier/start-notifier.ts'

/*
 * A counter that is not there yet counts its first time as no increase: those that alerts look at begin with 0.
 *
 * All metrics but those of the engine. A label has values that the code or the configuration names, never a customer's:
 * the README lists them, and a test compares it with the registry.
 */

/** The metrics of this process. */
export const registry = new Registry()

const registers = [registry]
/** In seconds: from what a client does not notice to what it gives up on. */
export const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export const natsReconnects = new Counter({
  name: 'frontdesk_nats_reconnects_total',
  help: 'Connections to NATS that were lost and opened again, by the role of the worker.',
  labelNames: ['role'],
  registers,
})

export const calls = new Counter({
  name: 'frontdesk_calls_total',
  help: 'Calls of APIs by outcome: ok, or the failure that the bot gets.',
  labelNames: ['outcome'],
  registers,
})
export const callSeconds = new Histogram({
  name: 'frontdesk_call_seconds',
  help: 'Time of a call of an API, all attempts together.',
  buckets,
  registers,
})

export const mails = new Counter({
  name: 'frontdesk_mails_total',
  help: 'E-mails given to the mail server: sent, refused for good, or failed and tried again.',
  labelNames: ['outcome'],
  registers,
})

export const webhookDeliveries = new Counter({
  name: 'frontdesk_webhook_deliveries_total',
  help: 'Attempts to deliver to a webhook by outcome: delivered, failed and tried again, given_up.',
  labelNames: ['outcome'],
  registers,
})

for (const outcome of ['sent', 'refused', 'failed']) mails.inc({ outcome }, 0)
for (const outcome of ['delivered', 'failed', 'given_up']) webhookDeliveries.inc({ outcome }, 0)

export const outageFailures = new Counter({
  name: 'frontdesk_gateway_outage_failures_total',
  help: 'Frames and requests that failed because NATS did not serve them, by whose they were.',
  labelNames: ['clients'],
  registers,
})
export const framesReceived = new Counter({
  name: 'frontdesk_gateway_frames_received_total',
  help: 'Valid frames of customers and agents, by type.',
  labelNames: ['kind', 'type'],
  registers,
})
export const framesSent = new Counter({
  name: 'frontdesk_gateway_frames_sent_total',
  help: 'Frames sent to customers and agents, by type.',
  labelNames: ['type'],
  registers,
})
export const refused = new Counter({
  name: 'frontdesk_gateway_refusals_total',
  help: 'Refusals of requests and frames, and rejections of events, by code.',
  labelNames: ['code'],
  registers,
})
export const httpRequests = new Counter({
  name: 'frontdesk_http_requests_total',
  help: 'Requests to the gateway, by route and HTTP status.',
  labelNames: ['route', 'status'],
  registers,
})
export const httpSeconds = new Histogram({
  name: 'frontdesk_http_request_seconds',
  help: 'Time from a request to the gateway until its answer is sent; WebSockets and streams of events excepted.',
  buckets,
  registers,
})

/** The most workspaces with values of their own: a name comes from the configuration, but nothing limits the number. */
const workspacesMax = 200
const queuesReadMs = 100

export interface GatewaySources {
  /** Open WebSockets by kind. */
  connections(): ReadonlyMap<string, number>
}

/** Measured when the metrics are read: each process has one of each at most. */
const gateways = new Set<GatewaySources>()
const notifiers = new Set<NotifierView>()

/** Returns the function that ends it. */
export function measureGateway(sources: GatewaySources): () => void {
  gateways.add(sources)
  return () => gateways.delete(sources)
}

export function measureNotifier(notifier: NotifierView): void {
  notifiers.add(notifier)
}

new Gauge({
  name: 'frontdesk_gateway_connections',
  help: 'Open WebSockets, by kind.',
  labelNames: ['kind'],
  registers,
  collect() {
    this.reset()
    for (const { connections } of gateways)
      for (const [kind, count] of connections()) this.inc({ kind }, count)
  },
})

new Gauge({
  name: 'frontdesk_notifier_active',
  help: '1 while this process has the active notifier: only its values of requests and agents are present.',
  registers,
  collect() {
    this.set([...notifiers].some(({ isActive }) => isActive()) ? 1 : 0)
  },
})

new Gauge({
  name: 'frontdesk_requests_open',
  help: 'Open requests by workspace and state, as the active notifier knows them.',
  labelNames: ['workspace', 'state'],
  registers,
  collect() {
    this.reset()
    for (const { workspace, waiting, offered, accepted } of activeQueues())
      for (const [state, count] of Object.entries({ waiting, offered, accepted }))
        this.inc({ workspace, state }, count)
  },
})

new Gauge({
  name: 'frontdesk_request_wait_seconds',
  help: 'How long the oldest waiting request of a workspace has waited since it waits in opening hours; 0: none does.',
  labelNames: ['workspace'],
  registers,
  collect() {
    this.reset()
    const oldest = new Map<string, number>()
    for (const { workspace, oldestWaitsSince = Number.POSITIVE_INFINITY } of activeQueues())
      oldest.set(workspace, Math.min(oldestWaitsSince, oldest.get(workspace) ?? Number.POSITIVE_INFINITY))
    for (const [workspace, since] of oldest) this.set({ workspace }, Math.max(0, Date.now() - since) / 1_000)
  },
})

new Gauge({
  name: 'frontdesk_agents',
  help: 'Agents with a desk by state, as the active notifier has heard them.',
  labelNames: ['state'],
  registers,
  collect() {
    this.reset()
    for (const { isActive, agents } of notifiers)
      if (isActive()) for (const [state, count] of agents()) this.inc({ state }, count)
  },
})

const rooms = (field: 'usedBytes' | 'limitBytes') =>
  function collect(this: Gauge<'room'>) {
    this.reset()
    for (const notifier of notifiers)
      for (const { room, [field]: bytes } of notifier.rooms()) this.set({ room }, bytes)
  }

new Gauge({
  name: 'frontdesk_storage_used_bytes',
  help: 'Storage in use, as the active notifier has read it last: of the account, and of the embedded server’s disk.',
  labelNames: ['room'],
  registers,
  collect: rooms('usedBytes'),
})
new Gauge({
  name: 'frontdesk_storage_limit_bytes',
  help: 'The limit of that storage: at it, nothing more is stored.',
  labelNames: ['room'],
  registers,
  collect: rooms('limitBytes'),
})

let queuesRead: { at: number; sizes: QueueSize[] } | undefined

/** The queues, counted once for all metrics of a reading. */
function activeQueues(): QueueSize[] {
  const now = performance.now()
  if (queuesRead && now - queuesRead.at < queuesReadMs) return queuesRead.sizes
  const known = [...notifiers].filter(({ isActive }) => isActive()).flatMap(({ queues }) => [...queues()])
  const sizes = known.map((queue, n) => (n < workspacesMax ? queue : { ...queue, workspace: 'other' }))
  queuesRead = { at: now, sizes }
  return sizes
}

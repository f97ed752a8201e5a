import { RetentionPolicy, type StreamConfig } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'

/** Streams, subjects and buckets: all of frontdesk's places in NATS. */

export const streams = {
  events: 'EVENTS',
  conversations: 'CONVERSATIONS',
  requests: 'REQUESTS',
  timers: 'TIMERS',
  calls: 'CALLS',
  workspace: 'WORKSPACE',
  deadletters: 'DEADLETTER',
} as const

export const buckets = {
  configuration: 'frontdesk_config',
  /** Keys and sign-ins, `<kind>.<id>`. */
  secrets: 'frontdesk_secrets',
  /** What bots call APIs with, `api.<name>`: no role sees it. */
  apiSecrets: 'frontdesk_api_secrets',
  openRequests: 'frontdesk_requests',
  /** Revisions of bots, `<id>.<revision>`. */
  bots: 'frontdesk_bots',
  /** The machines that conversations may run, `<id>.<version>`. */
  machines: 'frontdesk_machines',
  cursors: 'frontdesk_cursors',
  workers: 'frontdesk_workers',
} as const

/** Those whose changes are told to roles. */
export type WatchedBucket = 'configuration' | 'secrets' | 'openRequests'

export const subjects = {
  inbox: (conversation: string, type: string) => `frontdesk.inbox.${conversation}.${type}`,
  events: (partition: number) => `frontdesk.event.${partition}.>`,
  eventsOf: (conversation: string) => `frontdesk.event.*.${conversation}.>`,
  conversation: (conversation: string) => `frontdesk.conversation.${conversation}`,
  live: (conversation: string) => `frontdesk.live.${conversation}`,
  request: (conversation: string) => `frontdesk.request.${conversation}`,
  requests: 'frontdesk.request.*',
  timer: (conversation: string, generation: number) => `frontdesk.timer.${conversation}.${generation}`,
  timersOf: (conversation: string) => `frontdesk.timer.${conversation}.*`,
  due: (conversation: string) => `frontdesk.due.${conversation}`,
  call: (conversation: string) => `frontdesk.call.${conversation}`,
  workspace: (workspace: string, action: string) => `frontdesk.workspace.${workspace}.request.${action}`,
  deadletter: (reason: string) => `frontdesk.deadletter.${reason}`,
  /** A worker's key in its bucket: its heartbeats. */
  worker: (role: string, worker: string) => `$KV.${buckets.workers}.${role}.${worker}`,
  /** Published, never stored: somebody is typing. */
  typing: (conversation: string, side: 'customer' | 'agent') => `frontdesk.typing.${conversation}.${side}`,
  /** Published, never stored: where a conversation stands in the queue, as it changes. */
  queue: (conversation: string) => `frontdesk.queue.${conversation}`,
  /** Asked of the notifier: where a conversation stands in the queue now. */
  position: (conversation: string) => `frontdesk.position.${conversation}`,
  /** Asked of a notifier: what an inspector cannot find out alone. */
  inspection: (question: string) => `frontdesk.inspection.${question}`,
  /**
   * A key's new value, or its end, once the bucket has stored it, with `Nats-Sequence`: the key's own subject
   * shows writes before they are stored, refused ones too, and no expiry. `keys` has both tokens: `channel.web`,
   * `*.*`.
   */
  changed: (bucket: string, keys: string) => `frontdesk.changed.${bucket}.${keys}`,
} as const

/** What a bucket has stored it says once more: whoever has no consumer learns of its changes from that. */
export function republishOf(bucket: WatchedBucket) {
  return {
    src: `$KV.${buckets[bucket]}.*.*`,
    dest: subjects.changed(buckets[bucket], '{{wildcard(1)}}.{{wildcard(2)}}'),
  }
}

/** How long a fired wake-up stays in TIMERS, should EVENTS be unable to take it over before. */
export const firedTimerTtl = '24h'
/** How long an ended request stays in the bucket of open requests. */
export const endedRequestTtl = '168h'
/** So long after its last sign of life does a worker count as gone. */
export const workerTtlMs = 3_000
/** So long does a stream know a message by its `Nats-Msg-Id`, where repeats are found by their conversation. */
export const duplicateWindowMs = 100
/** A message that is kept has room for its dead letter's headers, below the server's `max_payload`. */
export const deadletterHeaderBytesMax = 16 * 1024

const hour = nanos(3_600_000)

/** `maxPayload` in bytes, as the server says it. */
export function streamConfigs(
  partitions: number,
  replicas: number,
  maxPayload: number,
): (Partial<StreamConfig> & { name: string })[] {
  const partition = `{{partition(${partitions},1)}}`
  return [
    {
      // Public: what comes from outside reaches this stream only, so it allows no schedules, no TTL and no
      // rollup: whoever may publish one subject of a stream that does can forge or wipe all its subjects.
      name: streams.events,
      subjects: ['frontdesk.inbox.*.*.*'],
      subject_transform: {
        src: 'frontdesk.inbox.*.*.*',
        dest: `frontdesk.event.${partition}.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}`,
      },
      sources: [
        {
          name: streams.timers,
          subject_transforms: [
            { src: 'frontdesk.due.*', dest: `frontdesk.event.${partition}.{{wildcard(1)}}.timer.due` },
          ],
        },
      ],
      // A publisher's repeats are found by their conversation: one customer's id must not swallow another's.
      duplicate_window: nanos(duplicateWindowMs),
      allow_direct: true,
      max_msg_size: maxPayload - deadletterHeaderBytesMax,
      num_replicas: replicas,
    },
    {
      name: streams.conversations,
      subjects: ['frontdesk.conversation.*'],
      allow_direct: true,
      allow_rollup_hdrs: true,
      republish: { src: 'frontdesk.conversation.*', dest: 'frontdesk.live.{{wildcard(1)}}' },
      duplicate_window: nanos(duplicateWindowMs),
      num_replicas: replicas,
    },
    {
      name: streams.requests,
      subjects: ['frontdesk.request.*'],
      duplicate_window: hour / 30,
      num_replicas: replicas,
    },
    {
      // No `max_age`: it would silently drop schedules that are further off.
      name: streams.timers,
      subjects: ['frontdesk.timer.*.*', 'frontdesk.due.*'],
      allow_msg_schedules: true,
      allow_msg_ttl: true,
      duplicate_window: nanos(duplicateWindowMs),
      num_replicas: replicas,
    },
    {
      // A call is gone once it is answered, or once nobody waits for it any more.
      name: streams.calls,
      subjects: ['frontdesk.call.*'],
      retention: RetentionPolicy.Workqueue,
      duplicate_window: hour / 30,
      num_replicas: replicas,
    },
    {
      name: streams.workspace,
      subjects: ['frontdesk.workspace.*.request.*'],
      allow_direct: true,
      duplicate_window: hour,
      num_replicas: replicas,
    },
    {
      name: streams.deadletters,
      subjects: ['frontdesk.deadletter.*'],
      duplicate_window: hour,
      num_replicas: replicas,
    },
  ]
}

import { RetentionPolicy, type StreamConfig } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'

/** All streams, subjects and buckets of frontdesk. */

export const streams = {
  events: 'EVENTS',
  conversations: 'CONVERSATIONS',
  requests: 'REQUESTS',
  timers: 'TIMERS',
  calls: 'CALLS',
  mail: 'MAIL',
  workspace: 'WORKSPACE',
  webhooks: 'WEBHOOKS',
  deadletters: 'DEADLETTER',
  audit: 'AUDIT',
} as const

export const buckets = {
  configuration: 'frontdesk_config',
  /** Keys and sign-ins, `<kind>.<id>`. */
  secrets: 'frontdesk_secrets',
  /** Secrets for bots' calls of APIs, `api.<name>`: no role sees them. */
  apiSecrets: 'frontdesk_api_secrets',
  openRequests: 'frontdesk_requests',
  /** Revisions of bots, `<id>.<revision>`. */
  bots: 'frontdesk_bots',
  /** The machines that conversations may run, `<id>.<version>`. */
  machines: 'frontdesk_machines',
  /** The e-mails of each conversation, `thread.<digest>`. */
  mail: 'frontdesk_mail',
  /** How far each webhook has got, `state.<id>`, and the callers' claims to run them, `ticket.<id>`. */
  webhooks: 'frontdesk_webhooks',
  cursors: 'frontdesk_cursors',
  workers: 'frontdesk_workers',
} as const

/** The object store of messages' files, and its stream. */
export const fileBucket = 'frontdesk_files'
export const fileStream = `OBJ_${fileBucket}`
/** JetStream's API of files for roles: in a role's own account the server answers `$JS.API` itself. */
export const filesApi = 'frontdesk.files'

/** All streams as NATS names them, those of buckets and files included. */
export const allStreams: readonly string[] = [
  ...Object.values(streams),
  ...Object.values(buckets).map((bucket) => `KV_${bucket}`),
  fileStream,
]

/** Presence and the cursors themselves are made anew by every start. */
const madeAnew: readonly string[] = [`KV_${buckets.workers}`, `KV_${buckets.cursors}`]

/** The streams whose loss of an end is noticed, buckets included. */
export const rememberedStreams: ReadonlySet<string> = new Set(
  allStreams.filter((name) => !madeAnew.includes(name)),
)

/** The buckets whose changes are published to roles. */
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
  mail: (conversation: string) => `frontdesk.mail.${conversation}`,
  call: (conversation: string) => `frontdesk.call.${conversation}`,
  workspace: (workspace: string, action: string) => `frontdesk.workspace.${workspace}.request.${action}`,
  /** A delivery that was given up. */
  failedDelivery: (webhook: string, conversation: string) =>
    `frontdesk.webhook.failed.${webhook}.${conversation}`,
  /** A request to the caller that runs a webhook: a test or a replay. */
  webhook: (webhook: string) => `frontdesk.webhooks.${webhook}`,
  deadletter: (reason: string) => `frontdesk.deadletter.${reason}`,
  audit: (action: string) => `frontdesk.audit.${action}`,
  /** A worker's key in its bucket, which its heartbeats write. */
  worker: (role: string, worker: string) => `$KV.${buckets.workers}.${role}.${worker}`,
  /** Never stored: a party is typing. */
  typing: (conversation: string, side: 'customer' | 'agent') => `frontdesk.typing.${conversation}.${side}`,
  /** Never stored: whether the customer is there. */
  presence: (conversation: string) => `frontdesk.presence.${conversation}.customer`,
  /** Never stored: a desk tells whether its agent is there. */
  desk: (workspace: string) => `frontdesk.desk.${workspace}`,
  /** Never stored: the agents of a workspace, when they change. */
  team: (workspace: string) => `frontdesk.team.${workspace}`,
  /** A request to the notifier: the agents of a workspace now. */
  roster: (workspace: string) => `frontdesk.roster.${workspace}`,
  /** Never stored: a conversation's place in its queue, when it changes. */
  queue: (conversation: string) => `frontdesk.queue.${conversation}`,
  /** A request to the notifier: a conversation's place in its queue now. */
  position: (conversation: string) => `frontdesk.position.${conversation}`,
  /** JetStream's request for stored messages; a role's goes to `read`, whose answers are the same. */
  directGet: (stream: string) => `$JS.API.DIRECT.GET.${stream}`,
  read: (stream: string) => `frontdesk.read.${stream}`,
  /** A request to a notifier: a question that an inspector cannot answer by its own reads. */
  inspection: (question: string) => `frontdesk.inspection.${question}`,
  /**
   * A key's new value, or its deletion or expiry, once it is stored, with `Nats-Sequence`. The key's own subject would
   * show writes before they are stored, refused ones too, and no expiry. `keys` has both tokens: `channel.web`, `*.*`.
   */
  changed: (bucket: string, keys: string) => `frontdesk.changed.${bucket}.${keys}`,
} as const

/** A bucket publishes again what it has stored, for those that may have no consumer. */
export function republishOf(bucket: WatchedBucket) {
  return {
    src: `$KV.${buckets[bucket]}.*.*`,
    dest: subjects.changed(buckets[bucket], '{{wildcard(1)}}.{{wildcard(2)}}'),
  }
}

/** How long a fired wake-up stays in TIMERS where EVENTS cannot source it. */
export const firedTimerTtl = '24h'
/** How long an ended request stays in the bucket of open requests. */
export const endedRequestTtl = '168h'
/** A worker counts as gone this long after its last heartbeat. */
export const workerTtlMs = 3_000
/** The shortest window that the server takes: for streams that have no `Nats-Msg-Id`. */
const duplicateWindowMsMin = 100
/** Room for the headers of a dead letter, below the server's `max_payload`. */
export const deadletterHeaderBytesMax = 16 * 1024

/** The versions of a document that the configuration keeps, the present one included. */
export const revisionsKept = 20
/** Room for the headers of a document, beside the document itself. */
export const documentHeaderBytesMax = 4 * 1024

/** Failed deliveries of all webhooks that are kept; the oldest go first. */
export const failedDeliveriesMax = 100_000

const hour = nanos(3_600_000)
const day = 24 * hour

/**
 * How long streams keep their messages, where age alone may remove one. A stream of an earlier version without an age
 * gets this one; an age that an operator has set stays. The table in engine/README.md says what bounds other streams.
 */
const maxAges = {
  /** The notifier reads each once; it misses one only if it does not run for this long. */
  requests: 30 * day,
  /** The open requests themselves are in their bucket. */
  workspace: 30 * day,
  /** A bot waits for a call a minute at most; a custom machine that waits longer has a time-out of its own. */
  calls: 7 * day,
  /** The mailer gives up earlier. */
  mail: 7 * day,
  /** As long as the notifications themselves, from which a failed delivery is repeated. */
  webhooks: 30 * day,
  deadletters: 90 * day,
  /** A year, and the time to look into it. */
  audit: 400 * day,
}

/** @param maxPayload the server's `max_payload`, in bytes */
export function streamConfigs(
  partitions: number,
  replicas: number,
  maxPayload: number,
): (Partial<StreamConfig> & { name: string })[] {
  const partition = `{{partition(${partitions},1)}}`
  return [
    {
      // Public: roles publish into this stream only. So it allows no schedules, TTL and rollup: a publisher to one
      // subject of a stream that does can forge or wipe all its subjects.
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
      // No window: an id is unique in its conversation only, where engines recognise repeats. The server accepts 0 for
      // a stream with sources; for others it replaces 0 by two minutes (nats-server #4476).
      duplicate_window: 0,
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
      duplicate_window: nanos(duplicateWindowMsMin),
      num_replicas: replicas,
    },
    {
      name: streams.requests,
      subjects: ['frontdesk.request.*'],
      max_age: maxAges.requests,
      duplicate_window: hour / 30,
      num_replicas: replicas,
    },
    {
      // No `max_age`: it would silently drop later schedules.
      name: streams.timers,
      subjects: ['frontdesk.timer.*.*', 'frontdesk.due.*'],
      allow_msg_schedules: true,
      allow_msg_ttl: true,
      duplicate_window: nanos(duplicateWindowMsMin),
      num_replicas: replicas,
    },
    {
      // A call is removed once it is answered, or not awaited any more.
      name: streams.calls,
      subjects: ['frontdesk.call.*'],
      retention: RetentionPolicy.Workqueue,
      max_age: maxAges.calls,
      duplicate_window: hour / 30,
      num_replicas: replicas,
    },
    {
      // One message a conversation: a later one replaces it.
      name: streams.mail,
      subjects: ['frontdesk.mail.*'],
      retention: RetentionPolicy.Workqueue,
      max_msgs_per_subject: 1,
      max_age: maxAges.mail,
      duplicate_window: nanos(duplicateWindowMsMin),
      num_replicas: replicas,
    },
    {
      name: streams.workspace,
      subjects: ['frontdesk.workspace.*.request.*'],
      allow_direct: true,
      max_age: maxAges.workspace,
      duplicate_window: hour,
      num_replicas: replicas,
    },
    {
      name: streams.webhooks,
      subjects: [subjects.failedDelivery('*', '*')],
      allow_direct: true,
      max_age: maxAges.webhooks,
      max_msgs: failedDeliveriesMax,
      duplicate_window: nanos(duplicateWindowMsMin),
      num_replicas: replicas,
    },
    {
      name: streams.deadletters,
      subjects: ['frontdesk.deadletter.*'],
      max_age: maxAges.deadletters,
      duplicate_window: hour,
      num_replicas: replicas,
    },
    {
      name: streams.audit,
      subjects: ['frontdesk.audit.*'],
      allow_direct: true,
      max_age: maxAges.audit,
      duplicate_window: nanos(duplicateWindowMsMin),
      num_replicas: replicas,
    },
  ]
}

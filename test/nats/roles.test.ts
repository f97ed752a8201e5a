import { connect, type Msg } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectOptions } from '../../engine/nats/connect-options.ts'
import { readMessagesMax } from '../../engine/nats/engine/role-reads.ts'
import { ApiError } from '../../engine/nats/errors.ts'
import { buckets, streams } from '../../engine/nats/topology.ts'
import { type NatsRole, natsRoles } from '../../schemas/roles.ts'
import { rolesConfig } from '../../workers/nats-server/roles.ts'
import { serverIsShared } from '../test-server.ts'
import { type Sent, type Stock, startWatchedServer, type WatchedServer } from './watched-server.ts'

/** What each role may publish or ask, with a body that is answered. */
const services: Record<NatsRole, Record<string, string>> = {
  widget: {
    'frontdesk.inbox.c1.session.message': '{"text":"hello"}',
    'frontdesk.position.c1': '',
    'frontdesk.typing.c1.customer': '{}',
    '$JS.API.DIRECT.GET.CONVERSATIONS': '{"last_by_subj":"frontdesk.conversation.c1"}',
    '$JS.API.DIRECT.GET.CONVERSATIONS.frontdesk.conversation.c1': '',
    '$JS.API.DIRECT.GET.KV_frontdesk_workers': '{"seq":1,"next_by_subj":">","batch":9}',
    '$O.frontdesk_files.C.f1': 'bytes',
    '$O.frontdesk_files.M.ZjE=': '{}',
    'frontdesk.files.STREAM.MSG.GET.OBJ_frontdesk_files': '{"seq":1}',
    'frontdesk.files.STREAM.MSG.DELETE.OBJ_frontdesk_files': '{"seq":999999}',
    'frontdesk.files.STREAM.PURGE.OBJ_frontdesk_files': '{"filter":"$O.frontdesk_files.C.f2"}',
  },
  workspace: {
    'frontdesk.inbox.c1.agent.message': '{"agent":{"id":"ann"},"text":"hello"}',
    'frontdesk.typing.c1.agent': '{}',
    '$JS.API.DIRECT.GET.CONVERSATIONS': '{"last_by_subj":"frontdesk.conversation.c1"}',
    '$JS.API.DIRECT.GET.CONVERSATIONS.frontdesk.conversation.c1': '',
    '$JS.API.DIRECT.GET.WORKSPACE': '{"seq":1,"next_by_subj":"frontdesk.workspace.main.request.*","batch":9}',
    '$JS.API.DIRECT.GET.KV_frontdesk_requests': '{"seq":1,"next_by_subj":">","batch":9}',
    'frontdesk.inspection.numbers': '{}',
  },
  administration: {
    'frontdesk.inbox.c1.admin.erased': '{}',
    'frontdesk.audit.saved': '{}',
    '$JS.API.DIRECT.GET.AUDIT': '{"seq":1,"next_by_subj":"frontdesk.audit.*","batch":9}',
    '$KV.frontdesk_config.channel.web': '{"id":"web"}',
    '$JS.API.DIRECT.GET.KV_frontdesk_config': '{"seq":1,"next_by_subj":">","batch":9}',
  },
  identity: {
    '$KV.frontdesk_secrets.key.k1': '{}',
    '$JS.API.DIRECT.GET.KV_frontdesk_secrets': '{"seq":1,"next_by_subj":">","batch":9}',
  },
  inspector: {
    '$JS.API.DIRECT.GET.CONVERSATIONS': '{"last_by_subj":"frontdesk.conversation.c1"}',
    '$JS.API.DIRECT.GET.CONVERSATIONS.frontdesk.conversation.c1': '',
    '$JS.API.DIRECT.GET.EVENTS': '{"seq":1}',
    '$JS.API.DIRECT.GET.KV_frontdesk_bots': '{"last_by_subj":"$KV.frontdesk_bots.b.1"}',
    'frontdesk.inspection.find': '{}',
    'frontdesk.audit.revealed': '{}',
  },
  bot: {
    'frontdesk.inbox.c1.bot.message': '{"text":"hello"}',
    '$JS.API.DIRECT.GET.CONVERSATIONS': '{"seq":1,"next_by_subj":"frontdesk.conversation.*","batch":9}',
    '$JS.API.DIRECT.GET.CONVERSATIONS.frontdesk.conversation.c1': '',
  },
}

/** What each role is told. */
const told: Record<NatsRole, string[]> = {
  widget: ['frontdesk.live.c1', 'frontdesk.queue.c1', 'frontdesk.typing.c1.agent'],
  workspace: [
    'frontdesk.live.c1',
    'frontdesk.workspace.main.request.created',
    'frontdesk.changed.frontdesk_requests.main.c1',
    'frontdesk.typing.c1.customer',
  ],
  administration: ['frontdesk.changed.frontdesk_config.channel.web'],
  identity: ['frontdesk.changed.frontdesk_secrets.key.k1'],
  inspector: ['frontdesk.live.c1'],
  bot: ['frontdesk.live.c1'],
}

const stored = [...Object.values(streams), ...Object.values(buckets).map((bucket) => `KV_${bucket}`)]

/** Subjects on which a message would do something, or show something; a role's own are taken out. */
const subjects = {
  'an event of another source, or none': [
    'frontdesk.inbox.c1.session.started',
    'frontdesk.inbox.c1.session.message',
    'frontdesk.inbox.c1.agent.accepted',
    'frontdesk.inbox.c1.agent.message',
    'frontdesk.inbox.c1.bot.message',
    'frontdesk.inbox.c1.bot.handoff',
    'frontdesk.inbox.c1.call.answered',
    'frontdesk.inbox.c1.admin.erased',
    'frontdesk.inbox.c1.admin.other',
    'frontdesk.inbox.c1.timer.due',
    'frontdesk.inbox.c1.session.message.more',
    'frontdesk.inbox.c1.session',
    'frontdesk.inbox.agent.accepted',
    'frontdesk.inbox.*.timer.*',
    'frontdesk.event.3.c1.agent.accepted',
  ],
  'anything in a place of the engine': [
    'frontdesk.conversation.c1',
    'frontdesk.live.c1',
    'frontdesk.request.c1',
    'frontdesk.timer.c1.1',
    'frontdesk.due.c1',
    'frontdesk.call.c1',
    'frontdesk.workspace.main.request.created',
    'frontdesk.deadletter.unreadable',
    'frontdesk.audit.saved',
    'frontdesk.audit.saved.more',
    'frontdesk.queue.c1',
    'frontdesk.position.c1',
    'frontdesk.position.c1.more',
    'frontdesk.inspection.find',
    'frontdesk.inspection.numbers',
    'frontdesk.inspection.discard',
    'frontdesk.inspection.discard.1',
    'frontdesk.inspection',
    'frontdesk.typing.c1.customer',
    'frontdesk.typing.c1.agent',
    'frontdesk.typing.c1.bot',
    '_R_.forged.answer',
    '_INBOX.forged.answer',
  ],
  'a key of a bucket that is not its own': [
    '$KV.frontdesk_config.channel.web',
    '$KV.frontdesk_config.channel.web.more',
    '$KV.frontdesk_secrets.key.k1',
    '$KV.frontdesk_secrets.key',
    '$KV.frontdesk_api_secrets.api.acme',
    '$KV.frontdesk_requests.main.c1',
    '$KV.frontdesk_bots.assistant.0123456789abcdef',
    '$KV.frontdesk_machines.messagingResponse.1',
    '$KV.frontdesk_cursors.p0',
    '$KV.frontdesk_workers.engine.e1',
    'frontdesk.changed.frontdesk_config.channel.web',
  ],
  'a request to JetStream but for its own direct gets': [
    '$JS.ACK.EVENTS.c.1.1.1.1.0',
    '$JS.API.INFO',
    '$JS.API.STREAM.NAMES',
    '$JS.API.STREAM.LIST',
    '$JS.API.STREAM.CREATE.EVIL',
    '$JS.API.ACCOUNT.PURGE.FRONTDESK',
    '$JS.API.META.LEADER.STEPDOWN',
    ...stored.flatMap((stream) => [
      `$JS.API.DIRECT.GET.${stream}`,
      `$JS.API.DIRECT.GET.${stream}.frontdesk.conversation.c1`,
      `$JS.API.DIRECT.GET.${stream}.$KV.frontdesk_secrets.key.k1`,
      `$JS.API.STREAM.MSG.GET.${stream}`,
      `$JS.API.STREAM.MSG.DELETE.${stream}`,
      `$JS.API.STREAM.INFO.${stream}`,
      `$JS.API.STREAM.PURGE.${stream}`,
      `$JS.API.STREAM.UPDATE.${stream}`,
      `$JS.API.STREAM.DELETE.${stream}`,
      `$JS.API.STREAM.SNAPSHOT.${stream}`,
      `$JS.API.CONSUMER.CREATE.${stream}`,
      `$JS.API.CONSUMER.CREATE.${stream}.evil`,
      `$JS.API.CONSUMER.CREATE.${stream}.evil.frontdesk.conversation.c1`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.evil`,
      `$JS.API.CONSUMER.NAMES.${stream}`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.evil`,
    ]),
  ],
}

/** A consumer that delivers to a subject of the engine's, for the API's subjects that make one. */
const evilConsumer = (stream: string) =>
  JSON.stringify({
    stream_name: stream,
    config: { name: 'evil', deliver_subject: 'frontdesk.conversation.c1', ack_policy: 'none' },
  })

const isOneOf = (role: NatsRole, subject: string) =>
  Object.keys(services[role]).some((service) => patternOf(service).test(subject))

/** A subject and all that differ in the conversation, or in the event or the key. */
function patternOf(subject: string): RegExp {
  const pattern = subject
    .replace(/^frontdesk\.inbox\.c1\.(session|agent|bot)\.[^.]+$/, 'frontdesk.inbox.*.$1.*')
    .replace(/^(\$KV\.[^.]+)\.[^.]+\.[^.]+$/, '$1.*.*')
    .replace(/^(frontdesk\.changed\.[^.]+)\..*/, '$1.*.*')
    .replace(/^frontdesk\.workspace\..*/, 'frontdesk.workspace.*.request.*')
    .replace(/^frontdesk\.audit\.[^.]+$/, 'frontdesk.audit.*')
    .replace('frontdesk.inspection.find', 'frontdesk.inspection.*')
    .replace('.c1', '.*')
  return new RegExp(`^${pattern.replace(/[.$]/g, '\\$&').replaceAll('*', '[^.]+')}$`)
}

let server: WatchedServer
beforeAll(async () => {
  server = await startWatchedServer()
  for (const of of Object.values(told)) for (const subject of of) await storeOrTell(subject)
  await server.full.publisher.publish('frontdesk.conversation.c1', '{"a":"record"}')
  await server.full.publisher.publish('frontdesk.inbox.c0.session.message', '{"an":"event"}')
})
afterAll(() => server?.stop())

/** Stores more messages than one read returns. */
async function fill(prefix: string): Promise<void> {
  const all = Array.from({ length: readMessagesMax + 50 }, (_, i) => `${prefix}many-${i}`)
  await Promise.all(all.map((subject) => server.full.publisher.publish(subject, '{}')))
}

async function storeOrTell(subject: string, body = 'told') {
  server.full.connection.publish(subject, body)
  await server.full.connection.flush()
}

/** What a message has changed: streams whose stock is another one, and subjects that the engine's account saw. */
async function consequences(attack: () => Promise<void>) {
  await server.seen()
  const before = await server.stock()
  await attack()
  const after = await server.stock()
  return { changed: changedStreams(before, after), seen: await server.seen() }
}

// Each look leaves one mark in each stream.
function changedStreams(before: Stock, after: Stock): string[] {
  const isAsBefore = (name: string) =>
    after[name]?.last === (before[name]?.last ?? 0) + 1 &&
    after[name]?.messages === (before[name]?.messages ?? 0) + 1
  return Object.keys(after).filter((name) => !isAsBefore(name))
}

/** Publishes one thing after the other as a role. */
const sendAll = (role: NatsRole, all: [subject: string, sent: Sent][]) => async () => {
  for (const [subject, sent] of all) await server.send(role, subject, sent)
}

/** Where a message of anybody would be a forgery. */
const targets = [
  'frontdesk.conversation.c1',
  'frontdesk.request.c1',
  'frontdesk.timer.c1.1',
  'frontdesk.due.c1',
  'frontdesk.event.3.c1.agent.accepted',
  'frontdesk.inbox.c1.timer.due',
  'frontdesk.inbox.c1.call.answered',
  'frontdesk.live.c1',
  'frontdesk.workspace.main.request.created',
  '$KV.frontdesk_cursors.p0',
  '$KV.frontdesk_requests.main.c1',
  '$JS.API.STREAM.DELETE.EVENTS',
  '$JS.API.STREAM.PURGE.CONVERSATIONS',
]

describe.skipIf(serverIsShared)('the accounts', () => {
  describe.each(natsRoles)('%s', (role) => {
    test.each(Object.entries(subjects))('is refused %s', async (_, all) => {
      const answered: string[] = []
      const attack = async () => {
        await Promise.all(
          all.map(async (subject) => {
            if (isOneOf(role, subject)) return
            const stream = /\.CREATE\.([A-Z]\w+)/.exec(subject)?.[1]
            const body = stream ? evilConsumer(stream) : '{}'
            if (await server.isAnswered(role, subject, body)) answered.push(subject)
          }),
        )
      }
      expect(await consequences(attack)).toEqual({ changed: [], seen: [] })
      expect(answered).toEqual([])
    })

    test('cannot read other streams through its own direct gets', async () => {
      const bodies = [
        '{"seq":1}',
        '{"seq":1,"next_by_subj":">","batch":1000}',
        '{"last_by_subj":"$KV.frontdesk_config.channel.web"}',
        '{"last_by_subj":"$KV.frontdesk_secrets.key.k1"}',
        '{"multi_last":[">"],"batch":1000}',
        '{"multi_last":["$KV.frontdesk_config.>","$KV.frontdesk_secrets.>","frontdesk.event.>"]}',
        '{"stream":"KV_frontdesk_secrets","seq":1}',
      ]
      const { publisher } = server.role[role]
      for (const subject of Object.keys(services[role]).filter((service) => service.includes('DIRECT.GET')))
        for (const body of bodies) {
          const isLast = ({ headers }: Msg) => headers?.code !== 0 || !body.includes('"batch"')
          const answers = await publisher.requestMany(subject, body, 1_001, isLast)
          const from = answers.map(({ headers }) => headers?.get('Nats-Stream')).filter(Boolean)
          expect(new Set([subject.split('.')[4], ...from]).size).toBe(1)
        }
    })

    test('cannot ask for what costs as much as it likes', async () => {
      const many = Array.from({ length: 300 }, () => '>')
      const bodies = [
        { multi_last: ['>'], batch: 1000 },
        { multi_last: many, up_to_seq: 1 },
        { last_by_subj: 'x'.repeat(4_096) },
        { next_by_subj: '>', batch: 0 },
        { seq: 1, next_by_subj: '>', batch: 9, no_hdr: true },
        [{ seq: 1 }],
        'text',
      ]
      for (const subject of Object.keys(services[role]).filter((service) => service.includes('DIRECT.GET')))
        for (const body of bodies) {
          // The subject of the last message of one conversation takes no body.
          if (subject.endsWith('.c1')) continue
          const { headers } = await server.role[role].publisher.request(subject, JSON.stringify(body))
          expect([body, headers?.code]).toEqual([body, 400])
        }
    })

    test('is given a bounded part of what it asks for at once', async () => {
      for (const [subject, prefix] of [
        ['CONVERSATIONS', 'frontdesk.conversation.'],
        ['EVENTS', 'frontdesk.inbox.many.session.'],
        ['KV_frontdesk_config', '$KV.frontdesk_config.many.'],
      ] as const) {
        const place = `$JS.API.DIRECT.GET.${subject}`
        if (!(place in services[role])) continue
        await fill(prefix)
        const asked = JSON.stringify({ seq: 1, next_by_subj: '>', batch: 1_000_000, max_bytes: 2 ** 40 })
        const isLast = ({ headers }: Msg) => headers?.code !== 0
        const answers = await server.role[role].publisher.requestMany(place, asked, 2_000, isLast)
        expect(answers).toHaveLength(readMessagesMax + 1)
        expect(Number(answers.at(-1)?.headers?.get('Nats-Num-Pending'))).toBeGreaterThan(0)
      }
    })

    test('has a limit of connections, which leaves the server to the others', async () => {
      const options = { ...connectOptions(server.urls[role]), reconnect: false }
      const open = await Promise.all(Array.from({ length: 250 }, () => connect(options)))
      // One after the other: the server checks the limit before it counts, so some at once may pass it together.
      for (let n = 0; n < 10; n++)
        await connect(options).then(
          (connection) => open.push(connection),
          () => {},
        )
      // One is the test's own.
      expect(open).toHaveLength(255)
      await server.full.flush()
      await Promise.all(open.map((each) => each.close()))
    })

    test('has a limit of subscriptions, which leaves the server to the others', async () => {
      const account = new RegExp(`^ {2}${role} \\{\\n.*\\n.*max_subscriptions: (\\d+)`, 'im')
      const limit = Number(account.exec(await rolesConfig())?.[1])
      expect(limit).toBeLessThanOrEqual(1_000_000)
      // A gateway's are too many for a test.
      if (limit > 100_000) return
      const connection = await connect({ ...connectOptions(server.urls[role]), reconnect: false })
      const refused: string[] = []
      const watched = (async () => {
        for await (const status of connection.status())
          if (status.type === 'error') refused.push(status.error.message)
      })()
      for (let n = 0; n < limit + 10; n++) connection.subscribe(`frontdesk.live.${n}`, { callback: () => {} })
      await connection.flush()
      await server.full.flush()
      await connection.close()
      await watched
      expect(refused).toHaveLength(10)
    })

    test('cannot direct an answer to a foreign subject by its reply subject', async () => {
      for (const [subject, body] of Object.entries(services[role])) {
        const replies = [...targets, ...Object.values(told).flat()].filter((reply) => !isOneOf(role, reply))
        const attack = sendAll(
          role,
          replies.map((reply) => [subject, { body, reply }]),
        )
        const { seen, changed } = await consequences(attack)
        expect(seen.filter((one) => one !== subject && !isCopyOf(one, subject))).toEqual([])
        expect(changed).toEqual(streamsOf(subject))
      }
    })

    test('cannot send message traces to a foreign subject, and stored messages do not trace', async () => {
      const dest = 'frontdesk.conversation.c1'
      const traces: string[] = []
      const { connection } = server.role[role]
      const subscription = connection.subscribe(dest, {
        callback: (_, message) => void traces.push(message.string()),
      })
      for (const [subject, body] of Object.entries(services[role])) {
        const before = traces.length
        const attack = sendAll(role, [
          [subject, { body, headers: { 'Nats-Trace-Dest': dest } }],
          [subject, { body, headers: { 'Nats-Trace-Dest': dest, 'Nats-Trace-Hop': '1' } }],
          [subject, { body, headers: { 'Nats-Trace-Only': 'true', 'Nats-Trace-Dest': dest } }],
          [
            subject,
            { body, headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } },
          ],
        ])
        const { seen, changed } = await consequences(async () => {
          await attack()
          // It goes to the sender's own account, by then the engine's would have had it too.
          await expect.poll(() => traces.length).toBeGreaterThan(before)
        })
        expect(seen.filter((one) => one !== subject && !isCopyOf(one, subject))).toEqual([])
        expect(changed).toEqual(streamsOf(subject))
      }
      subscription.unsubscribe()
    })

    test('cannot schedule, purge, batch or expire by a header', async () => {
      const stolen: Record<string, string>[] = [
        { 'Nats-Schedule': '@at 2020-01-01T00:00:00Z', 'Nats-Schedule-Target': 'frontdesk.conversation.c1' },
        {
          'Nats-Schedule': '@every 1s',
          'Nats-Schedule-Target': 'frontdesk.due.c1',
          'Nats-Schedule-TTL': '1s',
        },
        { 'Nats-Scheduler': 'frontdesk.timer.c1.1', 'Nats-Schedule-Next': 'purge' },
        { 'Nats-Batch-Id': 'b', 'Nats-Batch-Sequence': '1', 'Nats-Batch-Commit': '1' },
        { 'Nats-Incr': '1' },
        { 'Nats-Expected-Stream': 'CONVERSATIONS' },
        { 'Nats-Request-Info': '{"acc":"FRONTDESK","svc":"FRONTDESK"}' },
        { 'Nats-Stream-Source': 'TIMERS 1 > > frontdesk.due.c1' },
      ]
      for (const [subject, body] of Object.entries(services[role])) {
        const own = streamsOf(subject)
        const attack = sendAll(
          role,
          stolen.map((headers) => [subject, { body, headers, reply: 'frontdesk.conversation.c1' }]),
        )
        const { seen, changed } = await consequences(attack)
        expect(seen.filter((one) => one !== subject && !isCopyOf(one, subject))).toEqual([])
        expect(changed.filter((stream) => !own.includes(stream))).toEqual([])
      }
    })

    test('receives its permitted subjects only, whatever it subscribes to', async () => {
      const { connection } = server.role[role]
      const got = new Set<string>()
      const all = [...Object.values(subjects), ...Object.values(told)]
        .flat()
        .filter((subject) => !/[*]|^\$JS\.API\.(STREAM|CONSUMER|ACCOUNT)/.test(subject))
      const filters = ['>', 'frontdesk.>', '$KV.>', '$JS.>', '$SYS.>', '_INBOX.>', '_R_.>', '*.*.*.*', ...all]
      const subscriptions = filters.flatMap((filter) =>
        [{}, { queue: 'q' }].map((options) =>
          connection.subscribe(filter, { ...options, callback: (_, { subject }) => void got.add(subject) }),
        ),
      )
      await connection.flush()
      for (const subject of all) await storeOrTell(subject)
      for (const other of natsRoles)
        if (other !== role)
          for (const [subject, body] of Object.entries(services[other]))
            await server.role[other].connection.request(subject, body, { timeout: 300 }).catch(() => {})
      await server.stock()
      await connection.flush()
      for (const subscription of subscriptions) subscription.unsubscribe()
      const foreign = [...got].filter(
        (subject) => !/mark-\d+/.test(subject) && !told[role].some((own) => patternOf(own).test(subject)),
      )
      expect(foreign).toEqual([])
      for (const subject of told[role]) expect(got).toContain(subject)
    })
  })

  test.each([
    ['widget', 'frontdesk.inbox.c1.session.message'],
    ['workspace', 'frontdesk.inbox.c1.agent.message'],
    ['administration', 'frontdesk.inbox.c1.admin.erased'],
    ['bot', 'frontdesk.inbox.c1.bot.message'],
  ] as const)('%s wipes nothing of the log, and lets nothing in it expire', async (role, subject) => {
    for (const headers of [{ 'Nats-Rollup': 'all' }, { 'Nats-Rollup': 'sub' }, { 'Nats-TTL': '1s' }]) {
      const before = await server.stock()
      const refused = server.role[role].publisher.publish(subject, '{}', headers)
      await expect(refused).rejects.toThrow(ApiError)
      expect(changedStreams(before, await server.stock())).toEqual([])
    }
  })
})

/** Whether a message follows from another one: a bucket's change, published again, or a role's read, passed to an engine, or its question about files. */
function isCopyOf(copy: string, subject: string): boolean {
  const read = subject.replace('$JS.API.DIRECT.GET.', 'frontdesk.read.')
  const api = subject.replace('frontdesk.files.', '$JS.API.')
  return copy === subject.replace(/^\$KV\./, 'frontdesk.changed.') || copy === read || copy === api
}

/** Where a message on a subject is stored. */
function streamsOf(subject: string): string[] {
  if (subject.startsWith('frontdesk.inbox.')) return ['EVENTS']
  if (subject.startsWith('frontdesk.audit.')) return ['AUDIT']
  const bucket = /^\$KV\.([^.]+)/.exec(subject)?.[1]
  return bucket ? [`KV_${bucket}`] : []
}

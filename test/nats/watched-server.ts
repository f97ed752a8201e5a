import type { JetStreamManager } from '@nats-io/jetstream'
import { headers as newHeaders } from '@nats-io/transport-node'
import pino from 'pino'
import { connectNats, connectRole, type Nats, type RoleConnection } from '../../engine/nats/connect.ts'
import { serveRoleReads } from '../../engine/nats/engine/role-reads.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { buckets, streams } from '../../engine/nats/topology.ts'
import { type NatsRole, natsRoles } from '../../schemas/roles.ts'
import { startTestServer } from '../test-server.ts'

/** What of a stream a message changes, whoever stores or removes it. */
export type Stock = Record<string, { last: number; messages: number }>

/** A server with a connection of each role, and an eye on the engine's account. */
export interface WatchedServer {
  full: Nats
  role: Record<NatsRole, RoleConnection>
  /** Where each role connects. */
  urls: Record<NatsRole, string>
  /** Publishes as it stands, with any header and any reply, and waits until the server has dealt with it. */
  send(role: NatsRole, subject: string, sent: Sent): Promise<void>
  /** Whether anybody does as asked: the server itself refuses an account without JetStream. */
  isAnswered(role: NatsRole, subject: string, body?: string): Promise<boolean>
  /** The streams' stock, once they have stored all that was sent before. */
  stock(): Promise<Stock>
  /** Subjects of all messages in the engine's account since the last time, but its own traffic. */
  seen(): Promise<string[]>
  stop(): Promise<void>
}

export interface Sent {
  body?: string
  reply?: string
  headers?: Record<string, string>
}

export async function startWatchedServer(): Promise<WatchedServer> {
  const server = await startTestServer()
  const full = await connectNats(server.url, 'test')
  await ensureTopology(full, { partitions: 4, replicas: 1 })
  serveRoleReads(full, pino({ level: 'silent' }))
  const connected = await Promise.all(
    natsRoles.map(async (name) => [name, await connectRole(server.roles[name], name)]),
  )
  const role = Object.fromEntries(connected) as Record<NatsRole, RoleConnection>
  const eye = await connectNats(server.url, 'eye')
  let seen: string[] = []
  eye.connection.subscribe('>', {
    callback: (_, { subject }) => {
      if (!ownTraffic.some((own) => own.test(subject))) seen.push(subject)
    },
  })
  await eye.connection.flush()

  const stock = async () => {
    await Promise.all(Object.values(role).map(({ connection }) => connection.flush()))
    await storeMarks(full)
    return stockOf(full.jsm)
  }
  return {
    full,
    role,
    urls: server.roles,
    send: async (as, subject, { body = '{}', reply, headers }) => {
      const { connection } = role[as]
      const options = { ...(reply && { reply }), ...(headers && { headers: headersOf(headers) }) }
      connection.publish(subject, body, options)
      await connection.flush()
    },
    isAnswered: (as, subject, body = '') =>
      role[as].connection.request(subject, body, { timeout: 500 }).then(
        (answer) => !answer.string().includes('JetStream not enabled for account'),
        () => false,
      ),
    stock,
    seen: async () => {
      await stock()
      await eye.connection.flush()
      const since = seen
      seen = []
      return since
    },
    stop: async () => {
      await Promise.all([full, eye, ...Object.values(role)].map(({ close }) => close()))
      await server.stop()
    },
  }
}

/** What the engine's account has by itself: answers to this test, the server's advisories, the marks and their copies. */
const ownTraffic = [
  /^_INBOX\./,
  /^\$JSC?\.(S|R|EVENT)\./,
  /^\$JS\.API\.(INFO|STREAM\.(INFO|NAMES|LIST)(\..*)?)$/,
  /\bmark-\d+/,
  // EVENTS takes over what comes due.
  /^\$JS\.API\.CONSUMER\.CREATE\.TIMERS\.JS_SRC_/,
  // A role's answers on their way back to it.
  /^_R_\.(?!forged)/,
]

let marks = 0
/** The workers' signs of life go by themselves. */
const lasting = Object.values(buckets).filter((bucket) => bucket !== buckets.workers)

/** A message of ours in each stream: behind it is nothing that was sent before. */
async function storeMarks({ publisher }: Nats): Promise<void> {
  const mark = `mark-${marks++}`
  await Promise.all(
    [
      `frontdesk.inbox.${mark}.session.mark`,
      `frontdesk.conversation.${mark}`,
      `frontdesk.request.${mark}`,
      `frontdesk.timer.${mark}.0`,
      `frontdesk.call.${mark}`,
      `frontdesk.workspace.${mark}.request.created`,
      `frontdesk.deadletter.${mark}`,
      `frontdesk.audit.${mark}`,
      `frontdesk.mail.${mark}`,
      `frontdesk.webhook.failed.${mark}.c`,
      ...lasting.map((bucket) => `$KV.${bucket}.mark.${mark}`),
    ].map((subject) => publisher.publish(subject, '{}')),
  )
}

async function stockOf(jsm: JetStreamManager): Promise<Stock> {
  const names = [...Object.values(streams), ...lasting.map((bucket) => `KV_${bucket}`)]
  const states = names.map(async (name) => {
    const { state } = await jsm.streams.info(name)
    return [name, { last: state.last_seq, messages: state.messages }]
  })
  return Object.fromEntries(await Promise.all(states))
}

function headersOf(given: Record<string, string>) {
  const made = newHeaders()
  for (const [name, value] of Object.entries(given)) made.set(name, value)
  return made
}

import { setTimeout as sleep } from 'node:timers/promises'
import pino, { type Logger } from 'pino'
import type { StoredRecord } from '../../engine/core/conversation.ts'
import { readRecord } from '../../engine/core/record.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats, connectRole, type Nats, type RoleConnection } from '../../engine/nats/connect.ts'
import { serveRoleReads } from '../../engine/nats/engine/role-reads.ts'
import { startEngine } from '../../engine/nats/engine/start-engine.ts'
import type { Worker } from '../../engine/nats/engine/start-worker.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { type NotifierOptions, startNotifier } from '../../engine/nats/notifier/start-notifier.ts'
import { readToEnd } from '../../engine/nats/read-to-end.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import type { OpenRequest } from '../../schemas/conversation/notification.ts'
import type { NatsRole } from '../../schemas/roles.ts'
import { checkNats } from '../conformance/check-nats.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

const logLevel = process.env.LOG_LEVEL ?? 'silent'

/** A message of a stream, as a test looks at it. */
export interface Found {
  seq: number
  subject: string
  headers: Record<string, string>
  body: string
}

/** A server with frontdesk's streams, and a team's own view of it. */
export interface TestWorld {
  server: TestServer
  nats: Nats
  log: Logger
  /**
   * Publishes an event as a gateway or a workspace does, and returns its sequence. Where the stream still knows the id,
   * and drops it as a duplicate, it is published until it is stored: what the engine does with a repeat is tested here.
   */
  publish(conversation: string, type: string, payload: unknown, id?: string): Promise<number>
  /** Settles once it is in force in the world's engines. A text is stored as it stands. */
  configure(key: string, document: object | string): Promise<void>
  startEngine(strictChannels?: boolean): Promise<Worker>
  startNotifier(options?: NotifierOptions): Promise<Worker>
  /** From now on only engines and notifiers answer the reads of roles. */
  stopReads(): Promise<void>
  records(conversation: string): Promise<StoredRecord[]>
  /** All messages of a stream, or those on a subject. */
  stored(stream: keyof typeof streams, subject?: string): Promise<Found[]>
  openRequest(workspace: string, conversation: string): Promise<OpenRequest | null>
  /** Connects with a role's account, until the world stops. */
  connect(role: NatsRole): Promise<RoleConnection>
  /** Has this stopped with the world, before all that was started earlier. */
  onStop(stop: () => Promise<unknown>): void
  stop(): Promise<void>
}

export async function startTestWorld(partitions = 4): Promise<TestWorld> {
  const server = await startTestServer()
  const nats = await connectNats(server.url, 'test')
  await ensureTopology(nats, { partitions, replicas: 1 })
  const log = pino({ level: logLevel }, pino.destination(2))
  checkNats(nats)
  // As any engine or notifier does; here roles read without one, too.
  const reads = serveRoleReads(nats, log)
  const running: (() => Promise<unknown>)[] = []
  const engines = new Set<ConfigurationLog>()
  const stored = async (stream: keyof typeof streams, subject = '>') => {
    const found: Found[] = []
    for await (const message of readToEnd(nats, streams[stream], { subjects: [subject] })) {
      const headers = Object.fromEntries(
        [...(message.headers ?? [])].map(([key, values]) => [key, values[0] ?? '']),
      )
      found.push({ seq: message.seq, subject: message.subject, headers, body: message.string() })
    }
    return found
  }
  const startWorker = async (start: (nats: Nats) => Promise<Worker>, held: number) => {
    const own = await connectNats(server.url, 'test worker')
    const worker = await start(own)
    running.push(() => worker.stop().then(() => own.close()))
    await until(() => worker.held().length === held)
    return worker
  }
  return {
    server,
    nats,
    log,
    publish: async (conversation, type, payload, id) => {
      const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
      const headers = id === undefined ? undefined : { 'Nats-Msg-Id': id }
      const { seq } = await nats.publisher.publish(subjects.inbox(conversation, type), body, headers)
      return seq
    },
    configure: async (key, document) => {
      const json = typeof document === 'string' ? document : JSON.stringify(document)
      const revision = await new Bucket(nats, 'configuration').put(key, json)
      await until(() => [...engines].every((engine) => engine.revision() >= revision))
    },
    startEngine: async (strictChannels = false) => {
      const engine = configurationLog()
      const worker = await startWorker(
        (own) => startEngine(own, engine.log, { partitions, strictChannels }),
        partitions,
      )
      engines.add(engine)
      const stop = () => {
        engines.delete(engine)
        return worker.stop()
      }
      return { ...worker, stop }
    },
    stopReads: () => {
      reads.stop()
      return nats.connection.flush()
    },
    startNotifier: (options) => startWorker((own) => startNotifier(own, log, options), 1),
    records: async (conversation) => {
      const found = await stored('conversations', subjects.conversation(conversation))
      return found.map(({ body }) => readRecord(body)).filter((record) => record !== null)
    },
    stored,
    openRequest: async (workspace, conversation) => {
      const entry = await new Bucket(nats, 'openRequests').get(`${workspace}.${conversation}`)
      return entry ? (JSON.parse(entry.value) as OpenRequest) : null
    },
    connect: async (role) => {
      const connection = await connectRole(server.roles[role], `test ${role}`)
      running.push(() => connection.close())
      return connection
    },
    onStop: (stop) => void running.push(stop),
    stop: async () => {
      for (const stop of running.reverse()) await stop()
      await nats.close()
      await server.stop()
    },
  }
}

interface ConfigurationLog {
  log: Logger
  /** The last revision of the configuration that the engine says is in force. */
  revision(): number
}

function configurationLog(): ConfigurationLog {
  let revision = 0
  const output = pino.destination(2)
  const write = (line: string) => {
    const read = JSON.parse(line) as { level: number; msg: string; revision: number }
    if (read.msg === 'configuration in force') revision = Math.max(revision, read.revision)
    if (read.level >= (pino.levels.values[logLevel] ?? Number.POSITIVE_INFINITY)) output.write(line)
  }
  return { log: pino({ level: 'debug' }, { write }), revision: () => revision }
}

/**
 * Looks until it is so. What never comes to be so is a failure of the test, by this limit; that NATS does not
 * answer just now is not.
 */
export async function until(isSo: () => Promise<boolean> | boolean, limitMs = 90_000): Promise<void> {
  const end = Date.now() + limitMs
  let failure: unknown
  for (;;) {
    try {
      if (await isSo()) return
    } catch (error) {
      failure = error
    }
    if (Date.now() > end) throw new Error(`not so within ${limitMs} ms: ${isSo}`, { cause: failure })
    await sleep(25)
  }
}

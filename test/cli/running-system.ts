import { afterAll, beforeAll } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { commandHost } from './command-host.ts'
import { type Result, type Running, startFrontdesk, waitMs } from './frontdesk.ts'

/** A nats-server with an engine and a notifier, as `start` runs them, for the tests of a file. */
export function runningSystem() {
  const frontdesk = commandHost()
  let server: TestServer
  let system: Running
  let nats: Nats
  beforeAll(async () => {
    server = await startTestServer()
    // At this level the engine logs what is in force.
    system = startFrontdesk(['start'], { env: { NATS_URL: server.url, LOG_LEVEL: 'debug' } })
    await system.prints('ready ')
    nats = await connectNats(server.url, 'test')
  })
  afterAll(async () => {
    await nats?.close()
    system?.child.kill()
    await system?.ended
    await server?.stop()
  })
  const env = () => ({ NATS_URL: server.url })
  return {
    url: () => server.url,
    dataFolder: () => server.dataFolder ?? '',
    nats: () => nats,
    run: (args: string[], input?: string): Promise<Result> =>
      frontdesk(args, { env: env(), ...(input !== undefined && { input }) }),
    start: (args: string[]): Running => startFrontdesk(args, { env: env() }),
    /** Settles once the document is in force in the engine. */
    configure: async (key: string, document: object) => {
      const revision = await new Bucket(nats, 'configuration').put(key, JSON.stringify(document))
      await system.logs(new RegExp(`"revision":${revision},"msg":"configuration in force"`))
    },
    /** Settles once a worker has logged it. */
    logs: (what: string | RegExp) => system.logs(what),
    /** Publishes an event, whatever it is. */
    publish: async (subject: string, body: string, id?: string) => {
      await nats.publisher.publish(`frontdesk.inbox.${subject}`, body, id ? { 'Nats-Msg-Id': id } : {})
    },
  }
}

let count = 0

/** An id that no other test uses, on a shared server either. */
export function uniqueId(prefix: string): string {
  return `${prefix}-${process.pid}-${Date.now().toString(36)}-${count++}`
}

/** Tries until it holds. */
export async function eventually<T>(look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const until = Date.now() + waitMs
  for (;;) {
    const value = await look()
    if (holds(value) || Date.now() > until) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

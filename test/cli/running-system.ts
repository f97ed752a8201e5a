import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll } from 'vitest'
import { connectOptions } from '../../engine/nats/connect-options.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { frontdesk, type Result, type Running, startFrontdesk } from './frontdesk.ts'

/** A nats-server with an engine and a notifier, as `start` runs them, for the tests of a file. */
export function runningSystem() {
  let server: TestServer
  let system: Running
  let connection: NatsConnection
  beforeAll(async () => {
    server = await startTestServer()
    system = startFrontdesk(['start'], { env: { NATS_URL: server.url } })
    await system.prints('ready ')
    connection = await connect(connectOptions(server.url))
  })
  afterAll(async () => {
    await connection?.close()
    system?.child.kill()
    await system?.ended
    await server?.stop()
  })
  const env = () => ({ NATS_URL: server.url })
  return {
    url: () => server.url,
    connection: () => connection,
    run: (args: string[], input?: string): Promise<Result> =>
      frontdesk(args, { env: env(), ...(input !== undefined && { input }) }),
    start: (args: string[]): Running => startFrontdesk(args, { env: env() }),
    /** Publishes an event, whatever it is. */
    publish: async (subject: string, body: string, id?: string) => {
      const own = headers()
      if (id) own.set('Nats-Msg-Id', id)
      await connection.request(`frontdesk.inbox.${subject}`, body, { headers: own, timeout: 5_000 })
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
  const until = Date.now() + 10_000
  for (;;) {
    const value = await look()
    if (holds(value) || Date.now() > until) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

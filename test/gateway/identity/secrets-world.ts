import pino, { type Logger } from 'pino'
import { afterAll, beforeAll } from 'vitest'
import { Bucket } from '../../../engine/nats/bucket.ts'
import { connectNats, connectRole, type RoleConnection } from '../../../engine/nats/connect.ts'
import { serveRoleReads } from '../../../engine/nats/engine/role-reads.ts'
import { ensureTopology } from '../../../engine/nats/ensure-topology.ts'
import { startTestServer, type TestServer } from '../../test-server.ts'

export const log: Logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' }, pino.destination(2))

/** A nats-server with the bucket of secrets; gateways reach it in the role *identity*, each by its own connection. */
export function secretsWorld() {
  let server: TestServer
  const open: { close(): Promise<void> }[] = []
  beforeAll(async () => {
    server = await startTestServer()
    const nats = await connectNats(server.url, 'test')
    await ensureTopology(nats, { partitions: 4, replicas: 1 })
    open.push(nats)
    // As an engine does.
    serveRoleReads(nats, log)
  })
  afterAll(async () => {
    await Promise.all(open.map((connection) => connection.close()))
    await server?.stop()
  })
  const connect = async (): Promise<RoleConnection> => {
    const role = await connectRole(server.roles.identity, 'test identity')
    open.push(role)
    return role
  }
  return {
    server: () => server,
    connect,
    bucket: async () => new Bucket(await connect(), 'secrets'),
  }
}

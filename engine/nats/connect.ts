import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import { connect, createInbox, type NatsConnection } from '@nats-io/transport-node'
import { connectOptions } from './connect-options.ts'
import { Publisher } from './publisher.ts'
import { buckets } from './topology.ts'

/** A connection of a role, which has no JetStream of its own: what it may ask is a plain request. */
export interface RoleConnection {
  connection: NatsConnection
  publisher: Publisher
  close(): Promise<void>
}

/** A connection that may do everything, with what frontdesk needs on it. */
export interface Nats extends RoleConnection {
  js: ReturnType<typeof jetstream>
  jsm: Awaited<ReturnType<typeof jetstreamManager>>
  bucket(name: keyof typeof buckets): Promise<KV>
}

/** Connects, and stays connected: what is asked while there is no connection gets no answer. */
export async function connectNats(url: string, name: string): Promise<Nats> {
  const role = await connectRole(url, name)
  const { connection } = role
  const kvm = new Kvm(connection)
  return {
    ...role,
    js: jetstream(connection),
    jsm: await jetstreamManager(connection, { checkAPI: false }),
    bucket: (bucket) => kvm.open(buckets[bucket]),
  }
}

/** The same for a role's URL: nothing in it needs JetStream. */
export async function connectRole(url: string, name: string): Promise<RoleConnection> {
  const connection = await connect({
    ...connectOptions(url),
    name: `frontdesk ${name}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
  })
  return {
    connection,
    publisher: new Publisher(connection, createInbox()),
    close: () => connection.close(),
  }
}

/** How long a single connection attempt may take, in milliseconds. */
const connectTimeoutMs = 5_000

/** Connects once, reads what the server says of itself, and closes. Throws the client's error where none answers. */
export async function readServerInfo(url: string): Promise<{ version: string; hasJetStream: boolean }> {
  const connection = await connect({ ...connectOptions(url), timeout: connectTimeoutMs, reconnect: false })
  try {
    const { version = 'unknown', jetstream } = connection.info ?? {}
    return { version, hasJetStream: jetstream === true }
  } finally {
    await connection.close()
  }
}

import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import { connect, createInbox, type NatsConnection } from '@nats-io/transport-node'
import { Publisher } from './publisher.ts'
import { connectOptions } from './server/connect-options.ts'
import { buckets } from './topology.ts'

/** A connection with what frontdesk needs on it. */
export interface Nats {
  connection: NatsConnection
  publisher: Publisher
  js: ReturnType<typeof jetstream>
  jsm: Awaited<ReturnType<typeof jetstreamManager>>
  bucket(name: keyof typeof buckets): Promise<KV>
  close(): Promise<void>
}

/** Connects, and stays connected: what is asked meanwhile waits. */
export async function connectNats(url: string, name: string): Promise<Nats> {
  const connection = await connect({
    ...connectOptions(url),
    name: `frontdesk ${name}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
  })
  const kvm = new Kvm(connection)
  return {
    connection,
    publisher: new Publisher(connection, createInbox()),
    js: jetstream(connection),
    jsm: await jetstreamManager(connection, { checkAPI: false }),
    bucket: (bucket) => kvm.open(buckets[bucket]),
    close: () => connection.close(),
  }
}

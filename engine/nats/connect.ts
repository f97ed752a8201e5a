import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, createInbox, type NatsConnection } from '@nats-io/transport-node'
import { connectOptions } from './connect-options.ts'
import { NoAnswer } from './errors.ts'
import { Publisher } from './publisher.ts'

/** A connection of a role, which has no JetStream of its own: it may only publish, subscribe and request. */
export interface RoleConnection {
  connection: NatsConnection
  publisher: Publisher
  /** Settles once the server has everything that was published before. Throws where it does not answer. */
  flush(): Promise<void>
  /** Rejects once the connection is closed, by either side: it is not opened again. */
  lost(): Promise<never>
  close(): Promise<void>
}

/** A connection that may do everything. */
export interface Nats extends RoleConnection {
  js: ReturnType<typeof jetstream>
  jsm: Awaited<ReturnType<typeof jetstreamManager>>
}

/** Connects, and reconnects for ever: a request while there is no connection gets no answer. */
export async function connectNats(url: string, name: string): Promise<Nats> {
  const role = await connectRole(url, name)
  const { connection } = role
  return {
    ...role,
    js: jetstream(connection),
    jsm: await jetstreamManager(connection, { checkAPI: false }),
  }
}

/** As `connectNats` for a role's URL, without JetStream. */
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
    flush: () => connection.flush(),
    lost: async () => {
      const error = await connection.closed()
      const reason = error ? `: ${error.message}` : ''
      throw new Error(`the connection to NATS (${name}) was closed for good${reason}`)
    },
    close: () => connection.close(),
  }
}

/** The name of the server's account that a connection is in; `undefined` where the server does not tell. */
export async function accountOf({
  publisher,
}: Pick<RoleConnection, 'publisher'>): Promise<string | undefined> {
  try {
    const answer = await publisher.request('$SYS.REQ.USER.INFO', '')
    return answer.json<{ data?: { account?: string } }>().data?.account
  } catch (error) {
    if (error instanceof NoAnswer) return undefined
    throw error
  }
}

/** How long a single connection attempt may take, in milliseconds. */
const connectTimeoutMs = 5_000

/** Connects once, reads the server's version, and closes. Throws the client's error where none answers. */
export async function readServerInfo(url: string): Promise<{ version: string; hasJetStream: boolean }> {
  const connection = await connect({ ...connectOptions(url), timeout: connectTimeoutMs, reconnect: false })
  try {
    const { version = 'unknown', jetstream } = connection.info ?? {}
    return { version, hasJetStream: jetstream === true }
  } finally {
    await connection.close()
  }
}

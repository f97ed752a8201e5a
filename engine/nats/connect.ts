import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createConnection, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import {
  type Authenticator,
  connect,
  createInbox,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
  nkeyAuthenticator,
} from '@nats-io/transport-node'
import { connectOptions, type NatsAccess } from './connect-options.ts'
import { NoAnswer } from './errors.ts'
import { onReconnect } from './on-reconnect.ts'
import { Publisher } from './publisher.ts'

/** A connection of a role, which has no JetStream of its own: it may only publish, subscribe and request. */
export interface RoleConnection {
  connection: NatsConnection
  publisher: Publisher
  /** Settles once the server has everything that was published before. Throws where it does not answer. */
  flush(): Promise<void>
  /** Rejects once the connection is closed, by either side: it is not opened again. */
  lost(): Promise<never>
  /** Calls back after each reconnect. */
  reconnected(callback: () => void): void
  close(): Promise<void>
}

/** A connection that may do everything. */
export interface Nats extends RoleConnection {
  js: ReturnType<typeof jetstream>
  jsm: Awaited<ReturnType<typeof jetstreamManager>>
}

/** The server's certificate, or the client's, is not accepted: another attempt would fail the same way. */
export class CertificateError extends Error {
  override name = 'CertificateError'
}

/**
 * Connects, and reconnects for ever: a request while there is no connection gets no answer.
 *
 * @param to a URL, with user and password where the server wants them; or how else to prove who the client is
 */
export async function connectNats(to: string | NatsAccess, name: string): Promise<Nats> {
  const role = await connectRole(to, name)
  const { connection } = role
  return {
    ...role,
    js: jetstream(connection),
    jsm: await jetstreamManager(connection, { checkAPI: false }),
  }
}

/** As `connectNats` for a role, without JetStream. */
export async function connectRole(to: string | NatsAccess, name: string): Promise<RoleConnection> {
  const connection = await open({
    ...optionsOf(to),
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
    reconnected: (callback) => void onReconnect(connection, callback),
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
const alertTimeoutMs = 2_000

/** Connects once, reads the server's version, and closes. Throws as `connectNats` where none answers. */
export async function readServerInfo(
  to: string | NatsAccess,
): Promise<{ version: string; hasJetStream: boolean }> {
  const connection = await open({ ...optionsOf(to), timeout: connectTimeoutMs, reconnect: false })
  try {
    const { version = 'unknown', jetstream } = connection.info ?? {}
    return { version, hasJetStream: jetstream === true }
  } finally {
    await connection.close()
  }
}

/** Connects. Throws the client's error; CertificateError where TLS is the reason. */
async function open(options: NodeConnectionOptions): Promise<NatsConnection> {
  try {
    // The client's own limit is 20 s.
    return await connect(options.tls ? { timeout: connectTimeoutMs, ...options } : options)
  } catch (error) {
    const problem = tlsProblem(isTimeout(error) && options.tls ? await alertOf(options) : error)
    throw problem === undefined ? error : new CertificateError(problem, { cause: error })
  }
}

function optionsOf(to: string | NatsAccess): NodeConnectionOptions {
  const access = typeof to === 'string' ? { url: to } : to
  const { servers, ...user } = connectOptions(access.url)
  const { ca, cert, key, tlsFirst = false } = access
  const wantsTls = ca || cert || tlsFirst || servers.some((server) => /^(tls|wss):/i.test(server))
  const authenticator = authenticatorOf(access)
  return {
    servers,
    ...(authenticator
      ? // A password or a file that is just being replaced is refused for a moment.
        { authenticator, ignoreAuthErrorAbort: true }
      : user),
    ...(wantsTls && {
      tls: {
        ...(ca !== undefined && { caFile: ca }),
        ...(cert !== undefined && { certFile: cert }),
        ...(key !== undefined && { keyFile: key }),
        handshakeFirst: tlsFirst,
      },
    }),
  }
}

/** Proves who the client is by what is read again for each attempt; `undefined`: the URL says it for good. */
function authenticatorOf({ nkey, creds, reread }: NatsAccess): Authenticator | undefined {
  if (creds !== undefined) return credsAuthenticator(reader(creds))
  if (nkey !== undefined) {
    const seed = reader(nkey)
    return nkeyAuthenticator(() => Buffer.from(Buffer.from(seed()).toString('utf8').trim()))
  }
  return (
    reread &&
    (() => {
      const { user = '', pass = '' } = connectOptions(reread())
      return { user, pass }
    })
  )
}

/** Reads a file; once it cannot be read, returns what it last held, since a throwing authenticator ends its connection. */
function reader(path: string): () => Uint8Array {
  let last = readFileSync(path)
  return () => {
    try {
      last = readFileSync(path)
    } catch {
      // It is being replaced.
    }
    return last
  }
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === 'TimeoutError'

/**
 * The first server's alert about the client's certificate. With TLS 1.3 it comes after the handshake, when the NATS
 * client waits for an answer and only finds that none comes.
 */
async function alertOf({ servers, tls }: NodeConnectionOptions): Promise<Error | undefined> {
  const server = String([servers].flat()[0])
  const { hostname, port } = new URL(server.includes('://') ? server : `nats://${server}`)
  const host = hostname.replace(/^\[|\]$/g, '')
  const { caFile, certFile, keyFile, handshakeFirst } = tls ?? {}
  const plain = createConnection(Number(port) || 4222, host)
  // An error that comes when `once` no longer waits.
  plain.on('error', () => {})
  try {
    const signal = AbortSignal.timeout(alertTimeoutMs)
    // The greeting, unless TLS comes first.
    await once(plain, handshakeFirst ? 'connect' : 'data', { signal })
    const secure = connectTls({
      socket: plain,
      servername: isIP(host) ? '' : host,
      ...(caFile !== undefined && { ca: readFileSync(caFile) }),
      ...(certFile !== undefined && { cert: readFileSync(certFile) }),
      ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
    })
    secure.on('error', () => {})
    await once(secure, 'close', { signal })
    return undefined
  } catch (error) {
    return error as Error
  } finally {
    plain.destroy()
  }
}

/** Node's and OpenSSL's codes, and a server's alerts, with what is to be done. */
const tlsProblems: [code: RegExp, problem: string][] = [
  [
    /^(UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT))$/,
    'the server’s certificate is of an unknown authority: NATS_CA names a file with the certificate of the right one',
  ],
  [/^CERT_HAS_EXPIRED$/, 'the server’s certificate has expired'],
  [/^CERT_NOT_YET_VALID$/, 'the server’s certificate is not valid yet'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'the server’s certificate is for another name than the URL has'],
  [
    /ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE)$/,
    'the server wants a certificate of the client: NATS_CERT and NATS_KEY name its files',
  ],
  [
    /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED)$/,
    'the server does not accept the client’s certificate, NATS_CERT',
  ],
]

function tlsProblem(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.message.includes("server does not support 'tls'"))
      return 'the server offers no TLS, which tls://, NATS_CA, NATS_CERT or NATS_TLS_FIRST asks for'
    const { code = '' } = each as NodeJS.ErrnoException
    const [, problem] = tlsProblems.find(([pattern]) => pattern.test(code)) ?? []
    if (problem !== undefined) return problem
  }
  return undefined
}

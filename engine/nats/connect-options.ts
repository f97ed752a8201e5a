/** How a client reaches a server, and as which user of it. */
export interface NatsAccess extends NatsLogin {
  /** `nats://[user:password@]host:port`, or several with commas. */
  url: string
  /** Reads the URL again for each attempt to connect: its password may have been replaced. Does not throw. */
  reread?: () => string
}

/** Paths of files. Each is read again for each attempt to connect, so that it can be replaced while the client runs. */
export interface NatsLogin {
  /** Certificates (PEM) of the authorities of the server's certificate; by default those that Node knows. */
  ca?: string | undefined
  /** The client's own certificate (PEM), and its key. */
  cert?: string | undefined
  key?: string | undefined
  /** The seed of a user's nkey. */
  nkey?: string | undefined
  /** A user's JWT and seed. */
  creds?: string | undefined
  /** Begins with TLS, before the server's greeting. */
  tlsFirst?: boolean | undefined
}

/** The options of transport-node's `connect`, which does not read user and password from a URL itself. */
export interface ServerAddress {
  servers: string[]
  user?: string
  pass?: string
  token?: string
}

/**
 * Parses `nats://user:password@host:port`, percent-encoded where needed. Several URLs are separated by commas; the
 * first that names a user counts for all. A user alone is a token, as in the nats command line.
 */
export function connectOptions(url: string): ServerAddress {
  const parts = url
    .split(',')
    .map((part) => /^([a-z]+:\/\/)?(?:(.*)@)?([^@]+)$/i.exec(part.trim()))
    .filter((part) => part !== null)
  const servers = parts.map(([, scheme = '', , host]) => `${scheme}${host?.replace(/\/$/, '')}`)
  if (servers.length === 0) throw new Error('NATS_URL is empty')
  const credentials = parts.find(([, , given]) => given)?.[2]
  if (!credentials) return { servers }
  const colon = credentials.indexOf(':')
  if (colon < 0) return { servers, token: decodeURIComponent(credentials) }
  return {
    servers,
    user: decodeURIComponent(credentials.slice(0, colon)),
    pass: decodeURIComponent(credentials.slice(colon + 1)),
  }
}

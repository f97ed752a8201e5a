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

/** What `connect` of transport-node needs; it does not read user and password out of a URL itself. */
export type ServerAddress = { servers: string[]; user?: string; pass?: string; token?: string }

/**
 * Reads `nats://user:password@host:port`, percent-encoded where needed; several are separated by commas,
 * and the first that names a user speaks for all. A user alone is a token, as in the nats command line.
 */
export function connectOptions(url: string): ServerAddress {
  const parts = url
    .split(',')
    .map((one) => /^([a-z]+:\/\/)?(?:(.*)@)?([^@]+)$/i.exec(one.trim()))
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

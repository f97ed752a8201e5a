import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'

/** Checks of a request's source: a page of the gateway's own, this machine, a site that may load the widget. */

const loopbackAddress = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/
const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i
/** Any of these headers says that a proxy passes the request on for somebody else. */
const forwarding = /^(forwarded|via|x-forwarded(-.+)?|x-real-ip|x-client-ip|cf-connecting-ip|true-client-ip)$/

/**
 * Whether a request comes from this machine itself. The peer's address alone does not prove it: a stranger's page
 * whose name resolves to 127.0.0.1 (DNS rebinding) and a proxy on this machine have that address, too.
 */
export function isFromThisMachine({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  return loopbackAddress.test(socket.remoteAddress ?? '') && isToLoopback({ headers })
}

/**
 * Whether to its sender the gateway is the sender's own machine, as a container's published port or a tunnel makes it
 * seem: a browser sends such a request to no other machine in the clear. It says nothing about who the sender is.
 */
export function isToLoopback({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  // Some proxies name the gateway as they reach it themselves, not as the browser did.
  return loopbackHost.test(headers.host ?? '') && !Object.keys(headers).some((name) => forwarding.test(name))
}

/**
 * Whether one of the gateway's own pages sent a request: browsers send `Origin` with every request that changes
 * something and with every WebSocket. A cookie alone does not prove it, since browsers send it for other sites, too.
 *
 * @param publicUrl how people reach the gateway, where it differs from how it listens; it may have a path
 */
export function isFromOwnPage(request: FastifyRequest, publicUrl: string | undefined): boolean {
  const { origin } = request.headers
  if (origin === undefined) return false
  if (origin === `${request.protocol}://${request.host}`) return true
  return publicUrl !== undefined && origin === new URL(publicUrl).origin
}

/**
 * Whether a page of this origin may open a customer's connection. Apps and servers send no `Origin`: the check keeps
 * a stranger's page from speaking in a customer's name, by the customer's own browser.
 *
 * @param host as the request names the gateway
 * @param allowed origins such as `https://www.example.com`, `https://*.example.com` or `null`; `*`: all
 */
export function isAllowedOrigin(origin: string | undefined, host: string, allowed: string[]): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true
  if (!URL.canParse(origin)) return false
  const { host: originHost } = new URL(origin)
  if (originHost === host || loopbackHost.test(originHost)) return true
  return allowed.some((pattern) => isSubdomain(origin, pattern))
}

/** Whether an origin belongs to `https://*.example.com`. */
function isSubdomain(origin: string, pattern: string): boolean {
  const [scheme, domain] = pattern.split('*')
  if (scheme === undefined || domain === undefined || !origin.startsWith(scheme)) return false
  return origin.endsWith(domain) && /^[a-z0-9_.-]+$/.test(origin.slice(scheme.length, -domain.length))
}

import cookie from '@fastify/cookie'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { frameBytesMax } from '../../../schemas/limits.ts'
import { httpRequests, httpSeconds } from '../../monitoring/metrics.ts'
import type { GatewaySettings } from '../../settings/gateway.ts'
import { errorHandler } from './error-handler.ts'
import { limitSockets } from './limit-sockets.ts'
import { Outage } from './outage.ts'
import { notFound } from './refuse.ts'

/** A client that takes longer to send a request, or sends none, is cut off within twice this time; an upload has longer. */
const requestTimeoutMs = 30_000
const uploadTimeoutMs = 600_000
/** A connection on which nothing was read or written for this long is cut off: the client may not read its answer. */
const idleTimeoutMs = 60_000
/** The most fragments of a WebSocket message. Each may keep the buffer that it was read into, up to 64 KiB. */
const fragmentsMax = 16

export type HttpServerSettings = Pick<GatewaySettings, 'limits' | 'publicUrl' | 'trustProxy'>

/** The HTTP server without routes: its limits, and what holds for every request and answer. */
export async function httpServer(
  settings: HttpServerSettings,
  log: Logger,
  idleMs = idleTimeoutMs,
): Promise<FastifyInstance> {
  // Only the nearest proxy is trusted: a client can write the entries before it in `X-Forwarded-For` itself.
  const http = Fastify({
    trustProxy: settings.trustProxy && ((_, hop) => hop === 0),
    bodyLimit: frameBytesMax,
    connectionTimeout: idleMs,
    requestTimeout: uploadTimeoutMs,
    // Node ignores requestTimeout while headersTimeout, 60 s by default, is longer.
    http: { headersTimeout: requestTimeoutMs },
    forceCloseConnections: true,
  })
  limitSockets(http.server, settings)
  const outage = new Outage('pages of administrators and engineers', log)
  http.setErrorHandler(errorHandler(outage, log))
  await http.register(cookie)
  // Pings are answered in their turn, like other frames.
  const options = {
    maxPayload: frameBytesMax,
    maxFragments: fragmentsMax,
    perMessageDeflate: false,
    autoPong: false,
  }
  await http.register(websocket, { options })
  refuseOtherUpgrades(http)
  limitSending(http)
  measure(http)
  http.addHook('onSend', async (request, reply) => {
    const isHttps = request.protocol === 'https' || settings.publicUrl?.startsWith('https:') === true
    for (const [name, value] of Object.entries(isHttps ? { ...everywhere, ...overHttps } : everywhere))
      if (!reply.hasHeader(name)) reply.header(name, value)
  })
  return http
}

/** The headers of every answer, unless a route has its own. */
export const everywhere = {
  'x-content-type-options': 'nosniff',
  // The page to Stately opens that site’s window and talks to it.
  'cross-origin-opener-policy': 'same-origin-allow-popups',
  'cross-origin-resource-policy': 'same-origin',
}
const overHttps = { 'strict-transport-security': 'max-age=31536000' }

/** Node has one limit for the requests of all routes: that of uploads. */
function limitSending(http: FastifyInstance): void {
  http.addHook('onRequest', async ({ raw, routeOptions, headers }) => {
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
    if (!hasBody || routeOptions.config.isUpload) return
    const timer = setTimeout(() => {
      if (!raw.complete) raw.socket.destroy()
    }, requestTimeoutMs)
    timer.unref()
    raw.once('close', () => clearTimeout(timer))
  })
}

/** A route is a label: a path may name a conversation. */
function measure(http: FastifyInstance): void {
  // Streams of events and WebSockets end when their clients leave, and run no such hook.
  http.addHook('onSend', async (_, reply) => httpSeconds.observe(reply.elapsedTime / 1_000))
  http.addHook('onResponse', async ({ routeOptions }, reply) => {
    httpRequests.inc({ route: routeOptions.url ?? 'none', status: reply.statusCode })
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether its body may take minutes to come. */
    isUpload?: boolean
  }
}

/** The plugin opens a WebSocket, which nothing counts, on any route: only a socket's own route may. */
function refuseOtherUpgrades(http: FastifyInstance): void {
  const paths = new Set<string>()
  http.addHook('onRoute', ({ url, websocket, wsHandler }) => {
    if (websocket || wsHandler) paths.add(url)
  })
  http.addHook('onRequest', async ({ raw, routeOptions }, reply) => {
    if (raw.headers.upgrade === undefined || paths.has(routeOptions.url ?? '')) return
    return notFound(reply, 'there is no WebSocket here')
  })
}

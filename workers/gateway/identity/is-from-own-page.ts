import type { FastifyRequest } from 'fastify'

/**
 * Whether a page of the gateway's own asks: browsers say it of every request that changes something and of every
 * WebSocket. A cookie alone proves nothing there, since other people's pages have the browser send it too.
 *
 * @param publicUrl how people reach the gateway, where that is not as it listens
 */
export function isFromOwnPage(request: FastifyRequest, publicUrl: string | undefined): boolean {
  const { origin } = request.headers
  return origin !== undefined && (origin === `${request.protocol}://${request.host}` || origin === publicUrl)
}

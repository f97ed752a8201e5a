import type { FastifyPluginAsync } from 'fastify'
import type { InspectorSide } from './routes.ts'

/** What a notifier answers: which conversations there are, and what went wrong. */
export function questionRoutes(_: InspectorSide): FastifyPluginAsync {
  return async () => {}
}

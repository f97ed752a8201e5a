import { createHash } from 'node:crypto'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { FastifyPluginAsync } from 'fastify'
import { type Page, sendFile } from '../http/pages.ts'
import { type DescriptionName, describe } from './descriptions.ts'

/** `GET /asyncapi.json` and `/openapi.json`, for any page. Each is made when it is first asked for. */
export const descriptionRoutes: FastifyPluginAsync = async (fastify) => {
  for (const name of ['asyncapi', 'openapi'] as const) {
    let file: ReturnType<typeof fileOf> | undefined
    fastify.get(`/${name}.json`, async (request, reply) => {
      file ??= fileOf(name)
      reply.headers({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'cache-control': 'no-cache',
        vary: 'accept-encoding',
      })
      return sendFile(file, request, reply)
    })
  }
}

function fileOf(name: DescriptionName): Omit<Page, 'path'> {
  const identity = Buffer.from(JSON.stringify(describe(name)))
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5 }
  return {
    contentType: 'application/json; charset=utf-8',
    hash: createHash('sha256').update(identity).digest('base64url').slice(0, 22),
    bodies: { br: brotliCompressSync(identity, { params }), gzip: gzipSync(identity), identity },
  }
}

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { existingBuild } from '../../workers/build/dist.mjs'
import { describe as describeAs } from '../../workers/gateway/description/descriptions.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { asyncApiDocument, openApiDocument } from '../description/validators.ts'
import { startTestWorld, type TestWorld } from '../engine/test-world.ts'
import { startTestGateway } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway
const routes: { method: string; path: string; isSocket: boolean }[] = []

/** Fastify tells of each of its servers before it has routes. */
function collectRoutes(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ method, url, websocket, wsHandler }) => {
    const isSocket = Boolean(websocket ?? wsHandler)
    for (const one of [method].flat()) routes.push({ method: one.toLowerCase(), path: url, isSocket })
  })
}

beforeAll(async () => {
  world = await startTestWorld()
  subscribe('fastify.initialization', collectRoutes)
  gateway = await startTestGateway(world)
  unsubscribe('fastify.initialization', collectRoutes)
})

afterAll(() => world?.stop())

const templated = (path: string) => path.replace(/:(\w+)/g, '{$1}').replace(/(?<=.)\/$/, '')

it('OpenAPI has every route but the pages, and no other', () => {
  const pages = new Set(existingBuild()?.pages.map(({ path }) => path))
  const served = routes
    .filter(({ method, path }) => method !== 'head' && !pages.has(path))
    .map(({ method, path }) => `${method} ${templated(path)}`)
  const described = Object.entries(openApiDocument().paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  expect(served.length).toBeGreaterThan(40)
  expect([...new Set(served)].sort()).toEqual(described.sort())
})

it('AsyncAPI has every WebSocket, and no other', () => {
  const served = routes.filter(({ isSocket, method }) => isSocket && method === 'get')
  const described = Object.values(asyncApiDocument().channels)
    .map(({ address }) => address)
    .filter((address) => address?.startsWith('/'))
  expect(served.map(({ path }) => templated(path).replace('{id}', '{conversation}')).sort()).toEqual(
    described.sort(),
  )
})

it.each(['asyncapi', 'openapi'] as const)('/%s.json is served to any page, compressed', async (name) => {
  const answer = await fetch(`${gateway.url}/${name}.json`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(describeAs(name))))
  const etag = answer.headers.get('etag') ?? ''
  const again = await fetch(answer.url, { headers: { 'if-none-match': etag } })
  expect(again.status).toBe(304)
})

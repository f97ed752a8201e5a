import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { languages } from '../../engine/texts/languages.ts'
import { upToDateBuild } from '../../workers/build/up-to-date-build.mjs'
import { servePages } from '../../workers/gateway/http/pages.ts'
import { httpServer } from '../../workers/gateway/http/server.ts'
import { stepFields } from '../../workers/pages/admin/bots/step-fields.ts'
import { roomy } from '../gateway/test-gateway.ts'

let http: FastifyInstance

beforeAll(async () => {
  http = await httpServer(roomy, pino({ level: 'silent' }))
  await http.register(servePages)
})

afterAll(() => http?.close())

const get = (url: string, headers: Record<string, string> = {}) => http.inject({ url, headers })

describe('a page', () => {
  test.each(['/', '/desk', '/admin', '/inspector', '/inspector/stately', '/reference', '/guide/bots'])(
    '%s may do nothing but talk to its gateway',
    async (path) => {
      const { statusCode, headers } = await get(path)
      expect(statusCode).toBe(200)
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['referrer-policy']).toBe('no-referrer')
    },
  )

  test('comes compressed as the browser likes it, and each form has a tag of its own', async () => {
    const [plain, gzip, brotli] = await Promise.all([
      get('/widget.js'),
      get('/widget.js', { 'accept-encoding': 'gzip, deflate' }),
      get('/widget.js', { 'accept-encoding': 'gzip, deflate, br, zstd' }),
    ])
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(brotli.headers['content-encoding']).toBe('br')
    expect(gunzipSync(gzip.rawPayload).toString()).toBe(plain.body)
    expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(plain.body)
    expect(new Set([plain, gzip, brotli].map(({ headers }) => headers.etag)).size).toBe(3)
  })

  // A schema compiles its check with `new Function`, which a page may not: only its types are for pages.
  test('no script has zod in it', async () => {
    const { pages } = await upToDateBuild(() => {})
    const scripts = pages.filter(({ contentType }) => contentType.startsWith('text/javascript'))
    expect(scripts.map(({ path }) => path)).toContain('/desk.js')
    const bodies = await Promise.all(scripts.map(async ({ path }) => [path, (await get(path)).body] as const))
    expect(bodies.filter(([, body]) => body.includes('_zod')).map(([path]) => path)).toEqual([])
  })

  test('/guide/bots is the guide of the README, with nothing of its Markdown', async () => {
    const { body } = await get('/guide/bots')
    expect(body).toContain('<h1>Bots as data</h1>')
    for (const type of Object.keys(stepFields)) expect(body).toContain(`<td><code>${type}</code></td>`)
    const text = body.replace(/<(code|pre)\b.*?<\/\1>/gs, '')
    expect(text).not.toMatch(/\*\*|`|\]\(|^#|^\|/m)
    expect(body).not.toMatch(/<(script|a|img)\b/)
  })

  test.each([
    ['/widget.js', 18_000],
    ['/widget/more.js', 7_000],
  ])('%s has less than %i bytes, gzipped, and is for any origin', async (path, limit) => {
    const { headers, rawPayload } = await get(path, { 'accept-encoding': 'gzip' })
    expect(rawPayload.length).toBeLessThan(limit)
    expect(headers['access-control-allow-origin']).toBe('*')
  })

  test.each(languages.filter((language) => language !== 'en'))(
    'the widget’s words in %s are a small file, for any origin, and kept for an hour',
    async (language) => {
      const { headers, rawPayload } = await get(`/widget/words/${language}.json`, {
        'accept-encoding': 'gzip',
      })
      expect(rawPayload.length).toBeLessThan(1_500)
      expect(headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'access-control-allow-origin': '*',
        'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
      })
      const { body: words } = await get(`/widget/words/${language}.json`)
      expect(JSON.parse(words)).toMatchObject({ language, fieldErrors: expect.any(Object) })
    },
  )

  test('that does not exist is a page for people, and JSON for programs', async () => {
    const page = await get('/desks', { accept: 'text/html,*/*;q=0.8' })
    expect(page.statusCode).toBe(404)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.body).toContain('href="./desk"')
    const deep = await get('/a/b/c?d=/', { accept: 'text/html' })
    expect(deep.body).toContain('href="./../../desk"')
    const answer = await get('/desks', { accept: '*/*' })
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_found'])
    expect((await get('/404')).statusCode).toBe(404)
  })

  test('that has not changed is not sent again', async () => {
    const { etag } = (await get('/widget.js')).headers
    const again = await get('/widget.js', { 'if-none-match': `W/"other", ${etag}` })
    expect(again.statusCode).toBe(304)
    expect(again.body).toBe('')
    expect((await get('/widget.js', { 'if-none-match': '"other"' })).statusCode).toBe(200)
  })

  test('of another origin may load the widget, and nothing else', async () => {
    expect((await get('/widget.js')).headers['cross-origin-resource-policy']).toBe('cross-origin')
    expect((await get('/desk.js')).headers['cross-origin-resource-policy']).toBe('same-origin')
    expect((await get('/desk.js')).headers['access-control-allow-origin']).toBeUndefined()
  })
})

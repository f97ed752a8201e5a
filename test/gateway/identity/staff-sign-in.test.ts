import { type AddressInfo, connect as connectTcp } from 'node:net'
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { isStaffRole } from '../../../schemas/roles.ts'
import {
  failedSignInsMax,
  failedSignInsPerAddressMax,
  SignInTries,
} from '../../../workers/gateway/http/sign-in-tries.ts'
import {
  type Identity,
  type IdentitySettings,
  startIdentity,
} from '../../../workers/gateway/identity/identity.ts'
import type { Principal } from '../../../workers/gateway/identity/principal.ts'
import { log, secretsWorld } from './secrets-world.ts'
import { secondsFromNow } from './sign-jwt.ts'
import { startTestProvider, type TestProvider } from './test-provider.ts'

const world = secretsWorld()
let company: TestProvider
beforeAll(async () => {
  company = await startTestProvider()
})
afterAll(() => company.stop())

interface TestGateway {
  http: FastifyInstance
  identity: Identity
}
const started: TestGateway[] = []
afterEach(async () => {
  for (const { http, identity } of started.splice(0)) {
    await http.close()
    identity.stop()
  }
})

/** The identity's routes, and one that says who asks: `/who?role=agent`, to be read, changed or upgraded. */
async function gateway(
  settings: Partial<IdentitySettings> & { trustProxy?: boolean } = {},
): Promise<TestGateway> {
  const { trustProxy = false, publicUrl, identityProvider, remoteSignIn = false } = settings
  const identity = await startIdentity(
    await world.connect(),
    { publicUrl, identityProvider, remoteSignIn },
    log,
  )
  const http = Fastify({ trustProxy })
  await http.register(identity.routes)
  http.route<{ Querystring: { role: string } }>({
    method: ['GET', 'PUT', 'POST', 'DELETE'],
    url: '/who',
    handler: async ({ query: { role } }, reply) => {
      const found = await identity.authenticate(reply.request, isStaffRole(role) ? role : 'agent')
      return reply.send(found.ok ? found.value : found.error)
    },
  })
  await http.ready()
  const made = { http, identity }
  started.push(made)
  return made
}

const ann: Principal = { role: 'agent', id: 'ann', name: 'Ann', workspaces: ['main'] }
const boss: Principal = { role: 'administrator', id: 'boss', name: 'Boss', workspaces: 'all' }
const local = { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' }
const outside = { remoteAddress: '203.0.113.7' }

const post = (to: TestGateway, body: object | string, headers: object = local, more: InjectOptions = {}) =>
  to.http.inject({
    method: 'POST',
    url: '/v1/sign-in',
    headers: { 'content-type': 'application/json', ...headers },
    payload: body,
    ...more,
  })

/** Signs somebody in by a code; says the cookie as a browser sends it. */
async function signedIn(to: TestGateway, principal = ann): Promise<string> {
  const answer = await post(to, { code: await to.identity.createCode(principal, 60) })
  expect(answer.statusCode).toBe(200)
  return cookieOf(answer.headers['set-cookie'])
}

/** Less those that are not. */
const given = (headers: object) =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))

const cookieOf = (header: unknown) =>
  [header]
    .flat()
    .map((cookie) => String(cookie).split(';')[0])
    .join('; ')

const who = async (to: TestGateway, headers: object, more: InjectOptions = {}, role = 'agent') =>
  (
    await to.http.inject({ url: `/who?role=${role}`, headers: given({ ...local, ...headers }), ...more })
  ).json()

describe('a one-time code', () => {
  it('signs in on this machine with a cookie that is HttpOnly and SameSite', async () => {
    const to = await gateway()
    const answer = await post(to, { code: await to.identity.createCode(ann, 60) })
    expect(answer.json()).toEqual({ id: 'ann', name: 'Ann', roles: ['agent'] })
    expect(answer.headers['cache-control']).toBe('no-store')
    const cookie = String(answer.headers['set-cookie'])
    expect(cookie).toMatch(
      /^frontdesk_agent=[^;]+; Max-Age=(43200|43199); Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(await who(to, { cookie: cookieOf(cookie) })).toMatchObject(ann)
  })

  it('of an administrator does not sign in as an agent, nor the reverse', async () => {
    const to = await gateway()
    const cookie = await signedIn(to, boss)
    expect(cookie).toMatch(/^frontdesk_administrator=/)
    expect(await who(to, { cookie }, {}, 'administrator')).toMatchObject(boss)
    expect(await who(to, { cookie })).toMatchObject({ code: 'sign_in_needed' })
    const renamed = cookie.replace('frontdesk_administrator', 'frontdesk_agent')
    expect(await who(to, { cookie: renamed })).toMatchObject({ code: 'sign_in_needed' })
  })

  it('signs in both roles in one browser, with separate cookies', async () => {
    const to = await gateway()
    const cookie = `${await signedIn(to)}; ${await signedIn(to, boss)}`
    expect(await who(to, { cookie })).toMatchObject(ann)
    expect(await who(to, { cookie }, {}, 'administrator')).toMatchObject(boss)
  })

  it('sets a cookie that every gateway accepts', async () => {
    const cookie = await signedIn(await gateway())
    expect(await who(await gateway(), { cookie })).toMatchObject(ann)
  })

  it.each([
    ['that nobody made', { code: 'nobody' }],
    ['that is empty', { code: '' }],
    ['that is no text', { code: 7 }],
    ['that is not there', {}],
    ['as a JWT, with no identity provider', { token: 'a.b.c' }],
    ['as a text', '"code"'],
  ])('is refused %s', async (_, body) => {
    const answer = await post(await gateway(), body)
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toEqual({ code: 'sign_in_refused', message: expect.any(String) })
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  it('is refused the second time', async () => {
    const to = await gateway()
    const code = await to.identity.createCode(ann, 60)
    expect((await post(to, { code })).statusCode).toBe(200)
    expect((await post(to, { code })).json()).toMatchObject({ code: 'sign_in_refused' })
  })
})

describe('a sign-in that fails', () => {
  it('is refused from the 21st in a minute on, of its address, with the time to wait', async () => {
    const to = await gateway()
    // A sign-in that succeeds is not counted.
    for (let n = 0; n < 3; n++) await signedIn(to)
    let failed = 0
    while ((await post(to, { code: `guess-${failed}` })).statusCode === 401) failed++
    // A slow machine may try one more every three seconds.
    expect(failed).toBeGreaterThanOrEqual(failedSignInsPerAddressMax)
    const code = await to.identity.createCode(ann, 60)
    const refused = await post(to, { code })
    expect(refused.statusCode).toBe(429)
    expect(refused.json()).toMatchObject({ code: 'too_many_sign_ins' })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(3)
    // Another address is not concerned.
    expect((await post(to, { code }, undefined, outside)).statusCode).toBe(401)
  })

  it('counts for the whole gateway, too', () => {
    const tries = new SignInTries()
    onTestFinished(() => tries.stop())
    const begun = Array.from({ length: failedSignInsMax + 1 }, (_, n) => tries.begin(`2001:db8:0:${n}`))
    expect(begun.slice(0, -1)).toEqual(Array(failedSignInsMax).fill(0))
    expect(begun.at(-1)).toBe(1)
    tries.giveBack('2001:db8:0:0')
    expect(tries.begin('192.0.2.1')).toBe(0)
  })
})

/** What looks like this machine and is not, or not only. */
const elsewhere: [string, object, InjectOptions][] = [
  ['another address', {}, outside],
  ['another address in IPv6', {}, { remoteAddress: '2001:db8::7' }],
  ['another address that begins like ours', {}, { remoteAddress: '127.0.0.1.example.com' }],
  [
    'a name that leads here (DNS rebinding)',
    { host: 'evil.example.com', origin: 'http://evil.example.com' },
    {},
  ],
  [
    'a name that begins like ours',
    { host: 'localhost.example.com', origin: 'http://localhost.example.com' },
    {},
  ],
  ['a proxy on this machine, by Forwarded', { forwarded: 'for=203.0.113.7' }, {}],
  ['a proxy on this machine, by X-Forwarded-For', { 'x-forwarded-for': '203.0.113.7' }, {}],
  ['a proxy on this machine, by X-Forwarded-For of this machine', { 'x-forwarded-for': '127.0.0.1' }, {}],
  ['a proxy on this machine, by X-Forwarded-Proto', { 'x-forwarded-proto': 'http' }, {}],
  ['a proxy on this machine, by X-Forwarded-Host', { 'x-forwarded-host': '127.0.0.1:8080' }, {}],
  ['a proxy on this machine, by X-Real-IP', { 'x-real-ip': '127.0.0.1' }, {}],
  ['a proxy on this machine, by Via', { via: '1.1 proxy' }, {}],
]

describe('from other machines, with remoteSignIn', () => {
  const bridge = { remoteAddress: '172.17.0.1' }
  const overHttps = { host: 'chat.example.com', origin: 'https://chat.example.com' }
  const proxied = { ...overHttps, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' }
  const publicUrl = 'https://chat.example.com'

  it.each<[string, Parameters<typeof gateway>[0], object]>([
    ['by a published port, as localhost', {}, { host: 'localhost:8080', origin: 'http://localhost:8080' }],
    ['by a published port, as 127.0.0.1', {}, local],
    ['over HTTPS, by the word of a trusted proxy', { trustProxy: true }, proxied],
    ['over HTTPS, by the public URL', { publicUrl }, overHttps],
  ])('a code signs in %s', async (_, settings, headers) => {
    const to = await gateway({ ...settings, remoteSignIn: true })
    const code = await to.identity.createCode(ann, 60)
    const answer = await post(to, { code }, headers, bridge)
    expect(answer.json()).toMatchObject({ id: 'ann' })
    const cookie = cookieOf(answer.headers['set-cookie'])
    expect(await who(to, { ...headers, cookie }, bridge)).toMatchObject(ann)
    expect((await post(to, { code }, headers, bridge)).json()).toMatchObject({ code: 'sign_in_refused' })
  })

  it.each<[string, Parameters<typeof gateway>[0], object]>([
    ['in the clear', {}, { host: 'chat.example.com', origin: 'http://chat.example.com' }],
    ['by a proxy that nobody trusts', {}, proxied],
    ['by a proxy without TLS', { trustProxy: true }, { ...local, 'x-forwarded-proto': 'http' }],
    [
      'by a proxy without TLS that names the gateway as it reaches it',
      { publicUrl: 'http://chat.example.com' },
      { ...local, origin: 'http://chat.example.com', 'x-forwarded-for': '203.0.113.7' },
    ],
  ])('a code, and a cookie, are refused %s', async (_, settings, headers) => {
    const to = await gateway({ ...settings, remoteSignIn: true })
    const code = await to.identity.createCode(ann, 60)
    const refused = await post(to, { code }, headers, bridge)
    expect([401, 403]).toContain(refused.statusCode)
    expect(refused.headers['set-cookie']).toBeUndefined()
    const cookie = cookieOf((await post(to, { code })).headers['set-cookie'])
    expect(await who(to, { ...headers, cookie }, bridge)).toMatchObject({ code: 'sign_in_needed' })
    expect(await who(to, { cookie })).toMatchObject(ann)
  })
})

describe('from this machine only, without an identity provider', () => {
  it.each(elsewhere)('a code is refused from %s, and stays unused', async (_, headers, more) => {
    for (const trustProxy of [false, true]) {
      const to = await gateway({ trustProxy })
      const code = await to.identity.createCode(ann, 60)
      const answer = await post(to, { code }, { ...local, ...headers }, more)
      expect([401, 403]).toContain(answer.statusCode)
      expect(answer.headers['set-cookie']).toBeUndefined()
      expect((await post(to, { code })).statusCode).toBe(200)
    }
  })

  it.each(elsewhere)('a cookie is refused from %s', async (_, headers, more) => {
    for (const trustProxy of [false, true]) {
      const to = await gateway({ trustProxy })
      const cookie = await signedIn(to)
      expect(await who(to, { cookie, ...headers }, more)).toMatchObject({ code: 'sign_in_needed' })
      expect(await who(to, { cookie })).toMatchObject(ann)
    }
  })

  it.each([
    ['127.0.0.1', 'localhost:8080'],
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '[::1]:8080'],
    ['::ffff:127.0.0.1', 'LOCALHOST:8080'],
  ])('%s as %s is this machine', async (remoteAddress, host) => {
    const to = await gateway()
    const code = await to.identity.createCode(ann, 60)
    const answer = await post(to, { code }, { host, origin: `http://${host}` }, { remoteAddress })
    expect(answer.statusCode).toBe(200)
  })

  it('applies to real connections', async () => {
    const to = await gateway()
    await to.http.listen({ host: '127.0.0.1', port: 0 })
    const { port } = to.http.server.address() as AddressInfo
    const signIn = (host: string, code: string) =>
      rawRequest(port, 'POST /v1/sign-in', { host, origin: `http://${host}` }, JSON.stringify({ code }))
    const code = await to.identity.createCode(ann, 60)
    expect(await signIn(`evil.example.com:${port}`, code)).toMatch(/^HTTP\/1.1 401 /)
    expect(await signIn(`127.0.0.1:${port}`, code)).toMatch(/^HTTP\/1.1 200 /)
  })

  it('applies to links even with an identity provider', async () => {
    const to = await gateway({ identityProvider: company.settings, publicUrl: 'https://chat.example.com' })
    const code = await to.identity.createCode(ann, 60)
    const headers = { host: 'chat.example.com', origin: 'https://chat.example.com' }
    expect((await post(to, { code }, headers, outside)).statusCode).toBe(401)
    const cookie = await signedIn(to)
    expect(await who(to, { cookie, ...headers }, outside)).toMatchObject({ code: 'sign_in_needed' })
  })
})

describe('with an identity provider', () => {
  const chat = { host: 'chat.example.com', origin: 'https://chat.example.com' }
  const settings = () => ({ identityProvider: company.settings, publicUrl: 'https://chat.example.com' })

  it('people sign in from anywhere, in all their roles, with secure cookies', async () => {
    const to = await gateway(settings())
    const token = await company.sign({
      name: 'Ann',
      roles: ['agent', 'administrator'],
      workspaces: ['sales'],
    })
    const answer = await post(to, { token }, chat, outside)
    expect(answer.json()).toEqual({ id: 'u-7', name: 'Ann', roles: ['agent', 'administrator'] })
    const cookies = [answer.headers['set-cookie']].flat().map(String)
    expect(cookies).toHaveLength(2)
    for (const cookie of cookies)
      expect(cookie).toMatch(/^__Host-frontdesk_\w+=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
    const headers = { ...chat, cookie: cookieOf(cookies) }
    for (const role of ['agent', 'administrator'])
      expect(await who(to, headers, outside, role)).toMatchObject({ role, id: 'u-7', workspaces: ['sales'] })
  })

  it('a sign-in lasts as long as the token, and 12 hours at most', async () => {
    const to = await gateway(settings())
    const maxAge = async (exp: number) => {
      const answer = await post(to, { token: await company.sign({ roles: 'agent', exp }) }, chat, outside)
      return Number(/Max-Age=(\d+)/.exec(String(answer.headers['set-cookie']))?.[1])
    }
    expect(await maxAge(secondsFromNow(100))).toBeLessThanOrEqual(100)
    expect(await maxAge(secondsFromNow(86_400))).toBeLessThanOrEqual(43_200)
    expect(await maxAge(secondsFromNow(86_400))).toBeGreaterThan(43_100)
  })

  it('a cookie expires with its token', async () => {
    const to = await gateway(settings())
    const answer = await post(
      to,
      { token: await company.sign({ roles: 'agent', exp: secondsFromNow(-30) }) },
      chat,
    )
    // Within the minute that clocks may differ, but no time is left for a cookie.
    expect(String(answer.headers['set-cookie'])).toContain('Max-Age=0;')
    const cookie = cookieOf(answer.headers['set-cookie'])
    expect(await who(to, { ...chat, cookie })).toMatchObject({ code: 'sign_in_needed' })
  })

  it.each([
    ['without a role', { roles: [] }],
    ['for another audience', { roles: 'agent', aud: 'x' }],
    ['that has expired', { roles: 'agent', exp: secondsFromNow(-70) }],
  ])('a token %s is refused with a message', async (_, claims) => {
    const to = await gateway(settings())
    const answer = await post(to, { token: await company.sign(claims) }, chat, outside)
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toEqual({ code: 'sign_in_refused', message: expect.any(String) })
  })

  it('more workspaces than fit into a cookie are refused, not dropped', async () => {
    const to = await gateway(settings())
    const workspaces = Array.from({ length: 80 }, (_, i) => `workspace-${i}`.padEnd(64, 'x'))
    const token = await company.sign({ roles: 'agent', workspaces })
    expect((await post(to, { token }, chat)).json()).toMatchObject({ code: 'sign_in_refused' })
    expect(await who(to, { authorization: `Bearer ${token}` })).toMatchObject({ workspaces })
  })

  it('a cookie is refused after the identity provider was changed', async () => {
    const token = await company.sign({ roles: 'agent' })
    const cookie = cookieOf((await post(await gateway(settings()), { token }, chat)).headers['set-cookie'])
    expect(await who(await gateway(), { cookie })).toMatchObject({ code: 'sign_in_needed' })
    const other = { ...company.settings, issuer: 'https://other.example.com/' }
    expect(await who(await gateway({ identityProvider: other }), { cookie })).toMatchObject({
      code: 'sign_in_needed',
    })
  })
})

describe('Authorization: Bearer', () => {
  const bearer = async (claims: object) => ({
    authorization: `Bearer ${await company.sign(claims as never)}`,
  })

  it('authenticates a single request, from anywhere and any origin', async () => {
    const to = await gateway({ identityProvider: company.settings })
    const headers = {
      ...(await bearer({ roles: ['agent'], name: 'Ann' })),
      origin: 'https://elsewhere.example.com',
    }
    for (const more of [{ method: 'PUT' }, { headers: { upgrade: 'websocket' } }] as InjectOptions[])
      expect(
        await who(to, { ...headers, ...more.headers }, { ...outside, method: more.method ?? 'GET' }),
      ).toMatchObject({ id: 'u-7', name: 'Ann' })
  })

  it('is refused for a role that its owner does not have', async () => {
    const to = await gateway({ identityProvider: company.settings })
    expect(await who(to, await bearer({ roles: ['agent'] }), {}, 'administrator')).toMatchObject({
      code: 'not_allowed',
    })
  })

  it('is refused without an identity provider, even from this machine', async () => {
    expect(await who(await gateway(), await bearer({ roles: ['agent'] }))).toMatchObject({
      code: 'sign_in_needed',
    })
  })

  it('that is invalid is refused, even beside a valid cookie', async () => {
    const to = await gateway({ identityProvider: company.settings })
    const cookie = await signedIn(to)
    expect(await who(to, { cookie, authorization: 'Bearer a.b.c' })).toMatchObject({ code: 'sign_in_needed' })
  })

  it('is refused with a cookie’s value, a session token or a customer’s login', async () => {
    const to = await gateway({ identityProvider: company.settings })
    const cookie = (await signedIn(to)).replace('frontdesk_agent=', '')
    const session = await to.identity.issueSession({ conversation: 'c1', channel: 'web', customer: null })
    for (const token of [cookie, session])
      expect(await who(to, { authorization: `Bearer ${token}` })).toMatchObject({ code: 'sign_in_needed' })
    expect(await who(to, { cookie: `frontdesk_agent=${session}` })).toMatchObject({ code: 'sign_in_needed' })
    expect(await to.identity.readSession(cookie)).toBeNull()
    expect(await to.identity.verifyLogin(cookie)).toMatchObject({ error: { code: 'login_unknown_key' } })
  })
})

describe('pages of foreign origins', () => {
  const foreign: [string, string | undefined][] = [
    ['another site', 'https://evil.example.com'],
    ['another port of this machine', 'http://127.0.0.1:3000'],
    ['another name of this machine', 'http://localhost:8080'],
    ['the same host by another scheme', 'https://127.0.0.1:8080'],
    ['a page without an origin of its own', 'null'],
    ['whoever does not say', undefined],
  ]

  it.each(foreign)('cannot change anything with the cookie: %s', async (_, origin) => {
    const to = await gateway()
    const cookie = await signedIn(to)
    for (const method of ['PUT', 'POST', 'DELETE'] as const)
      expect(await who(to, { cookie, origin }, { method })).toMatchObject({ code: 'origin_refused' })
  })

  it.each(foreign)('cannot open a WebSocket with the cookie: %s', async (_, origin) => {
    const to = await gateway()
    const cookie = await signedIn(to)
    expect(await who(to, { cookie, origin, upgrade: 'websocket' })).toMatchObject({ code: 'origin_refused' })
  })

  it.each(foreign)('cannot sign anybody in or out: %s', async (_, origin) => {
    const to = await gateway()
    const headers = given({ host: local.host, origin })
    const code = await to.identity.createCode(ann, 60)
    expect((await post(to, { code }, headers)).statusCode).toBe(403)
    const out = await to.http.inject({ method: 'POST', url: '/v1/sign-out', headers })
    expect(out.statusCode).toBe(403)
    expect(out.headers['set-cookie']).toBeUndefined()
  })

  it('differ from own pages, which may, under the requested host name or the public one', async () => {
    const to = await gateway({ publicUrl: 'https://chat.example.com/support' })
    const cookie = await signedIn(to)
    for (const origin of ['http://127.0.0.1:8080', 'https://chat.example.com'])
      expect(await who(to, { cookie, origin }, { method: 'PUT' })).toMatchObject(ann)
  })

  it('are told from own pages by the proxy’s forwarded host name', async () => {
    const to = await gateway({ identityProvider: company.settings, trustProxy: true })
    const token = await company.sign({ roles: 'agent' })
    const headers = {
      host: '127.0.0.1:8080',
      origin: 'https://chat.example.com',
      'x-forwarded-host': 'chat.example.com',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.7',
    }
    expect((await post(to, { token }, headers)).statusCode).toBe(200)
    const trusting = await gateway({ identityProvider: company.settings })
    expect((await post(trusting, { token }, headers)).statusCode).toBe(403)
  })
})

describe('a cookie', () => {
  it.each([
    [
      'changed',
      (cookie: string) =>
        cookie.replace(/\.(.)([^.]*)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`),
    ],
    ['cut', (cookie: string) => cookie.slice(0, -8)],
    ['empty', () => 'frontdesk_agent='],
    ['not a token', () => 'frontdesk_agent=ann'],
    ['of another name', (cookie: string) => cookie.replace('frontdesk_agent', 'frontdesk_agents')],
  ])('that is %s is refused', async (_, change) => {
    const to = await gateway()
    const cookie = change(await signedIn(to))
    expect(await who(to, { cookie })).toMatchObject({ code: 'sign_in_needed' })
  })

  it('is removed by signing out', async () => {
    const to = await gateway()
    const answer = await to.http.inject({ method: 'POST', url: '/v1/sign-out', headers: local })
    expect(answer.statusCode).toBe(204)
    expect(answer.headers['set-cookie']).toEqual([
      'frontdesk_agent=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
      'frontdesk_administrator=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
      'frontdesk_engineer=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ])
  })

  it('is secure where the proxy says that the page is, without a public URL, and on no plain page', async () => {
    const to = await gateway({ identityProvider: company.settings, trustProxy: true })
    const token = await company.sign({ roles: ['agent'] })
    const host = { host: 'chat.example.com' }
    const proxied = { ...host, origin: 'https://chat.example.com', 'x-forwarded-proto': 'https' }
    const secure = String((await post(to, { token }, proxied, outside)).headers['set-cookie'])
    expect(secure).toMatch(/^__Host-frontdesk_agent=.*; Secure;/)
    const plain = { ...host, origin: 'http://chat.example.com' }
    const planted = String((await post(to, { token }, plain, outside)).headers['set-cookie'])
    expect(planted).toMatch(/^frontdesk_agent=/)
    expect(planted).not.toContain('Secure')
    // A cookie that a plain page, or another host of the domain, plants does not count beside it.
    const cookie = `frontdesk_agent=planted; ${cookieOf(secure)}`
    expect(await who(to, { ...proxied, cookie }, outside)).toMatchObject({ id: 'u-7' })
    expect(await who(to, { ...proxied, cookie: cookieOf(planted) }, outside)).toMatchObject({
      code: 'sign_in_needed',
    })
  })

  it('lets a page read who is signed in', async () => {
    const to = await gateway()
    const me = (headers: object, role = 'agent') =>
      to.http.inject({ url: `/v1/me?role=${role}`, headers: { host: local.host, ...headers } })
    const cookie = await signedIn(to)
    expect((await me({ cookie })).json()).toEqual({
      id: 'ann',
      name: 'Ann',
      roles: ['agent'],
      workspaces: ['main'],
    })
    expect((await me({})).statusCode).toBe(401)
    expect((await me({})).json()).toEqual({ code: 'sign_in_needed', message: expect.any(String) })
    expect((await me({ cookie }, 'administrator')).statusCode).toBe(401)
    expect((await me({ cookie }, 'king')).statusCode).toBe(400)
    const all = (headers: object) =>
      to.http.inject({ url: '/v1/me', headers: { host: local.host, ...headers } })
    expect((await all({ cookie })).json()).toEqual({ signedIn: [{ role: 'agent', name: 'Ann' }] })
    expect((await all({})).json()).toEqual({ signedIn: [] })
  })
})

/** A request as it stands, whatever a client library would make of its Host. */
function rawRequest(
  port: number,
  line: string,
  headers: Record<string, string>,
  body: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const all = {
      ...headers,
      'content-type': 'application/json',
      'content-length': `${body.length}`,
      connection: 'close',
    }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
    let answer = ''
    const socket = connectTcp(port, '127.0.0.1', () =>
      socket.write(`${[`${line} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body}`),
    )
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}

import { UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IdentityProvider } from '../../../workers/gateway/identity/identity-provider.ts'
import type { ProviderSettings } from '../../../workers/settings/gateway.ts'
import { log } from './secrets-world.ts'
import { secondsFromNow, signJwt } from './sign-jwt.ts'
import { startTestProvider, type TestProvider } from './test-provider.ts'

let company: TestProvider
let provider: IdentityProvider
beforeAll(async () => {
  company = await startTestProvider()
  provider = new IdentityProvider(company.settings, log)
})
afterAll(() => company.stop())

const agent = { name: 'Ann', roles: ['agent'] }
const with_ = (settings: Partial<ProviderSettings>) =>
  new IdentityProvider({ ...company.settings, ...settings }, log)
/** The person, or why the token is refused. */
const verifyToken = async (jwt: string, by = provider) => {
  const verified = await by.verify(jwt)
  return verified.ok ? verified.value : verified.error.message
}
const verify = async (claims: object, by = provider) => verifyToken(await company.sign(claims as never), by)

describe('a token of the identity provider is accepted', () => {
  it('with name, roles and expiry', async () => {
    const exp = secondsFromNow(600)
    expect(await verify({ ...agent, exp })).toEqual({
      id: 'u-7',
      name: 'Ann',
      roles: ['agent'],
      workspaces: ['main'],
      expiresAt: exp * 1000,
    })
  })

  it('with an expiry that has a fraction of a second, as RFC 7519 allows', async () => {
    const exp = secondsFromNow(600) + 0.123_456
    expect(await verify({ ...agent, exp })).toMatchObject({ expiresAt: Math.floor(exp * 1000) })
  })

  it.each(['PS256', 'ES256', 'ES384', 'EdDSA'])('signed with %s', async (alg) => {
    const kid = await company.addKey(alg)
    // A fetch for this: the keys are new.
    const fresh = with_({})
    expect(await verifyToken(await company.sign(agent, { kid }), fresh)).toMatchObject({ id: 'u-7' })
    company.removeKey(kid)
  })

  it('with all roles', async () => {
    expect(await verify({ roles: ['engineer', 'administrator', 'x', 'agent'] })).toMatchObject({
      roles: ['agent', 'administrator', 'engineer'],
    })
  })

  it('with the first name present: preferred_username, e-mail, subject', async () => {
    const roles = 'agent'
    expect(await verify({ roles, preferred_username: 'ann', email: 'ann@example.com' })).toMatchObject({
      name: 'ann',
    })
    expect(await verify({ roles, name: '', email: 'ann@example.com' })).toMatchObject({
      name: 'ann@example.com',
    })
    expect(await verify({ roles, name: 'x'.repeat(256) })).toMatchObject({ name: 'u-7' })
  })

  it('with role names of the company’s own, nested in objects', async () => {
    const keycloak = with_({
      rolesClaim: 'realm_access.roles',
      roleNames: { agent: 'Support', administrator: 'Boss', engineer: 'engineer' },
    })
    expect(await verify({ realm_access: { roles: ['Support'] } }, keycloak)).toMatchObject({
      roles: ['agent'],
    })
    expect(await verify({ realm_access: { roles: ['agent'] } }, keycloak)).toContain('realm_access.roles')
  })

  it('with a claim whose name is a URL', async () => {
    const auth0 = with_({ rolesClaim: 'https://example.com/roles' })
    expect(await verify({ 'https://example.com/roles': ['agent'] }, auth0)).toMatchObject({
      roles: ['agent'],
    })
  })

  it.each([
    [
      ['sales', 'support'],
      ['sales', 'support'],
    ],
    ['sales', ['sales']],
    ['all', 'all'],
    [[], []],
  ])('with the workspaces %j', async (workspaces, read) => {
    expect(await verify({ ...agent, workspaces })).toMatchObject({ workspaces: read })
  })
})

describe('a token of the identity provider is refused', () => {
  it('of another issuer', async () => {
    expect(await verify({ ...agent, iss: 'https://elsewhere.example.com/' })).toContain('iss')
  })

  it('for another audience', async () => {
    expect(await verify({ ...agent, aud: 'another-app' })).toContain('aud')
  })

  it.each(['iss', 'aud', 'sub', 'exp'])('without %s', async (claim) => {
    expect(await verify({ ...agent, [claim]: undefined })).toContain(claim)
  })

  it('more than a minute after it has expired', async () => {
    expect(await verify({ ...agent, exp: secondsFromNow(-70) })).toBe('the token has expired')
    expect(await verify({ ...agent, exp: secondsFromNow(-50) })).toMatchObject({ id: 'u-7' })
  })

  it('before it is valid', async () => {
    expect(await verify({ ...agent, nbf: secondsFromNow(70) })).toContain('nbf')
  })

  it.each([
    ['no roles', {}],
    ['no role of ours', { roles: ['user'] }],
    ['a role as part of a text', { roles: 'agent administrator' }],
    ['roles that are an object', { roles: { agent: true } }],
    ['roles of a prototype', { roles: null, constructor: undefined }],
  ])('with %s', async (_, claims) => {
    expect(await verify(claims)).toContain(
      'roles has none of frontdesk’s roles: agent, administrator, engineer',
    )
  })

  it.each([7, null, { main: true }, ['main', 7], 'a.b', ['*']])(
    'with the workspaces %j',
    async (workspaces) => {
      expect(await verify({ ...agent, workspaces })).toContain('workspaces is neither')
    },
  )

  it.each(['', ' ', 'x'.repeat(256)])('with the invalid subject %j', async (sub) => {
    expect(await verify({ ...agent, sub })).toContain('sub is not')
  })

  it('with alg none', async () => {
    const claims = {
      ...agent,
      iss: company.settings.issuer,
      aud: 'frontdesk',
      sub: 'u-7',
      exp: secondsFromNow(60),
    }
    expect(await verifyToken(new UnsecuredJWT(claims).encode())).toContain('alg')
    expect(await verifyToken(signJwt({ alg: 'none', kid: 'key-1' }, claims, () => ''))).toContain('alg')
  })

  it('signed with HMAC and the public key as the secret', async () => {
    const claims = {
      ...agent,
      iss: company.settings.issuer,
      aud: 'frontdesk',
      sub: 'u-7',
      exp: secondsFromNow(60),
    }
    const token = signJwt({ alg: 'HS256', kid: 'key-1' }, claims, company.publicText('key-1'))
    expect(await verifyToken(token)).toContain('alg')
  })

  it('signed with a foreign key, under a known kid or embedded in the token', async () => {
    const stranger = await startTestProvider()
    const same = { iss: company.settings.issuer, aud: 'frontdesk', ...agent }
    expect(await verifyToken(await stranger.sign(same, { kid: 'key-1' }))).toContain('signature')
    await stranger.stop()
  })

  it('with an unknown kid, without fetching the keys for each such token', async () => {
    const stranger = await startTestProvider()
    const kid = await stranger.addKey('ES256')
    const token = await stranger.sign({ iss: company.settings.issuer, ...agent }, { kid })
    expect(await verifyToken(token)).toContain('no key of this kid')
    const before = company.fetches()
    for (let i = 0; i < 20; i++) await provider.verify(token)
    expect(company.fetches()).toBe(before)
    await stranger.stop()
  })

  it.each(['', 'garbage', 'a.b.c', 'x'.repeat(20_000)])('that is not a JWT', async (token) => {
    expect(await verifyToken(token)).toMatch(/not a JWT|more than/)
  })
})

describe('the identity provider’s keys', () => {
  it('can be rotated: a new key is fetched, an old one is refused', async () => {
    // Without the pause between fetches, which the test before is about.
    const patient = new IdentityProvider(company.settings, log, 0)
    expect(await verifyToken(await company.sign(agent), patient)).toMatchObject({ id: 'u-7' })
    const kid = await company.addKey()
    const old = await company.sign(agent, { kid: 'key-1' })
    expect(await verifyToken(await company.sign(agent, { kid }), patient)).toMatchObject({ id: 'u-7' })
    company.removeKey('key-1')
    const other = await company.addKey()
    expect(await verifyToken(await company.sign(agent, { kid: other }), patient)).toMatchObject({ id: 'u-7' })
    expect(await verifyToken(old, patient)).toContain('no key of this kid')
  })

  it('that cannot be fetched sign nobody in until they can', async () => {
    const fresh = with_({})
    company.fail(true)
    expect(await verify(agent, fresh)).toContain('cannot be fetched')
    company.fail(false)
    expect(await verify(agent, fresh)).toMatchObject({ id: 'u-7' })
  })

  it('sign nobody in if their host does not answer', async () => {
    const nowhere = with_({ jwksUrl: 'http://127.0.0.1:9/jwks' })
    expect(await verify(agent, nowhere)).toContain('cannot be fetched')
  })
})

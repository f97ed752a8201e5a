import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { CustomerKeys } from '../../../workers/gateway/identity/customer-keys.ts'
import { verifyLogin } from '../../../workers/gateway/identity/customer-login.ts'
import { log, secretsWorld } from './secrets-world.ts'
import { secondsFromNow, signJwt } from './sign-jwt.ts'

const world = secretsWorld()
let keys: CustomerKeys
let kid: string
let secret: string
beforeAll(async () => {
  keys = await CustomerKeys.open(await world.bucket(), log)
  ;({ kid, secret } = await keys.create('Web shop'))
})

/** The customer, or why the login is refused. */
const login = async (token: string) => {
  const verified = await verifyLogin(token, (id) => keys.secretOf(id))
  return verified.ok ? verified.value.customer : verified.error
}
const anyValue = fc.oneof(fc.jsonValue(), fc.constantFrom('user', 'u-1', 'Ann', 'ann@example.com'))
const anyClaims = {
  scope: fc.oneof(fc.constant('user'), anyValue),
  external_id: anyValue,
  name: anyValue,
  email: anyValue,
  email_verified: anyValue,
  exp: fc.oneof(fc.constant(2 ** 40), anyValue),
}
const user = { external_id: 'u-1', scope: 'user' }
const ofClaims = (claims: unknown) => login(signJwt({ alg: 'HS256', kid }, claims, secret))
const ofHeader = (header: object) => login(signJwt({ alg: 'HS256', kid, ...header }, user, secret))
const codeOf = async (result: ReturnType<typeof login>) => {
  const answer = await result
  return 'code' in answer ? answer.code : answer
}

describe('a customer’s login token is accepted', () => {
  it('made by a JWT library with the secret as displayed', async () => {
    const token = await new SignJWT({ ...user, name: 'José Núñez', email: 'jose@example.com' })
      .setProtectedHeader({ alg: 'HS256', kid, typ: 'JWT' })
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(secret))
    expect(await login(token)).toEqual({ externalId: 'u-1', name: 'José Núñez', email: 'jose@example.com' })
  })

  it('with the required claims only', async () => {
    expect(await ofClaims(user)).toEqual({ externalId: 'u-1' })
  })

  it('with all known claims; others that are short are attributes', async () => {
    const claims = { ...user, name: 'Ann', email: 'ann@example.com', email_verified: true }
    const others = {
      plan: 'gold',
      seats: 3,
      beta: false,
      roles: ['a'],
      long: 'x'.repeat(256),
      'a b': 1,
      jti: 'j',
    }
    expect(await ofClaims({ ...claims, ...others })).toEqual({
      attributes: { plan: 'gold', seats: 3, beta: false },
      externalId: 'u-1',
      name: 'Ann',
      email: 'ann@example.com',
      emailVerified: true,
    })
  })

  it('with lengths counted in code points, not UTF-16 units', async () => {
    const externalId = '😀'.repeat(255)
    expect(await ofClaims({ ...user, external_id: externalId, name: '😀'.repeat(255) })).toEqual({
      externalId,
      name: '😀'.repeat(255),
    })
  })

  it('signed with any of several keys', async () => {
    const other = await keys.create('Mobile app')
    const token = signJwt({ alg: 'HS256', kid: other.kid }, user, other.secret)
    expect(await login(token)).toEqual({ externalId: 'u-1' })
  })

  it('up to a minute before it is valid and after it expires, since clocks differ', async () => {
    expect(await ofClaims({ ...user, exp: secondsFromNow(-50), nbf: secondsFromNow(50) })).toEqual({
      externalId: 'u-1',
    })
  })
})

describe('a claim that a form would refuse is dropped, and the customer is asked for it', () => {
  it.each([
    'josé@example.com',
    'user@münchen.de',
    'not an address',
    'a@example.com\r\nBcc: b@example.com',
    '',
  ])('an address such as %j, with its verification', async (email) => {
    expect(await ofClaims({ ...user, email, email_verified: true })).toEqual({ externalId: 'u-1' })
  })

  it.each(['Ann\r\nBcc: b@example.com', '  '])('a name such as %j', async (name) => {
    expect(await ofClaims({ ...user, name })).toEqual({ externalId: 'u-1' })
  })

  it('but surrounding white space is only trimmed', async () => {
    expect(await ofClaims({ ...user, name: ' Ann ', email: ' ann@example.com ' })).toEqual({
      externalId: 'u-1',
      name: 'Ann',
      email: 'ann@example.com',
    })
  })
})

describe('any input', () => {
  it('is answered with a code, never with an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (token) => {
        expect(await login(token)).toMatchObject({ code: 'login_malformed' })
      }),
    )
  })

  it('a token changed at any position is refused, or means the same', async () => {
    const customer = { externalId: 'u-1', name: 'Ann' }
    const token = signJwt({ alg: 'HS256', kid }, { ...user, name: 'Ann' }, secret)
    const place = fc.nat({ max: token.length - 1 })
    await fc.assert(
      fc.asyncProperty(place, fc.string({ maxLength: 2 }), async (at, instead) => {
        const answer = await login(token.slice(0, at) + instead + token.slice(at + 1))
        if (!('code' in answer)) expect(answer).toEqual(customer)
      }),
      { numRuns: 500 },
    )
  })

  it('claims of any shape are refused or accepted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ ...anyClaims }, { requiredKeys: [] }), async (claims) => {
        const answer = await ofClaims(claims)
        if ('code' in answer) return
        expect(claims).toMatchObject({ scope: 'user', external_id: answer.externalId })
      }),
      { numRuns: 500 },
    )
  })
})

describe('login_malformed', () => {
  it.each(['', '.', '..', 'garbage', 'a.b.c', 'e30.e30.', '{}', '\u0000', '💥.💥.💥'])(
    'refuses %j',
    async (token) => {
      expect(await codeOf(login(token))).toBe('login_malformed')
    },
  )

  it('refuses a token without a kid', async () => {
    expect(await codeOf(login(signJwt({ alg: 'HS256' }, user, secret)))).toBe('login_malformed')
  })

  it.each([{ kid: 1 }, { kid: null }, { kid: ['a'] }, { kid: {} }])(
    'refuses the header %j',
    async (header) => {
      expect(await codeOf(ofHeader(header))).toBe('login_malformed')
    },
  )

  it('refuses a token that is too long before parsing it', async () => {
    expect(await codeOf(ofClaims({ ...user, filler: 'x'.repeat(8_192) }))).toBe('login_malformed')
  })

  it.each(['no JSON', '[]', '"text"', 'null', '7'])('refuses signed claims that are %s', async (claims) => {
    expect(await codeOf(ofClaims(claims))).toBe('login_malformed')
  })

  it('refuses an unknown critical header', async () => {
    expect(await codeOf(ofHeader({ crit: ['b64'], b64: false }))).toBe('login_malformed')
    expect(await codeOf(ofHeader({ crit: ['x'], x: 1 }))).toBe('login_malformed')
  })

  it('refuses a token with an extra part', async () => {
    const token = signJwt({ alg: 'HS256', kid }, user, secret)
    expect(await codeOf(login(`${token}.${token}`))).toBe('login_malformed')
  })
})

describe('login_algorithm', () => {
  it('refuses alg none, in any letter case', async () => {
    const unsecured = new UnsecuredJWT(user).encode()
    expect(await codeOf(login(unsecured))).toBe('login_malformed')
    for (const alg of ['none', 'None', 'NONE', 'nOnE'])
      expect(await codeOf(login(signJwt({ alg, kid }, user, () => '')))).toBe('login_algorithm')
  })

  it('refuses a missing alg', async () => {
    expect(await codeOf(ofHeader({ alg: undefined }))).toBe('login_algorithm')
  })

  it.each(['HS384', 'HS512', 'hs256', 'RS256', 'ES256', 'EdDSA', 'A256KW'])(
    'refuses %s with the kid of our key',
    async (alg) => {
      expect(await codeOf(ofHeader({ alg }))).toBe('login_algorithm')
    },
  )

  it('refuses an asymmetric signature by a key embedded in the token', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const header = { alg: 'ES256', kid, jwk: publicKey.export({ format: 'jwk' }) }
    const token = signJwt(header, user, (input) =>
      sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString(
        'base64url',
      ),
    )
    expect(await codeOf(login(token))).toBe('login_algorithm')
  })
})

describe('login_unknown_key', () => {
  it.each(['nobody', '', '__proto__', 'constructor', '*', '../signing.1', '1'])(
    'refuses the kid %j',
    async (id) => {
      expect(await codeOf(login(signJwt({ alg: 'HS256', kid: id }, user, secret)))).toBe('login_unknown_key')
    },
  )

  it('refuses a key as soon as it is revoked', async () => {
    const other = await keys.create('For a moment')
    const token = signJwt({ alg: 'HS256', kid: other.kid }, user, other.secret)
    expect(await login(token)).toEqual({ externalId: 'u-1' })
    await keys.revoke(other.kid)
    expect(await codeOf(login(token))).toBe('login_unknown_key')
  })
})

describe('login_signature', () => {
  it('refuses a wrong secret, an empty one and another key’s', async () => {
    const other = await keys.create('Other')
    for (const wrong of ['x', '', other.secret, Buffer.from(secret, 'base64url').toString('latin1')])
      expect(await codeOf(login(signJwt({ alg: 'HS256', kid }, user, wrong)))).toBe('login_signature')
  })

  it('refuses a key embedded in the token', async () => {
    const k = Buffer.from('mine').toString('base64url')
    const header = { alg: 'HS256', kid, jwk: { kty: 'oct', k }, jku: 'https://example.com' }
    expect(await codeOf(login(signJwt(header, user, 'mine')))).toBe('login_signature')
  })

  it('refuses changed claims and a truncated signature', async () => {
    const [head, , signature] = signJwt({ alg: 'HS256', kid }, user, secret).split('.') as [
      string,
      string,
      string,
    ]
    const claims = Buffer.from(JSON.stringify({ ...user, external_id: 'u-2' })).toString('base64url')
    expect(await codeOf(login(`${head}.${claims}.${signature}`))).toBe('login_signature')
    expect(await codeOf(login(`${head}.${claims}.${signature.slice(0, -4)}`))).toBe('login_signature')
    expect(await codeOf(login(`${head}.${claims}.`))).toBe('login_signature')
  })

  it('reveals nothing about the claims of an unsigned token', async () => {
    const wrong = { external_id: 7, scope: 'admin', exp: 1, name: {} }
    expect(await codeOf(login(signJwt({ alg: 'HS256', kid }, wrong, 'wrong')))).toBe('login_signature')
    expect(await codeOf(login(signJwt({ alg: 'HS256', kid }, 'no JSON', 'wrong')))).toBe('login_signature')
  })
})

describe('login_expired', () => {
  it('refuses a token that expired more than a minute ago', async () => {
    expect(await codeOf(ofClaims({ ...user, exp: secondsFromNow(-70) }))).toBe('login_expired')
    expect(await codeOf(ofClaims({ ...user, exp: 0 }))).toBe('login_expired')
  })

  it('refuses a token that becomes valid in more than a minute', async () => {
    expect(await codeOf(ofClaims({ ...user, nbf: secondsFromNow(70) }))).toBe('login_expired')
  })
})

describe('login_scope', () => {
  it.each([
    { scope: undefined },
    { scope: null },
    { scope: 'admin' },
    { scope: 'User' },
    { scope: 'user admin' },
    { scope: ['user'] },
    { scope: true },
    { scope: '' },
  ])('refuses %j', async (wrong) => {
    expect(await codeOf(ofClaims({ ...user, ...wrong }))).toBe('login_scope')
  })
})

describe('login_external_id', () => {
  it.each([
    ['none', undefined],
    ['null', null],
    ['a number', 7],
    ['true', true],
    ['a list', ['u-1']],
    ['an object', { id: 'u-1' }],
    ['an empty text', ''],
    ['256 letters', 'x'.repeat(256)],
    ['256 emoji', '😀'.repeat(256)],
  ])('refuses %s', async (_, given) => {
    expect(await codeOf(ofClaims({ ...user, external_id: given }))).toBe('login_external_id')
  })

  it('refuses a lone surrogate: all of them would become the same id', async () => {
    expect(await codeOf(ofClaims('{"scope":"user","external_id":"u\\ud800"}'))).toBe('login_external_id')
  })
})

describe('login_claims', () => {
  it.each([
    ['a name that is a number', { name: 7 }],
    ['a name that is null', { name: null }],
    ['a name that is a list', { name: ['Ann'] }],
    ['a name of 256 letters', { name: 'x'.repeat(256) }],
    ['an address that is a number', { email: 7 }],
    ['an address that is null', { email: null }],
    ['an address of 255 letters', { email: `${'x'.repeat(251)}@b.c` }],
    ['email_verified as a text', { email_verified: 'true' }],
    ['email_verified as a number', { email_verified: 1 }],
    ['email_verified as null', { email_verified: null }],
    ['an exp that is a date', { exp: '2030-01-01' }],
    ['an exp that is null', { exp: null }],
    ['an nbf that is a text', { nbf: 'now' }],
  ])('refuses %s', async (_, wrong) => {
    expect(await codeOf(ofClaims({ ...user, ...wrong }))).toBe('login_claims')
  })
})

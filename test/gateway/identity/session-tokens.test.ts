import { createHmac } from 'node:crypto'
import { decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Bucket } from '../../../engine/nats/bucket.ts'
import { connectNats } from '../../../engine/nats/connect.ts'
import { CustomerKeys } from '../../../workers/gateway/identity/customer-keys.ts'
import { SessionTokens } from '../../../workers/gateway/identity/session-tokens.ts'
import { type Purpose, SigningKeys } from '../../../workers/gateway/identity/signing-keys.ts'
import { Unsubscribes } from '../../../workers/gateway/identity/unsubscribes.ts'
import { until } from '../../engine/test-world.ts'
import { log, secretsWorld } from './secrets-world.ts'
import { secondsFromNow, signJwt } from './sign-jwt.ts'

const world = secretsWorld()
let bucket: Bucket
let signing: SigningKeys
let here: SessionTokens
let elsewhere: SessionTokens
beforeAll(async () => {
  bucket = await world.bucket()
  const other = await world.bucket()
  // At once: one of them makes the key, and the other one uses it.
  const [mine, theirs] = await Promise.all([SigningKeys.open(bucket, log), SigningKeys.open(other, log)])
  signing = mine
  here = new SessionTokens(mine, bucket)
  elsewhere = new SessionTokens(theirs, other)
})

const visitor = { conversation: 'c1', channel: 'web', customer: null }
const forge = async (header: object, claims: object) => {
  const { secret } = JSON.parse((await bucket.get('signing.1'))?.value ?? '')
  return signJwt({ alg: 'HS256', kid: '1', typ: 'frontdesk-session+jwt', ...header }, claims, (input) =>
    createHmac('sha256', Buffer.from(secret, 'base64url')).update(input).digest('base64url'),
  )
}
const good = { ...visitor, aud: 'frontdesk/session', exp: secondsFromNow(60) }

describe('a session’s token', () => {
  it('opens its conversation on every gateway', async () => {
    const token = await here.issue(visitor)
    expect(await here.read(token)).toEqual(visitor)
    expect(await elsewhere.read(token)).toEqual(visitor)
  })

  it('names the customer', async () => {
    const session = { ...visitor, customer: { externalId: 'u-1', name: 'José' } }
    expect(await here.read(await here.issue(session))).toEqual(session)
  })

  it('has room for the longest names', async () => {
    const customer = { externalId: '😀'.repeat(255), name: '\u0001'.repeat(255) }
    const session = { ...visitor, customer }
    expect(await here.read(await here.issue(session))).toEqual(session)
  })

  it('stays valid after a restart of the gateway', async () => {
    const token = await here.issue(visitor)
    const later = await SigningKeys.open(bucket, log)
    const tokens = new SessionTokens(later, bucket)
    expect(await tokens.read(token)).toEqual(visitor)
    tokens.stop()
    later.stop()
  })

  it('has the form of the forged tokens below, so each forgery fails for its stated reason only', async () => {
    expect(await here.read(await forge({}, good))).toEqual(visitor)
  })

  it.each([
    ['of another conversation, by a change of the claims', (token: string) => changed(token, 'c2')],
    ['without its signature', (token: string) => token.replace(/[^.]+$/, '')],
    ['with an extra part', (token: string) => `${token}.x`],
    ['that is empty', () => ''],
    ['that is garbage', () => 'a.b.c'],
    ['that is too long', (token: string) => `${token}${'x'.repeat(8_192)}`],
  ])('is refused %s', async (_, change) => {
    expect(await here.read(change(await here.issue(visitor)))).toBeNull()
  })

  it.each([
    ['expired', {}, { exp: secondsFromNow(-1) }],
    ['without an end', {}, { exp: undefined }],
    ['for something else', {}, { aud: 'frontdesk/agent' }],
    ['for nothing', {}, { aud: undefined }],
    ['of another type', { typ: 'frontdesk-agent+jwt' }, {}],
    ['of the usual type', { typ: 'JWT' }, {}],
    ['of no type', { typ: undefined }, {}],
    ['of an unknown key', { kid: '2' }, {}],
    ['of no key', { kid: undefined }, {}],
    ['by another algorithm', { alg: 'HS512' }, {}],
    ['by none', { alg: 'none' }, {}],
    ['without a conversation', {}, { conversation: undefined }],
    ['of what is no conversation', {}, { conversation: 'a.*' }],
    ['of what is no channel', {}, { channel: '' }],
  ])('is refused %s, even with our signature', async (_, header, claims) => {
    expect(await here.read(await forge(header, { ...good, ...claims }))).toBeNull()
  })

  it('is not accepted as a sign-in token, nor a sign-in token as a session’s', async () => {
    const later = Date.now() + 60_000
    const purposes: Purpose[] = ['session', 'agent', 'administrator', 'engineer']
    for (const made of purposes)
      for (const used of purposes) {
        const claims = await signing.verify(used, await signing.sign(made, { ...visitor }, later))
        expect(claims !== null).toBe(made === used)
      }
  })

  it('is not accepted if signed with a company’s key', async () => {
    const keys = await CustomerKeys.open(bucket, log)
    const { kid, secret } = await keys.create('Web shop')
    const header = { alg: 'HS256', kid, typ: 'frontdesk-session+jwt' }
    expect(await here.read(signJwt(header, good, secret))).toBeNull()
    keys.stop()
  })
})

describe('a session that is logged out', () => {
  const session = (conversation: string) => ({ ...visitor, conversation })

  it('is refused by every gateway with all of its tokens; other sessions stay valid', async () => {
    const tokens = [await here.issue(session('out')), await here.issue(session('out'))]
    const other = await here.issue(session('in'))
    await here.revoke('out')
    for (const token of tokens) {
      expect(await here.read(token)).toBeNull()
      expect(await elsewhere.read(token)).toBeNull()
    }
    expect(await here.revokedAt('out')).toEqual(expect.any(String))
    expect(await here.read(other)).toEqual(session('in'))
  })

  it('is refused by a gateway that starts later', async () => {
    const token = await here.issue(session('later'))
    await here.revoke('later')
    const later = await SigningKeys.open(bucket, log)
    const tokens = new SessionTokens(later, await world.bucket())
    expect(await tokens.read(token)).toBeNull()
    tokens.stop()
    later.stop()
  })

  it('stays open to a token that a later login was given, up to the next logout', async () => {
    await here.revoke('again')
    const token = await here.issue({ ...session('again'), loggedOutAt: await here.revokedAt('again') })
    expect(await here.read(token)).toMatchObject(session('again'))
    expect(await elsewhere.read(token)).toMatchObject(session('again'))
    // The next one, which has another time.
    await until(async () => {
      await elsewhere.revoke('again')
      return (await here.read(token)) === null
    })
    expect(await elsewhere.read(token)).toBeNull()
  })

  it('is announced to all gateways, which close its open connections', async () => {
    const told: string[] = []
    const forget = elsewhere.onRevoked({ open: () => [], revoked: (conversation) => told.push(conversation) })
    await here.revoke('told')
    await until(() => told.includes('told'))
    // A connection that was being made just then is not among those that were told.
    expect(elsewhere.revokedLatelyAt('told')).toEqual(expect.any(String))
    expect(elsewhere.revokedLatelyAt('in')).toBeUndefined()
    forget()
  })

  it('is announced to a gateway that reconnects', async () => {
    const connection = await world.connect()
    const tokens = new SessionTokens(signing, new Bucket(connection, 'secrets'))
    const told: string[] = []
    tokens.onRevoked({ open: () => ['in', 'cut'], revoked: (conversation) => told.push(conversation) })
    await Promise.all([connection.connection.reconnect(), here.revoke('cut')])
    await until(() => told.includes('cut'))
    tokens.stop()
  })

  it('is not listed by a gateway that starts: anybody may log out of as many as they begin', async () => {
    await here.revoke('before')
    const role = await world.connect()
    const tokens = new SessionTokens(signing, new Bucket(role, 'secrets'))
    const told: string[] = []
    tokens.onRevoked({ open: () => [], revoked: (conversation) => told.push(conversation) })
    await role.flush()
    await here.revoke('after')
    await until(() => told.includes('after'))
    expect(told).toEqual(['after'])
    tokens.stop()
  })

  it('expires once none of its tokens can still be valid', async () => {
    await here.revoke('aged')
    const nats = await connectNats(world.server().url, 'test')
    const message = await nats.jsm.streams.getMessage('KV_frontdesk_secrets', {
      last_by_subj: '$KV.frontdesk_secrets.revoked.aged',
    })
    expect(message?.header.get('Nats-TTL')).toBe(`${31 * 86_400}s`)
    await nats.close()
  })
})

describe('the key that signs them', () => {
  it('is the same for gateways that start at once', async () => {
    await bucket.delete('signing.1')
    const opened = await Promise.all(
      Array.from({ length: 8 }, async () => SigningKeys.open(await world.bucket(), log)),
    )
    const later = Date.now() + 60_000
    const tokens = await Promise.all(opened.map((keys) => keys.sign('session', { ...visitor }, later)))
    for (const keys of opened)
      for (const token of tokens) expect(await keys.verify('session', token)).toMatchObject(visitor)
    for (const keys of opened) keys.stop()
  })

  it('can be rotated: tokens of the old key stay valid until it is deleted', async () => {
    const old = await signing.sign('session', { ...visitor }, Date.now() + 60_000)
    await bucket.put('signing.2', JSON.stringify({ secret: Buffer.alloc(32, 7).toString('base64url') }))
    await until(async () => {
      const token = await signing.sign('session', { ...visitor }, Date.now() + 60_000)
      return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid === '2'
    })
    expect(await signing.verify('session', old)).not.toBeNull()
    await bucket.delete('signing.1')
    await until(async () => (await signing.verify('session', old)) === null)
  })
})

function changed(token: string, conversation: string): string {
  const [head = '', claims = '', signature = ''] = token.split('.')
  const read = JSON.parse(Buffer.from(claims, 'base64url').toString())
  return [head, Buffer.from(JSON.stringify({ ...read, conversation })).toString('base64url'), signature].join(
    '.',
  )
}

describe('a rotation of the key', () => {
  it('leaves every session valid, and the new key signs once all gateways know it', async () => {
    const before = await here.issue(visitor)
    const { from } = await signing.rotate(86_400_000)
    expect(kidOf(await here.issue(visitor))).toBe(kidOf(before))
    const now = vi.spyOn(Date, 'now').mockReturnValue(from)
    onTestFinished(() => now.mockRestore())
    const after = await here.issue(visitor)
    expect(Number(kidOf(after))).toBe(Number(kidOf(before)) + 1)
    now.mockRestore()
    for (const token of [before, after])
      for (const gateway of [here, elsewhere]) expect(await gateway.read(token)).toEqual(visitor)
  })

  it('ends every session where the former keys are kept for no time, but not the links in e-mails', async () => {
    const unsubscribes = new Unsubscribes(signing, bucket)
    const [token, link] = [await here.issue(visitor), await unsubscribes.tokenFor('jo@example.com')]
    const digest = await unsubscribes.read(link)
    await signing.rotate(0)
    await until(async () => (await here.read(token)) === null && (await elsewhere.read(token)) === null)
    expect(await unsubscribes.read(link)).toBe(digest)
    expect(await elsewhere.read(await here.issue(visitor))).toEqual(visitor)
  })
})

const kidOf = (token: string) => decodeProtectedHeader(token).kid

import { beforeAll, describe, expect, it } from 'vitest'
import { Bucket } from '../../../engine/nats/bucket.ts'
import {
  CustomerKeys,
  customerKeysMax,
  TooManyKeys,
} from '../../../workers/gateway/identity/customer-keys.ts'
import { until } from '../../engine/test-world.ts'
import { log, secretsWorld } from './secrets-world.ts'

const world = secretsWorld()
let bucket: Bucket
let here: CustomerKeys
let elsewhere: CustomerKeys
beforeAll(async () => {
  bucket = await world.bucket()
  here = await CustomerKeys.open(bucket, log)
  elsewhere = await CustomerKeys.open(await world.bucket(), log)
})

describe('the keys that sign customers’ logins', () => {
  it('show their secret of 256 bits once, at creation', async () => {
    const { kid, name, createdAt, secret } = await here.create('Web shop')
    expect(name).toBe('Web shop')
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(new Date(createdAt).toISOString()).toBe(createdAt)
    const listed = await here.list()
    expect(listed).toContainEqual({ kid, name, createdAt })
    expect(JSON.stringify(listed)).not.toContain(secret)
  })

  it('are valid and revoked on every gateway', async () => {
    const { kid, secret } = await here.create('Everywhere')
    await until(() => elsewhere.secretOf(kid) !== undefined)
    expect(Buffer.from(elsewhere.secretOf(kid) as Uint8Array).toString()).toBe(secret)
    expect(await here.revoke(kid)).toBe(true)
    expect(here.secretOf(kid)).toBeUndefined()
    await until(() => elsewhere.secretOf(kid) === undefined)
  })

  it('that were revoked while a gateway was disconnected are refused after it reconnects', async () => {
    const { kid } = await here.create('Cut off')
    const connection = await world.connect()
    const third = await CustomerKeys.open(new Bucket(connection, 'secrets'), log)
    expect(third.secretOf(kid)).toBeDefined()
    // The revocation is under way while the third is reconnecting, or before.
    await Promise.all([connection.connection.reconnect(), here.revoke(kid)])
    await until(() => third.secretOf(kid) === undefined)
    third.stop()
  })

  it('are loaded by a gateway that starts later, except revoked ones', async () => {
    const kept = await here.create('Kept')
    const revoked = await here.create('Revoked')
    await here.revoke(revoked.kid)
    const later = await CustomerKeys.open(bucket, log)
    expect(later.secretOf(kept.kid)).toBeDefined()
    expect(later.secretOf(revoked.kid)).toBeUndefined()
    later.stop()
  })

  it('cannot be revoked twice, or by an invalid kid', async () => {
    const { kid } = await here.create('Once')
    expect(await here.revoke(kid)).toBe(true)
    expect(await here.revoke(kid)).toBe(false)
    for (const wrong of ['nobody', '', '*', '>', 'a b', 'a.b', '../x'])
      expect(await here.revoke(wrong)).toBe(false)
  })

  it('have a name of 1 to 255 characters', async () => {
    expect((await here.create('😀'.repeat(255))).name).toHaveLength(510)
    for (const wrong of ['', ' ', '😀'.repeat(256)])
      await expect(here.create(wrong)).rejects.toThrow(RangeError)
  })

  it('ignore foreign entries in their bucket', async () => {
    await bucket.put('customer-key.broken', 'no JSON')
    await bucket.put('customer-key.empty', '{"name":"x","createdAt":"x","secret":""}')
    const fresh = await CustomerKeys.open(bucket, log)
    expect(fresh.secretOf('broken')).toBeUndefined()
    expect(fresh.secretOf('empty')).toBeUndefined()
    fresh.stop()
  })

  it('are limited to 100', async () => {
    while ((await here.list()).length < customerKeysMax) await here.create('One of many')
    await expect(here.create('One too many')).rejects.toThrow(TooManyKeys)
  })
})

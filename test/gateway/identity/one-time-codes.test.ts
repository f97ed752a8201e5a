import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { OneTimeCodes } from '../../../workers/gateway/identity/one-time-codes.ts'
import type { Principal } from '../../../workers/gateway/identity/principal.ts'
import { until } from '../../engine/test-world.ts'
import { secretsWorld } from './secrets-world.ts'

const world = secretsWorld()
let bucket: Bucket
let codes: OneTimeCodes
beforeAll(async () => {
  bucket = await world.bucket()
  codes = new OneTimeCodes(bucket)
})

const keyOf = (code: string) => `sign-in.${createHash('sha256').update(code).digest('hex')}`
const ann: Principal = { role: 'agent', id: 'ann', name: 'Ann', workspaces: ['main'] }

describe('a one-time code', () => {
  it('signs in its person on any gateway', async () => {
    const code = await codes.create(ann, 60)
    expect(await new OneTimeCodes(await world.bucket()).redeem(code)).toEqual(ann)
  })

  it('has 256 bits and is stored as a hash only', async () => {
    const code = await codes.create(ann, 60)
    expect(code).toMatch(/^[A-Za-z0-9_-]{43}$/)
    for (const { key, value } of await bucket.list('sign-in.*')) expect(`${key} ${value}`).not.toContain(code)
  })

  it('can be used once', async () => {
    const code = await codes.create(ann, 60)
    expect(await codes.redeem(code)).toEqual(ann)
    expect(await codes.redeem(code)).toBeNull()
  })

  it('is accepted once if ten gateways try it at the same time', async () => {
    const takers = await Promise.all(
      Array.from({ length: 10 }, async () => new OneTimeCodes(await world.bucket())),
    )
    for (let round = 0; round < 20; round++) {
      const code = await codes.create(ann, 60)
      const taken = await Promise.all(takers.map((taker) => taker.redeem(code)))
      expect(taken.filter((principal) => principal !== null)).toEqual([ann])
    }
  })

  it('is removed from the bucket when it expires', async () => {
    const code = await codes.create(ann, 1)
    await until(async () => (await bucket.get(keyOf(code))) === undefined)
    expect(await codes.redeem(code)).toBeNull()
  })

  it('is refused after its expiry, even while the bucket still has it', async () => {
    await bucket.put(keyOf('late'), JSON.stringify({ principal: ann, expiresAt: Date.now() }))
    expect(await codes.redeem('late')).toBeNull()
  })

  it('is refused if it was never issued', async () => {
    for (const wrong of ['', 'x', '*', 'sign-in.x', 'x'.repeat(10_000)])
      expect(await codes.redeem(wrong)).toBeNull()
  })
})

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
  it('signs in whom it was made for, on any gateway', async () => {
    const code = await codes.create(ann, 60)
    expect(await new OneTimeCodes(await world.bucket()).redeem(code)).toEqual(ann)
  })

  it('has 256 bits, and the bucket does not know it', async () => {
    const code = await codes.create(ann, 60)
    expect(code).toMatch(/^[A-Za-z0-9_-]{43}$/)
    for (const { key, value } of await bucket.list('sign-in.*')) expect(`${key} ${value}`).not.toContain(code)
  })

  it('is taken once', async () => {
    const code = await codes.create(ann, 60)
    expect(await codes.redeem(code)).toEqual(ann)
    expect(await codes.redeem(code)).toBeNull()
  })

  it('is taken once by ten who try at once, each by a gateway of its own', async () => {
    const takers = await Promise.all(
      Array.from({ length: 10 }, async () => new OneTimeCodes(await world.bucket())),
    )
    for (let round = 0; round < 20; round++) {
      const code = await codes.create(ann, 60)
      const taken = await Promise.all(takers.map((taker) => taker.redeem(code)))
      expect(taken.filter((principal) => principal !== null)).toEqual([ann])
    }
  })

  it('goes by itself when its time is over', async () => {
    const code = await codes.create(ann, 1)
    await until(async () => (await bucket.get(keyOf(code))) === undefined)
    expect(await codes.redeem(code)).toBeNull()
  })

  it('is none once its time is over, though the bucket still has it', async () => {
    await bucket.put(keyOf('late'), JSON.stringify({ principal: ann, expiresAt: Date.now() }))
    expect(await codes.redeem('late')).toBeNull()
  })

  it('is none that nobody made', async () => {
    for (const wrong of ['', 'x', '*', 'sign-in.x', 'x'.repeat(10_000)])
      expect(await codes.redeem(wrong)).toBeNull()
  })
})

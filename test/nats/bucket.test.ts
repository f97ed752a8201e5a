import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Conflict } from '../../engine/errors.ts'
import { Bucket, type BucketEntry } from '../../engine/nats/bucket.ts'
import { connectRole, type RoleConnection } from '../../engine/nats/connect.ts'
import { ConfigurationStore } from '../../engine/nats/views/configuration-store.ts'
import { uniqueId } from '../cli/running-system.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'

let world: TestWorld
let role: RoleConnection
let identity: RoleConnection
beforeAll(async () => {
  world = await startTestWorld()
  role = await world.connect('administration')
  identity = await world.connect('identity')
})
afterAll(() => world?.stop())

const channel = (id: string, name: string) =>
  ({ kind: 'channel', document: { id, name } }) as unknown as Parameters<ConfigurationStore['put']>[0]

describe('a bucket, for a role', () => {
  test('has the last value, under a revision that the next write may name', async () => {
    const bucket = new Bucket(role, 'configuration')
    const key = `channel.${uniqueId('put')}`
    expect(await bucket.get(key)).toBeUndefined()
    const first = await bucket.create(key, 'one')
    expect(await bucket.get(key)).toMatchObject({ key, revision: first, value: 'one' })
    const second = await bucket.put(key, 'two', { revision: first })
    await expect(bucket.put(key, 'three', { revision: first })).rejects.toThrow(Conflict)
    await expect(bucket.create(key, 'three')).rejects.toThrow(Conflict)
    await expect(bucket.delete(key, { revision: first })).rejects.toThrow(Conflict)
    expect(await bucket.get(key)).toMatchObject({ key, revision: second, value: 'two' })
    await bucket.put(key, 'whatever was there')
    expect((await bucket.get(key))?.value).toBe('whatever was there')
  })

  test('treats a deleted key as absent', async () => {
    const bucket = new Bucket(role, 'configuration')
    const key = `channel.${uniqueId('deleted')}`
    const first = await bucket.put(key, 'one')
    await bucket.delete(key, { revision: first })
    expect(await bucket.get(key)).toBeUndefined()
    expect((await bucket.list()).map((entry) => entry.key)).not.toContain(key)
    // A write that names the deleted value, or no value, does not follow the deletion.
    await expect(bucket.put(key, 'two', { revision: 0 })).rejects.toThrow(Conflict)
    await expect(bucket.put(key, 'two', { revision: first })).rejects.toThrow(Conflict)
    const again = await bucket.create(key, 'two')
    expect(again).toBeGreaterThan(first)
    // Deleted by whoever uses NATS' own tools.
    await new Bucket(world.nats, 'configuration').purge(key)
    expect(await bucket.get(key)).toBeUndefined()
    await bucket.create(key, 'three')
    expect((await bucket.get(key))?.value).toBe('three')
  })

  test('one of several concurrent creations succeeds', async () => {
    const bucket = new Bucket(identity, 'secrets')
    const key = `link.${uniqueId('once')}`
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => bucket.create(key, 'used')))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const tried of tries) if (tried.status === 'rejected') expect(tried.reason).toBeInstanceOf(Conflict)
  })

  test('lists the last value of each key, however often it was written', async () => {
    const bucket = new Bucket(role, 'configuration')
    const prefix = uniqueId('list')
    const ids = Array.from({ length: 200 }, (_, i) => `${prefix}-${String(i).padStart(3, '0')}`)
    for (let round = 0; round < 10; round++)
      await Promise.all(ids.map((id) => bucket.put(`schedule.${id}`, `${id} ${round} ${'x'.repeat(2_000)}`)))
    await bucket.delete(`schedule.${ids[7]}`)
    const listed = (await bucket.list('schedule.*')).filter(({ key }) => key.includes(prefix))
    expect(listed.map(({ key }) => key)).toEqual(ids.filter((_, i) => i !== 7).map((id) => `schedule.${id}`))
    for (const { value } of listed) expect(value.split(' ')[1]).toBe('9')
  })

  test('reports each change, expiry included, and missed ones after a reconnect', async () => {
    const own = await connectRole(world.server.roles.identity, 'watcher')
    const bucket = new Bucket(own, 'secrets')
    const kind = uniqueId('watch')
    const told: BucketEntry[] = []
    let listings = 0
    await new Bucket(identity, 'secrets').put(`${kind}.before`, 'there')
    const stop = await bucket.watch(`${kind}.*`, {
      changed: (entry) => void told.push(entry),
      listed: () => {
        listings++
      },
    })
    const values = () => told.map(({ key, value }) => `${key.slice(kind.length + 1)}=${value}`)
    expect(values()).toEqual(['before=there'])
    const writer = new Bucket(identity, 'secrets')
    await writer.put(`${kind}.a`, '1')
    await until(() => told.length === 2)
    await writer.put(`${kind}.b`, '2', { ttl: '1s' })
    await writer.delete(`${kind}.a`)
    await expect(writer.create(`${kind}.b`, 'refused')).rejects.toThrow(Conflict)
    await until(() => values().includes('b=null'))
    expect(values()).toEqual(['before=there', 'a=1', 'b=2', 'a=null', 'b=null'])

    told.length = 0
    const reconnecting = own.connection.reconnect()
    await writer.put(`${kind}.c`, '3')
    await reconnecting
    await until(() => listings === 2)
    await until(() => values().includes('c=3'))
    expect(values()).toContain('before=there')
    stop()
    const toldLater: string[] = []
    const stopLater = await bucket.watch(`${kind}.*`, { changed: ({ key }) => void toldLater.push(key) })
    await writer.put(`${kind}.d`, '4')
    await until(() => toldLater.includes(`${kind}.d`))
    // The read that tells of this one was answered after any read that tells of the one before.
    await writer.put(`${kind}.e`, '5')
    await until(() => toldLater.includes(`${kind}.e`))
    expect(values()).not.toContain('d=4')
    stopLater()
    await own.close()
  })

  test('takes a change that follows the last one as it was published, and reads where one is missing', async () => {
    const own = await connectRole(world.server.roles.identity, 'watcher')
    const reads = vi.spyOn(own.publisher, 'requestMany')
    const kind = uniqueId('live')
    const told: BucketEntry[] = []
    const stop = await new Bucket(own, 'secrets').watch(`${kind}.*`, {
      changed: (entry) => void told.push(entry),
    })
    // It reads once more a moment after the first time.
    await until(() => reads.mock.calls.length === 2)
    const writer = new Bucket(identity, 'secrets')
    // Told by that read, or after its answer.
    await writer.put(`${kind}.first`, '0')
    await until(() => told.length === 1)
    const readsAtFirst = reads.mock.calls.length
    await writer.put(`${uniqueId('other')}.key`, 'of others')
    await writer.put(`${kind}.a`, '1')
    await until(() => told.length === 2)
    const readsBefore = reads.mock.calls.length
    expect(readsBefore).toBeGreaterThan(readsAtFirst)
    await writer.put(`${kind}.b`, '2', { by: 'Ann' })
    await writer.delete(`${kind}.a`)
    await until(() => told.length === 4)
    expect(reads).toHaveBeenCalledTimes(readsBefore)
    const stored = await Promise.all([writer.last(`${kind}.b`), writer.last(`${kind}.a`)])
    expect(told.slice(2)).toEqual(stored)
    stop()
    await own.close()
  })

  test('ends its watch on a closed connection, even before it was listed', async () => {
    const own = await connectRole(world.server.roles.identity, 'closed')
    let listings = 0
    const watching = new Bucket(own, 'secrets').watch('*.*', {
      changed: () => {},
      listed: () => {
        listings++
      },
    })
    await own.close()
    await watching
    expect(listings).toBe(0)
  })

  test('is watched during writes: the last value reported of each key is the stored one', async () => {
    const kind = uniqueId('busy')
    const last = new Map<string, string | null>()
    const writer = new Bucket(identity, 'secrets')
    const writing = (async () => {
      for (let i = 0; i < 40; i++)
        await Promise.all(
          Array.from({ length: 10 }, (_, k) =>
            i % 7 === 6 ? writer.delete(`${kind}.${k}`) : writer.put(`${kind}.${k}`, `${i}`),
          ),
        )
    })()
    const stop = await new Bucket(identity, 'secrets').watch(`${kind}.*`, {
      changed: ({ key, value }) => void last.set(key, value),
    })
    await writing
    await until(() => last.size === 10 && [...last.values()].every((value) => value === '39'))
    stop()
  })
})

describe('the configuration, for an administrator', () => {
  test('concurrent saves do not overwrite each other', async () => {
    const stored = new ConfigurationStore(role)
    const id = uniqueId('web')
    const { revision } = await stored.put(channel(id, 'Acme'), { revision: 0 })
    const [ann, bob] = await Promise.all([stored.get('channel', id), stored.get('channel', id)])
    expect(ann).toMatchObject({ kind: 'channel', id, document: { id, name: 'Acme' }, revision })
    await stored.put(channel(id, 'by Ann'), { revision: ann?.revision })
    await expect(stored.put(channel(id, 'by Bob'), { revision: bob?.revision })).rejects.toThrow(Conflict)
    await expect(stored.delete('channel', id, { revision: bob?.revision })).rejects.toThrow(Conflict)
    expect((await stored.get('channel', id))?.document).toEqual({ id, name: 'by Ann' })
  })

  test('an equal document is not written again, except with a revision', async () => {
    const stored = new ConfigurationStore(role)
    const id = uniqueId('same')
    const first = await stored.put(channel(id, 'Acme'))
    expect(first.isChanged).toBe(true)
    expect(await stored.put(channel(id, 'Acme'))).toEqual({ revision: first.revision, isChanged: false })
    expect((await stored.put(channel(id, 'Acme'), { revision: first.revision })).revision).toBeGreaterThan(
      first.revision,
    )
  })

  test('keeps the last 20 changes of a document, a deletion too, with who made them', async () => {
    const stored = new ConfigurationStore(role)
    const id = uniqueId('kept')
    for (let n = 1; n <= 20; n++) await stored.put(channel(id, `Name ${n}`), { by: 'Zoë' })
    await stored.delete('channel', id, { by: 'Bo\r\nEvil: 1' })
    const revisions = await stored.revisions('channel', id)
    expect(revisions).toHaveLength(20)
    expect(revisions[0]).toMatchObject({ isDeletion: true, document: null, by: 'Bo  Evil: 1' })
    expect(revisions[1]).toMatchObject({ isDeletion: false, document: { id, name: 'Name 20' }, by: 'Zoë' })
    expect(revisions.at(-1)).toMatchObject({ document: { id, name: 'Name 2' } })
    expect(await stored.revisions('channel', uniqueId('none'))).toEqual([])
  })

  test('reports which document changes', async () => {
    const stored = new ConfigurationStore(role)
    const id = uniqueId('watched')
    await stored.put(channel(id, 'before'))
    const told: string[] = []
    const stop = await stored.watch((kind, of) => told.push(`${kind}.${of}`))
    await new ConfigurationStore(world.nats).put(channel(id, 'after'))
    await until(() => told.length > 0)
    expect(told).toEqual([`channel.${id}`])
    await stored.delete('channel', id)
    await until(() => told.length === 2)
    stop()
  })
})

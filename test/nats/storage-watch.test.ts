import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { startNotifier } from '../../engine/nats/notifier/start-notifier.ts'
import { readRooms, StorageWatch } from '../../engine/nats/notifier/storage-watch.ts'
import { until } from '../engine/test-world.ts'
import { startBareServer } from './bare-server.ts'

let folder: string
let server: Awaited<ReturnType<typeof startBareServer>>
let nats: Nats

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frontdesk-test-'))
  const config = join(folder, 'nats.conf')
  await writeFile(
    config,
    'accounts { A { jetstream { max_file: 1000000 }, users: [{ user: a, password: a }] } }\nno_auth_user: a\n',
  )
  server = await startBareServer(folder, '-c', config)
  nats = await connectNats(server.url, 'test')
})
afterAll(async () => {
  await nats?.close()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

function watchWithLog() {
  const lines: { level: string; msg: string; percent: number; usedBytes: number; limitBytes: number }[] = []
  const write = (line: string) => void lines.push(JSON.parse(line))
  const log = pino({ formatters: { level: (level) => ({ level }) } }, { write })
  return { lines, log, watch: new StorageWatch(log) }
}

const hourMs = 3_600_000

describe('storage that fills up', () => {
  const room = (usedBytes: number) => [
    { room: 'disk' as const, what: 'the disk', usedBytes, limitBytes: 1000 },
  ]

  test('is warned of from 80 % on, once a day, with figures', () => {
    const { lines, watch } = watchWithLog()
    watch.check(room(799), 0)
    expect(lines).toEqual([])
    watch.check(room(800), 1)
    expect(lines).toMatchObject([{ level: 'warn', percent: 80, usedBytes: 800, limitBytes: 1000 }])
    expect(lines[0]?.msg).toMatch(/^the disk is filling up/)
    watch.check(room(790), hourMs)
    watch.check(room(900), 23 * hourMs)
    expect(lines).toHaveLength(1)
    watch.check(room(900), 24 * hourMs + 1)
    expect(lines.map(({ percent }) => percent)).toEqual([80, 90])
  })

  test('is the account’s, where it has a limit', async () => {
    await nats.jsm.streams.add({ name: 'X', subjects: ['x'] })
    const { lines, watch } = watchWithLog()
    watch.check(await readRooms(nats, undefined))
    expect(lines).toEqual([])
    for (let n = 0; n < 9; n++) await nats.publisher.publish('x', 'x'.repeat(100_000))
    watch.check(await readRooms(nats, undefined))
    expect(lines).toMatchObject([{ percent: 90, limitBytes: 1_000_000 }])
    expect(lines[0]?.msg).toMatch(/^the JetStream account/)
  })

  test('is the disk of a folder, and the part of it that the server takes', async () => {
    const rooms = await readRooms(nats, folder)
    const [account, disk, part] = rooms
    expect(rooms.map(({ what }) => what)).toEqual([
      'the JetStream account',
      'the disk',
      'the part of the disk that NATS uses',
    ])
    for (const { usedBytes, limitBytes } of [disk, part].filter((room) => room !== undefined))
      expect(usedBytes > 0 && usedBytes <= limitBytes).toBe(true)
    expect(part?.usedBytes).toBe(account?.usedBytes)
    expect(part?.limitBytes).toBeLessThan(disk?.limitBytes ?? 0)
  })

  test('is warned of by the active notifier', async () => {
    await ensureTopology(nats, { partitions: 1, replicas: 1 })
    const { lines, log } = watchWithLog()
    const notifier = await startNotifier(nats, log)
    try {
      await until(() => lines.some(({ level, msg }) => level === 'warn' && /JetStream account/.test(msg)))
    } finally {
      await notifier.stop()
    }
  })
})

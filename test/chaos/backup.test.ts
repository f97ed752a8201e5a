import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { connectNats } from '../../engine/nats/connect.ts'
import { readToEnd } from '../../engine/nats/read-to-end.ts'
import { streams } from '../../engine/nats/topology.ts'
import { resolveServer } from '../../workers/nats-server/resolve/resolve-server.ts'
import { frontdesk } from '../cli/frontdesk.ts'
import { temporaryFolder } from '../nats-server/temporary-folder.ts'
import { createStreams, startCluster } from '../server-cluster.ts'
import { freePort } from '../test-server.ts'
import { Random } from './random.ts'
import { configure, settle } from './settle.ts'
import { SupervisedWorker } from './supervised-worker.ts'
import { type Published, plan, play } from './workload.ts'

const partitions = 8
const seconds = 30
/** Those that were requested in the second or two that cursors are behind. */
const againMax = 100
/** Some 150 events a second. */
const conversations = 600

function crews(natsUrl: string) {
  const start = (role: 'engine' | 'notifier', count: number) =>
    Array.from({ length: count }, (_, i) => {
      const worker = new SupervisedWorker(role, i + 1, { natsUrl, partitions, replicas: 1 })
      worker.start()
      return worker
    })
  const [engines, notifiers] = [start('engine', 2), start('notifier', 1)]
  const all = [...engines, ...notifiers]
  return { engines, notifiers, ready: () => Promise.all(all.map((worker) => worker.ready())), all }
}

test('a backup under load, restored: nothing is missing, repeated or out of order', {
  timeout: 600_000,
}, async () => {
  const folder = join(await temporaryFolder(), 'backup')
  const happened: string[] = []
  const report = (line: string) => happened.push(line)
  const published: Published[] = []
  let began = 0
  const source = await startCluster(1)
  try {
    const nats = await connectNats(source.url, 'backup test')
    await createStreams(nats, { partitions, replicas: 1 })
    await configure(nats)
    const crew = crews(source.url)
    await crew.ready()
    // An erasure during the backup may be in a part of it: erasures are to be repeated after a restore.
    const scripts = plan(new Random(7), conversations, seconds * 1_000).filter(
      (script) => !script.some(({ type }) => type === 'admin.erased'),
    )
    const beganAt = Date.now()
    const playing = play(scripts, nats.publisher, beganAt)
    await sleep(seconds * 500)
    began = (await nats.jsm.streams.info('EVENTS')).state.last_seq
    const backup = await frontdesk(['backup', folder], { env: { NATS_URL: source.url } })
    expect(backup, backup.stderr).toMatchObject({ code: 0 })
    published.push(...(await playing))
    await Promise.all(crew.all.map((worker) => worker.abandon()))
    await nats.close()
  } finally {
    await source.stop()
  }

  const contents = JSON.parse(await readFile(join(folder, 'backup.json'), 'utf8'))
  const last = contents.streams.find(({ config }: { config: { name: string } }) => config.name === 'EVENTS')
    .state.last_seq
  expect(began).toBeGreaterThan(500)
  expect(last).toBeGreaterThanOrEqual(began)
  const inBackup = published
    .map((step) => ({ ...step, seqs: step.seqs.filter((seq) => seq <= last) }))
    .filter(({ seqs }) => seqs.length > 0)

  const judge = async (url: string) => {
    const nats = await connectNats(url, 'backup test')
    const crew = crews(url)
    try {
      await crew.ready()
      const { violations, figures } = await settle(nats, inBackup, { ...crew, partitions, report })
      process.stderr.write(`${JSON.stringify(figures)}\n`)
      // Effects of the last moment before the backup are in it, and are performed again. A caller makes no call that
      // was answered; a notification has the same id.
      const wrong = violations.filter((violation) => !/\b(CALLS|DEADLETTER) has .* 2 times$/.test(violation))
      expect(wrong, happened.join('\n')).toEqual([])
      expect(violations.length).toBeLessThan(againMax)
      // EVENTS has not taken wake-ups of TIMERS over once more.
      const taken: number[] = []
      for await (const { headers } of readToEnd(nats, streams.events, { isHeadersOnly: true }))
        if (headers?.has('Nats-Stream-Source'))
          taken.push(Number(headers.get('Nats-Stream-Source').split(' ')[1]))
      expect(taken.length).toBeGreaterThan(100)
      expect(taken.length - new Set(taken).size).toBe(0)
    } finally {
      await Promise.all(crew.all.map((worker) => worker.abandon()))
      await nats.close()
    }
  }

  const dataFolder = await temporaryFolder()
  const port = String(await freePort())
  const embedded = {
    FRONTDESK_DATA: dataFolder,
    FRONTDESK_NATS_PORT: port,
    FRONTDESK_PARTITIONS: `${partitions}`,
  }
  const restored = await frontdesk(['restore', folder], { env: embedded })
  expect(restored, restored.stderr).toMatchObject({ code: 0 })
  const server = await resolveServer({ env: { ...process.env, ...embedded }, dataFolder })
  await judge(server.url).finally(server.stop)

  const other = await startCluster(1)
  try {
    const again = await frontdesk(['restore', folder], {
      env: { NATS_URL: other.url, FRONTDESK_PARTITIONS: `${partitions}` },
    })
    expect(again, again.stderr).toMatchObject({ code: 0 })
    await judge(other.url)
  } finally {
    await other.stop()
  }
})

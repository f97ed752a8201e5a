import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach } from 'vitest'
import type { Worker } from '../../../engine/nats/engine/start-worker.ts'
import { ensureTopology } from '../../../engine/nats/ensure-topology.ts'
import { streams } from '../../../engine/nats/topology.ts'
import { commandHost } from '../../cli/command-host.ts'
import { frontdesk } from '../../cli/frontdesk.ts'
import { startTestWorld, type TestWorld, until } from '../test-world.ts'

export const partitions = 4
/** A server that lost its power comes back later than its clock may be wrong. */
const outageMs = 1_200

/**
 * For each test a world in which c1, c2 and c3 wait for an agent, and neither an engine nor a notifier runs any more.
 *
 * @param unanswered when agents are reminded of c3; `null`: never, as of the others
 */
export function waitingWorld(unanswered: string | null) {
  const hosted = commandHost()
  let world: TestWorld
  let workers: Worker[] = []
  const startWorkers = async () => {
    workers = [await world.startEngine(), await world.startNotifier()]
  }
  const stopWorkers = () => Promise.all(workers.splice(0).map((worker) => worker.stop()))
  beforeEach(async () => {
    world = await startTestWorld(partitions)
    await world.configure('channel.web', { id: 'web', timeouts: { unanswered: null, escalate: null } })
    await world.configure('channel.slow', { id: 'slow', timeouts: { unanswered, escalate: null } })
    await startWorkers()
    for (const [id, channel] of Object.entries({ c1: 'web', c2: 'web', c3: 'slow' })) {
      await world.publish(id, 'session.started', { channel })
      await world.publish(id, 'session.message', { text: `need of ${id}` })
    }
    await until(async () => (await world.stored('workspace')).length >= 3)
    await stopWorkers()
  })
  afterEach(() => world?.stop())

  return {
    world: () => world,
    startWorkers,
    stopWorkers,
    /** As a power cut that takes all of a stream that was not yet on the disk. */
    lose: async (...lost: (keyof typeof streams)[]) => {
      for (const stream of lost) await world.nats.jsm.streams.delete(streams[stream])
      await ensureTopology(world.nats, { partitions, replicas: 1 })
      await sleep(outageMs)
    },
    run: (...args: string[]) => {
      const env = { NATS_URL: world.server.url, FRONTDESK_PARTITIONS: String(partitions) }
      return args[0] === 'recover' ? hosted(args, { env }) : frontdesk(args, { env })
    },
    lastOf: async (stream: keyof typeof streams) =>
      (await world.nats.jsm.streams.info(streams[stream])).state.last_seq,
    typesOf: async (id: string) => (await world.records(id)).map(({ event }) => event.type),
    accept: (id: string) => world.publish(id, 'agent.accepted', { agent: { id: 'ann' }, request: 1 }),
  }
}

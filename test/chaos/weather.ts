import { setTimeout as sleep } from 'node:timers/promises'
import type { Nats } from '../../engine/nats/connect.ts'
import { streams } from '../../engine/nats/topology.ts'
import type { ClusterServer } from '../server-cluster.ts'
import type { Random } from './random.ts'
import type { SupervisedWorker } from './supervised-worker.ts'
import { waveMs } from './workload.ts'

export interface Climate {
  kills: number
  sleeps: number
  notifierKills: number
  serverKills: number
}

/** Something that happens to a process, so long after the run's beginning. */
export interface Incident {
  kind: keyof Climate
  atMs: number
  /** Down, or asleep, for so long. */
  forMs: number
  /** Which one of those that are up, from 0 to 1. */
  whom: number
}

/** From one to two leases and a half. */
const sleepMs = [3_500, 7_500] as const
const downMs = [0, 2_500] as const
/** So long after a wave of events has begun most of it is under way. */
const underWayMs = 300

/** What will happen when, in the order of time. */
export function forecast(random: Random, climate: Climate, durationMs: number): Incident[] {
  const incidents: Incident[] = []
  for (const [kind, count] of Object.entries(climate) as [keyof Climate, number][])
    for (let i = 0; i < count; i++) {
      const anyTime = random.between(0.08, 0.95) * durationMs
      // Half of them come while much is being done.
      const isBusy = random.happens(0.5)
      const inWave = Math.ceil(anyTime / waveMs) * waveMs + random.between(0, underWayMs)
      const [min, max] = kind === 'sleeps' ? sleepMs : downMs
      incidents.push({
        kind,
        atMs: isBusy ? inWave : anyTime,
        forMs: Math.round(random.between(min, max)),
        whom: random.next(),
      })
    }
  return incidents.sort((one, other) => one.atMs - other.atMs)
}

export interface Exposed {
  engines: SupervisedWorker[]
  notifiers: SupervisedWorker[]
  servers: ClusterServer[]
  /** Tells which of the servers leads. */
  nats: Nats
}

/** Lets it all happen. Whoever is to be hit has to be up; the next one that is serves as well. */
export async function weather(
  incidents: Incident[],
  { engines, notifiers, servers, nats }: Exposed,
  beganAt: number,
  report: (line: string) => void,
): Promise<void> {
  let serversAreUp = Promise.resolve()
  const happening = incidents.map(async ({ kind, atMs, forMs, whom }) => {
    await sleep(beganAt + atMs - Date.now())
    const forSeconds = `for ${(forMs / 1000).toFixed(1)} s`
    if (kind === 'serverKills') {
      serversAreUp = serversAreUp.then(async () => {
        const server = await leaderOf(servers, nats)
        report(`${server.name} is killed, ${forSeconds}`)
        await server.kill()
        await sleep(forMs)
        await server.start()
        report(`${server.name} is back`)
      })
      return serversAreUp
    }
    const worker = await oneThatIsUp(kind === 'notifierKills' ? notifiers : engines, whom)
    report(`${worker.name} is ${kind === 'sleeps' ? 'put to sleep' : 'killed'}, ${forSeconds}`)
    return kind === 'sleeps' ? worker.sleep(forMs) : worker.kill(forMs)
  })
  await Promise.all(happening)
}

/** The server that leads the stream of the records; a server without a cluster leads all. */
async function leaderOf(servers: ClusterServer[], { jsm }: Nats): Promise<ClusterServer> {
  for (;;) {
    const info = await jsm.streams.info(streams.conversations).catch(() => undefined)
    const leader =
      servers.length === 1 ? servers[0] : servers.find(({ name }) => name === info?.cluster?.leader)
    if (leader) return leader
    await sleep(50)
  }
}

async function oneThatIsUp(workers: SupervisedWorker[], whom: number): Promise<SupervisedWorker> {
  for (;;) {
    const up = workers.filter(({ condition }) => condition === 'ready')
    const one = up[Math.floor(whom * up.length)]
    if (one) return one
    await sleep(50)
  }
}

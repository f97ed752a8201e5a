import { setTimeout as sleep } from 'node:timers/promises'
import type { TestServer } from '../test-server.ts'
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
  server: TestServer
}

/** Lets it all happen. Whoever is to be hit has to be up; the next one that is serves as well. */
export async function weather(
  incidents: Incident[],
  { engines, notifiers, server }: Exposed,
  beganAt: number,
  report: (line: string) => void,
): Promise<void> {
  let serverIsUp = Promise.resolve()
  const happening = incidents.map(async ({ kind, atMs, forMs, whom }) => {
    await sleep(beganAt + atMs - Date.now())
    const forSeconds = `for ${(forMs / 1000).toFixed(1)} s`
    if (kind === 'serverKills') {
      serverIsUp = serverIsUp.then(async () => {
        report(`nats-server is killed, ${forSeconds}`)
        await server.kill()
        await sleep(forMs)
        await server.restart()
        report('nats-server is back')
      })
      return serverIsUp
    }
    const worker = await oneThatIsUp(kind === 'notifierKills' ? notifiers : engines, whom)
    report(`${worker.name} is ${kind === 'sleeps' ? 'put to sleep' : 'killed'}, ${forSeconds}`)
    return kind === 'sleeps' ? worker.sleep(forMs) : worker.kill(forMs)
  })
  await Promise.all(happening)
}

async function oneThatIsUp(workers: SupervisedWorker[], whom: number): Promise<SupervisedWorker> {
  for (;;) {
    const up = workers.filter(({ condition }) => condition === 'ready')
    const one = up[Math.floor(whom * up.length)]
    if (one) return one
    await sleep(50)
  }
}

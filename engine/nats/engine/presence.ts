import { Bucket } from '../bucket.ts'
import type { Nats, RoleConnection } from '../connect.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { subjects, workerTtlMs } from '../topology.ts'

const heartbeatMs = workerTtlMs / 3
const lookEveryMs = 250

/** A worker's presence among the workers of its role. */
export interface Presence {
  /** Announces the departure, so that the others need not wait for the silence. */
  leave(): Promise<void>
}

/**
 * Keeps a key with a short time to live in the bucket of workers, and follows the keys of the others by their
 * heartbeats. The expiry of a key is not announced: a worker that has been silent for longer than its time to live, by
 * this worker's own clock, is looked up in the bucket.
 *
 * @param role `engine` or `notifier`: part of the key
 * @param changed called with the live workers, this one included: now, and after each change
 * @param status the value of the key, which others read
 */
export async function join(
  nats: Nats,
  role: string,
  worker: string,
  retryOptions: RetryOptions,
  changed: (alive: string[]) => void,
  status: () => string = () => 'alive',
): Promise<Presence> {
  const bucket = new Bucket(nats, 'workers')
  const { log } = retryOptions
  const lastSeen = new Map<string, number>([[worker, Number.POSITIVE_INFINITY]])
  const notify = () => changed([...lastSeen.keys()])
  const subscription = watchHeartbeats(nats, role, (name, isAlive) => {
    if (name === worker) return
    const isNew = !lastSeen.has(name)
    if (isAlive) {
      lastSeen.set(name, Date.now())
      if (isNew) notify()
    } else if (lastSeen.delete(name)) notify()
  })
  const present = await retry('the workers', retryOptions, () => bucket.list(`${role}.*`))
  for (const { key } of present) {
    const name = key.slice(role.length + 1)
    if (name !== worker) lastSeen.set(name, Date.now())
  }

  const ttl = { 'Nats-TTL': `${workerTtlMs / 1000}s` }
  const beat = () =>
    nats.publisher
      .publish(subjects.worker(role, worker), status(), ttl)
      .catch((err) => log.debug({ err }, 'no heartbeat'))
  // To a worker that was suspended all others seem silent, and a reconnect loses heartbeats: the bucket decides.
  const lookUp = async (name: string) => {
    if (await bucket.get(`${role}.${name}`)) lastSeen.set(name, Date.now())
    else if (lastSeen.delete(name)) {
      log.info({ silent: name }, 'a worker has gone silent')
      notify()
    }
  }
  const lookUpSilent = () => {
    for (const [name, seen] of lastSeen)
      if (seen < Date.now() - workerTtlMs)
        lookUp(name).catch((err) => log.debug({ err }, 'cannot look at the workers'))
  }
  void beat()
  notify()
  const timers = [setInterval(beat, heartbeatMs), setInterval(lookUpSilent, lookEveryMs)]

  return {
    leave: async () => {
      for (const timer of timers) clearInterval(timer)
      subscription.stop()
      await bucket.delete(`${role}.${worker}`)
    },
  }
}

/** How many workers of a role have a stored heartbeat: those alive, while JetStream stores. */
export async function workersAlive(connection: RoleConnection, role: string): Promise<number> {
  return (await new Bucket(connection, 'workers').list(`${role}.*`)).length
}

/** Tells each heartbeat and each announced departure of a role's workers. */
export function watchHeartbeats(
  { connection }: Nats,
  role: string,
  heard: (worker: string, isAlive: boolean) => void,
): { stop(): void } {
  const prefix = subjects.worker(role, '')
  const subscription = connection.subscribe(`${prefix}*`, {
    callback: (error, message) => {
      if (!error) heard(message.subject.slice(prefix.length), !message.headers?.has('KV-Operation'))
    },
  })
  return { stop: () => subscription.unsubscribe() }
}

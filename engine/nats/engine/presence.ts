import type { KV } from '@nats-io/kv'
import type { NatsConnection } from '@nats-io/transport-node'
import { headers } from '@nats-io/transport-node'
import type { Logger } from 'pino'
import { buckets, workerTtlMs } from '../topology.ts'

const heartbeatMs = workerTtlMs / 3

/** A worker's being there among those of its role. */
export interface Presence {
  /** Says goodbye, so that the others need not wait for the silence. */
  leave(): Promise<void>
}

/**
 * Keeps a key with a short time to live in the bucket of workers and watches those of the others.
 *
 * A key that expires is announced to watchers (the bucket has delete markers); what has been silent for longer
 * than its time to live by this worker's own clock is looked up once more.
 *
 * @param role `engine` or `notifier`: part of the key
 * @param changed is told who is alive, this worker included: now, and after each change
 */
export async function join(
  connection: NatsConnection,
  bucket: KV,
  role: string,
  worker: string,
  log: Logger,
  changed: (alive: string[]) => void,
): Promise<Presence> {
  const prefix = `${role}.`
  const lastSeen = new Map<string, number>([[worker, Number.POSITIVE_INFINITY]])
  for await (const key of await bucket.keys(`${prefix}*`)) lastSeen.set(key.slice(prefix.length), Date.now())
  const tell = () => changed([...lastSeen.keys()])
  const ttl = headers()
  ttl.set('Nats-TTL', `${workerTtlMs / 1000}s`)

  const beat = () => {
    try {
      connection.publish(`$KV.${buckets.workers}.${prefix}${worker}`, 'alive', { headers: ttl })
    } catch (error) {
      log.debug({ err: error }, 'no heartbeat')
    }
  }
  const entries = await bucket.watch({ key: `${prefix}*` })
  void (async () => {
    for await (const entry of entries) {
      const name = entry.key.slice(prefix.length)
      if (name === worker) continue
      const isNew = !lastSeen.has(name)
      if (entry.operation === 'PUT') {
        lastSeen.set(name, Date.now())
        if (isNew) tell()
      } else if (lastSeen.delete(name)) tell()
    }
  })()

  // One who slept itself finds everybody silent; and a watch may have missed an expiry. The bucket knows.
  const lookAgain = async (name: string) => {
    const entry = await bucket.get(prefix + name)
    if (entry?.operation === 'PUT') lastSeen.set(name, Date.now())
    else if (lastSeen.delete(name)) {
      log.info({ role, name }, 'a worker has gone silent')
      tell()
    }
  }
  beat()
  tell()
  const timer = setInterval(() => {
    beat()
    for (const [name, seen] of lastSeen)
      if (seen < Date.now() - workerTtlMs)
        lookAgain(name).catch((err) => log.debug({ err }, 'cannot look at the workers'))
  }, heartbeatMs)

  return {
    leave: async () => {
      clearInterval(timer)
      entries.stop()
      await bucket.delete(`${prefix}${worker}`)
    },
  }
}

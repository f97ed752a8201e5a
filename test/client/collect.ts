import type { Msg, SubscriptionOptions } from '@nats-io/transport-node'
import type { RoleConnection } from '../../engine/nats/connect.ts'

/** Reads a stream into an array until it is stopped. */
export function collect<T>(follow: (signal: AbortSignal) => AsyncIterable<T>): { items: T[]; stop(): void } {
  const items: T[] = []
  const stopped = new AbortController()
  const read = async () => {
    try {
      for await (const item of follow(stopped.signal)) items.push(item)
    } catch (error) {
      if (!stopped.signal.aborted) throw error
    }
  }
  void read()
  return { items, stop: () => stopped.abort() }
}

/** Has a client lose a live record, as a network may: the next one after `arm`, of subscriptions that are made later. */
export function losesRecords(client: object): { lost: number; arm(): void } {
  const { connection } = Reflect.get(client, 'role') as RoleConnection
  const subscribe = connection.subscribe.bind(connection)
  let isArmed = false
  const losses = {
    lost: 0,
    arm: () => {
      isArmed = true
    },
  }
  connection.subscribe = (subject: string, options: SubscriptionOptions = {}) => {
    const { callback } = options
    if (!callback || !subject.startsWith('frontdesk.live.')) return subscribe(subject, options)
    const lossy = (error: Error | null, message: Msg) => {
      if (!isArmed) return callback(error as Error, message)
      isArmed = false
      losses.lost++
    }
    return subscribe(subject, { ...options, callback: lossy })
  }
  return losses
}

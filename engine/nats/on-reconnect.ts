import type { NatsConnection } from '@nats-io/transport-node'

const listeners = new WeakMap<NatsConnection, Set<() => void>>()

/**
 * Calls back after each reconnect, in the order of registration; returns the function that ends it. A connection is
 * watched once for all listeners: the client gives every watcher a queue.
 */
export function onReconnect(connection: NatsConnection, callback: () => void): () => void {
  const known = listeners.get(connection)
  const callbacks = known ?? new Set()
  if (!known) {
    listeners.set(connection, callbacks)
    void watch(connection, callbacks)
  }
  // Each registration counts, even of the same function.
  const listener = () => callback()
  callbacks.add(listener)
  return () => callbacks.delete(listener)
}

async function watch(connection: NatsConnection, callbacks: Set<() => void>): Promise<void> {
  for await (const { type } of connection.status())
    if (type === 'reconnect') for (const callback of callbacks) callback()
}

import type { NatsConnection } from '@nats-io/transport-node'

const listeners = new WeakMap<NatsConnection, Set<() => void>>()

/**
 * Calls back each time that the connection is there again after it was lost, in the order of listening; returns
 * what ends it. However many listen, a connection is watched once: the client gives every watcher a queue.
 */
export function onReconnect(connection: NatsConnection, callback: () => void): () => void {
  const known = listeners.get(connection)
  const callbacks = known ?? new Set()
  if (!known) {
    listeners.set(connection, callbacks)
    void watch(connection, callbacks)
  }
  // Each call is a listener of its own, though the function be the same.
  const listener = () => callback()
  callbacks.add(listener)
  return () => callbacks.delete(listener)
}

async function watch(connection: NatsConnection, callbacks: Set<() => void>): Promise<void> {
  for await (const { type } of connection.status())
    if (type === 'reconnect') for (const callback of callbacks) callback()
}

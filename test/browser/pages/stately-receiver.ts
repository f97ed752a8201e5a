import {
  createBrowserReceiver,
  createWebSocketReceiver,
  type StatelyInspectionEvent,
} from '@statelyai/inspect'
import { createMachine } from 'xstate'

/** What the page of a test does with the stock receivers, which it has unchanged. */
const received: StatelyInspectionEvent[][] = []

Object.assign(window, {
  received,
  /** By a WebSocket; says which it is. */
  attach(server: string): number {
    const events: StatelyInspectionEvent[] = []
    createWebSocketReceiver({ server }).subscribe((event) => events.push(event))
    return received.push(events) - 1
  },
  /** In a window that somebody has opened. */
  listen(): void {
    const events: StatelyInspectionEvent[] = []
    createBrowserReceiver().subscribe((event) => events.push(event))
    received.push(events)
  },
  /** How an inspector draws an actor in a state: the ids of its active states. */
  activeIn(definition: string, { value, context }: { value: never; context: never }): string[] {
    const { _nodes: nodes } = createMachine(JSON.parse(definition)).resolveState({
      value,
      context,
    }) as unknown as {
      _nodes: { id: string }[]
    }
    return nodes.map(({ id }) => id)
  },
})

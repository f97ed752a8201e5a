import type { AnyStateMachine, EventObject } from 'xstate'
import { withScope } from './xstate-internals.ts'

/** An action as data: its type and its parameters. */
export interface Action {
  type: string
  params?: unknown
}

export interface Step {
  snapshot: MachineSnapshot
  actions: Action[]
}

/** The fields of a snapshot that we read. XState types snapshots by their machine. */
export interface MachineSnapshot {
  value: unknown
  context: unknown
  status: 'active' | 'done' | 'error' | 'stopped'
  error?: unknown
  children?: unknown
  historyValue?: unknown
  tags?: ReadonlySet<string>
}

/**
 * One step of a machine without an actor: the next snapshot, and its actions as data.
 *
 * XState's `transition()` says the same (a test holds the two together), but builds a throw-away actor for
 * each call, which also works out the machine's initial state with no input: 80–100 µs against 25 µs here.
 */
export function step(
  machine: AnyStateMachine,
  snapshot: MachineSnapshot,
  event: EventObject & { at: number },
): Step {
  return collect((scope) => machine.transition(snapshot as never, event, scope))
}

/** A machine's first step. Throws what a guard or an action of it throws. */
export function begin(machine: AnyStateMachine, input: unknown): Step {
  return collect((scope) => machine.getInitialSnapshot(scope, input))
}

/** The stored part of a snapshot; `restore` makes a snapshot from it. */
export interface StoredSnapshot {
  value: unknown
  context: unknown
  status?: string
  historyValue?: unknown
  children?: unknown
}

export function store(machine: AnyStateMachine, snapshot: MachineSnapshot): StoredSnapshot {
  const { value, context, status } = snapshot
  // XState's own walks the whole context, in search of actors that a machine without children does not have.
  if (isFilled(snapshot.children) || isFilled(snapshot.historyValue)) {
    const whole = machine.getPersistedSnapshot(snapshot as never) as unknown as Required<StoredSnapshot>
    return {
      value,
      context: whole.context,
      status,
      historyValue: whole.historyValue,
      children: whole.children,
    }
  }
  return { value, context, ...(status !== 'active' && { status }) }
}

export function restore(machine: AnyStateMachine, stored: StoredSnapshot): MachineSnapshot {
  const whole = { status: 'active', children: {}, historyValue: {}, output: undefined, error: undefined }
  return withScope((scope) => machine.restoreSnapshot({ ...whole, ...stored } as never, scope)).result
}

function collect(advance: Parameters<typeof withScope<MachineSnapshot>>[0]): Step {
  const { result: snapshot, executed } = withScope(advance)
  // XState stores an error that the first step threw in the snapshot.
  if (snapshot.status === 'error') throw snapshot.error
  return { snapshot, actions: executed.map(({ type, params }) => ({ type, params })) }
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

/** The place of a value that JSON does not preserve, such as `context.own.since is a Date`. */
export function unstorable(value: unknown, place: string): string | undefined {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean')
    return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${place} is ${value}`
  if (typeof value !== 'object') return `${place} is a ${typeof value}`
  const prototype = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null)
    return `${place} is a ${prototype.constructor?.name ?? 'class'}`
  for (const [key, below] of Object.entries(value)) {
    const found = unstorable(below, `${place}.${key}`)
    if (found) return found
  }
  return undefined
}

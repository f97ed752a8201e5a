import type { AnyStateMachine } from 'xstate'
import type { ConversationContext } from './context.ts'
import type { Definition, Migration, Stored } from './definitions.ts'
import { type MachineSnapshot, type StoredSnapshot, unstorable } from './step.ts'
import { shownAs } from './vocabulary.ts'
import { activeNodes } from './xstate-internals.ts'

/**
 * Moves a conversation to another version of its machine, in its present state: no state is entered, nothing is said or
 * notified, and its request, if it has one, keeps its state and its agent. Throws where the migration does not preserve
 * this, or leads to a state that cannot be stored.
 *
 * @param name the version that it comes from
 */
export function migrate(
  name: string,
  { name: target, machine }: Definition,
  migration: Migration,
  { value, context }: StoredSnapshot,
): MachineSnapshot {
  const wrong = (problem: string) => new Error(`the migration from ${name} to ${target} ${problem}`)
  // A copy: the stored state may be in use, and a migration may change it in place.
  const migrated = migration(structuredClone({ value, context }) as Stored)
  const snapshot = resolved(machine, migrated, wrong)
  const passing = activeNodes(snapshot).find((node) => node.always?.some(({ guard }) => !guard))
  if (passing)
    throw wrong(`leads to ${passing.path.join('.')}, which is left at once: lead to where that leads`)
  const place = unstorable(snapshot.context, 'context')
  if (place) throw wrong(`makes a context that is not plain JSON: ${place}`)

  const before = phaseOf(value)
  const after = phaseOf(snapshot.value)
  if (before !== after && [before, after].some((phase) => phase !== 'own'))
    throw wrong(
      `leads from ${JSON.stringify(value)} to ${JSON.stringify(snapshot.value)}: who waits goes on waiting, ` +
        'who talks with an agent goes on talking; "end" ends conversations',
    )
  const [was, is] = [context as ConversationContext, snapshot.context as ConversationContext]
  if (was.request !== is.request || was.agent?.id !== is.agent?.id || was.reason !== is.reason)
    throw wrong('must leave context.request, context.agent and context.reason as they are')
  return snapshot
}

function resolved(
  machine: AnyStateMachine,
  migrated: ReturnType<Migration>,
  wrong: (problem: string) => Error,
): MachineSnapshot {
  if (typeof migrated?.context !== 'object' || migrated.context === null || migrated.value === undefined)
    throw wrong('must return { value, context }')
  try {
    // Unlike a stored state's, its value may leave out initial states: `withAgent`.
    return machine.resolveState(migrated as never)
  } catch (error) {
    throw wrong(`leads to ${JSON.stringify(migrated.value)}, which there is not: ${(error as Error).message}`)
  }
}

interface RunningTimer {
  id: string
  due: number
  event?: { type: string }
}

/** The timers of a conversation: running ones, and those that have come due in a state that it has not left. */
export interface Timers<T extends RunningTimer = RunningTimer> {
  timers: T[]
  fired: string[] | undefined
}

/**
 * The timers after a migration: running ones keep their instant where the new states have them; other timers of the new
 * states start now, except those that have come due before.
 */
export function carriedTimers(snapshot: MachineSnapshot, { timers, fired }: Timers, now: number): Timers {
  const { machine, context } = snapshot as unknown as { machine: AnyStateMachine; context: unknown }
  const delays = new Map<string, unknown>()
  for (const node of activeNodes(snapshot))
    for (const { eventType, delay } of node.after) delays.set(eventType, delay)
  // Other timers belong to no state: those of events that the machine has raised, and those of the agents' side.
  const carried = timers.filter(({ id, event }) => delays.has(id) || event !== undefined || isOfDesk(id))
  for (const [id, delay] of delays) {
    if (fired?.includes(id) || carried.some((timer) => timer.id === id)) continue
    const ms = delayMs(machine, delay, context, now)
    if (Number.isFinite(ms)) carried.push({ id, due: now + Math.max(0, ms) })
  }
  return { timers: carried, fired: fired?.filter((id) => delays.has(id)) }
}

/** Whether it is a timer of the agents' side (`core/desk.ts`), which no machine has. */
export function isOfDesk(timer: string): boolean {
  return timer.startsWith('desk.')
}

/** A delay in milliseconds, by its name or its value, if it began now; not a finite number: it never comes due. */
export function delayMs(machine: AnyStateMachine, delay: unknown, context: unknown, now: number): number {
  const named = typeof delay === 'string' ? machine.implementations.delays[delay] : delay
  const event = { type: 'restarted', at: now }
  return (typeof named === 'function' ? named({ context, event }, undefined) : named) as number
}

/** The phase of a conversation as agents know it; `own` before there is a request. */
function phaseOf(value: unknown): 'own' | 'queued' | 'withAgent' | 'ended' {
  const top = typeof value === 'string' ? value : (Object.keys(value as object)[0] ?? '')
  const shown = shownAs[top]
  return shown === 'queued' || shown === 'withAgent' || shown === 'ended' ? shown : 'own'
}

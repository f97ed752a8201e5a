import { type Conversation, earliest, type Incoming, isRunning, timerName } from './conversation.ts'
import { fireAtDesk, followDesk } from './desk.ts'
import { RecordDraft } from './draft.ts'
import { type Recorded, recordOf } from './record.ts'
import { endRetired, resume, type World } from './running.ts'

export type WakeUpDecision =
  | Recorded
  /** The conversation has no timer for it: another wake-up has replaced this one, or it was erased. */
  | { kind: 'nothing' }
  /** The wake-up came before its timer, which was put off: schedule the same one again, for `at`. */
  | { kind: 'rearm'; generation: number; at: number }
  /** The wake-up's generation is newer than the state, so the read was stale: reload from the leader. */
  | { kind: 'outdated' }

/** Fires the timers that are due at `at`, in their order, in one record; each may start others that are due too. */
export function wakeUp(
  world: World,
  conversation: Conversation,
  incoming: Incoming,
  generation: number,
  at: number,
): WakeUpDecision {
  const state = conversation.record?.state ?? {}
  if (state.erased) return { kind: 'nothing' }
  const armed = state.wake ?? { generation: 0, at: 0 }
  if (generation > armed.generation) return { kind: 'outdated' }
  const first = earliest(state.timers)
  if (generation < armed.generation || !first || !isRunning(state)) return { kind: 'nothing' }
  // If the wake-up fired before its stored time, re-arm for that time, which the state relies on, not the timer's.
  if (first.due > at) return { kind: 'rearm', generation, at: armed.at > at ? armed.at : first.due }

  const event = { id: `wake-${generation}`, type: `timer.${timerName(first)}`, seq: incoming.seq }
  const draft = new RecordDraft(incoming.conversation, event, at, state)
  if (resume(draft, world, conversation, state, incoming.event) === 'ends') {
    endRetired(draft, state, null)
    followDesk(draft, world, incoming.event)
    return recordOf(draft)
  }
  // The failed bot's timers are gone; its conversation has to go on without it.
  if (world.botHasFailed) draft.step({ type: 'fellBack' })
  fireDue(draft)
  followDesk(draft, world, incoming.event)
  return recordOf(draft)
}

/** A timer that restarts itself without a delay would never return: it fails, at the cost of its wake-up. */
const timersAtOnceMax = 1_000

function fireDue(draft: RecordDraft): void {
  let count = 0
  // A migration may have removed the timer that the wake-up was for.
  for (let timer = earliest(draft.timers); timer && timer.due <= draft.at; timer = earliest(draft.timers)) {
    if (++count > timersAtOnceMax) throw new Error(`${timer.id}: timers come due without end`)
    if (!fireAtDesk(draft, timer)) draft.fire(timer)
  }
}

import type { Call } from '../../schemas/conversation/call.ts'
import type { Agent, Event } from '../../schemas/conversation/event.ts'
import type { ConversationRecord, Rating, RequestAction, Status } from '../../schemas/conversation/record.ts'
import type { ConversationContext, Input } from '../machines/context.ts'
import type { MachineSnapshot, StoredSnapshot } from '../machines/step.ts'
import { shownAs } from '../machines/vocabulary.ts'

/** When the agent is reminded to answer, and when the request goes back to the queue; `null`: never. */
export interface AgentDues {
  remind: number | null
  release: number | null
}

/** The agents' side of a conversation. */
export interface DeskState {
  /** The customer waits for the agent's answer. */
  unanswered?: Unanswered
  /** While the request waits: the one agent who may accept it, until an instant in epoch milliseconds. */
  offer?: { agent: Agent; until: number }
  /** While the request waits: the ids of agents who did not take it. */
  asked?: string[]
  /** The customer has gone while others wait: an escalation is held back. */
  isHeld?: true
  /** The timer of the escalation that is held back. */
  overdue?: string
  /** How often the present wait was escalated, where a next time is to come. */
  escalations?: number
  /** When it began to wait in this workspace, where it came from another one; in epoch milliseconds. */
  movedAt?: number
  /** The agent has accepted it at a desk of the gateway, whose silence means something. */
  isAtDesk?: true
  /** The workspaces that the request was transferred from; an erasure removes it from these, too. */
  formerWorkspaces?: string[]
}

/** Instants are epoch milliseconds. */
interface Unanswered extends AgentDues {
  /** The first message that the agent has not answered, or the acceptance. */
  since: number
  /** Whether the agent was reminded. */
  isTold?: true
}

/** A timer that runs: XState's delayed event, and when it is due in epoch milliseconds. */
export interface Timer {
  id: string
  due: number
  /** The delayed event, where it is more than its type, which is the id. */
  event?: { type: string }
}

/** The timer's name in its machine, where a delayed transition is `xstate.after.<delay>.<state>`, or at the desk. */
export function timerName({ id }: Pick<Timer, 'id'>): string {
  return /^(?:xstate\.after|desk)\.([^.]+)/.exec(id)?.[1] ?? id
}

/** Whether it is a timer of the idle reminders. */
export function isIdleTimer(timer: Timer): boolean {
  return timerName(timer) === 'idle'
}

/** The timer that comes due first. */
export function earliest(timers: readonly Timer[] = []): Timer | undefined {
  return timers.reduce<Timer | undefined>(
    (first, timer) => (first && first.due <= timer.due ? first : timer),
    undefined,
  )
}

/** The conversation's wake-up that was scheduled last; earlier ones no longer count. */
export interface Wake {
  generation: number
  /** When it comes due, in epoch milliseconds. */
  at: number
  /** The EVENTS sequence of the event that it was armed by. */
  seq: number
}

/** How far the log's clock may step back, as where its leader changes, without losing a wake-up. */
const clockStepMsMax = 60_000

/**
 * The wake-up that the conversation needs: the one it has, if that comes no later than the first timer, else a new
 * one. A wake-up whose time has passed no longer counts: it may have come, or have been put off, without a record.
 * Neither does one whose time is so near that it may have passed before the clock stepped back.
 */
export function armed(
  wake: Wake | undefined,
  timers: readonly Timer[],
  at: number,
  seq: number,
): Wake | undefined {
  const first = earliest(timers)
  if (!first) return wake
  if (wake && wake.at > at + clockStepMsMax && wake.at <= first.due) return wake
  return { generation: (wake?.generation ?? 0) + 1, at: first.due, seq }
}

/** The part of a record from which its conversation goes on, without any earlier record. */
export interface State {
  /** The machine that it runs, `<id>@<version>`; absent before the first `session.started`. */
  machine?: string | undefined
  snapshot?: StoredSnapshot | undefined
  /** When it came to the state that its customer sees (`status.state`), in epoch milliseconds. */
  since?: number | undefined
  /**
   * In the first record: the machine's input, if its first snapshot does not contain all of it. In a later one: the
   * input by which the conversation continued, since its channel had closed before the customer's first text.
   */
  began?: Input | undefined
  timers?: Timer[] | undefined
  /** Timers that fired in a state that is still active: a migration does not start them again. */
  fired?: string[] | undefined
  wake?: Wake | undefined
  /** How often each request action was told. */
  told?: Partial<Record<RequestAction, number>> | undefined
  /** The calls of APIs that the record's event asked for: of this record only. */
  calls?: Call[] | undefined
  /** How many calls there were, and the one that is waited for. */
  called?: number | undefined
  awaits?: number | undefined
  /** The agents' side, which no machine has. */
  desk?: DeskState | undefined
  /** The ids of the files that came with messages: its erasure removes them from the store. */
  files?: string[] | undefined
  /** How the customer rated the conversation after its end. */
  rating?: Rating | undefined
  /**
   * How many events of customers, agents and bots were applied; absent where an earlier version, which did not count,
   * began the conversation.
   */
  events?: number | undefined
  /** The events seen last, as `rememberedMax` fixed-length digests. */
  recent?: string | undefined
  /** The router's events seen last, likewise. */
  routed?: string | undefined
  /** Everything was removed: only where others' traces of it are. */
  erased?:
    | {
        workspace: string | null
        request: number
        startedAt: number | null
        formerWorkspaces?: string[] | undefined
        files?: string[] | undefined
      }
    | undefined
}

/** The state of a conversation that has begun and was not erased. */
export type RunningState = State & { machine: string; snapshot: StoredSnapshot }

export function isRunning(state: State): state is RunningState {
  return state.machine !== undefined
}

export function contextOf({ context }: Pick<StoredSnapshot, 'context'>): ConversationContext {
  return context as ConversationContext
}

/** The state of a conversation as its customer and its agent see it. */
export function phaseOf({ value }: Pick<StoredSnapshot, 'value'>): Status['state'] {
  const top = typeof value === 'string' ? value : Object.keys(value as object)[0]
  return shownAs[top ?? ''] ?? 'bot'
}

/** The status of a conversation as its customer and its agent see it. */
export function statusOf(snapshot: Pick<StoredSnapshot, 'context' | 'value'>): Status {
  const { request, agent, reason } = contextOf(snapshot)
  return {
    state: phaseOf(snapshot),
    request: request > 0 ? request : undefined,
    agent: agent ?? undefined,
    reason: reason ?? undefined,
  }
}

export function hasOpenRequest({ request, reason }: ConversationContext): boolean {
  return request > 0 && reason === null
}

export type StoredRecord = Omit<ConversationRecord, 'state'> & { state: State }

/** A conversation as a worker knows it. */
export interface Conversation {
  /** The sequence of the last message on its subject, 0 where there is none: what the next write expects. */
  last: number
  /** The sequence of its last record: `last`, unless a message that is not a record follows it. */
  sequence: number
  record: StoredRecord | null
  /** The record's snapshot, restored; it saves restoring it for every event. */
  snapshot?: MachineSnapshot
}

export const unknownConversation: Conversation = { last: 0, sequence: 0, record: null }

/** A message of a log, as it came. */
export interface RawEvent {
  subject: string
  seq: number
  /** When the log took it, in epoch milliseconds. */
  at: number
  /** Its `Nats-Msg-Id`; empty where the publisher gave none. */
  id: string
  body: Uint8Array
  /** All its headers. */
  headers: Record<string, string>
}

/** An event that was understood, with its place and time in the log. */
export interface Incoming {
  conversation: string
  /** Its sequence in EVENTS. */
  seq: number
  id: string
  /** The log's time of it, in epoch milliseconds. */
  at: number
  event: Event
  /** The digest by which a repetition is recognised; empty if the event has no id of its own. */
  digest: string
}

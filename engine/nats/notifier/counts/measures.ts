import type { MeasureName } from '../../../../schemas/protocol/numbers.ts'
import { contextOf, isRunning, phaseOf, type StoredRecord } from '../../../core/conversation.ts'
import { type OpeningHours, openTime } from '../../../core/hours/opening-hours.ts'
import type { Context } from '../../../machines/context.ts'

/** A time that somebody waited for somebody; instants and lengths in milliseconds. */
export interface Measure {
  name: MeasureName
  /** When it ended. */
  at: number
  /** In open time. */
  ms: number
  workspace: string
  channel: string
}

/** The part of a conversation's past that its next record is measured by. */
export interface MeasuredPast {
  /** No agent has written since the request was made. */
  isUnheard: boolean
  /** The customer's first message that no agent has answered, or the acceptance. */
  unansweredSince: number | undefined
}

/**
 * The times that a record ends, and the past for the next one, which only a conversation with an open request has. A
 * bot's time counts in none: the first begins with the request.
 *
 * @param past absent: the record is the first, or the first that was read; times that began before are left out
 * @param hoursOf the opening hours of a channel; `undefined`: always open
 */
export function measure(
  past: MeasuredPast | undefined,
  { at: time, event, outcome, messages = [], requests = [], state }: StoredRecord,
  hoursOf: (channel: string) => OpeningHours | undefined,
): { measures: Measure[]; past: MeasuredPast | undefined } {
  if (!isRunning(state)) return { measures: [], past: undefined }
  const context = contextOf(state.snapshot) as Context
  const { channel, workspace } = context.pinned
  const queuedAt = context.queuedAt ?? 0
  const at = Date.parse(time)
  const hours = hoursOf(channel)
  const measures: Measure[] = []
  const add = (name: MeasureName, from: number) => {
    const ms = hours ? openTime(hours, from, at) : Math.max(0, at - from)
    measures.push({ name, at, ms, workspace, channel })
  }
  const accepted = requests.find(({ action }) => action === 'accepted')
  const isFirstAcceptance = accepted !== undefined && accepted.n === undefined
  // After a take-over the conversation is in its state for longer.
  const isFromQueue = isFirstAcceptance || (accepted !== undefined && state.since === at)
  if (isFromQueue) add('accept', context.waitingSince)
  if (isFirstAcceptance) add('wait', queuedAt)
  const isReply = event.type === 'agent.message' && outcome === 'applied'
  if (isReply && past?.isUnheard) add('firstReply', queuedAt)
  if (isReply && past?.unansweredSince !== undefined) add('reply', past.unansweredSince)
  if (event.type === 'session.ended' && requests.some(({ action }) => action === 'withdrawn'))
    add('abandoned', context.waitingSince)

  const phase = phaseOf(state.snapshot)
  if (phase !== 'queued' && phase !== 'withAgent') return { measures, past: undefined }
  const isNew = isFirstAcceptance || requests.some(({ action }) => action === 'created')
  const hasWritten = messages.some(({ author }) => author.type === 'customer')
  const waitsSince = past ? past.unansweredSince : state.desk?.unanswered?.since
  const begins = isFromQueue || hasWritten ? at : undefined
  return {
    measures,
    past: {
      isUnheard: !isReply && (isNew || (past?.isUnheard ?? false)),
      unansweredSince: isReply || phase === 'queued' ? undefined : (waitsSince ?? begins),
    },
  }
}

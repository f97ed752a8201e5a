import type { Event } from '../../schemas/conversation/event.ts'
import type { Rejection } from '../../schemas/conversation/record.ts'
import { ratedWithinMs } from '../../schemas/limits.ts'
import type { Result } from '../../schemas/result.ts'
import { trim } from '../texts/trim.ts'
import { contextOf, isRunning, type State } from './conversation.ts'
import type { RecordDraft } from './draft.ts'

type Rated = Extract<Event, { type: 'session.rated' }>

/** Whether a conversation may be rated once it has ended: an agent had it, and its channel asks for ratings. */
export function asksRating(state: State): boolean {
  if (!isRunning(state) || state.rating || (state.told?.accepted ?? 0) === 0) return false
  return contextOf(state.snapshot).pinned.rating !== false
}

/** The customer rates a conversation that has ended; a second rating changes nothing. */
export function rate(
  draft: RecordDraft,
  state: State,
  { score, text }: Rated,
  checked: Result<Event, Rejection>,
): RecordDraft {
  if (!checked.ok) return draft.refuse(checked.error)
  if (state.rating) return draft.ignore()
  if (!asksRating(state))
    return draft.refuse({ code: 'not_allowed_now', message: 'this conversation is not rated' })
  if (draft.at - (state.since ?? 0) > ratedWithinMs)
    return draft.refuse({
      code: 'not_allowed_now',
      message: 'the conversation has ended too long ago to be rated',
    })
  draft.rating = text === undefined || trim(text) === '' ? { score } : { score, text }
  draft.notify('rated')
  return draft
}

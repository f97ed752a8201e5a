import type { Customer } from '../../schemas/conversation/customer.ts'
import type { Event, EventType } from '../../schemas/conversation/event.ts'
import type { Rejection } from '../../schemas/conversation/record.ts'
import type { Result } from '../../schemas/result.ts'
import type { Context } from '../machines/context.ts'
import { begin } from '../machines/step.ts'
import {
  type Conversation,
  contextOf,
  hasOpenRequest,
  type Incoming,
  isIdleTimer,
  isRunning,
  type State,
} from './conversation.ts'
import { knownAttributes } from './customer/attributes.ts'
import { followDesk, handleAtDesk } from './desk.ts'
import { RecordDraft } from './draft.ts'
import { rate } from './rating.ts'
import { seenBefore } from './recent.ts'
import { type Recorded, recordOf } from './record.ts'
import { checkValues, conversationFull, isFull } from './refused-value.ts'
import { beginningFor, endRetired, inputAfterClosing, isDerivable, resume, type World } from './running.ts'
import { type WakeUpDecision, wakeUp } from './wake-up.ts'

/** The outcome of an event. `nothing`: it was applied before, or is a wake-up without a timer. */
export type Decision = Recorded | { kind: 'nothing' } | WakeUpDecision

/**
 * Decides what follows from an event: all that frontdesk does, as a pure function of what is configured, the
 * conversation so far, and the event with its time.
 *
 * Throws what a machine throws. The event is then not applied: the conversation stays as it was, or goes on without
 * the bot that failed if the event is decided again with `world.botHasFailed`.
 */
export function decide(world: World, conversation: Conversation, incoming: Incoming): Decision {
  const { event, id, seq, digest } = incoming
  const last = conversation.record
  if (last && last.event.seq >= seq) return { kind: 'nothing' }
  // The log's clock may step back; a conversation's never does.
  const at = Math.max(incoming.at, last ? Date.parse(last.at) : 0)
  if (event.type === 'timer.due') return wakeUp(world, conversation, incoming, event.generation, at)

  const state = last?.state ?? {}
  // A sign of life that resets nothing makes no record.
  if (event.type === 'session.active' && (!state.timers?.some(isIdleTimer) || isFull(state, event)))
    return { kind: 'nothing' }
  const recorded = { id, type: event.type, seq }
  if (event.type === 'admin.erased' || state.erased)
    return recordOf(erase(new RecordDraft(incoming.conversation, recorded, at, {}), state, event))

  const seen = seenBefore(state.recent ?? '', digest) ?? seenBefore(state.routed ?? '', digest)
  if (seen === 'same') return { kind: 'nothing' }
  const draft = new RecordDraft(incoming.conversation, recorded, at, state)
  if (seen === 'other') return recordOf(draft.refuse({ code: 'id_reused' }))
  // Earlier versions have remembered the router's events with all others.
  const isRouted = event.type.startsWith('request.') && !world.stored?.recent?.endsWith(digest)
  if (isRouted) draft.rememberRouted(digest)
  else draft.remember(digest)

  const checked = checkValues(event)
  if (!isRunning(state)) return recordOf(start(draft, world, event, checked))
  if (state.snapshot.status === 'done') return recordOf(answerAfterEnd(draft, state, event, checked))
  if (!checked.ok) return recordOf(draft.refuse(checked.error))
  if (isFull(state, event)) return recordOf(draft.refuse(conversationFull))
  if (event.type === 'call.answered') {
    // The machine has stopped waiting for this call.
    if (event.call !== state.awaits) return recordOf(draft.ignore())
    draft.awaits = undefined
  }
  if (resume(draft, world, conversation, state, event) === 'ends') endRetired(draft, state, event)
  else if (event.type === 'session.active') draft.restartIdle()
  else if (!handleAtDesk(draft, event)) {
    const closed = inputAfterClosing(world, state, event, at)
    if (closed) draft.close(closed)
    draft.step(event)
    if (closed) draft.sayClosed()
  }
  if (event.type === 'session.identified') keepVerified(draft, event.customer)
  followDesk(draft, world, event)
  return recordOf(draft)
}

/** Begins the conversation, or refuses to: it begins with `session.started` only. */
function start(
  draft: RecordDraft,
  world: World,
  event: Event,
  checked: Result<Event, Rejection>,
): RecordDraft {
  if (event.type !== 'session.started') return draft.refuse({ code: 'unknown_conversation' })
  if (!checked.ok) return draft.refuse(checked.error)
  const { strictChannels, channels } = world.configuration
  if (strictChannels && !channels.has(event.channel)) return draft.refuse({ code: 'unknown_channel' })
  const { definition, input, isUncounted } = beginningFor(world, event, draft.at)
  if (!isUncounted) draft.events = 0
  const first = begin(definition.machine, input)
  if (!isDerivable(first.snapshot, input)) draft.began = input
  return draft.begin(definition, first)
}

/** A customer has logged in mid-conversation: agents see the claims of their JWT that the channel names. */
function keepVerified(draft: RecordDraft, { attributes: verified }: Customer): void {
  if (draft.outcome !== 'applied' || !verified || !draft.snapshot) return
  const context = draft.snapshot.context as Context
  const { pinned, attributes: before = [] } = context
  const attributes = knownAttributes(pinned.attributes ?? [], before, { verified })
  if (attributes.length === 0) return
  draft.changeContext((context) => ({ ...context, attributes }))
  // The workspace is told the request as it is now.
  if (hasOpenRequest(context)) draft.requests ??= []
}

/** Ignores only an event that may be late through nobody's fault; agents may still make notes. */
function answerAfterEnd(
  draft: RecordDraft,
  state: State,
  event: Event,
  checked: Result<Event, Rejection>,
): RecordDraft {
  if (mayBeLate.has(event.type)) return draft.ignore()
  if (event.type === 'session.rated') return rate(draft, state, event, checked)
  if (event.type !== 'agent.noted' && event.type !== 'mail.sent')
    return draft.refuse({ code: 'conversation_ended' })
  if (!checked.ok) return draft.refuse(checked.error)
  if (isFull(state, event)) return draft.refuse(conversationFull)
  handleAtDesk(draft, event)
  return draft
}

const mayBeLate = new Set<EventType>([
  'session.ended',
  'agent.ended',
  'agent.left',
  'call.answered',
  'request.offered',
  'request.recalled',
  'request.moved',
  'request.held',
])

/** Leaves only the fact that the conversation was erased, so that no late event begins it again. */
function erase(
  draft: RecordDraft,
  { erased, snapshot, desk, told, files }: State,
  event: Event,
): RecordDraft {
  draft.erased = erased
  if (erased)
    return event.type === 'admin.erased' ? draft.ignore() : draft.refuse({ code: 'unknown_conversation' })
  const context = snapshot && contextOf(snapshot)
  if (context && hasOpenRequest(context)) {
    draft.told = told
    draft.notify('withdrawn', { request: context.request })
  }
  draft.erased = {
    workspace: context?.pinned.workspace ?? null,
    request: context?.request ?? 0,
    startedAt: context?.pinned.at ?? null,
    formerWorkspaces: desk?.formerWorkspaces,
    files,
  }
  return draft
}

import type { Conversation, RawEvent, StoredRecord } from '../../../engine/core/conversation.ts'
import { earliest } from '../../../engine/core/conversation.ts'
import { decideAgain } from '../../../engine/core/decide-again.ts'
import { readEvent } from '../../../engine/core/read-event.ts'
import type { WhatIfQuestion } from '../../../schemas/protocol/inspector.ts'
import { History, type HistoryStep, type LoadedMachines } from './history.ts'

/** The time from the previous event to one without a time. */
const laterMs = 1_000

/** An event waits for a timer, but none runs. */
export class NoTimer extends Error {
  /** The index of the event. */
  readonly index: number

  constructor(index: number) {
    super(`events.${index}: no timer runs`)
    this.index = index
  }
}

/**
 * Decides hypothetical events, in memory, from a stored state of the conversation.
 *
 * @param start the conversation at that time
 * @param first its first record, which names its machine where `start` is before the beginning
 */
export async function whatIf(
  loaded: LoadedMachines,
  conversation: string,
  start: Conversation,
  first: StoredRecord | undefined,
  events: WhatIfQuestion['events'],
): Promise<HistoryStep[]> {
  const history = new History(loaded)
  history.conversation = start
  const machine = start.record?.state.machine ?? first?.state.machine
  if (machine !== undefined) await history.definition(machine)
  const steps: HistoryStep[] = []
  for (const [index, asked] of events.entries()) {
    const event = eventOf(conversation, history.conversation, asked, index)
    const incoming = readEvent(event)
    const decision = incoming.ok
      ? decideAgain(loaded, history.conversation, incoming.value, firstRecord(history.conversation, first))
      : undefined
    const sequence = history.conversation.sequence + 1
    const record = decision?.kind === 'record' && { sequence, body: JSON.stringify(decision.record) }
    const entry = { conversation, seq: event.seq, event, ...(record && { record }) }
    steps.push((await history.next(entry, true)) as HistoryStep)
  }
  return steps
}

/** The record that names the machine, if the conversation has not begun. */
function firstRecord({ record }: Conversation, first: StoredRecord | undefined): StoredRecord | undefined {
  return record?.state.machine === undefined ? first : undefined
}

function eventOf(
  conversation: string,
  { record }: Conversation,
  asked: WhatIfQuestion['events'][number],
  index: number,
): RawEvent {
  const seq = (record?.event.seq ?? 0) + 1
  const last = record ? Date.parse(record.at) : Date.now()
  const event = (type: string, payload: unknown, at: number): RawEvent => ({
    subject: `frontdesk.event.0.${conversation}.${type}`,
    seq,
    at,
    id: `what-if-${index + 1}`,
    body: Buffer.from(JSON.stringify(payload ?? {})),
    headers: {},
  })
  if ('payload' in asked) {
    const at = asked.at === undefined ? last + laterMs : Date.parse(asked.at)
    return event(asked.type, asked.payload, at)
  }
  const { timers, wake } = record?.state ?? {}
  const next = earliest(timers)
  if (!next || !wake) throw new NoTimer(index)
  return event('timer.due', { generation: wake.generation }, Math.max(last, next.due))
}

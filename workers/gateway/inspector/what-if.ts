import type { Conversation, RawEvent, StoredRecord } from '../../../engine/core/conversation.ts'
import { earliest } from '../../../engine/core/conversation.ts'
import { decideAgain } from '../../../engine/core/decide-again.ts'
import { readEvent } from '../../../engine/core/read-event.ts'
import type { WhatIfQuestion } from '../../../schemas/protocol/inspector.ts'
import { History, type HistoryStep, type LoadedMachines } from './history.ts'

/** Without a time of its own, an event comes so long after the one before. */
const laterMs = 1_000

/** There is no timer to wait for. */
export class NoTimer extends Error {
  /** Of the event that waits for one. */
  readonly index: number

  constructor(index: number) {
    super(`events.${index}: no timer runs`)
    this.index = index
  }
}

/**
 * What would become of a conversation with other events than those that came: in memory, from what was stored.
 *
 * @param from the conversation as it was then
 * @param first its first record: what it began with, where it has not begun then
 */
export async function whatIf(
  known: LoadedMachines,
  conversation: string,
  from: Conversation,
  first: StoredRecord | undefined,
  events: WhatIfQuestion['events'],
): Promise<HistoryStep[]> {
  const history = new History(known)
  history.now = from
  const machine = from.record?.state.machine ?? first?.state.machine
  if (machine !== undefined) await history.definition(machine)
  const retold: HistoryStep[] = []
  for (const [index, asked] of events.entries()) {
    const event = eventOf(conversation, history.now, asked, index)
    const incoming = readEvent(event)
    const decision = incoming.ok
      ? decideAgain(known, history.now, incoming.value, stored(history.now, first))
      : undefined
    const sequence = history.now.sequence + 1
    const record = decision?.kind === 'record' && { sequence, body: JSON.stringify(decision.record) }
    const happened = { conversation, seq: event.seq, event, ...(record && { record }) }
    retold.push((await history.tell(happened, true)) as HistoryStep)
  }
  return retold
}

/** What says with which machine it begins. */
function stored({ record }: Conversation, first: StoredRecord | undefined): StoredRecord | undefined {
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

import type { RawEvent, StoredRecord } from '../../../engine/core/conversation.ts'
import { addressOf } from '../../../engine/core/read-event.ts'
import { readRecord } from '../../../engine/core/record.ts'
import { notificationId } from '../../../engine/deliver.ts'
import type { Context } from '../../../engine/machines/context.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import { deadLetter, deadLetters } from '../../../engine/nats/operations/dead-letters.ts'
import { isErased, readNotification, readNotificationIds } from '../../../engine/nats/operations/traces.ts'
import type { RetryOptions } from '../../../engine/nats/retry.ts'
import { readHistory } from '../../../engine/nats/views/history.ts'
import { readRequest } from '../../../engine/nats/views/open-requests.ts'
import { type CallAnswer, callAnswer } from '../../../schemas/conversation/call.ts'
import type { CustomerAttribute, RequestCustomer } from '../../../schemas/conversation/customer.ts'
import type { Notification, OpenRequest } from '../../../schemas/conversation/notification.ts'
import type { ConversationRecord, EndReason } from '../../../schemas/conversation/record.ts'
import { parseJson, parsePayload } from '../../../schemas/parse-json.ts'
import { isNaming, knownIn, type Looked, type NamedCustomer, namedIn } from './conversations-of.ts'
import { notesIn, type SaidMessage, type SaidNote, saidIn } from './format-transcript.ts'

/** A payload as it was sent, by parsePayload, or its bytes if it is not UTF-8. */
type Sent = { payload: unknown } | { text: string } | { base64: string }

/** Everything that is stored about the customer of a conversation; instants are ISO 8601. */
export interface ExportedConversation {
  conversation: string
  /** `null` if it never began: all its events were refused. */
  channel: string | null
  locale: string | null
  startedAt: string | null
  endedAt: string | null
  reason: EndReason | null
  /** The customer as known now; `events` says by which events. */
  customer: RequestCustomer | null
  /** Facts from the company's page or server, as agents see it. */
  attributes?: CustomerAttribute[]
  /** Answers to the forms' fields besides name and e-mail, by field id. */
  details: Record<string, string>
  /** The last memory of a bot: `variables.<name>`, `option.<step>`. */
  variables: Record<string, string>
  /** The memory of a custom machine. */
  own?: unknown
  transcript: SaidMessage[]
  /** Agents’ notes for each other. */
  notes: SaidNote[]
  events: ExportedEvent[]
  calls: ExportedCall[]
  /** As agents see it now; removed a week after it is over. */
  request: OpenRequest | null
  /** The notifications to agents. */
  notifications: Notification[]
  deadLetters: ExportedLetter[]
  /** The counts of what is no longer stored. */
  missing: { events: number; notifications: number; request: boolean }
}

/** Has no payload if it has aged out of the log, or is withheld: the refused login of somebody else. */
type ExportedEvent = { id: string; at: string; type: string } & Partial<
  Pick<ConversationRecord, 'outcome' | 'rejected'>
> &
  (Sent | { missing: true } | { withheld: string })

/** A call of an API, without its headers, which are the company's own. */
interface ExportedCall {
  call: number
  at: string
  step: string
  method: string
  url: string
  body?: unknown
  answer?: { at: string } & Omit<CallAnswer, 'call'>
}

type ExportedLetter = { id: string; at: string; type: string; reason: string; explanation: string } & (
  | Sent
  | { withheld: string }
)

/** Sequences of a conversation's messages in the streams that have no subject for each conversation. */
export interface Traces {
  deadLetters: number[]
  /** The key is the notification's id: the notifier may repeat one. */
  notifications: Map<string, number>
}

/** Finds the traces of all conversations in a single pass. */
export async function tracesOf(
  nats: Nats,
  conversations: Set<string>,
  looked: Looked,
): Promise<Map<string, Traces>> {
  const traces = new Map<string, Traces>()
  for (const conversation of conversations)
    traces.set(conversation, { deadLetters: [], notifications: new Map() })
  for await (const { seq, conversation } of deadLetters(nats)) traces.get(conversation)?.deadLetters.push(seq)
  for await (const { seq, id } of readNotificationIds(nats)) {
    looked('workspace', seq)
    traces.get(id.slice(0, id.indexOf('.')))?.notifications.set(id, seq)
  }
  return traces
}

/** Exports a conversation, with the names in it; `undefined` if it was erased, or is another customer's after all. */
export async function exportedConversation(
  nats: Nats,
  retryOptions: RetryOptions,
  conversation: string,
  traces: Traces,
  isTheirs: (identity: NamedCustomer) => boolean,
): Promise<{ exported: ExportedConversation; named: NamedCustomer[] } | undefined> {
  const happened: HistoryEntry[] = []
  for await (const { event, record } of readHistory(nats, conversation)) {
    const read = record && readRecord(record.body)
    // Wake-ups are the engine's own.
    const type = event ? addressOf(event.subject).type : read?.event.type
    if (type !== undefined) happened.push({ type, ...(event && { event }), ...(read && { record: read }) })
  }
  const records = happened.flatMap(({ record }) => record ?? [])
  const context = records.at(-1)?.state.snapshot?.context as Context | undefined
  const letters = await lettersOf(nats, traces)
  const request = context ? await readRequest(nats, context.pinned.workspace, conversation) : null
  const notifications = await notificationsOf(nats, traces)
  // An erasure first writes its record, then removes: without a record now, all that we read was complete.
  if (await isErased(nats, retryOptions, conversation)) return undefined

  const isAnothers = ({ externalId }: NamedCustomer) =>
    externalId !== undefined &&
    context !== undefined &&
    ![null, externalId].includes(context.customer.externalId)
  const sent = (type: string, body: Uint8Array) =>
    isNaming(type) && isAnothers(namedIn(type, body)) ? withheld : sentIn(body)
  const named = [
    ...(context ? [knownIn(context)] : []),
    ...[...happened.flatMap(({ type, event }) => (event ? { type, body: event.body } : [])), ...letters]
      .filter(({ type }) => isNaming(type))
      .map(({ type, body }) => namedIn(type, body))
      .filter((identity) => !isAnothers(identity)),
  ]
  if (!named.some(isTheirs)) return undefined

  const events = happened.flatMap(({ type, event, record }): ExportedEvent[] => {
    if (isWakeUp(type)) return []
    const { id, at } = event
      ? { id: event.id || `seq-${event.seq}`, at: instant(event.at) }
      : { id: record?.event.id ?? '', at: record?.at ?? '' }
    const { outcome, rejected } = record ?? {}
    const payload = event ? sent(type, event.body) : ({ missing: true } as const)
    return [{ id, at, type, ...(outcome && { outcome }), ...(rejected && { rejected }), ...payload }]
  })
  const told = records.flatMap(({ requests = [] }) => requests)
  const ended = records.find(({ status }) => status?.state === 'ended')
  const exported = {
    conversation,
    channel: context?.pinned.channel ?? null,
    locale: context?.pinned.locale ?? null,
    startedAt: context ? instant(context.pinned.at) : null,
    endedAt: ended?.at ?? null,
    reason: context?.reason ?? null,
    customer: context?.customer ?? null,
    ...(context?.attributes && { attributes: context.attributes }),
    details: context?.answers ?? {},
    variables: rememberedIn(records),
    ...(context?.own !== undefined && { own: context.own }),
    transcript: saidIn(records),
    notes: notesIn(records),
    events,
    calls: callsIn(happened),
    request,
    notifications,
    deadLetters: letters.map(({ body, ...letter }) => ({ ...letter, ...sent(letter.type, body) })),
    missing: {
      events: events.filter((event) => 'missing' in event).length,
      notifications: told.filter((change) => !traces.notifications.has(notificationId(conversation, change)))
        .length,
      request: told.length > 0 && request === null,
    },
  }
  return { exported, named }
}

/** An event and its record, at least one of them. */
interface HistoryEntry {
  type: string
  event?: RawEvent
  record?: StoredRecord
}

const withheld = { withheld: 'the login of somebody else, which was refused' }

/** `timer.due` in the log, `timer.<name>` in a record. */
function isWakeUp(type: string): boolean {
  return type.startsWith('timer.')
}

/** Reads the last record that has a bot: the bot forgets everything when it hands over. */
function rememberedIn(records: StoredRecord[]): Record<string, string> {
  const last = records.findLast(({ state }) => (state.snapshot?.context as Context | undefined)?.bot)
  return (last?.state.snapshot?.context as Context | undefined)?.bot?.values ?? {}
}

function callsIn(happened: HistoryEntry[]): ExportedCall[] {
  const calls = new Map<number, ExportedCall>()
  for (const { type, event, record } of happened) {
    if (!record) continue
    for (const { call, step, method, url, body } of record.state.calls ?? [])
      calls.set(call, { call, at: record.at, step, method, url, ...(body !== undefined && { body }) })
    if (type !== 'call.answered' || record.outcome !== 'applied' || !event) continue
    const read = callAnswer.safeParse(parseJson(event.body)).data
    const asked = read && calls.get(read.call)
    if (!asked) continue
    const { call: _, ...answer } = read
    asked.answer = { at: record.at, ...answer }
  }
  return [...calls.values()]
}

async function lettersOf(nats: Nats, traces: Traces) {
  const letters = []
  for (const seq of traces.deadLetters) {
    const found = await deadLetter(nats, seq)
    if (!found) continue
    const { id, at, type, reason, explanation } = found.letter
    letters.push({ id, at, type, reason, explanation, body: found.body })
  }
  return letters
}

async function notificationsOf(nats: Nats, traces: Traces): Promise<Notification[]> {
  const notifications: Notification[] = []
  for (const seq of traces.notifications.values()) {
    const notification = await readNotification(nats, seq)
    if (notification) notifications.push(notification)
  }
  return notifications
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function sentIn(body: Uint8Array): Sent {
  let text: string
  try {
    text = utf8.decode(body)
  } catch {
    return { base64: Buffer.from(body).toString('base64') }
  }
  return parsePayload(text)
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}

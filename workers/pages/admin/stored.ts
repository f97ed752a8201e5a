import type { Channel } from '../../../schemas/configuration/channel.ts'
import type { Kind } from '../../../schemas/configuration/document.ts'
import type { Reply } from '../../../schemas/configuration/reply.ts'
import type { Calendar, Schedule } from '../../../schemas/configuration/schedule.ts'
import type { WorkspaceSettings } from '../../../schemas/configuration/workspace.ts'
import type { Problem } from '../../../schemas/problem.ts'
import type { DocumentChange, StoredDocumentAnswer } from '../../../schemas/protocol/admin.ts'
import type { Webhook } from '../../../schemas/webhooks/webhook.ts'

export interface StoredOne<T> extends DocumentChange {
  revision: number
  document: T
  name: string
  /** Why no worker uses it as it is stored. */
  problems?: readonly Problem[]
}

/** A bot as it is edited: YAML. */
export interface BotText {
  id: string
  text: string
}

export interface StoredBot extends StoredOne<BotText> {
  kind: NonNullable<StoredDocumentAnswer['bot']>['kind']
}

/** The configuration as the page knows it; a new object with each change. */
export interface StoredConfiguration {
  channels: ReadonlyMap<string, StoredOne<Channel>>
  schedules: ReadonlyMap<string, StoredOne<Schedule>>
  calendars: ReadonlyMap<string, StoredOne<Calendar>>
  bots: ReadonlyMap<string, StoredBot>
  workspaces: ReadonlyMap<string, StoredOne<WorkspaceSettings>>
  replies: ReadonlyMap<string, StoredOne<Reply>>
  webhooks: ReadonlyMap<string, StoredOne<Webhook>>
}

export function storedOf(documents: readonly StoredDocumentAnswer[]): StoredConfiguration {
  const channels = new Map<string, StoredOne<Channel>>()
  const schedules = new Map<string, StoredOne<Schedule>>()
  const calendars = new Map<string, StoredOne<Calendar>>()
  const bots = new Map<string, StoredBot>()
  const workspaces = new Map<string, StoredOne<WorkspaceSettings>>()
  const replies = new Map<string, StoredOne<Reply>>()
  const webhooks = new Map<string, StoredOne<Webhook>>()
  for (const { kind, id, document, bot, ...others } of documents) {
    const name = isObject(document) && typeof document.name === 'string' ? document.name : ''
    const stored = { ...others, name }
    const edited = <K extends Kind>(kind: K) => editedDocument(kind, id, { document, ...(bot && { bot }) })
    if (kind === 'channel') channels.set(id, { ...stored, document: edited(kind) })
    if (kind === 'schedule') schedules.set(id, { ...stored, document: edited(kind) })
    if (kind === 'calendar') calendars.set(id, { ...stored, document: edited(kind) })
    if (kind === 'workspace') workspaces.set(id, { ...stored, document: edited(kind) })
    if (kind === 'reply') {
      const document = edited(kind)
      replies.set(id, { ...stored, name: document.title, document })
    }
    if (kind === 'webhook') webhooks.set(id, { ...stored, document: edited(kind) })
    if (kind === 'bot' && bot) bots.set(id, { ...stored, document: edited(kind), kind: bot.kind })
  }
  return { channels, schedules, calendars, bots, workspaces, replies, webhooks }
}

interface Edited {
  channel: Channel
  schedule: Schedule
  calendar: Calendar
  bot: BotText
  workspace: WorkspaceSettings
  reply: Reply
  webhook: Webhook
}

/** A stored document as it is edited. */
export function editedDocument<K extends Kind>(
  kind: K,
  id: string,
  { document, bot }: { document: unknown; bot?: { text: string } },
): Edited[K] {
  const fields = isObject(document) ? document : {}
  const edited = {
    channel: () => ({ ...channel(fields), id }) as Channel,
    schedule: () => ({ ...schedule(fields), id }) as Schedule,
    calendar: () => ({ ...calendar(fields), id }) as Calendar,
    bot: () => ({ id, text: bot?.text ?? '' }),
    workspace: () => ({ ...workspace(fields), id }) as WorkspaceSettings,
    reply: () => ({ ...reply(fields), id }) as Reply,
    webhook: () => ({ ...webhook(fields), id }) as Webhook,
  }
  return edited[kind]() as Edited[K]
}

/** The channels that a schedule, a bot or a workspace is chosen for. */
export function usersOf(
  { channels }: StoredConfiguration,
  kind: 'schedule' | 'bot' | 'workspace',
  id: string,
): string[] {
  const otherwise = kind === 'workspace' ? 'main' : undefined
  return [...channels]
    .filter(([, { document }]) => (document[kind] || otherwise) === id)
    .map(([channel]) => channel)
}

// A document that was written to the bucket by hand may have any shape. To be shown and repaired here it gets valid
// parts: `undefined` leaves one out.
type Mend = (value: unknown) => unknown
type Fields = Record<string, unknown>

const text: Mend = (value) => String(value ?? '')
const textOrTexts: Mend = (value) =>
  isObject(value) && Object.keys(value).length > 0
    ? Object.fromEntries(Object.entries(value).map(([language, one]) => [language, text(one)]))
    : text(isObject(value) ? '' : value)
const textOrUnset: Mend = (value) => (typeof value === 'string' ? value : undefined)
const textOrNull: Mend = (value) => (value === null || typeof value === 'string' ? value : undefined)
const listOf =
  (mend: Mend): Mend =>
  (value) =>
    Array.isArray(value) ? value.map(mend).filter((item) => item !== undefined) : undefined
const fieldsOf = (mends: Record<string, Mend>) => (value: unknown) => {
  if (!isObject(value)) return undefined
  const mended = Object.entries(mends).map(([name, mend]) => [name, mend(value[name])])
  const others = Object.entries(value).filter(([name]) => !Object.hasOwn(mends, name))
  return Object.fromEntries([...others, ...mended.filter(([, part]) => part !== undefined)]) as Fields
}

const customDetail = fieldsOf({ id: text, label: textOrTexts, options: listOf(textOrTexts) })
const response = fieldsOf({
  customerDetails: listOf((detail) =>
    detail === 'name' || detail === 'email' ? detail : customDetail(detail),
  ),
})
const agentTimeouts = fieldsOf({ remind: textOrNull, release: textOrNull })
const channel = fieldsOf({
  duringHours: response,
  outsideHours: response,
  timeouts: fieldsOf({
    unanswered: textOrNull,
    escalate: textOrNull,
    abandoned: textOrNull,
    idleCustomer: listOf(String),
    agent: (value) => (value === null ? null : agentTimeouts(value)),
  }),
  retention: textOrNull,
  look: fieldsOf({ accent: textOrUnset, logo: textOrUnset, title: textOrUnset, side: textOrUnset }),
  origins: listOf(String),
})
const workspace = fieldsOf({
  offerTimeout: textOrNull,
  schedule: textOrNull,
  overflow: fieldsOf({ workspace: text, wait: textOrNull }),
})
const reply = fieldsOf({ title: text, text: textOrTexts })
const webhook = fieldsOf({ url: text, secret: text, actions: listOf(textOrUnset) })
const intervals = listOf((interval) =>
  isObject(interval) && Number.isInteger(interval.start) && Number.isInteger(interval.end)
    ? interval
    : undefined,
)
const holiday = fieldsOf({
  startDate: text,
  endDate: text,
  intervals: (value) => (value === undefined ? undefined : (intervals(value) ?? [])),
})
const schedule = fieldsOf({
  timeZone: text,
  intervals: (value) => intervals(value) ?? [],
  holidays: (value) =>
    listOf((entry) => (typeof entry === 'string' ? entry : holiday(entry)))(
      typeof value === 'string' ? [value] : value,
    ),
})
const calendar = fieldsOf({ holidays: (value) => listOf(holiday)(value) ?? [] })

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

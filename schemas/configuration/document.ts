import type { Webhook } from '../webhooks/webhook.ts'
import type { Bot } from './bot.ts'
import type { Channel } from './channel.ts'
import type { Reply } from './reply.ts'
import type { Calendar, Schedule } from './schedule.ts'
import type { WorkspaceSettings } from './workspace.ts'

/** The kinds of documents in the configuration; a key in the bucket is `<kind>.<id>`. */
export const kinds = ['channel', 'schedule', 'calendar', 'bot', 'workspace', 'reply', 'webhook'] as const
export type Kind = (typeof kinds)[number]

interface Documents {
  channel: Channel
  schedule: Schedule
  calendar: Calendar
  bot: Bot
  workspace: WorkspaceSettings
  reply: Reply
  webhook: Webhook
}
export type DocumentOf<K extends Kind> = { [One in K]: { kind: One; document: Documents[One] } }[K]
export type Document = DocumentOf<Kind>

/** The largest document, in bytes of JSON. */
export const documentBytesMax = 64 * 1024
/** The most levels of a stored document. The schemas allow fewer, also with a call's body of 32 levels. */
export const documentLevelsMax = 64

export function isKind(kind: string): kind is Kind {
  return (kinds as readonly string[]).includes(kind)
}

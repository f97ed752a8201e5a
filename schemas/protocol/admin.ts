import { z } from 'zod'
import type { Bot, BotKind } from '../configuration/bot.ts'
import type { ChannelText } from '../configuration/channel-texts.ts'
import { documentBytesMax } from '../configuration/document.ts'
import type { Schedule } from '../configuration/schedule.ts'
import type { Call } from '../conversation/call.ts'
import type { FormField } from '../conversation/record.ts'
import { keyNameLengthMax, localeLengthMax, previewEventsMax } from '../limits.ts'
import { type Problem, zodIssue } from '../problem.ts'
import { shortText, token } from '../token.ts'
import type { Drawing } from './drawing.ts'
import type { RecordFrame, RejectedFrame } from './widget.ts'

/** What an administration and the gateway say to each other; workers/gateway/PROTOCOL.md says what it means. */

/** The largest body of an import, in bytes; all others are as large as a document may be. */
export const importBytesMax = 1024 * 1024

/** The largest text of a bot, in bytes: white space and comments come to what a document may have. */
export const botTextBytesMax = 2 * documentBytesMax

/** A document as it is stored. */
export interface StoredDocumentAnswer {
  kind: string
  id: string
  revision: number
  document: unknown
  /** Of a bot: which kind, and the text that is edited. */
  bot?: { kind: BotKind; text: string }
  /** Why workers pass over it, where they do. */
  problems?: readonly Problem[]
}

/** 412: what is stored now; `null` where it was deleted. */
export interface ChangedMeanwhile {
  code: 'changed_meanwhile'
  message: string
  revision: number | null
  document: unknown
  bot?: { kind: BotKind; text: string }
}

export const hoursQuestion = z.object({ schedule: z.unknown(), at: z.iso.datetime().optional() })

export interface HoursAnswer {
  at: string
  open: boolean
  nextOpen: string | null
  nextClose: string | null
}

export const previewQuestion = z.object({
  channel: z.unknown(),
  locale: shortText(localeLengthMax).optional(),
})

/** What a conversation would be like within, or outside of, the opening hours. */
export interface PreviewedResponse {
  firstMessage: string
  asks: FormField[]
  followUpMessage: string
  /** A whole conversation up to the queue, with an example of a customer. */
  records: RecordFrame[]
}

/** What is said where nothing is set, as it would stand in the fields: with placeholders. */
export type DefaultTexts = Record<ChannelText, string>

export interface PreviewAnswer {
  during: PreviewedResponse
  outside: PreviewedResponse
  defaults: {
    during: DefaultTexts
    outside: DefaultTexts
    workspace: string
    timeouts: {
      unanswered: string
      escalate: string
      idleCustomer: readonly string[]
      abandoned: string
    }
  }
}

export const botQuestion = z.object({
  /** YAML, of which JSON is a part. */
  text: z.string(),
  /** That it is to be saved under. */
  id: token.optional(),
})

/** What is wrong with a bot's text, and where: lines and columns count from 1. */
export interface BotProblem extends Problem {
  line: number
  column: number
}

export type CheckedBot = { document: Bot } | { problems: readonly BotProblem[] }

/** What a customer does in the preview; `clientId` comes back with the record. */
const previewEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), clientId: token, text: z.string() }),
  z.object({ type: z.literal('option'), clientId: token, option: z.string() }),
  z.object({ type: z.literal('details'), clientId: token, details: z.record(z.string(), z.string()) }),
  z.object({ type: z.literal('end'), clientId: token }),
])
export type PreviewEvent = z.infer<typeof previewEvent>

export const botPreviewQuestion = z.object({
  text: z.string(),
  /** Whose bot it would be; without it one that nobody has configured. */
  channel: z.unknown().optional(),
  locale: shortText(localeLengthMax).optional(),
  /** What all schedules say in the preview. */
  hours: z.enum(['during', 'outside']).default('during'),
  events: z.array(previewEvent).max(previewEventsMax),
  /** The calls of APIs that are taken as failures, by their numbers; all others have succeeded. */
  failing: z.array(z.int().positive()).max(1000).default([]),
})

/** A call that a bot would make. */
export interface PreviewedCall extends Pick<Call, 'call' | 'step' | 'method' | 'url'> {
  /** As what it is taken. */
  ok: boolean
  /** After how many of the customer's events it comes. */
  after: number
}

/** A conversation with a bot, as far as its customer has come; nothing of a bot that is a program of its own. */
export interface BotPreviewAnswer {
  kind: BotKind
  frames: (RecordFrame | RejectedFrame)[]
  calls: PreviewedCall[]
}

/** A bot that is to be drawn. */
export const botDrawingQuestion = z.object({ text: z.string() })

/** A bot as a statechart; `null`: a machine of a developer's own, or one that is too large to be drawn. */
export interface BotDrawingAnswer {
  kind: BotKind
  drawing: Drawing | null
}

export interface ImportAnswer {
  schedules: Schedule[]
  warnings: string[]
}

export const newKey = z.object({
  name: shortText(keyNameLengthMax).refine((name) => name.trim() !== '', zodIssue('empty')),
})

export interface KeyAnswer {
  kid: string
  name: string
  createdAt: string
}

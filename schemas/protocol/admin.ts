import { z } from 'zod'
import type { Bot, BotKind } from '../configuration/bot.ts'
import type { ChannelText } from '../configuration/channel-texts.ts'
import type { ConversationText } from '../configuration/conversation-texts.ts'
import { documentBytesMax } from '../configuration/document.ts'
import type { Calendar, Schedule } from '../configuration/schedule.ts'
import type { Call } from '../conversation/call.ts'
import type { FormField } from '../conversation/record.ts'
import { agentFieldLengthMax, keyNameLengthMax, localeLengthMax, previewEventsMax } from '../limits.ts'
import { type Problem, zodIssue } from '../problem.ts'
import type { StaffRole } from '../roles.ts'
import { shortText, token } from '../token.ts'
import type { Drawing } from './drawing.ts'
import { customerEvent, type RecordFrame, type RejectedFrame } from './widget.ts'

/** The HTTP bodies of the administration; workers/gateway/PROTOCOL.md explains them. */

/** The largest body of an import, in bytes; any other is as large as a document may be. */
export const importBytesMax = 1024 * 1024

/** The largest text of a bot, in bytes: a document, white space and comments. */
export const botTextBytesMax = 2 * documentBytesMax

/** The last change of a document. */
export interface DocumentChange {
  /** ISO 8601. */
  changedAt: string
  /** The name of the person; absent: it is not known. */
  changedBy?: string
}

/** A document as it is stored. */
export interface StoredDocumentAnswer extends DocumentChange {
  kind: string
  id: string
  revision: number
  document: unknown
  /** The kind of a bot, and the text that is edited. */
  bot?: { kind: BotKind; text: string }
  /** Absent: the document is valid. Workers skip an invalid one. */
  problems?: readonly Problem[]
}

/** A version of a document, or its deletion: `null`. */
export interface DocumentRevisionAnswer extends DocumentChange {
  revision: number
  document: unknown
  bot?: { kind: BotKind; text: string }
}

/** The answer 412: the document that is stored now; `null`: it was deleted. */
export interface ChangedMeanwhile extends Partial<DocumentChange> {
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
  /**
   * Minutes that the schedule's clock is ahead of UTC, at `at` and at its next change: a browser's own zones may be older.
   */
  offsets: { at: number; next: number | null }
  /** The release of the time zone data, and whether it is more than a year old. */
  zoneData: { version: string; isOld: boolean }
}

export const previewQuestion = z.object({
  channel: z.unknown(),
  locale: shortText(localeLengthMax).optional(),
})

/** A conversation during the opening hours, or outside them. */
export interface PreviewedResponse {
  firstMessage: string
  asks: FormField[]
  followUpMessage: string
  /** A whole conversation up to the queue, with an example of a customer. */
  records: RecordFrame[]
}

/** The texts if none is set, as they would be written in the fields: with placeholders. */
export type DefaultTexts = Record<ChannelText, string>

export interface PreviewAnswer {
  during: PreviewedResponse
  outside: PreviewedResponse
  defaults: {
    during: DefaultTexts
    outside: DefaultTexts
    /** The texts that a conversation says by itself. */
    texts: Record<ConversationText, string>
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
  /** YAML, and so JSON, too. */
  text: z.string(),
  /** The id that the bot is to be saved under. */
  id: token.optional(),
})

/** A problem of a bot's text. Lines and columns count from 1. */
export interface BotProblem extends Problem {
  line: number
  column: number
}

/** An answer of a bot's text, or a step in it. */
export interface BotPlace {
  answer: string
  step?: { name?: string; type: string }
  line: number
}

/** A bot, or the problems of its text. */
export interface CheckedBot {
  document?: Bot
  problems?: readonly BotProblem[]
  /** In the order of the lines; none where the text cannot be parsed. */
  places: readonly BotPlace[]
}

export const botPreviewQuestion = z.object({
  text: z.string(),
  /** The bot's channel; absent: a channel without settings. */
  channel: z.unknown().optional(),
  locale: shortText(localeLengthMax).optional(),
  /** The verdict of all schedules in the preview. */
  hours: z.enum(['during', 'outside']).default('during'),
  events: z.array(customerEvent).max(previewEventsMax),
  /** The numbers of the API calls that fail; all others succeed. */
  failing: z.array(z.int().positive()).max(1000).default([]),
})

/** A call that a bot would make. */
export interface PreviewedCall extends Pick<Call, 'call' | 'step' | 'method' | 'url'> {
  /** Whether it succeeds in the preview. */
  ok: boolean
  /** The number of the customer's events before it. */
  after: number
}

/** A conversation with a bot, up to the last event; empty if the bot is not a flow. */
export interface BotPreviewAnswer {
  kind: BotKind
  frames: (RecordFrame | RejectedFrame)[]
  calls: PreviewedCall[]
}

/** A bot that is to be drawn. */
export const botDrawingQuestion = z.object({
  text: z.string(),
  locale: shortText(localeLengthMax).optional(),
})

/** A bot as a statechart; `null`: its steps are elsewhere, or it is too large to be drawn. */
export interface BotDrawingAnswer {
  kind: BotKind
  drawing: Drawing | null
}

/** A schedule without a name has none. */
export interface ImportNote {
  name?: string
  /** Their paths are within the response. */
  problems: readonly Problem[]
}

export interface ImportAnswer {
  schedules: Schedule[]
  /** Schedules that may not be what was meant. */
  warnings: ImportNote[]
  /** Schedules that cannot be imported. */
  refused: ImportNote[]
}

/** A file of iCalendar that is to become a calendar; `name`: the file's own name, for a calendar that says none. */
export const icsQuestion = z.object({ ics: z.string(), name: z.string().optional() })

/** A problem of an event of the file, by the line where the event begins, from 1. */
export interface EventNote extends Problem {
  line: number
  /** The event's, if it has one. */
  name?: string
}

export interface CalendarImport {
  calendar: Calendar
  /** Events that were left out, or may not be what was meant. */
  notes: EventNote[]
  /** Events that cannot be imported. */
  refused: EventNote[]
}

export const newKey = z.object({
  name: shortText(keyNameLengthMax).refine((name) => name.trim() !== '', zodIssue('empty')),
})

export interface KeyAnswer {
  kid: string
  name: string
  createdAt: string
}

/** Somebody who has signed in or was at a desk in the last 90 days. */
export interface PersonAnswer {
  id: string
  name: string
  roles: StaffRole[]
  workspaces: string[] | 'all'
  seenAt: string
  /** Whether they have a desk open now; `gone` also where no notifier says. */
  state: 'online' | 'away' | 'gone'
  /** The workspaces of their open desks. */
  desks: string[]
}

/** The person whose sign-ins are ended. */
export const personQuestion = z.object({ id: shortText(agentFieldLengthMax).min(1) })

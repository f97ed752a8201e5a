import { z } from 'zod'
import { bot, botKinds } from '../configuration/bot.ts'
import { forChannelTexts } from '../configuration/channel-texts.ts'
import { conversationTextNames } from '../configuration/conversation-texts.ts'
import { documentBytesMax } from '../configuration/document.ts'
import { calendar, schedule } from '../configuration/schedule.ts'
import { call } from '../conversation/call.ts'
import { formField } from '../conversation/record.ts'
import { agentFieldLengthMax, keyNameLengthMax, localeLengthMax, previewEventsMax } from '../limits.ts'
import { zodIssue } from '../problem.ts'
import { staffRoleNames } from '../roles.ts'
import { shortText, token } from '../token.ts'
import { drawing } from './drawing.ts'
import { foundProblem } from './refusal.ts'
import { customerEvent, recordFrame, rejectedFrame } from './widget.ts'

/** The HTTP bodies of the administration; workers/gateway/PROTOCOL.md explains them. */

/** The largest body of an import, in bytes; any other is as large as a document may be. */
export const importBytesMax = 1024 * 1024

/** The largest text of a bot, in bytes: a document, white space and comments. */
export const botTextBytesMax = 2 * documentBytesMax

/** The last change of a document. */
const documentChange = z.object({
  changedAt: z.string().describe('ISO 8601.'),
  changedBy: z.string().exactOptional().describe('The name of the person; absent: it is not known.'),
})
export type DocumentChange = z.infer<typeof documentChange>

/** The kind of a bot, and the text that is edited. */
const editedBot = z.object({ kind: z.enum(botKinds), text: z.string() })

/** A document as it is stored. */
export const storedDocumentAnswer = documentChange.extend({
  kind: z.string(),
  id: z.string(),
  revision: z.int(),
  document: z.unknown(),
  bot: editedBot.exactOptional(),
  problems: z
    .array(foundProblem)
    .readonly()
    .exactOptional()
    .describe('Absent: the document is valid. Workers skip an invalid one.'),
})
export type StoredDocumentAnswer = z.infer<typeof storedDocumentAnswer>
export const storedDocumentsAnswer = z.object({ documents: z.array(storedDocumentAnswer) })

/** A version of a document, or its deletion: `null`. */
export const documentRevisionAnswer = documentChange.extend({
  revision: z.int(),
  document: z.unknown(),
  bot: editedBot.exactOptional(),
})
export type DocumentRevisionAnswer = z.infer<typeof documentRevisionAnswer>
/** The last changes of a document, the latest first. */
export const revisionsAnswer = z.object({ revisions: z.array(documentRevisionAnswer) })

export const savedAnswer = z.object({ revision: z.int() })
/** The channels that referred to the deleted document, or the schedules that named the calendar. */
export const deletedAnswer = z.object({ users: z.array(z.string()) })
/** A server-sent event: this document was saved or deleted. */
export const changedDocument = z.object({ kind: z.string(), id: z.string() })

/** The answer 412: the document that is stored now; `null`: it was deleted. */
export const changedMeanwhile = z.object({
  code: z.literal('changed_meanwhile'),
  message: z.string(),
  revision: z.int().nullable(),
  document: z.unknown(),
  bot: editedBot.exactOptional(),
  changedAt: z.string().exactOptional(),
  changedBy: z.string().exactOptional(),
})
export type ChangedMeanwhile = z.infer<typeof changedMeanwhile>

export const hoursQuestion = z.object({ schedule: z.unknown(), at: z.iso.datetime().optional() })

export const hoursAnswer = z.object({
  at: z.string(),
  open: z.boolean(),
  nextOpen: z.string().nullable(),
  nextClose: z.string().nullable(),
  /**
   * Minutes that the schedule's clock is ahead of UTC, at `at` and at its next change: a browser's own zones may be older.
   */
  offsets: z.object({ at: z.number(), next: z.number().nullable() }),
  zoneData: z
    .object({ version: z.string(), isOld: z.boolean() })
    .describe('The release of the time zone data, and whether it is more than a year old.'),
})
export type HoursAnswer = z.infer<typeof hoursAnswer>

export const previewQuestion = z.object({
  channel: z.unknown(),
  locale: shortText(localeLengthMax).optional(),
})

/** A conversation during the opening hours, or outside them. */
const previewedResponse = z.object({
  firstMessage: z.string(),
  asks: z.array(formField),
  followUpMessage: z.string(),
  records: z
    .array(recordFrame)
    .describe('A whole conversation up to the queue, with an example of a customer.'),
})
export type PreviewedResponse = z.infer<typeof previewedResponse>

/** The texts if none is set, as they would be written in the fields: with placeholders. */
const defaultTexts = z.object(forChannelTexts(() => z.string()))
export type DefaultTexts = z.infer<typeof defaultTexts>

export const previewAnswer = z.object({
  during: previewedResponse,
  outside: previewedResponse,
  defaults: z.object({
    during: defaultTexts,
    outside: defaultTexts,
    texts: z
      .record(z.enum(conversationTextNames), z.string())
      .describe('The texts that a conversation says by itself.'),
    workspace: z.string(),
    timeouts: z.object({
      unanswered: z.string(),
      escalate: z.string(),
      idleCustomer: z.array(z.string()).readonly(),
      abandoned: z.string(),
      agent: z.object({ remind: z.string(), release: z.string() }),
    }),
  }),
})
export type PreviewAnswer = z.infer<typeof previewAnswer>

export const botQuestion = z.object({
  text: z.string().describe('YAML, and so JSON, too.'),
  id: token.optional().describe('The id that the bot is to be saved under.'),
})

/** A problem of a bot's text. Lines and columns count from 1. */
const botProblem = foundProblem.extend({ line: z.int(), column: z.int() })
export type BotProblem = z.infer<typeof botProblem>

/** An answer of a bot's text, or a step in it. */
const botPlace = z.object({
  answer: z.string(),
  step: z.object({ name: z.string().exactOptional(), type: z.string() }).exactOptional(),
  line: z.int(),
})
export type BotPlace = z.infer<typeof botPlace>

/** A bot, or the problems of its text. */
export const checkedBot = z.object({
  document: bot.exactOptional(),
  problems: z.array(botProblem).readonly().exactOptional(),
  places: z
    .array(botPlace)
    .readonly()
    .describe('In the order of the lines; none where the text cannot be parsed.'),
})
export type CheckedBot = z.infer<typeof checkedBot>

export const botPreviewQuestion = z.object({
  text: z.string(),
  channel: z.unknown().optional().describe('The bot’s channel; absent: a channel without settings.'),
  locale: shortText(localeLengthMax).optional(),
  hours: z
    .enum(['during', 'outside'])
    .default('during')
    .describe('The verdict of all schedules in the preview.'),
  events: z.array(customerEvent).max(previewEventsMax),
  failing: z
    .array(z.int().positive())
    .max(1000)
    .default([])
    .describe('The numbers of the API calls that fail; all others succeed.'),
})

/** A call that a bot would make. */
const previewedCall = call.pick({ call: true, step: true, method: true, url: true }).extend({
  ok: z.boolean().describe('Whether it succeeds in the preview.'),
  after: z.int().describe('The number of the customer’s events before it.'),
})
export type PreviewedCall = z.infer<typeof previewedCall>

/** A conversation with a bot, up to the last event; empty if the bot is not a flow. */
export const botPreviewAnswer = z.object({
  kind: z.enum(botKinds),
  frames: z.array(z.union([recordFrame, rejectedFrame])),
  calls: z.array(previewedCall),
})
export type BotPreviewAnswer = z.infer<typeof botPreviewAnswer>

/** A bot that is to be drawn. */
export const botDrawingQuestion = z.object({
  text: z.string(),
  locale: shortText(localeLengthMax).optional(),
})

/** A bot as a statechart; `null`: its steps are elsewhere, or it is too large to be drawn. */
export const botDrawingAnswer = z.object({ kind: z.enum(botKinds), drawing: drawing.nullable() })
export type BotDrawingAnswer = z.infer<typeof botDrawingAnswer>

/** A schedule without a name has none. */
const importNote = z.object({
  name: z.string().exactOptional(),
  problems: z.array(foundProblem).readonly().describe('Their paths are within the response.'),
})
export type ImportNote = z.infer<typeof importNote>

export const importAnswer = z.object({
  schedules: z.array(schedule),
  warnings: z.array(importNote).describe('Schedules that may not be what was meant.'),
  refused: z.array(importNote).describe('Schedules that cannot be imported.'),
})
export type ImportAnswer = z.infer<typeof importAnswer>

/** A file of iCalendar that is to become a calendar; `name`: the file's own name, for a calendar that says none. */
export const icsQuestion = z.object({ ics: z.string(), name: z.string().optional() })

/** A problem of an event of the file, by the line where the event begins, from 1. */
const eventNote = foundProblem.extend({
  line: z.int(),
  name: z.string().exactOptional().describe('The event’s, if it has one.'),
})
export type EventNote = z.infer<typeof eventNote>

export const calendarImport = z.object({
  calendar,
  notes: z.array(eventNote).describe('Events that were left out, or may not be what was meant.'),
  refused: z.array(eventNote).describe('Events that cannot be imported.'),
})
export type CalendarImport = z.infer<typeof calendarImport>

export const newKey = z.object({
  name: shortText(keyNameLengthMax).refine((name) => name.trim() !== '', zodIssue('empty')),
})

export const keyAnswer = z.object({ kid: z.string(), name: z.string(), createdAt: z.string() })
export type KeyAnswer = z.infer<typeof keyAnswer>
export const keysAnswer = z.object({ keys: z.array(keyAnswer) })
/** The only time that the secret is shown. */
export const newKeyAnswer = keyAnswer.extend({ secret: z.string() })

/** Somebody who has signed in or was at a desk in the last 90 days. */
export const personAnswer = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(z.enum(staffRoleNames)),
  workspaces: z.union([z.array(z.string()), z.literal('all')]),
  seenAt: z.string(),
  state: z
    .enum(['online', 'away', 'gone'])
    .describe('Whether they have a desk open now; `gone` also where no notifier says.'),
  desks: z.array(z.string()).describe('The workspaces of their open desks.'),
})
export type PersonAnswer = z.infer<typeof personAnswer>
export const peopleAnswer = z.object({ people: z.array(personAnswer) })

/** The person whose sign-ins are ended. */
export const personQuestion = z.object({ id: shortText(agentFieldLengthMax).min(1) })

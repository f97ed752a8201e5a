import { z } from 'zod'
import type { Problem } from './configuration.ts'
import type { FormField } from './record.ts'
import type { Schedule } from './schedule.ts'
import { codePoints, shortText } from './token.ts'
import { localeLengthMax, type RecordFrame } from './widget-protocol.ts'

/** What an administration and the gateway say to each other; workers/gateway/PROTOCOL.md says what it means. */

/** The largest body of an import, in bytes; all others are as large as a document may be. */
export const importBytesMax = 1024 * 1024
/** The most characters of a key's name, in Unicode code points. */
export const keyNameLengthMax = 255

/** A document as it is stored. */
export interface StoredDocumentAnswer {
  kind: string
  id: string
  revision: number
  document: unknown
  /** Why workers pass over it, where they do. */
  problems?: readonly Problem[]
}

/** 412: what is stored now; `null` where it was deleted. */
export interface ChangedMeanwhile {
  code: 'changed_meanwhile'
  message: string
  revision: number | null
  document: unknown
}

/** 422 */
export interface Invalid {
  code: 'invalid'
  message: string
  problems: readonly Problem[]
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
export interface DefaultTexts {
  firstMessage: string
  followUpMessage: string
}

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

export interface ImportAnswer {
  schedules: Schedule[]
  warnings: string[]
}

export const newKey = z.object({
  name: z
    .string()
    .refine((name) => name.trim() !== '', 'must not be empty')
    .refine(
      (name) => codePoints(name) <= keyNameLengthMax,
      `must have at most ${keyNameLengthMax} characters`,
    ),
})

export interface KeyAnswer {
  kid: string
  name: string
  createdAt: string
}

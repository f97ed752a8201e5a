import { z } from 'zod'
import { duration } from '../configuration/channel.ts'
import { externalIdLengthMax } from '../conversation/customer.ts'
import {
  type Message,
  type Rejection,
  type RequestChange,
  type Status,
  statusStates,
} from '../conversation/record.ts'
import { nameLengthMax, payloadLevelsMax, whatIfEventsMax } from '../limits.ts'
import { shallow, token } from '../token.ts'

/** The HTTP bodies and frames of the inspector; workers/gateway/PROTOCOL.md explains them. */

/** The most conversations, refusals or dead letters of one answer. */
export const foundMax = 200
/** The largest body of a what-if, in bytes. */
export const whatIfBytesMax = 256 * 1024

/** A conversation as its last record has it. */
export interface FoundConversation {
  conversation: string
  channel: string
  workspace: string
  state: Status['state']
  /** Its states in the machine, innermost last: `withAgent.agentsTurn`. */
  value: string
  /** `<id>@<version>` */
  machine: string
  startedAt: string
  /** The time of its last record. */
  at: string
  /** When it came to the state that it is in. */
  since: string
  /** The sequence of its last record. */
  sequence: number
  request?: number
  agent?: { id: string; name?: string | undefined }
  reason?: Status['reason']
}

const instant = z.iso.datetime({ offset: true })

/** The conversations to find: with `stuck` those that have waited longest come first, otherwise the latest. */
export const findQuestion = z.object({
  /** A part of the id. */
  id: z.string().max(64).optional(),
  /** The customer's whole e-mail address, external id or name, in any case. Answers do not have them. */
  customer: z.string().max(Math.max(externalIdLengthMax, nameLengthMax)).optional(),
  state: z.enum(statusStates).optional(),
  channel: token.optional(),
  /** Bounds of the last record's time: ISO 8601. */
  from: instant.optional(),
  to: instant.optional(),
  /** Only conversations that have not ended and are in their state for longer: ISO 8601, `PT1H`. */
  stuck: duration.optional(),
  /** The number of conversations to skip. */
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(foundMax).default(50),
})
export type FindQuestion = z.infer<typeof findQuestion>

/** How far the notifier has read the stored records; its answer covers these. */
export interface Progress {
  read: number
  of: number
}

export interface FindAnswer {
  conversations: FoundConversation[]
  /** The number of conversations that match. */
  total: number
  /** The number of conversations that ended first and are no longer in memory. */
  leftOut?: number
  /** Absent: everything was read. */
  progress?: Progress
}

/** The conversations that have waited longest, by state; without `ended` and empty states. */
export interface StuckAnswer {
  states: { state: Status['state']; total: number; longest: FoundConversation[] }[]
  progress?: Progress
}

export const refusalsQuestion = z.object({
  /** ISO 8601; a day ago by default. */
  since: instant.optional(),
})

/** The most frequent refusals, by type and code. */
export interface RefusalsAnswer {
  refusals: {
    type: string
    code: string
    count: number
    /** `seq` is the event's. */
    last: { at: string; conversation: string; seq: number }
  }[]
  /** The number of records that were counted, and their beginning: the minute that was asked for, or a later one. */
  records: number
  since: string
  progress?: Progress
}

/** An event that could not be understood, with the reason. */
export interface DeadLetter {
  /** Its sequence in the stream of dead letters. */
  seq: number
  at: string
  reason: string
  conversation: string
  type: string
  explanation: string
  /** The explanation without words that may quote the customer; letters of older versions have none. */
  summary?: string
  /** The event's own `Nats-Msg-Id`; empty where it had none. */
  id: string
  /** The event's sequence in EVENTS. */
  eventSeq: string
}

/** A dead letter; with its body and headers where a single one was asked for. */
export interface DeadLetterAnswer extends DeadLetter {
  headers?: Record<string, string>
  /** The beginning of the body, as text; masked unless it is revealed. */
  body?: string
  /** The length of the whole body. */
  bodyBytes?: number
}

export interface DeadLettersAnswer {
  /** The latest first. */
  letters: DeadLetterAnswer[]
  total: number
}

/** The dead letter that is read, published again or discarded. */
export const deadLetterQuestion = z.object({
  seq: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
})

/** `repeated`: seen before. `idle`: a wake-up that had nothing to do. `buried`: a dead letter. */
export const outcomes = ['applied', 'rejected', 'ignored', 'repeated', 'idle', 'buried'] as const
export type Outcome = (typeof outcomes)[number]

/** A value of the context that changed. */
export interface Difference {
  /** `pinned.channel` */
  path: string
  /** Absent: it was added. */
  before?: unknown
  /** Absent: it was removed. */
  after?: unknown
}

/** A running timer. */
export interface PendingTimer {
  /** XState's id. */
  id: string
  /** Its name in the machine: `unanswered`. */
  name: string
  due: string
}

/** An event of a conversation and its outcome. What customers and agents wrote is masked unless it is revealed. */
export interface InspectedStep {
  /** The event's sequence in EVENTS. */
  seq: number
  /** The sequence of its record in CONVERSATIONS; without one, that of the previous record. */
  record: number
  at: string
  event: {
    id: string
    type: string
    /** Absent: the log does not have the event any more. */
    payload?: unknown
  }
  outcome: Outcome
  rejected?: Rejection
  messages?: Message[]
  status?: Status
  /** The workspace's notifications, with their ids. */
  requests?: (RequestChange & { id: string })[]
  calls?: { call: number; step: string; method: string; url: string }[]
  /** The conversation's machine from here on. */
  machine?: string
  /** The ids of the active states after the event, outer ones first. */
  active: string[]
  /** The names of the transitions that the event took. */
  taken: string[]
  /** The changes of the context. */
  context: Difference[]
  timers: PendingTimer[]
  /** The first field that the present machine would decide otherwise: `messages.0.text`. */
  differs?: string
}

/** A frame of a conversation's stream, `GET conversations/:id/steps`. */
export type InspectorFrame =
  | { type: 'steps'; steps: InspectedStep[] }
  /** All stored steps were sent; the next ones follow live. */
  | { type: 'live' }
  /** The next step cannot be sent, now or later. */
  | { type: 'failed'; message: string }

/** The whole context before and after a step. */
export interface StepAnswer {
  seq: number
  before: unknown
  after: unknown
  value: unknown
}

/** Hypothetical events: as a publisher sends them, or the passing of time up to the next timer. */
export const whatIfQuestion = z.object({
  /** After the step of this event; 0: before the first. */
  after: z.number().int().min(0),
  events: z
    .array(
      z.union([
        z.object({ type: z.string().max(64), payload: shallow(payloadLevelsMax), at: instant.optional() }),
        z.object({ type: z.literal('next timer') }),
      ]),
    )
    .min(1)
    .max(whatIfEventsMax),
})
export type WhatIfQuestion = z.infer<typeof whatIfQuestion>

export interface WhatIfAnswer {
  steps: InspectedStep[]
}

/** Requests access to one conversation for an XState inspector, a program without a cookie. */
export const ticketQuestion = z.object({
  conversation: token,
  /** Whether the program may see what customers and agents wrote. It is logged. */
  reveal: z.boolean().default(false),
})

export interface TicketAnswer {
  ticket: string
  /** The ticket is valid for new connections until then: ISO 8601. */
  expiresAt: string
}

import { z } from 'zod'
import { duration } from '../configuration/channel.ts'
import {
  type Message,
  type Rejection,
  type RequestChange,
  type Status,
  statusStates,
} from '../conversation/record.ts'
import { whatIfEventsMax } from '../limits.ts'
import { token } from '../token.ts'

/** What an inspector and the gateway say to each other; workers/gateway/PROTOCOL.md says what it means. */

/** The most conversations, refusals or dead letters of one answer. */
export const foundMax = 200
/** The largest body of a what-if, in bytes. */
export const whatIfBytesMax = 256 * 1024

/** A conversation where it is found: as its last record says it. */
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

/** Which conversations are looked for; those that have waited longest come first where `stuck` is given, else the latest. */
export const findQuestion = z.object({
  /** A part of its id. */
  id: z.string().max(64).optional(),
  state: z.enum(statusStates).optional(),
  channel: token.optional(),
  /** Those whose last record lies between: ISO 8601. */
  from: instant.optional(),
  to: instant.optional(),
  /** Those that have not ended and are in their state for longer: ISO 8601, `PT1H`. */
  stuck: duration.optional(),
  /** Behind so many. */
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(foundMax).default(50),
})
export type FindQuestion = z.infer<typeof findQuestion>

/** How far whoever answers has read what is stored; it answers from what it knows by then. */
export interface Progress {
  read: number
  of: number
}

export interface FindAnswer {
  conversations: FoundConversation[]
  /** How many there are in all. */
  total: number
  /** So many that ended first are not known: there are too many to keep in memory. */
  leftOut?: number
  /** While it still reads. */
  progress?: Progress
}

/** The conversations that have waited longest in each state but the last; those states that there are. */
export interface StuckAnswer {
  states: { state: Status['state']; total: number; longest: FoundConversation[] }[]
  progress?: Progress
}

export const refusalsQuestion = z.object({
  /** Since when: ISO 8601; by default a day ago. */
  since: instant.optional(),
})

/** The events refused most, by type and code. */
export interface RefusalsAnswer {
  refusals: {
    type: string
    code: string
    count: number
    /** `seq`: of the event. */
    last: { at: string; conversation: string; seq: number }
  }[]
  /** How many records were looked at, and since when: the minute that was asked for, or later where there are too many. */
  records: number
  since: string
  progress?: Progress
}

/** What could not be understood: an event, whole, with the reason. */
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

/** A dead letter; its body and its headers only where one is asked for. */
export interface DeadLetterAnswer extends DeadLetter {
  headers?: Record<string, string>
  /** What came, as text, up to a limit; masked unless it is revealed. */
  body?: string
  /** How long it is in all. */
  bodyBytes?: number
}

export interface DeadLettersAnswer {
  /** The latest, the latest first. */
  letters: DeadLetterAnswer[]
  total: number
}

/** Which dead letter is asked for, has to be published again or discarded. */
export const deadLetterQuestion = z.object({
  seq: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
})

/** What has become of an event. `repeated`: seen before. `idle`: a wake-up that had nothing to do. `buried`: a dead letter. */
export const outcomes = ['applied', 'rejected', 'ignored', 'repeated', 'idle', 'buried'] as const
export type Outcome = (typeof outcomes)[number]

/** A value in the context that is another one than before. */
export interface Difference {
  /** `pinned.channel` */
  path: string
  /** Absent: was not there. */
  before?: unknown
  /** Absent: is not there any more. */
  after?: unknown
}

/** A timer that runs, and when it is due. */
export interface PendingTimer {
  /** XState's id of it. */
  id: string
  /** What it is called in the machine: `unanswered`. */
  name: string
  due: string
}

/** One event of a conversation, and what followed from it. What a customer has typed is masked unless it is revealed. */
export interface InspectedStep {
  /** The event's sequence in EVENTS. */
  seq: number
  /** The sequence of its record in CONVERSATIONS; where it has none, that of the record before. */
  record: number
  at: string
  event: {
    id: string
    type: string
    /** Absent where the log does not have the event any more. */
    payload?: unknown
  }
  outcome: Outcome
  rejected?: Rejection
  messages?: Message[]
  status?: Status
  /** What the workspace is told, with the id of each notification. */
  requests?: (RequestChange & { id: string })[]
  calls?: { call: number; step: string; method: string; url: string }[]
  /** The machine that the conversation runs from here on. */
  machine?: string
  /** The ids of the states that it is in after the event, outer ones first. */
  active: string[]
  /** The names of the transitions that it took. */
  taken: string[]
  /** What the event changed in the context. */
  context: Difference[]
  timers: PendingTimer[]
  /** What the present machine would decide otherwise, where it would: `messages.0.text`. */
  differs?: string
}

/** A frame of a conversation's stream, `GET conversations/:id/steps`. */
export type InspectorFrame =
  | { type: 'steps'; steps: InspectedStep[] }
  /** All that is stored has been told; what comes now, comes as it happens. */
  | { type: 'live' }
  /** What comes next cannot be told, now or later. */
  | { type: 'failed'; message: string }

/** The whole context before and after a step. */
export interface StepAnswer {
  seq: number
  before: unknown
  after: unknown
  value: unknown
}

/** What might come instead: an event as a publisher sends it, or the passing of time up to the next timer. */
export const whatIfQuestion = z.object({
  /** After the step of this event; 0: before the first. */
  after: z.number().int().min(0),
  events: z
    .array(
      z.union([
        z.object({ type: z.string().max(64), payload: z.unknown(), at: instant.optional() }),
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

/** For a program without a cookie that reads one conversation: an XState inspector. */
export const ticketQuestion = z.object({
  conversation: token,
  /** Whether what the customer typed may be seen, where it is asked for; that it is, is logged. */
  reveal: z.boolean().default(false),
})

export interface TicketAnswer {
  ticket: string
  /** Until then it may connect: ISO 8601. */
  expiresAt: string
}

import { z } from 'zod'
import { token } from '../token.ts'

/** How long customers wait: the question for a notifier, and its answer; engine/nats/notifier/inspection/README.md explains them. */

/**
 * - `accept`: from the beginning of a wait to its acceptance;
 * - `wait`: from the request to its first acceptance;
 * - `firstReply`: from the request to the agent's first message;
 * - `reply`: from the customer's first unanswered message, or the acceptance, to the agent's next message;
 * - `abandoned`: how long customers had waited who ended the conversation while they waited.
 */
export const measureNames = ['accept', 'wait', 'firstReply', 'reply', 'abandoned'] as const
export type MeasureName = (typeof measureNames)[number]

/** The days that are kept: a question about an earlier time is answered from there on. */
export const numbersDaysMax = 31

const instant = z.iso.datetime({ offset: true })

export const numbersQuestion = z.object({
  /** Absent: all. */
  workspaces: z.array(token).optional(),
  /** Whole days up to now, in each channel's own time zone: 1 is today. `since` comes before it. */
  days: z.coerce.number().int().min(1).max(numbersDaysMax).default(1),
  /** ISO 8601, up to `until` or now. */
  since: instant.optional(),
  until: instant.optional(),
})

/** In milliseconds of open time. A median and a 90th percentile are values that were measured (nearest rank). */
export interface MeasuredTimes {
  count: number
  median: number
  p90: number
}

/** The times of one measure. Hours and days without a measurement are left out. */
export interface MeasureNumbers extends MeasuredTimes {
  name: MeasureName
  /** The hour of the day at which times ended, 0 to 23, in the time zone of the channel's schedule, else in UTC. */
  hours: (MeasuredTimes & { hour: number })[]
  /** The day, likewise: `2026-06-08`. */
  days: (MeasuredTimes & { day: string })[]
}

export interface ChannelNumbers extends MeasureNumbers {
  workspace: string
  channel: string
}

/** How customers rated conversations after their end, from 1 to 5. */
export interface RatingNumbers {
  count: number
  average: number
}

export interface NumbersAnswer {
  /** One for each workspace, channel and measure; the most frequent first. */
  channels: ChannelNumbers[]
  /** The same over all channels of the answer. */
  totals: MeasureNumbers[]
  /** One for each workspace and channel with a rating; the most frequent first. */
  ratings: (RatingNumbers & { workspace: string; channel: string })[]
  /** The time zones of `channels`: hours and days are on the clock of each channel. */
  timeZones: string[]
  /** The beginning of the count, where there were too many records: ISO 8601. */
  cutAt?: string
  /** How far the notifier has read the records; its answer covers these. */
  progress?: { read: number; of: number }
}

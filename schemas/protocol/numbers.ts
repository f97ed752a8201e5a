import { z } from 'zod'
import { token } from '../token.ts'
import { progress } from './progress.ts'

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
  workspaces: z.array(token).optional().describe('Absent: all.'),
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(numbersDaysMax)
    .default(1)
    .describe('Whole days up to now, in each channel’s own time zone: 1 is today. `since` comes before it.'),
  since: instant.optional().describe('ISO 8601, up to `until` or now.'),
  until: instant.optional(),
})

/** The question as it comes by HTTP: the workspaces are those that the asker may see. */
export const numbersQuery = numbersQuestion.omit({ workspaces: true }).extend({ workspace: token.optional() })

/** In milliseconds of open time. A median and a 90th percentile are values that were measured (nearest rank). */
const measuredTimes = z.object({ count: z.int(), median: z.number(), p90: z.number() })
export type MeasuredTimes = z.infer<typeof measuredTimes>

/** The times of one measure. Hours and days without a measurement are left out. */
const measureNumbers = measuredTimes.extend({
  name: z.enum(measureNames),
  hours: z
    .array(measuredTimes.extend({ hour: z.int().min(0).max(23) }))
    .describe(
      'The hour of the day at which times ended, 0 to 23, in the time zone of the channel’s schedule, else in UTC.',
    ),
  days: z.array(measuredTimes.extend({ day: z.string() })).describe('The day, likewise: `2026-06-08`.'),
})
export type MeasureNumbers = z.infer<typeof measureNumbers>

const channelNumbers = measureNumbers.extend({ workspace: z.string(), channel: z.string() })
export type ChannelNumbers = z.infer<typeof channelNumbers>

/** How customers rated conversations after their end, from 1 to 5. */
const ratingNumbers = z.object({ count: z.int(), average: z.number() })
export type RatingNumbers = z.infer<typeof ratingNumbers>

export const numbersAnswer = z.object({
  channels: z
    .array(channelNumbers)
    .describe('One for each workspace, channel and measure; the most frequent first.'),
  totals: z.array(measureNumbers).describe('The same over all channels of the answer.'),
  ratings: z
    .array(ratingNumbers.extend({ workspace: z.string(), channel: z.string() }))
    .describe('One for each workspace and channel with a rating; the most frequent first.'),
  timeZones: z
    .array(z.string())
    .describe('The time zones of `channels`: hours and days are on the clock of each channel.'),
  cutAt: z
    .string()
    .optional()
    .describe('The beginning of the count, where there were too many records: ISO 8601.'),
  progress: progress
    .optional()
    .describe('How far the notifier has read the records; its answer covers these.'),
})
export type NumbersAnswer = z.infer<typeof numbersAnswer>

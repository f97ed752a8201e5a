import type {
  MeasuredTimes,
  MeasureName,
  MeasureNumbers,
  RatingNumbers,
} from '../../../../schemas/protocol/numbers.ts'

export const hoursPerDay = 24
const dayMs = hoursPerDay * 3_600_000

/** A time that was measured. */
export interface Sample {
  /** When it ended, in epoch milliseconds. */
  at: number
  ms: number
  /** The hour of its end on the channel's clock, in whole hours since 1970. */
  hour: number
  conversation: string
}

/** The whole days since 1970 at an hour. */
export function dayOfHour(hour: number): number {
  return Math.floor(hour / hoursPerDay)
}

/** The numbers of at least one sample. */
export function numbersOf(name: MeasureName, samples: readonly Sample[]): MeasureNumbers {
  const hours = timesBy(samples, ({ hour }) => hour % hoursPerDay)
  const days = timesBy(samples, ({ hour }) => dayOfHour(hour))
  return {
    name,
    ...timesOf(samples),
    hours: hours.map(([hour, times]) => ({ hour, ...times })),
    days: days.map(([day, times]) => ({ day: new Date(day * dayMs).toISOString().slice(0, 10), ...times })),
  }
}

/** The numbers of at least one rating. */
export function ratingNumbers(samples: readonly Sample[]): RatingNumbers {
  const sum = samples.reduce((total, { ms: score }) => total + score, 0)
  return { count: samples.length, average: Math.round((100 * sum) / samples.length) / 100 }
}

function timesBy(samples: readonly Sample[], keyOf: (sample: Sample) => number): [number, MeasuredTimes][] {
  const groups = new Map<number, Sample[]>()
  for (const sample of samples) {
    const key = keyOf(sample)
    const group = groups.get(key)
    if (group) group.push(sample)
    else groups.set(key, [sample])
  }
  return [...groups].sort(([a], [b]) => a - b).map(([key, group]) => [key, timesOf(group)])
}

function timesOf(samples: readonly Sample[]): MeasuredTimes {
  const sorted = Float64Array.from(samples, ({ ms }) => ms).sort()
  const nearestRank = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? 0
  return { count: sorted.length, median: nearestRank(0.5), p90: nearestRank(0.9) }
}

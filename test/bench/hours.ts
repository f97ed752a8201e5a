import { DateTime } from 'luxon'
import { openingHours } from '../../engine/core/hours/opening-hours.ts'
import { withCalendars } from '../../engine/core/hours/with-calendars.ts'
import { type Schedule, schedule } from '../../schemas/configuration/schedule.ts'

/**
 * What a verdict on opening hours costs, in nanoseconds, next to a floor: one conversion to the zone's wall clock by
 * luxon. Warm is a stream of events in one week; scattered is a decade in no order, so that most need a new window;
 * cold includes the schedule's own preparation.
 */
const DAY_MS = 86_400_000
const monday = Date.UTC(2026, 5, 1)
const zone = 'Europe/Paris'

const paris: Schedule = schedule.parse({
  id: 'paris',
  timeZone: zone,
  intervals: [1, 2, 3, 4, 5].map((day) => ({ start: day * 1440 + 540, end: day * 1440 + 1020 })),
  holidays: Array.from({ length: 30 }, (_, year) => ({
    name: 'Noël',
    startDate: `${2015 + year}-12-25`,
    endDate: `${2015 + year}-12-26`,
  })),
})

const week = instants(7 * DAY_MS)
const decade = instants(3650 * DAY_MS)
const hours = openingHours(withCalendars(paris))

const line = {
  workload: 'hours',
  zone,
  unit: 'ns per verdict',
  floorLuxonConversion: perCall(week, 200_000, (at) => DateTime.fromMillis(at, { zone }).hour),
  isOpenWarm: perCall(week, 5_000_000, (at) => hours.isOpen(at)),
  nextOpenWarm: perCall(week, 2_000_000, (at) => hours.nextOpen(at)),
  nextCloseWarm: perCall(week, 2_000_000, (at) => hours.nextClose(at)),
  isOpenScattered: perCall(decade, 50_000, (at) => hours.isOpen(at)),
  nextOpenScattered: perCall(decade, 50_000, (at) => hours.nextOpen(at)),
  isOpenCold: perCall(week, 5_000, (at) => openingHours(withCalendars(paris)).isOpen(at)),
  nextOpenCold: perCall(week, 5_000, (at) => openingHours(withCalendars(paris)).nextOpen(at)),
  nextCloseCold: perCall(week, 5_000, (at) => openingHours(withCalendars(paris)).nextClose(at)),
}
process.stdout.write(`${JSON.stringify(line)}\n`)

/** The same instants on every run, spread over `span` without order. */
function instants(span: number): number[] {
  return Array.from(
    { length: 4096 },
    (_, i) => monday + Math.floor((((i * 2_654_435_761) % 2 ** 32) / 2 ** 32) * span),
  )
}

function perCall(at: readonly number[], calls: number, verdict: (at: number) => unknown): number {
  let sink = 0
  const round = (count: number) => {
    for (let i = 0; i < count; i++) if (verdict(at[i & 4095] as number)) sink++
  }
  round(calls / 10)
  const started = process.hrtime.bigint()
  round(calls)
  const elapsed = Number(process.hrtime.bigint() - started)
  // The count is used, so that the verdicts cannot be optimised away.
  return sink < 0 ? 0 : Math.round((elapsed / calls) * 10) / 10
}

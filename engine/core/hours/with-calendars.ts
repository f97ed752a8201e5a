import { calendarIn } from '../../../schemas/configuration/holiday-entry.ts'
import type { Calendar, Holiday, Schedule } from '../../../schemas/configuration/schedule.ts'

/** A schedule with its calendars' holidays in the place of their names. */
export interface ResolvedSchedule extends Omit<Schedule, 'holidays'> {
  holidays?: Holiday[]
}

/** Puts the holidays of calendars into a schedule. A calendar that is not there has none. */
export function withCalendars(
  schedule: Schedule,
  calendars: ReadonlyMap<string, Calendar> = new Map(),
): ResolvedSchedule {
  const { holidays, ...others } = schedule
  if (!holidays) return others
  const seen = new Set<string>()
  return {
    ...others,
    holidays: holidays.flatMap((entry) => {
      if (typeof entry !== 'string') return entry
      const id = calendarIn(entry)
      if (seen.has(id)) return []
      seen.add(id)
      return calendars.get(id)?.holidays ?? []
    }),
  }
}

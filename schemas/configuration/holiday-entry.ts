/** Parts of `holidays` that schemas and pages share: no zod in here, so that a page may import it. */

const prefix = 'calendar.'

/** A calendar as a schedule names it. */
export function calendarEntry(id: string): string {
  return prefix + id
}

export function isCalendarEntry(entry: unknown): entry is string {
  return typeof entry === 'string' && entry.startsWith(prefix)
}

/** The id in `calendar.<id>`. */
export function calendarIn(entry: string): string {
  return entry.slice(prefix.length)
}

/** The calendars that a schedule names, without duplicates. */
export function calendarsOf({ holidays = [] }: { holidays?: readonly unknown[] | undefined }): string[] {
  return [...new Set(holidays.filter(isCalendarEntry).map(calendarIn))]
}

/** `2026-12-25` as a day of each year: `12-25`. */
export function dayOfYear(isoDate: string): string {
  return isoDate.slice(5)
}

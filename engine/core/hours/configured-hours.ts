import type { Document } from '../../../schemas/configuration/document.ts'
import { calendarsOf } from '../../../schemas/configuration/holiday-entry.ts'
import type { Calendar, Schedule } from '../../../schemas/configuration/schedule.ts'
import { openingHours, type ZonedHours } from './opening-hours.ts'
import { withCalendars } from './with-calendars.ts'

/** The hours of schedules, kept right as schedules and calendars change. */
export class ConfiguredHours {
  readonly #schedules = new Map<string, Schedule>()
  readonly #calendars = new Map<string, Calendar>()
  readonly #hours = new Map<string, ZonedHours>()

  /** The hours of each schedule, by its id. */
  get all(): ReadonlyMap<string, ZonedHours> {
    return this.#hours
  }

  /** Takes a document; those of other kinds change nothing. */
  put(read: Document): void {
    const { kind, document } = read
    if (kind === 'schedule') {
      this.#schedules.set(document.id, document)
      this.#update(document)
    } else if (kind === 'calendar') {
      this.#calendars.set(document.id, document)
      this.#updateUsers(document.id)
    }
  }

  delete(kind: string, id: string): void {
    if (kind === 'schedule') {
      this.#schedules.delete(id)
      this.#hours.delete(id)
    } else if (kind === 'calendar') {
      this.#calendars.delete(id)
      this.#updateUsers(id)
    }
  }

  #updateUsers(calendar: string): void {
    for (const schedule of this.#schedules.values())
      if (calendarsOf(schedule).includes(calendar)) this.#update(schedule)
  }

  #update(schedule: Schedule): void {
    const hours = openingHours(withCalendars(schedule, this.#calendars))
    this.#hours.set(schedule.id, { timeZone: schedule.timeZone, hours })
  }
}

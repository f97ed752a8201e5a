import { html, nothing } from 'lit'
import { live } from 'lit/directives/live.js'
import {
  calendarEntry,
  calendarIn,
  calendarsOf,
  isCalendarEntry,
} from '../../../../schemas/configuration/holiday-entry.ts'
import type { Schedule } from '../../../../schemas/configuration/schedule.ts'
import type { Editing } from '../editing.ts'
import { locale, words } from '../language.ts'
import { linkTo } from '../route.ts'
import type { StoredConfiguration } from '../stored.ts'
import { comingHolidays, shownDay } from './coming-holidays.ts'

/** The days that are shown of each calendar. */
const shownDays = 3

/** The calendars whose holidays a schedule has, to choose from; nothing where there is none. */
export function calendarChoice(editing: Editing<Schedule>, { calendars }: StoredConfiguration) {
  const { holidays = [] } = editing.document
  const chosen = calendarsOf({ holidays })
  const ids = [...new Set([...calendars.keys(), ...chosen])]
  if (ids.length === 0) return nothing
  const set = (id: string, isChosen: boolean) => {
    const others = holidays.filter((entry) => !isCalendarEntry(entry) || calendarIn(entry) !== id)
    const next = isChosen ? [calendarEntry(id), ...others] : others
    editing.edit(['holidays'], next.length > 0 ? next : undefined)
  }
  return html`
    <fieldset class="calendars">
      <legend>${words.sharedCalendars}</legend>
      <p class="hint">${words.sharedCalendarsHint}</p>
      ${ids.map((id) => {
        const stored = calendars.get(id)
        const coming = comingHolidays(stored?.document.holidays ?? []).slice(0, shownDays)
        return html`
          <div>
            <label class="check">
              <input
                type="checkbox"
                .checked=${live(chosen.includes(id))}
                @change=${({ target }: Event) => set(id, (target as HTMLInputElement).checked)}
              >${stored ? stored.name || id : words.missing(id)}
            </label>
            ${
              stored
                ? html`<a href=${linkTo('calendars', id)}>${words.holidayCount(stored.document.holidays.length)}<span class="visually-hidden">: ${stored.name || id}</span></a>`
                : nothing
            }
            <span class="muted">${coming.map((one) => shownDay(one, locale)).join(' · ')}</span>
          </div>
        `
      })}
    </fieldset>
  `
}

import { html, nothing } from 'lit'
import type { Calendar } from '../../../../schemas/configuration/schedule.ts'
import { table } from '../../base/page-parts.ts'
import { DocumentList } from '../document-list.ts'
import { locale, words } from '../language.ts'
import type { StoredConfiguration, StoredOne } from '../stored.ts'
import { comingHolidays, schedulesNaming, shownDay } from './coming-holidays.ts'
import './import-ics.ts'

/** All calendars. */
class AdminCalendars extends DocumentList<StoredOne<Calendar>> {
  protected readonly kind = 'calendar'
  protected readonly texts = {
    title: words.calendars,
    lead: words.calendarsLead,
    create: words.newCalendar,
    none: words.noCalendars,
    noneHelp: words.noCalendarsHelp,
  }
  protected override readonly more = {
    beside: html`<admin-import-ics .taken=${() => [...this.stored.calendars.keys()]}></admin-import-ics>`,
  }

  protected documents({ calendars }: StoredConfiguration) {
    return calendars
  }

  protected table(rows: unknown) {
    const wide = true as const
    return table([words.calendar, words.holidays, { text: words.usedBy, wide }], rows)
  }

  protected cells({ document }: StoredOne<Calendar>, id: string) {
    const users = schedulesNaming(this.stored, id)
    const coming = comingHolidays(document.holidays)
    const [next] = coming
    return html`
      <td>
        ${words.holidayCount(document.holidays.length)}
        ${next ? html`<span class="sub">${words.nextHoliday(shownDay(next, locale))}</span>` : nothing}
      </td>
      <td class="wide">${users.length === 0 ? html`<span class="muted">${words.none}</span>` : users.join(', ')}</td>
    `
  }
}

customElements.define('admin-calendars', AdminCalendars)

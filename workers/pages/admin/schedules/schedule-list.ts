import { html } from 'lit'
import type { Schedule } from '../../../../schemas/configuration/schedule.ts'
import { table } from '../../base/page-parts.ts'
import { DocumentList } from '../document-list.ts'
import { locale, words } from '../language.ts'
import { type StoredConfiguration, type StoredOne, usersOf } from '../stored.ts'
import { HoursWatch } from './hours-watch.ts'
import { summaryOf } from './summary.ts'
import { daysFrom } from './week.ts'

/** All opening hours. */
class AdminSchedules extends DocumentList<StoredOne<Schedule>> {
  protected readonly kind = 'schedule'
  protected readonly texts = {
    title: words.schedules,
    lead: words.schedulesLead,
    create: words.newSchedule,
    none: words.noSchedules,
    noneHelp: words.noSchedulesHelp,
  }
  protected override readonly more = {
    beside: html`<a class="button" href="#/import">${words.importZendesk}</a>`,
  }
  readonly #hours = new HoursWatch(this)

  protected override willUpdate(): void {
    const { schedules, calendars } = this.stored
    this.#hours.follow(new Map([...schedules].map(([id, { document }]) => [id, document])), calendars)
  }

  protected documents({ schedules }: StoredConfiguration) {
    return schedules
  }

  protected table(rows: unknown) {
    const wide = true as const
    return table(
      [words.schedule, words.now, { text: words.weeklyHours, wide }, { text: words.usedBy, wide }],
      rows,
    )
  }

  protected cells({ document }: StoredOne<Schedule>, id: string) {
    const users = usersOf(this.stored, 'schedule', id)
    return html`
      <td>${this.#hours.mark(id)}<span class="sub">${document.timeZone}</span></td>
      <td class="wide">${summaryOf(document.intervals, daysFrom(locale), words, locale)}</td>
      <td class="wide">${users.length === 0 ? html`<span class="muted">${words.none}</span>` : users.join(', ')}</td>
    `
  }
}

customElements.define('admin-schedules', AdminSchedules)

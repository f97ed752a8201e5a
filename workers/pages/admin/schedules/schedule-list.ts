import { html, nothing } from 'lit'
import type { Schedule } from '../../../../schemas/configuration/schedule.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { openOrClosed } from '../channels/channel-list.ts'
import { locale, words } from '../language.ts'
import { newDialog } from '../new-dialog.ts'
import { linkTo } from '../route.ts'
import type { Stored, StoredOne } from '../stored.ts'
import { HoursWatch } from './hours-watch.ts'
import { summaryOf } from './summary.ts'
import { daysFrom } from './week.ts'

/** All opening hours. */
class AdminSchedules extends Part {
  static override properties = { stored: { attribute: false } }
  declare stored: Stored
  readonly #hours = new HoursWatch(this)

  protected override willUpdate(): void {
    this.#hours.follow(new Map([...this.stored.schedules].map(([id, { document }]) => [id, document])))
  }

  protected override render() {
    const { schedules } = this.stored
    return html`
      <header class="head">
        <div>
          <h1 tabindex="-1">${words.schedules}</h1>
          <p class="lead">${words.schedulesLead}</p>
        </div>
        ${
          schedules.size > 0
            ? html`<div class="actions">
              <a class="button" href="#/import">${words.importZendesk}</a>
              <button class="button primary" @click=${this.#create}>${icons.plus}${words.newSchedule}</button>
            </div>`
            : nothing
        }
      </header>
      ${schedules.size > 0 ? this.#table() : this.#empty()}
      ${newDialog('schedule', [...schedules.keys()], '')}
    `
  }

  #table() {
    return html`
      <table class="list">
        <thead>
          <tr>
            <th scope="col">${words.schedule}</th>
            <th scope="col">${words.now}</th>
            <th scope="col" class="wide">${words.weeklyHours}</th>
            <th scope="col" class="wide">${words.usedBy}</th>
          </tr>
        </thead>
        <tbody>
          ${[...this.stored.schedules].map(([id, one]) => this.#row(id, one))}
        </tbody>
      </table>
    `
  }

  #row(id: string, { document, problems }: StoredOne<Schedule>) {
    const hours = this.#hours.answers.get(id)
    const users = usersOf(this.stored, id)
    return html`
      <tr>
        <th scope="row">
          <a href=${linkTo('schedules', id)}>${document.name || id}</a>
          <span class="id">${id}</span>
          ${problems ? html`<span class="mark">${words.notInForceMark}</span>` : nothing}
        </th>
        <td>${hours ? openOrClosed(hours) : nothing}<span class="sub">${document.timeZone}</span></td>
        <td class="wide">${summaryOf(document.intervals, daysFrom(locale), words, locale)}</td>
        <td class="wide">${users.length === 0 ? html`<span class="muted">${words.none}</span>` : users.join(', ')}</td>
      </tr>
    `
  }

  #empty() {
    return html`
      <section class="empty">
        <h2>${words.noSchedules}</h2>
        <p>${words.noSchedulesHelp}</p>
        <p class="actions">
          <button class="button primary" @click=${this.#create}>${icons.plus}${words.newSchedule}</button>
          <a class="button" href="#/import">${words.importZendesk}</a>
        </p>
      </section>
    `
  }

  #create = (): void => {
    this.querySelector<HTMLDialogElement>('dialog')?.showModal()
  }
}

/** The channels that a schedule is chosen for. */
export function usersOf({ channels }: Stored, schedule: string): string[] {
  return [...channels].filter(([, { document }]) => document.schedule === schedule).map(([id]) => id)
}

customElements.define('admin-schedules', AdminSchedules)

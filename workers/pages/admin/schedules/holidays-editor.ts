import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { repeat } from 'lit/directives/repeat.js'
import { isCalendarEntry } from '../../../../schemas/configuration/holiday-entry.ts'
import type { Holiday } from '../../../../schemas/configuration/schedule.ts'
import { iconButton, icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import type { Editing } from '../editing.ts'
import { documentField, fieldError, fieldId, optionalLabel, problemsAt, textField } from '../editor-parts.ts'
import { words } from '../language.ts'
import { dateIn } from './verdict.ts'
import { dayMinutes, type Interval, readTime, timeOf } from './week.ts'

/** A schedule, or a calendar. */
interface HolidayOwner {
  id: string
  holidays?: (Holiday | string)[]
}

/** Days on which the weekly hours do not count: closed, or with hours of their own. Entries that name calendars are left alone. */
class AdminHolidays extends Part {
  @property({ attribute: false }) editing!: Editing<HolidayOwner>
  @property({ attribute: false }) holidays: (Holiday | string)[] | undefined
  @property({ attribute: false }) problems: unknown
  @state() isPastOpen = false
  /** Whether each is over. One that is edited stays where it stands, so that it keeps the focus. */
  #past: readonly boolean[] = []
  #known: readonly (Holiday | string)[] = []

  protected override willUpdate(): void {
    const list = this.#list
    const edited = list.filter((holiday, index) => holiday !== this.#known[index]).length
    if (list.length !== this.#known.length || edited > 1)
      this.#past = list.map((holiday) => this.#isPast(holiday))
    this.#known = list
  }

  get #list(): (Holiday | string)[] {
    return this.holidays ?? []
  }

  protected override render() {
    const rows = this.#list.flatMap((holiday, index) =>
      isCalendarEntry(holiday) ? [] : { holiday, index, isPast: this.#past[index] ?? false },
    )
    const past = rows.filter(({ isPast }) => isPast)
    const isWrong = ({ index }: { index: number }) =>
      problemsAt(this.editing, ['holidays', index], true).length > 0
    const list = (shown: typeof rows) => html`
      <ol class="holidays">
        ${repeat(
          shown,
          ({ index }) => index,
          ({ holiday, index }) => this.#holiday(holiday, index),
        )}
      </ol>
    `
    return html`
      <div id=${fieldId(['holidays'])} tabindex="-1">
        ${
          past.length === 0
            ? nothing
            : html`<details class="past" ?open=${this.isPastOpen || past.some(isWrong)} @toggle=${this.#toggled}><summary>${words.pastHolidays(past.length)}</summary>${list(past)}</details>`
        }
        ${
          past.length === rows.length
            ? html`<p class="muted">${past.length > 0 ? words.noComingHolidays : words.noHolidays}</p>`
            : list(rows.filter(({ isPast }) => !isPast))
        }
        ${fieldError(this.editing, ['holidays'])}
        <div class="adders">
          <button type="button" class="chip add" @click=${this.#add}>${icons.plus}${words.addHoliday}</button>
        </div>
      </div>
    `
  }

  #toggled = (event: Event): void => {
    this.isPastOpen = (event.target as HTMLDetailsElement).open
  }

  /** Whether it is stored, and over. */
  #isPast(holiday: Holiday | string): boolean {
    if (isCalendarEntry(holiday) || holiday.yearly) return false
    const { base } = this.editing.draft
    const isStored = base?.document.holidays?.includes(holiday) ?? false
    return isStored && holiday.endDate !== '' && holiday.endDate < dateIn(undefined, Date.now())
  }

  #holiday(holiday: Holiday, index: number) {
    const path = ['holidays', index]
    const name = holiday.name || `${words.holiday} ${index + 1}`
    return html`
      <li id=${fieldId(path)} tabindex="-1">
        <div class="holiday">
          ${textField(this.editing, [...path, 'name'], holiday.name, { label: optionalLabel(words.name) })}
          ${this.#date(holiday, index, 'startDate')} ${this.#date(holiday, index, 'endDate')}
          <label class="check">
            <input
              type="checkbox"
              .checked=${live(holiday.yearly === true)}
              @change=${({ target }: Event) =>
                this.editing.edit([...path, 'yearly'], (target as HTMLInputElement).checked || undefined)}
            >${words.everyYear}
          </label>
          ${iconButton(icons.close, words.removeNamed(name), { press: () => this.#remove(index) })}
        </div>
        ${this.#hours(holiday, index, name)} ${fieldError(this.editing, path)}
      </li>
    `
  }

  #date(holiday: Holiday, index: number, field: 'startDate' | 'endDate') {
    return documentField(
      this.editing,
      ['holidays', index, field],
      { label: words.fields[field] },
      ({ id, invalid, describedBy }) => html`
        <input
          class="field"
          type="date"
          id=${id}
          .value=${live(holiday[field])}
          min=${field === 'endDate' && !holiday.yearly ? holiday.startDate : nothing}
          max="9999-12-31"
          aria-invalid=${invalid}
          aria-describedby=${describedBy}
          @change=${({ target }: Event) => this.#setDate(holiday, index, field, (target as HTMLInputElement).value)}
        >
      `,
    )
  }

  #hours(holiday: Holiday, index: number, name: string) {
    const path = ['holidays', index, 'intervals']
    const intervals = holiday.intervals ?? []
    const set = (next: Interval[]) => this.editing.edit(path, next.length > 0 ? next : undefined)
    return html`
      <div class="holiday-hours" id=${fieldId(path)} tabindex="-1">
        ${intervals.length === 0 ? html`<span class="muted">${words.closedAllDay}</span>` : nothing}
        ${intervals.map((interval, place) => {
          const edit = (next: Interval) => set(intervals.with(place, next))
          return html`
            <span class="edge-fields">
              ${words.openFrom} ${timeField(name, interval, 'start', edit)} –
              ${timeField(name, interval, 'end', edit)}
              ${iconButton(icons.close, words.removeHoursOf(name, place + 1), {
                press: () => set(intervals.filter((_, each) => each !== place)),
              })}
            </span>
          `
        })}
        <button
          type="button"
          class="chip add"
          aria-label=${words.addHoursOf(name)}
          @click=${() => set([...intervals, { start: 9 * 60, end: 12 * 60 }])}
        >${icons.plus}${words.openHours}</button>
        ${fieldError(this.editing, path, true)}
      </div>
    `
  }

  #setDate(holiday: Holiday, index: number, field: 'startDate' | 'endDate', date: string): void {
    const next = { ...holiday, [field]: date }
    // A holiday is a day until somebody makes it longer.
    if (
      field === 'startDate' &&
      (holiday.endDate === holiday.startDate || (!holiday.yearly && holiday.endDate < date))
    )
      next.endDate = date
    this.editing.edit(['holidays', index], next)
  }

  #add = (): void => {
    const index = this.#list.length
    // Without a date: nobody closes a day by a click and a save.
    this.editing.edit(['holidays'], [...this.#list, { startDate: '', endDate: '' }])
    void this.#focus(`[id="${fieldId(['holidays', index, 'name'])}"]`)
  }

  #remove(index: number): void {
    const rest = this.#list.filter((_, place) => place !== index)
    const isUnset = rest.length === 0 && this.editing.kind === 'schedule'
    this.editing.edit(['holidays'], isUnset ? undefined : rest)
    const isHoliday = (entry: Holiday | string) => !isCalendarEntry(entry)
    const next = rest.findIndex((entry, place) => place >= index && isHoliday(entry))
    const near = next < 0 ? rest.findLastIndex(isHoliday) : next
    void this.#focus(near < 0 ? '.adders button' : `[id="${fieldId(['holidays', near, 'name'])}"]`)
  }

  async #focus(selector: string): Promise<void> {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    await this.focusLater(selector)
  }
}

/** The beginning or the end of a holiday's open hours. */
function timeField(name: string, interval: Interval, edge: 'start' | 'end', edit: (next: Interval) => void) {
  return html`
    <input
      class="field"
      type="time"
      aria-label=${words.timeOf(name, words.edges[edge])}
      .value=${live(timeOf(interval[edge]))}
      @change=${(event: Event) => {
        const minute = readTime((event.target as HTMLInputElement).value)
        if (minute === undefined) return
        const start = edge === 'start' ? minute : interval.start
        const end = (edge === 'end' ? minute : interval.end) % dayMinutes
        // An end that is not after the start is on the next day.
        edit({ start, end: end > start ? end : end + dayMinutes })
      }}
    >
  `
}

customElements.define('admin-holidays', AdminHolidays)

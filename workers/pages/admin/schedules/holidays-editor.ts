import { html, nothing } from 'lit'
import { live } from 'lit/directives/live.js'
import type { Schedule } from '../../../../schemas/configuration/schedule.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import type { Editing } from '../editing.ts'
import { described, fieldError, fieldId } from '../editor-parts.ts'
import { words } from '../language.ts'
import { dayMinutes, type Interval, readTime, timeOf } from './week.ts'

type Holiday = NonNullable<Schedule['holidays']>[number]

/** Days on which the weekly hours do not count: closed, or with hours of their own. */
class AdminHolidays extends Part {
  static override properties = {
    editing: { attribute: false },
    holidays: { attribute: false },
    problems: { attribute: false },
  }
  declare editing: Editing<Schedule>
  declare holidays: Holiday[] | undefined
  declare problems: unknown

  get #list(): Holiday[] {
    return this.holidays ?? []
  }

  protected override render() {
    return html`
      <div id=${fieldId(['holidays'])} tabindex="-1">
        ${
          this.#list.length === 0
            ? html`<p class="muted">${words.noHolidays}</p>`
            : html`<ol class="holidays">${this.#list.map((holiday, index) => this.#holiday(holiday, index))}</ol>`
        }
        ${fieldError(this.editing, ['holidays'])}
        <div class="adders">
          <button type="button" class="chip add" @click=${this.#add}>${icons.plus}${words.addHoliday}</button>
        </div>
      </div>
    `
  }

  #holiday(holiday: Holiday, index: number) {
    const path = ['holidays', index]
    const name = holiday.name || `${words.holiday} ${index + 1}`
    const date = (field: 'startDate' | 'endDate') => {
      const { invalid, by } = described(this.editing, [...path, field])
      const id = fieldId([...path, field])
      return html`
        <div class="row">
          <label for=${id}>${words.fields[field]}</label>
          <input class="field" type="date" id=${id} .value=${live(holiday[field])} min=${field === 'endDate' ? holiday.startDate : nothing} aria-invalid=${invalid} aria-describedby=${by}
            @change=${(event: Event) => this.#setDate(holiday, index, field, (event.target as HTMLInputElement).value)}>
          ${fieldError(this.editing, [...path, field])}
        </div>
      `
    }
    const { invalid, by } = described(this.editing, [...path, 'name'])
    const id = fieldId([...path, 'name'])
    return html`
      <li id=${fieldId(path)} tabindex="-1">
        <div class="holiday">
          <div class="row grow">
            <label for=${id}>${words.name} <span class="optional">${words.optional}</span></label>
            <input class="field" id=${id} .value=${live(holiday.name ?? '')} autocomplete="off" aria-invalid=${invalid} aria-describedby=${by}
              @input=${(event: Event) => {
                const text = (event.target as HTMLInputElement).value
                this.editing.edit([...path, 'name'], text === '' ? undefined : text)
              }}>
            ${fieldError(this.editing, [...path, 'name'])}
          </div>
          ${date('startDate')} ${date('endDate')}
          <button type="button" class="button quiet icon" aria-label=${words.removeNamed(name)} title=${words.removeNamed(name)} @click=${() => this.#remove(index)}>${icons.close}</button>
        </div>
        ${this.#hours(holiday, index, name)}
        ${fieldError(this.editing, path)}
      </li>
    `
  }

  #hours(holiday: Holiday, index: number, name: string) {
    const path = ['holidays', index, 'intervals']
    const intervals = holiday.intervals ?? []
    const set = (next: Interval[]) => this.editing.edit(path, next.length > 0 ? next : undefined)
    return html`
      <div class="holiday-hours" id=${fieldId(path)} tabindex="-1">
        ${
          intervals.length === 0
            ? html`<span class="muted">${words.closedAllDay}</span>`
            : intervals.map((interval, at) => {
                const time = (which: 'start' | 'end') => html`
                  <input class="field" type="time" aria-label=${words.timeOf(name, words.edges[which])} .value=${live(timeOf(interval[which]))}
                    @change=${(event: Event) => {
                      const minute = readTime((event.target as HTMLInputElement).value)
                      if (minute === undefined) return
                      const start = which === 'start' ? minute : interval.start
                      const end = (which === 'end' ? minute : interval.end) % dayMinutes
                      // An end that is not after the start is on the next day.
                      set(intervals.with(at, { start, end: end > start ? end : end + dayMinutes }))
                    }}>`
                return html`
                  <span class="edge-fields">${words.openFrom} ${time('start')} – ${time('end')}
                    <button type="button" class="button quiet icon" aria-label=${words.removeHoursOf(name, at + 1)} title=${words.removeHoursOf(name, at + 1)} @click=${() => set(intervals.filter((_, other) => other !== at))}>${icons.close}</button>
                  </span>`
              })
        }
        <button type="button" class="chip add" aria-label=${words.addHoursOf(name)} @click=${() => set([...intervals, { start: 9 * 60, end: 12 * 60 }])}>${icons.plus}${words.openHours}</button>
        ${fieldError(this.editing, path, true)}
      </div>
    `
  }

  #setDate(holiday: Holiday, index: number, field: 'startDate' | 'endDate', date: string): void {
    const next = { ...holiday, [field]: date }
    // A holiday is a day until somebody makes it longer.
    if (field === 'startDate' && (holiday.endDate === holiday.startDate || holiday.endDate < date))
      next.endDate = date
    this.editing.edit(['holidays', index], next)
  }

  #add = (): void => {
    const index = this.#list.length
    const last = this.#list.at(-1)?.endDate
    const today = new Date()
    const date =
      last ||
      [today.getFullYear(), today.getMonth() + 1, today.getDate()]
        .map((n) => String(n).padStart(2, '0'))
        .join('-')
    this.editing.edit(['holidays'], [...this.#list, { startDate: date, endDate: date }])
    void this.#focus(`[id="${fieldId(['holidays', index, 'name'])}"]`)
  }

  #remove(index: number): void {
    const rest = this.#list.filter((_, at) => at !== index)
    this.editing.edit(['holidays'], rest.length > 0 ? rest : undefined)
    const next = Math.min(index, rest.length - 1)
    void this.#focus(rest.length > 0 ? `[id="${fieldId(['holidays', next, 'name'])}"]` : '.adders button')
  }

  async #focus(selector: string): Promise<void> {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    await this.focusLater(selector)
  }
}

customElements.define('admin-holidays', AdminHolidays)

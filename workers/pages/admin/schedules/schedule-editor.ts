import { html, nothing, type PropertyValues } from 'lit'
import { live } from 'lit/directives/live.js'
import type { Schedule } from '../../../../schemas/configuration/schedule.ts'
import { icons } from '../../base/icons.ts'
import { focusField } from '../channels/channel-editor.ts'
import { DocumentEditor } from '../document-editor.ts'
import type { Path } from '../draft.ts'
import { Editing } from '../editing.ts'
import { conflict, described, fieldError, fieldId, problemSummary, saveBar } from '../editor-parts.ts'
import { fieldWord, locale, words } from '../language.ts'
import { beginnings } from '../new-dialog.ts'
import { shownValue } from '../shown-value.ts'
import { HoursWatch } from './hours-watch.ts'
import { usersOf } from './schedule-list.ts'
import { verdictOf } from './verdict.ts'
import { always, copyDay, daysFrom, type Interval, officeHours, sorted, weekdays } from './week.ts'
import './holidays-editor.ts'
import type { AdminIntervals } from './interval-list.ts'
import './interval-list.ts'
import './week-grid.ts'
import './zone-picker.ts'

/** Opening hours: a week, holidays, and the zone whose clock counts. */
class AdminSchedule extends DocumentEditor<Schedule> {
  static override properties = {
    schedule: {},
    selected: { state: true },
  }
  declare schedule: string
  /** The interval that is pointed at in the week, or in the list. */
  declare selected: Interval | undefined
  protected readonly kind = 'schedule'
  readonly #hours = new HoursWatch(this)
  readonly #days = daysFrom(locale)

  protected override willUpdate(changed: PropertyValues<this>): void {
    const stored = this.stored.schedules.get(this.schedule)
    if (!this.editing) {
      const { name } = beginnings.get(`schedule.${this.schedule}`) ?? { name: '' }
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
      const document = { id: this.schedule, ...(name && { name }), timeZone, intervals: officeHours() }
      this.editing = new Editing<Schedule>(this, 'schedule', stored, document, this.refresh)
    }
    if (changed.has('stored')) this.editing.follow(stored)
    this.#hours.follow(new Map([[this.schedule, this.editing.document]]))
  }

  protected override render() {
    const { document, isNew } = this.editing
    const { problems } = this.editing.draft
    return html`
      <nav class="crumbs" aria-label=${words.path}><a href="#/schedules">${icons.back}${words.schedules}</a></nav>
      <header class="head">
        <div>
          <h1 tabindex="-1">${document.name || document.id}</h1>
          <p class="lead"><span class="id">${document.id}</span>${isNew ? html` <span class="mark">${words.notSavedMark}</span>` : nothing}</p>
        </div>
        ${this.#verdict()}
      </header>
      ${problemSummary(this.editing, scheduleFieldName, this.#show)}
      ${conflict(this.editing, scheduleFieldName, shownValue, {
        leave: () => this.leave(),
        save: this.save,
        settled: this.toTop,
      })}
      <div class="section two">
        ${this.#name()}
        <div class="row">
          <label for=${fieldId(['timeZone'])}>${words.timeZone}</label>
          <admin-zone .editing=${this.editing} .zone=${document.timeZone} .problems=${problems}></admin-zone>
          ${fieldError(this.editing, ['timeZone'])}
        </div>
      </div>
      <section class="section" aria-labelledby="week-title">
        <div class="section-head">
          <h2 id="week-title">${words.weeklyHours}</h2>
          <div class="adders">
            <button type="button" class="chip" @click=${() => this.#setHours(officeHours())}>${words.officeHours}</button>
            <button type="button" class="chip" @click=${() => this.#setHours([...always])}>${words.aroundTheClock}</button>
            <button type="button" class="chip" @click=${() => this.#setHours(copyDay(document.intervals, 1, weekdays))}>${words.copyMonday}</button>
            <button type="button" class="chip" @click=${() => this.#setHours([])}>${words.clear}</button>
          </div>
        </div>
        <p class="hint">${words.weekHint}</p>
        <admin-week .intervals=${document.intervals} .days=${this.#days} .selected=${this.selected}
          @wanted=${(event: CustomEvent<Interval>) => this.querySelector<AdminIntervals>('admin-intervals')?.focusOn(event.detail)}
          @intervals=${(event: CustomEvent<Interval[]>) => this.#setHours(event.detail)}
          @chosen=${(event: CustomEvent<Interval | undefined>) => {
            this.selected = event.detail
          }}></admin-week>
        <admin-intervals .editing=${this.editing} .intervals=${document.intervals} .days=${this.#days} .selected=${this.selected} .problems=${problems}
          @chosen=${(event: CustomEvent<Interval | undefined>) => {
            this.selected = event.detail
          }}></admin-intervals>
      </section>
      <section class="section" aria-labelledby="holidays-title">
        <h2 id="holidays-title">${words.holidays}</h2>
        <p class="hint">${words.holidaysHint}</p>
        <admin-holidays .editing=${this.editing} .holidays=${document.holidays} .problems=${problems}></admin-holidays>
      </section>
      ${isNew ? nothing : this.deletion(words.deleteSchedule, () => this.#effectOfDeleting())}
      ${saveBar(this.editing, this.save, this.toTop)}
    `
  }

  #verdict() {
    const hours = this.#hours.answers.get(this.schedule)
    return html`
      <div class="verdict ${hours ? (hours.open ? 'open' : 'closed') : ''}" role="status">
        ${hours ? verdictOf(hours, words, locale) : words.noVerdict}
      </div>
    `
  }

  #name() {
    const path = ['name']
    const { invalid, by } = described(this.editing, path)
    return html`
      <div class="row">
        <label for=${fieldId(path)}>${words.name} <span class="optional">${words.optional}</span></label>
        <input class="field" id=${fieldId(path)} .value=${live(this.editing.document.name ?? '')} placeholder=${this.schedule}
          autocomplete="off" aria-invalid=${invalid} aria-describedby=${by}
          @input=${(event: Event) => {
            const text = (event.target as HTMLInputElement).value
            this.editing.edit(path, text === '' ? undefined : text)
          }}>
        ${fieldError(this.editing, path)}
      </div>
    `
  }

  #setHours(intervals: readonly Interval[]): void {
    this.editing.edit(['intervals'], sorted(intervals))
  }

  #effectOfDeleting(): string {
    const users = usersOf(this.stored, this.schedule)
    return users.length > 0 ? words.deleteUsedSchedule(users) : words.deleteUnusedSchedule
  }

  #show = (path: Path): void => focusField(this, path)
}

/** `Holiday 2 (to)` */
function scheduleFieldName([first, second, third]: Path): string {
  if (first === undefined) return words.theWholeDocument
  if (typeof second !== 'number') return fieldWord(first)
  const entry = `${first === 'holidays' ? words.holiday : words.interval} ${second + 1}`
  return third === undefined ? entry : `${entry} (${fieldWord(third)})`
}

customElements.define('admin-schedule', AdminSchedule)

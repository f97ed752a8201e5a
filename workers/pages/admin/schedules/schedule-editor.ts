import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Schedule } from '../../../../schemas/configuration/schedule.ts'
import { icons } from '../../base/icons.ts'
import { calendarChoice } from '../calendars/calendar-choice.ts'
import { DocumentEditor } from '../document-editor.ts'
import { isSame, type Path } from '../draft.ts'
import { Editing } from '../editing.ts'
import {
  conflict,
  documentField,
  editorHead,
  editorSaveBar,
  focusField,
  optionalLabel,
  problemSummary,
  textField,
} from '../editor-parts.ts'
import { locale, words } from '../language.ts'
import { beginnings } from '../new-dialog.ts'
import { shownValue } from '../shown-value.ts'
import { usersOf } from '../stored.ts'
import { HoursWatch } from './hours-watch.ts'
import { scheduleFieldName } from './schedule-field-name.ts'
import { summaryOf } from './summary.ts'
import { verdictOf } from './verdict.ts'
import { always, copyDay, daysFrom, type Interval, officeHours, sorted, weekdays } from './week.ts'
import './holidays-editor.ts'
import type { AdminIntervals } from './interval-list.ts'
import './interval-list.ts'
import './week-grid.ts'
import './zone-picker.ts'

/** Opening hours: a week, holidays, and the zone whose clock counts. */
class AdminSchedule extends DocumentEditor<Schedule> {
  @property() schedule!: string
  /** The interval that is pointed at in the week, or in the list. */
  @state() selected: Interval | undefined
  protected readonly kind = 'schedule'
  readonly #hours = new HoursWatch(this)
  readonly #days = daysFrom(locale)
  /** The weekly hours before each change, the latest last. */
  #earlier: Interval[][] = []
  #shown: Interval[] | undefined

  protected override whileConnected(signal: AbortSignal): void {
    super.whileConnected(signal)
    addEventListener('keydown', this.#undoByKey, { signal })
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const stored = this.stored.schedules.get(this.schedule)
    if (!this.editing) {
      const { name } = beginnings.get(`schedule.${this.schedule}`) ?? { name: '' }
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
      const document = { id: this.schedule, ...(name && { name }), timeZone, intervals: officeHours() }
      this.editing = new Editing<Schedule>(this, 'schedule', stored, document, this.refresh)
    }
    if (changed.has('stored')) this.editing.follow(stored)
    this.#hours.follow(new Map([[this.schedule, this.editing.document]]), this.stored.calendars)
    const { intervals } = this.editing.document
    if (this.#shown && !isSame(this.#shown, intervals)) this.#earlier.push(this.#shown)
    this.#shown = intervals
  }

  protected override render() {
    const { document, isNew } = this.editing
    const { problems } = this.editing.draft
    return html`
      ${editorHead(
        this.editing,
        { href: '#/schedules', label: words.schedules },
        { name: document.name ?? '', beside: this.#verdict() },
      )}
      ${problemSummary(this.editing, scheduleFieldName, this.#show)}
      ${conflict(this.editing, fieldTexts, {
        leave: () => this.leave(),
        save: this.save,
        settled: this.toTop,
      })}
      <div class="section two">
        ${textField(this.editing, ['name'], document.name, {
          label: optionalLabel(words.name),
          placeholder: this.schedule,
        })}
        ${documentField(
          this.editing,
          ['timeZone'],
          { label: words.timeZone, ...this.#zoneData() },
          () => html`
            <admin-zone .editing=${this.editing} .zone=${document.timeZone} .problems=${problems}></admin-zone>
          `,
        )}
      </div>
      ${this.#week()}
      <section class="section" aria-labelledby="holidays-title">
        <h2 id="holidays-title">${words.holidays}</h2>
        <p class="hint">${words.holidaysHint}</p>
        ${calendarChoice(this.editing, this.stored)}
        <admin-holidays
          .editing=${this.editing}
          .holidays=${document.holidays}
          .problems=${problems}
        ></admin-holidays>
      </section>
      ${this.history(fieldTexts)}
      ${isNew ? nothing : this.deletion(words.deleteSchedule, () => this.#effectOfDeleting())}
      ${editorSaveBar(this.editing, this.save, this.toTop)}
    `
  }

  /** The release of the time zone data, with a warning where it is old. */
  #zoneData() {
    const data = this.#hours.answers.get(this.schedule)?.zoneData
    if (!data) return {}
    return data.isOld ? { warning: words.zoneDataOld(data.version) } : { hint: words.zoneData(data.version) }
  }

  #verdict() {
    const hours = this.#hours.answers.get(this.schedule)
    return html`
      <div class="verdict ${hours ? (hours.open ? 'open' : 'closed') : ''}" role="status">
        ${hours ? verdictOf(hours, words, locale) : words.noVerdict}
      </div>
    `
  }

  #week() {
    const { intervals } = this.editing.document
    const preset = (label: string, hours: Interval[]) => html`
      <button type="button" class="chip" @click=${() => this.#setHours(hours)}>${label}</button>
    `
    const choose = ({ detail }: CustomEvent<Interval | undefined>) => {
      this.selected = detail
    }
    const focus = ({ detail }: CustomEvent<Interval>) =>
      this.querySelector<AdminIntervals>('admin-intervals')?.focusOn(detail)
    return html`
      <section class="section" aria-labelledby="week-title">
        <div class="section-head">
          <h2 id="week-title">${words.weeklyHours}</h2>
          <div class="adders">
            ${preset(summaryOf(officeHours(), this.#days, words, locale), officeHours())}
            ${preset(words.aroundTheClock, [...always])}
            ${preset(words.copyMonday, copyDay(intervals, 1, weekdays))} ${preset(words.clear, [])}
            <button
              type="button"
              class="chip"
              title="Ctrl+Z"
              aria-disabled=${this.#earlier.length === 0}
              @click=${this.#undo}
            >${icons.undo}${words.undo}</button>
          </div>
        </div>
        <p class="hint">${words.weekHint}</p>
        <admin-week
          .intervals=${intervals}
          .days=${this.#days}
          .selected=${this.selected}
          @wanted=${focus}
          @intervals=${({ detail }: CustomEvent<Interval[]>) => this.#setHours(detail)}
          @chosen=${choose}
        ></admin-week>
        <admin-intervals
          .editing=${this.editing}
          .intervals=${intervals}
          .days=${this.#days}
          .selected=${this.selected}
          .problems=${this.editing.draft.problems}
          @chosen=${choose}
        ></admin-intervals>
      </section>
    `
  }

  #setHours(intervals: readonly Interval[]): void {
    this.editing.edit(['intervals'], sorted(intervals))
  }

  #undo = (): void => {
    const before = this.#earlier.pop()
    if (!before) return
    this.#shown = before
    this.editing.edit(['intervals'], before)
  }

  #undoByKey = (event: KeyboardEvent): void => {
    const isUndo = event.key === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
    const target = event.composedPath()[0]
    // A field for text has its own.
    const isText = target instanceof Element && target.matches('input:not([type="time"]), textarea')
    if (!isUndo || isText) return
    event.preventDefault()
    this.#undo()
  }

  #effectOfDeleting(): string {
    const users = usersOf(this.stored, 'schedule', this.schedule)
    return users.length > 0 ? words.deleteUsedSchedule(users) : words.deleteUnusedSchedule
  }

  #show = (path: Path): void => focusField(this, path)
}

const fieldTexts = { nameOf: scheduleFieldName, show: shownValue }

customElements.define('admin-schedule', AdminSchedule)

import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Calendar } from '../../../../schemas/configuration/schedule.ts'
import type { CalendarImport, EventNote } from '../../../../schemas/protocol/admin.ts'
import { banner } from '../../base/banner.ts'
import { problemText } from '../../base/words.ts'
import { DocumentEditor } from '../document-editor.ts'
import { isSame, type Path } from '../draft.ts'
import { Editing } from '../editing.ts'
import {
  conflict,
  editorHead,
  editorSaveBar,
  focusField,
  optionalLabel,
  problemSummary,
  textField,
} from '../editor-parts.ts'
import { words } from '../language.ts'
import { beginnings } from '../new-dialog.ts'
import { scheduleFieldName } from '../schedules/schedule-field-name.ts'
import { shownValue } from '../shown-value.ts'
import { schedulesNaming } from './coming-holidays.ts'
import { importedCalendars } from './import-ics.ts'
import '../schedules/holidays-editor.ts'

/** Holidays that schedules share. */
class AdminCalendar extends DocumentEditor<Calendar> {
  @property() calendar!: string
  /** The file that was imported last, and how many holidays it added. */
  @state() imported: (CalendarImport & { added: number }) | undefined
  protected readonly kind = 'calendar'

  protected override willUpdate(changed: PropertyValues<this>): void {
    const stored = this.stored.calendars.get(this.calendar)
    if (!this.editing) {
      const { name } = beginnings.get(`calendar.${this.calendar}`) ?? { name: '' }
      const document = { id: this.calendar, ...(name && { name }), holidays: [] }
      this.editing = new Editing<Calendar>(this, 'calendar', stored, document, this.refresh)
      const file = importedCalendars.get(this.calendar)
      importedCalendars.delete(this.calendar)
      if (file) this.#take(file)
    }
    if (changed.has('stored')) this.editing.follow(stored)
  }

  protected override render() {
    const { document, isNew } = this.editing
    return html`
      ${editorHead(
        this.editing,
        { href: '#/calendars', label: words.calendars },
        { name: document.name ?? '' },
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
          placeholder: this.calendar,
        })}
      </div>
      <section class="section" aria-labelledby="holidays-title">
        <div class="section-head">
          <h2 id="holidays-title">${words.holidays}</h2>
          <admin-import-ics @imported=${({ detail }: CustomEvent<CalendarImport>) => this.#take(detail)}></admin-import-ics>
        </div>
        <p class="hint">${words.holidaysHint} ${words.icsLead}</p>
        <div role="status">${this.imported ? importResult(this.imported) : nothing}</div>
        <admin-holidays
          .editing=${this.editing}
          .holidays=${document.holidays}
          .problems=${this.editing.draft.problems}
        ></admin-holidays>
      </section>
      ${this.history(fieldTexts)}
      ${isNew ? nothing : this.deletion(words.deleteCalendar, () => this.#effectOfDeleting())}
      ${editorSaveBar(this.editing, this.save, this.toTop)}
    `
  }

  /** Adds the holidays of a file that are not there yet. */
  #take(file: CalendarImport): void {
    const { document } = this.editing
    const added = file.calendar.holidays.filter(
      (one) => !document.holidays.some((other) => isSame(one, other)),
    )
    this.imported = { ...file, added: added.length }
    if (added.length > 0) this.editing.edit(['holidays'], [...document.holidays, ...added])
    if (!document.name && file.calendar.name) this.editing.edit(['name'], file.calendar.name)
  }

  #effectOfDeleting(): string {
    const users = schedulesNaming(this.stored, this.calendar)
    return users.length > 0 ? words.deleteUsedCalendar(users) : words.deleteUnusedCalendar
  }

  #show = (path: Path): void => focusField(this, path)
}

function importResult({ added, notes, refused }: CalendarImport & { added: number }) {
  const notesOf = (title: string, list: readonly EventNote[], meaning: 'warning' | 'danger') =>
    list.length === 0
      ? nothing
      : banner(
          meaning,
          html`
            <h3>${title}</h3>
            <ul>
              ${list.map((note) => html`<li>${words.icsLine(note.line, note.name ?? '')}: ${problemText(note, words.problems)}</li>`)}
            </ul>
          `,
        )
  return html`
    <p>${added === 0 ? words.icsNothingNew : words.icsAdded(added)}</p>
    ${notesOf(words.icsRefused, refused, 'danger')} ${notesOf(words.icsNotes, notes, 'warning')}
  `
}

const fieldTexts = { nameOf: scheduleFieldName, show: shownValue }

customElements.define('admin-calendar', AdminCalendar)

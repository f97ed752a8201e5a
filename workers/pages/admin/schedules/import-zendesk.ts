import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Schedule } from '../../../../schemas/configuration/schedule.ts'
import type { ImportAnswer, ImportNote } from '../../../../schemas/protocol/admin.ts'
import { ask } from '../../base/ask.ts'
import { banner } from '../../base/banner.ts'
import { field } from '../../base/field.ts'
import { icons } from '../../base/icons.ts'
import { crumbs, pageHead } from '../../base/page-parts.ts'
import { Part } from '../../base/part.ts'
import { problemText } from '../../base/words.ts'
import { isSame, type Path } from '../draft.ts'
import { following } from '../editing.ts'
import { failureWords } from '../editor-parts.ts'
import { locale, words } from '../language.ts'
import { linkTo } from '../route.ts'
import type { StoredConfiguration } from '../stored.ts'
import { scheduleFieldName } from './schedule-field-name.ts'
import { summaryOf } from './summary.ts'
import { daysFrom } from './week.ts'

const examplePlaceholder = '{"schedules": [{"id": 1, "name": "…", "time_zone": "Paris", "intervals": […]}]}'

/** Imports schedules from Zendesk, after a preview of each. */
class AdminImport extends Part {
  @property({ attribute: false }) stored!: StoredConfiguration
  @property({ attribute: false }) refresh!: () => Promise<void>
  @state() text = ''
  @state() found: ImportAnswer | undefined
  @state() failure = ''
  /** The error of each schedule; empty if it was saved. */
  @state() outcomes: ReadonlyMap<string, string> = new Map()
  @state() isBusy = false

  protected override render() {
    return html`
      ${crumbs('#/schedules', words.schedules, words.path)}
      ${pageHead(words.importZendesk, words.importLead)}
      <form class="section form" @submit=${this.#read}>
        ${field(
          { id: 'import-file', label: words.file },
          ({ id }) => html`
            <input class="field" type="file" id=${id} accept=".json,application/json" @change=${this.#readFile}>
          `,
        )}
        ${field(
          { id: 'import-text', label: words.orPaste, error: this.failure },
          ({ id, invalid, describedBy }) => html`
            <textarea
              class="field mono"
              id=${id}
              rows="6"
              spellcheck="false"
              placeholder=${examplePlaceholder}
              .value=${this.text}
              aria-invalid=${invalid}
              aria-describedby=${describedBy}
              @input=${(event: Event) => {
                this.text = (event.target as HTMLTextAreaElement).value
                this.failure = ''
              }}
            ></textarea>
          `,
        )}
        <p class="actions">
          <button
            class="button ${this.found ? '' : 'primary'}"
            ?disabled=${this.text.trim() === '' || this.isBusy}
          >${words.showImport}</button>
        </p>
      </form>
      ${this.found ? this.#result(this.found) : nothing}
    `
  }

  #result({ schedules, warnings, refused }: ImportAnswer) {
    const open = schedules.filter(({ id }) => this.outcomes.get(id) !== '')
    return html`
      <section class="section" id="import-result" aria-labelledby="import-title" tabindex="-1">
        <h2 id="import-title">${words.found(schedules.length)}</h2>
        ${
          refused.length > 0
            ? banner(
                'danger',
                html`<h3>${words.notImported(refused.length)}</h3><p>${words.notImportedHelp}</p>${noteList(refused)}`,
              )
            : nothing
        }
        ${
          warnings.length > 0
            ? banner('warning', html`<h3>${words.lookAtThese}</h3>${noteList(warnings)}`)
            : nothing
        }
        <ul class="imported">
          ${schedules.map((schedule) => this.#schedule(schedule))}
        </ul>
        <p class="actions">
          ${
            schedules.length === 0
              ? nothing
              : open.length > 0
                ? html`
                  <button
                    type="button"
                    class="button primary"
                    ?disabled=${this.isBusy}
                    @click=${() => this.#save(open)}
                  >${words.saveSchedules(open.length)}</button>
                `
                : html`<a class="button" href="#/schedules">${words.toSchedules}</a>`
          }
        </p>
      </section>
    `
  }

  /** The editor takes a schedule that the page does not know yet for a new one: no link leads there before. */
  #saved(id: string, isKnown: boolean) {
    const saved = html`${icons.check}${words.saved}`
    return isKnown
      ? html`<a href=${linkTo('schedules', id)}>${saved}</a>`
      : html`<span class="mark">${saved}</span>`
  }

  #schedule(schedule: Schedule) {
    const before = this.stored.schedules.get(schedule.id)
    const outcome = this.outcomes.get(schedule.id)
    const becomes = !before
      ? words.isNew
      : isSame(before.document, schedule)
        ? words.isSame
        : words.replaces(before.document.name || schedule.id)
    return html`
      <li>
        <div>
          <strong>${schedule.name || schedule.id}</strong> <span class="id">${schedule.id}</span>
          <p class="sub">${schedule.timeZone} · ${summaryOf(schedule.intervals, daysFrom(locale), words, locale)}${
            schedule.holidays?.length ? ` · ${words.holidayCount(schedule.holidays.length)}` : ''
          }</p>
        </div>
        <p role="status">${
          outcome === ''
            ? this.#saved(schedule.id, before !== undefined)
            : outcome
              ? html`<span class="field-error">${outcome}</span>`
              : html`<span class="mark">${becomes}</span>`
        }</p>
      </li>
    `
  }

  #readFile = async (event: Event): Promise<void> => {
    const file = (event.target as HTMLInputElement).files?.[0]
    if (!file) return
    this.text = await file.text()
    this.failure = ''
    await this.#ask()
  }

  #read = (event: Event): void => {
    event.preventDefault()
    void this.#ask()
  }

  async #ask(): Promise<void> {
    this.found = undefined
    this.outcomes = new Map()
    let body: unknown
    try {
      body = JSON.parse(this.text.replace(/^\uFEFF/, ''))
    } catch {
      this.failure = words.noJson
      return
    }
    this.isBusy = true
    const answer = await ask<ImportAnswer>('POST', '/v1/admin/import/zendesk-schedules', { body })
    this.isBusy = false
    if (answer.ok) this.found = answer.value
    else this.failure = failureWords(answer.error)
    await this.focusLater(answer.ok ? '#import-result' : '#import-text')
  }

  async #save(schedules: Schedule[]): Promise<void> {
    this.isBusy = true
    for (const schedule of schedules) {
      const headers = following(this.stored.schedules.get(schedule.id)?.revision)
      const path = `/v1/admin/configuration/schedule/${schedule.id}`
      const answer = await ask('PUT', path, { body: schedule, headers })
      const outcome = answer.ok
        ? ''
        : answer.error.changed
          ? words.changedMeanwhile
          : failureWords(answer.error)
      this.outcomes = new Map([...this.outcomes, [schedule.id, outcome]])
    }
    await this.refresh()
    this.isBusy = false
    await this.focusLater('#import-result')
  }
}

function noteList(notes: readonly ImportNote[]) {
  return html`
    <ul>
      ${notes.map(({ name, problems }) =>
        problems.map((found) => {
          const [, index, ...field] = found.path
          return html`
            <li>
              <strong>${name || words.nthSchedule(Number(index) + 1)}</strong>, ${fieldName(field)}:
              ${problemText(found, words.problems)}
            </li>
          `
        }),
      )}
    </ul>
  `
}

const ownFields: Record<string, string> = {
  time_zone: 'timeZone',
  start_time: 'start',
  end_time: 'end',
  start_date: 'startDate',
  end_date: 'endDate',
}

/** The name that a field of Zendesk's has in the editor. */
function fieldName(path: Path): string {
  return scheduleFieldName(path.map((key) => ownFields[key] ?? key))
}

customElements.define('admin-import', AdminImport)

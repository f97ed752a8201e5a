import { html } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { CalendarImport } from '../../../../schemas/protocol/admin.ts'
import { ask } from '../../base/ask.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { failureWords } from '../editor-parts.ts'
import { words } from '../language.ts'
import { linkTo } from '../route.ts'

/** A file that was read, until an editor takes it: the beginning of a new calendar. */
export const importedCalendars = new Map<string, CalendarImport>()

/**
 * A button that reads an .ics file. It says `imported` with the CalendarImport; where it has `taken`, it opens a new
 * calendar with it instead.
 */
class AdminImportIcs extends Part {
  @property({ attribute: false }) taken: (() => readonly string[]) | undefined
  @state() failure = ''

  protected override render() {
    return html`
      <label class="button file-button">
        ${icons.download}${words.importIcs}
        <input class="visually-hidden" type="file" accept=".ics,text/calendar" @change=${this.#read}>
      </label>
      <p class="field-error" role="alert" ?hidden=${this.failure === ''}>${this.failure}</p>
    `
  }

  #read = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement
    const file = input.files?.[0]
    if (!file) return
    const body = { ics: await file.text(), name: file.name.replace(/\.ics$/i, '') }
    // The same file can be chosen again.
    input.value = ''
    const answer = await ask<CalendarImport>('POST', '/v1/admin/import/ics', { body })
    this.failure = answer.ok ? '' : failureWords(answer.error)
    if (!answer.ok) return
    if (!this.taken) {
      this.dispatchEvent(new CustomEvent('imported', { detail: answer.value }))
      return
    }
    const id = freeId(answer.value.calendar.id, this.taken())
    importedCalendars.set(id, answer.value)
    location.hash = linkTo('calendars', id)
  }
}

function freeId(id: string, taken: readonly string[]): string {
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '' : `-${count}`
    const free = id.slice(0, 64 - suffix.length) + suffix
    if (!taken.includes(free)) return free
  }
}

customElements.define('admin-import-ics', AdminImportIcs)

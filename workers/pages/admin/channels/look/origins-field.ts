import { html } from 'lit'
import type { Channel } from '../../../../../schemas/configuration/channel.ts'
import type { Editing } from '../../editing.ts'
import { documentField, optionalLabel } from '../../editor-parts.ts'
import { words } from '../../language.ts'
import { originIn } from './values.ts'

/** Other sites whose pages may use the channel, one a line. */
export function originsField(editing: Editing<Channel>) {
  const path = ['origins']
  const { origins } = editing.document
  const edit = (event: Event) => {
    const lines = (event.target as HTMLTextAreaElement).value.split('\n').map(originIn)
    const given = lines.filter((line) => line !== '')
    editing.edit(path, given.length === 0 ? undefined : given)
  }
  return documentField(
    editing,
    path,
    { label: optionalLabel(words.origins), hint: words.originsHint, isWhole: true },
    ({ id, invalid, describedBy }) => html`
      <textarea
        class="field"
        id=${id}
        rows="3"
        placeholder="https://www.example.com"
        spellcheck="false"
        .value=${(Array.isArray(origins) ? origins : []).join('\n')}
        aria-invalid=${invalid}
        aria-describedby=${describedBy}
        @change=${edit}
      ></textarea>
    `,
  )
}

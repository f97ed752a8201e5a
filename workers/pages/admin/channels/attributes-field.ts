import { html } from 'lit'
import type { Channel } from '../../../../schemas/configuration/channel.ts'
import type { Editing } from '../editing.ts'
import { documentField, optionalLabel } from '../editor-parts.ts'
import { words } from '../language.ts'

/** The names of what agents see of a customer, with commas between. */
export function attributesField(editing: Editing<Channel>) {
  const path = ['attributes']
  const { attributes } = editing.document
  const edit = (event: Event) => {
    const names = (event.target as HTMLInputElement).value.split(/[\s,،、]+/).filter(Boolean)
    editing.edit(path, names.length === 0 ? undefined : names)
  }
  return documentField(
    editing,
    path,
    { label: optionalLabel(words.attributes), hint: words.attributesHint, isWhole: true },
    ({ id, invalid, describedBy }) => html`
      <input
        class="field"
        id=${id}
        placeholder="plan, order"
        spellcheck="false"
        autocapitalize="off"
        .value=${(Array.isArray(attributes) ? attributes : []).join(', ')}
        aria-invalid=${invalid}
        aria-describedby=${describedBy}
        @change=${edit}
      >
    `,
  )
}

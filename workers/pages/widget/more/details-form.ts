import type { TemplateResult } from 'lit/html.js'
import { fillIn } from '../../../../engine/texts/fill.ts'
import type { FormField } from '../../../../schemas/conversation/record.ts'
import { fieldTypes } from '../../../../schemas/field-types.ts'
import { textLengthMax } from '../../../../schemas/limits.ts'
import type { WidgetView } from '../view.ts'
import { html } from './lit.ts'
import { inWords } from './more-words.ts'

export function detailsForm(view: WidgetView): TemplateResult {
  const words = inWords(view)
  const { session } = view
  const { conversation, draft } = session
  const isSending = conversation.sent.some(({ event }) => event.type === 'details')
  const submit = (event: Event) => {
    event.preventDefault()
    const details = Object.fromEntries(conversation.form.map(({ id }) => [id, draft.fields[id] ?? '']))
    if (!isSending) session.deliver({ type: 'details', details })
  }
  return html`<form part="form" novalidate @submit=${submit}>
    ${conversation.form.map((field, index) => formField(view, field, `field-${index}`))}
    <button class="wide primary" aria-disabled=${isSending}>${isSending ? words.pending : words.submit}</button>
  </form>`
}

function formField(view: WidgetView, field: FormField, id: string): TemplateResult {
  const words = inWords(view)
  const { session } = view
  const { conversation, draft } = session
  const error = conversation.fieldErrors[field.id]
  const value = draft.fields[field.id] ?? ''
  const type = fieldTypes[field.type]
  const fill = ({ target }: Event) =>
    session.change({ fields: { ...session.draft.fields, [field.id]: (target as HTMLInputElement).value } })
  return html`<div class="field">
    <label for=${id}>${field.label}</label>
    ${
      type.hasOptions
        ? html`<select
            id=${id}
            aria-required="true"
            aria-invalid=${!!error}
            aria-describedby="${id}-error"
            @change=${fill}
          >
            <option value="" ?selected=${!value}>${words.choose}</option>
            ${field.options?.map((option) => html`<option ?selected=${option === value}>${option}</option>`)}
          </select>`
        : // Not type="email": browsers rewrite such an address before its error can be explained.
          html`<input
            id=${id}
            .value=${value}
            maxlength=${textLengthMax}
            inputmode=${type.inputMode}
            autocomplete=${field.id === 'name' ? 'name' : type.autocomplete}
            autocapitalize=${type.autocapitalize}
            spellcheck="false"
            aria-required="true"
            aria-invalid=${!!error}
            aria-describedby="${id}-error"
            @input=${fill}
          >`
    }
    <p class="error" id="${id}-error">
      ${error ? fillIn(words.fieldErrors[error], { limit: String(conversation.limit) }) : ''}
    </p>
  </div>`
}

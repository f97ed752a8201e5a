import { html, nothing } from 'lit'
import { live } from 'lit/directives/live.js'
import type { Channel, Response } from '../../../../schemas/configuration/channel.ts'
import type { DefaultTexts } from '../../../../schemas/protocol/admin.ts'
import { Part } from '../../base/part.ts'
import type { Editing } from '../editing.ts'
import { described, fieldError, fieldId } from '../editor-parts.ts'
import { words } from '../language.ts'
import './details-editor.ts'

/** What may stand in a text, by field. */
const placeholders = {
  firstMessage: { during: [], outside: ['{{nextOpen}}'] },
  followUpMessage: { during: ['{{customer.name}}'], outside: ['{{customer.name}}', '{{nextOpen}}'] },
} as const

/** One of a channel's two responses: first message, customer details, follow-up message. */
class AdminResponse extends Part {
  static override properties = {
    editing: { attribute: false },
    hours: {},
    response: { attribute: false },
    problems: { attribute: false },
    defaults: { attribute: false },
    isUsed: { type: Boolean },
    isFallback: { type: Boolean },
  }
  declare editing: Editing<Channel>
  declare hours: 'during' | 'outside'
  declare response: Response | undefined
  declare problems: unknown
  declare defaults: DefaultTexts | undefined
  declare isUsed: boolean
  /** A bot talks; this goes on where it fails. */
  declare isFallback: boolean

  get #field() {
    return `${this.hours}Hours` as const
  }

  protected override render() {
    return html`
      <fieldset class="card form">
        <legend>${words.hoursLong[this.hours]}</legend>
        ${this.isUsed ? (this.isFallback ? html`<p class="hint">${words.responseFallback}</p>` : nothing) : html`<p class="hint">${words.responseNotUsed}</p>`}
        ${this.#text('firstMessage', words.firstMessage, words.firstMessageHint)}
        <admin-details .editing=${this.editing} .path=${[this.#field, 'customerDetails']} .details=${this.response?.customerDetails} .problems=${this.problems}></admin-details>
        ${this.#text('followUpMessage', words.followUpMessage, words.followUpMessageHint)}
      </fieldset>
    `
  }

  #text(name: 'firstMessage' | 'followUpMessage', label: string, hint: string) {
    const path = [this.#field, name]
    const id = fieldId(path)
    const set = this.response?.[name]
    const standard = this.defaults?.[name] ?? ''
    const isDefault = set === undefined || set === ''
    const { invalid, by } = described(this.editing, path, `${id}-hint`, `${id}-default`)
    const edit = (value: string | undefined) => this.editing.edit(path, value)
    return html`
      <div class="row">
        <div class="label-line">
          <label for=${id}>${label}</label>
          <span class="mark" id="${id}-default" ?hidden=${!isDefault}>${words.default}</span>
          ${
            isDefault
              ? nothing
              : html`<button type="button" class="link" @click=${() => {
                  edit(undefined)
                  this.querySelector<HTMLElement>(`[id="${id}"]`)?.focus()
                }}>${words.resetToDefault}<span class="visually-hidden">: ${label}</span></button>`
          }
        </div>
        <textarea class="field ${isDefault ? 'is-default' : ''}" id=${id} rows="3"
          .value=${live(set ?? standard)} placeholder=${standard} aria-invalid=${invalid} aria-describedby=${by}
          @input=${(event: Event) => {
            const { value } = event.target as HTMLTextAreaElement
            edit(value === standard ? undefined : value)
          }}
          @change=${() => {
            // An empty text is unset; while somebody types it may be empty for a moment.
            if (this.response?.[name]?.trim() === '') edit(undefined)
          }}
        ></textarea>
        <p class="hint" id="${id}-hint">${hint}${this.#placeholders(name, id)}</p>
        ${fieldError(this.editing, path)}
      </div>
    `
  }

  #placeholders(name: 'firstMessage' | 'followUpMessage', id: string) {
    const offered = placeholders[name][this.hours]
    if (offered.length === 0) return nothing
    return offered.map(
      (
        placeholder,
      ) => html` <button type="button" class="chip" title=${words.placeholders[placeholder]} aria-label=${words.insert(placeholder, words.placeholders[placeholder])}
        @click=${() => this.#insert(id, placeholder)}>${placeholder}</button>`,
    )
  }

  #insert(id: string, placeholder: string): void {
    const field = this.querySelector<HTMLTextAreaElement>(`[id="${id}"]`)
    if (!field) return
    field.setRangeText(placeholder, field.selectionStart, field.selectionEnd, 'end')
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    field.focus()
  }
}

customElements.define('admin-response', AdminResponse)

import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { Channel, Response } from '../../../../schemas/configuration/channel.ts'
import {
  type ChannelText,
  channelTextNames,
  channelTexts,
} from '../../../../schemas/configuration/channel-texts.ts'
import type { DefaultTexts } from '../../../../schemas/protocol/admin.ts'
import type { ControlAttributes } from '../../base/field.ts'
import { Part } from '../../base/part.ts'
import type { Editing } from '../editing.ts'
import { documentField, fieldId } from '../editor-parts.ts'
import { texts, words } from '../language.ts'
import { placeholderWarnings } from './placeholder-warnings.ts'
import {
  addLanguage,
  type LanguageTabs,
  languageTabs,
  showLanguage,
  shownLanguage,
} from './texts/language-tabs.ts'
import { textOf, withText } from './texts/text-languages.ts'
import './details-editor.ts'

type Placeholder = keyof typeof words.placeholders

/** One of a channel's two responses: its texts, and the details that it asks for between them. */
class AdminResponse extends Part {
  @property({ attribute: false }) editing!: Editing<Channel>
  @property() hours!: 'during' | 'outside'
  @property({ attribute: false }) response: Response | undefined
  @property({ attribute: false }) problems: unknown
  @property({ attribute: false }) defaults: DefaultTexts | undefined
  /** The language that is shown of texts in several. */
  @property() language!: string
  @property({ type: Boolean }) isUsed!: boolean
  /** A bot talks; the response takes over where it fails. */
  @property({ type: Boolean }) isFallback!: boolean

  get #field() {
    return `${this.hours}Hours` as const
  }

  protected override render() {
    const hint = !this.isUsed ? words.responseNotUsed : this.isFallback ? words.responseFallback : ''
    const textsWhere = (isAfterDetails: boolean) =>
      channelTextNames
        .filter((name) => channelTexts[name].isAfterDetails === isAfterDetails)
        .map((name) => this.#text(name))
    return html`
      <fieldset class="card form">
        <legend>${words.hoursLong[this.hours]}</legend>
        ${hint ? html`<p class="hint">${hint}</p>` : nothing}
        ${textsWhere(false)}
        <admin-details
          .editing=${this.editing}
          .path=${[this.#field, 'customerDetails']}
          .details=${this.response?.customerDetails}
          .problems=${this.problems}
        ></admin-details>
        ${textsWhere(true)}
      </fieldset>
    `
  }

  /** The language of the text that is shown. */
  #language(name: ChannelText): string | undefined {
    return shownLanguage(this.response?.[name], this.language)
  }

  /** The text that is shown, if it is set. */
  #set(name: ChannelText): string | undefined {
    return textOf(this.response?.[name], this.#language(name))
  }

  #tabs(name: ChannelText): LanguageTabs {
    return {
      name: texts.channelTextFields[name].label,
      text: this.response?.[name],
      shown: this.#language(name),
      standard: { text: this.defaults?.[name] ?? '', language: this.language },
      base: this.editing.document.locale,
      edit: (text) => this.editing.edit([this.#field, name], text),
      show: showLanguage(this),
    }
  }

  #text(name: ChannelText) {
    const { label, hint } = texts.channelTextFields[name]
    const path = [this.#field, name]
    const set = this.#set(name)
    const isDefault = set === undefined || set === ''
    const reset = () => {
      this.editing.edit(path, undefined)
      this.querySelector<HTMLElement>(`[id="${fieldId(path)}"]`)?.focus()
    }
    return documentField(
      this.editing,
      path,
      {
        label,
        isWhole: true,
        hint: html`${hint} ${this.#placeholders(name)}`,
        warning: placeholderWarnings(set ?? '', this.hours, this.editing.document, words).join(' '),
        beside: html`${
          isDefault
            ? html`<span class="mark" id="${fieldId(path)}-default">${words.default}</span>`
            : html`
              <button type="button" class="link" @click=${reset}>
                ${words.resetToDefault}<span class="visually-hidden">: ${label}</span>
              </button>
            `
        }${addLanguage(this.#tabs(name))}`,
      },
      (attributes) => this.#textarea(name, attributes, isDefault),
    )
  }

  #textarea(name: ChannelText, { id, invalid, describedBy }: ControlAttributes, isDefault: boolean) {
    const standard = this.defaults?.[name] ?? ''
    const edit = (value: string | undefined) =>
      this.editing.edit([this.#field, name], withText(this.response?.[name], this.#language(name), value))
    const description = isDefault ? `${String(describedBy)} ${id}-default` : describedBy
    return html`
      ${languageTabs(this.#tabs(name))}
      <textarea
        class="field ${isDefault ? 'is-default' : ''}"
        id=${id}
        rows="3"
        lang=${this.#language(name) ?? nothing}
        dir="auto"
        .value=${live(this.#set(name) ?? standard)}
        placeholder=${standard}
        aria-invalid=${invalid}
        aria-describedby=${description}
        @input=${(event: Event) => {
          const { value } = event.target as HTMLTextAreaElement
          edit(value === standard ? undefined : value)
        }}
        @change=${() => {
          // An empty text is unset; while somebody types it may be empty for a moment.
          if (this.#set(name)?.trim() === '') edit(undefined)
        }}
      ></textarea>
    `
  }

  #placeholders(name: ChannelText) {
    const offered = [
      ...channelTexts[name].placeholders.map((placeholder) => `{{${placeholder}}}`),
      ...(this.hours === 'outside' ? ['{{nextOpen}}'] : []),
    ]
    return offered.map((placeholder) => {
      const meaning = words.placeholders[placeholder as Placeholder]
      return html`
        <button
          type="button"
          class="chip"
          title=${meaning}
          aria-label=${words.insert(placeholder, meaning)}
          @click=${() => this.#insert(name, placeholder)}
        >${placeholder}</button>
      `
    })
  }

  #insert(name: ChannelText, placeholder: string): void {
    const id = fieldId([this.#field, name])
    const field = this.querySelector<HTMLTextAreaElement>(`[id="${id}"]`)
    if (!field) return
    field.setRangeText(placeholder, field.selectionStart, field.selectionEnd, 'end')
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    field.focus()
  }
}

customElements.define('admin-response', AdminResponse)

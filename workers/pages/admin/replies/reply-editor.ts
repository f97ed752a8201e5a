import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { fill } from '../../../../engine/texts/fill.ts'
import { placeholdersIn } from '../../../../schemas/configuration/placeholders.ts'
import type { Reply } from '../../../../schemas/configuration/reply.ts'
import type { ControlAttributes } from '../../base/field.ts'
import { saidText } from '../../base/text/shown-text.ts'
import {
  addLanguage,
  type LanguageTabs,
  languageTabs,
  shownLanguage,
} from '../channels/texts/language-tabs.ts'
import { textOf, withText } from '../channels/texts/text-languages.ts'
import { DocumentEditor } from '../document-editor.ts'
import type { Path } from '../draft.ts'
import { Editing } from '../editing.ts'
import {
  conflict,
  documentField,
  editorHead,
  editorSaveBar,
  fieldId,
  focusField,
  optionalLabel,
  problemSummary,
  textField,
} from '../editor-parts.ts'
import { fieldWord, language, words } from '../language.ts'
import { beginnings } from '../new-dialog.ts'
import { shownValue } from '../shown-value.ts'

/** The values that the preview fills in. */
const examples: Record<keyof typeof words.replyPlaceholders, string> = {
  'customer.name': 'José García',
  'customer.email': 'jose@example.com',
  'customer.externalId': '4711',
  'agent.name': 'Ann',
  channel: 'web',
}
const textPath = ['text']

/** A saved reply: how agents find it, its text, and the text as a customer reads it. */
class AdminReply extends DocumentEditor<Reply> {
  @property() reply!: string
  /** The language that is shown of a text in several. */
  @state() language: string = language
  protected readonly kind = 'reply'

  protected override willUpdate(changed: PropertyValues<this>): void {
    const stored = this.stored.replies.get(this.reply)
    if (!this.editing) {
      const title = beginnings.get(`reply.${this.reply}`)?.name ?? ''
      this.editing = new Editing<Reply>(
        this,
        'reply',
        stored,
        { id: this.reply, title, text: '' },
        this.refresh,
      )
    }
    if (changed.has('stored')) this.editing.follow(stored)
  }

  protected override render() {
    const { editing } = this
    const { document, isNew } = editing
    return html`
      ${editorHead(editing, { href: '#/replies', label: words.replies }, { name: document.title })}
      ${problemSummary(editing, replyFieldName, (path) => focusField(this, path))}
      ${conflict(editing, fieldTexts, {
        leave: () => this.leave(),
        save: this.save,
        settled: this.toTop,
      })}
      <div class="responses">
        <div class="form">
          ${textField(editing, ['title'], document.title, {
            label: words.title,
            hint: words.titleHint,
            edit: (title) => editing.edit(['title'], title),
          })}
          ${documentField(editing, textPath, { label: words.replyText, hint: this.#textHint(), warning: this.#warnings(), beside: addLanguage(this.#tabs) }, (attributes) => this.#textarea(attributes))}
          ${textField(editing, ['shortcut'], document.shortcut, {
            label: optionalLabel(words.shortcut),
            hint: words.shortcutHint,
          })}
          ${textField(editing, ['workspace'], document.workspace, {
            label: optionalLabel(words.replyWorkspace),
            placeholder: words.everyWorkspace,
          })}
        </div>
        <aside class="preview" aria-labelledby="reply-preview">
          <h2 id="reply-preview">${words.replyPreview}</h2>
          <div class="said" dir="auto">${saidText(fill(this.#shownText, examples), true)}</div>
        </aside>
      </div>
      ${this.history(fieldTexts)}
      ${isNew ? nothing : this.deletion(words.deleteReply, () => words.deleteReplyEffect(document.title))}
      ${editorSaveBar(editing, this.save, this.toTop)}
    `
  }

  get #shownLanguage(): string | undefined {
    return shownLanguage(this.editing.document.text, this.language)
  }

  get #shownText(): string {
    return textOf(this.editing.document.text, this.#shownLanguage) ?? ''
  }

  get #tabs(): LanguageTabs {
    return {
      name: words.replyText,
      text: this.editing.document.text,
      shown: this.#shownLanguage,
      standard: { text: '', language },
      base: undefined,
      edit: (text) => this.editing.edit(textPath, text ?? ''),
      show: (language) => {
        this.language = language
      },
    }
  }

  #textHint() {
    const placeholders = Object.entries(words.replyPlaceholders).map(
      ([name, meaning]) => html`
        <button
          type="button"
          class="chip"
          title=${meaning}
          aria-label=${words.insert(`{{${name}}}`, meaning)}
          @click=${() => this.#insert(`{{${name}}}`)}
        >{{${name}}}</button>
      `,
    )
    return html`${words.replyTextHint} ${placeholders}`
  }

  #warnings(): string {
    const unknown = placeholdersIn(this.#shownText).filter(
      (name) => !Object.hasOwn(words.replyPlaceholders, name),
    )
    return [...new Set(unknown)].map((name) => words.placeholderUnknown(name)).join(' ')
  }

  #textarea({ id, invalid, describedBy }: ControlAttributes) {
    const { text } = this.editing.document
    const shown = this.#shownLanguage
    return html`
      ${languageTabs(this.#tabs)}
      <textarea
        class="field"
        id=${id}
        rows="8"
        lang=${shown ?? nothing}
        dir="auto"
        .value=${live(this.#shownText)}
        aria-invalid=${invalid}
        aria-describedby=${describedBy}
        @input=${(event: Event) => this.editing.edit(textPath, withText(text, shown, (event.target as HTMLTextAreaElement).value))}
      ></textarea>
    `
  }

  #insert(placeholder: string): void {
    const field = this.querySelector<HTMLTextAreaElement>(`[id="${fieldId(textPath)}"]`)
    if (!field) return
    field.setRangeText(placeholder, field.selectionStart, field.selectionEnd, 'end')
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    field.focus()
  }
}

function replyFieldName([first]: Path): string {
  return first === undefined ? words.theWholeDocument : fieldWord(first)
}

const fieldTexts = { nameOf: replyFieldName, show: shownValue }

customElements.define('admin-reply', AdminReply)

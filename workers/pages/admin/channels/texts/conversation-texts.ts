import { html } from 'lit'
import { property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { Channel } from '../../../../../schemas/configuration/channel.ts'
import {
  type ConversationText,
  conversationTextNames,
  conversationTexts,
} from '../../../../../schemas/configuration/conversation-texts.ts'
import type { Localized } from '../../../../../schemas/configuration/localized.ts'
import type { PreviewAnswer } from '../../../../../schemas/protocol/admin.ts'
import { Part } from '../../../base/part.ts'
import type { Editing } from '../../editing.ts'
import { documentField } from '../../editor-parts.ts'
import { texts, words } from '../../language.ts'
import { placeholderWarnings } from '../placeholder-warnings.ts'
import { addLanguage, type LanguageTabs, languageTabs, showLanguage, shownLanguage } from './language-tabs.ts'
import { textOf, withText } from './text-languages.ts'

/** The texts that a conversation says by itself: the channel's own texts, with the defaults where it has none. */
class AdminConversationTexts extends Part {
  @property({ attribute: false }) editing!: Editing<Channel>
  @property({ attribute: false }) document!: Channel
  @property({ attribute: false }) problems: unknown
  @property({ attribute: false }) defaults: PreviewAnswer['defaults']['texts'] | undefined
  /** The language that is shown of texts in several. */
  @property() language!: string

  protected override render() {
    const set = Object.values(this.document.texts ?? {}).filter(Boolean).length
    return html`
      <details class="card" ?open=${set > 0}>
        <summary>${words.conversationTexts}</summary>
        <div class="form">
          <p class="hint">${words.conversationTextsHint}</p>
          ${conversationTextNames.map((name) => this.#text(name))}
        </div>
      </details>
    `
  }

  #text(name: ConversationText) {
    const label = texts.conversationTextLabels[name]
    const path = ['texts', name]
    const text = this.document.texts?.[name]
    const shown = shownLanguage(text, this.language)
    const standard = this.defaults?.[name] ?? ''
    const value = textOf(text, shown) ?? ''
    const edit = (next: Localized | undefined) => this.editing.edit(path, next || undefined)
    const tabs: LanguageTabs = {
      name: label,
      text,
      shown,
      standard: { text: standard, language: this.language },
      base: this.document.locale,
      edit,
      show: showLanguage(this),
    }
    const warnings = placeholderWarnings(value, 'outside', this.document, words, conversationTexts[name])
    return documentField(
      this.editing,
      path,
      {
        label,
        isWhole: true,
        warning: warnings.join(' '),
        beside: addLanguage(tabs),
      },
      ({ id, invalid, describedBy }) => html`
        ${languageTabs(tabs)}
        <textarea
          class="field"
          id=${id}
          rows="1"
          lang=${shown ?? ''}
          dir="auto"
          .value=${live(value)}
          placeholder=${standard}
          aria-invalid=${invalid}
          aria-describedby=${describedBy}
          @input=${(event: Event) => edit(withText(text, shown, (event.target as HTMLTextAreaElement).value))}
        ></textarea>
      `,
    )
  }
}

customElements.define('admin-conversation-texts', AdminConversationTexts)

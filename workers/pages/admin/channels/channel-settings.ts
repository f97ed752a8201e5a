import { html } from 'lit'
import { property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { Channel } from '../../../../schemas/configuration/channel.ts'
import { gatewaySocketUrl, gatewayUrl } from '../../base/ask.ts'
import '../../base/copy-button.ts'
import { field, select } from '../../base/field.ts'
import { Part } from '../../base/part.ts'
import type { Editing } from '../editing.ts'
import { errorOf, fieldError, fieldId, textField } from '../editor-parts.ts'
import { words } from '../language.ts'
import { amountOrNever } from './amount.ts'
import { attributesField } from './attributes-field.ts'
import { originsField } from './look/origins-field.ts'

type TypeChoice = NonNullable<Channel['type']> | ''

/** The retention that the form begins with where there was none. */
const firstRetention = 'P365D'

/** A channel's name, type, workspace, language and retention, and the lines that put it on a page. */
class AdminChannelSettings extends Part {
  @property({ attribute: false }) editing!: Editing<Channel>
  @property({ attribute: false }) document!: Channel
  @property({ attribute: false }) problems: unknown
  /** The workspace of a channel without one. */
  @property() workspace!: string

  protected override render() {
    const { editing, document } = this
    const text = (name: 'name' | 'workspace' | 'locale', label: string, hint: string, placeholder: string) =>
      textField(editing, [name], document[name], { label, hint, placeholder })
    return html`
      <div class="section form">
        ${text('name', words.name, words.channelNameHint, document.id)}
        ${field({ id: fieldId(['type']), label: words.type }, ({ id }) =>
          select<TypeChoice>({
            id,
            value: document.type ?? '',
            options: [
              ['', words.types.unset],
              ['web', words.types.web],
              ['mobile', words.types.mobile],
            ],
            choose: (value) => editing.edit(['type'], value === '' ? undefined : value),
          }),
        )}
        ${text('workspace', words.workspace, words.workspaceHint, this.workspace)}
        ${text('locale', words.locale, words.localeHint, words.localePlaceholder)}
        ${attributesField(editing)} ${this.#retention()} ${this.#rating()}
      </div>
      <section class="section form" aria-labelledby="embed-title">
        <h2 id="embed-title">${words.embed}</h2>
        ${originsField(editing)}
        <p class="hint">${words.embedHint}</p>
        <pre class="code" tabindex="0"><code id="embed-code">${embedding(document)}</code></pre>
        <p class="actions">
          <copy-button .text=${embedding(document)} .words=${words} shown="embed-code"></copy-button>
          <a
            class="button"
            href=${gatewayUrl(`/?channel=${encodeURIComponent(document.id)}`)}
            target="_blank"
            rel="noopener"
          >${words.tryAsCustomer}</a>
        </p>
        <p class="hint">${words.embedOrigins(new URL(gatewayUrl('/')).origin, new URL(gatewaySocketUrl('/')).origin)}</p>
      </section>
    `
  }

  #rating() {
    const { editing, document } = this
    const toggle = ({ target }: Event) =>
      editing.edit(['rating'], (target as HTMLInputElement).checked ? undefined : false)
    return html`
      <div class="row plain" id=${fieldId(['rating'])} tabindex="-1">
        <label class="check">
          <input type="checkbox" .checked=${live(document.rating !== false)} @change=${toggle}>
          ${words.rating}
        </label>
        <p class="hint">${words.ratingHint}</p>
        ${fieldError(editing, ['rating'])}
      </div>
    `
  }

  #retention() {
    const path = ['retention']
    const id = fieldId(path)
    const { editing, document } = this
    return html`
      <div class="row plain" role="group" aria-labelledby="${id}-title" id=${id} tabindex="-1">
        <span class="label" id="${id}-title">${words.retention}</span>
        ${amountOrNever(
          document.retention ?? null,
          (value) => html`
            <admin-amount
              .value=${value}
              .label=${words.retention}
              .isWrong=${errorOf(editing, path) !== ''}
              @amount=${(event: CustomEvent<string>) => editing.edit(path, event.detail)}
            ></admin-amount>
          `,
          (isNever) => editing.edit(path, isNever ? undefined : firstRetention),
        )}
        <p class="hint">${words.retentionHint}</p>
        ${fieldError(editing, path)}
      </div>
    `
  }
}

/** The page says the widget's title, unless the channel's look has one. */
function embedding({ id, name, look }: Channel): string {
  const script = `<script src="${gatewayUrl('/widget.js')}"></script>`
  // A document that was stored by hand may have anything there.
  const isText = typeof name === 'string' && name !== '' && !look?.title
  const title = isText ? ` title-text="${name.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"` : ''
  return `<frontdesk-widget channel="${id}"${title}></frontdesk-widget>\n${script}`
}

customElements.define('admin-channel-settings', AdminChannelSettings)

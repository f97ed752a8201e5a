import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { Channel } from '../../../../../schemas/configuration/channel.ts'
import type { WidgetLook } from '../../../../../schemas/configuration/look.ts'
import { segments } from '../../../base/field.ts'
import { Part } from '../../../base/part.ts'
import type { Editing } from '../../editing.ts'
import { documentField, textField } from '../../editor-parts.ts'
import { words } from '../../language.ts'
import { contrastOf, textOn } from './contrast.ts'
import { accentDefault, shownLook } from './values.ts'

/** A control needs as much contrast with its surroundings (WCAG 1.4.11). */
const edgeContrastMin = 3

/** How the widget of a channel looks where its page does not say otherwise. */
class AdminLook extends Part {
  @property({ attribute: false }) editing!: Editing<Channel>
  @property({ attribute: false }) document!: Channel
  @property({ attribute: false }) problems: unknown

  protected override render() {
    const { editing } = this
    const { look = {} } = this.document
    return html`
      <section class="form" aria-labelledby="look-title">
        <h2 id="look-title" class="visually-hidden">${words.tabs.look}</h2>
        <p class="hint">${words.lookHint}</p>
        ${this.#accent(look)}
        ${textField(editing, ['look', 'title'], look.title, {
          label: words.fields.title,
          hint: words.lookTitleHint,
          placeholder: this.document.name ?? '',
        })}
        ${textField(editing, ['look', 'logo'], look.logo, {
          label: words.fields.logo,
          hint: words.logoHint,
          placeholder: 'https://www.example.com/logo.svg',
        })}
        <div class="row" role="group" aria-labelledby="side-label" id="field-look-side" tabindex="-1">
          <span class="label" id="side-label">${words.fields.side}</span>
          ${segments(
            words.fields.side,
            [
              ['', words.sides.unset],
              ['left', words.sides.left],
              ['right', words.sides.right],
            ],
            look.side ?? '',
            (side) => editing.edit(['look', 'side'], side === '' ? undefined : side),
          )}
          <p class="hint">${words.sideHint}</p>
        </div>
      </section>
    `
  }

  #accent({ accent }: WidgetLook) {
    const path = ['look', 'accent']
    const shown = shownLook({ accent }).accent
    const change = (event: Event) => {
      const { value } = event.target as HTMLInputElement
      this.editing.edit(path, value.trim() === '' ? undefined : value.trim())
    }
    return documentField(
      this.editing,
      path,
      {
        label: words.fields.accent,
        hint: html`<span role="status">${contrastText(shown ?? accentDefault)}</span>`,
        warning: shown && contrastOf(shown, '#ffffff') < edgeContrastMin ? words.accentFaint : nothing,
      },
      ({ id, invalid, describedBy }) => html`
        <div class="colour">
          <input
            type="color"
            aria-label=${words.chooseColour}
            .value=${live(shown ?? accentDefault)}
            @input=${change}
          >
          <input
            class="field"
            id=${id}
            .value=${live(accent ?? '')}
            placeholder=${accentDefault}
            autocomplete="off"
            spellcheck="false"
            aria-invalid=${invalid}
            aria-describedby=${describedBy}
            @input=${change}
          >
          ${
            accent === undefined
              ? nothing
              : html`
                  <button type="button" class="button quiet" @click=${() => this.editing.edit(path, undefined)}>
                    ${words.resetToDefault}
                  </button>
                `
          }
        </div>
      `,
    )
  }
}

/** The colour of the text on the accent, and how well it is read. */
function contrastText(accent: string): string {
  const { text, contrast } = textOn(accent)
  // Rounded down: 4.49 is not enough.
  return words.accentContrast(words.textColours[text], `${Math.floor(contrast * 10) / 10}:1`)
}

customElements.define('admin-look', AdminLook)

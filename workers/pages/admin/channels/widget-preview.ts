import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { WidgetLook } from '../../../../schemas/configuration/look.ts'
import type { PreviewedResponse } from '../../../../schemas/protocol/admin.ts'
import type { GatewayFrame } from '../../../../schemas/protocol/widget.ts'
import { gatewayUrl } from '../../base/ask.ts'
import { segments } from '../../base/field.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { isRightToLeft } from '../../base/words.ts'
import { words } from '../language.ts'
import { textOn } from './look/contrast.ts'
import '../../widget/widget.ts'

const moments = [
  ['before', words.beforeDetails],
  ['after', words.afterDetails],
] as const

/** The widget as a customer would see it, with a conversation that the engine has made up for the preview. */
class AdminPreview extends Part {
  @property({ attribute: false }) response: PreviewedResponse | undefined
  @property() language!: string
  @property() name!: string
  @property({ attribute: false }) look: WidgetLook = {}
  /** Whether the button of a closed widget is shown below it. */
  @property({ attribute: false }) hasLauncher = false
  /** Whether the form was filled and the follow-up message has come. */
  @state() isFilled = false

  protected override render() {
    const asks = (this.response?.asks.length ?? 0) > 0
    return html`
      ${
        asks
          ? segments(words.previewMoment, moments, this.isFilled ? 'after' : 'before', (moment) => {
              this.isFilled = moment === 'after'
            })
          : nothing
      }
      <div class="stage">
        ${
          this.response
            ? html`
                <frontdesk-widget
                  inline
                  gateway=${gatewayUrl('/')}
                  locale=${this.language}
                  title-text=${this.look.title ? nothing : this.name || nothing}
                  .preview=${{ frames: this.#frames(asks), look: this.look }}
                ></frontdesk-widget>
              `
            : html`<p class="hint">${words.loading}</p>`
        }
      </div>
      ${this.hasLauncher ? this.#launcher() : nothing}
    `
  }

  #launcher() {
    const isLeft = this.look.side ? this.look.side === 'left' : isRightToLeft(this.language)
    return html`
      <div class="launcher-place" role="img" aria-label=${words.launcherPreview} data-side=${isLeft ? 'left' : 'right'}>
        <span class="launcher-like">${icons.channels}</span>
      </div>
    `
  }

  protected override updated(): void {
    const launcher = this.querySelector<HTMLElement>('.launcher-like')
    const { accent } = this.look
    // The page's security policy does not allow a style attribute.
    launcher?.style.setProperty('background', accent ?? '')
    launcher?.style.setProperty('color', accent ? textOn(accent).text : '')
  }

  #frames(asks: boolean): GatewayFrame[] {
    const records = this.response?.records ?? []
    return [
      { type: 'welcome', session: '', conversation: 'preview', customer: null },
      ...(asks && !this.isFilled ? records.slice(0, 2) : records),
      { type: 'ready' },
    ]
  }
}

customElements.define('admin-preview', AdminPreview)

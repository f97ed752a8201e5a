import { css, html, LitElement, nothing } from 'lit'
import { controls } from '../base/controls.ts'
import { icons } from '../base/icons.ts'
import type { DeskWords } from '../base/words.ts'
import { look } from './look.ts'

/** Why nobody is at this desk, and how to get there. Tells `retry`. */
export class SignInHelp extends LitElement {
  static override properties = {
    words: { attribute: false },
    because: { attribute: false },
    isUnreachable: { attribute: false },
  }
  declare words: DeskWords
  /** What has happened, where something has. */
  declare because: string
  declare isUnreachable: boolean

  protected override render() {
    const { words } = this
    return html`<main>
      <div class="card">
        <h1>${words.signInTitle}</h1>
        ${
          this.because
            ? html`<div class="because" role="alert">
                ${icons.alert}
                <p>${this.because}</p>
              </div>`
            : nothing
        }
        ${
          this.isUnreachable
            ? nothing
            : html`<p>${words.signInHere} <code>npx frontdesk sign-in ${'<name>'}</code> ${words.signInLink}</p>
                <p>${words.signInCompany}</p>`
        }
        <button class="button" type="button" @click=${() => this.dispatchEvent(new CustomEvent('retry'))}>
          ${words.signInRetry}
        </button>
      </div>
    </main>`
  }

  static override styles = [
    controls,
    look,
    css`
      main {
        display: grid;
        place-items: center;
        min-block-size: 100%;
        padding: 24px;
      }
      .card {
        display: grid;
        justify-items: start;
        gap: 16px;
        inline-size: min(100%, 480px);
        padding: 32px;
        border: 1px solid var(--fd-border);
        border-radius: var(--fd-radius-large);
        background: var(--fd-background);
      }
      h1 {
        font-size: 22px;
        font-weight: 600;
        line-height: 28px;
      }
      .because {
        display: flex;
        gap: 10px;
        inline-size: 100%;
        padding: 10px 12px;
        border-radius: var(--fd-radius);
        background: var(--fd-warning-soft);
        color: var(--fd-warning);
        overflow-wrap: anywhere;
      }
      .because svg {
        margin-block-start: 2px;
      }
      code {
        display: block;
        inline-size: fit-content;
        margin-block: 8px;
        padding: 6px 12px;
        border-radius: var(--fd-radius);
        background: var(--fd-surface);
        font: 14px/20px var(--fd-mono);
      }
    `,
  ]
}

customElements.define('desk-sign-in', SignInHelp)

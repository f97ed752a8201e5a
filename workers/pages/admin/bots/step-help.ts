import { html } from 'lit'
import type { BotStep } from '../../../../schemas/configuration/bot-flow.ts'
import { dialog } from '../../base/page-parts.ts'
import { words } from '../language.ts'
import { stepFields } from './step-fields.ts'

/** The steps with their fields and what they do, and the button that shows them. */
export function stepHelp() {
  const open = (event: Event) =>
    ((event.target as HTMLElement).nextElementSibling as HTMLDialogElement).showModal()
  const close = (event: Event) => (event.target as HTMLElement).closest('dialog')?.close()
  const steps = Object.entries(stepFields) as [BotStep['type'], string][]
  return html`
    <button type="button" class="link" aria-haspopup="dialog" @click=${open}>${words.stepHelp}</button>
    ${dialog(
      'step-help',
      words.stepHelp,
      html`
        <p class="hint" tabindex="-1" autofocus>${words.stepHelpHint}</p>
        <dl>
          ${steps.map(
            ([type, fields]) => html`
              <div>
                <dt><code><strong>${type}</strong></code> <code>${fields}</code></dt>
                <dd>${words.stepEffects[type]}</dd>
              </div>
            `,
          )}
        </dl>
        <p class="hint">${words.wholeGuide} <code>engine/machines/README.md</code></p>
        <p class="actions end"><button type="button" class="button" @click=${close}>${words.closeHelp}</button></p>
      `,
    )}
  `
}

import { html } from 'lit'
import type { BotStep } from '../../../../schemas/configuration/bot-flow.ts'
import { gatewayUrl } from '../../base/ask.ts'
import { dialog } from '../../base/page-parts.ts'
import { words } from '../language.ts'
import { stepFields } from './step-fields.ts'

/**
 * The steps with their fields and what they do, the button that shows them, and the link to the guide.
 *
 * @param insert writes a step into the bot's text
 */
export function stepHelp(insert: (type: string, fields: string) => void) {
  const open = (event: Event) => {
    const help = (event.target as HTMLElement).nextElementSibling as HTMLDialogElement
    help.showModal()
    // The browser would restore the position at which a step was chosen before.
    help.scrollTop = 0
  }
  const close = (event: Event) => (event.target as HTMLElement).closest('dialog')?.close()
  const steps = Object.entries(stepFields) as [BotStep['type'], string][]
  return html`
    <button type="button" class="link" aria-haspopup="dialog" @click=${open}>${words.stepHelp}</button>
    ${dialog(
      'step-help',
      words.stepHelp,
      html`
        <p class="hint" tabindex="-1" autofocus>${words.insertStep}</p>
        <p class="hint">${words.stepHelpHint}</p>
        <dl>
          ${steps.map(([type, fields]) => {
            const choose = (event: Event) => {
              close(event)
              insert(type, fields)
            }
            return html`
              <div>
                <dt>
                  <button type="button" class="link" @click=${choose}>${type}</button>
                  <code>${fields}</code>
                </dt>
                <dd>${words.stepEffects[type]}</dd>
              </div>
            `
          })}
        </dl>
        <p class="actions end"><button type="button" class="button" @click=${close}>${words.closeHelp}</button></p>
      `,
    )}
    <a href=${gatewayUrl('/guide/bots')} target="_blank">${words.wholeGuide}</a>
  `
}

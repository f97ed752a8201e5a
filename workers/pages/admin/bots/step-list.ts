import { html, nothing } from 'lit'
import { guard } from 'lit/directives/guard.js'
import type { BotPlace } from '../../../../schemas/protocol/admin.ts'
import { words } from '../language.ts'

/** The answers and steps of a bot's text: each leads to its line. */
export function stepList(places: readonly BotPlace[], show: (line: number) => void) {
  if (places.length === 0) return nothing
  return guard(
    [places],
    () => html`
      <nav class="step-list" aria-label=${words.stepList}>
        <ul>
          ${places.map(({ answer, step, line }) => {
            const text = step ? (step.name ?? step.type) : answer
            return html`
              <li>
                <button
                  type="button"
                  class=${step ? 'step' : 'answer'}
                  title=${words.line(line)}
                  @click=${() => show(line)}
                >${text}${step?.name ? html` <span class="muted">${step.type}</span>` : nothing}</button>
              </li>
            `
          })}
        </ul>
      </nav>
    `,
  )
}

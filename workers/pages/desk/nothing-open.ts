import { html, nothing } from 'lit'
import { waited } from '../base/time.ts'
import { words } from './language.ts'
import type { Desk } from './state/desk-state.ts'
import { nextRequest, sections } from './state/selectors.ts'

/** The work at hand, while no conversation is shown. `now` in epoch milliseconds. */
export function nothingOpen(desk: Desk, now: number, open: (id: string) => void) {
  const { waiting, mine, others } = sections(desk)
  const next = nextRequest(desk)
  const hasRequests = desk.requests.size > 0
  return html`<div class="empty">
    <p><strong>${hasRequests ? words.pickOne : words.openHere}</strong></p>
    <p>${hasRequests ? words.pickOneMore : words.openHereMore}</p>
    ${
      hasRequests
        ? html`<dl class="numbers">
            ${number(words.waiting, waiting.length)}
            ${next ? number(words.longestWait, waited(next.queuedAt, now)) : nothing}
            ${number(words.mine, mine.length)} ${number(words.others, others.length)}
          </dl>`
        : nothing
    }
    ${
      next
        ? html`<button class="button primary" type="button" @click=${() => open(next.conversation)}>
            ${words.nextRequest}<kbd>${words.nextKey}</kbd>
          </button>`
        : nothing
    }
    <p class="keys hint"><kbd>?</kbd> ${words.help}</p>
  </div>`
}

function number(label: string, value: number | string) {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`
}

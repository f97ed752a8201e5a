import { html } from 'lit'
import type { StuckAnswer } from '../../../schemas/protocol/inspector.ts'
import { empty, loading, pageHead } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import { Polling } from '../base/polling.ts'
import { failureBanner, foundTable, progressOf } from './found.ts'
import { linkTo } from './route.ts'
import { words } from './words.ts'

/** In each state, the conversations that have been there for longest. */
class InspectorWaiting extends Part {
  readonly #polling = new Polling<StuckAnswer>(this, () => '/v1/inspector/stuck')

  protected override render() {
    const { answer, failure } = this.#polling
    return html`
      ${pageHead(words.pages.waiting, words.waitingLead)} ${failureBanner(failure)} ${progressOf(answer)}
      ${answer === undefined ? loading(failure ? '' : words.loading) : this.#states(answer)}
    `
  }

  #states({ states, progress }: StuckAnswer) {
    if (states.length === 0) return progress ? '' : empty(words.nobodyWaits)
    return states.map(({ state, total, longest }) => {
      const all = linkTo({ page: 'find', filters: { state, stuck: 'PT1S' } })
      return html`
        <section class="state-section" aria-labelledby="state-${state}">
          <header class="section-head">
            <h2 id="state-${state}">${words.states[state]} <span class="muted">${words.total(total)}</span></h2>
            <a href=${all} aria-label="${words.allInState}: ${words.states[state]}">${words.allInState}</a>
          </header>
          ${foundTable(longest, this.#polling.now)}
        </section>
      `
    })
  }
}

customElements.define('inspector-waiting', InspectorWaiting)

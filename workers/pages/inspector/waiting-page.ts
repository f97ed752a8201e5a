import { html } from 'lit'
import type { StuckAnswer } from '../../../schemas/protocol/inspector.ts'
import { ask } from '../base/ask.ts'
import { Part } from '../base/part.ts'
import { Asking } from './asking.ts'
import { foundTable, progressOf } from './find-page.ts'
import { linkTo } from './route.ts'
import { words } from './words.ts'

/** In each state, the conversations that have been there for longest. */
class InspectorWaiting extends Part {
  static override properties = { answer: { state: true }, failure: { state: true }, now: { state: true } }
  declare answer: StuckAnswer | undefined
  declare failure: string
  declare now: number
  readonly #asking = new Asking(async () => {
    const answer = await ask<StuckAnswer>('GET', '/v1/inspector/stuck')
    this.failure = answer.ok ? '' : words.failed(answer.message)
    if (answer.ok) this.answer = answer.body
    this.now = Date.now()
    return answer.ok && answer.body.progress !== undefined
  })

  constructor() {
    super()
    this.failure = ''
    this.now = Date.now()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#asking.start()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#asking.stop()
  }

  protected override render() {
    const { answer } = this
    return html`
      <header class="head"><div><h1 tabindex="-1">${words.pages.waiting}</h1><p class="lead">${words.waitingLead}</p></div></header>
      ${this.failure ? html`<p class="banner warning" role="alert">${this.failure}</p>` : ''}
      ${progressOf(answer)}
      ${answer === undefined ? html`<p class="hint" role="status">${this.failure ? '' : words.loading}</p>` : this.#states(answer)}
    `
  }

  #states({ states, progress }: StuckAnswer) {
    if (states.length === 0)
      return progress ? '' : html`<section class="empty"><h2>${words.nobodyWaits}</h2></section>`
    return states.map(
      ({ state, total, longest }) => html`<section class="state-section" aria-labelledby="state-${state}">
        <header class="section-head">
          <h2 id="state-${state}">${words.states[state]} <span class="muted">${words.total(total)}</span></h2>
          <a href=${linkTo({ page: 'find', filters: { state, stuck: 'PT1S' } })} aria-label="${words.allInState}: ${words.states[state]}">${words.allInState}</a>
        </header>
        ${foundTable(longest, this.now)}
      </section>`,
    )
  }
}

customElements.define('inspector-waiting', InspectorWaiting)

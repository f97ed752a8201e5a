import { html } from 'lit'
import type { StuckAnswer } from '../../../schemas/protocol/inspector.ts'
import { ask } from '../base/ask.ts'
import { empty, loading, pageHead } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import { Asking } from './asking.ts'
import { failureBanner, foundTable, progressOf } from './found.ts'
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
      ${pageHead(words.pages.waiting, words.waitingLead)} ${failureBanner(this.failure)} ${progressOf(answer)}
      ${answer === undefined ? loading(this.failure ? '' : words.loading) : this.#states(answer)}
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
          ${foundTable(longest, this.now)}
        </section>
      `
    })
  }
}

customElements.define('inspector-waiting', InspectorWaiting)

import { html } from 'lit'
import type { RefusalsAnswer } from '../../../schemas/protocol/inspector.ts'
import { ask } from '../base/ask.ts'
import { Part } from '../base/part.ts'
import { clockOf, dayOf } from '../base/time.ts'
import { Asking } from './asking.ts'
import { progressOf } from './find-page.ts'
import { linkTo } from './route.ts'
import { words } from './words.ts'

const spansMs: Record<string, number> = { PT1H: 3_600_000, P1D: 86_400_000, P7D: 7 * 86_400_000 }

/** Which events are refused most, and why. */
class InspectorRefusals extends Part {
  static override properties = { answer: { state: true }, failure: { state: true }, span: { state: true } }
  declare answer: RefusalsAnswer | undefined
  declare failure: string
  declare span: string
  /** Stays while the span does: an answer can be gone on with. */
  #since = ''
  readonly #asking = new Asking(async () => {
    const since = this.#since
    const query = new URLSearchParams({ since })
    const answer = await ask<RefusalsAnswer>('GET', `/v1/inspector/refusals?${query}`)
    if (since !== this.#since) return true
    this.failure = answer.ok ? '' : words.failed(answer.message)
    if (answer.ok) this.answer = answer.body
    return answer.ok && answer.body.progress !== undefined
  })

  constructor() {
    super()
    this.failure = ''
    this.span = 'P1D'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#askSince()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#asking.stop()
  }

  protected override render() {
    const { answer } = this
    return html`
      <header class="head">
        <div>
          <h1 tabindex="-1">${words.pages.refusals}</h1>
          <p class="lead">${answer ? words.refusalsLead(answer.records, `${dayOf(answer.since)} ${clockOf(answer.since).slice(0, 5)}`) : ''}</p>
        </div>
        <label class="since">${words.sinceWhen}
          <select class="field" @change=${this.#choose}>
            ${Object.entries(words.spans).map(([span, name]) => html`<option value=${span} .selected=${span === this.span}>${name}</option>`)}
          </select>
        </label>
      </header>
      ${this.failure ? html`<p class="banner warning" role="alert">${this.failure}</p>` : ''}
      ${progressOf(answer)}
      ${answer === undefined ? html`<p class="hint" role="status">${this.failure ? '' : words.loading}</p>` : this.#table(answer)}
    `
  }

  #table({ refusals, progress }: RefusalsAnswer) {
    if (refusals.length === 0)
      return progress ? '' : html`<section class="empty"><h2>${words.noRefusals}</h2></section>`
    const most = Math.max(...refusals.map(({ count }) => count))
    return html`<div class="scroll">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">${words.event}</th>
            <th scope="col">${words.code}</th>
            <th scope="col">${words.count}</th>
            <th scope="col">${words.lastTime}</th>
          </tr>
        </thead>
        <tbody>
          ${refusals.map(
            ({ type, code, count, last }) => html`<tr>
              <th scope="row" class="nowrap">${type}</th>
              <td><span class="mark rejected">${code}</span></td>
              <td class="length"><meter max=${most} .value=${count} aria-hidden="true"></meter>${count.toLocaleString('en')}</td>
              <td class="of"><a href=${linkTo({ page: 'conversation', id: last.conversation, at: last.seq })}>${last.conversation}</a>
                <span class="sub">${dayOf(last.at)} ${clockOf(last.at)}</span></td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  }

  #choose = ({ target }: Event): void => {
    this.span = (target as HTMLSelectElement).value
    this.answer = undefined
    this.#askSince()
  }

  #askSince(): void {
    this.#since = new Date(Date.now() - (spansMs[this.span] ?? 0)).toISOString()
    this.#asking.start()
  }
}

customElements.define('inspector-refusals', InspectorRefusals)

import { html } from 'lit'
import type { RefusalsAnswer } from '../../../schemas/protocol/inspector.ts'
import { ask } from '../base/ask.ts'
import { select } from '../base/field.ts'
import { empty, loading, pageHead, table } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import { clockOf, dayOf } from '../base/time.ts'
import { Asking } from './asking.ts'
import { failureBanner, progressOf } from './found.ts'
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
    const since = answer && `${dayOf(answer.since)} ${clockOf(answer.since).slice(0, 5)}`
    return html`
      ${pageHead(
        words.pages.refusals,
        answer && since ? words.refusalsLead(answer.records, since) : '',
        html`
          <label class="since">
            ${words.sinceWhen}
            ${select({ value: this.span, options: Object.entries(words.spans), choose: this.#choose })}
          </label>
        `,
      )}
      ${failureBanner(this.failure)} ${progressOf(answer)}
      ${answer === undefined ? loading(this.failure ? '' : words.loading) : this.#table(answer)}
    `
  }

  #table({ refusals, progress }: RefusalsAnswer) {
    if (refusals.length === 0) return progress ? '' : empty(words.noRefusals)
    const most = Math.max(...refusals.map(({ count }) => count))
    return table(
      [words.event, words.code, words.count, words.lastTime],
      refusals.map(({ type, code, count, last }) => {
        const link = linkTo({ page: 'conversation', id: last.conversation, at: last.seq })
        return html`
          <tr>
            <th scope="row" class="nowrap">${type}</th>
            <td><span class="mark rejected">${code}</span></td>
            <td class="length">
              <meter max=${most} .value=${count} aria-hidden="true"></meter>${count.toLocaleString('en')}
            </td>
            <td class="of">
              <a href=${link}>${last.conversation}</a>
              <span class="sub">${dayOf(last.at)} ${clockOf(last.at)}</span>
            </td>
          </tr>
        `
      }),
    )
  }

  #choose = (span: string): void => {
    this.span = span
    this.answer = undefined
    this.#askSince()
  }

  #askSince(): void {
    this.#since = new Date(Date.now() - (spansMs[this.span] ?? 0)).toISOString()
    this.#asking.start()
  }
}

customElements.define('inspector-refusals', InspectorRefusals)

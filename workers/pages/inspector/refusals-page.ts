import { html, type PropertyValues } from 'lit'
import { state } from 'lit/decorators.js'
import type { RefusalsAnswer } from '../../../schemas/protocol/inspector.ts'
import { select } from '../base/field.ts'
import { empty, loading, pageHead, table } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import { Polling } from '../base/polling.ts'
import { clockOf, dayOf } from '../base/time.ts'
import { failureBanner, progressOf } from './found.ts'
import { linkTo } from './route.ts'
import { words } from './words.ts'

const spansMs: Record<string, number> = { PT1H: 3_600_000, P1D: 86_400_000, P7D: 7 * 86_400_000 }

/** Which events are refused most, and why. */
class InspectorRefusals extends Part {
  @state() span = 'P1D'
  /** Fixed while the span is: the gateway continues a partial answer to the same question. */
  #since = ''
  readonly #polling = new Polling<RefusalsAnswer>(
    this,
    () => `/v1/inspector/refusals?${new URLSearchParams({ since: this.#since })}`,
  )

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('span')) this.#since = new Date(Date.now() - (spansMs[this.span] ?? 0)).toISOString()
  }

  protected override render() {
    const { answer, failure } = this.#polling
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
      ${failureBanner(failure)} ${progressOf(answer)}
      ${answer === undefined ? loading(failure ? '' : words.loading) : this.#table(answer)}
    `
  }

  #table({ refusals, progress }: RefusalsAnswer) {
    if (refusals.length === 0) return progress ? '' : empty(words.noRefusals)
    const most = Math.max(...refusals.map(({ count }) => count))
    return table(
      [words.event, { text: words.code, wide: true }, words.count, words.lastTime],
      refusals.map(({ type, code, count, last }) => {
        const link = linkTo({ page: 'conversation', id: last.conversation, at: last.seq })
        const mark = html`<span class="mark rejected">${code}</span>`
        return html`
          <tr>
            <th scope="row" class="nowrap">${type}<span class="narrow-only">${mark}</span></th>
            <td class="wide">${mark}</td>
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
  }
}

customElements.define('inspector-refusals', InspectorRefusals)

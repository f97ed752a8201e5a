import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { InspectedStep, StepAnswer } from '../../../../schemas/protocol/inspector.ts'
import type { Result } from '../../../../schemas/result.ts'
import { ask, type Refusal } from '../../base/ask.ts'
import { banner } from '../../base/banner.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { linkedText } from '../../base/text/shown-text.ts'
import { clockOf, dayOf, lengthOf } from '../../base/time.ts'
import { words } from '../words.ts'
import { saidOf, sourceOf } from './summary.ts'

/** Moving fast through the events asks for the last context only. */
const contextPauseMs = 150
/** Numbers between these are shown as instants: the years 2000 to 2100. */
const instantMsMin = Date.UTC(2000, 0)
const instantMsMax = Date.UTC(2100, 0)

/** One event: its payload, its effects, the timers that run, the changes of the context. */
class InspectorStep extends Part {
  @property({ attribute: false }) step!: InspectedStep
  @property({ attribute: false }) previous: InspectedStep | undefined
  @property({ attribute: false }) conversation!: string
  @property({ attribute: false }) isRevealed!: boolean
  /** Whether it is a step of a copy, whose whole context cannot be read. */
  @property({ attribute: false }) isCopied!: boolean
  /** The present in epoch milliseconds, while the page follows live: for the time that timers have left. */
  @property({ attribute: false }) now: number | undefined
  /** Whether the whole context is shown. */
  @state() isOpen = false
  @state() whole: Result<StepAnswer, Refusal> | undefined

  protected override willUpdate(changed: PropertyValues): void {
    const isOther = changed.has('step') && (changed.get('step') as InspectedStep)?.seq !== this.step.seq
    if (isOther || changed.has('isCopied')) this.whole = undefined
    if (this.isOpen && !this.isCopied && (isOther || changed.has('isOpen') || changed.has('isCopied')))
      this.afterPause(contextPauseMs, () => this.#askForWhole())
  }

  protected override render() {
    const { step, previous } = this
    const pause = previous && Date.parse(step.at) - Date.parse(previous.at)
    return html`
      <header class="step-head">
        <h2>${step.event.type}</h2>
        <span class="mark ${step.outcome}">${words.outcomes[step.outcome]}</span>
        <span class="id">${step.event.id}</span>
        <p class="sub">
          <time datetime=${step.at} title=${step.at}>${dayOf(step.at)} ${clockOf(step.at)}</time>
          · ${words.source(sourceOf(step))} · ${words.sequence(step.seq)}${pause === undefined ? '' : ` · ${words.after(lengthOf(pause))}`}
        </p>
      </header>
      ${step.differs === undefined ? nothing : banner('warning', words.differsHelp(step.differs))}
      ${step.rejected ? this.#rejection(step.rejected) : nothing}
      <section>
        <h3>${words.payload}</h3>
        ${
          step.event.payload === undefined
            ? html`<p class="hint">${words.payloadGone}</p>`
            : json(step.event.payload, words.payload)
        }
      </section>
      <section>
        <h3>${words.effects}</h3>
        ${this.#effects(step)}
      </section>
      <section>
        <h3>${words.timers}</h3>
        ${this.#timers(step)}
      </section>
      <section>
        <h3>${words.context}</h3>
        ${this.#differences(step)}
        ${this.isCopied ? nothing : this.#fullState()}
      </section>
    `
  }

  #rejection({ code, message, fields, limit, agent }: NonNullable<InspectedStep['rejected']>) {
    const more = Object.entries({ ...fields, ...(limit && { limit }), ...(agent && { agent: agent.id }) })
    const values = more.map(([name, value]) => `${name}: ${value}`).join(', ')
    return banner(
      'danger',
      html`
        <p><code>${code}</code> ${message}</p>
        ${values ? html`<p class="mono">${values}</p>` : nothing}
      `,
    )
  }

  #effects({ outcome, messages = [], requests = [], calls = [], status, machine }: InspectedStep) {
    if (outcome === 'buried') return html`<a href="#/dead-letters">${words.toDeadLetters}</a>`
    if (messages.length + requests.length + calls.length === 0 && !status && !machine)
      return html`<p class="hint">${words.nothingCaused}</p>`
    const agent = status?.agent ? ` (${status.agent.name ?? status.agent.id})` : ''
    const why = status?.reason ? ` (${status.reason})` : ''
    return html`<ul class="effects">
      ${messages.map(
        (message) =>
          html`<li class="said ${message.author.type}">
            <span dir="auto">${linkedText(saidOf(message))}</span><span class="id">${message.id}</span>
          </li>`,
      )}
      ${requests.map(
        ({ request, action, id }) =>
          html`<li>
            <span>${words.notification}: ${words.requestChanged(request, action)}</span><span class="id">${id}</span>
          </li>`,
      )}
      ${calls.map(
        ({ call, step, method, url }) =>
          html`<li><span>${words.call(call, step)}: <code>${method} ${url}</code></span></li>`,
      )}
      ${
        status
          ? html`<li><span>${words.statusIs}: ${words.states[status.state]}${agent}${why}</span></li>`
          : nothing
      }
      ${machine ? html`<li><span>${words.runs(machine)}</span></li>` : nothing}
    </ul>`
  }

  #timers({ timers, at }: InspectedStep) {
    if (timers.length === 0) return html`<p class="hint">${words.noTimers}</p>`
    return html`<ul class="timers">
      ${timers.map(
        ({ id, name, due }) => html`<li title=${id}>
          ${icons.clock}<b>${name}</b>
          <time datetime=${due} title=${due}>${dayOf(due) === dayOf(at) ? '' : `${dayOf(due)} `}${clockOf(due)}</time>
          <span class="left">${this.#timeLeft(due, at)}</span>
        </li>`,
      )}
    </ul>`
  }

  #timeLeft(due: string, from: string): string {
    const { now } = this
    if (now === undefined) return words.dueAfter(lengthOf(Date.parse(due) - Date.parse(from)))
    const leftMs = Date.parse(due) - now
    return leftMs <= 0 ? words.overdue : words.dueIn(lengthOf(Math.ceil(leftMs / 1000) * 1000))
  }

  #differences({ context }: InspectedStep) {
    if (context.length === 0) return html`<p class="hint">${words.contextUnchanged}</p>`
    return html`<dl class="differences">
      ${context.map(
        ({ path, before, after }) => html`
          <dt>${path}</dt>
          <dd>
            <span class="was">${before === undefined ? words.absent : shown(before)}</span>
            <span class="visually-hidden">${words.turnedInto}</span><span aria-hidden="true">→</span>
            <span class="is">${after === undefined ? words.absent : shown(after)}</span>
          </dd>
        `,
      )}
    </dl>`
  }

  #fullState() {
    const { whole } = this
    return html`<details class="whole" ?open=${this.isOpen} @toggle=${this.#toggle}>
      <summary>${words.wholeContext}</summary>
      ${
        whole === undefined
          ? html`<p class="hint">${words.loading}</p>`
          : !whole.ok
            ? html`<p class="field-error">${words.failed(whole.error.message)}</p>`
            : html`
              <h4>${words.value}</h4>
              ${json(whole.value.value, words.value)}
              <h4>${words.before}</h4>
              ${json(whole.value.before, words.before)}
              <h4>${words.afterwards}</h4>
              ${json(whole.value.after, words.afterwards)}
            `
      }
    </details>`
  }

  #toggle = ({ target }: Event): void => {
    this.isOpen = (target as HTMLDetailsElement).open
  }

  async #askForWhole(): Promise<void> {
    const { seq } = this.step
    const path = `/v1/inspector/conversations/${encodeURIComponent(this.conversation)}/steps/${seq}`
    const answer = await ask<StepAnswer>('GET', `${path}${this.isRevealed ? '?reveal=1' : ''}`)
    if (this.step.seq !== seq) return
    this.whole = answer
  }
}

/** A scrolling text takes the focus, for the keyboard. */
function json(value: unknown, name: string) {
  const text = value === undefined ? words.absent : JSON.stringify(value, null, 2)
  return html`<pre class="code" tabindex="0" role="group" aria-label=${name}><code>${text}</code></pre>`
}

/** A context has instants in epoch milliseconds: a date follows them. */
function shown(value: unknown) {
  const isInstant = typeof value === 'number' && value > instantMsMin && value < instantMsMax
  if (!isInstant) return JSON.stringify(value)
  const instant = new Date(value).toISOString()
  return html`${value} <span class="moment">${dayOf(instant)} ${clockOf(instant)}</span>`
}

customElements.define('inspector-step', InspectorStep)

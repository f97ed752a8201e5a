import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Channel } from '../../../../schemas/configuration/channel.ts'
import { previewEventsMax } from '../../../../schemas/limits.ts'
import type { BotPreviewAnswer, PreviewedCall } from '../../../../schemas/protocol/admin.ts'
import type { CustomerEvent, GatewayFrame } from '../../../../schemas/protocol/widget.ts'
import { ask, gatewayUrl } from '../../base/ask.ts'
import { segments } from '../../base/field.ts'
import { Part } from '../../base/part.ts'
import { words } from '../language.ts'
import '../../widget/widget.ts'

const pauseMs = 300

const { success, failure } = words.callOutcomes
const outcomes = [
  ['success', success],
  ['failure', failure],
] as const

/** A conversation with a bot that can be played: the engine decides, and nothing is stored. */
class AdminBotPreview extends Part {
  /** A text without errors. */
  @property({ attribute: false }) text!: string
  @property({ attribute: false }) channel: Channel | undefined
  @property() language!: string
  @property() hours!: 'during' | 'outside'
  @property() name!: string
  @state() answer: BotPreviewAnswer | undefined
  /** The events of the customer. */
  @state() events: readonly CustomerEvent[] = []
  /** The calls that fail in this preview. */
  @state() failing: readonly number[] = []
  /** The events that `answer` was computed from. */
  #played: readonly CustomerEvent[] = []
  #preview: object | undefined
  #asked = ''
  /** The number of the conversation: a new one with the same events is a different one. */
  #round = 0

  protected override willUpdate(changed: PropertyValues<this>): void {
    const isOther = ['text', 'channel', 'language', 'hours'].some((name) => changed.has(name as 'text'))
    // Another bot, or another moment, cannot continue with events that were refused.
    if (isOther && this.answer) this.events = this.#accepted(this.#played)
    this.#askFor(isOther && this.answer ? pauseMs : 0)
  }

  protected override render() {
    const { answer } = this
    if (answer && answer.kind !== 'flow') return html`<p>${words.notPlayed[answer.kind]}</p>`
    return html`
      <p class="hint">${words.playHint}</p>
      <div class="stage">
        ${
          answer
            ? html`
                <frontdesk-widget
                  inline
                  gateway=${gatewayUrl('/')}
                  locale=${this.language}
                  title-text=${this.name || nothing}
                  .preview=${this.#preview}
                ></frontdesk-widget>
              `
            : html`<p class="hint">${words.loading}</p>`
        }
      </div>
      <div class="played">
        <p role="status" class="hint">${this.#state()}</p>
        <button type="button" class="chip" @click=${this.#startAgain}>${words.startAgain}</button>
      </div>
      ${answer && answer.calls.length > 0 ? this.#calls(answer.calls) : nothing}
    `
  }

  #calls(calls: readonly PreviewedCall[]) {
    return html`
      <section class="calls" aria-labelledby="calls-title">
        <h3 id="calls-title">${words.apiCalls}</h3>
        <ul>
          ${calls.map(
            (call) => html`
              <li>
                <p>${words.wouldCall} <code>${call.method} ${call.url}</code></p>
                ${segments(words.takenAs(call.step), outcomes, call.ok ? 'success' : 'failure', (outcome) =>
                  this.#replay(call, outcome === 'success'),
                )}
              </li>
            `,
          )}
        </ul>
        <p class="hint">${words.valuesUnknown}</p>
      </section>
    `
  }

  /** The state of the conversation, if it cannot be seen in the widget. */
  #state(): string {
    if (this.#played.length >= previewEventsMax) return words.playedEnough
    switch (this.#status) {
      case undefined:
      case 'bot':
        return ''
      case 'queued':
        return words.handedOver
      case 'ended':
        return words.hasEnded
      default:
        return words.hasFallenBack
    }
  }

  get #status() {
    const frame = this.answer?.frames.findLast((played) => played.type === 'record' && played.status)
    return frame?.type === 'record' ? frame.status?.state : undefined
  }

  #deliver = (event: CustomerEvent): void => {
    if (this.#played.length >= previewEventsMax) return
    // Like the widget: a message after the end begins a new conversation.
    const before = this.#status === 'ended' ? [] : this.#accepted(this.#played)
    if (before.length === 0) this.failing = []
    this.events = [...before, event]
  }

  #startAgain = (): void => {
    this.events = []
    this.failing = []
    this.#round++
    this.requestUpdate()
  }

  /** Replays the conversation with another outcome of a call: the events after the call go. */
  #replay({ call, after }: PreviewedCall, ok: boolean): void {
    const before = this.failing.filter((failed) => failed < call)
    this.failing = ok ? before : [...before, call]
    this.events = this.#played.slice(0, after)
  }

  /** The events that the engine accepted; a refused event changes nothing. */
  #accepted(events: readonly CustomerEvent[]): CustomerEvent[] {
    const refused = new Set(
      this.answer?.frames.map((frame) => (frame.type === 'rejected' ? frame.clientId : undefined)),
    )
    return events.filter(({ clientId }) => !refused.has(clientId))
  }

  #askFor(pause: number): void {
    const { text, channel, language: locale, hours, events, failing } = this
    const body = { text, channel, locale, hours, events, failing }
    const asked = JSON.stringify([this.#round, body])
    if (asked === this.#asked) return
    this.#asked = asked
    this.afterPause(pause, async () => {
      const answer = await ask<BotPreviewAnswer>('POST', '/v1/admin/preview-bot', { body })
      if (asked !== this.#asked) return
      // An invalid input, such as a channel that is being edited, keeps the last valid preview.
      if (answer.ok) this.#show(answer.value, events)
      else if (answer.error.status !== 422) this.#asked = ''
    })
  }

  #show(answer: BotPreviewAnswer, events: readonly CustomerEvent[]): void {
    this.answer = answer
    this.#played = events
    const frames: GatewayFrame[] = [
      { type: 'welcome', session: '', conversation: 'preview', customer: null },
      ...answer.frames,
      { type: 'ready' },
    ]
    this.#preview = { frames, deliver: this.#deliver, startAnew: this.#startAgain }
  }
}

customElements.define('admin-bot-preview', AdminBotPreview)

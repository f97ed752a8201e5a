import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { guard } from 'lit/directives/guard.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Attachment } from '../../../../schemas/conversation/attachment.ts'
import { EndPosition } from '../../base/end-position.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { linkedText, saidText } from '../../base/text/shown-text.ts'
import { words } from '../language.ts'
import { agentName } from '../requests/names.ts'
import type { Notice, PendingEvent, TranscriptEntry } from '../state/desk-state.ts'
import { type MessageGroup, messageGroups } from './message-groups.ts'
import { refusalText } from './refusal-text.ts'
import { messageFiles } from './reply-files.ts'
import { dayOf, timeOf } from './times.ts'

/** A reader this near to the end, in pixels, reads along. */
const endPx = 48

/** The messages of a conversation, stored and pending. Dispatches `take-back` with a refused text's `clientId`. */
export class TranscriptLog extends Part {
  // Not the whole conversation: its draft changes with each key, and a transcript may be long.
  @property({ attribute: false }) transcript!: readonly TranscriptEntry[]
  @property({ attribute: false }) pending!: readonly PendingEvent[]
  /** Whether the transcript has arrived in full. */
  @property({ attribute: false }) isKnown!: boolean
  @property({ attribute: false }) agentId!: string
  @property({ attribute: false }) customer!: string
  @property({ attribute: false }) isTyping!: boolean
  /** Whether there is a composer to take a refused text back into. */
  @property({ attribute: false }) canWrite!: boolean
  /** Whether a message arrived below the visible part. */
  @state() hasMissed!: boolean

  readonly #end = new EndPosition(endPx)
  #renderedLength = 0
  readonly #stay = () => {
    if (this.#end.isAtEnd) this.#scrollToEnd()
  }
  readonly #resized = new ResizeObserver(this.#stay)
  /** A picture has its height only once it is loaded, which does not bubble. */
  readonly #loaded = { handleEvent: this.#stay, capture: true }

  protected override firstUpdated(): void {
    this.#resized.observe(this.#scroller())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#resized.disconnect()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) this.#resized.observe(this.#scroller())
  }

  protected override willUpdate(changed: PropertyValues): void {
    // The agent has just sent a message, and looks for it at the end.
    const before = changed.get('pending') as readonly PendingEvent[] | undefined
    if (before && before.length < this.pending.length) this.#end.isAtEnd = true
  }

  protected override updated(): void {
    const { length } = this.transcript
    if (this.#end.isAtEnd) this.#scrollToEnd()
    else if (length > this.#renderedLength) this.hasMissed = true
    this.#renderedLength = length
  }

  protected override render() {
    const { transcript, pending, isKnown } = this
    const texts = pending.filter(({ event }) => event.type === 'message' || event.type === 'note')
    const isEmpty = transcript.length === 0 && texts.length === 0
    return html`
      <div
        class="transcript"
        role="log"
        tabindex="0"
        aria-label=${words.transcript}
        aria-live=${isKnown ? 'polite' : 'off'}
        @scroll=${this.#onScroll}
        @load=${this.#loaded}
      >
        ${isEmpty ? html`<p class="silence">${isKnown ? words.nothingSaid : words.loadingTranscript}</p>` : nothing}
        ${this.#groups()}
        ${
          texts.length > 0
            ? html`<div class="group company mine">
                ${repeat(
                  texts,
                  ({ event }) => event.clientId,
                  (pendingEvent) => this.#pendingText(pendingEvent),
                )}
              </div>`
            : nothing
        }
        <p class="typing" ?hidden=${!this.isTyping}>
          <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${words.typing(this.customer)}
        </p>
      </div>
      ${
        this.hasMissed
          ? html`<button class="button missed" type="button" @click=${this.#showEnd}>
              ${icons.toEnd}${words.newMessages}
            </button>`
          : nothing
      }
    `
  }

  #groups() {
    let day = ''
    return repeat(
      messageGroups(this.transcript, this),
      ({ key }) => key,
      (group) => {
        const groupDay = dayOf(group.at)
        const isNewDay = groupDay !== day
        day = groupDay
        // A new message draws its own group only, however long the transcript is.
        return guard(
          [...group.entries, group.name, isNewDay],
          () => html`${isNewDay ? html`<p class="day">${groupDay}</p>` : nothing}${this.#group(group)}`,
        )
      },
    )
  }

  #group({ kind, isMine, isBot, name, at, entries }: MessageGroup) {
    if (kind === 'notice')
      return entries.map(
        ({ message, notice, at }) =>
          html`<p class="notice">
            <span dir="auto" title=${notice ? words.customerReads(message.text ?? '') : nothing}>${
              notice ? noticeText(notice, this.agentId) : linkedText(message.text)
            }</span> · <time>${timeOf(at)}</time>
          </p>`,
      )
    const isNote = kind === 'internal'
    return html`<div class="group ${kind} ${isMine ? 'mine' : ''} ${isBot ? 'bot' : ''}">
      <p class="meta">${isNote ? html`<span>${words.note} ·</span>` : nothing}<b dir="auto">${name}</b>· <time datetime=${at}>${timeOf(at)}</time></p>
      ${entries.map(({ message: { text, fields, options, via, attachments } }, index) => {
        const choices = options?.join(', ')
        const labels = fields?.map(({ label }) => label).join(', ')
        const isLast = index === entries.length - 1
        return html`<div class="bubble">
          ${messageFiles(attachments)}
          ${text ? html`<div class="text" dir="auto">${saidText(text, kind !== 'customer')}</div>` : nothing}
          ${labels ? html`<p class="hint">${words.asksFor}: <span dir="auto">${labels}</span></p>` : nothing}
          ${choices ? html`<p class="hint">${words.options}: <span dir="auto">${choices}</span></p>` : nothing}
          ${via ? html`<p class="hint">${words.byEmail}</p>` : nothing}
          ${isMine && isLast && !isNote ? tick('delivered') : nothing}
        </div>`
      })}
    </div>`
  }

  #pendingText({ event, state, refusal }: PendingEvent) {
    if (event.type !== 'message' && event.type !== 'note') return nothing
    const sent = event.type === 'message' ? (event.attachments as Attachment[] | undefined) : undefined
    const takeBack = () => this.dispatchEvent(new CustomEvent('take-back', { detail: event.clientId }))
    return html`<div class="bubble ${state} ${event.type === 'note' ? 'noted' : ''}">
        ${messageFiles(sent)}
        <div class="text" dir="auto">${saidText(event.text, true)}</div>
        ${tick(state)}
      </div>
      ${
        refusal
          ? html`<p class="refused" role="alert">
              ${refusalText(refusal)}
              ${
                this.canWrite
                  ? html`<button class="link" type="button" @click=${takeBack}>${words.takeBack}</button>`
                  : nothing
              }
            </p>`
          : nothing
      }`
  }

  #scroller(): HTMLElement {
    return this.querySelector('.transcript') as HTMLElement
  }

  #onScroll(): void {
    this.#end.measure(this.#scroller())
    if (this.#end.isAtEnd) this.hasMissed = false
  }

  #scrollToEnd(): void {
    this.#end.scrollToEnd(this.#scroller())
  }

  #showEnd(): void {
    this.hasMissed = false
    this.#end.isAtEnd = true
    this.#scrollToEnd()
    this.#scroller().focus()
  }
}

/** A notice in words for an agent: its own text is said to the customer. */
function noticeText({ kind, agent, other }: Notice, me: string): string {
  const isMine = agent?.id === me
  const name = isMine ? words.you : agentName(agent)
  switch (kind) {
    case 'joined':
      return isMine ? words.joinedByYou : words.joinedBy(name)
    case 'released':
      return isMine ? words.releasedByYou : words.releasedBy(name)
    case 'tookOver':
      return words.tookOver(name, other?.id === me ? words.fromYou : agentName(other))
    case 'transferred':
      return words.transferredBy(name, other && (other.id === me ? words.toYou : agentName(other)))
    case 'unattended':
      return words.returnedUnattended(name)
    case 'agentAway':
      return words.returnedAway(name)
    case 'endedByAgent':
      return isMine ? words.noticeEndedByYou : words.noticeEndedBy(name)
    case 'endedByInactivity':
      return words.noticeEndedByInactivity
  }
}

function tick(state: 'delivered' | PendingEvent['state']) {
  const [icon, label] = {
    sending: [icons.pending, words.sending],
    stored: [icons.check, words.stored],
    delivered: [icons.delivered, words.delivered],
    refused: [icons.alert, words.refused],
  }[state] as [unknown, string]
  return html`<p class="tick ${state}" title=${label}>${icon}<span class="visually-hidden">${label}</span></p>`
}

customElements.define('desk-transcript', TranscriptLog)

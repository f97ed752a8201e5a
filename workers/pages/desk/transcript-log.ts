import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { controls } from '../base/controls.ts'
import { icons } from '../base/icons.ts'
import type { DeskWords } from '../base/words.ts'
import { look } from './look.ts'
import { agentName } from './names.ts'
import type { PendingEvent, TranscriptEntry } from './state/desk-state.ts'

/** What one says within so long stands together. */
const groupMs = 5 * 60_000
/** So near to the end counts as being there, in pixels. */
const endPx = 48

interface Group {
  key: string
  side: 'customer' | 'company' | 'notice'
  /** Of a bot's own. */
  isBot: boolean
  isMine: boolean
  name: string
  at: string
  entries: TranscriptEntry[]
}

/** What was said in a conversation, and what is on its way. Tells `take-back` with a refused text's `clientId`. */
export class TranscriptLog extends LitElement {
  static override properties = {
    transcript: { attribute: false },
    pending: { attribute: false },
    isKnown: { attribute: false },
    agentId: { attribute: false },
    customer: { attribute: false },
    isTyping: { attribute: false },
    canWrite: { attribute: false },
    words: { attribute: false },
    hasMissed: { state: true },
  }
  // Not the conversation as a whole: what is drafted changes with each key, and a transcript may be long.
  declare transcript: readonly TranscriptEntry[]
  declare pending: readonly PendingEvent[]
  /** Whether all that was said before has arrived. */
  declare isKnown: boolean
  declare agentId: string
  declare customer: string
  declare isTyping: boolean
  /** Whether there is a composer to take a refused text back into. */
  declare canWrite: boolean
  declare words: DeskWords
  /** Something was said below what is on the screen. */
  declare hasMissed: boolean

  #isAtEnd = true
  #shown = 0
  readonly #resized = new ResizeObserver(() => {
    if (this.#isAtEnd) this.#toEnd()
  })

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
    // What the agent says themselves is where they look.
    const before = changed.get('pending') as readonly PendingEvent[] | undefined
    if (before && before.length < this.pending.length) this.#isAtEnd = true
  }

  protected override updated(): void {
    const shown = this.transcript.length
    if (this.#isAtEnd) this.#toEnd()
    else if (shown > this.#shown) this.hasMissed = true
    this.#shown = shown
  }

  protected override render() {
    const { transcript, pending, isKnown, words } = this
    const texts = pending.filter(({ event }) => event.type === 'message')
    const isEmpty = transcript.length === 0 && texts.length === 0
    let day = ''
    return html`
      <div
        class="scroll"
        role="log"
        tabindex="0"
        aria-label=${words.transcript}
        aria-live=${isKnown ? 'polite' : 'off'}
        @scroll=${this.#onScroll}
      >
        ${isEmpty ? html`<p class="empty">${isKnown ? words.nothingSaid : words.loadingTranscript}</p>` : nothing}
        ${repeat(
          this.#groups(transcript),
          ({ key }) => key,
          (group) => {
            const on = dayOf(group.at, words)
            const isNew = on !== day
            day = on
            return html`${isNew ? html`<p class="day"><span>${on}</span></p>` : nothing}${this.#group(group)}`
          },
        )}
        ${
          texts.length > 0
            ? html`<div class="group company mine">
                ${repeat(
                  texts,
                  ({ event }) => event.clientId,
                  (one) => this.#pending(one),
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

  #group(group: Group) {
    const { words } = this
    if (group.side === 'notice')
      return group.entries.map(
        ({ message, at }) =>
          html`<p class="notice"><span dir="auto">${message.text}</span> · <time>${timeOf(at, words)}</time></p>`,
      )
    return html`<div class="group ${group.side} ${group.isMine ? 'mine' : ''} ${group.isBot ? 'bot' : ''}">
      <p class="meta"><b dir="auto">${group.name}</b> · <time datetime=${group.at}>${timeOf(group.at, words)}</time></p>
      ${group.entries.map(({ message }, index) => {
        const isLast = index === group.entries.length - 1
        const { fields, options } = message
        return html`<div class="bubble">
          ${message.text ? html`<p class="text" dir="auto">${message.text}</p>` : nothing}
          ${fields ? html`<p class="asks">${words.asksFor}: <span dir="auto">${fields.map(({ label }) => label).join(', ')}</span></p>` : nothing}
          ${options ? html`<p class="asks">${words.options}: <span dir="auto">${options.join(', ')}</span></p>` : nothing}
          ${group.isMine && isLast ? tick('delivered', words) : nothing}
        </div>`
      })}
    </div>`
  }

  #pending({ event, state, refusal }: PendingEvent) {
    const { words } = this
    if (event.type !== 'message') return nothing
    const why =
      refusal && (words.rejections[refusal.code as 'too_long'] ?? words.refusedBecause(refusal.message))
    return html`<div class="bubble ${state}">
        <p class="text" dir="auto">${event.text}</p>
        ${tick(state, words)}
      </div>
      ${
        why
          ? html`<p class="refused" role="alert">
              ${why}
              ${this.canWrite ? html`<button class="link" type="button" @click=${() => this.#takeBack(event.clientId)}>${words.takeBack}</button>` : nothing}
            </p>`
          : nothing
      }`
  }

  #groups(transcript: readonly TranscriptEntry[]): Group[] {
    const { words } = this
    const groups: Group[] = []
    for (const one of transcript) {
      const { author, type, id } = one.message
      const side =
        type === 'notice' || author.type === 'system'
          ? 'notice'
          : author.type === 'customer'
            ? 'customer'
            : 'company'
      const isMine = author.type === 'agent' && author.id === this.agentId
      const name =
        side === 'customer'
          ? this.customer
          : isMine
            ? words.you
            : author.type === 'bot'
              ? author.name || words.bot
              : agentName({ id: author.id ?? words.agent, name: author.name }, words)
      const last = groups.at(-1)
      const isTogether =
        last?.side === side &&
        last.name === name &&
        last.isBot === (author.type === 'bot') &&
        dayOf(last.at, words) === dayOf(one.at, words) &&
        Date.parse(one.at) - Date.parse(last.entries.at(-1)?.at ?? '') < groupMs
      if (last && isTogether) last.entries.push(one)
      else
        groups.push({ key: id, side, isMine, isBot: author.type === 'bot', name, at: one.at, entries: [one] })
    }
    return groups
  }

  #scroller(): HTMLElement {
    return this.renderRoot.querySelector('.scroll') as HTMLElement
  }

  #onScroll(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller()
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < endPx
    if (this.#isAtEnd) this.hasMissed = false
  }

  #toEnd(): void {
    const scroller = this.#scroller()
    scroller.scrollTop = scroller.scrollHeight
  }

  #showEnd(): void {
    this.hasMissed = false
    this.#isAtEnd = true
    this.#toEnd()
    this.#scroller().focus()
  }

  #takeBack(clientId: string): void {
    this.dispatchEvent(new CustomEvent('take-back', { detail: clientId }))
  }

  static override styles = [
    controls,
    look,
    css`
      :host {
        position: relative;
        min-block-size: 0;
      }
      .scroll {
        display: flex;
        flex-direction: column;
        gap: 12px;
        block-size: 100%;
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: 16px var(--desk-inset);
        scrollbar-width: thin;
      }
      .scroll:focus-visible {
        outline-offset: -2px;
      }
      /* Few messages stand at the bottom, near to where one writes. */
      .scroll > :first-child {
        margin-block-start: auto;
      }
      .empty {
        margin-block: auto !important;
        color: var(--fd-muted);
        text-align: center;
      }
      .day {
        display: flex;
        align-items: center;
        gap: 12px;
        color: var(--fd-muted);
        font-size: 13px;
      }
      .day::before,
      .day::after {
        flex: 1;
        border-block-start: 1px solid var(--fd-border);
        content: '';
      }
      .group {
        display: flex;
        flex-direction: column;
        align-items: flex-start;
        gap: 4px;
      }
      .company {
        align-items: flex-end;
      }
      .meta {
        color: var(--fd-muted);
        font-size: 13px;
        line-height: 18px;
      }
      .meta b {
        font-weight: 500;
      }
      .bubble {
        max-inline-size: min(88%, 560px);
        padding: 8px 12px;
        border: 1px solid transparent;
        border-radius: var(--fd-radius-large);
        background: var(--fd-surface);
        font-size: 15px;
        line-height: 22px;
      }
      .company .bubble {
        background: var(--fd-accent-soft);
      }
      .company.bot .bubble {
        border-color: var(--fd-border);
        background: none;
      }
      .text {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .asks {
        color: var(--fd-muted);
        font-size: 14px;
        overflow-wrap: anywhere;
      }
      .tick {
        display: flex;
        justify-content: flex-end;
        align-items: center;
        gap: 4px;
        margin-block: 2px -2px;
        color: var(--fd-muted);
        font-size: 12px;
        line-height: 16px;
      }
      .tick svg {
        inline-size: 16px;
        block-size: 16px;
      }
      .tick.delivered {
        color: var(--fd-accent);
      }
      .bubble.refused {
        border-color: var(--fd-danger);
        background: var(--fd-danger-soft);
      }
      .tick.refused,
      p.refused {
        color: var(--fd-danger);
      }
      p.refused {
        font-size: 14px;
      }
      .link {
        min-block-size: 24px;
        padding: 0 4px;
        border: 0;
        background: none;
        color: inherit;
        text-decoration: underline;
        cursor: pointer;
      }
      .notice {
        padding-inline: 16px;
        color: var(--fd-muted);
        font-size: 14px;
        line-height: 20px;
        text-align: center;
        text-wrap: balance;
      }
      .notice time {
        white-space: nowrap;
      }
      .typing {
        display: flex;
        align-items: center;
        gap: 8px;
        color: var(--fd-muted);
        font-size: 14px;
      }
      .dots {
        display: inline-flex;
        gap: 3px;
      }
      .dots i {
        inline-size: 5px;
        block-size: 5px;
        border-radius: 50%;
        background: currentColor;
        animation: blink 1.2s infinite both;
      }
      .dots i:nth-child(2) {
        animation-delay: 0.2s;
      }
      .dots i:nth-child(3) {
        animation-delay: 0.4s;
      }
      @keyframes blink {
        0%,
        80%,
        100% {
          opacity: 0.35;
        }
        40% {
          opacity: 1;
        }
      }
      .missed {
        position: absolute;
        inset-block-end: 12px;
        inset-inline: 0;
        inline-size: max-content;
        margin-inline: auto;
        border-radius: 999px;
        background: var(--fd-background);
        font-size: 14px;
      }
    `,
  ]
}

function tick(state: 'delivered' | PendingEvent['state'], words: DeskWords) {
  const [icon, word] = {
    sending: [icons.pending, words.sending],
    stored: [icons.check, words.stored],
    delivered: [icons.delivered, words.delivered],
    refused: [icons.alert, words.refused],
  }[state] as [unknown, string]
  return html`<p class="tick ${state}" title=${word}>${icon}<span class="visually-hidden">${word}</span></p>`
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(words: DeskWords, kind: 'day' | 'time'): Intl.DateTimeFormat {
  const key = words.language + kind
  const made = formats.get(key)
  if (made) return made
  // The words' language, in the manner of the reader's region where it is the same language.
  const region = navigator.languages.find((language) => language.startsWith(words.language)) ?? words.language
  const fresh = new Intl.DateTimeFormat(
    region,
    kind === 'day' ? { weekday: 'long', day: 'numeric', month: 'long' } : { timeStyle: 'short' },
  )
  formats.set(key, fresh)
  return fresh
}

function dayOf(at: string, words: DeskWords): string {
  return format(words, 'day').format(new Date(at))
}

function timeOf(at: string, words: DeskWords): string {
  return format(words, 'time').format(new Date(at))
}

customElements.define('desk-transcript', TranscriptLog)

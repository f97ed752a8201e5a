import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import type { OpenRequest } from '../../../schemas/conversation/notification.ts'
import { agentFieldLengthMax } from '../../../schemas/limits.ts'
import { controls } from '../base/controls.ts'
import './reply-composer.ts'
import './transcript-log.ts'
import { icons } from '../base/icons.ts'
import { waited } from '../base/time.ts'
import type { DeskWords } from '../base/words.ts'
import { look } from './look.ts'
import { agentName, customerName, languageName } from './names.ts'
import type { DeskSession } from './state/desk-session.ts'
import type { Desk, DeskConversation, DeskRefusal } from './state/desk-state.ts'
import { fieldLabels, pendingAction, requestOf, standing } from './state/selectors.ts'
import { tagChips } from './tag-chips.ts'

/** A longer fact, with its label, has a line of its own, in characters. */
const factLengthMax = 60

/**
 * One conversation: whose it is, what was said, and what the agent can do about it. Tells `close`, and `leave`
 * where it takes the whole screen.
 */
export class ConversationPane extends LitElement {
  static override properties = {
    session: { attribute: false },
    desk: { attribute: false },
    conversationId: { attribute: false },
    words: { attribute: false },
    now: { attribute: false },
    /** It takes the whole screen: the way out is back to the list. */
    isAlone: { attribute: false },
    isFocused: { attribute: false },
    asking: { state: true },
  }
  declare session: DeskSession
  declare desk: Desk
  declare conversationId: string
  declare words: DeskWords
  declare now: number
  declare isAlone: boolean
  declare isFocused: boolean
  /** What is to be confirmed. */
  declare asking: 'release' | 'end' | null

  #hadFocus = false

  constructor() {
    super()
    this.asking = null
  }

  /** To where one goes on: the composer, or the button to accept, or what there is to read. */
  override focus(): void {
    const first = this.renderRoot.querySelector<HTMLElement>(
      '.confirm input, .confirm button, desk-composer, .accept',
    )
    const target = first ?? this.renderRoot.querySelector<HTMLElement>('h2')
    target?.focus()
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.#hadFocus = this.shadowRoot?.activeElement != null
    const isMine = standing(this.desk, this.conversationId) === 'mine'
    if (changed.has('conversationId') || !isMine) this.asking = null
  }

  protected override updated(): void {
    // What had the focus is gone: a button that did its work.
    if (this.#hadFocus && !this.shadowRoot?.activeElement) this.focus()
  }

  protected override render() {
    const { desk, words, conversationId: id } = this
    const conversation = desk.conversations.get(id)
    if (!conversation) return nothing
    const request = requestOf(desk, id)
    const name = customerName(request, words)
    const isTyping = conversation.typingUntil > this.now - this.session.me.clockOffsetMs
    return html`
      <section aria-labelledby="name">
        <header class=${this.isFocused ? 'focused' : ''}>
          ${
            this.isAlone
              ? html`<button class="button quiet icon" type="button" title=${words.back} @click=${this.#leave}>
                  ${icons.back}<span class="visually-hidden">${words.back}</span>
                </button>`
              : nothing
          }
          <div class="who">
            <h2 id="name" tabindex="-1"><span dir="auto">${name}</span>${request ? verifiedMark(request, words) : nothing}</h2>
            ${request ? html`<p>${this.#where(request)}</p>` : nothing}
          </div>
          ${
            this.isAlone
              ? nothing
              : html`<button class="button quiet icon" type="button" title=${words.close} @click=${() => this.dispatchEvent(new CustomEvent('close'))}>
                  ${icons.close}<span class="visually-hidden">${words.closeTab(name)}</span>
                </button>`
          }
        </header>
        ${request && !conversation.isErased ? details(request, conversation, words) : nothing}
        <desk-transcript
          .transcript=${conversation.transcript}
          .pending=${conversation.pending}
          .isKnown=${conversation.isKnown}
          .agentId=${desk.agent?.id ?? ''}
          .customer=${name}
          .isTyping=${isTyping}
          .canWrite=${standing(desk, id) === 'mine'}
          .words=${words}
          @take-back=${(event: CustomEvent<string>) => this.session.takeBack(id, event.detail)}
        ></desk-transcript>
        ${this.#refusal(conversation)}
        <footer>${this.#footer(conversation, request, name)}</footer>
      </section>
    `
  }

  #where(request: OpenRequest) {
    const { words } = this
    const parts = [request.channel, languageName(request.locale, words)]
    if (request.hours === 'outside') parts.push(words.outOfHours)
    return parts.join(' · ')
  }

  #refusal({ refusal }: DeskConversation) {
    const { words } = this
    if (!refusal) return nothing
    return html`<div class="refusal" role="alert">
      ${icons.alert}
      <p>${refusalText(refusal, words)}</p>
      <button class="button quiet" type="button" @click=${() => this.session.dismissRefusal(this.conversationId)}>
        ${words.dismiss}
      </button>
    </div>`
  }

  #footer(conversation: DeskConversation, request: OpenRequest | null, name: string) {
    const { words, desk, session, conversationId: id } = this
    const doing = pendingAction(conversation)
    switch (standing(desk, id)) {
      case 'waiting': {
        const time = waited(request?.queuedAt ?? null, this.now)
        return html`<div class="act">
          <p><b>${words.waiting}</b> · <span class="time">${time}</span><br /><span class="muted">${words.acceptHint}</span></p>
          <button class="button primary accept" type="button" aria-disabled=${doing ? 'true' : 'false'} @click=${this.#accept}>
            ${doing === 'accept' ? words.accepting : words.accept}
          </button>
        </div>`
      }
      case 'mine':
        if (doing === 'release' || doing === 'end')
          return html`<p class="over" role="status">${doing === 'end' ? words.ending : words.releasing}</p>`
        if (this.asking) return this.#confirm(this.asking)
        return html`<desk-composer
          .text=${conversation.draft}
          .customer=${name}
          .words=${words}
          @draft=${(event: CustomEvent<string>) => session.draft(id, event.detail)}
          @say=${(event: CustomEvent<string>) => session.say(id, event.detail)}
          @ask-release=${() => this.#ask('release')}
          @ask-end=${() => this.#ask('end')}
        ></desk-composer>`
      case 'others':
        return html`<p class="over">${words.isAnswering(agentName(request?.agent, words))}</p>`
      case 'over':
        return html`<p class="over" role="status">${this.#overBecause(conversation, request)}</p>`
      case 'unknown':
        return nothing
    }
  }

  #overBecause({ status, isErased }: DeskConversation, request: OpenRequest | null): string {
    const { words, desk } = this
    if (isErased) return words.erased
    if (request?.state === 'withdrawn') return words.withdrawn
    if (!status?.reason) return words.over
    const isByMe = status.reason === 'agent' && request?.agent?.id === desk.agent?.id
    return isByMe ? words.endedByYou : words.ended[status.reason]
  }

  #confirm(what: 'release' | 'end') {
    const { words } = this
    const isEnd = what === 'end'
    return html`<form
      class="confirm"
      @submit=${(event: Event) => this.#confirmed(event, what)}
      @keydown=${this.#onConfirmKey}
    >
      <p id="confirm">${isEnd ? words.endMore : words.releaseMore}</p>
      ${
        isEnd
          ? nothing
          : html`<label for="reason">${words.releaseReason}</label>
              <input class="field" id="reason" name="reason" maxlength=${agentFieldLengthMax} autocomplete="off" />`
      }
      <div class="buttons">
        <button class="button ${isEnd ? 'danger' : 'primary'}" type="submit" aria-describedby="confirm">
          ${isEnd ? words.endConfirm : words.releaseConfirm}
        </button>
        <button class="button quiet" type="button" @click=${this.#cancel}>${words.cancel}</button>
      </div>
    </form>`
  }

  #accept(): void {
    const conversation = this.desk.conversations.get(this.conversationId)
    // It keeps the focus while it works, so it is not `disabled`.
    if (conversation && !pendingAction(conversation)) this.session.accept(this.conversationId)
  }

  #ask(what: 'release' | 'end'): void {
    this.asking = what
    void this.updateComplete.then(() => this.focus())
  }

  #cancel(): void {
    this.asking = null
    void this.updateComplete.then(() => this.focus())
  }

  #onConfirmKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    this.#cancel()
  }

  #confirmed(event: Event, what: 'release' | 'end'): void {
    event.preventDefault()
    const reason = new FormData(event.target as HTMLFormElement).get('reason')
    if (what === 'end') this.session.end(this.conversationId)
    else this.session.release(this.conversationId, String(reason ?? '').trim())
  }

  #leave(): void {
    this.dispatchEvent(new CustomEvent('leave'))
  }

  static override styles = [
    controls,
    look,
    css`
      :host {
        /* Where there is much room, what is read and written keeps to its middle. */
        --desk-inset: max(20px, (100% - 800px) / 2);
      }
      section {
        display: grid;
        grid-template: auto auto minmax(0, 1fr) auto auto / minmax(0, 1fr);
        block-size: 100%;
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        min-block-size: 64px;
        padding-block: 8px;
        padding-inline: 20px 12px;
        border-block-end: 1px solid var(--fd-border);
      }
      header > .button:first-child {
        margin-inline-start: -12px;
      }
      header.focused {
        box-shadow: inset 0 2px var(--fd-accent);
      }
      .who {
        flex: 1;
        min-inline-size: 0;
      }
      h2 {
        display: flex;
        align-items: center;
        gap: 6px;
        font-size: 16px;
        font-weight: 600;
        line-height: 24px;
      }
      h2 > span,
      .who p {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .who p {
        color: var(--fd-muted);
        font-size: 14px;
        line-height: 20px;
      }
      .verified {
        display: inline-flex;
        color: var(--fd-accent);
      }
      details {
        border-block-end: 1px solid var(--fd-border);
        font-size: 14px;
        line-height: 20px;
      }
      summary {
        display: flex;
        align-items: center;
        gap: 6px;
        min-block-size: 40px;
        padding-inline: 20px 16px;
        color: var(--fd-muted);
        list-style: none;
        cursor: pointer;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary:hover {
        color: var(--fd-text);
      }
      summary:focus-visible {
        outline-offset: -2px;
      }
      .brief {
        flex: 1;
        overflow: hidden;
        text-align: end;
        text-overflow: ellipsis;
      }
      details[open] .brief {
        visibility: hidden;
      }
      summary svg {
        inline-size: 16px;
        block-size: 16px;
        margin-inline-start: auto;
        transition: rotate 0.15s;
      }
      details[open] summary svg {
        rotate: 180deg;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(180px, 1fr));
        gap: 10px 20px;
      }
      .facts {
        max-block-size: 30vh;
        overflow-y: auto;
        padding: 0 20px 14px;
        scrollbar-width: thin;
      }
      .facts:focus-visible {
        outline-offset: -2px;
      }
      .long {
        grid-column: 1 / -1;
      }
      dt {
        color: var(--fd-muted);
        font-size: 13px;
        line-height: 18px;
        overflow-wrap: anywhere;
      }
      dd {
        overflow-wrap: anywhere;
      }
      .tags {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 6px;
        margin-block-start: 2px;
      }
      .mark {
        display: inline-flex;
        align-items: center;
        gap: 2px;
        color: var(--fd-accent);
        vertical-align: bottom;
        white-space: nowrap;
      }
      .mark svg {
        inline-size: 16px;
        block-size: 16px;
      }
      .refusal {
        display: flex;
        align-items: center;
        gap: 10px;
        margin: 0 var(--desk-inset) 8px;
        padding-block: 4px;
        padding-inline: 12px 4px;
        border-radius: var(--fd-radius);
        background: var(--fd-warning-soft);
        color: var(--fd-warning);
        font-size: 15px;
      }
      .refusal p {
        flex: 1;
        overflow-wrap: anywhere;
      }
      footer {
        border-block-start: 1px solid var(--fd-border);
        padding-block-end: env(safe-area-inset-bottom);
      }
      .act {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 16px;
        padding: 12px var(--desk-inset);
        font-size: 15px;
      }
      .act .button {
        min-inline-size: 120px;
      }
      .act [aria-disabled='true'] {
        opacity: 0.55;
        cursor: default;
      }
      .time {
        font-variant-numeric: tabular-nums;
      }
      .muted {
        color: var(--fd-muted);
        font-size: 14px;
      }
      .over {
        padding: 18px 20px;
        color: var(--fd-muted);
        font-size: 15px;
        text-align: center;
      }
      .confirm {
        display: grid;
        gap: 8px;
        padding: 14px var(--desk-inset) 16px;
        font-size: 15px;
      }
      .confirm label {
        color: var(--fd-muted);
        font-size: 14px;
        margin-block-end: -4px;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-block-start: 4px;
      }
    `,
  ]
}

function verifiedMark({ customer }: OpenRequest, words: DeskWords) {
  if (!customer.verified) return nothing
  return html`<span class="verified" title=${words.verifiedMore}>${icons.verified}<span class="visually-hidden">${words.verified}</span></span>`
}

/** Who the customer is, and what they answered. */
function details(request: OpenRequest, conversation: DeskConversation, words: DeskWords) {
  const { customer } = request
  const labels = fieldLabels(conversation)
  const answers = Object.entries(request.details ?? {})
  return html`<details ?open=${!isCramped()}>
    <summary>
      ${words.details}<span class="brief">${customer.email ?? ''}</span>${icons.down}
    </summary>
    <div class="facts" role="group" aria-label=${words.details} tabindex="0">
      <dl>
        ${fact(words.name, customer.name)} ${fact(words.email, customer.email, customer.verified ? words.verified : '')}
        ${fact(words.externalId, customer.externalId)}
        ${answers.map(([id, answer]) => fact(labels.get(id) ?? id, answer))}
        ${
          request.tags
            ? html`<div class="long">
                <dt>${words.tags}</dt>
                <dd class="tags">${tagChips(request.tags)}</dd>
              </div>`
            : nothing
        }
        ${fact(words.waitingSince, instant(request.queuedAt, words))}
        ${request.hours === 'outside' ? fact(words.opensAt, instant(request.opensAt, words)) : nothing}
        ${fact(words.conversationId, request.conversation)}
      </dl>
    </div>
  </details>`
}

function fact(label: string, value: string | null, mark = '') {
  if (!value) return nothing
  return html`<div class=${value.length + label.length > factLengthMax ? 'long' : ''}>
    <dt dir="auto">${label}</dt>
    <dd dir="auto">
      ${value} ${mark ? html`<span class="mark">${icons.verified}${mark}</span>` : nothing}
    </dd>
  </div>`
}

function isCramped(): boolean {
  return matchMedia('(max-width: 719px), (max-height: 759px)').matches
}

function instant(at: string | null, words: DeskWords): string | null {
  if (at === null) return null
  return new Intl.DateTimeFormat(words.language, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(at),
  )
}

function refusalText(refusal: DeskRefusal, words: DeskWords): string {
  if (refusal.code === 'already_accepted') return words.lost(agentName(refusal.agent, words))
  return words.rejections[refusal.code as 'not_queued'] ?? words.refusedBecause(refusal.message)
}

customElements.define('desk-conversation', ConversationPane)

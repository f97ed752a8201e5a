import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { iconButton, icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { waited } from '../../base/time.ts'
import './reply-composer.ts'
import './transcript-log.ts'
import { words } from '../language.ts'
import { agentName, customerName, languageName } from '../requests/names.ts'
import type { DeskSession } from '../state/desk-session.ts'
import type { Desk, DeskConversation } from '../state/desk-state.ts'
import { pendingAction, requestOf, sections, standing } from '../state/selectors.ts'
import { confirmForm } from './confirm-form.ts'
import { customerDetails } from './customer-details.ts'
import { refusalText } from './refusal-text.ts'

/**
 * A conversation: its customer, its transcript, and the agent's actions. Dispatches `close`, `leave` where it takes
 * the whole screen, and `pick` with another conversation.
 */
export class ConversationPane extends Part {
  @property({ attribute: false }) session!: DeskSession
  @property({ attribute: false }) desk!: Desk
  @property({ attribute: false }) conversationId!: string
  @property({ attribute: false }) now!: number
  /** Whether it takes the whole screen: the list is then one step back. */
  @property({ attribute: false }) isAlone!: boolean
  @property({ attribute: false }) isFocused!: boolean
  /** The action to confirm. */
  @state() asking: 'release' | 'end' | null = null

  #hadFocus = false

  /** Focuses where the agent continues: the question, the composer, the accept button, or else the heading. */
  override focus(): void {
    const first = this.querySelector<HTMLElement>('.confirm :is(input, button), desk-composer, .accept')
    const target = first ?? this.querySelector<HTMLElement>('h2')
    target?.focus()
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.#hadFocus = this.#hasFocus()
    const isMine = standing(this.desk, this.conversationId) === 'mine'
    if (changed.has('conversationId') || !isMine) this.asking = null
  }

  protected override updated(): void {
    // The focused element is gone, such as a button that did its work.
    if (this.#hadFocus && !this.#hasFocus()) this.focus()
  }

  protected override render() {
    const { desk, conversationId: id } = this
    const conversation = desk.conversations.get(id)
    if (!conversation) return nothing
    const request = requestOf(desk, id)
    const name = customerName(request)
    const isTyping = conversation.typingUntil > this.now - this.session.me.clockOffsetMs
    return html`
      <section class="conversation ${this.isFocused ? 'focused' : ''}" aria-labelledby="name-${id}">
        ${this.#header(request, name)}
        ${request && !conversation.isErased ? customerDetails(request, conversation) : nothing}
        <desk-transcript
          .transcript=${conversation.transcript}
          .pending=${conversation.pending}
          .isKnown=${conversation.isKnown}
          .agentId=${desk.agent?.id ?? ''}
          .customer=${name}
          .isTyping=${isTyping}
          .canWrite=${standing(desk, id) === 'mine'}
          @take-back=${(event: CustomEvent<string>) => this.session.takeBack(id, event.detail)}
        ></desk-transcript>
        ${this.#refusal(conversation)}
        <footer>${this.#footer(conversation, request, name)}</footer>
      </section>
    `
  }

  #header(request: OpenRequest | null, name: string) {
    return html`<header>
      ${this.isAlone ? iconButton(icons.back, words.back, { press: () => this.#dispatch('leave') }) : nothing}
      <div class="identity">
        <h2 id="name-${this.conversationId}" tabindex="-1">
          <span dir="auto">${name}</span>${
            request?.customer.verified
              ? html`<span class="verified" title=${words.verifiedMore}>
                  ${icons.verified}<span class="visually-hidden">${words.verified}</span>
                </span>`
              : nothing
          }
        </h2>
        ${request ? html`<p>${this.#origin(request)}</p>` : nothing}
      </div>
      ${
        this.isAlone
          ? nothing
          : iconButton(icons.close, words.closeTab(name), { press: () => this.#dispatch('close') })
      }
    </header>`
  }

  #origin({ channel, locale, hours }: OpenRequest): string {
    const parts = [channel, languageName(locale)]
    if (hours === 'outside') parts.push(words.outOfHours)
    return parts.join(' · ')
  }

  #refusal({ id, refusal }: DeskConversation) {
    if (!refusal) return nothing
    return html`<div class="refusal" role="alert">
      ${icons.alert}
      <p>${refusalText(refusal)}</p>
      <button class="button quiet" type="button" @click=${() => this.session.dismissRefusal(id)}>
        ${words.dismiss}
      </button>
    </div>`
  }

  #footer(conversation: DeskConversation, request: OpenRequest | null, name: string) {
    const { desk } = this
    switch (standing(desk, conversation.id)) {
      case 'waiting':
        return this.#acceptance(conversation, request)
      case 'mine':
        return this.#reply(conversation, name)
      case 'others':
        return html`<p class="over">${words.isAnswering(agentName(request?.agent))}</p>`
      case 'over':
        return this.#over(conversation, request)
      case 'unknown':
        return nothing
    }
  }

  #over(conversation: DeskConversation, request: OpenRequest | null) {
    const [next] = sections(this.desk).waiting
    const openNext = () => this.dispatchEvent(new CustomEvent('pick', { detail: next?.conversation }))
    return html`<div class="over">
      <p role="status">${this.#endText(conversation, request)}</p>
      <div class="actions">
        ${
          next
            ? html`<button class="button primary" type="button" @click=${openNext}>${words.nextRequest}</button>`
            : nothing
        }
        <button
          class="button"
          type="button"
          @click=${() => this.#dispatch(this.isAlone ? 'leave' : 'close')}
        >${this.isAlone ? words.back : words.close}</button>
      </div>
    </div>`
  }

  #acceptance(conversation: DeskConversation, request: OpenRequest | null) {
    const { session } = this
    const pending = pendingAction(conversation)
    const accept = () => {
      if (!pending) session.accept(conversation.id)
    }
    // The button keeps the focus while it works, so it is not `disabled`.
    return html`<div class="acceptance">
      <p>
        <b>${words.waiting}</b> · <span class="count">${waited(request?.queuedAt ?? null, this.now)}</span><br />
        <span class="hint">${words.acceptHint}</span>
      </p>
      <button
        class="button primary accept"
        type="button"
        aria-disabled=${pending ? 'true' : 'false'}
        @click=${accept}
      >
        ${pending === 'accept' ? words.accepting : words.accept}
      </button>
    </div>`
  }

  #reply(conversation: DeskConversation, name: string) {
    const { session } = this
    const { id } = conversation
    const pending = pendingAction(conversation)
    if (pending === 'release' || pending === 'end')
      return html`<p class="over" role="status">${pending === 'end' ? words.ending : words.releasing}</p>`
    if (this.asking)
      return confirmForm(this.asking, id, {
        end: () => session.end(id),
        release: (reason) => session.release(id, reason),
        cancel: () => this.#ask(null),
      })
    return html`<desk-composer
      .text=${conversation.draft}
      .conversationId=${id}
      .customer=${name}
      @draft=${(event: CustomEvent<string>) => session.draft(id, event.detail)}
      @say=${(event: CustomEvent<string>) => session.say(id, event.detail)}
      @ask-release=${() => this.#ask('release')}
      @ask-end=${() => this.#ask('end')}
    ></desk-composer>`
  }

  #endText({ status, isErased }: DeskConversation, request: OpenRequest | null): string {
    const { desk } = this
    if (isErased) return words.erased
    if (request?.state === 'withdrawn') return words.withdrawn
    if (!status?.reason) return words.over
    const isByMe = status.reason === 'agent' && request?.agent?.id === desk.agent?.id
    return isByMe ? words.endedByYou : words.ended[status.reason]
  }

  #ask(action: 'release' | 'end' | null): void {
    this.asking = action
    void this.updateComplete.then(() => this.focus())
  }

  #dispatch(type: 'close' | 'leave'): void {
    this.dispatchEvent(new CustomEvent(type))
  }

  #hasFocus(): boolean {
    return this.isConnected && this.contains(this.page.activeElement)
  }
}

customElements.define('desk-conversation', ConversationPane)

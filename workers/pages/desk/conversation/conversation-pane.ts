import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import type { SavedReply } from '../../../../schemas/protocol/desk.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { secondMs, waited } from '../../base/time.ts'
import './action-dialog.ts'
import './reply-composer.ts'
import type { Said } from './reply-composer.ts'
import './transcript-log.ts'
import { words } from '../language.ts'
import { filledReply } from '../replies/matching.ts'
import { agentName, customerName } from '../requests/names.ts'
import type { DeskSession } from '../state/desk-session.ts'
import type { Desk, DeskConversation } from '../state/desk-state.ts'
import { nextRequest, offeredTo, pendingAction, requestOf, standing } from '../state/selectors.ts'
import type { AskedAction } from './action-dialog.ts'
import { conversationHeader, type HeaderAction } from './conversation-header.ts'
import { refusalText } from './refusal-text.ts'
import type { ReplyComposer } from './reply-composer.ts'

const noReplies: readonly SavedReply[] = []

/**
 * A conversation: its header, its transcript, and the agent's reply. Dispatches `leave`, `show-customer`, and `pick`
 * with another conversation.
 */
export class ConversationPane extends Part {
  @property({ attribute: false }) session!: DeskSession
  @property({ attribute: false }) desk!: Desk
  @property({ attribute: false }) conversationId!: string
  @property({ attribute: false }) now!: number
  /** Whether it takes the whole screen: the list is then one step back. */
  @property({ attribute: false }) isAlone!: boolean
  /** Whether the customer's pane stands beside it. */
  @property({ attribute: false }) hasCustomer!: boolean
  /** Whether it ends in a few seconds, unless the agent undoes it. */
  @property({ attribute: false }) isEnding!: boolean
  /** The action to confirm. */
  @state() asking: AskedAction | null = null
  /** Whether the agent writes a note for colleagues. */
  @state() isNoting = false

  #hadFocus = false
  #couldProceed = false

  /** Focuses where the agent continues: the composer, the accept button, the next request, or else the heading. */
  override focus(): void {
    const target =
      this.querySelector<HTMLElement>('.proceed') ??
      this.querySelector<HTMLElement>('desk-composer') ??
      this.querySelector<HTMLElement>('h2')
    target?.focus()
  }

  /** Asks before an action, if it may be done now; an end can be undone instead. */
  ask(action: HeaderAction): void {
    const present = standing(this.desk, this.conversationId)
    const isPossible = action === 'takeOver' ? present === 'others' : present === 'mine'
    if (!isPossible || this.isEnding) return
    if (action === 'end') this.session.end(this.conversationId)
    else this.asking = action
  }

  /** Focuses the composer, for a reply or for a note. */
  write(isNote: boolean): void {
    this.isNoting = isNote
    void this.updateComplete.then(() => this.querySelector<ReplyComposer>('desk-composer')?.focus())
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.#hadFocus = this.#hasFocus()
    if (changed.has('conversationId')) {
      this.isNoting = false
      this.asking = null
    }
    // It was answered meanwhile, such as by the end of the conversation.
    const present = standing(this.desk, this.conversationId)
    if (this.asking && present !== (this.asking === 'takeOver' ? 'others' : 'mine')) this.asking = null
  }

  protected override updated(): void {
    const canProceed = this.querySelector('.proceed') !== null
    const isIdle = this.page.activeElement?.localName === 'h2'
    // The focused element is gone, such as a button that did its work; the way on may come later.
    if (this.#hadFocus && (!this.#hasFocus() || (isIdle && canProceed && !this.#couldProceed))) this.focus()
    this.#couldProceed = canProceed
  }

  protected override render() {
    const { desk, conversationId: id } = this
    const conversation = desk.conversations.get(id)
    if (!conversation) return nothing
    const request = requestOf(desk, id)
    const name = customerName(request)
    const isTyping = conversation.typingUntil > this.now - this.session.me.clockOffsetMs
    return html`
      <section class="conversation" aria-labelledby="name-${id}">
        ${conversationHeader(desk, conversation, this.now, {
          ask: (action) => this.ask(action),
          leave: this.isAlone ? () => this.#dispatch('leave') : undefined,
          showCustomer: this.hasCustomer ? undefined : () => this.#dispatch('show-customer'),
        })}
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
      ${
        this.asking
          ? html`<desk-action
              .session=${this.session}
              .desk=${desk}
              .conversationId=${id}
              .action=${this.asking}
              @answered=${this.#answered}
            ></desk-action>`
          : nothing
      }
    `
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
    switch (standing(this.desk, conversation.id)) {
      case 'waiting':
        return html`${this.#kept(conversation)}${this.#acceptance(conversation, request)}`
      case 'mine':
        return this.#mine(conversation, name)
      case 'others':
        return html`${this.#kept(conversation)}${this.#composer(conversation, name, true)}`
      case 'over':
        return this.#over(conversation, request)
      case 'unknown':
        return nothing
    }
  }

  #mine(conversation: DeskConversation, name: string) {
    if (this.isEnding) return this.#over(conversation, null)
    const pending = pendingAction(conversation)
    if (pending && pending !== 'accept')
      return html`<p class="over" role="status">${words.doing[pending]}</p>`
    return this.#composer(conversation, name, false)
  }

  /** The colleague who has taken it over, and the agent's draft, which the composer has again if the agent is back. */
  #kept({ takenBy, draft }: DeskConversation) {
    if (!takenBy && draft === '') return nothing
    return html`<div class="kept">
      ${takenBy ? html`<p role="status"><b>${words.takenOver(agentName(takenBy))}</b></p>` : nothing}
      ${draft === '' ? nothing : html`<p class="hint">${words.keptDraft}</p><p class="text" dir="auto">${draft}</p>`}
    </div>`
  }

  #composer({ id, draft, noteDraft, pending }: DeskConversation, name: string, isNotesOnly: boolean) {
    const { session } = this
    const isNoting = isNotesOnly || this.isNoting
    const isTaking = pending.some(({ event }) => event.type === 'accept')
    return html`${isTaking ? html`<p class="hint over" role="status">${words.accepting}</p>` : nothing}<desk-composer
      .text=${isNoting ? noteDraft : draft}
      .conversationId=${id}
      .customer=${name}
      .isNote=${isNoting}
      .isNotesOnly=${isNotesOnly}
      .accepted=${this.desk.files}
      .replies=${isNoting ? noReplies : this.desk.replies}
      .filled=${this.#filled}
      @mode=${(event: CustomEvent<boolean>) => this.write(event.detail)}
      @draft=${(event: CustomEvent<string>) => session.draft(id, event.detail, isNoting)}
      @say=${({ detail: { text, attachments } }: CustomEvent<Said>) =>
        isNoting ? session.note(id, text) : session.say(id, text, attachments)}
    ></desk-composer>`
  }

  #filled = (reply: SavedReply): string =>
    filledReply(reply, requestOf(this.desk, this.conversationId), this.desk.agent?.name ?? '')

  #acceptance(conversation: DeskConversation, request: OpenRequest | null) {
    const { session, desk } = this
    const { id } = conversation
    const pending = pendingAction(conversation)
    const offered = request ? offeredTo(desk, request) : 'all'
    const seconds = Math.max(0, Math.ceil((Date.parse(request?.offer?.until ?? '') - this.now) / secondMs))
    const act = (does: () => void) => () => {
      if (!pending && offered !== 'other') does()
    }
    const text = {
      me: words.offeredToYou,
      other: words.offeredTo(agentName(request?.offer?.agent)),
      all: words.waiting,
    }[offered]
    const time = offered === 'all' ? waited(request?.queuedAt ?? null, this.now) : `${seconds} s`
    // The button keeps the focus while it works, so it is not `disabled`.
    return html`<div class="acceptance">
      <p>
        <b>${text}</b> · <span class="count">${time}</span><br />
        <span class="hint">${offered === 'other' ? words.offeredHint : words.acceptHint}</span>
      </p>
      ${
        offered === 'me'
          ? html`<button class="button" type="button" @click=${act(() => session.release(id))}>
              ${words.decline}
            </button>`
          : nothing
      }
      <button
        class="button primary proceed"
        type="button"
        aria-disabled=${pending || offered === 'other' ? 'true' : 'false'}
        @click=${act(() => session.accept(id))}
      >
        ${pending === 'accept' ? words.accepting : words.accept}
      </button>
    </div>`
  }

  #over(conversation: DeskConversation, request: OpenRequest | null) {
    const next = nextRequest(this.desk, conversation.id)
    return html`<div class="over">
      <p role="status">${this.#endText(conversation, request)}</p>
      <div class="actions">
        <button class="button" type="button" @click=${() => this.#dispatch('leave')}>
          ${this.isAlone ? words.back : words.close}
        </button>
        ${
          next
            ? html`<button
                class="button primary proceed"
                type="button"
                aria-keyshortcuts="Alt+N"
                @click=${() => this.dispatchEvent(new CustomEvent('pick', { detail: next.conversation }))}
              >
                ${words.nextRequest}<kbd>${words.nextKey}</kbd>
              </button>`
            : nothing
        }
      </div>
    </div>`
  }

  #endText({ status, isErased }: DeskConversation, request: OpenRequest | null): string {
    const { desk } = this
    if (isErased) return words.erased
    if (this.isEnding) return words.endedByYou
    if (request?.state === 'withdrawn') return status?.state === 'queued' ? words.passedOn : words.withdrawn
    if (!status?.reason) return words.over
    const isByMe = status.reason === 'agent' && request?.agent?.id === desk.agent?.id
    return isByMe ? words.endedByYou : words.ended[status.reason]
  }

  #answered(): void {
    this.asking = null
    void this.updateComplete.then(() => this.focus())
  }

  #dispatch(type: 'leave' | 'show-customer'): void {
    this.dispatchEvent(new CustomEvent(type))
  }

  #hasFocus(): boolean {
    return this.isConnected && this.contains(this.page.activeElement)
  }
}

customElements.define('desk-conversation', ConversationPane)

import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { RequestCustomer } from '../../../../schemas/conversation/customer.ts'
import type { SearchAnswer, SearchedConversation } from '../../../../schemas/protocol/search.ts'
import { ask } from '../../base/ask.ts'
import { Part } from '../../base/part.ts'
import { dayOfYear } from '../conversation/times.ts'
import { words } from '../language.ts'

const shownMax = 10
/** The pause while a notifier still reads, and how often it is asked again. */
const soonMs = 1_000
const triesMax = 30

/** Former conversations of the same customer, by external id or e-mail address. Dispatches `pick` with one, which bubbles. */
export class EarlierConversations extends Part {
  @property({ attribute: false }) workspace!: string
  @property({ attribute: false }) conversationId!: string
  @property({ attribute: false }) customer!: RequestCustomer
  @state() found: SearchedConversation[] = []
  @state() isMore = false
  #asked = ''

  protected override willUpdate(_: PropertyValues): void {
    const { externalId, email } = this.customer
    const asked = JSON.stringify([this.workspace, this.conversationId, externalId, email])
    if (asked === this.#asked) return
    this.#asked = asked
    this.found = []
    if (externalId !== null || email !== null) void this.#ask(asked)
  }

  protected override render() {
    const { found, isMore } = this
    if (found.length === 0) return nothing
    return html`<h3>${words.earlier(`${found.length}${isMore ? '+' : ''}`)}</h3>
      <ul class="earlier">
        ${found.map(
          ({ conversation: id, at, need }) => html`<li>
            <button
              type="button"
              @click=${() => this.dispatchEvent(new CustomEvent('pick', { detail: id, bubbles: true, composed: true }))}
            >
              <time datetime=${at}>${dayOfYear(at)}</time>
              <span dir="auto">${need ?? html`<i>${words.noNeed}</i>`}</span>
            </button>
          </li>`,
        )}
      </ul>`
  }

  async #ask(asked: string, tries = 0): Promise<void> {
    const { externalId, email } = this.customer
    const query = new URLSearchParams({ workspace: this.workspace, limit: String(shownMax + 1) })
    if (externalId !== null) query.set('externalId', externalId)
    if (email !== null) query.set('email', email)
    const answer = await ask<SearchAnswer>('GET', `/v1/desk/conversations?${query}`)
    if (asked !== this.#asked || !this.isConnected) return
    if (answer.ok) {
      const others = answer.value.conversations.filter((one) => one.conversation !== this.conversationId)
      this.found = others.slice(0, shownMax)
      this.isMore = answer.value.isMore || others.length > shownMax
    }
    if ((!answer.ok || answer.value.progress) && tries < triesMax)
      this.afterPause(soonMs, () => this.#ask(asked, tries + 1))
  }
}

customElements.define('desk-earlier', EarlierConversations)

import { html, nothing, type TemplateResult } from 'lit'
import { iconButton, icons } from '../../base/icons.ts'
import { waited } from '../../base/time.ts'
import { words } from '../language.ts'
import { agentName, customerName, presenceText } from '../requests/names.ts'
import type { Desk, DeskConversation } from '../state/desk-state.ts'
import { requestOf, type Standing, standing, turnOf } from '../state/selectors.ts'
import type { AskedAction } from './action-dialog.ts'

/** `end` needs no question: it can be undone. */
export type HeaderAction = AskedAction | 'end'

interface HeaderActions {
  ask(action: HeaderAction): void
  /** Shows the customer, where that pane has no room. */
  showCustomer?: (() => void) | undefined
  /** Goes back to the list, where the conversation takes the whole screen. */
  leave?: (() => void) | undefined
}

const actionsOf: Record<Standing, [action: HeaderAction, icon: TemplateResult][]> = {
  waiting: [],
  mine: [
    ['transfer', icons.transfer],
    ['release', icons.release],
    ['end', icons.end],
  ],
  others: [['takeOver', icons.takeOver]],
  over: [],
  unknown: [],
}

/** The customer's name, whether they are there, how long they wait, and what may be done. `now` in epoch milliseconds. */
export function conversationHeader(
  desk: Desk,
  conversation: DeskConversation,
  now: number,
  { ask, leave, showCustomer }: HeaderActions,
) {
  const { id } = conversation
  const request = requestOf(desk, id)
  const name = customerName(request)
  const actions = actionsOf[standing(desk, id)]
  return html`<header>
    ${leave ? iconButton(icons.back, words.back, { press: leave }) : nothing}
    <div class="identity">
      <h2 id="name-${id}" tabindex="-1">
        <span dir="auto">${name}</span>${
          request?.customer.verified
            ? html`<span class="verified" title=${words.verifiedMore}>
                ${icons.verified}<span class="visually-hidden">${words.verified}</span>
              </span>`
            : nothing
        }
      </h2>
      <p>${stateText(desk, conversation, now)}</p>
    </div>
    ${actions.map(
      ([action, icon]) =>
        html`<button
          class="button quiet act"
          type="button"
          title=${words.actions[action]}
          @click=${() => ask(action)}
        >
          ${icon}<span>${words.actions[action]}</span>
        </button>`,
    )}
    ${showCustomer ? iconButton(icons.customer, words.customer, { press: showCustomer }) : nothing}
  </header>`
}

/** Whether the customer is there, and since when who waits for whom. */
function stateText(desk: Desk, conversation: DeskConversation, now: number) {
  const { id } = conversation
  const presence = desk.presence.get(id)
  const wait = waitText(desk, conversation, now)
  return html`${
    presence
      ? html`<span class="here"><i class="presence ${presence.state}" aria-hidden="true"></i>${presenceText(
          presence,
          now,
        )}</span>`
      : nothing
  }${presence && wait ? ' · ' : nothing}<span class="count">${wait}</span>`
}

function waitText(desk: Desk, conversation: DeskConversation, now: number): string {
  const request = requestOf(desk, conversation.id)
  const turn = turnOf(conversation)
  switch (standing(desk, conversation.id)) {
    case 'waiting':
      return words.waits(waited(request?.queuedAt ?? null, now))
    case 'mine':
      if (!turn) return ''
      return turn.isAgents ? words.waits(waited(turn.since, now)) : words.answered(waited(turn.since, now))
    case 'others':
      if (!turn?.isAgents) return words.isWith(agentName(request?.agent))
      return words.waitsFor(agentName(request?.agent), waited(turn.since, now))
    default:
      return ''
  }
}

import { html, nothing } from 'lit'
import { guard } from 'lit/directives/guard.js'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { waited } from '../../base/time.ts'
import { words } from '../language.ts'
import type { Desk } from '../state/desk-state.ts'
import { lastOfCustomer, offeredTo, type Sections, turnOf, unread } from '../state/selectors.ts'
import { customerAvatar } from './avatar.ts'
import { agentName, customerName, originOf } from './names.ts'
import { tagMarks } from './tag-marks.ts'

/** The conversation shows the other tags. */
const tagsMax = 1

export interface RowContext {
  desk: Desk
  /** In epoch milliseconds. */
  now: number
  section: keyof Sections
  /** Whether the requests come from more than one channel. */
  hasChannels: boolean
  /** Whether the row is in the tab order. */
  isCurrent: boolean
  pick(id: string): void
  focused(id: string): void
}

/** A request in the list: who, whose turn it is and since when, and what the customer said last. */
export function requestRow(request: OpenRequest, context: RowContext) {
  const { desk, section, hasChannels, isCurrent } = context
  const { conversation: id } = request
  const conversation = desk.conversations.get(id)
  const presence = desk.presence.get(id)?.state
  const aside = asideOf(request, context)
  const isShown = desk.shown === id
  const parts = [request, conversation?.transcript, conversation?.seen, presence]
  const looks = [section, aside.text, hasChannels, isCurrent, isShown]
  // Many rows, of which few change: a message of one customer draws one row.
  return guard([...parts, ...looks], () => {
    const text = (section === 'mine' ? lastOfCustomer(conversation)?.message.text : null) ?? request.need
    const origin = originOf(request, hasChannels)
    return html`<button
      class="request ${section}"
      type="button"
      data-id=${id}
      tabindex=${isCurrent ? 0 : -1}
      aria-current=${isShown ? 'true' : nothing}
      @click=${() => context.pick(id)}
      @focus=${() => context.focused(id)}
    >
      ${customerAvatar(request, presence)}
      <span class="line">
        <span class="name" dir="auto">${customerName(request)}</span>
        ${presence ? html`<span class="visually-hidden">${words.presence[presence]}</span>` : nothing}
        ${origin ? html`<span class="where">${origin}</span>` : nothing}
        <span class="since">${levelMark(request, aside)}<span class="aside">${aside.text}</span></span>
      </span>
      <span class="line">
        <span class="need" dir="auto">${text ?? html`<i>${words.noNeed}</i>`}</span>
        ${marks(request)}
        ${section === 'mine' && conversation ? unreadBadge(unread(conversation)) : nothing}
      </span>
    </button>`
  })
}

interface Aside {
  text: string
  /** Whether the agent's answer is due. */
  isDue: boolean
}

/** Since when it is whose turn, or who has it. */
function asideOf(request: OpenRequest, { desk, now, section }: RowContext): Aside {
  if (section === 'others') return { text: agentName(request.agent), isDue: false }
  if (section === 'waiting') {
    const { offer } = request
    const isOthers = offer && offeredTo(desk, request) === 'other'
    return {
      text: isOthers ? words.offeredTo(agentName(offer.agent)) : waited(request.queuedAt, now),
      isDue: false,
    }
  }
  const conversation = desk.conversations.get(request.conversation)
  const turn = conversation && turnOf(conversation)
  return { text: turn ? waited(turn.since, now) : '', isDue: turn?.isAgents ?? false }
}

/** A dot, since on a busy morning every row has one. */
function levelMark({ urgency, unattendedSince }: OpenRequest, { isDue }: Aside) {
  const level = urgency ?? (unattendedSince ? 'unattended' : isDue ? 'due' : undefined)
  if (!level) return nothing
  const label = words.levels[level]
  return html`<span class="level ${level}" title=${label}></span>
    <span class="visually-hidden">${label}</span>`
}

/** A badge with the number of unread messages, if any. */
function unreadBadge(count: number) {
  if (count === 0) return nothing
  return html`<span class="badge" aria-hidden="true">${count}</span>
    <span class="visually-hidden">${words.unread(count)}</span>`
}

function marks({ hours, tags }: OpenRequest) {
  if (hours !== 'outside' && !tags?.length) return nothing
  return html`<span class="marks">
    ${hours === 'outside' ? html`<span class="mark">${words.outOfHours}</span>` : nothing}
    ${tagMarks(tags, tagsMax)}
  </span>`
}

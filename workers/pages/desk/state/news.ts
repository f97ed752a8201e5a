import type { Agent } from '../../../../schemas/conversation/event.ts'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import type { Desk } from './desk-state.ts'
import { offeredTo, pendingAction, requestOf, sections } from './selectors.ts'

/** A change that the agent is told of, wherever they look. */
export interface News {
  kind:
    | 'request'
    | 'offer'
    | 'reply'
    /** The agent has not answered for long. */
    | 'unattended'
    /** A colleague has taken an own conversation over. */
    | 'takenOver'
    /** An own conversation is back in the queue, without the agent's doing. */
    | 'returned'
  request: OpenRequest
  /** The customer's text, with `request` and `reply`. */
  text?: string | undefined
  /** With `takenOver`. */
  agent?: Agent | undefined
}

/** The news between two states of the desk; none while the first list arrives. */
export function newsBetween(before: Desk, after: Desk): News[] {
  if (!before.isKnown) return []
  const listed = before.requests === after.requests ? [] : requestNews(before, after)
  return before.conversations === after.conversations ? listed : [...listed, ...replies(before, after)]
}

function requestNews(before: Desk, after: Desk): News[] {
  const me = after.agent?.id
  const news: News[] = []
  for (const request of after.requests.values()) {
    const { conversation: id } = request
    if (before.requests.get(id) === request) continue
    const known = requestOf(before, id)
    const wasMine = known?.state === 'accepted' && known.agent?.id === me
    const offer = offeredTo(after, request)
    if (request.state === 'accepted') {
      if (!wasMine) continue
      if (request.agent?.id !== me) news.push({ kind: 'takenOver', request, agent: request.agent })
      else if (request.unattendedSince && !known.unattendedSince) news.push({ kind: 'unattended', request })
    } else if (wasMine) {
      const conversation = before.conversations.get(id)
      if (!conversation || !pendingAction(conversation)) news.push({ kind: 'returned', request })
    } else if (offer === 'me') {
      if (!known?.offer || known.offer.agent.id !== me) news.push({ kind: 'offer', request })
    } else if (offer === 'all' && isArrival(request, known))
      news.push({ kind: 'request', request, text: request.need ?? undefined })
  }
  return news
}

function isArrival(request: OpenRequest, known: OpenRequest | null): boolean {
  return known?.state !== 'waiting' || known.request !== request.request
}

/** The customers' new messages in the agent's own conversations, one for each. */
function replies(before: Desk, after: Desk): News[] {
  const news: News[] = []
  for (const request of sections(after).mine) {
    const known = before.conversations.get(request.conversation)
    const conversation = after.conversations.get(request.conversation)
    // A transcript that is sent for the first time is not new.
    if (!known?.isKnown || !conversation || conversation.transcript === known.transcript) continue
    const fresh = conversation.transcript.findLast(
      ({ message, sequence }) => sequence > known.last && message.author.type === 'customer',
    )
    if (fresh) news.push({ kind: 'reply', request, text: fresh.message.text })
  }
  return news
}

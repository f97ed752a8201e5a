import type { OpenRequest } from '../../../schemas/conversation/notification.ts'
import { cutText, plainLine } from '../shell/text.ts'

/** In graphemes, as all lengths here. */
const needLengthMax = 60
const nameLengthMax = 40
/** For all tags together. */
const tagsLengthMax = 60

/**
 * A request in a list: the waiting time, the customer, the channel, the need, the tags; whose it is, and since when the
 * customer has waited for an answer.
 */
export function requestLine(request: OpenRequest, now: number): string {
  const { channel, hours, need, queuedAt, tags = [], agent, offer, state, unattendedSince } = request
  const waited = queuedAt === null ? '' : duration(now - Date.parse(queuedAt))
  const about = need === null ? '' : `“${cutText(plainLine(need), needLengthMax)}”`
  const where = hours === 'during' ? channel : `${channel} (out of hours)`
  const tagged = cutText(tags.map((tag) => `[${plainLine(tag)}]`).join(' '), tagsLengthMax)
  const owner = state === 'accepted' ? agent : offer?.agent
  const name = owner && plainLine(owner.name || owner.id)
  const whose = name ? (state === 'accepted' ? `with ${name}` : `offered to ${name}`) : ''
  const late = unattendedSince && `unanswered for ${duration(now - Date.parse(unattendedSince))}`
  return [waited, customerLine(request), where, about, tagged, whose, late].filter(Boolean).join('  ')
}

/** `José <jose@example.com>` */
export function customerLine({ customer }: OpenRequest): string {
  const name = cutText(plainLine(customer.name ?? ''), nameLengthMax)
  const email = cutText(plainLine(customer.email ?? ''), nameLengthMax * 2)
  if (name && email) return `${name} <${email}>`
  return name || email || 'somebody'
}

function duration(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000)
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`
  return `${Math.floor(minutes / (24 * 60))} days`
}

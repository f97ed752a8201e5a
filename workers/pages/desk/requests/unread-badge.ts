import { html, nothing } from 'lit'
import { words } from '../language.ts'

/** How many messages of a customer's are unread, if any. */
export function unreadBadge(count: number) {
  if (count === 0) return nothing
  return html`<span class="badge" aria-hidden="true">${count}</span>
    <span class="visually-hidden">${words.unread(count)}</span>`
}

import { html, nothing } from 'lit'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import type { CustomerPresence } from '../../../../schemas/conversation/presence.ts'
import { customerName } from './names.ts'

/** The colours of circles, as in desk.css. */
const hues = 8

/** A circle with somebody's initials. `key`: the same key has the same colour everywhere. */
export function avatar(name: string, key: string, presence?: CustomerPresence['state']) {
  return html`<span class="avatar hue-${hueOf(key)}" aria-hidden="true">
    ${initials(name)}${presence ? html`<i class="presence ${presence}"></i>` : nothing}
  </span>`
}

/** A customer's circle, with a mark that says whether they are there. */
export function customerAvatar(request: OpenRequest, presence?: CustomerPresence['state']) {
  const { externalId, email } = request.customer
  return avatar(customerName(request), externalId ?? email ?? request.conversation, presence)
}

/** `Ann Lee` → `AL`: the first characters of the first and the last word. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const first = Array.from(words[0] ?? '')[0] ?? ''
  const last = words.length > 1 ? (Array.from(words.at(-1) ?? '')[0] ?? '') : ''
  return (first + last).toUpperCase()
}

function hueOf(key: string): number {
  let hash = 0
  for (const character of key) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return hash % hues
}

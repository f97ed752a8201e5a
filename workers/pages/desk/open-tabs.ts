import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { words } from './language.ts'
import { customerName } from './requests/names.ts'
import { unreadBadge } from './requests/unread-badge.ts'
import type { Desk } from './state/desk-state.ts'
import { requestOf, unread } from './state/selectors.ts'

/** Tabs for the open conversations, where there is not room for all of them. */
export function openTabs(desk: Desk, visible: string[], open: (id: string) => void) {
  return html`<ul class="open-tabs" aria-label=${words.openConversations}>
    ${repeat(
      desk.tabs,
      (id) => id,
      (id) => {
        const conversation = desk.conversations.get(id)
        const isVisible = visible.includes(id)
        const count = conversation && !isVisible ? unread(conversation) : 0
        return html`<li>
          <button
            class="tab ${isVisible ? 'visible' : ''}"
            type="button"
            aria-current=${id === desk.focused ? 'true' : nothing}
            @click=${() => open(id)}
          >
            <span dir="auto">${customerName(requestOf(desk, id))}</span>
            ${unreadBadge(count)}
          </button>
        </li>`
      },
    )}
  </ul>`
}

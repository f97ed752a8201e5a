import type { WidgetWords } from '../base/words.ts'
import type { ShownConversation } from './conversation.ts'
import type { CustomerAction } from './customer-session.ts'
import type { WidgetDraft } from './memory.ts'

/** Everything that the widget renders. */
export interface WidgetView {
  words: WidgetWords
  /** For dates. */
  locale: string
  title: string
  direction: string
  isOpen: boolean
  /** Whether the panel fills its element, without a launcher. */
  isInline: boolean
  unread: number
  conversation: ShownConversation
  draft: WidgetDraft
  /** Whether the draft's text is over its limit. */
  isTooLong: boolean
  /** Not connected: not yet, or no longer. */
  isOffline: boolean
  /** Whether the connection was lost, or could not be made. */
  isCut: boolean
  /** A sentence on what went wrong; or empty. */
  trouble: string
  isAskingToEnd: boolean
  /** Whether a message arrived below the visible part. */
  hasNewBelow: boolean
  actions: WidgetActions
}

export interface WidgetActions {
  toggle(): void
  askToEnd(isAsking: boolean): void
  end(): void
  startAnew(): void
  write(text: string): void
  say(): void
  deliver(action: CustomerAction): void
  fill(field: string, value: string): void
  submit(): void
  scrolled(): void
  scrollToEnd(): void
}

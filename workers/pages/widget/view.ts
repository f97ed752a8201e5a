import type { WidgetWords } from '../base/words.ts'
import type { MoreParts } from './load-more.ts'
import type { CustomerSession } from './session/customer-session.ts'

/** Everything that the widget renders. */
export interface WidgetView {
  words: WidgetWords
  /** For dates. */
  locale: string
  title: string
  /** The address of an image. */
  logo: string | undefined
  direction: string
  isOpen: boolean
  /** Whether the panel fills its element, without a launcher. */
  isInline: boolean
  root: ShadowRoot
  session: CustomerSession
  /** The parts of a script of their own, once it is loaded. */
  more: MoreParts | undefined
  /** The fault of what the customer writes. */
  mistake: 'tooLong' | ''
  isAskingToEnd: boolean
  /** Whether a message arrived below the visible part. */
  hasNewBelow: boolean
  actions: WidgetActions
}

export interface WidgetActions {
  toggle(): void
  /** Called when the browser may have closed the panel, as by a phone's gesture. */
  closed(event: Event): void
  askToEnd(isAsking: boolean): void
  end(): void
  startAnew(): void
  write(text: string): void
  say(): void
  scrolled(): void
  scrollToEnd(): void
}

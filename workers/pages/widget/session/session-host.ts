import type { WidgetLook } from '../../../../schemas/configuration/look.ts'
import type { CustomerEvent, GatewayFrame } from '../../../../schemas/protocol/widget.ts'
import type { ShownConversation } from '../../../client/conversation.ts'

/** Frames to show without a gateway, and callbacks for the customer's actions. */
export interface WidgetPreview {
  frames: GatewayFrame[]
  deliver?: (event: CustomerEvent) => void
  startAnew?: () => void
  look?: WidgetLook
}

/** An element that shows a session. */
export interface SessionHost {
  locale(): string
  /** Facts that the page tells of its customer, for agents; `undefined`: none. */
  facts(): Record<string, string> | undefined
  /** Whether the browser is others', too: it keeps nothing. */
  isForgetful(): boolean
  /** Whether the customer sees its panel. */
  isOpen(): boolean
  setOpen(isOpen: boolean): void
  /** Whether unread messages neither sound nor mark the page's title. */
  isQuiet(): boolean
  /** Renders soon. */
  update(): void
  /** Scrolls to the end of the transcript. Called after each action of the customer, and before a new conversation. */
  showEnd(): void
  /** Called before a frame changes the transcript. */
  receiving(): void
  /** Called after a frame, once it has changed the transcript. */
  received(frame: GatewayFrame, before: ShownConversation): void
  /** Dispatches `frontdesk-<name>`. */
  notify(name: string, detail?: object): void
}

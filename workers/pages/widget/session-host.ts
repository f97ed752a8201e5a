import type { CustomerEvent, GatewayFrame } from '../../../schemas/protocol/widget.ts'
import type { ShownConversation } from './conversation.ts'

/** Frames to show without a gateway, and callbacks for the customer's actions. */
export interface WidgetPreview {
  frames: GatewayFrame[]
  deliver?: (event: CustomerEvent) => void
  startAnew?: () => void
}

/** The element that shows a session. */
export interface SessionHost {
  /** The session's gateway, whose URL ends with a slash, channel and locale. */
  place(): { gateway: URL; channel: string; locale: string }
  /** Whether the customer sees the panel. */
  isOpen(): boolean
  setOpen(isOpen: boolean): void
  /** Renders soon. */
  update(): void
  /** Shows the end of the transcript. */
  showEnd(): void
  /** Called when the shown conversation is replaced by another one, or by none. */
  restarted(): void
  /** Called before a frame changes the transcript. */
  receiving(): void
  /** Called after it, once the transcript is complete. */
  received(frame: GatewayFrame, before: ShownConversation): void
  /** Dispatches `frontdesk-<name>`. */
  notify(name: string, detail?: object): void
}

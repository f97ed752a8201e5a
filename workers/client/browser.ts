/** The module `frontdesk/client/browser`: a customer's conversation through the gateway. It also runs in Node. */

export type { Attachment } from '../../schemas/conversation/attachment.ts'
export type { FormField, Message } from '../../schemas/conversation/record.ts'
export type {
  CustomerEvent,
  CustomerStatus,
  GatewayFrame,
  WidgetFrame,
} from '../../schemas/protocol/widget.ts'
export type { ConnectionState } from './connection.ts'
export type { CustomerAction, SentEvent, ShownConversation, TranscriptLine } from './conversation.ts'
export {
  type ConversationOver,
  CustomerClient,
  type CustomerHandlers,
  type CustomerOptions,
} from './customer-client.ts'
export { FileError, readFile, uploadFile } from './files.ts'
export type { SocketClass, WebSocketLike } from './page.ts'

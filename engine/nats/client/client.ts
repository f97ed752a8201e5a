/** The module `frontdesk/client`: clients over NATS, for Node. */

export type { Agent, Payload } from '../../../schemas/conversation/event.ts'
export type { Notification, OpenRequest } from '../../../schemas/conversation/notification.ts'
export type { Message, Rejection, RejectionCode, Status } from '../../../schemas/conversation/record.ts'
export type { OpenRequests, RequestChanged } from '../views/open-requests.ts'
export type { PresentDesk } from '../views/present-desk.ts'
export {
  type AnswerTurn,
  BotClient,
  type BotEventType,
  type BotOptions,
  type BotReply,
} from './bot-client.ts'
export type { AskedTurn, RefusedAnswer } from './bot-turns.ts'
export { ClientError, type ClientErrorCode } from './client-error.ts'
export type { FollowedNotification } from './follow-notifications.ts'
export type {
  ClientOptions,
  EventOutcome,
  FollowedRecord,
  FollowOptions,
  SendOptions,
} from './role-client.ts'
export { WidgetClient, type WidgetEventType } from './widget-client.ts'
export { type AgentEventType, type WorkspaceAgent, WorkspaceClient } from './workspace-client.ts'

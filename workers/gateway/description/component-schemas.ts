import { z } from 'zod'
import { bot } from '../../../schemas/configuration/bot.ts'
import { channel } from '../../../schemas/configuration/channel.ts'
import { widgetLook } from '../../../schemas/configuration/look.ts'
import { reply } from '../../../schemas/configuration/reply.ts'
import { calendar, schedule } from '../../../schemas/configuration/schedule.ts'
import { workspace } from '../../../schemas/configuration/workspace.ts'
import { attachment } from '../../../schemas/conversation/attachment.ts'
import {
  customer,
  customerAttribute,
  requestCustomer,
  visitedPage,
} from '../../../schemas/conversation/customer.ts'
import { directGet } from '../../../schemas/conversation/direct-get.ts'
import { payloads } from '../../../schemas/conversation/event.ts'
import { notification, openRequest } from '../../../schemas/conversation/notification.ts'
import { customerPresence, deskPresence, team, typist } from '../../../schemas/conversation/presence.ts'
import {
  botTurn,
  formField,
  message,
  note,
  rating,
  record,
  rejection,
  requestChange,
  status,
} from '../../../schemas/conversation/record.ts'
import * as admin from '../../../schemas/protocol/admin.ts'
import * as audit from '../../../schemas/protocol/audit.ts'
import * as desk from '../../../schemas/protocol/desk.ts'
import { drawing } from '../../../schemas/protocol/drawing.ts'
import { healthAnswer, liveAnswer, readinessAnswer } from '../../../schemas/protocol/health.ts'
import * as inspector from '../../../schemas/protocol/inspector.ts'
import { numbersAnswer, numbersQuery, numbersQuestion } from '../../../schemas/protocol/numbers.ts'
import { progress } from '../../../schemas/protocol/progress.ts'
import { foundProblem, invalidAnswer } from '../../../schemas/protocol/refusal.ts'
import * as search from '../../../schemas/protocol/search.ts'
import { meAnswer, signInAnswer, signInQuestion } from '../../../schemas/protocol/sign-in.ts'
import { statelyFrame } from '../../../schemas/protocol/stately.ts'
import * as widget from '../../../schemas/protocol/widget.ts'
import { webhook } from '../../../schemas/webhooks/webhook.ts'
import { examples } from './examples.ts'

/** Every schema that the descriptions name, and its JSON Schema. */

/** `session.started` and the frame `hello` as parts of names: `SessionStarted`, `Hello`. */
export function pascal(name: string): string {
  return name
    .split(/[^A-Za-z]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

/** The variants of a union of frames, by their type; several variants of one type are a union. */
function framesByType(frames: z.ZodType): Map<string, z.ZodType> {
  const found = new Map<string, z.ZodType[]>()
  for (const option of (frames as z.ZodUnion<z.ZodObject[]>).options) {
    const { value } = option.shape.type as z.ZodLiteral<string>
    found.set(value, [...(found.get(value) ?? []), option])
  }
  return new Map(
    [...found].map(([type, [first, ...more]]) => [
      type,
      more.length > 0 ? z.union([first as z.ZodType, ...more]) : (first as z.ZodType),
    ]),
  )
}

const sent = {
  /** The key is the prefix of a frame's name: sent by a widget, to a widget, by a desk, to a desk, to an XState inspector. */
  Widget: widget.widgetFrame,
  ToWidget: widget.gatewayFrame,
  Desk: desk.deskFrame,
  ToDesk: desk.deskGatewayFrame,
  ToStately: statelyFrame,
} as const satisfies Record<string, z.ZodType>
export type FrameParty = keyof typeof sent

/** The types of the frames of a party, each with the name of its schema. */
export function framesOf(party: FrameParty): { type: string; schema: string }[] {
  return [...framesByType(sent[party]).keys()].map((type) => ({ type, schema: party + pascal(type) }))
}

const frames = (Object.keys(sent) as FrameParty[]).flatMap((party) =>
  [...framesByType(sent[party])].map(([type, schema]) => [party + pascal(type), schema] as const),
)

const sequence = z.string().regex(/^\d+$/)
/** The headers of an event. */
const eventHeaders = z.object({
  'Nats-Msg-Id': z
    .string()
    .optional()
    .describe('The id of the event: unique in its conversation, random, and the same on a retry.'),
})
/** The headers of a stored record, as they are published with it. */
const recordHeaders = z.looseObject({
  'Nats-Sequence': sequence.describe('The sequence of the record in the stream CONVERSATIONS.'),
  'Nats-Last-Sequence': sequence.describe(
    'The sequence of the conversation’s previous record; another one than the last that you have seen: records were missed.',
  ),
})
const notificationHeaders = z.looseObject({
  'Nats-Msg-Id': z.string().describe('Never changes: a notification that comes again has the same.'),
})
const changeHeaders = z.looseObject({
  'Nats-Sequence': sequence.describe('The revision of the key.'),
  'KV-Operation': z.enum(['DEL', 'PURGE']).optional().describe('The key was deleted: there is no body.'),
})
const documentHeaders = z.object({
  'Nats-Expected-Last-Subject-Sequence': sequence
    .optional()
    .describe('The revision that is replaced; 0: the document is new. Another one is stored: it is refused.'),
  'KV-Operation': z.enum(['DEL']).optional().describe('Deletes the document; without a body.'),
})

export const namedSchemas: Record<string, z.ZodType> = {
  ...Object.fromEntries(
    Object.entries(payloads).map(([type, schema]): [string, z.ZodType] => [pascal(type), schema]),
  ),
  ...Object.fromEntries(frames),
  EventHeaders: eventHeaders,
  RecordHeaders: recordHeaders,
  NotificationHeaders: notificationHeaders,
  ChangeHeaders: changeHeaders,
  DocumentHeaders: documentHeaders,

  ConversationRecord: record,
  Message: message,
  Note: note,
  FormField: formField,
  Attachment: attachment,
  Status: status,
  Rejection: rejection,
  RequestChange: requestChange,
  Rating: rating,
  BotTurn: botTurn,
  Customer: customer,
  CustomerAttribute: customerAttribute,
  RequestCustomer: requestCustomer,
  VisitedPage: visitedPage,
  Notification: notification,
  OpenRequest: openRequest,
  DirectGet: directGet,
  CustomerPresence: customerPresence,
  DeskPresence: deskPresence,
  Team: team,
  Typist: typist,
  QueuePlace: widget.queuePlace,

  Channel: channel,
  Schedule: schedule,
  Calendar: calendar,
  Bot: bot,
  Workspace: workspace,
  Reply: reply,
  Webhook: webhook,
  WidgetLook: widgetLook,

  Problem: foundProblem,
  Invalid: invalidAnswer,
  ChangedMeanwhile: admin.changedMeanwhile,
  SignInQuestion: signInQuestion,
  SignInAnswer: signInAnswer,
  MeAnswer: meAnswer,
  HealthAnswer: healthAnswer,
  LiveAnswer: liveAnswer,
  ReadinessAnswer: readinessAnswer,
  Progress: progress,

  StoredDocumentsAnswer: admin.storedDocumentsAnswer,
  StoredDocumentAnswer: admin.storedDocumentAnswer,
  SavedAnswer: admin.savedAnswer,
  DeletedAnswer: admin.deletedAnswer,
  RevisionsAnswer: admin.revisionsAnswer,
  DocumentRevisionAnswer: admin.documentRevisionAnswer,
  ChangedDocument: admin.changedDocument,
  HoursQuestion: admin.hoursQuestion,
  HoursAnswer: admin.hoursAnswer,
  PreviewQuestion: admin.previewQuestion,
  PreviewAnswer: admin.previewAnswer,
  BotQuestion: admin.botQuestion,
  CheckedBot: admin.checkedBot,
  BotPreviewQuestion: admin.botPreviewQuestion,
  BotPreviewAnswer: admin.botPreviewAnswer,
  BotDrawingQuestion: admin.botDrawingQuestion,
  BotDrawingAnswer: admin.botDrawingAnswer,
  Drawing: drawing,
  IcsQuestion: admin.icsQuestion,
  CalendarImport: admin.calendarImport,
  ImportAnswer: admin.importAnswer,
  NewKey: admin.newKey,
  KeysAnswer: admin.keysAnswer,
  KeyAnswer: admin.keyAnswer,
  NewKeyAnswer: admin.newKeyAnswer,
  PeopleAnswer: admin.peopleAnswer,
  PersonAnswer: admin.personAnswer,
  PersonQuestion: admin.personQuestion,
  AuditEntry: audit.auditEntry,
  AuditQuestion: audit.auditQuestion,
  AuditAnswer: audit.auditAnswer,

  NumbersQuestion: numbersQuestion,
  NumbersQuery: numbersQuery,
  NumbersAnswer: numbersAnswer,
  SearchQuestion: search.searchQuestion,
  SearchQuery: search.searchQuery,
  SearchAnswer: search.searchAnswer,
  OwnConversationsQuestion: search.ownConversationsQuestion,
  OwnConversationsAnswer: search.ownConversationsAnswer,
  PushKey: desk.pushKey,
  PushMessage: desk.pushMessage,
  NewPushSubscription: desk.newPushSubscription,
  OldPushSubscription: desk.oldPushSubscription,

  FindQuestion: inspector.findQuestion,
  FindAnswer: inspector.findAnswer,
  StuckAnswer: inspector.stuckAnswer,
  RefusalsQuestion: inspector.refusalsQuestion,
  RefusalsAnswer: inspector.refusalsAnswer,
  DeadLetterQuestion: inspector.deadLetterQuestion,
  DeadLetterAnswer: inspector.deadLetterAnswer,
  DeadLettersAnswer: inspector.deadLettersAnswer,
  InspectorFrame: inspector.inspectorFrame,
  InspectedStep: inspector.inspectedStep,
  StepAnswer: inspector.stepAnswer,
  WhatIfQuestion: inspector.whatIfQuestion,
  WhatIfAnswer: inspector.whatIfAnswer,
  TicketQuestion: inspector.ticketQuestion,
  TicketAnswer: inspector.ticketAnswer,
}

export type JsonSchema = Record<string, unknown>

/**
 * The JSON Schema of each named schema, as values are sent: defaults are not filled in. Schemas that others name are
 * references.
 *
 * @param prefix of the references: `#/components/schemas/`
 */
export function jsonSchemas(target: 'draft-2020-12' | 'draft-7', prefix: string): Record<string, JsonSchema> {
  const named = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(namedSchemas)) named.add(schema, { id })
  const { schemas } = z.toJSONSchema(named, {
    target,
    io: 'input',
    unrepresentable: 'any',
    metadata: z.globalRegistry,
    uri: (id) => prefix + id,
    override: ({ jsonSchema }) => tidy(jsonSchema as JsonSchema),
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [
      name,
      { ...schema, ...(examples[name] && { examples: examples[name] }) },
    ]),
  )
}

/** Removes what zod says of every number and record, and nobody needs to read. */
function tidy(schema: JsonSchema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  // zod's word for an array that the code does not change: in JSON Schema it is for fields that only a server sets.
  delete schema.readOnly
  const { propertyNames } = schema as { propertyNames?: JsonSchema }
  if (propertyNames && Object.keys(propertyNames).join() === 'type') delete schema.propertyNames
}

/** The names that a part of a description refers to, and those that these refer to in turn. */
export function namesIn(
  part: unknown,
  schemas: Record<string, JsonSchema>,
  prefix: string,
  found = new Set<string>(),
): Set<string> {
  for (const [, name = ''] of JSON.stringify(part).matchAll(new RegExp(`"${prefix}(\\w+)"`, 'g'))) {
    if (found.has(name)) continue
    if (!schemas[name]) throw new Error(`a description refers to ${name}: there is no such schema`)
    found.add(name)
    namesIn(schemas[name], schemas, prefix, found)
  }
  return found
}

import type { Notification } from '../../../schemas/conversation/notification.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { ConversationStore } from '../engine/conversation-store.ts'
import { readToEnd } from '../read-to-end.ts'
import type { RetryOptions } from '../retry.ts'
import { streams, subjects } from '../topology.ts'
import { deadLetters } from './dead-letters.ts'
import { hasMessages } from './stream-state.ts'

// Traces of conversations in streams that are not ordered by conversation, for an export and after an erasure.

/** A message of EVENTS, without its headers. */
export interface EventTrace {
  subject: string
  seq: number
  body: Uint8Array
}

/** The events of all conversations that are of these types, in their order. */
export async function* readEvents(nats: Nats, types: readonly string[]): AsyncGenerator<EventTrace> {
  const options = { subjects: types.map((type) => subjects.eventsOf('*').replace('>', type)) }
  for await (const { subject, seq, data } of readToEnd(nats, streams.events, options))
    yield { subject, seq, body: data }
}

/** The ids of all notifications with their sequences, in their order: the notifier may repeat one. */
export async function* readNotificationIds(nats: Nats): AsyncGenerator<{ seq: number; id: string }> {
  for await (const { seq, headers } of readToEnd(nats, streams.workspace, { isHeadersOnly: true }))
    yield { seq, id: headers?.get('Nats-Msg-Id') ?? '' }
}

/** `undefined` where there is none, or no longer. */
export async function readNotification({ jsm }: Nats, seq: number): Promise<Notification | undefined> {
  const message = await jsm.streams.getMessage(streams.workspace, { seq })
  return message?.json<Notification>()
}

/** Whether anything is stored of a conversation; a dead letter is something, too. */
export async function isKnown(nats: Nats, conversation: string): Promise<boolean> {
  return (
    (await hasMessages(nats, 'conversations', subjects.conversation(conversation))) ||
    !(await isGone(nats, conversation))
  )
}

/** Whether a conversation was erased, as the stream's leader knows it. */
export async function isErased(
  nats: Nats,
  retryOptions: RetryOptions,
  conversation: string,
): Promise<boolean> {
  const { record } = await new ConversationStore(nats, retryOptions).load(conversation, true)
  return record?.state.erased !== undefined
}

/** Whether all that follows from an erasure is done; the notifier removes the conversation's requests last. */
export async function isGone(nats: Nats, conversation: string): Promise<boolean> {
  if (await hasMessages(nats, 'events', subjects.eventsOf(conversation))) return false
  if (await hasMessages(nats, 'requests', subjects.request(conversation))) return false
  for await (const letter of deadLetters(nats)) if (letter.conversation === conversation) return false
  return (await new Bucket(nats, 'openRequests').list(`*.${conversation}`)).length === 0
}

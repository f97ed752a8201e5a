import type { RoleConnection } from './connect.ts'
import { subjects } from './topology.ts'

/**
 * Stores an event for its conversation. Publishing it again under the same id is harmless: it stays one event. Without
 * an id, a repetition is an event of its own.
 * Throws ApiError where JetStream refuses it, NoAnswer where it is unknown whether it is stored.
 */
export async function publishEvent(
  { publisher }: Pick<RoleConnection, 'publisher'>,
  conversation: string,
  type: string,
  payload: object,
  id?: string,
): Promise<void> {
  const body = JSON.stringify(payload)
  await publisher.publish(subjects.inbox(conversation, type), body, id ? { 'Nats-Msg-Id': id } : undefined)
}

/** Stores an event once more as it came, under a new sequence. Throws as `publishEvent`. */
export async function republishEvent(
  { publisher }: Pick<RoleConnection, 'publisher'>,
  conversation: string,
  type: string,
  body: Uint8Array,
  id: string | undefined,
): Promise<void> {
  const headers = id ? { 'Nats-Msg-Id': id } : undefined
  await publisher.publish(subjects.inbox(conversation, type), body, headers)
}

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Nats } from '../../../engine/nats/connect.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import { publishEvent } from '../../../engine/nats/inbox.ts'
import { type EventType, payloadBytesMax } from '../../../schemas/conversation/event.ts'

const retryPauseMs = 500
/** Retries for at most this long. */
export const sendTimeoutMs = 30_000

export function newEventId(): string {
  return randomUUID()
}

/** Publishes an event, retrying under the same id, which makes it idempotent. Throws if NATS rejects it. */
export async function sendEvent(
  nats: Nats,
  conversation: string,
  type: EventType,
  payload: object,
  id: string,
  timeoutMs: number = sendTimeoutMs,
): Promise<void> {
  // It would become a dead letter without an answer.
  if (Buffer.byteLength(JSON.stringify(payload)) > payloadBytesMax)
    throw new EventTooLong('this is too long to be sent')
  const until = Date.now() + timeoutMs
  for (;;) {
    try {
      return await publishEvent(nats, conversation, type, payload, id)
    } catch (error) {
      if (!isWeather(error) || Date.now() > until) throw error
      await sleep(retryPauseMs)
    }
  }
}

export class EventTooLong extends Error {}

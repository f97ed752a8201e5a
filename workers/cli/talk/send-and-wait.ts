import { setTimeout as sleep } from 'node:timers/promises'
import { ClientError } from '../../../engine/nats/client/client-error.ts'
import { newEvent, storeInTime } from '../../../engine/nats/client/store-event.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import type { ConversationView } from '../../../engine/nats/views/conversation-view.ts'
import type { PublicRecord } from '../../../engine/nats/views/records.ts'
import type { EventType, Payload } from '../../../schemas/conversation/event.ts'
import { textLengthMax } from '../../../schemas/limits.ts'
import type { Terminal } from './terminal.ts'

/** After this time a person reads a hint; a script fails after the longer one. */
const hintAfterMs = 5_000
const failedAfterMs = 30_000

export interface Talking {
  nats: Nats
  conversation: string
  view: ConversationView
  terminal: Terminal
  /** The hint when nothing answers. */
  waiting: string
}

/** Sends an event and waits for its record. An event that is too long to be sent is rejected like one by the engine. */
export async function sendAndWait<T extends EventType>(
  { nats, conversation, view, terminal, waiting }: Talking,
  type: T,
  payload: Payload<T>,
  id: string,
): Promise<PublicRecord> {
  const outcome = view.outcomeOf(id)
  const done = new AbortController()
  const hinted = sleep(hintAfterMs, undefined, { signal: done.signal }).then(() =>
    terminal.print(terminal.style('yellow', waiting)),
  )
  const failed = terminal.isInteractive
    ? new Promise<never>(() => {})
    : sleep(failedAfterMs, undefined, { signal: done.signal }).then(() => {
        throw new Error(`no answer within ${failedAfterMs / 1000} seconds: does an engine run?`)
      })
  hinted.catch(() => {})
  failed.catch(() => {})
  try {
    // A person leaves by Ctrl-C.
    const timeoutMs = terminal.isInteractive ? Number.POSITIVE_INFINITY : failedAfterMs
    const sent = storeInTime(nats, newEvent(conversation, type, payload, id), timeoutMs)
    return await Promise.race([sent.then(() => outcome), failed])
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'too_large') throw error
    const rejected = {
      code: 'too_long',
      message: 'this is too long to be sent',
      limit: textLengthMax,
    } as const
    return { at: '', event: { id, type, seq: 0 }, outcome: 'rejected', rejected }
  } finally {
    done.abort()
  }
}

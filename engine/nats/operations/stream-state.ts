import type { Nats } from '../connect.ts'
import { streams } from '../topology.ts'

export type StreamName = keyof typeof streams

export interface StreamState {
  messages: number
  /** Sequences; messages between them may have been removed. */
  first: number
  last: number
  /** When the first was stored, in epoch milliseconds; `undefined` where there is none. */
  firstAt: number | undefined
}

/** Reads the present state of a stream. */
export async function streamState({ jsm }: Nats, stream: StreamName): Promise<StreamState> {
  const { messages, first_seq, last_seq, first_ts } = (await jsm.streams.info(streams[stream])).state
  return {
    messages,
    first: first_seq,
    last: last_seq,
    firstAt: messages === 0 ? undefined : Date.parse(first_ts),
  }
}

/** Whether a stream holds a message on a subject, which may have wildcards. */
export async function hasMessages({ jsm }: Nats, stream: StreamName, subject: string): Promise<boolean> {
  const { state } = await jsm.streams.info(streams[stream], { subjects_filter: subject })
  return Object.keys(state.subjects ?? {}).length > 0
}

import { z } from 'zod'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { QueuePlace } from '../../../schemas/protocol/widget.ts'
import type { RoleConnection } from '../connect.ts'
import { isWeather } from '../errors.ts'
import { subjects } from '../topology.ts'

/** What is said in passing, over plain NATS: never stored, and gone for whoever does not listen. */

export type Side = 'customer' | 'agent'

const typist = z.object({ name: z.string().optional() }).catch({})
export type Typist = z.infer<typeof typist>

const queuePlace = z.union([
  z.object({ position: z.null() }),
  z.object({ position: z.int().positive(), waiting: z.int(), waitSeconds: z.number().optional() }),
])

/** One side of a conversation is typing. */
export function sayTyping(
  { connection }: RoleConnection,
  conversation: string,
  side: Side,
  who: Typist,
): void {
  connection.publish(subjects.typing(conversation, side), JSON.stringify(who))
}

/** Tells when a side is typing, until the returned function is called. */
export function hearTyping(
  { connection }: RoleConnection,
  conversation: string,
  side: Side,
  heard: (who: Typist) => void,
): () => void {
  const subscription = connection.subscribe(subjects.typing(conversation, side), {
    callback: (error, message) => {
      if (!error) heard(typist.parse(parseJson(message.string())))
    },
  })
  return () => subscription.unsubscribe()
}

/** Tells where a conversation stands in its queue: as it is now, and whenever that changes. */
export function followQueuePlace(
  { connection, publisher }: RoleConnection,
  conversation: string,
  seen: (place: QueuePlace) => void,
): () => void {
  let isOver = false
  const see = (body: string) => {
    const read = queuePlace.safeParse(parseJson(body))
    if (read.success && !isOver) seen(read.data)
  }
  const subscription = connection.subscribe(subjects.queue(conversation), {
    callback: (error, message) => {
      if (!error) see(message.string())
    },
  })
  publisher.request(subjects.position(conversation), '').then(
    (answer) => see(answer.string()),
    (error) => {
      // No notifier just now: its successor tells by itself.
      if (!isWeather(error)) throw error
    },
  )
  return () => {
    isOver = true
    subscription.unsubscribe()
  }
}

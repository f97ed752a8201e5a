import { hash } from 'node:crypto'

/** The number of its last events that a conversation recognises when they are repeated. */
export const rememberedMax = 64
/** The number of the router's last events that a conversation recognises, beside those. */
export const routedMax = 16
// 48 bits of the id and 24 of the body, in base64: two ids of one conversation's last 64 events meet by
// chance once in 10^11 conversations.
const idLength = 8
const digestLength = 12

/** The digest by which an event is remembered: twelve characters for its id, type and body. */
export function digestOf(id: string, type: string, body: string): string {
  const ofBody = hash('sha1', `${type}\0${body}`, 'base64')
  return hash('sha1', id, 'base64').slice(0, idLength) + ofBody.slice(0, digestLength - idLength)
}

/** Whether an event was seen before: with the same body, with another, or not. */
export function seenBefore(recent: string, digest: string): 'same' | 'other' | null {
  if (digest === '') return null
  const ofId = digest.slice(0, idLength)
  // The runtime searches the text; comparing digest by digest takes eight times as long.
  for (let at = recent.indexOf(ofId); at >= 0; at = recent.indexOf(ofId, at + 1))
    if (at % digestLength === 0) return recent.startsWith(digest, at) ? 'same' : 'other'
  return null
}

/** @param max the most digests */
export function remember(recent: string, digest: string, max: number = rememberedMax): string {
  return (recent + digest).slice(-max * digestLength)
}

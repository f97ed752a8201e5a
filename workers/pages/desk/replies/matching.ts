import { fill } from '../../../../engine/texts/fill.ts'
import { textIn } from '../../../../schemas/configuration/localized.ts'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import type { SavedReply } from '../../../../schemas/protocol/desk.ts'

/** The most replies that are offered at a time. */
const offeredMax = 50

/** A slash at the start of a word, and what follows it up to the caret. */
export interface SlashQuery {
  /** The index of the slash. */
  from: number
  query: string
}

/** The query that the caret stands behind; `undefined`: none. */
export function queryAt(text: string, caret: number): SlashQuery | undefined {
  const [, query] =
    /(?:^|\s)\/((?:[^\s/][^\n/]{0,39})?)$/.exec(text.slice(Math.max(0, caret - 42), caret)) ?? []
  return query === undefined ? undefined : { from: caret - query.length - 1, query }
}

/** The replies that a query finds: by shortcut, by title, then by text; each as the company has ordered them. */
export function matchingReplies(replies: readonly SavedReply[], query: string): SavedReply[] {
  const wanted = folded(query.trim())
  if (wanted === '') return replies.slice(0, offeredMax)
  const ranked = replies.flatMap((reply): [rank: number, reply: SavedReply][] => {
    const rank = rankOf(reply, wanted)
    return rank === undefined ? [] : [[rank, reply]]
  })
  return ranked
    .sort(([a], [b]) => a - b)
    .slice(0, offeredMax)
    .map(([, reply]) => reply)
}

function rankOf({ title, text, texts, shortcut = '' }: SavedReply, wanted: string): number | undefined {
  if (folded(shortcut) === wanted) return 0
  if (shortcut && folded(shortcut).startsWith(wanted)) return 1
  const at = ` ${folded(title)}`.indexOf(` ${wanted}`)
  if (at >= 0) return at === 0 ? 2 : 3
  if (folded(title).includes(wanted)) return 4
  return Object.values(texts ?? { text }).some((each) => folded(each).includes(wanted)) ? 5 : undefined
}

/** Without case and accents. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** A saved reply in the conversation's language, with its placeholders filled in. */
export function filledReply(
  { text, texts }: SavedReply,
  request: Pick<OpenRequest, 'customer' | 'channel' | 'locale'> | null,
  agent: string,
): string {
  const { name, email, externalId } = request?.customer ?? {}
  return fill(textIn(texts ?? text, request?.locale), {
    'customer.name': name,
    'customer.email': email,
    'customer.externalId': externalId,
    'agent.name': agent,
    channel: request?.channel,
  })
}

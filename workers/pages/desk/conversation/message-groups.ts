import { words } from '../language.ts'
import { agentName } from '../requests/names.ts'
import type { TranscriptEntry } from '../state/desk-state.ts'
import { dayOf } from './times.ts'

/** Messages of one author form a group while the pauses between them are shorter than this. */
const groupMs = 5 * 60_000

export interface MessageGroup {
  /** The id of its first message. */
  key: string
  kind: 'customer' | 'company' | 'internal' | 'notice'
  isBot: boolean
  isMine: boolean
  name: string
  at: string
  entries: TranscriptEntry[]
}

interface Reader {
  agentId: string
  /** The customer's name. */
  customer: string
}

/** A transcript in groups by author and day. */
export function messageGroups(transcript: readonly TranscriptEntry[], reader: Reader): MessageGroup[] {
  const groups: MessageGroup[] = []
  for (const entry of transcript) {
    const last = groups.at(-1)
    const group = groupOf(entry, reader)
    if (last && isSameGroup(last, group)) last.entries.push(entry)
    else groups.push(group)
  }
  return groups
}

function groupOf(entry: TranscriptEntry, { agentId, customer }: Reader): MessageGroup {
  const { author, type, id } = entry.message
  const isMine = author.type === 'agent' && author.id === agentId
  const group = { key: id, isMine, isBot: author.type === 'bot', at: entry.at, entries: [entry] }
  if (author.type === 'customer' && type !== 'notice') return { ...group, kind: 'customer', name: customer }
  // A note that nobody wrote, such as that an e-mail was sent.
  if (entry.isNote && author.type === 'system') return { ...group, kind: 'notice', name: '' }
  if (entry.isNote)
    return {
      ...group,
      kind: 'internal',
      name: isMine ? words.you : agentName({ id: author.id ?? words.agent, name: author.name }),
    }
  const kind = type === 'notice' || author.type === 'system' ? 'notice' : 'company'
  if (isMine) return { ...group, kind, name: words.you }
  if (group.isBot) return { ...group, kind, name: author.name || words.bot }
  return { ...group, kind, name: agentName({ id: author.id ?? words.agent, name: author.name }) }
}

function isSameGroup(last: MessageGroup, next: MessageGroup): boolean {
  return (
    last.kind === next.kind &&
    last.name === next.name &&
    last.isBot === next.isBot &&
    dayOf(last.at) === dayOf(next.at) &&
    Date.parse(next.at) - Date.parse(last.entries.at(-1)?.at ?? '') < groupMs
  )
}

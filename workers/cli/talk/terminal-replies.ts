import { readDocument } from '../../../engine/core/read-document.ts'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import type { SavedReply } from '../../../schemas/protocol/desk.ts'
import { savedRepliesOf } from '../../gateway/sockets/saved-replies.ts'
import { folded, matchingReplies } from '../../pages/desk/replies/matching.ts'

/** The saved replies that a query finds in a workspace: the one with that very shortcut, or all that may be meant. */
export async function findReplies(
  role: RoleConnection,
  workspace: string,
  query: string,
): Promise<{ exact: SavedReply } | { similar: SavedReply[] }> {
  const stored = await new Bucket(role, 'configuration').list('reply.*')
  const replies = stored.flatMap(({ value }) => {
    const read = readDocument('reply', value)
    return read.ok && read.value.kind === 'reply' ? [read.value.document] : []
  })
  const own = savedRepliesOf(replies, workspace)
  const exact = own.find(({ shortcut }) => shortcut !== undefined && folded(shortcut) === folded(query))
  return exact ? { exact } : { similar: matchingReplies(own, query) }
}

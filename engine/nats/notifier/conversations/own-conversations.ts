import type { OwnConversationsAnswer } from '../../../../schemas/protocol/search.ts'
import { contextOf, isRunning } from '../../../core/conversation.ts'
import type { Nats } from '../../connect.ts'
import type { ConversationIndex } from './conversation-index.ts'
import { recordAt } from './conversation-search.ts'
import { excerptOf } from './words.ts'

/** The conversations of a customer, for themselves: the latest first. */
export async function ownConversations(
  nats: Pick<Nats, 'jsm'>,
  index: ConversationIndex,
  externalId: string,
  limit: number,
): Promise<OwnConversationsAnswer> {
  const entries = [...index.ofCustomer({ externalId })].sort((a, b) => b.sequence - a.sequence)
  const conversations = entries.slice(0, limit).map(async ({ conversation, sequence, state, at }) => {
    const last = await recordAt(nats, sequence)
    // It was erased, or goes on at this moment: the index has the rest.
    const need = last && isRunning(last.state) ? contextOf(last.state.snapshot).need : null
    return {
      conversation,
      state,
      at: new Date(at).toISOString(),
      ...(need !== null && { text: excerptOf(need, []).text }),
    }
  })
  return { conversations: await Promise.all(conversations) }
}

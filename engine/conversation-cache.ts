import type { Conversation } from './core/conversation.ts'
import { LatestMap } from './latest-map.ts'

interface Known {
  conversation: Conversation
  /** Written by this worker or read from the leader, so that nothing stored is newer unless it lost the log. */
  isLatest: true
}

/** The conversations that were used last, at most `limit` of them. */
export class ConversationCache {
  readonly #byId: LatestMap<string, Known>

  constructor(limit: number) {
    this.#byId = new LatestMap(limit)
  }

  get(id: string): Known | undefined {
    return this.#byId.get(id)
  }

  set(id: string, conversation: Conversation) {
    this.#byId.set(id, { conversation, isLatest: true })
  }

  delete(id: string) {
    this.#byId.delete(id)
  }
}

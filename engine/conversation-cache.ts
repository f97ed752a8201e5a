import type { Conversation } from './core/conversation.ts'

interface Known {
  conversation: Conversation
  /** Written by this worker or read from the leader, so that nothing stored is newer unless it lost the log. */
  isLatest: true
}

/** The conversations that were used last, at most `limit` of them. */
export class ConversationCache {
  readonly #limit: number
  readonly #byId = new Map<string, Known>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get(id: string): Known | undefined {
    return this.#byId.get(id)
  }

  /** Deletes first, so that the entry moves to the end: a map keeps its order, and the first entry is the oldest. */
  set(id: string, conversation: Conversation) {
    this.#byId.delete(id)
    this.#byId.set(id, { conversation, isLatest: true })
    if (this.#byId.size <= this.#limit) return
    for (const oldest of this.#byId.keys()) {
      this.#byId.delete(oldest)
      return
    }
  }

  delete(id: string) {
    this.#byId.delete(id)
  }
}

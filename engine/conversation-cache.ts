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
    const known = this.#byId.get(id)
    if (!known) return
    // A map keeps the order of insertion: what is used goes to the end, what is at the front goes first.
    this.#byId.delete(id)
    this.#byId.set(id, known)
    return known
  }

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

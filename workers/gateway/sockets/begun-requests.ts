import { Bucket } from '../../../engine/nats/bucket.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { openRequest } from '../../../schemas/conversation/notification.ts'
import { isOpenRequest } from '../../../schemas/conversation/request-state.ts'
import { parseJson } from '../../../schemas/parse-json.ts'

/** The most conversations whose address is remembered; beyond it the oldest is forgotten, and counts no more. */
const begunMax = 100_000

/** The open requests of the conversations that each address has begun at this gateway. */
export class BegunRequests {
  /** The open requests of the address that began a conversation, by conversation. */
  readonly #begun = new Map<string, Set<string>>()
  readonly #stop: () => void

  /** @param nats in the role of an agent workspace */
  constructor(nats: RoleConnection) {
    const bucket = new Bucket(nats, 'openRequests')
    // Changes were missed, and may be ends: rather count too few.
    const reconnected = () => {
      for (const open of this.#begun.values()) open.clear()
    }
    this.#stop = bucket.follow('*.*', ({ key, value }) => this.#changed(key, value), reconnected)
  }

  /** @param open the open requests of the address, kept up to date from now on */
  remember(conversation: string, open: Set<string>): void {
    this.#begun.set(conversation, open)
    const [oldest] = this.#begun.keys()
    if (this.#begun.size > begunMax && oldest !== undefined) this.#forget(oldest)
  }

  stop(): void {
    this.#stop()
  }

  #changed(key: string, value: string | null): void {
    const conversation = key.slice(key.indexOf('.') + 1)
    const open = this.#begun.get(conversation)
    if (!open) return
    const request = value === null ? undefined : openRequest.safeParse(parseJson(value)).data
    if (request && isOpenRequest(request)) open.add(conversation)
    else this.#forget(conversation)
  }

  #forget(conversation: string): void {
    this.#begun.get(conversation)?.delete(conversation)
    this.#begun.delete(conversation)
  }
}

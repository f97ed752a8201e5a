import type { Nats } from '../../../engine/nats/connect.ts'
import { OpenRequests } from '../../../engine/nats/views/open-requests.ts'
import type { OpenRequest } from '../../../schemas/conversation/notification.ts'

/** A request with the number that it keeps for as long as this desk is open. */
export interface NumberedRequest {
  number: number
  request: OpenRequest
}

type Changed = (now: NumberedRequest, before: OpenRequest | null) => void

/** A workspace's open requests, each with a number to pick it by. */
export class NumberedRequests {
  readonly #open: OpenRequests
  /** The key is the conversation. */
  readonly #numbers = new Map<string, { number: number; request: number }>()
  #count = 0

  private constructor(open: OpenRequests) {
    this.#open = open
    // Waiting requests come first, so that 1 is the one that has waited longest.
    for (const request of [...open.waiting(), ...open.accepted()]) this.#number(request)
  }

  /** Settles once all present requests are known; `changed` reports later changes. */
  static async watch(nats: Nats, workspace: string, changed: Changed): Promise<NumberedRequests> {
    let requests: NumberedRequests | undefined
    const open = await OpenRequests.watch(nats, workspace, (now, before) => {
      // Erased, it is as good as withdrawn.
      const request = now ?? (before && { ...before, state: 'withdrawn' as const })
      if (requests && request) changed(requests.#number(request), before)
    })
    requests = new NumberedRequests(open)
    return requests
  }

  /** The waiting requests, the oldest first. */
  waiting(): NumberedRequest[] {
    return this.#open.waiting().map((request) => this.#number(request))
  }

  /** The requests that an agent has accepted. */
  acceptedBy(agent: string): NumberedRequest[] {
    return this.#open.accepted(agent).map((request) => this.#number(request))
  }

  /** The requests that other agents have accepted. */
  acceptedByOthers(agent: string): NumberedRequest[] {
    const others = this.#open.accepted().filter((request) => request.agent?.id !== agent)
    return others.map((request) => this.#number(request))
  }

  byNumber(number: number): NumberedRequest | undefined {
    const open = [...this.#open.waiting(), ...this.#open.accepted()]
    return open.map((request) => this.#number(request)).find((numbered) => numbered.number === number)
  }

  close(): void {
    this.#open.close()
  }

  /** A later request of a conversation has its own number. */
  #number(request: OpenRequest): NumberedRequest {
    const known = this.#numbers.get(request.conversation)
    if (known?.request === request.request) return { number: known.number, request }
    const number = ++this.#count
    this.#numbers.set(request.conversation, { number, request: request.request })
    return { number, request }
  }
}

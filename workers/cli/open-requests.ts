import type { Nats } from '../../engine/nats/connect.ts'
import { buckets } from '../../engine/nats/topology.ts'
import { type OpenRequest, openRequest } from '../../schemas/notification.ts'

/** A request with the number that it keeps for as long as this desk is open. */
export interface NumberedRequest {
  number: number
  request: OpenRequest
}

/** A workspace's requests as they stand, kept up to date. */
export class OpenRequests {
  readonly #requests = new Map<string, NumberedRequest>()
  readonly #changed: (now: NumberedRequest, before: OpenRequest | undefined) => void
  #count = 0
  #stop: () => void = () => {}

  private constructor(changed: (now: NumberedRequest, before: OpenRequest | undefined) => void) {
    this.#changed = changed
  }

  /** Settles once all that stand now are known; `changed` is told of what comes after. */
  static async watch(
    { jsm, bucket }: Nats,
    workspace: string,
    changed: (now: NumberedRequest, before: OpenRequest | undefined) => void,
  ): Promise<OpenRequests> {
    const open = new OpenRequests(changed)
    const requests = await bucket('openRequests')
    const filter = `$KV.${buckets.openRequests}.${workspace}.*`
    const entries = await requests.watch({ key: `${workspace}.*` })
    const { state } = await jsm.streams.info(`KV_${buckets.openRequests}`, { subjects_filter: filter })
    const first: OpenRequest[] = []
    let isKnown = Object.keys(state.subjects ?? {}).length === 0
    await new Promise<void>((known) => {
      if (isKnown) known()
      void (async () => {
        for await (const entry of entries) {
          const [, conversation = ''] = entry.key.split('.')
          const read = entry.operation === 'PUT' ? openRequest.safeParse(parse(entry.string())) : null
          if (!read) open.#remove(conversation)
          else if (read.success && isKnown) open.#put(read.data)
          else if (read.success) first.push(read.data)
          if (isKnown || (entry.delta ?? 0) > 0) continue
          isKnown = true
          open.#begin(first)
          known()
        }
      })()
    })
    open.#stop = () => entries.stop()
    return open
  }

  /** Those that wait, the oldest first. */
  waiting(): NumberedRequest[] {
    return this.#inOrder(({ state }) => state === 'waiting')
  }

  /** Those that an agent has accepted. */
  acceptedBy(agent: string): NumberedRequest[] {
    return this.#inOrder((request) => request.state === 'accepted' && request.agent?.id === agent)
  }

  byNumber(number: number): NumberedRequest | undefined {
    return [...this.#requests.values()].find((numbered) => numbered.number === number)
  }

  close(): void {
    this.#stop()
  }

  #inOrder(is: (request: OpenRequest) => boolean): NumberedRequest[] {
    return [...this.#requests.values()]
      .filter(({ request }) => is(request))
      .sort((a, b) => queuedAt(a.request) - queuedAt(b.request))
  }

  #begin(requests: OpenRequest[]): void {
    const isOpen = ({ state }: OpenRequest) => state === 'waiting' || state === 'accepted'
    // Those that wait come first, so that 1 is the one that has waited longest.
    const rank = ({ state }: OpenRequest) => (state === 'waiting' ? 0 : 1)
    for (const request of requests
      .filter(isOpen)
      .sort((a, b) => rank(a) - rank(b) || queuedAt(a) - queuedAt(b)))
      this.#requests.set(request.conversation, { number: ++this.#count, request })
  }

  #put(request: OpenRequest): void {
    const known = this.#requests.get(request.conversation)
    if (known && known.request.record >= request.record) return
    const before = known?.request
    // A later request of a conversation is another one.
    const number = known && before?.request === request.request ? known.number : ++this.#count
    const now = { number, request }
    this.#requests.set(request.conversation, now)
    this.#changed(now, before)
  }

  /** Erased. */
  #remove(conversation: string): void {
    const known = this.#requests.get(conversation)
    this.#requests.delete(conversation)
    if (known) this.#changed({ ...known, request: { ...known.request, state: 'withdrawn' } }, known.request)
  }
}

function queuedAt(request: OpenRequest): number {
  return request.queuedAt === null ? 0 : Date.parse(request.queuedAt)
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

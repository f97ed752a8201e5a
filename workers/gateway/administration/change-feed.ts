import type { ServerResponse } from 'node:http'
import type { ConfigurationStore } from '../../../engine/nats/views/configuration-store.ts'
import { eventStreamHeaders, heartbeatMs } from '../http/event-stream.ts'

/** Who has so much left to read is cut off; a client of server-sent events comes back by itself. */
const unreadBytesMax = 64 * 1024

/** Tells those who follow it, by server-sent events, that a document was saved or deleted. */
export class ChangeFeed {
  readonly #configuration: Pick<ConfigurationStore, 'watch'>
  readonly #followers = new Set<ServerResponse>()
  #watching: Promise<() => void> | undefined
  #isClosed = false

  constructor(configuration: Pick<ConfigurationStore, 'watch'>) {
    this.#configuration = configuration
  }

  /** Settles once the follower is told of each change from now on. */
  async follow(response: ServerResponse): Promise<void> {
    response.writeHead(200, eventStreamHeaders)
    this.#followers.add(response)
    let heartbeat: NodeJS.Timeout | undefined
    response.on('close', () => {
      clearInterval(heartbeat)
      this.#followers.delete(response)
    })
    response.on('error', () => {})
    try {
      await this.#watch()
    } catch {
      response.destroy()
    }
    if (this.#isClosed) response.end()
    if (response.writableEnded || response.destroyed) return
    // Nothing before: with the first words goes the head, from which on the client counts on being told.
    tell(response, ': from here on\n\n')
    heartbeat = setInterval(() => tell(response, ':\n\n'), heartbeatMs)
  }

  /** Waits for nothing: the watch may not have begun, as while NATS does not answer. */
  close(): void {
    this.#isClosed = true
    for (const response of this.#followers) response.end()
    this.#watching?.then(
      (stop) => stop(),
      () => {},
    )
  }

  /** One watch for all, from the first follower on. */
  async #watch(): Promise<void> {
    this.#watching ??= this.#configuration.watch((kind, id) => {
      for (const response of this.#followers) tell(response, `data: ${JSON.stringify({ kind, id })}\n\n`)
    })
    try {
      await this.#watching
    } catch (error) {
      this.#watching = undefined
      throw error
    }
  }
}

function tell(response: ServerResponse, text: string): void {
  if (response.writableLength > unreadBytesMax) response.destroy()
  else response.write(text)
}

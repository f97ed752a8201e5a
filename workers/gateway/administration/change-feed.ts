import type { ServerResponse } from 'node:http'
import type { ConfigurationStore } from '../../../engine/nats/views/configuration-store.ts'
import { eventStreamHeaders, heartbeatMs } from '../http/event-stream.ts'

/** A follower with more bytes unread is disconnected; clients of server-sent events reconnect by themselves. */
const unreadBytesMax = 64 * 1024

/** Notifies its followers of each document that is saved or deleted, by server-sent events. */
export class ChangeFeed {
  readonly #configuration: Pick<ConfigurationStore, 'watch'>
  readonly #followers = new Set<ServerResponse>()
  #watching: Promise<() => void> | undefined
  #isClosed = false

  constructor(configuration: Pick<ConfigurationStore, 'watch'>) {
    this.#configuration = configuration
  }

  /** Settles once the follower is notified of each further change. */
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
    // The first write sends the HTTP headers. From then on the client relies on being notified.
    send(response, ': from here on\n\n')
    heartbeat = setInterval(() => send(response, ':\n\n'), heartbeatMs)
  }

  /** Does not wait for the watch: it may never begin if NATS does not answer. */
  close(): void {
    this.#isClosed = true
    for (const response of this.#followers) response.end()
    this.#watching?.then(
      (stop) => stop(),
      () => {},
    )
  }

  /** Starts one watch for all followers, with the first. */
  async #watch(): Promise<void> {
    this.#watching ??= this.#configuration.watch((kind, id) => {
      for (const response of this.#followers) send(response, `data: ${JSON.stringify({ kind, id })}\n\n`)
    })
    try {
      await this.#watching
    } catch (error) {
      this.#watching = undefined
      throw error
    }
  }
}

function send(response: ServerResponse, text: string): void {
  if (response.writableLength > unreadBytesMax) response.destroy()
  else response.write(text)
}

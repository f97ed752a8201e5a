import type { WebSocket } from '@fastify/websocket'
import type { RawData } from 'ws'
import { type ClosingCode, refusals } from '../http/refusals.ts'
import type { Pace } from './pace.ts'

/** Frames that wait to be handled: from `High` on the socket is not read, beyond `Max` it is closed. */
const framesWaitingHigh = 16
const framesWaitingMax = 64
/** Bytes that a client has not read: from `High` on the sender waits for it, beyond `Max` it is closed. */
const unreadBytesHigh = 64 * 1024
const unreadBytesMax = 1024 * 1024
/** A client that reads nothing for this long is cut off. */
const unreadMsMax = 20_000
/** A close that is not answered by then becomes a cut. */
const closeTimeoutMs = 2_000

const noFrame = Buffer.alloc(0)

/** How fast a client's frames are handled: each frame waits for a turn of both. */
export interface Paces {
  session: Pace
  /** Shared by all sessions of the address. */
  address: Pace
}

/**
 * A client's WebSocket, bounded both ways. Its frames are handled one after the other, at the pace of its session and
 * its address; a client that sends faster is read more slowly.
 */
export class Client {
  readonly #socket: WebSocket
  readonly #paces: Paces
  readonly #waiting: RawData[] = []
  readonly #handle: (text: string) => Promise<void>
  /** Aborts when the connection ends. */
  readonly #closed = new AbortController()
  #isHandling = false
  #isAlive = true
  #unreadSince = 0

  /** @param handle throws only where the gateway is at fault */
  constructor(socket: WebSocket, paces: Paces, handle: (text: string) => Promise<void>) {
    this.#socket = socket
    this.#paces = paces
    this.#handle = handle
    socket.on('message', (data, isBinary) => {
      // A binary message is not a frame: it is refused in its turn like any other that is not valid.
      if (!this.isOver) this.#receive(isBinary ? noFrame : data)
    })
    socket.on('pong', () => {
      this.#isAlive = true
    })
    // A frame over the limit or with invalid UTF-8: the socket closes itself with the right code.
    socket.on('error', () => {})
    socket.on('close', () => this.#leave())
  }

  get isOver(): boolean {
    return this.#closed.signal.aborted
  }

  /** Makes both clients share the pace of one session, this one's. */
  sharePace(client: Client): void {
    client.#paces.session = this.#paces.session
  }

  /** Sends a short frame. */
  send(frame: object): void {
    void this.deliver(frame)
  }

  /** Sends one of many frames; if much is unread, settles when the client has read on. */
  deliver(frame: object): Promise<void> | undefined {
    if (this.isOver) return
    const unread = this.#socket.bufferedAmount
    if (unread > unreadBytesMax) {
      this.end('too_slow', `more than ${unreadBytesMax} bytes wait to be read`)
      return
    }
    if (unread < unreadBytesHigh) {
      this.#unreadSince = 0
      this.#socket.send(JSON.stringify(frame))
      return
    }
    this.#unreadSince ||= Date.now()
    return new Promise((resolve) => this.#socket.send(JSON.stringify(frame), () => resolve()))
  }

  /** Sends the refusal, and closes. */
  end(code: ClosingCode, message: string = refusals[code].message): void {
    if (this.isOver) return
    this.#leave()
    this.#socket.send(JSON.stringify({ type: 'error', code, message }))
    this.#close(refusals[code].closeCode, code)
  }

  /** Closes because the gateway stops: the client may come back at once. */
  closeForRestart(): void {
    if (this.isOver) return
    this.#leave()
    this.#close(1001, 'the gateway stops')
  }

  /** Pings the client; cuts it off where the last ping was not answered, or where it reads nothing. */
  ping(): void {
    if (this.#socket.bufferedAmount < unreadBytesHigh) this.#unreadSince = 0
    const readsNothing = this.#unreadSince > 0 && Date.now() - this.#unreadSince > unreadMsMax
    if (this.#isAlive && !readsNothing) {
      this.#isAlive = false
      this.#socket.ping()
    } else this.#socket.terminate()
  }

  /** Frames that wait for a turn give it back and are dropped. */
  #leave(): void {
    this.#closed.abort()
    this.#waiting.length = 0
  }

  #close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    const cut = setTimeout(() => this.#socket.terminate(), closeTimeoutMs)
    cut.unref()
    this.#socket.once('close', () => clearTimeout(cut))
  }

  #receive(data: RawData): void {
    this.#waiting.push(data)
    if (this.#waiting.length > framesWaitingMax) {
      this.end('too_fast', `more than ${framesWaitingMax} frames wait to be handled`)
      return
    }
    if (this.#waiting.length >= framesWaitingHigh) this.#socket.pause()
    if (!this.#isHandling) void this.#handleAll()
  }

  async #handleAll(): Promise<void> {
    this.#isHandling = true
    for (let data = this.#waiting.shift(); data; data = this.#waiting.shift()) {
      await this.#paces.session.turn(this.#closed.signal)
      await this.#paces.address.turn(this.#closed.signal)
      if (this.isOver) break
      await this.#handle(String(data))
      if (this.#socket.isPaused && this.#waiting.length < framesWaitingHigh / 2) this.#socket.resume()
    }
    this.#isHandling = false
  }
}

import type { WebSocket } from '@fastify/websocket'
import type { RawData } from 'ws'
import { type ClosingError, closeCodes } from '../../../schemas/protocol/widget.ts'
import type { Pace } from './pace.ts'

/** Frames that wait to be dealt with: from the first number on the socket is not read, beyond the second it ends. */
const framesWaitingHigh = 16
const framesWaitingMax = 64
/** What a client has not read yet, in bytes: from the first number on it is waited for, beyond the second it ends. */
const unreadBytesHigh = 64 * 1024
const unreadBytesMax = 1024 * 1024
/** A client that reads nothing for so long ends. */
const unreadMsMax = 20_000
/** A close that is not answered by then is a cut. */
const closeTimeoutMs = 2_000

const noFrame = Buffer.alloc(0)

/** How fast a client's frames are dealt with: each of these waits for a turn of both. */
export interface Paces {
  /** The session's. */
  session: Pace
  /** That of all sessions of the address. */
  address: Pace
}

/**
 * A client's WebSocket, bounded both ways. Its frames are dealt with one after the other, at the pace that its
 * session and its address may have; a client that sends faster is simply not read.
 */
export class Client {
  readonly #socket: WebSocket
  readonly #paces: Paces
  readonly #waiting: RawData[] = []
  readonly #handle: (text: string) => Promise<void>
  /** Aborted once it is over. */
  readonly #gone = new AbortController()
  #isHandling = false
  #isAlive = true
  #unreadSince = 0

  /** `handle` throws nothing but what is our fault. */
  constructor(socket: WebSocket, paces: Paces, handle: (text: string) => Promise<void>) {
    this.#socket = socket
    this.#paces = paces
    this.#handle = handle
    socket.on('message', (data, isBinary) => {
      // What is not text is no frame, and is refused in its turn as any other that is none.
      if (!this.isOver) this.#take(isBinary ? noFrame : data)
    })
    socket.on('pong', () => {
      this.#isAlive = true
    })
    // A frame over the limit, bad UTF-8: the socket closes itself with the code for it.
    socket.on('error', () => {})
    socket.on('close', () => this.#leave())
  }

  get isOver(): boolean {
    return this.#gone.signal.aborted
  }

  /** From now on both together have the pace of one session: this one's. */
  sharePace(other: Client): void {
    other.#paces.session = this.#paces.session
  }

  /** Sends what is short. */
  send(frame: object): void {
    void this.deliver(frame)
  }

  /** Sends one of many: where much is unread, it settles when the client has read on. */
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

  /** Says why, and closes. */
  end(code: ClosingError, message: string): void {
    if (this.isOver) return
    this.#leave()
    this.#socket.send(JSON.stringify({ type: 'error', code, message }))
    this.#close(closeCodes[code], code)
  }

  /** The gateway stops: the client may come back at once. */
  goAway(): void {
    if (this.isOver) return
    this.#leave()
    this.#close(1001, 'the gateway stops')
  }

  /** Called now and then: whoever did not answer the last time is gone; whoever reads nothing is let go. */
  beat(): void {
    if (this.#socket.bufferedAmount < unreadBytesHigh) this.#unreadSince = 0
    const readsNothing = this.#unreadSince > 0 && Date.now() - this.#unreadSince > unreadMsMax
    if (this.#isAlive && !readsNothing) {
      this.#isAlive = false
      this.#socket.ping()
    } else this.#socket.terminate()
  }

  /** What waits for its turn gives it back, and is not dealt with. */
  #leave(): void {
    this.#gone.abort()
    this.#waiting.length = 0
  }

  #close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    const cut = setTimeout(() => this.#socket.terminate(), closeTimeoutMs)
    cut.unref()
    this.#socket.once('close', () => clearTimeout(cut))
  }

  #take(data: RawData): void {
    this.#waiting.push(data)
    if (this.#waiting.length > framesWaitingMax) {
      this.end('too_fast', `more than ${framesWaitingMax} frames wait to be dealt with`)
      return
    }
    if (this.#waiting.length >= framesWaitingHigh) this.#socket.pause()
    if (!this.#isHandling) void this.#handleAll()
  }

  async #handleAll(): Promise<void> {
    this.#isHandling = true
    for (let data = this.#waiting.shift(); data; data = this.#waiting.shift()) {
      await this.#paces.session.turn(this.#gone.signal)
      await this.#paces.address.turn(this.#gone.signal)
      if (this.isOver) break
      await this.#handle(String(data))
      if (this.#socket.isPaused && this.#waiting.length < framesWaitingHigh / 2) this.#socket.resume()
    }
    this.#isHandling = false
  }
}

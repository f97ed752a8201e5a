import type { Socket } from 'node:net'
import type { WebSocket } from '@fastify/websocket'
import { framesSent, refused } from '../../monitoring/metrics.ts'
import { type ClosingCode, refusals } from '../http/refusals.ts'
import type { ClientLimits } from './admission.ts'

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

/** A frame that has begun to arrive is complete by then. */
const frameTimeoutMs = 20_000
/** The records that are sent again for the price of a frame: a replay costs the gateway a hundred times its `hello`. */
const replayedPerFrame = 20

/** A frame that waits for its turn: a message, a ping or a pong. */
interface WaitingFrame {
  bytes: number
  handle(): Promise<void> | void
}

/** A frame for a client; with a code it refuses something. */
interface SentFrame {
  type: string
  code?: string
}

/**
 * A client's WebSocket, bounded both ways. Its frames are handled one after the other, at the pace of its session and
 * its address; a client that sends faster is read more slowly.
 */
export class Client {
  readonly #socket: WebSocket
  readonly #limits: ClientLimits
  readonly #waiting: WaitingFrame[] = []
  /** Aborts when the connection ends. */
  readonly #closed = new AbortController()
  #isHandling = false
  #isAlive = true
  #unreadSince = 0
  #frameTimer: NodeJS.Timeout | undefined

  /**
   * @param transport the connection below the WebSocket
   * @param handle throws only where the gateway is at fault
   */
  constructor(
    socket: WebSocket,
    transport: Socket,
    limits: ClientLimits,
    handle: (text: string) => Promise<void>,
  ) {
    this.#socket = socket
    this.#limits = limits
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      // A binary message is not a frame: it is refused in its turn like any other that is not valid.
      // The text is a copy: the data is a part of the buffer that it was read into, and would keep all of it.
      const text = isBinary ? '' : String(data)
      this.#receive({ bytes: data.length, handle: () => handle(text) })
    })
    socket.on('ping', (data) => {
      const answer = Buffer.from(data)
      this.#receive({ bytes: data.length, handle: () => socket.pong(answer) })
    })
    socket.on('pong', (data) => {
      this.#isAlive = true
      this.#receive({ bytes: data.length, handle: () => {} })
    })
    // Before `ws` reads the bytes: the frames that they complete stop the timer.
    transport.prependListener('data', () => {
      this.#frameTimer ??= this.#startFrameTimer()
    })
    // A frame over the limit or with invalid UTF-8: the socket closes itself with the right code.
    socket.on('error', () => {})
    socket.on('close', () => this.#leave())
  }

  get isOver(): boolean {
    return this.#closed.signal.aborted
  }

  /** Makes both clients share the limits of one session, this one's. */
  shareLimits(client: Client): void {
    client.#limits.session = this.#limits.session
  }

  /** Counts a conversation that begins; `false`: its address may not begin it. */
  begin(conversation: string): boolean {
    return this.#limits.address.begin(conversation)
  }

  /** Reads stored records for this client, when its session and its address read few others. */
  replay(read: () => Promise<void>): Promise<void> {
    const { session, address } = this.#limits
    return session.replays.run(() => address.replays.run(read))
  }

  /** Counts a record that is sent again to the pace of the address. */
  chargeReplayed(): void {
    this.#limits.address.pace.charge(1 / replayedPerFrame)
  }

  /** Sends a short frame. */
  send(frame: SentFrame): void {
    void this.deliver(frame)
  }

  /** Sends one of many frames; if much is unread, settles when the client has read on. */
  deliver<F extends SentFrame>(frame: F): Promise<void> | undefined {
    if (this.isOver) return
    count(frame)
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
    const frame = { type: 'error', code, message }
    count(frame)
    this.#socket.send(JSON.stringify(frame))
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
    clearTimeout(this.#frameTimer)
    this.#closed.abort()
    this.#waiting.length = 0
    // The answer to the close is read, and all before it dropped.
    if (this.#socket.isPaused) this.#socket.resume()
  }

  #close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    const cut = setTimeout(() => this.#socket.terminate(), closeTimeoutMs)
    cut.unref()
    this.#socket.once('close', () => clearTimeout(cut))
  }

  #startFrameTimer(): NodeJS.Timeout {
    const timer = setTimeout(() => {
      // A paused socket is not read: the client cannot complete the frame.
      if (this.#socket.isPaused) timer.refresh()
      else this.#socket.terminate()
    }, frameTimeoutMs)
    return timer
  }

  #receive(frame: WaitingFrame): void {
    // Control frames may come between the fragments of a message, which stays incomplete.
    if (!isInFragments(this.#socket)) {
      clearTimeout(this.#frameTimer)
      this.#frameTimer = undefined
    }
    if (this.isOver) return
    this.#waiting.push(frame)
    if (this.#waiting.length > framesWaitingMax) {
      this.end('too_fast', `more than ${framesWaitingMax} frames wait to be handled`)
      return
    }
    if (this.#waiting.length >= framesWaitingHigh) this.#socket.pause()
    if (!this.#isHandling) void this.#handleAll()
  }

  async #handleAll(): Promise<void> {
    this.#isHandling = true
    for (let frame = this.#waiting.shift(); frame; frame = this.#waiting.shift()) {
      const { session, address } = this.#limits
      await session.pace.turn(frame.bytes, this.#closed.signal)
      await address.pace.turn(frame.bytes, this.#closed.signal)
      if (this.isOver) break
      await frame.handle()
      if (this.#socket.isPaused && this.#waiting.length < framesWaitingHigh / 2) this.#socket.resume()
    }
    this.#isHandling = false
  }
}

/** Whether fragments of a message are missing. `ws` has no public field that says so; a test holds this one. */
function isInFragments(socket: WebSocket): boolean {
  const { _receiver } = socket as unknown as { _receiver?: { _fragmented: number } }
  return Boolean(_receiver?._fragmented)
}

function count({ type, code }: SentFrame): void {
  framesSent.inc({ type })
  if (code !== undefined) refused.inc({ code })
}

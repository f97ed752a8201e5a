import { frameBytesMax } from '../../schemas/limits.ts'
import { page, type SocketClass, socketOpen, type WebSocketLike } from './page.ts'

/** `open`: everything missed has arrived; `waiting`: until the next attempt; `closed`: for good, until `open()`. */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed'

type Timer = ReturnType<typeof setTimeout> | undefined

interface Frame {
  type: string
  clientId?: string
}

/** An event, which stays in the outbox until the gateway has stored it. */
type Kept<Sent> = Extract<Sent, { clientId: string }>

export interface ConnectionHandlers<Sent, Received> {
  /** The frames that each socket sends first. */
  greet(): Sent[]
  receive(frame: Received): void
  /** The state or the outbox has changed. */
  changed(): void
  /** `true`: trying again makes no sense. `wasReady`: the gateway had let us in. */
  closed?(code: number, wasReady: boolean): boolean
}

const pauseMs = 500
const pauseMsMax = 15_000
const pingMs = 15_000
const answerMs = 5_000
const connectMs = 10_000
/** The gateway disconnects a client with 64 frames that it has not handled yet. */
const inFlightMax = 16

/**
 * A WebSocket of JSON frames that reconnects by itself. Events wait in an outbox, in order, until they are stored, and
 * are sent again after each break; the gateway recognises repeats by their `clientId`.
 */
export class Connection<Sent extends Frame, Received extends Frame> {
  readonly #url: string
  readonly #handlers: ConnectionHandlers<Sent, Received>
  readonly #outbox: Kept<Sent>[]
  readonly #Socket: SocketClass
  #state: ConnectionState = 'closed'
  #socket: WebSocketLike | undefined
  /** The number of events of the outbox that were sent on this socket. */
  #inFlight = 0
  #attempts = 0
  #retryTimer: Timer
  #silenceTimer: Timer
  #pingTimer: Timer

  /**
   * @param outbox events that an earlier page could not deliver
   * @param Socket by default the browser's, or Node's
   */
  constructor(
    url: string,
    handlers: ConnectionHandlers<Sent, Received>,
    outbox: readonly Kept<Sent>[] = [],
    Socket = page.WebSocket as SocketClass,
  ) {
    this.#url = url
    this.#handlers = handlers
    this.#outbox = [...outbox]
    this.#Socket = Socket
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** The events that are not stored yet. */
  get outbox(): readonly Kept<Sent>[] {
    return this.#outbox
  }

  open(): void {
    if (this.#state !== 'closed') return
    page.addEventListener?.('online', this.#onReachable)
    page.addEventListener?.('offline', this.#check)
    page.document?.addEventListener('visibilitychange', this.#onReachable)
    this.#pingTimer = setInterval(this.#check, pingMs)
    this.#attempts = 0
    this.#connect()
  }

  close(): void {
    page.removeEventListener?.('online', this.#onReachable)
    page.removeEventListener?.('offline', this.#check)
    page.document?.removeEventListener('visibilitychange', this.#onReachable)
    clearInterval(this.#pingTimer)
    this.#disconnect()
    this.#setState('closed')
  }

  /** Sends a frame now or never; for frames that are worthless later. */
  send(frame: Sent): void {
    if (this.#socket?.readyState === socketOpen) this.#socket.send(JSON.stringify(frame))
  }

  /** Sends an event until it is stored; one that is too large is refused here, as the gateway would. */
  deliver(event: Kept<Sent>): void {
    const { clientId } = event
    if (new TextEncoder().encode(JSON.stringify(event)).length > frameBytesMax) {
      const error = { type: 'error', code: 'frame_invalid', message: 'too large', clientId }
      this.#handlers.receive(error as unknown as Received)
      return
    }
    this.#outbox.push(event)
    this.#flush()
    this.#handlers.changed()
  }

  #connect(): void {
    clearTimeout(this.#retryTimer)
    const socket = new this.#Socket(this.#url)
    this.#socket = socket
    this.#inFlight = 0
    this.#expectFrame(connectMs)
    this.#setState('connecting')
    socket.onopen = () => {
      for (const frame of this.#handlers.greet()) this.send(frame)
    }
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#receive(JSON.parse(String(data)))
    }
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#onClose(code)
    }
  }

  #receive(frame: Received): void {
    clearTimeout(this.#silenceTimer)
    const { type, clientId } = frame
    // Not `ready`: a gateway that can read and not store lets us in again and again.
    if (type === 'stored' || type === 'pong') this.#attempts = 0
    // `unavailable` is the gateway's answer where it could not store it.
    if (clientId !== undefined && (frame as { code?: string }).code !== 'unavailable') this.#remove(clientId)
    this.#handlers.receive(frame)
    // A desk hears `ready` of each conversation, too.
    if (type !== 'ready' || 'conversation' in frame || this.#state !== 'connecting') return
    this.#setState('open')
    this.#flush()
  }

  #remove(clientId: string): void {
    const index = this.#outbox.findIndex((event) => event.clientId === clientId)
    if (index < 0) return
    this.#outbox.splice(index, 1)
    if (index < this.#inFlight) this.#inFlight--
    this.#flush()
    this.#handlers.changed()
  }

  #flush(): void {
    if (this.#state !== 'open') return
    for (const event of this.#outbox.slice(this.#inFlight, inFlightMax)) {
      this.send(event)
      this.#inFlight++
    }
  }

  #onClose(code: number): void {
    const wasReady = this.#state === 'open'
    this.#disconnect()
    if (this.#handlers.closed?.(code, wasReady)) {
      this.close()
      return
    }
    // Full jitter: the clients that one gateway has lost do not all reconnect at once.
    const pause = Math.random() * Math.min(pauseMsMax, pauseMs * 2 ** this.#attempts++)
    this.#retryTimer = setTimeout(() => this.#connect(), pause)
    this.#setState('waiting')
  }

  #disconnect(): void {
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#silenceTimer)
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  /** The network is back, or somebody looks. */
  #onReachable = ({ type }: { type: string }): void => {
    if (type === 'visibilitychange' && page.document?.hidden) return
    if (this.#state === 'waiting') this.#connect()
    else this.#check()
  }

  #check = (): void => {
    if (this.#state !== 'open') return
    this.send({ type: 'ping' } as Sent)
    this.#expectFrame(answerMs)
  }

  /** A socket on which nothing comes is dead, whatever it says. */
  #expectFrame(withinMs: number): void {
    clearTimeout(this.#silenceTimer)
    this.#silenceTimer = setTimeout(() => this.#onClose(1006), withinMs)
  }

  #setState(state: ConnectionState): void {
    this.#state = state
    this.#handlers.changed()
  }
}

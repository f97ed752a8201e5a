import type { DeskFrame, DeskGatewayFrame } from '../../../schemas/protocol/desk.ts'
import { Connection, type ConnectionState } from '../base/connection.ts'
import {
  arrivals,
  close,
  type Desk,
  dismissRefusal,
  draft,
  focus,
  followed,
  open,
  receive,
  requestOf,
  see,
  send,
  takeBack,
  unsent,
} from './desk-state.ts'
import { keptText, restored } from './kept-desk.ts'
import { typingPauseMs } from './limits.ts'
import { type SignedIn, whoAmI } from './sign-in.ts'

/** Conversations that are asked for at a time; the gateway cuts off whoever sends more than it can deal with. */
const openingMax = 8

export interface SessionHandlers {
  changed(): void
  /** Requests that were not waiting before. */
  arrived(requests: ReturnType<typeof arrivals>): void
  /** The cookie does not hold any more. */
  signedOut(): void
}

/** An agent at work: the desk's state, its connection, and what is kept of it in this tab. */
export class DeskSession {
  readonly me: SignedIn
  readonly #handlers: SessionHandlers
  readonly #connection: Connection<DeskFrame, DeskGatewayFrame>
  readonly #storageKey: string
  /** What this connection was asked to follow, and what of it has not come in full. */
  readonly #following = new Set<string>()
  readonly #opening = new Set<string>()
  #desk: Desk
  #lastError = ''
  #hasBeenOpen = false
  #typedAt = 0
  #isKeeping = false

  constructor(me: SignedIn, workspace: string, handlers: SessionHandlers) {
    this.me = me
    this.#handlers = handlers
    this.#storageKey = `frontdesk.desk.${workspace}`
    this.#desk = restored(readStorage(this.#storageKey), me, workspace)
    const url = new URL(`/v1/desk?workspace=${encodeURIComponent(workspace)}`, location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    this.#connection = new Connection(
      url.href,
      {
        greet: () => [],
        receive: (frame) => this.#receive(frame),
        changed: () => {
          if (this.#connection.state === 'open') {
            this.#hasBeenOpen = true
            this.#follow()
          }
          handlers.changed()
        },
        closed: (code, wasReady) => this.#closed(code, wasReady),
      },
      unsent(this.#desk),
    )
    addEventListener('pagehide', this.#keep)
  }

  get desk(): Desk {
    return this.#desk
  }

  get connection(): ConnectionState {
    return this.#connection.state
  }

  /** Whether it was there once: a page that only begins has lost nothing. */
  get hasBeenOpen(): boolean {
    return this.#hasBeenOpen
  }

  /** Whether the gateway has said that it cannot store anything. */
  get isUnavailable(): boolean {
    return this.#lastError === 'unavailable'
  }

  start(): void {
    this.#connection.open()
  }

  /** `forget`: what was kept goes, too. */
  stop({ forget }: { forget: boolean }): void {
    removeEventListener('pagehide', this.#keep)
    this.#connection.close()
    if (forget) writeStorage(this.#storageKey, null)
    else this.#keep()
  }

  open(id: string): void {
    this.#become(open(this.#desk, id))
  }

  close(id: string): void {
    this.#become(close(this.#desk, id))
  }

  focus(id: string | null): void {
    this.#become(focus(this.#desk, id))
  }

  see(id: string): void {
    this.#become(see(this.#desk, id))
  }

  accept(id: string): void {
    const request = requestOf(this.#desk, id)?.request
    if (request !== undefined) this.#send({ type: 'accept', conversation: id, clientId: newId(), request })
  }

  say(id: string, text: string): void {
    this.#typedAt = 0
    this.#send({ type: 'message', conversation: id, clientId: newId(), text })
  }

  release(id: string, reason: string): void {
    this.#send({ type: 'release', conversation: id, clientId: newId(), ...(reason && { reason }) })
  }

  end(id: string): void {
    this.#send({ type: 'end', conversation: id, clientId: newId() })
  }

  draft(id: string, text: string): void {
    this.#become(draft(this.#desk, id, text))
    if (text === '' || Date.now() - this.#typedAt < typingPauseMs) return
    this.#typedAt = Date.now()
    this.#connection.send({ type: 'typing', conversation: id })
  }

  takeBack(id: string, clientId: string): void {
    this.#become(takeBack(this.#desk, id, clientId))
  }

  dismissRefusal(id: string): void {
    this.#become(dismissRefusal(this.#desk, id))
  }

  #send(event: Parameters<typeof send>[1]): void {
    this.#become(send(this.#desk, event, new Date().toISOString()))
    this.#connection.deliver(event)
  }

  #receive(frame: DeskGatewayFrame): void {
    if (frame.type === 'welcome') {
      if (frame.agent.id !== this.me.id) {
        this.#giveWay()
        return
      }
      this.#following.clear()
      this.#opening.clear()
    }
    this.#lastError = frame.type === 'error' ? frame.code : ''
    const isOpened = frame.type === 'ready' || frame.type === 'error' || frame.type === 'gone'
    if (isOpened && frame.conversation !== undefined) this.#opening.delete(frame.conversation)
    const before = this.#desk
    this.#become(receive(before, frame, Date.now()))
    if (isOpened) this.#follow()
    const arrived = arrivals(before, this.#desk)
    if (arrived.length > 0) this.#handlers.arrived(arrived)
  }

  #become(desk: Desk): void {
    if (desk === this.#desk) return
    this.#desk = desk
    this.#follow()
    if (!this.#isKeeping) {
      this.#isKeeping = true
      queueMicrotask(this.#keep)
    }
    this.#handlers.changed()
  }

  /** Asks for what is to be followed and is not yet, a few at a time; what is on the screen comes first. */
  #follow(): void {
    if (this.#connection.state !== 'open') return
    const wanted = followed(this.#desk)
    for (const id of this.#following)
      if (!wanted.has(id)) {
        this.#following.delete(id)
        this.#opening.delete(id)
        this.#connection.send({ type: 'close', conversation: id })
      }
    for (const id of wanted) {
      const conversation = this.#desk.conversations.get(id)
      if (this.#following.has(id) || conversation?.isErased || this.#opening.size >= openingMax) continue
      this.#following.add(id)
      this.#opening.add(id)
      this.#connection.send({ type: 'open', conversation: id, after: conversation?.last ?? 0 })
    }
  }

  #closed(code: number, wasReady: boolean): boolean {
    if (code === signedOutCode) {
      this.#handlers.signedOut()
      return true
    }
    // A page is not told why a WebSocket was refused: it may be the cookie.
    if (!wasReady)
      void whoAmI().then((me) => {
        if ('needed' in me && this.#connection.state !== 'closed') this.#handlers.signedOut()
      })
    return false
  }

  /** Somebody else has signed in in this browser: nothing of the first may be shown to them or sent as theirs. */
  #giveWay(): void {
    this.stop({ forget: true })
    location.reload()
  }

  #keep = (): void => {
    this.#isKeeping = false
    writeStorage(this.#storageKey, keptText(this.#desk))
  }
}

const signedOutCode = 4401

function newId(): string {
  // `randomUUID` is there on secure origins only.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

function readStorage(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

/** Storage that is full or not there makes the desk no worse than one that is not reloaded. */
function writeStorage(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, text)
  } catch {}
}

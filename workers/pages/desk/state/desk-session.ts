import type { Attachment } from '../../../../schemas/conversation/attachment.ts'
import { typingPauseMs } from '../../../../schemas/limits.ts'
import type { AgentEvent, DeskFrame, DeskGatewayFrame } from '../../../../schemas/protocol/desk.ts'
import { Connection, type ConnectionState } from '../../../client/connection.ts'
import { gatewaySocketUrl } from '../../base/ask.ts'
import { readSession, type SignedIn } from '../../base/sign-in.ts'
import { dismissRefusal, draft, markSeen, send, show, takeBack } from './agent-actions.ts'
import { DelayedEnds } from './delayed-ends.ts'
import type { Desk } from './desk-state.ts'
import { keptText, restored } from './kept-desk.ts'
import { type News, newsBetween } from './news.ts'
import { receive } from './receive.ts'
import { followed, requestOf, standing, unsent } from './selectors.ts'
import { SharedWork } from './shared-work.ts'
import { readSwitch, writeSwitch } from './switches.ts'

/** The most conversations requested at once: the gateway closes connections that send faster than it answers. */
const openingMax = 8
const signedOutCode = 4401
const awayKey = 'frontdesk.desk.away'

type Transfer = Extract<AgentEvent, { type: 'transfer' }>

export interface SessionHandlers {
  changed(): void
  told(news: News[]): void
  /** The cookie is no longer valid. */
  signedOut(): void
}

/** A signed-in agent's desk: its state, its connection, and its copy in the tab's session storage. */
export class DeskSession {
  readonly me: SignedIn
  readonly #handlers: SessionHandlers
  readonly #connection: Connection<DeskFrame, DeskGatewayFrame>
  readonly #storageKey: string
  readonly #shared: SharedWork
  /** The conversations requested on this connection. */
  readonly #following = new Set<string>()
  /** The conversations of `#following` whose transcript has not arrived in full. */
  readonly #opening = new Set<string>()
  readonly #ends = new DelayedEnds((id) => this.#send({ type: 'end', conversation: id, clientId: newId() }))
  #desk: Desk
  #lastError = ''
  #hasBeenOpen = false
  #typedAt = 0
  #isStoreQueued = false

  constructor(me: SignedIn, workspace: string, handlers: SessionHandlers) {
    this.me = me
    this.#handlers = handlers
    this.#storageKey = `frontdesk.desk.${workspace}`
    const isAway = readSwitch(awayKey) ?? false
    this.#shared = new SharedWork(workspace, me.id)
    this.#desk = this.#shared.begin({ ...restored(readStorage(this.#storageKey), me, workspace), isAway })
    this.#connection = new Connection(
      gatewaySocketUrl(`/v1/desk?workspace=${encodeURIComponent(workspace)}`),
      {
        greet: () => [stateFrame(this.#desk)],
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
    addEventListener('pagehide', this.#leavePage)
    addEventListener('storage', this.#onStorage)
  }

  get desk(): Desk {
    return this.#desk
  }

  get connection(): ConnectionState {
    return this.#connection.state
  }

  /** Whether it was ever connected: a page that is still loading has lost no connection. */
  get hasBeenOpen(): boolean {
    return this.#hasBeenOpen
  }

  /** Whether the gateway said last that it cannot store anything. */
  get isUnavailable(): boolean {
    return this.#lastError === 'unavailable'
  }

  start(): void {
    this.#connection.open()
  }

  /** `forget`: removes the stored copy, too. */
  stop({ forget }: { forget: boolean }): void {
    removeEventListener('pagehide', this.#leavePage)
    this.#ends.flush()
    removeEventListener('storage', this.#onStorage)
    this.#connection.close()
    if (forget) {
      writeStorage(this.#storageKey, null)
      this.#shared.prune(() => false)
      writeSwitch(awayKey, false)
    } else this.#store()
  }

  show(id: string | null): void {
    this.#update(show(this.#desk, id))
  }

  markSeen(id: string): void {
    this.#update(markSeen(this.#desk, id))
  }

  /** `takeOver`: also from the agent who has it. */
  accept(id: string, takeOver = false): void {
    const request = requestOf(this.#desk, id)?.request
    if (request === undefined) return
    this.#send({
      type: 'accept',
      conversation: id,
      clientId: newId(),
      request,
      ...(takeOver && { takeOver }),
    })
  }

  say(id: string, text: string, attachments?: Attachment[]): void {
    this.#typedAt = 0
    this.#send({ type: 'message', conversation: id, clientId: newId(), text, attachments })
  }

  note(id: string, text: string): void {
    this.#send({ type: 'note', conversation: id, clientId: newId(), text })
  }

  tag(id: string, tags: string[]): void {
    this.#send({ type: 'tag', conversation: id, clientId: newId(), tags })
  }

  correctName(id: string, name: string): void {
    this.#send({ type: 'correct', conversation: id, clientId: newId(), name })
  }

  transfer(id: string, to: Transfer['to'], note: string): void {
    this.#send({ type: 'transfer', conversation: id, clientId: newId(), to, ...(note && { note }) })
  }

  /** Gives a conversation back to the queue; declines one that is only offered. */
  release(id: string, reason = ''): void {
    this.#send({ type: 'release', conversation: id, clientId: newId(), ...(reason && { reason }) })
  }

  /** Ends a conversation in a few seconds, which the agent has to undo it. */
  end(id: string): void {
    this.#ends.begin(id)
    this.#handlers.changed()
  }

  /** Takes back the end of a conversation, or the latest one that can be. */
  undoEnd(id = this.ending.at(-1)): void {
    if (id === undefined) return
    this.#ends.undo(id)
    this.#handlers.changed()
  }

  /** The conversations whose end can still be undone, the latest last. */
  get ending(): string[] {
    return this.#ends.ids
  }

  /** Gives back all of the agent's conversations. */
  leave(): void {
    this.#ends.flush()
    this.#connection.send({ type: 'leave' })
  }

  /** After a sign-out that failed, the agent is here as before. */
  stay(): void {
    this.#connection.send(stateFrame(this.#desk))
  }

  setAway(isAway: boolean): void {
    writeSwitch(awayKey, isAway)
    this.#setAway(isAway)
  }

  draft(id: string, text: string, isNote = false): void {
    this.#update(draft(this.#desk, id, text, isNote))
    if (isNote || text === '' || Date.now() - this.#typedAt < typingPauseMs) return
    this.#typedAt = Date.now()
    this.#connection.send({ type: 'typing', conversation: id })
  }

  takeBack(id: string, clientId: string): void {
    this.#update(takeBack(this.#desk, id, clientId))
  }

  dismissRefusal(id: string): void {
    this.#update(dismissRefusal(this.#desk, id))
  }

  #setAway(isAway: boolean): void {
    if (this.#desk.isAway === isAway) return
    this.#update({ ...this.#desk, isAway })
    this.#connection.send(stateFrame(this.#desk))
  }

  /** The agent's other tabs have the same switch, and the same drafts. */
  #onStorage = (event: StorageEvent): void => {
    if (event.key === awayKey) this.#setAway(readSwitch(awayKey) ?? false)
    else this.#set(this.#shared.receive(this.#desk, event))
  }

  #send(event: AgentEvent): void {
    // Tags, notes and names are put in order at the end; any other act says that the end is meant.
    if (!['tag', 'note', 'correct'].includes(event.type)) this.#ends.flush(event.conversation)
    this.#update(send(this.#desk, event, new Date().toISOString()))
    this.#connection.deliver(event)
  }

  #receive(frame: DeskGatewayFrame): void {
    if (frame.type === 'welcome') {
      if (frame.agent.id !== this.me.id) {
        this.#reloadForOtherAgent()
        return
      }
      this.#following.clear()
      this.#opening.clear()
    }
    this.#lastError = frame.type === 'error' ? frame.code : ''
    const isOpened = frame.type === 'ready' || frame.type === 'error' || frame.type === 'gone'
    if (isOpened && frame.conversation !== undefined) this.#opening.delete(frame.conversation)
    // The gateway has lost records that are shown here: they are read again.
    if (frame.type === 'error' && frame.code === 'after_unknown' && frame.conversation !== undefined)
      this.#following.delete(frame.conversation)
    const before = this.#desk
    this.#update(receive(before, frame, Date.now()))
    if (isOpened) this.#follow()
    if (frame.type === 'ready' && frame.conversation === undefined)
      this.#shared.prune((id) => this.#desk.requests.has(id) || this.#desk.conversations.has(id))
    // Somebody else was faster.
    for (const id of this.ending) if (standing(this.#desk, id) !== 'mine') this.#ends.undo(id)
    const news = newsBetween(before, this.#desk)
    if (news.length > 0) this.#handlers.told(news)
  }

  #update(desk: Desk): void {
    if (desk !== this.#desk) this.#set(this.#shared.follow(this.#desk, desk))
  }

  #set(desk: Desk): void {
    if (desk === this.#desk) return
    this.#desk = desk
    this.#follow()
    if (!this.#isStoreQueued) {
      this.#isStoreQueued = true
      queueMicrotask(this.#store)
    }
    this.#handlers.changed()
  }

  /** Requests the followed conversations, a few at a time, the one that is shown first; leaves the others. */
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
    // Browsers do not tell why a WebSocket was refused: it may be the cookie.
    if (!wasReady)
      void readSession('agent').then(({ state }) => {
        if (state === 'signedOut' && this.#connection.state !== 'closed') this.#handlers.signedOut()
      })
    return false
  }

  /** Another agent has signed in in this browser: the first one's texts must not be shown to them or sent as theirs. */
  #reloadForOtherAgent(): void {
    this.stop({ forget: true })
    location.reload()
  }

  #leavePage = (): void => {
    this.#ends.flush()
    this.#store()
  }

  #store = (): void => {
    this.#isStoreQueued = false
    writeStorage(this.#storageKey, keptText(this.#desk))
  }
}

function stateFrame({ isAway }: Desk): DeskFrame {
  return { type: 'state', state: isAway ? 'away' : 'online' }
}

function newId(): string {
  // `randomUUID` is missing on origins without HTTPS.
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

/** Without storage, or with a full one, a reload loses what is kept; nothing else does. */
function writeStorage(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, text)
  } catch {}
}

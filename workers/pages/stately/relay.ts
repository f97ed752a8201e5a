import { gatewaySocketUrl } from '../base/ask.ts'

/** Stately's inspector, and the name that its library gives the window. */
export const inspectorUrl = 'https://stately.ai/inspect'
const windowName = 'xstateinspector'
const retryMs = 2_000
const lookEveryMs = 500

/** The conversation to pass on. The right to read it is a ticket, else an engineer's cookie. */
export interface Passed {
  conversation: string
  ticket: string | undefined
  isRevealed: boolean
}

export type RelayState =
  | 'idle'
  /** The browser lets no window open. */
  | 'blocked'
  /** The window is open and has not yet said that it is ready. */
  | 'opening'
  | 'passing'
  | 'reconnecting'
  /** The gateway does not let it read. */
  | 'refused'

type StatelyFrame = { type: string; id: string; createdAt: string }

/**
 * Relays a conversation from the gateway to Stately's inspector in its own window, as the stock
 * `createBrowserInspector` does: each window that reports that it is connected gets everything from the beginning.
 */
export class Relay {
  state: RelayState = 'idle'
  /** The number of the conversation's events that the window got. */
  count = 0
  /** The time of the latest of them: epoch milliseconds. */
  latest = 0
  readonly #passed: Passed
  readonly #onChange: () => void
  #window: Window | null = null
  /** The window's origin, once it has reported. */
  #origin = ''
  #socket: WebSocket | undefined
  /** The frames so far: all of them are sent again after a break. */
  #sent = new Set<string>()
  #retryTimer = 0
  #windowTimer = 0

  constructor(passed: Passed, changed: () => void) {
    this.#passed = passed
    this.#onChange = changed
  }

  /** Only where somebody has just pressed something does a browser open a window. */
  open(): void {
    this.#reset()
    addEventListener('message', this.#onMessage)
    this.#window = window.open(inspectorUrl, windowName)
    this.#setState(this.#window ? 'opening' : 'blocked')
    this.#windowTimer = setInterval(() => {
      if (this.#window?.closed) this.stop()
    }, lookEveryMs)
  }

  stop(): void {
    if (this.#origin) this.#window?.postMessage({ type: '@statelyai.disconnected' }, this.#origin)
    this.#reset()
    this.#setState('idle')
  }

  /** Reads again, where the gateway did not let it. */
  retry(): void {
    this.#setState('reconnecting')
    this.#read()
  }

  #reset(): void {
    removeEventListener('message', this.#onMessage)
    clearInterval(this.#windowTimer)
    this.#close()
    this.#window = null
    this.#origin = ''
  }

  #onMessage = ({ data, origin, source }: MessageEvent): void => {
    // Post to Stately's origin only: the window may show another page by now.
    if (source !== this.#window || data?.type !== '@statelyai.connected' || !isStatelys(origin)) return
    this.#origin = origin
    this.#sent = new Set()
    this.count = 0
    this.#read()
  }

  #read(): void {
    this.#close()
    const { conversation, ticket, isRevealed } = this.#passed
    const query = new URLSearchParams({ ...(ticket && { ticket }), ...(isRevealed && { reveal: '1' }) })
    const path = `/v1/inspector/conversations/${encodeURIComponent(conversation)}/stately`
    const socket = new WebSocket(gatewaySocketUrl(`${path}?${query}`))
    this.#socket = socket
    socket.onopen = () => this.#setState('passing')
    socket.onmessage = ({ data }) => this.#pass(JSON.parse(data as string) as StatelyFrame)
    socket.onclose = () => {
      // It was never open: a browser does not say why.
      if (this.state !== 'passing') return this.#setState('refused')
      this.#setState('reconnecting')
      this.#retryTimer = setTimeout(() => this.#read(), retryMs)
    }
  }

  #pass(frame: StatelyFrame): void {
    // The gateway's own event says why the stream ends.
    if (!frame.type.startsWith('@xstate.') || this.#sent.has(frame.id)) return
    this.#sent.add(frame.id)
    this.#window?.postMessage(frame, this.#origin)
    if (frame.type !== '@xstate.event') return
    this.count++
    this.latest = Number(frame.createdAt)
    this.#onChange()
  }

  #close(): void {
    clearTimeout(this.#retryTimer)
    if (!this.#socket) return
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null
    this.#socket.close()
    this.#socket = undefined
  }

  #setState(state: RelayState): void {
    this.state = state
    this.#onChange()
  }
}

function isStatelys(origin: string): boolean {
  // The origin of a sandboxed page is not a URL.
  if (!URL.canParse(origin)) return false
  const own = new URL(inspectorUrl).hostname
  const { protocol, hostname } = new URL(origin)
  return protocol === 'https:' && (hostname === own || hostname.endsWith(`.${own}`))
}

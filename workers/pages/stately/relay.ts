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

type Told = { type: string; id: string; createdAt: string }

/**
 * Passes a conversation on from the gateway to Stately's inspector in a window of its own, as the stock
 * `createBrowserInspector` does: each window that says that it is connected is told everything, from the beginning.
 */
export class Relay {
  state: RelayState = 'idle'
  /** How many of the conversation's events the window was told. */
  count = 0
  /** The time of the latest of them: epoch milliseconds. */
  latest = 0
  readonly #passed: Passed
  readonly #changed: () => void
  #window: Window | null = null
  /** The window's, once it has said that it is there. */
  #origin = ''
  #socket: WebSocket | undefined
  /** The frames so far: all of them are sent again after a break. */
  #told = new Set<string>()
  #timer = 0
  #look = 0

  constructor(passed: Passed, changed: () => void) {
    this.#passed = passed
    this.#changed = changed
  }

  /** Only where somebody has just pressed something does a browser open a window. */
  open(): void {
    this.#forget()
    addEventListener('message', this.#heard)
    this.#window = window.open(inspectorUrl, windowName)
    this.#become(this.#window ? 'opening' : 'blocked')
    this.#look = setInterval(() => {
      if (this.#window?.closed) this.stop()
    }, lookEveryMs)
  }

  stop(): void {
    if (this.#origin) this.#window?.postMessage({ type: '@statelyai.disconnected' }, this.#origin)
    this.#forget()
    this.#become('idle')
  }

  /** Reads again, where the gateway did not let it. */
  retry(): void {
    this.#become('reconnecting')
    this.#read()
  }

  #forget(): void {
    removeEventListener('message', this.#heard)
    clearInterval(this.#look)
    this.#close()
    this.#window = null
    this.#origin = ''
  }

  #heard = ({ data, origin, source }: MessageEvent): void => {
    // Post to Stately's origin only: the window may show another page by now.
    if (source !== this.#window || data?.type !== '@statelyai.connected' || !isStatelys(origin)) return
    this.#origin = origin
    this.#told = new Set()
    this.count = 0
    this.#read()
  }

  #read(): void {
    this.#close()
    const { conversation, ticket, isRevealed } = this.#passed
    const query = new URLSearchParams({ ...(ticket && { ticket }), ...(isRevealed && { reveal: '1' }) })
    const path = `/v1/inspector/conversations/${encodeURIComponent(conversation)}/stately`
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}${path}?${query}`)
    this.#socket = socket
    socket.onopen = () => this.#become('passing')
    socket.onmessage = ({ data }) => this.#pass(JSON.parse(data as string) as Told)
    socket.onclose = () => {
      // It was never open: a browser does not say why.
      if (this.state !== 'passing') return this.#become('refused')
      this.#become('reconnecting')
      this.#timer = setTimeout(() => this.#read(), retryMs)
    }
  }

  #pass(told: Told): void {
    // The gateway's own event says why the stream ends.
    if (!told.type.startsWith('@xstate.') || this.#told.has(told.id)) return
    this.#told.add(told.id)
    this.#window?.postMessage(told, this.#origin)
    if (told.type !== '@xstate.event') return
    this.count++
    this.latest = Number(told.createdAt)
    this.#changed()
  }

  #close(): void {
    clearTimeout(this.#timer)
    if (!this.#socket) return
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null
    this.#socket.close()
    this.#socket = undefined
  }

  #become(state: RelayState): void {
    this.state = state
    this.#changed()
  }
}

function isStatelys(origin: string): boolean {
  // That of a sandbox is none.
  if (!URL.canParse(origin)) return false
  const own = new URL(inspectorUrl).hostname
  const { protocol, hostname } = new URL(origin)
  return protocol === 'https:' && (hostname === own || hostname.endsWith(`.${own}`))
}

/** The part of a WebSocket that is used. Browsers, Node and the package `ws` have it. */
export interface WebSocketLike {
  readonly readyState: number
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  send(data: string): void
  close(): void
}
export type SocketClass = new (url: string) => WebSocketLike

/** `WebSocket.OPEN`. */
export const socketOpen = 1

type Listen = (type: string, listener: (event: { type: string }) => void) => void

/** The parts of a browser's page that are used where they are: Node has none but, from version 22, the WebSocket. */
interface Page {
  WebSocket?: SocketClass
  document?: { hidden: boolean; addEventListener: Listen; removeEventListener: Listen }
  addEventListener?: Listen
  removeEventListener?: Listen
}

export const page = globalThis as unknown as Page

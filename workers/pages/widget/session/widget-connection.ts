import { titleLengthMax, urlLengthMax } from '../../../../schemas/limits.ts'
import type { CustomerEvent, GatewayFrame, WidgetFrame } from '../../../../schemas/protocol/widget.ts'
import { Connection } from '../../base/connection.ts'
import { pageTitle } from '../attention.ts'

export type WidgetConnection = Connection<WidgetFrame, GatewayFrame>

interface WidgetConnectionHandlers {
  greet(): WidgetFrame[]
  receive(frame: GatewayFrame): void
  changed(): void
  /** `true`: the connection stays closed. */
  closed(code: number): boolean
  /** Called after a final refusal: this page cannot connect. The message is the gateway's. */
  refused(message: string): void
}

/**
 * A connection that stops reconnecting after a final refusal, and reports the reason to `refused`.
 *
 * @param gateway its URL with a slash at the end
 */
export function widgetConnection(
  gateway: string,
  handlers: WidgetConnectionHandlers,
  outbox: readonly CustomerEvent[] = [],
): WidgetConnection {
  const url = `${gateway}v1/widget`
  /** The attempts in a row that failed. */
  let failures = 0
  /** The message of the gateway's last error. */
  let error = ''
  const connection: WidgetConnection = new Connection(
    url.replace(/^http/, 'ws'),
    {
      ...handlers,
      receive: (frame) => {
        if (frame.type === 'ready') failures = 0
        if (frame.type === 'error') error = frame.message
        handlers.receive(frame)
      },
      closed: (code) => {
        if (handlers.closed(code)) return true
        // hello_expected, unknown_channel, origin_refused, login_needed: the same attempt would be refused again.
        const isFinal = code === 4400 || (code > 4403 && code < 4407)
        if (isFinal) handlers.refused(error)
        // One failure may be chance, and a request after each would double the load on a gateway in trouble.
        else if (++failures % 5 === 2) void askWhy()
        return isFinal
      },
    },
    outbox,
  )
  /** Browsers do not tell why a WebSocket was refused; a plain request is told. */
  const askWhy = async () => {
    try {
      const answer = await fetch(url)
      const { code, message } = await answer.json()
      const { state } = connection
      if (code === 'origin_refused' && state !== 'open' && state !== 'closed') handlers.refused(message)
    } catch {
      // No network, or no gateway there: that may pass.
    }
  }
  return connection
}

/** Ends a session at the gateway, as soon as that can be reached. */
export function logOut(gateway: string, session: string, after: number): void {
  const leaving: WidgetConnection = widgetConnection(gateway, {
    greet: () => [{ type: 'hello', session, after }, { type: 'logout' }],
    receive() {},
    changed() {},
    closed: (code) => code === 4403 || code === 4401 || code === 4410,
    refused: () => leaving.close(),
  })
  leaving.open()
}

/** The greeting of a visitor without a session. */
export function newVisitor(
  channel: string,
  locale: string | undefined,
  login: string | undefined,
  attributes: Record<string, string> | undefined,
): WidgetFrame {
  const url = location.href.replace(/#.*/, '')
  return {
    type: 'hello',
    channel,
    locale,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    page: { ...(url.length <= urlLengthMax && { url }), title: pageTitle().slice(0, titleLengthMax) },
    attributes,
    ...(login !== undefined && { login }),
    presence: presence(),
  }
}

/** Whether the customer has the page in sight. */
export function presence(): 'here' | 'away' {
  return document.hidden ? 'away' : 'here'
}

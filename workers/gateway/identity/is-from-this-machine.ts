import type { IncomingMessage } from 'node:http'

const loopbackAddress = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/
const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i
/** Any of these says that somebody else asks through a proxy. */
const forwarding = /^(forwarded|via|x-forwarded(-.+)?|x-real-ip|x-client-ip|cf-connecting-ip|true-client-ip)$/

/**
 * Whether somebody on this machine asks, and no other. The peer's address alone would not do: a page of a
 * stranger's whose name leads to 127.0.0.1 asks from here too, but by that name (DNS rebinding), and so does a
 * proxy on this machine.
 */
export function isFromThisMachine({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  return (
    loopbackAddress.test(socket.remoteAddress ?? '') &&
    loopbackHost.test(headers.host ?? '') &&
    !Object.keys(headers).some((name) => forwarding.test(name))
  )
}

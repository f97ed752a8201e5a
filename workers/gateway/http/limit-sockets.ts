import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { GatewaySettings } from '../../settings/gateway.ts'
import { addressKey } from './address.ts'

/**
 * Limits the TCP connections that are not WebSockets, in all and of an address, where they are accepted: before a
 * request is read. The limits are those of WebSockets, which are counted apart.
 */
export function limitSockets(
  server: Server,
  { limits, trustProxy }: Pick<GatewaySettings, 'limits' | 'trustProxy'>,
): void {
  const { connectionsMax, connectionsPerAddressMax } = limits
  const open = new Map<Socket, string>()
  const perAddress = new Map<string, number>()
  const leave = (socket: Socket) => {
    const address = open.get(socket)
    if (address === undefined) return
    open.delete(socket)
    const others = (perAddress.get(address) ?? 1) - 1
    if (others > 0) perAddress.set(address, others)
    else perAddress.delete(address)
  }
  server.on('connection', (socket: Socket) => {
    const address = addressKey(socket.remoteAddress ?? '')
    const others = perAddress.get(address) ?? 0
    // A proxy has all its clients' connections: it limits them itself.
    const isFull = open.size >= connectionsMax || (!trustProxy && others >= connectionsPerAddressMax)
    if (isFull) return socket.destroy()
    open.set(socket, address)
    perAddress.set(address, others + 1)
    socket.once('close', () => leave(socket))
  })
  // The WebSocket counts from now on, or is refused, which closes it.
  server.on('upgrade', (_request, socket: Socket) => leave(socket))
}

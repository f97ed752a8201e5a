import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy that serves a gateway below a path, which it takes away, and answers 404 elsewhere. */
export async function startPathProxy(
  path: string,
  port: number,
): Promise<{ url: string; stop(): Promise<void> }> {
  const toGateway = ({ url = '', method, headers }: IncomingMessage) =>
    request({ port, host: '127.0.0.1', path: url.slice(path.length), method, headers })
  const isBelow = ({ url }: IncomingMessage) => url?.startsWith(`${path}/`)
  const server = createServer((incoming, reply) => {
    if (!isBelow(incoming)) return void reply.writeHead(404).end()
    const outgoing = toGateway(incoming)
    outgoing.on('response', (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(reply)
    })
    outgoing.on('error', () => reply.destroy())
    reply.on('close', () => outgoing.destroy())
    incoming.pipe(outgoing)
  })
  server.on('upgrade', (incoming, socket) => {
    if (!isBelow(incoming)) return void socket.destroy()
    const outgoing = toGateway(incoming)
    outgoing.on('upgrade', ({ rawHeaders }, far) => {
      const lines = rawHeaders.flatMap((name, n) => (n % 2 === 0 ? [`${name}: ${rawHeaders[n + 1]}`] : []))
      socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'))
      far.pipe(socket).pipe(far)
      for (const end of [far, socket]) end.on('error', () => end.destroy())
    })
    outgoing.on('error', () => socket.destroy())
    outgoing.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

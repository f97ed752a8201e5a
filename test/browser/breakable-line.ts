import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A network between a page and its gateway that can fail. */
export interface BreakableLine {
  /** Where the page finds the gateway. */
  url: string
  /** From now on nothing comes through, and nobody is told: a cable that was pulled. */
  goSilent(): void
  /** Ends all connections and refuses new ones: an access point that was switched off. */
  cut(): void
  /** What was on its way in silent connections arrives; new ones come through. */
  mend(): void
  stop(): Promise<void>
}

/** A line to `http://127.0.0.1:<port>`; another gateway may listen there later. */
export async function startLine(port: number): Promise<BreakableLine> {
  let state: 'up' | 'silent' | 'cut' = 'up'
  const sockets = new Set<Socket>()
  const hold = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
    if (state === 'silent') socket.pause()
  }
  const server: Server = createServer({ pauseOnConnect: true }, (near) => {
    if (state === 'cut') return near.destroy()
    const far = connect(port, '127.0.0.1')
    hold(near)
    hold(far)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      // Not a pipe, which would go on by itself.
      from.on('data', (data) => to.write(data))
      from.once('close', () => to.destroy())
    }
    if (state === 'up') near.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    goSilent: () => {
      state = 'silent'
      for (const socket of sockets) socket.pause()
    },
    cut: () => {
      state = 'cut'
      for (const socket of sockets) socket.destroy()
    },
    mend: () => {
      state = 'up'
      for (const socket of sockets) socket.resume()
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

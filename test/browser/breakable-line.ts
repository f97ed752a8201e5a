import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A network between a page and its gateway that can fail. */
export interface BreakableLine {
  /** The gateway's URL as the page knows it. */
  url: string
  /** Delivers nothing more, and tells nobody, like a cable that was pulled. */
  goSilent(): void
  /** Ends all connections and refuses new ones, like an access point that was switched off. */
  cut(): void
  /** Delivers what the silent connections held back, and accepts new ones; to another port if it is given. */
  mend(toPort?: number): void
  stop(): Promise<void>
}

/** A line to `http://127.0.0.1:<port>`. */
export async function startLine(port: number): Promise<BreakableLine> {
  let farPort = port
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
    const far = connect(farPort, '127.0.0.1')
    hold(near)
    hold(far)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      // A pipe would resume the paused socket by itself.
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
    mend: (toPort = farPort) => {
      farPort = toPort
      state = 'up'
      for (const socket of sockets) socket.resume()
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function portOf(url: string): number {
  return Number(new URL(url).port)
}

import type { Logger } from 'pino'

const portsTried = 100

export interface WantedPort {
  port: number
  /** Whether it must be this one; otherwise the next free one will do. */
  portIsGiven: boolean
  /** The variable that sets it, for the error. */
  variable: string
}

/** Listens on the port, or on the next free one where that may be. Throws where there is none. */
export async function listenOn(
  { port, portIsGiven, variable }: WantedPort,
  log: Logger,
  listen: (port: number) => Promise<unknown>,
): Promise<void> {
  for (let tried = port; ; tried++)
    try {
      await listen(tried)
      if (tried !== port) log.info(`port ${port} is taken by another program: using ${tried}`)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      if (portIsGiven) throw new Error(`port ${port} is taken: set ${variable} to another one`)
      if (tried === port + portsTried) throw new Error(`no free port from ${port} on: set ${variable}`)
    }
}

/** The URL on this machine of what listens there: an address that means all interfaces cannot be connected to. */
export function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

import { setTimeout as sleep } from 'node:timers/promises'
import { connectOptions } from '../../../engine/nats/connect-options.ts'

/** How long a server that may be starting is waited for, in milliseconds. */
const waitMs = 10_000
const pauseMs = 250

/** Whether the server was reached and does not accept the client, or the client not the server: waiting does not help. */
export function isRefusal({ name }: Error): boolean {
  return name === 'AuthorizationError' || name === 'CertificateError'
}

/** The servers of a URL, without users and passwords. */
export function serversOf(url: string): string {
  return connectOptions(url).servers.join(',')
}

/**
 * Settles as `attempt` once it succeeds or is refused: the NATS of `url` may be starting, or be too busy to greet in
 * time. Throws once 10 seconds are over.
 *
 * @param warn is called after the first attempt that fails
 */
export async function patiently<T>(
  attempt: () => Promise<T>,
  url: string,
  warn: (fields: { nats: string; reason: string }, text: string) => void,
): Promise<T> {
  const until = Date.now() + waitMs
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (isRefusal(error as Error)) throw error
      const { message: reason } = error as Error
      if (Date.now() > until) throw unreachable(url, error as Error)
      if (tries === 1)
        warn(
          { nats: serversOf(url), reason },
          `NATS cannot be reached yet: trying for ${waitMs / 1000} seconds`,
        )
      await sleep(pauseMs)
    }
  }
}

/** The error to throw where no server of `url` answers. */
export function unreachable(url: string, cause: Error): Error {
  return new Error(`no NATS server could be reached at ${serversOf(url)}: ${cause.message}`, { cause })
}

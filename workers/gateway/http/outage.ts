import type { Logger } from 'pino'
import { outageFailures } from '../../monitoring/metrics.ts'

/** An outage is over once nothing has failed for this long. */
const quietMs = 60_000
/** An event that is stored ends an outage only after this: failures in turns with successes are one outage. */
const settledMs = 5_000
/** Reasons that an outage is logged with: one that differs from failure to failure must not fill the log. */
const reasonsMax = 8

/**
 * The times when NATS does not serve some clients. They wait, or get `unavailable` and come back by themselves, so the
 * log is the only place where an operator learns of it: one line for each outage and reason, and one at its end.
 */
export class Outage {
  readonly #clients: string
  readonly #log: Logger
  #reasons = new Set<string>()
  #failures = 0
  #beganAt = 0
  #failedAt = Number.NEGATIVE_INFINITY
  #servedAt = Number.NEGATIVE_INFINITY

  /** @param clients those that are not served, for the log: `customers` */
  constructor(clients: string, log: Logger) {
    this.#clients = clients
    outageFailures.inc({ clients }, 0)
    this.#log = log
  }

  failed(error: unknown): void {
    outageFailures.inc({ clients: this.#clients })
    const now = Date.now()
    if (now - this.#failedAt > quietMs) this.#end()
    if (this.#failures++ === 0) this.#beganAt = now
    this.#failedAt = now
    const reason = reasonOf(error)
    if (this.#reasons.has(reason) || this.#reasons.size === reasonsMax) return
    this.#reasons.add(reason)
    this.#log.warn(
      { clients: this.#clients, reason },
      'NATS does not serve clients: they wait, or get `unavailable`',
    )
  }

  /** Called when something that these clients sent was stored. */
  served(): void {
    this.#servedAt = Date.now()
    if (this.#failures === 0 || this.#servedAt - this.#failedAt < settledMs) return
    const seconds = Math.round((this.#failedAt - this.#beganAt) / 1_000)
    this.#log.info({ clients: this.#clients, failures: this.#failures, seconds }, 'clients are served again')
    this.#end()
  }

  /** The reasons, if the latest failure is younger than this and nothing was stored since; otherwise `undefined`. */
  now(withinMs: number): string | undefined {
    const isNow = this.#failedAt > this.#servedAt && Date.now() - this.#failedAt < withinMs
    return isNow ? [...this.#reasons].join('; ') : undefined
  }

  #end(): void {
    this.#reasons = new Set()
    this.#failures = 0
  }
}

/** The cause, where there is one: the message itself may name the client's conversation. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? cause.message || cause.name : message
}

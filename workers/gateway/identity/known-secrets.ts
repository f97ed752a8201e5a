import type { Logger } from 'pino'
import type { ZodType } from 'zod'
import type { Bucket } from '../../../engine/nats/bucket.ts'
import { NoResponders } from '../../../engine/nats/errors.ts'
import { parseJson } from '../../../schemas/parse-json.ts'

/** A first list that takes longer is logged, if it fails. */
const patienceMs = 1_000

/** All secrets of one kind, kept up to date in memory: a lookup never waits. */
export class KnownSecrets<T> {
  #known = new Map<string, T>()
  #next: Map<string, T> | undefined
  readonly #schema: ZodType<T>
  readonly #log: Logger
  #stop = () => {}

  private constructor(schema: ZodType<T>, log: Logger) {
    this.#schema = schema
    this.#log = log
  }

  /**
   * Settles once all present secrets are known.
   *
   * @param kind of the keys `<kind>.<id>`
   */
  static async watch<T>(
    bucket: Bucket,
    kind: string,
    schema: ZodType<T>,
    log: Logger,
  ): Promise<KnownSecrets<T>> {
    const secrets = new KnownSecrets(schema, log)
    const sayAt = Date.now() + patienceMs
    let isSaid = false
    secrets.#stop = await bucket.watch(`${kind}.*`, {
      // Secrets that were deleted unnoticed are not listed again.
      listing: () => {
        secrets.#next = new Map()
      },
      changed: ({ key, value }) => secrets.#update(key.slice(kind.length + 1), value),
      listed: () => {
        secrets.#known = secrets.#next ?? secrets.#known
        secrets.#next = undefined
        isSaid = true
      },
      failed: (error) => {
        if (isSaid || Date.now() < sayAt) return
        isSaid = true
        log.warn({ reason: (error as Error).message }, waitingMessage(error))
      },
    })
    return secrets
  }

  get(id: string): T | undefined {
    return this.#known.get(id)
  }

  all(): [id: string, secret: T][] {
    return [...this.#known]
  }

  /** Applies a change of this gateway's own before the watch reports it. */
  set(id: string, secret: T | undefined): void {
    for (const secrets of [this.#known, this.#next])
      if (secret === undefined) secrets?.delete(id)
      else secrets?.set(id, secret)
  }

  stop(): void {
    this.#stop()
  }

  #update(id: string, json: string | null): void {
    const read = json === null ? undefined : this.#schema.safeParse(parseJson(json))
    // Without the value, which must not be logged.
    if (read?.success === false) this.#log.error({ id }, 'ignored a secret that is not valid')
    const secrets = this.#next ?? this.#known
    if (read?.success) secrets.set(id, read.data)
    else secrets.delete(id)
  }
}

/** A gateway's roles may neither look for a stream nor create it; engines answer their reads. */
function waitingMessage(error: unknown): string {
  return error instanceof NoResponders
    ? 'waiting for an engine: it makes the streams in NATS, and answers reads'
    : 'waiting for NATS'
}

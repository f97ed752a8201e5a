import type { StoredDocumentAnswer } from '../../../../schemas/admin-protocol.ts'
import type { Channel } from '../../../../schemas/channel.ts'
import type { Schedule } from '../../../../schemas/schedule.ts'
import { ask } from './gateway.ts'

export interface StoredOne<T> {
  revision: number
  document: T
}

/** What is configured, as the page knows it; another one with each change. */
export interface Stored {
  channels: ReadonlyMap<string, StoredOne<Channel>>
  schedules: ReadonlyMap<string, StoredOne<Schedule>>
}

const coalesceMs = 100
const retryMs = 3_000

/** Keeps what is configured up to date: asks for it, and again with each change that the gateway tells of. */
export class StoredWatch {
  /** `undefined` until it is known. */
  stored: Stored | undefined
  /** Whether changes of others arrive. */
  isLive = false
  readonly #changed: () => void
  #events: EventSource | undefined
  #timer = 0
  #asked = 0

  constructor(changed: () => void) {
    this.#changed = changed
  }

  start(): void {
    this.stop()
    const events = new EventSource('/v1/admin/changes')
    this.#events = events
    // What changed before the first event, or while nobody listened, is in the list that is asked for now.
    events.onopen = () => {
      this.isLive = true
      void this.refresh()
    }
    events.onmessage = () => {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.refresh(), coalesceMs)
    }
    events.onerror = () => {
      this.isLive = false
      this.#changed()
      // Refused: the browser does not try again.
      if (events.readyState === EventSource.CLOSED) this.#timer = setTimeout(() => this.start(), retryMs)
    }
    void this.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#events?.close()
  }

  async refresh(): Promise<void> {
    const asked = ++this.#asked
    const answer = await ask<{ documents: StoredDocumentAnswer[] }>('GET', '/v1/admin/configuration')
    // A later question may have been answered before.
    if (!answer.ok || asked < this.#asked) return
    this.stored = storedOf(answer.body.documents)
    this.#changed()
  }
}

export function storedOf(documents: readonly StoredDocumentAnswer[]): Stored {
  const ofKind = <T>(kind: string, readable: (id: string, document: Fields) => T) =>
    new Map(
      documents
        .filter((one) => one.kind === kind)
        .map(({ id, revision, document }) => [
          id,
          { revision, document: readable(id, isObject(document) ? document : {}) },
        ]),
    )
  return { channels: ofKind('channel', readableChannel), schedules: ofKind('schedule', readableSchedule) }
}

type Fields = Record<string, unknown>

// Somebody may have written to the bucket by hand what no worker takes: it has to be shown to be mended.
function readableChannel(id: string, document: Fields): Channel {
  const response = (given: unknown) => {
    if (!isObject(given)) return undefined
    const { customerDetails } = given
    return Array.isArray(customerDetails) || customerDetails === undefined
      ? given
      : { ...given, customerDetails: [] }
  }
  const { duringHours, outsideHours, timeouts } = document
  return {
    ...document,
    id,
    ...(duringHours !== undefined && { duringHours: response(duringHours) }),
    ...(outsideHours !== undefined && { outsideHours: response(outsideHours) }),
    ...(timeouts !== undefined && { timeouts: isObject(timeouts) ? timeouts : undefined }),
  } as Channel
}

function readableSchedule(id: string, document: Fields): Schedule {
  const list = (given: unknown) => (Array.isArray(given) ? given.filter(isObject) : [])
  return {
    ...document,
    id,
    timeZone: String(document.timeZone ?? ''),
    intervals: list(document.intervals),
    ...(document.holidays !== undefined && { holidays: list(document.holidays) }),
  } as Schedule
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

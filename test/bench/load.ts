import { setTimeout as sleep } from 'node:timers/promises'
import type { Msg } from '@nats-io/transport-node'
import type { Nats } from '../../engine/nats/connect.ts'
import { subjects } from '../../engine/nats/topology.ts'
import type { Step } from './conversations.ts'

/** A record as it came on `frontdesk.live`. */
export interface SeenRecord {
  conversation: string
  text: string
  message: Msg
}

/** A client that publishes events and waits for their records. */
export class Load {
  /** From an event's publication, or its due time, to its record, in milliseconds. */
  latencies: number[] = []
  /** Notifications of agents that came. */
  notified = 0
  onNotification: (message: Msg) => void = () => {}
  /** Called with each event's id, and the record that answers it, once that has come. */
  onAnswer: (id: string, record: SeenRecord, sentAt: number) => void = () => {}
  /** Called with each record that follows from no event of this client, such as a timer's. */
  onOther: (record: SeenRecord) => void = () => {}
  readonly #nats: Nats
  readonly #waiting = new Map<string, (record: SeenRecord) => void>()

  private constructor(nats: Nats) {
    this.#nats = nats
  }

  static async on(nats: Nats): Promise<Load> {
    const load = new Load(nats)
    nats.connection.subscribe(subjects.live('*'), {
      callback: (_, message) => {
        const conversation = message.subject.split('.')[2] ?? ''
        load.#seen({ conversation, text: message.string(), message })
      },
    })
    nats.connection.subscribe(subjects.workspace('*', '*'), {
      callback: (_, message) => {
        load.notified++
        load.onNotification(message)
      },
    })
    await nats.flush()
    return load
  }

  /** Publishes an event; settles with its record. Throws where it is not applied. */
  async send(conversation: string, n: number, [type, payload]: Step, due?: number): Promise<SeenRecord> {
    const sentAt = performance.now()
    const id = `${conversation}.${n}`
    const recorded = new Promise<SeenRecord>((resolve) => this.#waiting.set(id, resolve))
    const stored = this.#nats.publisher.publish(subjects.inbox(conversation, type), JSON.stringify(payload), {
      'Nats-Msg-Id': id,
    })
    const record = await recorded
    this.latencies.push(performance.now() - (due ?? sentAt))
    this.onAnswer(id, record, sentAt)
    await stored
    if (!record.text.includes('"outcome":"applied"'))
      throw new Error(`${type} was not applied: ${record.text}`)
    return record
  }

  /** Conversations one after another in so many slots at a time. */
  async closed(prefix: string, conversations: number, inFlight: number, steps: Step[]): Promise<void> {
    let begun = 0
    const slot = async () => {
      for (let n = begun++; n < conversations; n = begun++)
        for (const [step, event] of steps.entries()) await this.send(`${prefix}-${n}`, step, event)
    }
    await Promise.all(Array.from({ length: Math.min(inFlight, conversations) }, slot))
  }

  /**
   * Conversations that begin at a fixed rate, whatever the answers take. An event is due some time after the one before;
   * one that has to wait for a late answer counts from when it was due.
   *
   * @param done called with the last record of each
   */
  async open(
    prefix: string,
    conversations: number,
    perSecond: number,
    steps: Step[],
    pauseMs = 200,
    done: (conversation: string, last: SeenRecord) => void = () => {},
  ): Promise<void> {
    const began = performance.now()
    const converse = async (n: number) => {
      const id = `${prefix}-${n}`
      let last: SeenRecord | undefined
      for (const [step, event] of steps.entries()) {
        const due = began + (n * 1_000) / perSecond + step * pauseMs
        const early = due - performance.now()
        if (early > 0) await sleep(early)
        last = await this.send(id, step, event, due)
      }
      if (last) done(id, last)
    }
    await Promise.all(Array.from({ length: conversations }, (_, n) => converse(n)))
  }

  #seen(record: SeenRecord) {
    const id = /"event":\{"id":"([^"]*)"/.exec(record.text)?.[1] ?? ''
    const resolve = this.#waiting.get(id)
    if (!resolve) return this.onOther(record)
    this.#waiting.delete(id)
    resolve(record)
  }
}

import { Counter, Gauge, Histogram } from 'prom-client'
import type { RawEvent } from '../../engine/core/conversation.ts'
import { addressOf, type Unreadable } from '../../engine/core/read-event.ts'
import type { PartitionLag } from '../../engine/nats/engine/engine-status.ts'
import type { EngineObserver } from '../../engine/nats/engine/start-engine.ts'
import type { Handling } from '../../engine/ports.ts'
import { isEventType } from '../../schemas/conversation/event.ts'
import { buckets, registry } from './metrics.ts'

const registers = [registry]

const handled = new Counter({
  name: 'frontdesk_events_handled_total',
  help: 'Events that were handled, by type and outcome: record, no_record or dead_letter.',
  labelNames: ['type', 'outcome'],
  registers,
})
const decideSeconds = new Histogram({
  name: 'frontdesk_decide_seconds',
  help: 'Time of a decision, which waits for nothing.',
  buckets: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1],
  registers,
})
const applySeconds = new Histogram({
  name: 'frontdesk_apply_seconds',
  help: 'Time from the begin of handling an event until its record is stored and its effects are performed.',
  buckets,
  registers,
})
const recordSeconds = new Histogram({
  name: 'frontdesk_event_to_record_seconds',
  help: 'Time from when an event was stored until its record is, by the clocks of the NATS server and of the engine.',
  buckets,
  registers,
})
const lateSeconds = new Histogram({
  name: 'frontdesk_timer_late_seconds',
  help: 'How long after its time a timer of a conversation fired.',
  buckets,
  registers,
})
const retries = new Counter({
  name: 'frontdesk_engine_retries_total',
  help: 'Requests to NATS that an engine repeated after a transient error, by what they are for, as in the log.',
  labelNames: ['operation'],
  registers,
})
const deadLetters = new Counter({
  name: 'frontdesk_dead_letters_total',
  help: 'Events that could not be handled, by reason.',
  labelNames: ['reason'],
  registers,
})
for (const reason of [
  'bad_token',
  'unknown_type',
  'too_large',
  'not_json',
  'invalid',
  'failed',
] satisfies Unreadable['code'][])
  deadLetters.inc({ reason }, 0)
const notifications = new Counter({
  name: 'frontdesk_notifications_total',
  help: 'Notifications of workspaces that were published, by action.',
  labelNames: ['action'],
  registers,
})

const engines = new Set<() => PartitionLag[]>()
const allLags = () => [...engines].flatMap((lags) => lags())

new Gauge({
  name: 'frontdesk_partitions_owned',
  help: 'Partitions that the engines of this process follow.',
  registers,
  collect() {
    this.set(allLags().length)
  },
})
new Gauge({
  name: 'frontdesk_partition_lag_events',
  help: 'Stored events of a partition that are not handled, of those that this process follows.',
  labelNames: ['partition'],
  registers,
  collect() {
    this.reset()
    for (const { partition, behind } of allLags()) this.set({ partition }, behind)
  },
})
new Gauge({
  name: 'frontdesk_partition_lag_seconds',
  help: 'How long the oldest event of a partition that is not handled has waited.',
  labelNames: ['partition'],
  registers,
  collect() {
    this.reset()
    for (const { partition, lagSeconds } of allLags()) this.set({ partition }, lagSeconds)
  },
})

/** The type as a label: a role may publish events of any name, which are dead letters. */
function typeOf({ subject }: RawEvent): string {
  const { type } = addressOf(subject)
  return isEventType(type) ? type : 'other'
}

type Outcome = 'record' | 'no_record' | 'dead_letter'

/** The counters of each type and outcome, so that an event costs no look-up by labels. */
const counters = new Map<string, Record<Outcome, Counter.Internal>>()

function countersOf(type: string): Record<Outcome, Counter.Internal> {
  const known = counters.get(type)
  if (known) return known
  const made = {
    record: handled.labels(type, 'record'),
    no_record: handled.labels(type, 'no_record'),
    dead_letter: handled.labels(type, 'dead_letter'),
  }
  counters.set(type, made)
  return made
}

class MeasuredHandling implements Handling {
  readonly #event: RawEvent
  outcome: Outcome = 'no_record'

  constructor(event: RawEvent) {
    this.#event = event
  }

  decide<T>(run: () => T): T {
    const startedAt = performance.now()
    try {
      return run()
    } finally {
      decideSeconds.observe((performance.now() - startedAt) / 1_000)
    }
  }

  recorded(due: number | undefined): void {
    this.outcome = 'record'
    const now = Date.now()
    recordSeconds.observe(Math.max(0, now - this.#event.at) / 1_000)
    if (due !== undefined) lateSeconds.observe(Math.max(0, now - due) / 1_000)
  }

  buried(reason: string): void {
    if (this.outcome === 'no_record') this.outcome = 'dead_letter'
    deadLetters.inc({ reason })
  }
}

/** Measures an engine. */
export const engineMetrics: EngineObserver = {
  async handle(event, run) {
    const startedAt = performance.now()
    const handling = new MeasuredHandling(event)
    await run(handling)
    applySeconds.observe((performance.now() - startedAt) / 1_000)
    countersOf(typeOf(event))[handling.outcome].inc()
  },
  retried: (operation) => retries.inc({ operation }),
  notified: (action) => notifications.inc({ action }),
  follows(lags) {
    engines.add(lags)
  },
}

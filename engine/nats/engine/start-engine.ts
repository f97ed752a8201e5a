import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { isFlow } from '../../../schemas/configuration/bot.ts'
import { type Applying, apply } from '../../apply.ts'
import { ConversationCache } from '../../conversation-cache.ts'
import { addressOf } from '../../core/read-event.ts'
import { followLog } from '../../follow-log.ts'
import { LateWakeUps } from '../../late-wake-ups.ts'
import { builtIn } from '../../machines/bots/built-in.ts'
import { type Definition, definitionsOf, machineIdOf, type Retirement } from '../../machines/definitions.ts'
import type { Observer } from '../../ports.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { StreamLog } from '../stream-log.ts'
import { streams, subjects } from '../topology.ts'
import { TracedEffects, tracedConversations, tracedObserver } from '../tracing/traced-engine.ts'
import { isTraced } from '../tracing/tracing.ts'
import { BotRevisions } from './bot-revisions.ts'
import { watchConfiguration } from './configuration-watch.ts'
import { ConversationStore } from './conversation-store.ts'
import { CursorStore } from './cursor-store.ts'
import { DeadLetterBox } from './dead-letter-box.ts'
import { EffectPerformer } from './effect-performer.ts'
import { EngineWatch, type PartitionLag } from './engine-status.ts'
import { MachineVersions } from './machine-versions.ts'
import { startWorker, type Worker } from './start-worker.ts'

/** Conversations in memory, over all partitions; one takes some 10 kB. */
const cachedConversationsMax = 16_000

export interface EngineOptions {
  partitions: number
  strictChannels: boolean
  /** Whether mailers run: customers are told that answers also come by e-mail. */
  promisesMail?: boolean
  /** In addition to those of frontdesk. */
  definitions?: readonly (Definition | Retirement)[]
  /** Unique among the engines, random by default. */
  name?: string
  observer?: EngineObserver | undefined
}

/** Observes an engine, and what it follows. */
export interface EngineObserver extends Observer {
  /** Called once: gives access to the engine's present lag in each partition that it follows. */
  follows(lags: () => PartitionLag[]): void
}

/** Starts an engine, which shares the partitions of the log with the other engines on the same NATS. */
export async function startEngine(nats: Nats, log: Logger, options: EngineOptions): Promise<Worker> {
  const { partitions, name = randomUUID() } = options
  const giveUp = new AbortController()
  const traced = isTraced() ? new TracedEffects() : undefined
  const observer = traced ? tracedObserver(options.observer) : options.observer
  const failed = observer && ((_: unknown, what: string) => observer.retried(what))
  const retryOptions: RetryOptions = { log, signal: giveUp.signal, failed }
  const { js, jsm } = nats
  const cursors = new CursorStore(nats, streams.events, name, retryOptions)
  // Before this worker writes anything: it would move the ends of the buckets of machines and bots.
  await cursors.checkTails()
  const definitions = definitionsOf(...builtIn, ...(options.definitions ?? []))
  const versions = new MachineVersions(nats, definitions, retryOptions)
  await versions.check()
  const revisions = new BotRevisions(nats, definitions, retryOptions)
  const configuration = await watchConfiguration(new Bucket(nats, 'configuration'), {
    strictChannels: options.strictChannels,
    promisesMail: options.promisesMail,
    log,
    botDefinition: (bot) => (isFlow(bot) ? revisions.store(bot) : definitions.latest(machineIdOf(bot))),
  })
  const conversations = new ConversationStore(nats, retryOptions)
  const deps: Omit<Applying, 'cache' | 'dealtWith' | 'lastEvent' | 'performer'> = {
    world: () => ({ configuration: configuration.now(), definitions }),
    conversations: traced ? tracedConversations(conversations) : conversations,
    deadLetters: new DeadLetterBox(nats, retryOptions),
    machines: {
      load: async (machine) => {
        await revisions.load(machine)
        if (!definitions.running(machine)) await versions.storeLacking(machine)
      },
    },
    observer,
  }

  const effects = new EffectPerformer(nats, retryOptions, observer)
  const performer = traced?.performed(effects) ?? effects
  const watch = new EngineWatch(nats, partitions, log)
  options.observer?.follows(() => watch.lags())

  const worker = await startWorker(
    nats,
    name,
    {
      name: 'engine',
      partitions,
      cursorOf,
      giveUp,
      checkTails: () => cursors.checkTails(),
      status: () => JSON.stringify(watch.status()),
      follow: async (partition) => {
        const cursor = await cursors.takeOver(cursorOf(partition))
        log.debug({ partition, seq: cursor.seq }, 'took over a partition')
        // A cache per take-over: conversations cached under an earlier one may be stale.
        const cache = new ConversationCache(Math.ceil(cachedConversationsMax / partitions))
        const events = new StreamLog(js, jsm, streams.events, subjects.events(partition), log)
        const wakeUps = new LateWakeUps(performer)
        const lastEvent = () => retry('the last event', retryOptions, () => events.lastSequence())
        const follower = followLog({
          log: events,
          cursor,
          keyOf: (event) => addressOf(event.subject).conversation,
          handler: (dealtWith) =>
            watch.follow(
              partition,
              events,
              apply.bind(null, {
                ...deps,
                performer: traced?.begun(wakeUps) ?? wakeUps,
                cache,
                dealtWith,
                lastEvent,
              }),
            ),
          late: wakeUps,
        })
        follower.ended.catch(() => {}).finally(() => watch.leave(partition, events))
        return follower
      },
    },
    log,
  )
  const stop = async () => {
    watch.stop()
    await worker.stop().finally(configuration.stop)
  }
  return { ...worker, stop }
}

function cursorOf(partition: number): string {
  return `event.${partition}`
}

import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { type Applying, apply } from '../engine/apply.ts'
import { ConversationCache } from '../engine/conversation-cache.ts'
import { addressOf } from '../engine/core/read-event.ts'
import { followLog } from '../engine/follow-log.ts'
import { builtIn } from '../engine/machines/bots/built-in.ts'
import {
  type Definition,
  definitionsOf,
  externalBotId,
  type Retirement,
} from '../engine/machines/definitions.ts'
import type { Nats } from '../engine/nats/connect.ts'
import { BotRevisions } from '../engine/nats/engine/bot-revisions.ts'
import { watchConfiguration } from '../engine/nats/engine/configuration-watch.ts'
import { DeadLetterBox } from '../engine/nats/engine/dead-letter-box.ts'
import { EffectPerformer } from '../engine/nats/engine/effect-performer.ts'
import { MachineVersions } from '../engine/nats/engine/machine-versions.ts'
import { StoredConversations } from '../engine/nats/engine/stored-conversations.ts'
import { StoredCursors } from '../engine/nats/engine/stored-cursors.ts'
import { StoredLog } from '../engine/nats/follow-stream.ts'
import { persist } from '../engine/nats/retry.ts'
import { streams, subjects } from '../engine/nats/topology.ts'
import type { ExternalBot, OwnBot } from '../schemas/configuration/bot.ts'
import { startWorker, type Worker } from './worker.ts'

/** So many conversations are kept in memory, over all partitions; one takes some 10 kB. */
const cachedConversationsMax = 16_000

export interface EngineOptions {
  partitions: number
  strictChannels: boolean
  /** Besides those that come with frontdesk. */
  definitions?: readonly (Definition | Retirement)[]
}

/** Applies events to conversations, together with the other engines on the same NATS. */
export async function startEngine(nats: Nats, log: Logger, options: EngineOptions): Promise<Worker> {
  const { partitions } = options
  const name = randomUUID()
  const giveUp = new AbortController()
  const patience = { log, signal: giveUp.signal }
  const { js, jsm } = nats
  const cursors = new StoredCursors(nats, await nats.bucket('cursors'), streams.events, name, patience)
  const definitions = definitionsOf(...builtIn, ...(options.definitions ?? []))
  const versions = new MachineVersions(nats, await nats.bucket('machines'), definitions, patience)
  await versions.check()
  const revisions = new BotRevisions(await nats.bucket('bots'), definitions, patience)
  const configuration = await watchConfiguration(await nats.bucket('configuration'), {
    strictChannels: options.strictChannels,
    log,
    botDefinition: (bot) => ('answers' in bot ? revisions.keep(bot) : definitions.latest(machineOf(bot))),
  })
  const to: Omit<Applying, 'cache' | 'dealtWith' | 'lastEvent'> = {
    world: () => ({ configuration: configuration.now(), definitions }),
    conversations: new StoredConversations(nats, patience),
    performer: new EffectPerformer(nats, patience),
    deadLetters: new DeadLetterBox(nats, patience),
    machines: {
      load: async (machine) => {
        await revisions.load(machine)
        if (!definitions.running(machine)) await versions.note(machine)
      },
    },
  }

  const worker = await startWorker(
    nats,
    name,
    {
      name: 'engine',
      partitions,
      giveUp,
      follow: async (partition) => {
        const cursor = await cursors.take(`event.${partition}`)
        log.debug({ partition, seq: cursor.seq }, 'took a partition over')
        // What was known of its conversations under an earlier hold may be old: a hold has a cache of its own.
        const cache = new ConversationCache(Math.ceil(cachedConversationsMax / partitions))
        const events = new StoredLog(js, jsm, streams.events, subjects.events(partition), log)
        const lastEvent = () => persist('the last event', patience, () => events.lastSequence())
        return followLog({
          log: events,
          cursor,
          keyOf: (event) => addressOf(event.subject).conversation,
          handler: (dealtWith) => apply.bind(null, { ...to, cache, dealtWith, lastEvent }),
        })
      },
    },
    log,
  )
  return { ...worker, stop: () => worker.stop().finally(configuration.stop) }
}

/** The machine of a bot that is not compiled from its answers. */
function machineOf(bot: ExternalBot | OwnBot): string {
  return 'machine' in bot ? bot.machine : externalBotId
}

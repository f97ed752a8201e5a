import { setTimeout as sleep } from 'node:timers/promises'
import { type Applying, apply } from '../../engine/apply.ts'
import { ConversationCache } from '../../engine/conversation-cache.ts'
import type { Configuration } from '../../engine/core/configuration.ts'
import type { Effect } from '../../engine/core/effects.ts'
import { addressOf } from '../../engine/core/read-event.ts'
import { type Follower, followLog, saveEveryMs } from '../../engine/follow-log.ts'
import { LateWakeUps } from '../../engine/late-wake-ups.ts'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import { definitionsOf } from '../../engine/machines/definitions.ts'
import { connectNats } from '../../engine/nats/connect.ts'
import { ConversationStore } from '../../engine/nats/engine/conversation-store.ts'
import { CursorStore } from '../../engine/nats/engine/cursor-store.ts'
import { DeadLetterBox } from '../../engine/nats/engine/dead-letter-box.ts'
import { EffectPerformer } from '../../engine/nats/engine/effect-performer.ts'
import { StreamLog } from '../../engine/nats/stream-log.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import type { Conversations, HeldCursor, Performer } from '../../engine/ports.ts'
import type { TestWorld } from './test-world.ts'

/** An engine that follows one partition, made of the real parts, some of which a test puts something in front of. */
export interface HandDriven {
  follower: Follower
  /** Settles once a cursor is saved that may be saved now. */
  saved(): Promise<void>
  /** As a killed process: nothing more reaches NATS, and nothing is finished or saved. */
  die(): Promise<void>
}

export interface InFront {
  conversations?: (real: Conversations) => Conversations
  performer?: (real: Performer) => Performer
}

/** Takes the one partition over, from whoever has it. */
export async function takeOver(
  world: TestWorld,
  name: string,
  configuration: Configuration,
  inFront: InFront = {},
): Promise<HandDriven> {
  const { log } = world
  const nats = await connectNats(world.server.url, name)
  const dead = new AbortController()
  const retryOptions = { log, signal: dead.signal }
  const definitions = definitionsOf(...builtIn)
  const conversations = new ConversationStore(nats, retryOptions)
  const performer = new EffectPerformer(nats, retryOptions)
  const wakeUps = new LateWakeUps(inFront.performer?.(performer) ?? performer)
  const deps: Omit<Applying, 'cache' | 'dealtWith' | 'lastEvent'> = {
    world: () => ({ configuration, definitions }),
    conversations: inFront.conversations?.(conversations) ?? conversations,
    performer: wakeUps,
    deadLetters: new DeadLetterBox(nats, retryOptions),
    // None is loaded later.
    machines: { load: async () => {} },
  }
  const cursors = new CursorStore(nats, streams.events, name, retryOptions)
  const cache = new ConversationCache(100)
  const events = new StreamLog(nats.js, nats.jsm, streams.events, subjects.events(0), log)
  const lastEvent = () => events.lastSequence()
  const held = await cursors.takeOver('event.0')
  let saving = Promise.resolve()
  const cursor: HeldCursor = {
    seq: held.seq,
    save: (seq) => {
      saving = held.save(seq)
      return saving
    },
  }
  const follower = followLog({
    log: events,
    cursor,
    keyOf: (event) => addressOf(event.subject).conversation,
    handler: (dealtWith) => apply.bind(null, { ...deps, cache, dealtWith, lastEvent }),
    late: wakeUps,
  })
  follower.ended.catch(() => {})
  return {
    follower,
    saved: async () => {
      // Timers of one length end in the order in which they were set: the engine's own ends before this one.
      await sleep(saveEveryMs)
      await saving
    },
    die: async () => {
      dead.abort()
      await nats.close()
    },
  }
}

/** A gate in a performer: what matches waits until it is opened, if ever; then its engine goes on, or dies. */
export function gate(matches: (effect: Effect) => boolean, then: 'goes on' | 'dies after' = 'goes on') {
  const [reached, arrive] = signal()
  const [opened, open] = signal()
  const [passed, pass] = signal()
  return {
    open,
    /** Settles once something waits at the gate. */
    reached,
    /** Settles once something has been performed behind it. */
    passed,
    performer: (real: Performer): Performer => ({
      async perform(effect, since) {
        if (!matches(effect)) return real.perform(effect, since)
        arrive()
        await opened
        await real.perform(effect, since)
        pass()
        if (then === 'dies after') await new Promise(() => {})
      },
    }),
  }
}

/** A promise, and the function that settles it. */
export function signal(): [promise: Promise<void>, settle: () => void] {
  let settle = () => {}
  const promise = new Promise<void>((resolve) => {
    settle = resolve
  })
  return [promise, settle]
}

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Applying, apply } from '../../engine/apply.ts'
import { ConversationCache } from '../../engine/conversation-cache.ts'
import type { RawEvent } from '../../engine/core/conversation.ts'
import type { Effect } from '../../engine/core/effects.ts'
import { armAfterMs, LateWakeUps } from '../../engine/late-wake-ups.ts'
import { filled, given, passes, started, storyBegins } from '../behaviour/given.ts'

let performed: string[]
let late: LateWakeUps

beforeEach(() => {
  vi.useFakeTimers()
  performed = []
  late = new LateWakeUps({
    perform: async (effect, since) => {
      performed.push(`${effect.kind}${effect.kind === 'wake' ? ` ${effect.generation}` : ''}`)
      if (since === 0) performed.push('checked')
    },
  })
})
afterEach(() => void vi.useRealTimers())

const wake = (generation: number, inMs = 3_600_000): Effect => ({
  kind: 'wake',
  conversation: 'c1',
  generation,
  at: Date.now() + inMs,
})
const disarm: Effect = { kind: 'disarm', conversation: 'c1' }
const forget: Effect = { kind: 'forget', conversation: 'c1', seq: 1, record: 1 }
/** Arming takes until the test lets it. */
function slowly() {
  let arm = () => {}
  const slow = new LateWakeUps({
    perform: async (effect) => {
      if (effect.kind === 'wake')
        await new Promise<void>((resolve) => {
          arm = resolve
        })
      performed.push(`${effect.kind}${effect.kind === 'wake' ? ` ${effect.generation}` : ''}`)
    },
  })
  return { slow, arm: () => arm() }
}
const pass = () => vi.advanceTimersByTimeAsync(2 * armAfterMs)

describe('a wake-up', () => {
  test('is armed after a moment, and settles then', async () => {
    let isSettled = false
    void late.perform(wake(1)).then(() => {
      isSettled = true
    })
    await vi.advanceTimersByTimeAsync(armAfterMs / 2)
    expect({ performed, isSettled }).toEqual({ performed: [], isSettled: false })
    await pass()
    expect({ performed, isSettled }).toEqual({ performed: ['wake 1'], isSettled: true })
  })

  test('that comes due soon is armed at once', async () => {
    await late.perform(wake(1, 1.5 * armAfterMs))
    expect(performed).toEqual(['wake 1'])
  })

  test('that is replaced meanwhile is not armed, and settles', async () => {
    const first = late.perform(wake(1))
    const second = late.perform(wake(2))
    await first
    expect(performed).toEqual([])
    await pass()
    await second
    expect(performed).toEqual(['wake 2'])
  })

  test('that is repeated meanwhile is armed once', async () => {
    const both = [late.perform(wake(1)), late.perform(wake(1))]
    await pass()
    await Promise.all(both)
    expect(performed).toEqual(['wake 1'])
  })

  test('that a worker before may have armed is removed with the end', async () => {
    const found = late.perform(wake(1), Date.now())
    await late.perform(disarm)
    await found
    expect(performed).toEqual(['disarm'])
  })

  test('that is found while it is held may be armed by another worker, too', async () => {
    const held = [late.perform(wake(1)), late.perform(wake(1), Date.now()), late.perform(wake(2))]
    await late.perform(disarm)
    await Promise.all(held)
    expect(performed).toEqual(['disarm'])
  })

  test('of a log that another worker has taken over is not armed', async () => {
    late.start(async () => false)
    void late.perform(wake(1))
    await pass()
    expect(performed).toEqual([])
  })

  test('that is not needed any more when the log is found to be ours is not armed', async () => {
    late.start(async () => {
      await late.perform(disarm)
      return true
    })
    const held = late.perform(wake(1))
    await pass()
    await held
    expect(performed).toEqual([])
  })

  test('of a log that is let go is armed and checked, also when it comes later', async () => {
    const held = late.perform(wake(1))
    late.finish()
    await held
    await late.perform(wake(2))
    expect(performed).toEqual(['wake 1', 'checked', 'wake 2'])
  })

  test('of a log that was lost is not armed, and settles', async () => {
    const held = late.perform(wake(1))
    late.abandon()
    await held
    await late.perform(wake(2))
    await pass()
    expect(performed).toEqual([])
  })
})

describe('the end of a conversation', () => {
  test('removes nothing where no wake-up was armed', async () => {
    const held = late.perform(wake(1))
    const replacing = late.perform(wake(2))
    await late.perform(disarm)
    await Promise.all([held, replacing])
    await pass()
    expect(performed).toEqual([])
  })

  test('removes a wake-up that was armed', async () => {
    void late.perform(wake(1))
    await pass()
    void late.perform(wake(2))
    await late.perform(disarm)
    await pass()
    expect(performed).toEqual(['wake 1', 'disarm'])
  })

  test.each<[string, (slow: LateWakeUps) => Promise<void>]>([
    ['that is being armed', async () => {}],
    [
      'that is being armed and was replaced meanwhile',
      async (slow) => {
        void slow.perform(wake(2))
      },
    ],
  ])('waits for a wake-up %s', async (_, happens) => {
    const { slow, arm } = slowly()
    void slow.perform(wake(1))
    await pass()
    await happens(slow)
    const ended = slow.perform(disarm)
    await pass()
    expect(performed).toEqual([])
    arm()
    await ended
    expect(performed).toEqual(['wake 1', 'disarm'])
  })

  test('waits for a wake-up that a worker arms at once, since it stops', async () => {
    const { slow, arm } = slowly()
    slow.finish()
    void slow.perform(wake(1))
    const ended = slow.perform(disarm)
    await pass()
    expect(performed).toEqual([])
    arm()
    await ended
    expect(performed).toEqual(['wake 1', 'disarm'])
  })

  test('removes a wake-up that was put off, which a worker before may have armed', async () => {
    const story = given({ channel: { timeouts: { abandoned: 'PT1H' } } })
    story.when(started(), passes('PT30M'), filled({ name: 'José' }))
    let conversation = story.known
    const deps: Applying = {
      world: () => story.world,
      conversations: {
        load: async () => conversation,
        commit: async (_, { last }, record) => {
          conversation = { last: last + 1, sequence: last + 1, record }
          return last + 1
        },
      },
      performer: late,
      deadLetters: { bury: async (_, { message }) => expect.unreachable(message) },
      machines: { load: async () => {} },
      cache: new ConversationCache(1),
      dealtWith: () => 2,
      lastEvent: async () => 4,
    }
    const event = (seq: number, type: string, payload: object): RawEvent => ({
      subject: `frontdesk.event.0.c1.${type}`,
      seq,
      at: Date.parse(storyBegins) + seq * 1_000 + 3_600_000,
      id: '',
      body: new TextEncoder().encode(JSON.stringify(payload)),
      headers: {},
    })
    vi.setSystemTime(event(3, '', {}).at)
    void apply(deps, event(3, 'timer.due', { generation: 1 }))
    await vi.advanceTimersByTimeAsync(armAfterMs / 2)
    await apply(deps, event(4, 'session.ended', {}))
    await pass()
    expect(performed).toEqual(['disarm'])
  })

  test('an erasure arms nothing', async () => {
    void late.perform(wake(1))
    await late.perform(forget)
    await pass()
    expect(performed).toEqual(['forget'])
  })
})

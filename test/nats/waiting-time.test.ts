import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AcceptedWait,
  longestWaitSeconds,
  meanWaitMs,
  observedMax,
  observedMin,
  observedMs,
  type Waiter,
  WaitingLine,
  waitSecondsAt,
} from '../../engine/nats/notifier/queues/waiting-time.ts'

/** FRONTDESK_RUNS=50 runs the properties fifty times as often. */
const numRuns = 200 * Number(process.env.FRONTDESK_RUNS ?? 1)
const minute = 60_000
const now = 100 * minute

describe('the queue', () => {
  test('is in the order of queueing, whatever comes, goes and comes back', () => {
    const conversation = fc.integer({ min: 0, max: 20 }).map((n) => `c${n}`)
    const step = fc.oneof(
      fc.record({ conversation, queuedAt: fc.integer({ min: 0, max: 8 }) }),
      fc.record({ conversation }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const line = new WaitingLine()
        const model = new Map<string, Waiter>()
        for (const { conversation, ...more } of steps as (Partial<Waiter> & { conversation: string })[])
          if (more.queuedAt === undefined) expect(line.remove(conversation)).toBe(model.delete(conversation))
          else {
            const waiter = { conversation, queuedAt: more.queuedAt, from: more.queuedAt }
            line.put(waiter)
            model.set(conversation, waiter)
          }
        const order = [...model.values()].sort(
          (a, b) => a.queuedAt - b.queuedAt || (a.conversation < b.conversation ? -1 : 1),
        )
        expect(line.length).toBe(order.length)
        for (const [i, waiter] of order.entries()) {
          expect(line.at(i + 1)).toEqual(waiter)
          expect(line.positionOf(waiter.conversation)).toBe(i + 1)
        }
        expect(line.at(order.length + 1)).toBeUndefined()
        expect(line.positionOf('nobody')).toBeNull()
      }),
      { numRuns },
    )
  })

  test('who waits for the opening is not waiting for an agent yet', () => {
    const line = new WaitingLine()
    line.put({ conversation: 'c1', queuedAt: 1, from: 10 })
    line.put({ conversation: 'c2', queuedAt: 2, from: Number.POSITIVE_INFINITY })
    expect(line.waitedSince(9)).toBeNull()
    expect(line.waitedSince(11)).toBe(10)
    line.put({ conversation: 'c3', queuedAt: 3, from: 3 })
    expect(line.waitedSince(11)).toBe(3)
  })
})

/** Waits that were accepted within the last hour or so, in order. */
const accepts = fc
  .array(
    fc.record({
      until: fc.integer({ min: now - 70 * minute, max: now }),
      ms: fc.integer({ min: 1, max: 60 * minute }),
    }),
    { maxLength: 300, size: 'max' },
  )
  .map((all): AcceptedWait[] =>
    all.map(({ until, ms }) => ({ from: until - ms, until })).sort((a, b) => a.until - b.until),
  )
const waitedSince = fc.option(fc.integer({ min: 0, max: now - 1 }), { nil: null })

const every = (ms: number, count: number, waits: number): AcceptedWait[] =>
  Array.from({ length: count }, (_, i) => {
    const until = now - (count - 1 - i) * ms
    return { from: until - waits, until }
  })

describe('the expected wait', () => {
  test('says nothing from too little', () => {
    fc.assert(
      fc.property(accepts, waitedSince, (accepted, since) => {
        const lately = accepted.filter(({ until }) => until > now - observedMs)
        expect(meanWaitMs(accepted, since, now) === null).toBe(lately.length < observedMin)
      }),
      { numRuns },
    )
  })

  test('is a positive number of whole minutes, never shorter further back, and bounded', () => {
    const mean = fc.double({ min: 0, max: 10 * 60 * minute, noNaN: true })
    const position = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(mean, position, position, (ms, a, b) => {
        const [near, far] = [waitSecondsAt(Math.min(a, b), ms), waitSecondsAt(Math.max(a, b), ms)]
        expect(near).toBeGreaterThanOrEqual(60)
        expect(near % 60).toBe(0)
        expect(far).toBeGreaterThanOrEqual(near)
        expect(far).toBeLessThanOrEqual(longestWaitSeconds)
        // Rounded up: nobody is promised less.
        expect(near * 1_000).toBeGreaterThanOrEqual(
          Math.min(Math.min(a, b) * ms, longestWaitSeconds * 1_000) - 1e-3,
        )
      }),
      { numRuns },
    )
  })

  test('is never negative, nor beyond what was observed', () => {
    fc.assert(
      fc.property(accepts, waitedSince, (accepted, since) => {
        const mean = meanWaitMs(accepted, since, now)
        if (mean === null) return
        expect(mean).toBeGreaterThanOrEqual(0)
        expect(mean).toBeLessThanOrEqual(observedMs / observedMin)
      }),
      { numRuns },
    )
  })

  test('is shorter for more accepts in the same time, and longer while nobody accepts', () => {
    fc.assert(
      fc.property(accepts, fc.integer({ min: 1, max: 20 * minute }), (accepted, later) => {
        const since = now - observedMs
        const mean = meanWaitMs(accepted, since, now)
        if (mean === null || accepted.length >= observedMax) return
        const more = [...accepted, { from: since, until: now }]
        expect(meanWaitMs(more, since, now)).toBeLessThan(mean)
        const then = meanWaitMs(accepted, since, now + later)
        if (then !== null) expect(then).toBeGreaterThanOrEqual(mean)
      }),
      { numRuns },
    )
  })

  test('where customers are rare it is how long they waited, not how rare they are', () => {
    expect(meanWaitMs(every(5 * minute, 6, 20_000), null, now)).toBe(20_000)
  })

  test('in a queue that is never empty it is the time between accepts', () => {
    const mean = meanWaitMs(every(minute, 40, 15 * minute), now - 20 * minute, now)
    expect(mean).toBeCloseTo(minute, -4)
    expect(waitSecondsAt(1, minute)).toBe(60)
    expect(waitSecondsAt(4, minute)).toBe(240)
    // Nobody knows 47 minutes from half an hour.
    expect(waitSecondsAt(47, minute)).toBe(50 * 60)
  })

  test('of very many accepts the last count', () => {
    const slow = every(4_000, 400, 60 * minute).map(({ from, until }) => ({
      from,
      until: until - 5 * minute,
    }))
    const fast = every(1_000, observedMax, 60 * minute)
    const all = [...slow.filter(({ until }) => until < now - observedMax * 1_000), ...fast]
    expect(meanWaitMs(all, now - 60 * minute, now)).toBeLessThan(2_500)
  })
})

import { describe, expect, it } from 'vitest'
import type { RawEvent, StoredRecord } from '../../engine/core/conversation.ts'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import { definitionsOf } from '../../engine/machines/definitions.ts'
import { differenceOf, Replay, type StoredBody } from '../../engine/replay.ts'
import { conversationEventsMax } from '../../schemas/limits.ts'
import { accepted, given, passes, released, started, withEvents, wrote } from '../behaviour/given.ts'

const withReminder = () =>
  given({ channel: { timeouts: { unanswered: 'PT2M' } } }).when(
    started(),
    wrote('Help'),
    passes('PT3M'),
    accepted('ann'),
  )

/** A story as the streams would have it. */
function stored(story = withReminder()): { event: RawEvent; record?: StoredBody }[] {
  let sequence = 0
  return story.brought.map(({ at, id, subject, body, decision }, index) => ({
    event: { subject, seq: index + 1, at, id, body: Buffer.from(body), headers: {} },
    ...(decision.kind === 'record' && {
      record: { sequence: ++sequence, body: JSON.stringify(decision.record) },
    }),
  }))
}

function change(record: StoredBody, change: (record: StoredRecord) => void): StoredBody {
  const changed = JSON.parse(record.body) as StoredRecord
  change(changed)
  return { ...record, body: JSON.stringify(changed) }
}

async function differencesOf(happened: ReturnType<typeof stored>) {
  const replay = new Replay({ definitions: definitionsOf(...builtIn) }, { load: async () => {} })
  const found = []
  for (const { event, record } of happened) found.push((await replay.next(event, record))?.path)
  return found
}

describe('a replay', () => {
  it('finds no difference in an unchanged machine', async () => {
    const happened = stored()
    expect(happened.length).toBeGreaterThan(3)
    expect(await differencesOf(happened)).toEqual(happened.map(() => undefined))
  })

  it('finds no difference in records from before the time in a state was stored', async () => {
    const happened = stored().map(({ event, record }) => ({
      event,
      ...(record && { record: change(record, ({ state }) => delete state.since) }),
    }))
    expect(await differencesOf(happened)).toEqual(happened.map(() => undefined))
  })

  it.each([
    ['all', 0],
    ['some, as while an engine of before runs beside a newer one,', 2],
  ])('finds no difference in records of which %s do not count events', async (_, from) => {
    const happened = stored().map(({ event, record }, n) => ({
      event,
      ...(record && {
        record: change(record, ({ state }) => {
          if (n >= from) delete state.events
        }),
      }),
    }))
    expect(await differencesOf(happened)).toEqual(happened.map(() => undefined))
  })

  it('finds no difference in a conversation that grew over the limit before events were counted', async () => {
    const long = withEvents(given().when(started()), undefined)
    for (let n = 0; n <= conversationEventsMax; n++) long.when(wrote(`${n}`))
    const happened = stored(long).map(({ event, record }) => ({
      event,
      ...(record && { record: change(record, ({ state }) => delete state.events) }),
    }))
    expect((await differencesOf(happened)).filter((path) => path !== undefined)).toEqual([])
  })

  it.each([
    ['no difference in a release from before its reason was a note', false, undefined],
    ['one in a release that has lost its note', true, 'notes'],
  ])('finds %s', async (_, isCounted, path) => {
    const story = given().when(started(), wrote('Help'), accepted('ann'), released('ann', 'lunch'))
    const happened = stored(story).map(({ event, record }) => ({
      event,
      ...(record && {
        record: change(record, (each) => {
          delete each.notes
          if (!isCounted) delete each.state.events
        }),
      }),
    }))
    expect((await differencesOf(happened)).at(-1)).toBe(path)
  })

  it('names the field that differs', async () => {
    const [first, second, ...more] = stored() as Required<ReturnType<typeof stored>[number]>[]
    if (!first || !second) throw new Error('the story is too short')
    const changed = change(second.record, ({ state }) => {
      for (const timer of state.timers ?? []) timer.due++
    })
    const found = await differencesOf([first, { ...second, record: changed }, ...more])
    expect(found[1]).toBe('state.timers.0.due')
  })

  it('reports a missing record and an extra one', async () => {
    const [first, second] = stored()
    if (!first || !second) throw new Error('the story is too short')
    expect(await differencesOf([first, { event: second.event }])).toEqual([undefined, 'record'])
    const unreadable = { ...second.event, body: Buffer.from('{}') }
    expect(await differencesOf([first, { ...second, event: unreadable }])).toEqual([undefined, 'record'])
  })
})

it('a difference has the stored value and the new one', () => {
  const { record } = stored()[0] as { record: StoredBody }
  const before = JSON.parse(record.body) as StoredRecord
  const again = structuredClone(before)
  delete again.status
  expect(differenceOf(before, again)).toEqual({
    path: 'status',
    stored: { state: 'greeting' },
    again: undefined,
  })
})

import { describe, expect, test } from 'vitest'
import { statusStates } from '../../schemas/conversation/record.ts'
import type { Drawing } from '../../schemas/protocol/drawing.ts'
import type { InspectedStep } from '../../schemas/protocol/inspector.ts'
import { ageOf, fieldOf, instantOf, lengthOf } from '../../workers/pages/base/time.ts'
import {
  advanced,
  indexAt,
  indexOfSeq,
  latest,
  pauseBefore,
  pauseMsMax,
} from '../../workers/pages/inspector/conversation/playback.ts'
import { sourceOf, summaryOf } from '../../workers/pages/inspector/conversation/summary.ts'
import { heardIn, templateOf } from '../../workers/pages/inspector/conversation/what-if.ts'
import { type InspectorRoute, linkTo, queryOf, readRoute } from '../../workers/pages/inspector/route.ts'
import { words } from '../../workers/pages/inspector/words.ts'

/** A step so many milliseconds after the beginning. */
function step(atMs: number, more: Partial<InspectedStep> = {}): InspectedStep {
  return {
    seq: 1 + atMs,
    record: 1,
    at: new Date(Date.UTC(2026, 5, 5) + atMs).toISOString(),
    event: { id: `e${atMs}`, type: 'session.message', payload: {} },
    outcome: 'applied',
    active: [],
    taken: [],
    context: [],
    timers: [],
    ...more,
  }
}

describe('the address says where one is', () => {
  test.each<InspectorRoute>([
    { page: 'find', filters: {} },
    { page: 'find', filters: { id: 'a b&c=d', state: 'queued', stuck: 'PT1H', offset: 50 } },
    { page: 'find', filters: { from: '2026-06-05T00:00:00.000Z', to: '2026-06-06T00:00:00.000Z' } },
    { page: 'conversation', id: 'c1' },
    { page: 'conversation', id: 'c/1?', at: 17 },
    { page: 'waiting' },
    { page: 'refusals' },
    { page: 'deadLetters' },
    { page: 'deadLetters', seq: 4 },
  ])('%o', (route) => {
    expect(readRoute(linkTo(route))).toEqual(route)
  })

  test.each(['', '#', '#/nowhere', '#/c/', '#/?state=', '#/%E0%A4%A'])(
    'what is no place leads to all conversations: %s',
    (hash) => {
      expect(readRoute(hash)).toEqual({ page: 'find', filters: {} })
    },
  )

  test('an event that is no number is none', () => {
    expect(readRoute('#/c/c1?at=last')).toEqual({ page: 'conversation', id: 'c1' })
  })

  test('filters that are not set are not asked for', () => {
    expect(queryOf({ id: '', channel: 'web', offset: 0 })).toBe('channel=web')
  })
})

describe('a replay', () => {
  const steps = [step(0), step(1_000), step(1_000), step(5_000), step(9_000_000)]

  test('takes the time that was recorded, by its speed', () => {
    expect(pauseBefore(steps, 1, '1')).toBe(1_000)
    expect(pauseBefore(steps, 2, '1')).toBe(0)
    expect(pauseBefore(steps, 3, '10')).toBe(400)
    expect(pauseBefore(steps, 3, 'frames')).toBe(0)
  })

  test('does not wait for a night', () => {
    expect(pauseBefore(steps, 4, '100')).toBe(pauseMsMax)
  })

  test('goes on when the next step is due, and not before', () => {
    const from = { index: 0, dueAt: 0 }
    expect(advanced(steps, from, 999, '1')).toEqual(from)
    expect(advanced(steps, from, 1_000, '1')).toEqual({ index: 2, dueAt: 1_000 })
  })

  test('shows as many steps as are due where frames are far apart, and ends with the last', () => {
    expect(advanced(steps, { index: 0, dueAt: 0 }, 60_000, '10').index).toBe(4)
    expect(advanced(steps, { index: 4, dueAt: 0 }, 60_000, '10').index).toBe(4)
  })

  test('as fast as frames takes each step once', () => {
    expect(advanced(steps, { index: 1, dueAt: 0 }, 60_000, 'frames').index).toBe(2)
  })

  test('comes to the last step that had happened by a moment', () => {
    const at = (ms: number) => indexAt(steps, Date.UTC(2026, 5, 5) + ms)
    expect([at(-1), at(0), at(1_000), at(4_999), at(1e9)]).toEqual([0, 0, 2, 2, 4])
  })

  test('comes to the event of a link, or to the one before it', () => {
    expect(indexOfSeq(steps, 5_001)).toBe(3)
    expect(indexOfSeq(steps, 5_000)).toBe(2)
    expect(indexOfSeq(steps, 0)).toBe(0)
  })

  test('knows what was said last of the machine', () => {
    const changed = [
      step(0),
      step(1, { machine: 'assistant@1' }),
      step(2),
      step(3, { machine: 'response@1' }),
    ]
    expect([0, 1, 2, 3].map((index) => latest(changed, index, 'machine'))).toEqual([
      undefined,
      'assistant@1',
      'assistant@1',
      'response@1',
    ])
  })
})

describe('lengths', () => {
  test.each([
    [-5, '0 s'],
    [250, '250 ms'],
    [9_999, '9 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [245_000, '4 min 5 s'],
    [12_000_000, '3 h 20 min'],
    [439_200_000, '5 d 2 h'],
  ])('%d ms: %s', (ms, text) => {
    expect(lengthOf(ms)).toBe(text)
  })

  test('an age is told in whole seconds', () => {
    expect(ageOf('2026-06-05T00:00:00.300Z', Date.UTC(2026, 5, 5, 0, 0, 4))).toBe('3 s')
  })

  test('a field has the same instant, and what is none is none', () => {
    const at = '2026-06-05T13:14:15.000Z'
    expect(instantOf(fieldOf(at))).toBe(at)
    expect([fieldOf(undefined), fieldOf('soon'), instantOf('')]).toEqual(['', '', undefined])
  })
})

describe('on one line', () => {
  test('what was said and caused', () => {
    const agent = { type: 'agent' as const, name: 'Ann' }
    const email = { id: 'email', label: 'Email', type: 'email' as const, required: true as const }
    const said = step(0, {
      messages: [
        { id: 'm', author: agent, type: 'text', text: 'Hello' },
        { id: 'f', author: { type: 'bot' }, type: 'form', fields: [email] },
        { id: 'o', author: { type: 'bot' }, type: 'options', text: 'Which?', options: ['A', 'B'] },
      ],
      requests: [{ action: 'created', request: 1, id: 'c1.1.created' }],
      calls: [{ call: 1, step: 'order', method: 'GET', url: 'https://api.example/1' }],
      status: { state: 'queued' },
    })
    expect(summaryOf(said)).toBe(
      'Ann: “Hello”  ·  Bot: asks for Email  ·  Bot: “Which?” A / B  ·  request 1 created  ·  GET https://api.example/1  ·  → Queued',
    )
  })

  test('why an event made no record', () => {
    expect(summaryOf(step(0, { outcome: 'repeated' }))).toBe(words.withoutRecord.repeated)
  })

  test.each([
    ['session.message', {}, 'customer'],
    ['agent.message', { agent: { id: 'ann' } }, 'ann'],
    ['agent.message', { agent: { id: 'ann', name: 'Ann' } }, 'Ann'],
    ['agent.message', undefined, 'agent'],
    ['agent.message', '•••••', 'agent'],
    ['timer.unanswered', undefined, 'timer'],
    ['call.answered', { call: 1 }, 'API'],
    ['survey.sent', {}, 'survey'],
    ['nonsense', {}, 'nonsense'],
  ])('who %s of %o came from: %s', (type, payload, who) => {
    expect(sourceOf(step(0, { event: { id: 'e', type, payload } }))).toBe(who)
  })
})

describe('what if', () => {
  test('a form is filled in as it was asked for', () => {
    const fields = [
      { id: 'email', label: 'Email', type: 'email' as const, required: true as const },
      { id: 'topic', label: 'Topic', type: 'select' as const, required: true as const, options: ['Sales'] },
    ]
    const asked = step(0, { messages: [{ id: 'm', author: { type: 'bot' }, type: 'form', fields }] })
    expect(templateOf('session.details', [asked])).toEqual({ email: 'camille@example.com', topic: 'Sales' })
    expect(templateOf('session.details', [])).toEqual({})
  })

  test('the agent who has the request speaks', () => {
    const accepted = step(0, { status: { state: 'withAgent', agent: { id: 'bob' } } })
    expect(templateOf('agent.message', [accepted])).toEqual({ agent: { id: 'bob' }, text: 'Hello' })
  })

  test('what a machine hears is what leads from its states, and from those around them', () => {
    const arrow = (from: string, event?: string) => ({ from, ...(event && { event }) })
    const arrows = [
      arrow('m', 'session.ended'),
      arrow('m.queued', 'agent.accepted'),
      arrow('m.queued'),
      arrow('m.greeting', 'session.message'),
    ]
    const drawing = { arrows } as unknown as Drawing
    expect([...heardIn(drawing, ['m', 'm.queued'])]).toEqual(['session.ended', 'agent.accepted'])
    expect([...heardIn(undefined, ['m'])]).toEqual([])
  })
})

test('every state of a conversation has a name', () => {
  expect(Object.keys(words.states).sort()).toEqual([...statusStates].sort())
})

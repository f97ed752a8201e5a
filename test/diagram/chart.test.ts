import { describe, expect, test } from 'vitest'
import { type AnyStateMachine, and, assign, createMachine, not, or, raise } from 'xstate'
import { type Chart, type ChartArrow, chartOf, traced } from '../../engine/machines/chart.ts'
import { messagingResponse } from '../../engine/machines/messaging-response.ts'
import { begin, step } from '../../engine/machines/step.ts'
import { acmeBot, machines, parallelMachine } from './machines.ts'

const chart = (config: object): Chart => chartOf(createMachine(config as never) as unknown as AnyStateMachine)

/** The arrows of a machine with one state that has these. */
const arrowsOf = (state: object): ChartArrow[] =>
  chart({ id: 'm', initial: 'a', states: { a: state, b: {} } }).arrows

const wordsOf = ({ on, guard, actions }: ChartArrow) => [on, guard, actions.join(', ')]

describe('a chart', () => {
  test('has the states with their kinds, actions and initial states', () => {
    const { root } = chartOf(parallelMachine)
    expect([root.id, root.name, root.initial]).toEqual([
      'shipment',
      'shipment',
      { to: ['shipment.open'], actions: [] },
    ])
    const [open, , shipped] = root.children
    expect(shipped).toMatchObject({ id: 'shipped', name: 'shipped', type: 'final', initial: null })
    const [working, before] = open?.children ?? []
    expect(working).toMatchObject({ type: 'parallel', initial: null })
    expect(before).toMatchObject({ type: 'history', isDeep: true })
    expect(working?.children[1]?.children[1]).toMatchObject({ name: 'packing', exit: ['weigh', 'label'] })
  })

  test('omits XState’s own actions for timers', () => {
    const { root } = chart({
      id: 'm',
      initial: 'a',
      states: { a: { entry: 'greet', after: { 1000: 'b' } }, b: {} },
    })
    expect(root.children[0]).toMatchObject({ entry: ['greet'], exit: [] })
  })

  test.each([
    ['an event', { on: { GO: 'b' } }, 'event', 'GO'],
    ['no event', { always: 'b' }, 'always', ''],
    ['a delay by its name', { after: { soon: 'b' } }, 'after', 'soon'],
    ['a delay as a duration', { after: { 5400000: 'b' } }, 'after', '1 h 30 min'],
    ['a delay below a second', { after: { 250: 'b' } }, 'after', '250 ms'],
    [
      'the end of what is in it',
      { initial: 'x', states: { x: { type: 'final' } }, onDone: 'b' },
      'done',
      'done',
    ],
  ])('has the cause of a transition: %s', (_, state, kind, on) => {
    expect(arrowsOf(state).map((arrow) => [arrow.from, arrow.to, arrow.kind, arrow.on])).toEqual([
      ['m.a', 'm.b', kind, on],
    ])
  })

  test('names guards and actions, with a one-word parameter', () => {
    const ways = arrowsOf({
      on: {
        A: {
          target: 'b',
          guard: and(['isOne', or(['isTwo', not('isThree')])]),
          actions: ['say', assign({})],
        },
        B: {
          target: 'b',
          guard: { type: 'isOpen', params: { schedule: 'paris' } },
          actions: raise({ type: 'C' }),
        },
        C: { guard: { type: 'holds', params: { when: [1] } }, description: 'the order is\n late' },
        D: { target: 'b', actions: { type: 'notify', params: { action: 'created' } } },
        E: {
          guard: 'isOne',
          description: 'not said: the guard has a name',
          actions: { type: 'say', params: { text: 'Hello you' } },
        },
      },
    })
    expect(ways.map(wordsOf)).toEqual([
      ['A', 'isOne and (isTwo or not isThree)', 'say, assign'],
      ['B', 'isOpen(paris)', 'raise(C)'],
      ['C', 'the order is late', ''],
      ['D', null, 'notify(created)'],
      ['E', 'isOne', 'say'],
    ])
    expect(ways.map(({ to }) => to)).toEqual(['m.b', 'm.b', null, 'm.b', null])
  })

  test('has an arrow for each target, all with the transition’s id', () => {
    const { arrows } = chart({
      id: 'm',
      initial: 'a',
      states: {
        a: { on: { GO: { target: ['p.x.two', 'p.y.two'] } } },
        p: {
          type: 'parallel',
          states: {
            x: { initial: 'one', states: { one: {}, two: {} } },
            y: { initial: 'one', states: { one: {}, two: {} } },
          },
        },
      },
    })
    expect(arrows.map(({ id, to }) => [id, to])).toEqual([
      ['m.a GO 0', 'm.p.x.two'],
      ['m.a GO 0', 'm.p.y.two'],
    ])
  })

  test('has a history state’s default target', () => {
    const [, ...rest] = chartOf(parallelMachine).arrows.filter(({ kind }) => kind === 'history')
    expect(rest).toEqual([])
    expect(chartOf(parallelMachine).arrows).toContainEqual(
      expect.objectContaining({ from: 'shipment.open.before', to: 'shipment.open.working', kind: 'history' }),
    )
  })

  test('shows a bot’s choices by their labels, and its branches by their conditions', () => {
    const guards = chartOf(acmeBot).arrows.map(({ guard }) => guard)
    expect(guards).toContain('Where is my order?')
    expect(guards).toContain('variables.status is “delivered”')
    expect(guards).toContain('otherwise')
    expect(guards).toContain('isOpen(paris)')
  })

  test('has the ids of transitions from a step’s trace, and of states from a snapshot', () => {
    const { arrows, root } = chartOf(messagingResponse as unknown as AnyStateMachine)
    const machine = messagingResponse as unknown as AnyStateMachine
    const input = {
      pinned: {
        hours: 'during',
        timeouts: { unanswered: null, escalate: null, idleCustomer: [], abandoned: null },
      },
      customer: { name: null, email: null, externalId: null, verified: false },
      response: { firstMessage: 'Hi', followUpMessage: 'Thanks', nextOpen: '', asks: [] },
    }
    const { snapshot } = begin(machine, input)
    const { taken } = traced(() =>
      step(machine, snapshot, { type: 'session.message', text: 'help', at: 0 } as never),
    )
    expect(taken.length).toBeGreaterThan(1)
    for (const id of taken) expect(arrows.map((arrow) => arrow.id)).toContain(id)
    expect(root.children.map(({ id }) => id)).toContain('messagingResponse.queued')
  })

  test.each(Object.entries(machines))('of %s is plain data', (_, machine) => {
    const drawn = chartOf(machine)
    expect(JSON.parse(JSON.stringify(drawn))).toEqual(drawn)
  })
})

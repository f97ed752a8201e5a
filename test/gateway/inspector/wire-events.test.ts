import { readFile } from 'node:fs/promises'
import type { StatelyInspectionEvent } from '@statelyai/inspect'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { createMachine } from 'xstate'
import { parse } from 'yaml'
import { type Conversation, unknownConversation } from '../../../engine/core/conversation.ts'
import { compileBot } from '../../../engine/machines/bots/compile.ts'
import { externalBot } from '../../../engine/machines/bots/external.ts'
import { chartOf } from '../../../engine/machines/chart.ts'
import { definitionOf, definitionsOf } from '../../../engine/machines/definitions.ts'
import { messagingResponse } from '../../../engine/machines/messaging-response.ts'
import type { StoredSnapshot } from '../../../engine/machines/step.ts'
import { botFlow } from '../../../schemas/configuration/bot-flow.ts'
import type { InspectedStep } from '../../../schemas/protocol/inspector.ts'
import { type WireEvent, wireVersion } from '../../../schemas/protocol/stately.ts'
import type { HistoryStep } from '../../../workers/gateway/inspector/history.ts'
import { Mask } from '../../../workers/gateway/inspector/mask.ts'
import { masked } from '../../../workers/gateway/inspector/mask-words.ts'
import { drawableConfig, WireEvents } from '../../../workers/gateway/inspector/wire-events.ts'

const at = '2026-01-05T10:00:00.000Z'

interface Given {
  seq: number
  machine?: string
  snapshot?: StoredSnapshot
  step?: Partial<InspectedStep>
  incoming?: object
}

/** A step as a history tells it. */
function retold({ seq, machine, snapshot, step, incoming }: Given): HistoryStep {
  const after = machine
    ? ({ last: seq, sequence: seq, record: { state: { machine, snapshot } } } as Conversation)
    : unknownConversation
  return {
    step: {
      seq,
      at,
      event: { id: `e${seq}`, type: 'session.message', payload: { text: 'Hello' } },
      outcome: 'applied',
      context: [],
      ...step,
    } as InspectedStep,
    incoming: incoming as HistoryStep['incoming'],
    before: unknownConversation,
    after,
  }
}

const first = createMachine({ id: 'own', initial: 'a', states: { a: {}, b: {} } })
const kid = createMachine({ id: 'kid', initial: 'x', states: { x: {} } })
const second = createMachine({ id: 'own', initial: 'c', states: { c: {} } }).provide({
  actors: { kid },
} as never)
const definitions = definitionsOf(
  definitionOf('own', 1, first as never),
  definitionOf('own', 2, second as never),
)

const wire = (mask?: Mask) => new WireEvents('c1', definitions, mask)
const inA = { value: 'a', context: {} }

describe('a step', () => {
  it('becomes one event and one snapshot, with its own time and stable ids', () => {
    const told = (one: WireEvents) => [
      one.eventsOf(retold({ seq: 7, machine: 'own@1', snapshot: inA })),
      one.eventsOf(retold({ seq: 9, machine: 'own@1', snapshot: { value: 'b', context: { n: 1 } } })),
    ]
    const frontdesk = (seq: number) => ({ seq, id: `e${seq}`, outcome: 'applied' })
    const common = {
      rootId: 'c1',
      sessionId: 'c1',
      createdAt: String(Date.parse(at)),
      _version: wireVersion,
    }
    const event = (seq: number) => ({ text: 'Hello', type: 'session.message', frontdesk: frontdesk(seq) })
    expect(told(wire())).toEqual([
      [
        {
          ...common,
          type: '@xstate.actor',
          id: '7.actor',
          name: 'c1',
          definition: JSON.stringify(first.config),
          parentId: undefined,
          snapshot: { status: 'active', ...inA },
        },
        { ...common, type: '@xstate.event', id: '7.event', event: event(7), sourceId: undefined },
        {
          ...common,
          type: '@xstate.snapshot',
          id: '7.snapshot',
          event: event(7),
          snapshot: { status: 'active', ...inA },
        },
      ],
      [
        { ...common, type: '@xstate.event', id: '9.event', event: event(9), sourceId: undefined },
        {
          ...common,
          type: '@xstate.snapshot',
          id: '9.snapshot',
          event: event(9),
          snapshot: { status: 'active', value: 'b', context: { n: 1 } },
        },
      ],
    ])
    expect(told(wire())).toEqual(told(wire()))
  })

  it('that changed nothing has its outcome', () => {
    const rejected = { code: 'not_allowed_now', message: 'not now' } as const
    const one = wire()
    one.eventsOf(retold({ seq: 1, machine: 'own@1', snapshot: inA }))
    const told = one.eventsOf(
      retold({ seq: 2, machine: 'own@1', snapshot: inA, step: { outcome: 'rejected', rejected } }),
    )
    expect(told).toMatchObject([
      { type: '@xstate.event', event: { frontdesk: { outcome: 'rejected', rejected } } },
      { type: '@xstate.snapshot', snapshot: { value: 'a' } },
    ])
  })

  it('whose payload is not an object, or has its own type, keeps its event type', () => {
    const told = (payload: unknown) =>
      wire()
        .eventsOf(retold({ seq: 1, step: { event: { id: 'e', type: 'agent.message', payload } } }))
        .map((one) => 'event' in one && one.event)[1]
    expect(told({ type: 'forged', n: 1 })).toMatchObject({ type: 'agent.message', n: 1 })
    expect(told('{broken')).toMatchObject({ type: 'agent.message', payload: '{broken' })
    expect(told([1])).toMatchObject({ type: 'agent.message', payload: [1] })
  })

  it('passes the stock receivers', async () => {
    expectTypeOf<WireEvent>().toExtend<{ type: StatelyInspectionEvent['type'] }>()
    const manifest = await readFile('node_modules/@statelyai/inspect/package.json', 'utf8')
    expect(wireVersion).toBe(JSON.parse(manifest).version)
  })
})

describe('the conversation', () => {
  it('continues as a child actor after a migration to another machine', () => {
    const one = wire()
    one.eventsOf(retold({ seq: 1, machine: 'own@1', snapshot: inA }))
    const inC = { value: 'c', context: {} }
    const told = [
      ...one.eventsOf(retold({ seq: 2, machine: 'own@2', snapshot: inC })),
      ...one.eventsOf(retold({ seq: 3, machine: 'own@2', snapshot: inC })),
    ]
    expect(told).toMatchObject([
      { type: '@xstate.actor', sessionId: 'c1/own@2', parentId: 'c1', definition: drawableConfig(second) },
      { type: '@xstate.event', sessionId: 'c1/own@2', rootId: 'c1' },
      { type: '@xstate.snapshot', sessionId: 'c1/own@2', snapshot: inC },
      { type: '@xstate.event', sessionId: 'c1/own@2' },
      { type: '@xstate.snapshot', sessionId: 'c1/own@2' },
    ])
  })

  it('without a machine, or with an unknown one, has an empty definition', () => {
    const one = wire()
    const empty = { status: 'active', value: {}, context: {} }
    expect(one.eventsOf(retold({ seq: 1 }))).toMatchObject([
      { type: '@xstate.actor', sessionId: 'c1', definition: '{"id":"c1"}', snapshot: empty },
      { type: '@xstate.event' },
      { type: '@xstate.snapshot', snapshot: empty },
    ])
    expect(one.eventsOf(retold({ seq: 2, machine: 'gone@3', snapshot: inA }))[0]).toMatchObject({
      sessionId: 'c1/gone@3',
      parentId: 'c1',
      definition: '{"id":"gone@3"}',
    })
  })

  it('is the parent of the actors that its machine has spawned', () => {
    const spawned = { snapshot: { status: 'active', value: 'x', context: {} }, src: 'kid' }
    const snapshot = { value: 'c', context: {}, children: { k: spawned } }
    const one = wire()
    expect(one.eventsOf(retold({ seq: 1, machine: 'own@2', snapshot }))).toMatchObject([
      { type: '@xstate.actor', sessionId: 'c1' },
      { type: '@xstate.event', sessionId: 'c1' },
      {
        type: '@xstate.actor',
        sessionId: 'c1/k',
        parentId: 'c1',
        name: 'k',
        definition: drawableConfig(kid),
        snapshot: { value: 'x' },
      },
      { type: '@xstate.snapshot', sessionId: 'c1' },
    ])
    expect(one.eventsOf(retold({ seq: 2, machine: 'own@2', snapshot }))).toHaveLength(2)
  })
})

describe('what a customer typed', () => {
  it('is masked in the event, the context and spawned actors; states are not', () => {
    const text = 'a'
    const context = { need: text, kept: 1 }
    const snapshot = {
      value: 'a',
      context,
      children: { k: { snapshot: { status: 'active', value: 'x', context: { said: text } }, src: 'other' } },
    }
    const told = wire(new Mask()).eventsOf(
      retold({
        seq: 1,
        machine: 'own@1',
        snapshot,
        step: {
          event: { id: 'e', type: 'session.message', payload: { text } },
          context: [{ path: 'need', after: text }],
        },
        incoming: { event: { type: 'session.message', text } },
      }),
    )
    expect(told).toMatchObject([
      { type: '@xstate.actor', snapshot: { value: 'a', context: { need: masked, kept: 1 } } },
      { type: '@xstate.event', event: { text: masked } },
      { type: '@xstate.actor', sessionId: 'c1/k', snapshot: { value: 'x', context: { said: masked } } },
      {
        type: '@xstate.snapshot',
        event: { text: masked },
        snapshot: {
          value: 'a',
          context: { need: masked },
          children: { k: { snapshot: { context: { said: masked } } } },
        },
      },
    ])
  })
})

describe('a machine’s config as JSON', () => {
  it.each([
    ['the messaging response', async () => messagingResponse],
    ['a bot elsewhere', async () => externalBot],
    [
      'a bot',
      async () =>
        compileBot(botFlow.parse(parse(await readFile('test/examples/acme/assistant.yaml', 'utf8')))),
    ],
  ])('is drawn as the machine itself: %s', async (_, machine) => {
    const made = (await machine()) as never
    expect(chartOf(createMachine(JSON.parse(drawableConfig(made))) as never)).toEqual(chartOf(made))
  })
})

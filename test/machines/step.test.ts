import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnyStateMachine, type AnyStateNode, initialTransition, transition } from 'xstate'
import { compileBot } from '../../engine/machines/bots/compile.ts'
import { externalBot } from '../../engine/machines/bots/external.ts'
import type { Input } from '../../engine/machines/context.ts'
import { messagingResponse } from '../../engine/machines/messaging-response.ts'
import { begin, type MachineSnapshot, restore, step, store } from '../../engine/machines/step.ts'
import { assistant, assistantEvents, botInputs } from './assistant.ts'
import { eventsOfAllTypes, inputs } from './messaging-response.ts'

const runs = 200 * Number(process.env.FRONTDESK_RUNS ?? 1)

/** Machines with inputs, and events that lead somewhere in them. */
const machines: [string, AnyStateMachine, Input[], object[]][] = [
  ['the messaging response', messagingResponse, inputs, []],
  ['a bot', compileBot(assistant), botInputs, assistantEvents],
  ['a bot elsewhere', externalBot as unknown as AnyStateMachine, botInputs, []],
]

describe.each(machines)(
  'our begin and step say the same as XState’s own, of %s',
  { timeout: 150 * runs },
  (_, machine, inputs, more) => {
    const timers = nodesOf(machine.root).flatMap(({ after }) =>
      after.map(({ eventType }) => ({ type: eventType })),
    )
    const event = fc
      .tuple(
        fc.oneof(
          fc.constantFrom<{ type: string }>(...eventsOfAllTypes, ...timers),
          fc.constantFrom<{ type: string }>(...eventsOfAllTypes, ...(more as { type: string }[])),
        ),
        fc.integer({ min: 0, max: 10_000_000 }),
      )
      .map(([event, at]) => ({ ...event, at }))

    it('over random events', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...inputs),
          fc.array(event, { maxLength: 40, size: 'max' }),
          (input, events) => {
            let theirs = initialTransition(machine, input)
            let ours = begin(machine, input)
            expectSame(machine, ours, theirs)
            for (const event of events) {
              const isDone = ours.snapshot.status === 'done'
              theirs = transition(machine, theirs[0], event as never)
              ours = step(machine, ours.snapshot, event)
              expectSame(machine, ours, theirs)
              if (isDone) break
            }
          },
        ),
        { numRuns: runs },
      )
    })

    it('a snapshot that was stored and restored goes on as XState’s own persisted one', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...inputs),
          fc.array(event, { maxLength: 20, size: 'max' }),
          (input, events) => {
            let { snapshot } = begin(machine, input)
            for (const event of events) {
              const stored = JSON.parse(JSON.stringify(store(machine, snapshot)))
              const restored = restore(machine, stored)
              const theirs = machine.resolveState({
                value: stored.value,
                context: stored.context,
                status: stored.status ?? 'active',
              } as never)
              if (snapshot.status === 'done') break
              const next = step(machine, snapshot, event)
              expectSame(machine, step(machine, restored, event), transition(machine, theirs, event as never))
              expect(step(machine, restored, event).actions).toEqual(next.actions)
              ;({ snapshot } = next)
            }
          },
        ),
        { numRuns: runs },
      )
    })

    it('a snapshot is never changed by a step from it', () => {
      const { snapshot } = begin(machine, inputs[0] as Input)
      const before = JSON.stringify(snapshot)
      for (const event of eventsOfAllTypes) step(machine, snapshot, { ...event, at: 1 } as never)
      expect(JSON.stringify(snapshot)).toBe(before)
    })

    it('what a machine throws at its first step is thrown', () => {
      expect(() => begin(machine, undefined)).toThrow()
    })
  },
)

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)]
}

type Theirs = readonly [MachineSnapshot, readonly { type: string; params?: unknown }[]]

function expectSame(
  machine: AnyStateMachine,
  ours: ReturnType<typeof step>,
  [snapshot, actions]: Theirs,
): void {
  expect(ours.actions).toEqual(actions.map(({ type, params }) => ({ type, params })))
  expect(asStored(machine, ours.snapshot)).toEqual(asStored(machine, snapshot))
}

function asStored(machine: AnyStateMachine, snapshot: MachineSnapshot): unknown {
  return JSON.parse(JSON.stringify(machine.getPersistedSnapshot(snapshot as never)))
}

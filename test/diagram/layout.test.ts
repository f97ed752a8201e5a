import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AnyStateMachine, createMachine } from 'xstate'
import { chartOf } from '../../engine/machines/chart.ts'
import type { Drawing } from '../../schemas/protocol/drawing.ts'
import { Drawings } from '../../workers/diagram/drawings.ts'
import { layOut } from '../../workers/diagram/lay-out.ts'
import { validFlow } from '../bots/random-flow.ts'
import { faultsOf } from './geometry.ts'
import { botMachine, machines, parallelMachine, smallMachine } from './machines.ts'
import { randomMachine } from './random-machine.ts'

const runs = Number(process.env.FRONTDESK_RUNS ?? 1)

const drawn = (machine: AnyStateMachine) => layOut(chartOf(machine))

describe('a drawing', () => {
  test.each(Object.entries(machines))('of %s has no overlaps', async (_, machine) => {
    expect(faultsOf(await drawn(machine))).toEqual([])
  })

  test(
    'of any bot has no overlaps',
    async () => {
      await fc.assert(
        fc.asyncProperty(validFlow, async (flow) => {
          expect(faultsOf(await drawn(botMachine(flow)))).toEqual([])
        }),
        { numRuns: 12 * runs },
      )
    },
    300_000 * runs,
  )

  test(
    'of any machine has no overlaps, except for lines that enter a box through its text',
    async () => {
      await fc.assert(
        fc.asyncProperty(randomMachine, async (machine) => {
          const faults = faultsOf(await drawn(machine))
          expect(faults.filter((fault) => !/^line .* goes through label/s.test(fault))).toEqual([])
        }),
        { numRuns: 40 * runs },
      )
    },
    300_000 * runs,
  )

  test('has all states, and all transitions in the words of the machine', async () => {
    for (const machine of Object.values(machines)) {
      const chart = chartOf(machine)
      const { states, arrows } = await drawn(machine)
      const idsOf = (state: typeof chart.root): string[] => [state.id, ...state.children.flatMap(idsOf)]
      expect(states.map(({ id }) => id).sort()).toEqual(idsOf(chart.root).sort())
      expect(arrows.map(({ id, to }) => `${id} ${to}`).sort()).toEqual(
        chart.arrows.map(({ id, to }) => `${id} ${to}`).sort(),
      )
    }
  })

  test('separates the regions of a parallel state by lines, and marks history and final states', async () => {
    const { states } = await drawn(parallelMachine)
    const named = (name: string) => states.find((state) => state.name === name)
    expect(named('working')).toMatchObject({
      kind: 'parallel',
      separators: [expect.any(String), expect.any(String)],
    })
    expect(named('parcel')?.kind).toBe('region')
    expect(named('before')?.texts.map(({ text }) => text)).toEqual(['H*'])
    expect(named('shipped')?.kind).toBe('final')
  })

  test('names the target of a transition without a line', async () => {
    const { arrows } = await drawn(smallMachine)
    const reset = arrows.find(({ id }) => id === 'small RESET 0')
    expect(reset?.line).toBeUndefined()
    expect(reset?.texts.map(({ text }) => text).join(' ')).toBe('RESET / forget → off')
  })

  test('merges transitions from nested states to one target into one line, which all of them share', async () => {
    const { arrows } = await drawn(machines.acmeBot as AnyStateMachine)
    const summed = arrows.filter(({ isSummary, to }) => isSummary && to === 'ended')
    expect(summed.length).toBeGreaterThan(3)
    expect(new Set(summed.map(({ line }) => line?.path)).size).toBe(1)
    expect(summed.filter(({ isShared }) => !isShared).length).toBe(1)
  })

  test('draws lines from the nearest states only where very many lead to one; the others name it', async () => {
    const count = 14
    const many = createMachine({
      id: 'many',
      initial: 's0',
      states: {
        ...Object.fromEntries(
          Array.from({ length: count }, (_, index) => [
            `s${index}`,
            { on: { NEXT: `s${(index + 1) % count}`, STOP: 'last' } },
          ]),
        ),
        last: { type: 'final' },
      },
    }) as unknown as AnyStateMachine
    const stops = (await drawn(many)).arrows.filter(({ to }) => to === 'many.last')
    const withLine = stops.filter(({ line }) => line).map(({ from }) => from)
    expect(withLine.sort()).toEqual(['many.s10', 'many.s11', 'many.s12', 'many.s13', 'many.s9'])
    const listed = stops.filter(({ line }) => !line)
    expect(listed).toHaveLength(9)
    for (const { texts } of listed) expect(texts.map(({ text }) => text).join(' ')).toBe('STOP → last')
  })

  test('of a bot with many answers has a readable width', async () => {
    expect((await drawn(machines.wideBot as AnyStateMachine)).width).toBeLessThan(3600)
  })

  test('is deterministic', async () => {
    expect(await drawn(parallelMachine)).toEqual(await drawn(parallelMachine))
  })
})

test('the check finds overlaps', async () => {
  const good = await drawn(parallelMachine)
  const moved = (change: (drawing: Drawing) => void) => {
    const drawing = structuredClone(good)
    change(drawing)
    return faultsOf(drawing)
  }
  const state = (drawing: Drawing, name: string) => drawing.states.find((one) => one.name === name)
  expect(moved((drawing) => Object.assign(state(drawing, 'paused') ?? {}, { x: 560 }))).not.toEqual([])
  expect(
    moved(({ arrows }) => arrows.map((arrow) => Object.assign(arrow.label ?? {}, { x: 300, y: 300 }))),
  ).not.toEqual([])
  expect(moved((drawing) => Object.assign(state(drawing, 'parcel') ?? {}, { width: 20 }))).not.toEqual([])
})

describe('cached drawings', () => {
  test('are laid out once for concurrent and later requests', async () => {
    const drawings = new Drawings()
    const definition = { name: 'small@1', machine: smallMachine }
    const [one, other] = await Promise.all([drawings.of(definition), drawings.of(definition)])
    expect(one).toBe(other)
    expect(await drawings.of(definition)).toBe(one)
    expect(await drawings.of({ ...definition, machine: parallelMachine })).not.toBe(one)
  })
})

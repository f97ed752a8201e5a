import type { Chart, ChartArrow, ChartState } from '../../engine/machines/chart.ts'
import { grouped } from './grouped.ts'
import { type Run, setText, stack, type TextBlock } from './set-text.ts'

/** What is drawn of a chart, and how large its texts are: all but where it stands. */
export interface Plan {
  root: PlannedState
  lines: PlannedLine[]
}

export interface PlannedState {
  state: ChartState
  name: TextBlock
  /** What it does when it is entered and left. */
  does: TextBlock
  /** The transitions that are listed in its box. */
  listed: { arrow: ChartArrow; block: TextBlock }[]
  children: PlannedState[]
}

/** A line between two states, and the transitions that take it. */
export interface PlannedLine {
  id: string
  from: string
  to: string
  isDashed: boolean
  /** With what stands beside the line of each, and how far down. */
  arrows: { arrow: ChartArrow; block: TextBlock; top: number }[]
  width: number
  height: number
}

/** Where more states than this lead to one, those from deep within others say its name instead of having a line. */
const sourcesMax = 5

const nameWidthMax = 190
const listedWidthMax = 300
/** The box of the machine is wide anyway. */
const rootListedWidthMax = 480
const labelWidthMax = 150
/** Between the words of transitions that have nothing in common but their line. */
const labelGap = 5

export function plan(chart: Chart): Plan {
  const places = placesOf(chart.root)
  const isDrawn = drawnOf(chart, places)
  const listed = grouped(
    chart.arrows.filter((arrow) => !isDrawn(arrow)),
    ({ from }) => from,
  )
  const lines = grouped(chart.arrows.filter(isDrawn), ({ from, to, kind }) =>
    JSON.stringify([from, to, kind === 'after']),
  )
  const nameOf = namesOf(places)
  const planned = (state: ChartState): PlannedState => ({
    state,
    name: setText([{ text: state.name, as: 'name' }], nameWidthMax),
    does: stack(
      [...doing('entry', state.entry), ...doing('exit', state.exit)].map((runs) =>
        setText(runs, listedWidthMax),
      ),
    ),
    listed: (listed.get(state.id) ?? []).map((arrow) => ({
      arrow,
      block: setText(
        [...runsOf(arrow), ...targetRuns(arrow, nameOf)],
        state === chart.root ? rootListedWidthMax : listedWidthMax,
      ),
    })),
    children: state.children.map(planned),
  })
  return {
    root: planned(chart.root),
    lines: [...lines.values()].map((arrows, index) => lineOf(`line ${index}`, arrows)),
  }
}

/** What causes a transition, under what condition, and what it does: `idle [isLast] / say, end`. */
export function wordsOf(arrow: ChartArrow): string {
  return runsOf(arrow)
    .map(({ text }) => text)
    .join('')
    .trim()
}

interface Place {
  state: ChartState
  parents: ChartState[]
}

function placesOf(root: ChartState): Map<string, Place> {
  const places = new Map<string, Place>()
  const visit = (state: ChartState, parents: ChartState[]) => {
    places.set(state.id, { state, parents })
    for (const child of state.children) visit(child, [...parents, state])
  }
  visit(root, [])
  return places
}

/** Which transitions are lines; the others are listed. */
function drawnOf({ arrows }: Chart, places: Map<string, Place>): (arrow: ChartArrow) => boolean {
  const parentsOf = (id: string) => places.get(id)?.parents ?? []
  const isWithin = (id: string, outer: string) => parentsOf(id).some((parent) => parent.id === outer)
  const canBe = ({ from, to }: ChartArrow): boolean => {
    if (to === null) return false
    if (from === to) return places.get(from)?.state.children.length === 0
    return !isWithin(from, to) && !isWithin(to, from)
  }
  /** How many boxes a line leaves. */
  const leaves = (from: string, to: string) => {
    const around = new Set(parentsOf(to))
    return parentsOf(from).filter((parent) => !around.has(parent)).length
  }
  const sources = new Map<string, Set<string>>()
  for (const arrow of arrows)
    if (canBe(arrow) && arrow.to !== null)
      sources.set(arrow.to, (sources.get(arrow.to) ?? new Set()).add(arrow.from))
  return (arrow) =>
    canBe(arrow) &&
    arrow.to !== null &&
    ((sources.get(arrow.to)?.size ?? 0) <= sourcesMax || leaves(arrow.from, arrow.to) < 2)
}

/** A name that several states have says whose it is. */
function namesOf(places: Map<string, Place>): (id: string) => string {
  const counts = grouped(places.values(), ({ state }) => state.name)
  return (id) => {
    const { state, parents } = places.get(id) as Place
    const parent = parents.at(-1)
    return parent && (counts.get(state.name)?.length ?? 0) > 1 ? `${parent.name}.${state.name}` : state.name
  }
}

function doing(when: 'entry' | 'exit', actions: string[]): Run[][] {
  if (actions.length === 0) return []
  return [
    [
      { text: `${when} `, as: 'cause' },
      { text: `/ ${actions.join(', ')}`, as: 'action' },
    ],
  ]
}

function runsOf({ kind, on, guard, actions }: ChartArrow): Run[] {
  const runs: Run[] = []
  if (on !== '') runs.push({ text: `${on} `, as: 'cause', ...(kind === 'after' && { hasClock: true }) })
  if (guard !== null) runs.push({ text: `[${guard}] `, as: 'guard' })
  if (actions.length > 0) runs.push({ text: `/ ${actions.join(', ')} `, as: 'action' })
  return runs
}

function targetRuns({ from, to }: ChartArrow, nameOf: (id: string) => string): Run[] {
  if (to === null) return []
  return [{ text: `→ ${from === to ? 'itself' : nameOf(to)}`, as: 'target' }]
}

function lineOf(id: string, arrows: ChartArrow[]): PlannedLine {
  const { from, to, kind } = arrows[0] as ChartArrow
  // Those that differ by what causes them only say the rest once.
  const alike = grouped(arrows, ({ guard, actions }) => JSON.stringify([guard, actions]))
  const groups = [...alike.values()].map((group) =>
    group.map((arrow, index) => {
      const isLast = index === group.length - 1
      const runs = runsOf(isLast ? arrow : { ...arrow, guard: null, actions: [] })
      return { arrow, block: setText(runs, labelWidthMax) }
    }),
  )
  const blocks = stack(
    groups.map((group) => stack(group.map(({ block }) => block))),
    labelGap,
  )
  return {
    id,
    from,
    to: to as string,
    isDashed: kind === 'after',
    arrows: groups.flatMap((group, index) => {
      const { tops } = stack(group.map(({ block }) => block))
      return group.map((one, n) => ({ ...one, top: (blocks.tops[index] ?? 0) + (tops[n] ?? 0) }))
    }),
    width: blocks.width,
    height: blocks.texts.length === 0 ? 0 : blocks.height,
  }
}

import type { Chart, ChartArrow, ChartState } from '../../engine/machines/chart.ts'
import { type Run, setText, stack, type TextBlock } from './set-text.ts'

/** The elements of a drawing with the sizes of their texts, without positions. */
export interface Plan {
  root: PlannedState
  lines: PlannedLine[]
  /** Lines without words: each stands for the listed transitions from within one state to the same target. */
  summaries: { id: string; from: string; to: string }[]
}

export interface PlannedState {
  state: ChartState
  name: TextBlock
  /** Its words for people, and its entry and exit actions. */
  does: TextBlock
  /** The transitions that are listed in its box; `line` is the summary that stands for it. */
  listed: { arrow: ChartArrow; block: TextBlock; line?: string }[]
  children: PlannedState[]
}

/** A line between two states, and the transitions that take it. */
export interface PlannedLine {
  id: string
  from: string
  to: string
  isDashed: boolean
  /** Each with the words beside the line, and their offset from the label's top. */
  arrows: { arrow: ChartArrow; block: TextBlock; top: number }[]
  width: number
  height: number
}

/** With more sources than this, nested sources share one line from their ancestor, which is labelled with its name. */
const sourcesMax = 5
/** With more sources than this, only the nearest have lines: more cannot be followed, and take seconds to lay out. */
const crowdMax = 10

const nameWidthMax = 190
const listedWidthMax = 250
/** The box of the machine is wide anyway. */
const rootListedWidthMax = 480
const labelWidthMax = 150
/** The gap between labels of transitions that share a line, in pixels. */
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
  const summaryOf = summarize(chart, places, isDrawn)
  const planned = (state: ChartState): PlannedState => ({
    state,
    name: setText([{ text: state.name, as: 'name' }], nameWidthMax),
    does: stack(
      [...told(state), ...doing('entry', state.entry), ...doing('exit', state.exit)].map((runs) =>
        setText(runs, listedWidthMax),
      ),
    ),
    listed: (listed.get(state.id) ?? []).map((arrow) => {
      const runs = [...runsOf(arrow), ...targetRuns(arrow, nameOf)]
      const line = summaryOf.get(arrow)?.id
      return {
        arrow,
        block: setText(runs, state === chart.root ? rootListedWidthMax : listedWidthMax),
        ...(line !== undefined && { line }),
      }
    }),
    children: state.children.map(planned),
  })
  return {
    root: planned(chart.root),
    lines: [...lines.values()].map((arrows, index) => lineOf(`line\n${index}`, arrows)),
    summaries: [...new Set(summaryOf.values())],
  }
}

/** The label of a transition with its event, guard and actions: `idle [isLast] / say, end`. */
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

/** Decides which transitions are lines; the others are listed. */
function drawnOf({ arrows }: Chart, places: Map<string, Place>): (arrow: ChartArrow) => boolean {
  const canBe = arrows.filter((arrow) => leadsElsewhere(arrow, places))
  const order = new Map([...places.keys()].map((id, index) => [id, index]))
  const distance = (a: string, b: string) => Math.abs((order.get(a) ?? 0) - (order.get(b) ?? 0))
  const drawn = [...grouped(canBe, ({ to }) => to as string)].flatMap(([target, ways]) => {
    const sources = [...new Set(ways.map(({ from }) => from))]
    if (sources.length <= sourcesMax) return ways
    const near = ways.filter((way) => leavesOf(way, places).length < 2)
    if (sources.length <= crowdMax) return near
    const nearest = new Set(
      sources.sort((a, b) => distance(a, target) - distance(b, target)).slice(0, sourcesMax),
    )
    return near.filter(({ from }) => nearest.has(from))
  })
  const isDrawn = new Set(drawn)
  return (arrow) => isDrawn.has(arrow)
}

/** Whether the target is neither within nor around the source, or is the source itself and has no children. */
function leadsElsewhere({ from, to }: ChartArrow, places: Map<string, Place>): boolean {
  if (to === null) return false
  if (from === to) return places.get(from)?.state.children.length === 0
  return !parentsOf(from, places).includes(to) && !parentsOf(to, places).includes(from)
}

/** The states besides its own that a transition leaves, outer ones first. */
function leavesOf({ from, to }: ChartArrow, places: Map<string, Place>): string[] {
  const around = new Set(to === null ? [] : parentsOf(to, places))
  return parentsOf(from, places).filter((parent) => !around.has(parent))
}

function parentsOf(id: string, places: Map<string, Place>): string[] {
  return (places.get(id)?.parents ?? []).map((parent) => parent.id)
}

/** Maps transitions that are listed in a box to the line that stands for them. */
function summarize(
  { arrows }: Chart,
  places: Map<string, Place>,
  isDrawn: (arrow: ChartArrow) => boolean,
): Map<ChartArrow, Plan['summaries'][number]> {
  const summaries = new Map<string, Plan['summaries'][number]>()
  return new Map(
    arrows
      .filter(
        (arrow) => !isDrawn(arrow) && leadsElsewhere(arrow, places) && leavesOf(arrow, places).length > 1,
      )
      .map((arrow) => {
        const target = arrow.to as string
        const [source] = leavesOf(arrow, places) as [string]
        const key = JSON.stringify([source, target])
        const summary = summaries.get(key) ?? { id: `summary\n${summaries.size}`, from: source, to: target }
        summaries.set(key, summary)
        return [arrow, summary]
      }),
  )
}

/** The names that states are referred to by: with the parent's name where several have the same. */
function namesOf(places: Map<string, Place>): (id: string) => string {
  const counts = grouped(places.values(), ({ state }) => state.name)
  return (id) => {
    const { state, parents } = places.get(id) as Place
    const parent = parents.at(-1)
    return parent && (counts.get(state.name)?.length ?? 0) > 1 ? `${parent.name}.${state.name}` : state.name
  }
}

function told({ text }: ChartState): Run[][] {
  return text ? [[{ text, as: 'cause' }]] : []
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
  // Transitions that differ only in their cause show their guard and actions once.
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
      return group.map((item, n) => ({ ...item, top: (blocks.tops[index] ?? 0) + (tops[n] ?? 0) }))
    }),
    width: blocks.width,
    height: blocks.texts.length === 0 ? 0 : blocks.height,
  }
}

/** Groups things by a key, in the order in which the keys came. */
function grouped<Thing, Key>(things: Iterable<Thing>, keyOf: (thing: Thing) => Key): Map<Key, Thing[]> {
  const groups = new Map<Key, Thing[]>()
  for (const thing of things) {
    const key = keyOf(thing)
    const group = groups.get(key)
    if (group) group.push(thing)
    else groups.set(key, [thing])
  }
  return groups
}

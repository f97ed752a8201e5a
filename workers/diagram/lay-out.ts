import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import type { Chart, ChartState } from '../../engine/machines/chart.ts'
import type {
  Box,
  Drawing,
  DrawnArrow,
  DrawnBeginning,
  DrawnState,
  DrawnText,
  Line,
} from '../../schemas/protocol/drawing.ts'
import {
  beginningLineOf,
  beginningOf,
  beginningRadius,
  beginningWords,
  elkGraph,
  headOf,
  historyRadius,
  outermost,
  paddingPx,
} from './elk-graph.ts'
import { clockPath, lineThrough, tenth } from './paths.ts'
import { type Plan, type PlannedLine, type PlannedState, plan, wordsOf } from './plan.ts'
import { LayoutFailed, runElk } from './run-elk.ts'
import { moved, setText, type TextBlock } from './set-text.ts'

/** A larger chart would take minutes, and nobody could read it: a bot may have 20,000 steps. */
const statesMax = 1_000
const arrowsMax = 5_000
/** The width from which a drawing is laid out to grow downwards, so that it scrolls in one direction only. */
const readableWidthPx = 2800
/** The most layouts: a wider box moves its neighbours, so another box may then be too narrow. */
const roundsMax = 4

/**
 * Places everything in a chart. Throws LayoutFailed.
 *
 * @param signal ends the layout
 */
export async function layOut(chart: Chart, signal?: AbortSignal): Promise<Drawing> {
  const count = countOf(chart.root)
  if (count > statesMax || chart.arrows.length > arrowsMax)
    throw new LayoutFailed(
      `has ${count} states and ${chart.arrows.length} transitions, more than can be read`,
    )
  const planned = plan(chart)
  const usual = await layOutWide(planned, false, signal)
  if (widthOf(usual) <= readableWidthPx) return placed(planned, usual)
  const narrow = await layOutWide(planned, true, signal)
  return placed(planned, widthOf(narrow) < widthOf(usual) ? narrow : usual)
}

/** ELK makes a box as wide as its content, whatever its words need: lays out again with wider boxes where needed. */
async function layOutWide(
  planned: Plan,
  isNarrow: boolean,
  signal: AbortSignal | undefined,
): Promise<ElkNode> {
  const widenedPx = new Map<string, number>()
  for (let round = 1; ; round++) {
    const graph = await runElk(elkGraph(planned, { isNarrow, widenedPx }), signal)
    const boxes = boxesOf(graph)
    const tight = withInner(planned.root).flatMap((box) => {
      const { id, type } = box.state
      const lackPx = type === 'history' ? 0 : headOf(box).width - boxOf(boxes, id).width
      return lackPx > 0 ? [{ id, lackPx }] : []
    })
    if (tight.length === 0 || round === roundsMax) return graph
    for (const { id, lackPx } of tight) widenedPx.set(id, (widenedPx.get(id) ?? 0) + Math.ceil(lackPx))
  }
}

function countOf({ children }: ChartState): number {
  return children.reduce((sum, child) => sum + countOf(child), 1)
}

function widthOf({ width = 0 }: ElkNode): number {
  return width
}

function placed({ root, lines }: Plan, graph: ElkNode): Drawing {
  const boxes = boxesOf(graph)
  const edges = edgesOf(graph)
  const states = withInner(root)
  const { width = 0, height = 0 } = graph
  const arrows = [
    ...states.flatMap((state) => listedArrows(state, boxOf(boxes, state.state.id), edges)),
    ...lines.flatMap((line) => lineArrows(line, edges)),
  ]
  return {
    name: root.state.name,
    width: Math.ceil(width),
    height: Math.ceil(height),
    states: states.map((state) => drawnState(state, root, boxes)),
    beginnings: states.flatMap(({ state }) => beginnings(state, boxes, edges)),
    arrows: withSharedLines(arrows),
  }
}

type Arrow = Omit<DrawnArrow, 'isShared'>

/** Arrows may share a line: the first of them draws it. */
function withSharedLines(arrows: Arrow[]): DrawnArrow[] {
  const seen = new Set<string>()
  return arrows.map((arrow) => {
    const path = arrow.line?.path
    const isShared = path !== undefined && seen.has(path)
    if (path !== undefined) seen.add(path)
    return { ...arrow, isShared }
  })
}

/** A state and all states within it, outer ones first. */
function withInner(planned: PlannedState): PlannedState[] {
  return [planned, ...planned.children.flatMap(withInner)]
}

function drawnState(planned: PlannedState, root: PlannedState, boxes: Map<string, Box>): DrawnState {
  const { state, name, does, children } = planned
  const box = boxOf(boxes, state.id)
  const head = headOf(planned)
  const isAlone = head.height === head.nameHeight && children.length === 0
  const left = box.x + (isAlone ? (box.width - name.width) / 2 : paddingPx.inBox)
  const top = box.y + (isAlone ? (box.height - name.height) / 2 : 7)
  const drawn = { id: state.id, name: state.name, separators: [], ...box }
  if (state.type === 'history') return { ...drawn, kind: 'history', texts: historyText(state, box) }
  const isRegion = withInner(root).some(
    (parent) => parent.state.type === 'parallel' && parent.children.includes(planned),
  )
  const kind = planned === root ? 'machine' : isRegion ? 'region' : state.type
  const below = box.y + head.nameHeight
  return {
    ...drawn,
    kind,
    texts: [...moved(name, left, top).texts, ...moved(does, box.x + paddingPx.inBox, below + 4).texts],
    ...(head.height > head.nameHeight && {
      divider: `M${tenth(box.x)} ${tenth(below)}H${tenth(box.x + box.width)}`,
    }),
    separators: state.type === 'parallel' ? separators(planned, box, head.height, boxes) : [],
  }
}

function historyText({ isDeep }: ChartState, box: Box): DrawnText[] {
  const letter = setText([{ text: isDeep ? 'H*' : 'H', as: 'name' }], 2 * historyRadius)
  return moved(letter, box.x + (box.width - letter.width) / 2, box.y + (box.height - letter.height) / 2).texts
}

/** Lines between regions, which stand side by side unless an arrow leads from one to another. */
function separators(
  { children }: PlannedState,
  box: Box,
  headHeight: number,
  boxes: Map<string, Box>,
): string[] {
  const regions = children.map(({ state }) => boxOf(boxes, state.id)).sort((a, b) => a.x - b.x)
  return regions.slice(1).flatMap((right, index) => {
    const left = regions[index] as Box
    const end = left.x + left.width
    if (right.x <= end) return []
    return [`M${tenth((end + right.x) / 2)} ${tenth(box.y + headHeight)}V${tenth(box.y + box.height)}`]
  })
}

function listedArrows(planned: PlannedState, box: Box, edges: Map<string, ElkExtendedEdge>): Arrow[] {
  let top = box.y + headOf(planned).nameHeight + 4 + planned.does.height
  return planned.listed.map(({ arrow, block, line: id }) => {
    const label = { x: box.x + paddingPx.inBox, y: top, width: block.width, height: block.height }
    top += block.height
    const edge = id === undefined ? undefined : edges.get(id)
    const line = edge && lineOf(edge)
    return { ...drawnArrow(arrow, block, label), isSummary: line !== undefined, ...(line && { line }) }
  })
}

function lineArrows({ id, arrows }: PlannedLine, edges: Map<string, ElkExtendedEdge>): Arrow[] {
  const edge = edges.get(id)
  const line = edge && lineOf(edge)
  if (!line) throw new Error(`${id} has no place`)
  const { x = 0, y = 0 } = edge.labels?.[0] ?? {}
  const { inLabel } = paddingPx
  return arrows.map(({ arrow, block, top }) => ({
    ...drawnArrow(arrow, block, {
      x: x + inLabel,
      y: y + inLabel + top,
      width: block.width,
      height: block.height,
    }),
    line,
    isSummary: false,
  }))
}

function drawnArrow(
  arrow: Parameters<typeof wordsOf>[0],
  block: TextBlock,
  label: Box,
): Omit<DrawnArrow, 'isShared' | 'isSummary'> {
  const { texts, clocks } = moved(block, label.x, label.y)
  const { id, from, to, kind, on } = arrow
  return {
    id,
    from,
    to,
    kind,
    ...(kind === 'event' && { event: on }),
    words: wordsOf(arrow),
    ...(block.height > 0 && { label }),
    texts,
    clocks: clocks.map(clockPath),
  }
}

function beginnings(
  state: ChartState,
  boxes: Map<string, Box>,
  edges: Map<string, ElkExtendedEdge>,
): DrawnBeginning[] {
  return (state.initial?.to ?? []).flatMap((target) => {
    const edge = edges.get(beginningLineOf(state.id, target))
    const line = edge && lineOf(edge)
    if (!line) return []
    const box = boxOf(boxes, beginningOf(state.id))
    const { x = 0, y = 0 } = edge.labels?.[0] ?? {}
    return [
      {
        state: state.id,
        dot: { x: box.x + beginningRadius, y: box.y + beginningRadius, radius: beginningRadius },
        line,
        texts: moved(beginningWords(state), x + paddingPx.inLabel, y + paddingPx.inLabel).texts,
      },
    ]
  })
}

function lineOf({ sections = [] }: ElkExtendedEdge): Line | undefined {
  const [section] = sections
  return section && lineThrough([section.startPoint, ...(section.bendPoints ?? []), section.endPoint])
}

function boxesOf(node: ElkNode, boxes = new Map<string, Box>()): Map<string, Box> {
  const { id, x = 0, y = 0, width = 0, height = 0 } = node
  if (id !== outermost) boxes.set(id, { x, y, width, height })
  for (const child of node.children ?? []) boxesOf(child, boxes)
  return boxes
}

/** ELK may hand an edge to the node in which it runs. */
function edgesOf(node: ElkNode, edges = new Map<string, ElkExtendedEdge>()): Map<string, ElkExtendedEdge> {
  for (const edge of node.edges ?? []) edges.set(edge.id, edge)
  for (const child of node.children ?? []) edgesOf(child, edges)
  return edges
}

function boxOf(boxes: Map<string, Box>, id: string): Box {
  const box = boxes.get(id)
  if (!box) throw new Error(`state ${id} has no place`)
  return box
}

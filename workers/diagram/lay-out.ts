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
} from '../../schemas/drawing.ts'
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
import { clockPath, lineThrough } from './paths.ts'
import { type Plan, type PlannedLine, type PlannedState, plan, wordsOf } from './plan.ts'
import { runElk } from './run-elk.ts'
import { moved, setText, type TextBlock } from './set-text.ts'

/** Gives everything in a chart its place. Throws LayoutFailed. */
export async function layOut(chart: Chart): Promise<Drawing> {
  const planned = plan(chart)
  return placed(planned, await runElk(elkGraph(planned)))
}

function placed({ root, lines }: Plan, graph: ElkNode): Drawing {
  const boxes = boxesOf(graph)
  const edges = edgesOf(graph)
  const states = withInner(root)
  const { width = 0, height = 0 } = graph
  return {
    name: root.state.name,
    width: Math.ceil(width),
    height: Math.ceil(height),
    states: states.map((one) => drawnState(one, root, boxes)),
    beginnings: states.flatMap(({ state }) => beginnings(state, boxes, edges)),
    arrows: [
      ...states.flatMap((one) => listedArrows(one, boxOf(boxes, one.state.id))),
      ...lines.flatMap((line) => lineArrows(line, edges)),
    ],
  }
}

/** Outer ones first. */
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
    ...(head.height > head.nameHeight && { divider: `M${at(box.x)} ${at(below)}H${at(box.x + box.width)}` }),
    separators: state.type === 'parallel' ? separators(planned, box, head.height, boxes) : [],
  }
}

function historyText({ isDeep }: ChartState, box: Box): DrawnText[] {
  const letter = setText([{ text: isDeep ? 'H*' : 'H', as: 'name' }], 2 * historyRadius)
  return moved(letter, box.x + (box.width - letter.width) / 2, box.y + (box.height - letter.height) / 2).texts
}

/** Between regions that stand side by side, as all do between which nothing leads. */
function separators(
  { children }: PlannedState,
  box: Box,
  headHeight: number,
  boxes: Map<string, Box>,
): string[] {
  const regions = children.map(({ state }) => boxOf(boxes, state.id)).sort((one, other) => one.x - other.x)
  return regions.slice(1).flatMap((right, index) => {
    const left = regions[index] as Box
    const end = left.x + left.width
    if (right.x <= end) return []
    return [`M${at((end + right.x) / 2)} ${at(box.y + headHeight)}V${at(box.y + box.height)}`]
  })
}

function listedArrows({ does, listed, ...planned }: PlannedState, box: Box): DrawnArrow[] {
  let top = box.y + headOf({ does, listed, ...planned }).nameHeight + 4 + does.height
  return listed.map(({ arrow, block }) => {
    const label = { x: box.x + paddingPx.inBox, y: top, width: block.width, height: block.height }
    top += block.height
    return { ...drawnArrow(arrow, block, label), isShared: false }
  })
}

function lineArrows({ id, arrows }: PlannedLine, edges: Map<string, ElkExtendedEdge>): DrawnArrow[] {
  const edge = edges.get(id)
  const line = edge && lineOf(edge)
  if (!line) throw new Error(`${id} has no place`)
  const { x = 0, y = 0 } = edge.labels?.[0] ?? {}
  const { inLabel } = paddingPx
  return arrows.map(({ arrow, block, top }, index) => ({
    ...drawnArrow(arrow, block, {
      x: x + inLabel,
      y: y + inLabel + top,
      width: block.width,
      height: block.height,
    }),
    line,
    isShared: index > 0,
  }))
}

function drawnArrow(
  arrow: Parameters<typeof wordsOf>[0],
  block: TextBlock,
  label: Box,
): Omit<DrawnArrow, 'isShared'> {
  const { texts, clocks } = moved(block, label.x, label.y)
  const { id, from, to, kind } = arrow
  return {
    id,
    from,
    to,
    kind,
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

function at(position: number): number {
  return Math.round(position * 10) / 10
}

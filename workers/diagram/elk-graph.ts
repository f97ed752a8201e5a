import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import type { ChartState } from '../../engine/machines/chart.ts'
import type { Plan, PlannedLine, PlannedState } from './plan.ts'
import { setText } from './set-text.ts'

export const paddingPx = { inBox: 12, aroundBoxes: 18, inLabel: 3 }
export const beginningRadius = 5
export const historyRadius = 13
const atomicMin = { width: 84, height: 34 }

/** The id of the graph's root, which holds the machine's node. */
export const outermost = 'drawing'
/** Ids of nodes and edges that are neither states nor lines of the plan; no state's id contains a line break. */
export const beginningOf = (state: string) => `beginning\n${state}`
export const beginningLineOf = (state: string, target: string) => `begins\n${state}\n${target}`

/** The options of https://eclipse.dev/elk/reference/options.html that make statecharts readable. */
const layered = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  // Keeps initial states at the top even if there are cycles.
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
}
const within = {
  ...layered,
  // The words of a long line stand where it begins.
  'elk.layered.edgeLabels.centerLabelPlacementStrategy': 'TAIL_LAYER',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.spacing.nodeNode': '26',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '5',
  'elk.spacing.labelNode': '6',
  'elk.spacing.nodeSelfLoop': '14',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
}

/** Limits the states side by side: a state with many ways out grows downwards instead. */
const narrow = {
  'elk.layered.layering.strategy': 'COFFMAN_GRAHAM',
  'elk.layered.layering.coffmanGraham.layerBound': '4',
}

/** Corrections that the previous layout showed to be needed. */
export interface Corrections {
  isNarrow: boolean
  /** How much wider than its content a box has to be, for its words: by state, in pixels. */
  widenedPx: ReadonlyMap<string, number>
}

/** Makes the graph that ELK lays out. */
export function elkGraph({ root, lines, summaries }: Plan, corrections: Corrections): ElkNode {
  return {
    id: outermost,
    layoutOptions: {
      ...layered,
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.json.edgeCoords': 'ROOT',
      'elk.json.shapeCoords': 'ROOT',
      'elk.padding': '[top=4,left=4,bottom=4,right=4]',
    },
    children: [nodeOf(root, corrections)],
    edges: [
      ...lines.map(edgeOf),
      ...summaries.map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
      ...beginningEdges(root.state),
    ],
  }
}

/** The room that the words of a box take, with the padding around them. */
export function headOf({ name, does, listed }: PlannedState): {
  width: number
  nameHeight: number
  height: number
} {
  const blocks = [does, ...listed.map(({ block }) => block)].filter(({ height }) => height > 0)
  const more = blocks.reduce((sum, { height }) => sum + height, 0)
  const nameHeight = name.height + 14
  return {
    width: Math.max(name.width, ...blocks.map(({ width }) => width)) + 2 * paddingPx.inBox,
    nameHeight,
    height: more === 0 ? nameHeight : nameHeight + more + 10,
  }
}

/** The actions of an initial transition, written beside its line. */
export function beginningWords({ initial }: ChartState) {
  const actions = initial?.actions ?? []
  return setText(actions.length === 0 ? [] : [{ text: `/ ${actions.join(', ')}`, as: 'action' }], 120)
}

function nodeOf(planned: PlannedState, corrections: Corrections, isRegion = false): ElkNode {
  const { state, children } = planned
  const { id, type, initial } = state
  if (type === 'history') return { id, width: 2 * historyRadius, height: 2 * historyRadius }
  const head = headOf(planned)
  if (children.length === 0)
    return {
      id,
      width: Math.max(atomicMin.width, head.width),
      height: Math.max(atomicMin.height, head.height),
    }
  const { aroundBoxes } = paddingPx
  const side = aroundBoxes + (corrections.widenedPx.get(id) ?? 0) / 2
  return {
    id,
    layoutOptions: {
      ...within,
      ...(corrections.isNarrow && narrow),
      // Regions begin side by side.
      ...(isRegion && { 'elk.alignment': 'TOP' }),
      'elk.padding': `[top=${head.height + 8},left=${side},bottom=${aroundBoxes},right=${side}]`,
    },
    children: [
      ...(initial ? [{ id: beginningOf(id), width: 2 * beginningRadius, height: 2 * beginningRadius }] : []),
      ...children.map((child) => nodeOf(child, corrections, type === 'parallel')),
    ],
  }
}

function edgeOf({ id, from, to, width, height }: PlannedLine): ElkExtendedEdge {
  return { id, sources: [from], targets: [to], labels: labelOf(width, height) }
}

function beginningEdges(state: ChartState): ElkExtendedEdge[] {
  const { width, height } = beginningWords(state)
  const own = (state.initial?.to ?? []).map((target) => ({
    id: beginningLineOf(state.id, target),
    sources: [beginningOf(state.id)],
    targets: [target],
    labels: labelOf(width, height),
  }))
  return [...own, ...state.children.flatMap(beginningEdges)]
}

function labelOf(width: number, height: number) {
  if (height === 0) return []
  const { inLabel } = paddingPx
  return [{ text: ' ', width: width + 2 * inLabel, height: height + 2 * inLabel }]
}

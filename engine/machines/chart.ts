import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { takenDuring } from './xstate-internals.ts'

/** A machine as it can be drawn, or written: its states, and the ways between them. Plain data. */
export interface Chart {
  root: ChartState
  /** In the order in which XState looks at those of a state; a transition with several targets is several arrows. */
  arrows: ChartArrow[]
}

export interface ChartState {
  /** XState's id of the state, as in a snapshot. */
  id: string
  /** The state's key; for the root, the machine's id. */
  name: string
  /** Words for people, below its name. */
  text?: string
  type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  /** True for a history state that also restores nested states. */
  isDeep: boolean
  entry: string[]
  exit: string[]
  /** The initial states by id and the actions on the way; only compound states have it. */
  initial: { to: string[]; actions: string[] } | null
  children: ChartState[]
}

export interface ChartArrow {
  /** As `transitionId` names it. */
  id: string
  from: string
  /** Nothing: the state is not left. */
  to: string | null
  kind: 'event' | 'always' | 'after' | 'done' | 'history'
  /** The event's type, or the delay: `session.message`, `idle`, `5 min`; empty where the transition needs neither. */
  on: string
  /** Without the brackets. */
  guard: string | null
  actions: string[]
}

export function chartOf(machine: AnyStateMachine): Chart {
  return { root: stateOf(machine.root), arrows: arrowsOf(machine.root) }
}

/** Names a transition within its machine. All targets of a transition share its name. */
export function transitionId(transition: AnyTransitionDefinition): string {
  const { source, eventType } = transition
  const ways = (eventType === '' ? source.always : source.transitions.get(eventType)) ?? []
  return `${source.id} ${eventType} ${ways.indexOf(transition)}`
}

/** The result of `work`, and the names of the transitions that machines took in it, each once, in their order. */
export function traced<T>(work: () => T): { result: T; taken: string[] } {
  const { result, taken } = takenDuring(work)
  return { result, taken: [...new Set(taken.map(transitionId))] }
}

function stateOf(node: AnyStateNode): ChartState {
  return {
    id: node.id,
    name: node.key,
    type: node.type as ChartState['type'],
    isDeep: node.history === 'deep',
    entry: node.entry.filter(isWritten).map(actionWords),
    exit: node.exit.filter(isWritten).map(actionWords),
    initial: node.type === 'compound' ? initialOf(node) : null,
    children: Object.values(node.states).map((child) => stateOf(child as AnyStateNode)),
  }
}

function initialOf({ initial }: AnyStateNode): ChartState['initial'] {
  return { to: initial.target.map(({ id }) => id), actions: initial.actions.map(actionWords) }
}

function arrowsOf(node: AnyStateNode): ChartArrow[] {
  const ways = [...node.transitions.values()].flat().concat(node.always ?? [])
  return [
    ...ways.flatMap(arrowsOfWay),
    ...(node.type === 'history' ? defaultOf(node) : []),
    ...Object.values(node.states).flatMap((child) => arrowsOf(child as AnyStateNode)),
  ]
}

function arrowsOfWay(way: AnyTransitionDefinition): ChartArrow[] {
  const arrow = {
    id: transitionId(way),
    from: way.source.id,
    ...cause(way),
    guard: condition(way),
    actions: way.actions.map(actionWords),
  }
  const targets: readonly (AnyStateNode | null)[] = way.target?.length ? way.target : [null]
  return targets.map((target) => ({ ...arrow, to: target?.id ?? null }))
}

function cause(way: AnyTransitionDefinition): Pick<ChartArrow, 'kind' | 'on'> {
  const { delay } = way as { delay?: string | number }
  if (delay !== undefined) return { kind: 'after', on: typeof delay === 'number' ? duration(delay) : delay }
  if (way.eventType === '') return { kind: 'always', on: '' }
  if (way.eventType.startsWith('xstate.done.')) return { kind: 'done', on: 'done' }
  return { kind: 'event', on: way.eventType }
}

/** The default target of a history state without a history. */
function defaultOf({ id, config, parent, machine }: AnyStateNode): ChartArrow[] {
  const { target } = config as { target?: string | readonly string[] }
  return [target ?? []].flat().map((path) => ({
    id: `${id} default`,
    from: id,
    to: (path.startsWith('#') ? machine.getStateNodeById(path) : below(parent, path)).id,
    kind: 'history' as const,
    on: '',
    guard: null,
    actions: [],
  }))
}

function below(node: AnyStateNode | undefined, path: string): AnyStateNode {
  return path.split('.').reduce((state, key) => state?.states[key], node) as AnyStateNode
}

/** The name of a guard with parameters says little: the author's description of the transition replaces it. */
function condition({ guard, description }: AnyTransitionDefinition): string | null {
  if (description !== undefined && (!guard || (typeof guard === 'object' && guard.params)))
    return description.replace(/\s+/g, ' ').trim()
  return guard ? guardWords(guard) : null
}

export function guardWords(guard: unknown, isInner = false): string {
  if (typeof guard !== 'function') return named(guard)
  const { guards } = guard as { guards?: unknown[] }
  if (!guards) return guard.name || 'condition'
  const inner = guards.map((operand) => guardWords(operand, true))
  if (guard.name === 'not') return `not ${inner.join(' ')}`
  const all = inner.join(` ${guard.name} `)
  return isInner ? `(${all})` : all
}

/** True for actions of the machine's author; XState adds those that start and stop the timers of `after`. */
function isWritten(action: unknown): boolean {
  const { event, sendId } = action as { event?: { type?: string }; sendId?: unknown }
  const name = event?.type ?? sendId
  return typeof action !== 'function' || typeof name !== 'string' || !name.startsWith('xstate.after.')
}

export function actionWords(action: unknown): string {
  if (typeof action !== 'function') return named(action)
  const { type, event } = action as { type?: string; event?: { type?: string } }
  if (type === 'xstate.raise' && event?.type) return `raise(${event.type})`
  return type?.replace(/^xstate\./, '') ?? (action.name || 'action')
}

/** The name with its parameter, where that is one word: `notify(created)`. */
function named(thing: unknown): string {
  if (typeof thing === 'string') return thing
  const { type, params } = thing as { type: string; params?: unknown }
  const told = typeof params === 'object' && params !== null ? Object.values(params) : []
  const [word] = told
  return told.length === 1 && typeof word === 'string' && /^[\w.-]{1,24}$/.test(word)
    ? `${type}(${word})`
    : type
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** `1 h 30 min` */
function duration(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms <= 0) return `${ms} ms`
  let rest = ms
  const parts = units.flatMap(([unit, length]) => {
    const count = Math.floor(rest / length)
    rest %= length
    return count > 0 ? [`${count} ${unit}`] : []
  })
  return parts.join(' ')
}

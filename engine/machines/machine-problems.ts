import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { beginningOf } from './context.ts'
import { conversationParts } from './states.ts'
import { awaitsCall, shownAs } from './vocabulary.ts'

/** The actions that the engine performs; all others are XState's own, which change the context or raise an event. */
const performed = new Set(['say', 'refuse', 'ignore', 'notify', 'call', 'tellBot'])
const allowedOfXState = new Set(['xstate.assign', 'xstate.raise', 'xstate.cancel', 'xstate.enqueueActions'])
const ours = new Set(
  Object.keys(conversationParts().setup.createMachine({ context: beginningOf }).implementations.actions),
)

/** Why a machine cannot be a conversation's; nothing where it can. */
export function machineProblems(machine: AnyStateMachine): string[] {
  const nodes = nodesOf(machine.root)
  return [
    ...new Set([
      ...nodes.flatMap(kindProblems),
      ...nameProblems(machine),
      ...nodes.flatMap((node) => actionProblems(machine, node)),
      ...nodes.flatMap((node) => guardProblems(machine, node)),
      ...nodes.flatMap((node) => delayProblems(machine, node)),
      ...endProblems(machine, nodes),
    ]),
  ]
}

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)]
}

function nameOf(node: AnyStateNode): string {
  return node.path.length === 0 ? 'the machine' : `state ${node.path.join('.')}`
}

function waysOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...node.transitions.values()].flat().concat(node.always ?? [])
}

function kindProblems(node: AnyStateNode): string[] {
  const problems: string[] = []
  if (node.invoke.length > 0)
    problems.push(
      `${nameOf(node)} invokes an actor: a decision waits for nothing; use the action call, and the event call.answered`,
    )
  if (node.type === 'history')
    problems.push(`${nameOf(node)} is a history state: keep in context.own where to go back to`)
  if (node.path.length > 0 && node.transitions.has('call.answered') && !isTagged(node))
    problems.push(`${nameOf(node)} waits for an API and does not say so: add tags: awaitsCall`)
  if (node.path.length === 0 && node.type === 'parallel')
    problems.push('the machine is parallel: put its regions into one state, beside queued and ended')
  return problems
}

/** Whether a state, or a state that it is in, has the tag `awaitsCall`. */
function isTagged(node: AnyStateNode): boolean {
  return node.tags.includes(awaitsCall) || (node.parent !== undefined && isTagged(node.parent))
}

/** The states that others know by their names: the status that customers and agents see. */
function nameProblems({ root }: AnyStateMachine): string[] {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '')
  return Object.values(root.states).flatMap((node) => {
    const meant = Object.keys(shownAs).find((name) => plain(name) === plain(node.key))
    if (meant && meant !== node.key) return [`state ${node.key} must be spelled ${meant}, to be shown as it`]
    if (node.type === 'final' && node.key !== 'ended')
      return [`state ${node.key} is final: the one in which conversations end is called ended`]
    if (node.type !== 'final' && node.key === 'ended') return ['state ended must be final']
    return []
  })
}

function actionProblems({ implementations }: AnyStateMachine, node: AnyStateNode): string[] {
  const actions = [...node.entry, ...node.exit, ...waysOf(node).flatMap(({ actions }) => actions)]
  return actions.flatMap((action: unknown) => {
    const name = typeof action === 'string' ? action : (action as { type?: string }).type
    const isNamed = typeof action !== 'function'
    const does = isNamed ? implementations.actions[name ?? ''] : action
    const subject = `${nameOf(node)}: action ${isNamed ? `“${name}”` : 'written in place'}`
    if (!does) return [`${subject} is not implemented: name it in setup`]
    if (isNamed && performed.has(name ?? '')) return []
    const { type, id, delay } = does as { type?: string; id?: unknown; delay?: unknown }
    if (!('resolve' in (does as object)))
      return [
        `${subject} is a function, which is never run: a decision only says what is to be done; use assign, or the actions say, notify, call …`,
      ]
    if (!allowedOfXState.has(type ?? '')) return [`${subject} is ${type}: there is nobody to receive it`]
    if (type === 'xstate.raise' && delay !== undefined && id === undefined)
      return [`${subject} raises an event later and has no id, by which its timer is known`]
    return []
  })
}

function guardProblems({ implementations }: AnyStateMachine, node: AnyStateNode): string[] {
  const unknown = (guard: unknown): string[] => {
    // The operands of `not`, `and` and `or`.
    if (typeof guard === 'function') return ((guard as { guards?: unknown[] }).guards ?? []).flatMap(unknown)
    const name = typeof guard === 'string' ? guard : (guard as { type: string }).type
    return name in implementations.guards ? [] : [name]
  }
  return waysOf(node)
    .flatMap(({ guard }) => (guard ? unknown(guard) : []))
    .map((name) => `${nameOf(node)}: guard “${name}” is not implemented: name it in setup`)
}

function delayProblems({ implementations }: AnyStateMachine, node: AnyStateNode): string[] {
  return node.after.flatMap(({ delay }) =>
    typeof delay === 'string' && !(delay in implementations.delays)
      ? [`${nameOf(node)}: delay “${delay}” is not implemented: name it in setup, or write milliseconds`]
      : [],
  )
}

/** States from which no event or timer leads to the end, and ways there that do not say why. */
function endProblems({ root }: AnyStateMachine, nodes: AnyStateNode[]): string[] {
  const isEnd = (node: AnyStateNode) => node.type === 'final' && node.parent === root
  const ends = nodes.filter(isEnd)
  if (ends.length === 0) return ['has no end: add the state ended, as agentStates has it']

  const stuck = nodes
    .filter((node) => node.type === 'atomic' && ![...reachedFrom(node)].some(isEnd))
    .map((node) => `${nameOf(node)} has no way to the end`)
  const silent = nodes.flatMap((node) =>
    waysOf(node)
      .filter(({ target = [], actions }) =>
        target.some(
          (end) =>
            isEnd(end) &&
            [...actions, ...end.entry].every((action) => nameOfOurs(action) && nameOfOurs(action) !== 'end'),
        ),
      )
      .map(
        ({ eventType }) =>
          `${nameOf(node)}: ${eventType || 'always'} leads to ended and does not say why: add the action { type: 'end', params: { reason: 'bot' } }`,
      ),
  )
  return [...stuck, ...silent]
}

/** All states that can be reached from one, whatever the guards say. */
function reachedFrom(node: AnyStateNode): Set<AnyStateNode> {
  const reached = new Set([node])
  // The iteration over a set includes entries added during it.
  for (const node of reached) {
    for (const child of node.type === 'parallel' ? Object.values(node.states) : initialOf(node))
      reached.add(child)
    for (let ancestor: AnyStateNode | undefined = node; ancestor; ancestor = ancestor.parent)
      for (const { target } of waysOf(ancestor)) for (const state of target ?? []) reached.add(state)
  }
  return reached
}

function initialOf(node: AnyStateNode): readonly AnyStateNode[] {
  return node.type === 'compound' ? node.initial.target : []
}

/** The name of one of frontdesk's own actions; `undefined` for an author's, whose name says nothing here. */
function nameOfOurs(action: unknown): string | undefined {
  const name = typeof action === 'string' ? action : (action as { type?: string }).type
  return typeof action !== 'function' && name !== undefined && ours.has(name) ? name : undefined
}

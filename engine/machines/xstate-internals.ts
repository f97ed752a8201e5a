import {
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  createActor,
  createMachine,
} from 'xstate'

/**
 * The only file that uses what XState does not document: the scope that an actor passes to its machine, its
 * `_sendInspectionEvent` with `_transitions`, and a snapshot's `_nodes`. After an upgrade of XState, look here;
 * `test/machines/step.test.ts` compares the results with XState's own.
 */

/** Runs a machine's function with a scope that has no actor: its actions are returned instead of executed. */
export function withScope<T>(run: (scope: Scope) => T): { result: T; executed: ExecutedAction[] } {
  executed = []
  return { result: run(scope), executed }
}

interface ExecutedAction {
  type: string
  params?: unknown
}

/** The transitions that machines took while `work` ran, in their order. */
export function takenDuring<T>(work: () => T): { result: T; taken: AnyTransitionDefinition[] } {
  const taken: AnyTransitionDefinition[] = []
  transitions = taken
  try {
    return { result: work(), taken }
  } finally {
    transitions = undefined
  }
}

/** The states that a snapshot is in, with the states around them, in no order. */
export function activeNodes(snapshot: object): AnyStateNode[] {
  return (snapshot as unknown as { _nodes: AnyStateNode[] })._nodes
}

type Scope = Parameters<AnyStateMachine['transition']>[2]

// A machine runs synchronously and to its end, so one list at a time is enough; a scope for each step is slower.
let executed: ExecutedAction[] = []
let transitions: AnyTransitionDefinition[] | undefined

const inert = createActor(createMachine({}))

const system = Object.create(inert.system, {
  _sendInspectionEvent: {
    value: ({ _transitions }: { _transitions?: AnyTransitionDefinition[] }) => {
      if (transitions && _transitions) transitions.push(..._transitions)
    },
  },
}) as typeof inert.system

const scope = {
  self: inert,
  id: '',
  sessionId: '',
  system,
  logger: () => {},
  defer: () => {},
  stopChild: () => {},
  emit: () => {},
  actionExecutor: (action: ExecutedAction) => {
    executed.push(action)
  },
} as unknown as Scope

import type { AnyTransitionDefinition } from 'xstate'
import { takenBy } from './step.ts'

/**
 * Names a transition within its machine: in a drawing, and in what a step took. A transition with several targets
 * has one name.
 */
export function transitionId(transition: AnyTransitionDefinition): string {
  const { source, eventType } = transition
  const ways = (eventType === '' ? source.always : source.transitions.get(eventType)) ?? []
  return `${source.id} ${eventType} ${ways.indexOf(transition)}`
}

/** What a piece of work gives, and the transitions that machines took in it, in their order, each by its name. */
export function traced<T>(work: () => T): { result: T; taken: string[] } {
  const { result, taken } = takenBy(work)
  return { result, taken: [...new Set(taken.map(transitionId))] }
}

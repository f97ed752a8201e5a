import { hash } from 'node:crypto'
import type { AnyStateMachine } from 'xstate'

/**
 * Hashes a machine's states, transitions, and the names of its guards, actions and delays. The code of their
 * functions is not part of it.
 */
export function definitionHash(machine: AnyStateMachine): string {
  return hash('sha256', JSON.stringify(inOrder(machine.config)), 'hex').slice(0, 16)
}

/** Sorts the keys of objects: the order in which they were written does not change a machine. */
function inOrder(value: unknown): unknown {
  if (typeof value === 'function') {
    // The operands of `and`, `or` and `not`.
    const { guards } = value as { guards?: unknown[] }
    // Only the presence of other functions counts: their text depends on the compiler.
    return guards ? { [value.name]: inOrder(guards) } : 'function'
  }
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, entry]) => [key, inOrder(entry)]))
}

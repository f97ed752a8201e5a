import type { AnyStateMachine } from 'xstate'
import { messagingResponse } from './messaging-response.ts'

/** A machine that conversations run. Stored conversations name it by id and version. */
export interface Definition {
  /** `<id>@<version>` */
  name: string
  machine: AnyStateMachine
}

export interface Definitions {
  /** What a new conversation runs. */
  current: Definition
  /** Throws where none has that name: a stored conversation is never silently read as another machine's. */
  get(name: string): Definition
}

/** Definitions by name; the first is the current one. */
export function definitionsOf(current: Definition, ...others: Definition[]): Definitions {
  const byName = new Map([current, ...others].map((definition) => [definition.name, definition]))
  return {
    current,
    get(name) {
      const definition = byName.get(name)
      if (definition) return definition
      throw new UnknownMachine(name, [...byName.keys()])
    },
  }
}

export class UnknownMachine extends Error {
  constructor(name: string, known: string[]) {
    super(`a stored conversation runs ${name}, and this engine only has ${known.join(', ')}`)
  }
}

export const definitions = definitionsOf({ name: 'messagingResponse@1', machine: messagingResponse })

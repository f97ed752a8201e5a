import type { AnyStateMachine } from 'xstate'
import { externalBot } from './external-bot.ts'
import { messagingResponse } from './messaging-response.ts'
import type { StoredSnapshot } from './step.ts'

/** Brings what a conversation stored under another version to this one's states and context. */
export type Migration = (stored: Pick<StoredSnapshot, 'value' | 'context'>) => {
  value: unknown
  context: unknown
}

/** A machine that conversations run. Stored conversations name it by id and version. */
export interface Definition {
  id: string
  version: number
  /** `<id>@<version>` */
  name: string
  machine: AnyStateMachine
  /**
   * By the version that a conversation is still at, where that is not registered any more: how it goes on, or
   * `end`: it ends at its next event.
   */
  migrations: Readonly<Record<number, Migration | 'end'>>
}

/** What a stored conversation goes on with. */
export interface Running {
  definition: Definition
  /** Where it stored another version's snapshot. */
  migration?: Migration | 'end'
}

export interface Definitions {
  /** The latest version of a machine. */
  latest(id: string): Definition | undefined
  /** Nothing where there is no machine for it. */
  running(name: string): Running | undefined
}

export function definitionOf(
  id: string,
  version: number,
  machine: AnyStateMachine,
  migrations: Definition['migrations'] = {},
): Definition {
  return { id, version, name: `${id}@${version}`, machine, migrations }
}

/** Definitions to which others can be added: bots, as they are saved. */
export interface Registry extends Definitions {
  add(definition: Definition): void
}

/** All machines that are registered; of one id the highest version is what new conversations run. */
export function definitionsOf(...definitions: readonly Definition[]): Registry {
  const byName = new Map<string, Definition>()
  const latest = new Map<string, Definition>()
  const add = (definition: Definition) => {
    byName.set(definition.name, definition)
    const known = latest.get(definition.id)
    if (!known || known.version < definition.version) latest.set(definition.id, definition)
  }
  for (const definition of definitions) add(definition)
  return {
    add,
    latest: (id) => latest.get(id),
    running(name) {
      const registered = byName.get(name)
      if (registered) return { definition: registered }
      const [id = '', version = ''] = name.split('@')
      const definition = latest.get(id)
      const migration = definition?.migrations[Number(version)]
      if (definition && migration) return { definition, migration }
      return undefined
    },
  }
}

/** What a conversation runs where its channel has no bot. */
export const responseId = 'messagingResponse'
/** What one runs whose bot is a program elsewhere. */
export const externalBotId = 'externalBot'

/** The machines that come with frontdesk, but for bots that are data: those are compiled. */
export const builtIn = [
  definitionOf(responseId, 1, messagingResponse),
  definitionOf(externalBotId, 1, externalBot as unknown as AnyStateMachine),
] as const

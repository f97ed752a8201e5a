import type { AnyStateMachine, StateValue } from 'xstate'
import { type ExternalBot, isExternal, type OwnBot } from '../../schemas/configuration/bot.ts'
import type { Context } from './context.ts'

/** The state of a conversation that was stored under another version of its machine. */
export interface Stored<Own = unknown> {
  /** Its state: `'queued'`, `{ withAgent: 'agentsTurn' }`. */
  value: StateValue
  context: Context<Own>
}

interface Migrates {
  migrate(stored: Stored): { value: StateValue; context: object }
}

/**
 * Converts a conversation of another version to this one's states and context. Pure, like every decision. A method's
 * type, so that an author may declare the former `own`: `({ value, context }: Stored<Before>) => …`.
 */
export type Migration = Migrates['migrate']

/** A machine that conversations run. Stored conversations name it by id and version. */
export interface Definition {
  id: string
  version: number
  /** `<id>@<version>` */
  name: string
  machine: AnyStateMachine
  /**
   * Migrations by the stored version, for versions that are not registered any more; `end`: the conversation ends at
   * its next event.
   */
  migrations: Readonly<Record<number, Migration | 'end'>>
}

/** A machine that there is no more: conversations that still run it end at their next event. */
export interface Retirement {
  id: string
  retired: 'all' | readonly number[]
}

/** The machine with which a stored conversation continues; `ends`: it ends at its next event. */
export type Running =
  | {
      definition: Definition
      /** Set if the stored snapshot is another version's. */
      migration?: Migration
    }
  | 'ends'

export interface Definitions {
  /** The latest version of a machine. */
  latest(id: string): Definition | undefined
  /** `undefined` where its machine is missing and was not retired. */
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

/** A machine's id and version by its name. */
export function idAndVersion(name: string): { id: string; version: number } {
  const separator = name.lastIndexOf('@')
  return { id: name.slice(0, separator), version: Number(name.slice(separator + 1)) }
}

/** Definitions to which others can be added: bots, as they are saved. */
export interface Registry extends Definitions {
  add(definition: Definition): void
  all(): Definition[]
  /** Finds a definition by `<id>@<version>`. */
  named(name: string): Definition | undefined
}

/** All registered machines; new conversations run the highest version of an id. */
export function definitionsOf(...given: readonly (Definition | Retirement)[]): Registry {
  const byName = new Map<string, { definition: Definition }>()
  const latest = new Map<string, Definition>()
  const retired = new Map<string, Retirement['retired'][]>()
  const add = (definition: Definition) => {
    byName.set(definition.name, { definition })
    const known = latest.get(definition.id)
    if (!known || known.version < definition.version) latest.set(definition.id, definition)
  }
  for (const entry of given)
    if ('machine' in entry) add(entry)
    else retired.set(entry.id, [...(retired.get(entry.id) ?? []), entry.retired])
  return {
    add,
    all: () => [...byName.values()].map(({ definition }) => definition),
    named: (name) => byName.get(name)?.definition,
    latest: (id) => latest.get(id),
    running(name) {
      const registered = byName.get(name)
      if (registered) return registered
      const { id, version } = idAndVersion(name)
      const definition = latest.get(id)
      const migration = definition?.migrations[version]
      if (definition && typeof migration === 'function') return { definition, migration }
      const ends = retired.get(id)?.some((versions) => versions === 'all' || versions.includes(version))
      return migration === 'end' || ends ? 'ends' : undefined
    },
  }
}

/** The id of the machine for channels without a bot. */
export const responseId = 'messagingResponse'
/** The id of the machine for bots that run elsewhere. */
export const externalBotId = 'externalBot'
/** The versions of the machines that come with frontdesk, by id. */
export const builtInVersions = { [responseId]: 1, [externalBotId]: 1 } as const

/** The id of the machine of a bot that is not compiled from its answers. */
export function machineIdOf(bot: ExternalBot | OwnBot): string {
  return isExternal(bot) ? externalBotId : bot.machine
}

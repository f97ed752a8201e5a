import { hash } from 'node:crypto'
import type { AnyStateMachine } from 'xstate'
import type { BotFlow } from '../../../schemas/configuration/bot-flow.ts'
import { definitionHash } from '../definition-hash.ts'
import { type Definition, definitionOf } from '../definitions.ts'
import { botMachineVersion, compileBot } from './compile.ts'

/** Migrations of stored conversations from machines of earlier compilers, by the compiler's version. */
const migrations: Definition['migrations'] = {}

/**
 * A bot's machine. Its id names the bot's revision, `bot.<id>.<revision>`.
 *
 * @param revision as it was called when it was stored
 */
export function botDefinition(bot: BotFlow, revision?: string): Definition {
  const machine = compileBot(bot)
  const id = `bot.${bot.id}.${revision ?? revisionOf(bot, machine)}`
  return definitionOf(id, botMachineVersion, machine, migrations)
}

/** The bot's id and revision, where a machine's name is a bot's. */
export function botNamed(machine: string): { id: string; revision: string } | undefined {
  const [, id, revision] = /^bot\.([^.@]+)\.([^.@]+)@/.exec(machine) ?? []
  return id === undefined || revision === undefined ? undefined : { id, revision }
}

/** A revision is named after its content and its compiled machine: another compiler makes another revision. */
export function revisionOf(bot: BotFlow, machine: AnyStateMachine = compileBot(bot)): string {
  return hash('sha256', JSON.stringify(bot) + definitionHash(machine), 'hex').slice(0, 16)
}

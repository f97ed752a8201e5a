import { hash } from 'node:crypto'
import type { BotFlow } from '../../schemas/bot-flow.ts'
import { botMachineVersion, compileBot } from './compile-bot.ts'
import { type Definition, definitionOf } from './definitions.ts'

/** By an earlier version of the compiler: what a conversation stored under its machines, for this one's. */
const migrations: Definition['migrations'] = {}

/** A bot's machine. Its id names the bot's revision by its content, `bot.<id>.<revision>`. */
export function botDefinition(bot: BotFlow): Definition {
  return definitionOf(`bot.${bot.id}.${revisionOf(bot)}`, botMachineVersion, compileBot(bot), migrations)
}

/** The bot's id and revision, where a machine's name is a bot's. */
export function botNamed(machine: string): { id: string; revision: string } | undefined {
  const [, id, revision] = /^bot\.([^.@]+)\.([^.@]+)@/.exec(machine) ?? []
  return id === undefined || revision === undefined ? undefined : { id, revision }
}

export function revisionOf(bot: BotFlow): string {
  return hash('sha256', JSON.stringify(bot), 'hex').slice(0, 16)
}

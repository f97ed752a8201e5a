import { type Context, freshMemory, type Input } from '../machines/context.ts'
import { externalBotId, idAndVersion } from '../machines/definitions.ts'
import type { MachineSnapshot, StoredSnapshot } from '../machines/step.ts'
import type { State } from './conversation.ts'

/** Whether what a conversation began with can be told from its first snapshot: `inputOfFirst` does. */
export function isKeptBy({ context }: MachineSnapshot, input: Input): boolean {
  const { response, bot } = context as Context
  return response !== null && (input.bot === undefined || bot != null)
}

/** What a conversation began with, by the state of its first record. */
export function inputOfFirst({ began, machine, snapshot }: State): Input {
  if (began) return began
  const { pinned, customer, response, bot } = (snapshot as StoredSnapshot).context as Context &
    Pick<Input, 'response'>
  if (!bot) return { pinned, customer, response }
  // Only a bot elsewhere is waited for from the beginning.
  const isElsewhere = machine !== undefined && idAndVersion(machine).id === externalBotId
  const memory = freshMemory(bot.id, bot.openFrom, isElsewhere ? bot.waitMs : 0)
  return { pinned, customer, response, bot: memory }
}

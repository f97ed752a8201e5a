import type { DeskWords } from '../../base/words.ts'
import { agentName } from '../requests/names.ts'
import type { DeskRefusal } from '../state/desk-state.ts'

/** Why the agent's action was refused, in the agent's language. */
export function refusalText({ code, message, agent }: DeskRefusal, words: DeskWords): string {
  if (code === 'already_accepted') return words.lost(agentName(agent, words))
  return words.rejections[code as keyof DeskWords['rejections']] ?? words.refusedBecause(message)
}

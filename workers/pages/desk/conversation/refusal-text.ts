import { words } from '../language.ts'
import { agentName } from '../requests/names.ts'
import type { DeskRefusal } from '../state/desk-state.ts'

/** Why the agent's action was refused, in the agent's language. */
export function refusalText({ code, message, agent }: DeskRefusal): string {
  if (code === 'already_accepted') return words.lost(agentName(agent))
  if (code === 'offered_to_other' && agent) return words.offeredTo(agentName(agent))
  return words.rejections[code as keyof typeof words.rejections] ?? words.refusedBecause(message)
}

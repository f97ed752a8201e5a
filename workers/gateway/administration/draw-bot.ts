import { compileBot } from '../../../engine/machines/bots/compile.ts'
import { externalBot } from '../../../engine/machines/bots/external.ts'
import { type Bot, botKindOf, isFlow } from '../../../schemas/configuration/bot.ts'
import type { BotDrawingAnswer } from '../../../schemas/protocol/admin.ts'
import type { Drawings } from '../../diagram/drawings.ts'
import { LayoutFailed } from '../../diagram/run-elk.ts'

/** Draws a bot's machine; of a developer's own machine the gateway knows only the name. */
export async function drawBot(bot: Bot, drawings: Drawings): Promise<BotDrawingAnswer> {
  const kind = botKindOf(bot)
  if (kind === 'machine') return { kind, drawing: null }
  const machine = isFlow(bot) ? compileBot(bot) : externalBot
  try {
    return { kind, drawing: await drawings.of({ name: machine.id, machine: machine as never }) }
  } catch (error) {
    if (error instanceof LayoutFailed) return { kind, drawing: null }
    throw error
  }
}

import { z } from 'zod'
import { token } from '../token.ts'
import { type BotFlow, botNames } from './bot-flow.ts'
import { duration } from './channel.ts'

/** A program elsewhere that sends `bot.*` events; silent for so long, it is replaced by the response. */
export const externalBot = z.strictObject({
  kind: z.literal('bot').optional(),
  ...botNames,
  external: z.strictObject({ silence: duration.default('PT30S') }),
})
export type ExternalBot = z.infer<typeof externalBot>

/** A machine of a developer's own, by the id that it is defined under. */
export const ownBot = z.strictObject({ kind: z.literal('bot').optional(), ...botNames, machine: token })
export type OwnBot = z.infer<typeof ownBot>

export type Bot = BotFlow | ExternalBot | OwnBot
/** Answers and steps; a program elsewhere; a machine of a developer's own. */
export type BotKind = 'flow' | 'external' | 'machine'

/** The kind of a bot by the field that only this kind has; a flow where it has none. */
export function botKindOf(bot: unknown): BotKind {
  const has = (field: string) => typeof bot === 'object' && bot !== null && field in bot
  return has('external') ? 'external' : has('machine') ? 'machine' : 'flow'
}

export function isFlow(bot: Bot): bot is BotFlow {
  return botKindOf(bot) === 'flow'
}

export function isExternal(bot: Bot): bot is ExternalBot {
  return botKindOf(bot) === 'external'
}

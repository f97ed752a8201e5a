import { z } from 'zod'
import { token } from '../token.ts'
import { type BotFlow, botFlow, botNames } from './bot-flow.ts'
import { duration } from './channel.ts'

/** A program elsewhere that sends `bot.*` events. If it is silent for too long, the response replaces it. */
export const externalBot = z.strictObject({
  kind: z.literal('bot').optional(),
  ...botNames,
  external: z.strictObject({ silence: duration.default('PT30S') }),
})
export type ExternalBot = z.infer<typeof externalBot>

/** A developer's own machine, by the id that it is defined under. */
export const ownBot = z.strictObject({ kind: z.literal('bot').optional(), ...botNames, machine: token })
export type OwnBot = z.infer<typeof ownBot>

/** `bot.<id>` in the configuration. Whether a flow makes sense as a whole is more than its schema says. */
export const bot = z.union([botFlow, externalBot, ownBot])
export type Bot = z.infer<typeof bot>
/** Answers and steps; a program elsewhere; a developer's own machine. */
export const botKinds = ['flow', 'external', 'machine'] as const
export type BotKind = (typeof botKinds)[number]

/** The kind of a bot, by the field that only this kind has; anything without such a field is a flow. */
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

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

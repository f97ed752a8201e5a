import { z } from 'zod'
import { answerName, type BotFlow, botFlow, botNames, stepName } from './bot-flow.ts'
import { botProblems } from './bot-problems.ts'
import { duration } from './channel.ts'
import { token } from './token.ts'

/** A program elsewhere that sends `bot.*` events; silent for so long, it is replaced by the response. */
const external = z.strictObject({
  kind: z.literal('bot').optional(),
  ...botNames,
  external: z.strictObject({ silence: duration.default('PT30S') }),
})
export type ExternalBot = z.infer<typeof external>

/** A machine of a developer's own, by the id that it is defined under. */
const own = z.strictObject({ kind: z.literal('bot').optional(), ...botNames, machine: token })
export type OwnBot = z.infer<typeof own>

export type Bot = BotFlow | ExternalBot | OwnBot

/** `bot.<id>` in the configuration: one of three kinds, by what it has. */
export const bot = z.unknown().transform((value, ctx): Bot => {
  const has = (field: string) => typeof value === 'object' && value !== null && field in value
  const kind = has('external') ? external : has('machine') ? own : botFlow
  const read = kind.safeParse(value)
  const problems = read.success
    ? 'answers' in read.data
      ? botProblems(read.data)
      : []
    : read.error.issues.map(({ path, message }) => ({ path: path as (string | number)[], message }))
  for (const { path, message } of problems)
    ctx.addIssue({ code: 'custom', path: [...path], message: placed(value, path, message) })
  return read.success && problems.length === 0 ? read.data : z.NEVER
})

/** What is wrong, with the author's names for where: `answer "orders", step "topic": …`. */
function placed(value: unknown, path: readonly (string | number)[], message: string): string {
  const [, a, steps, s] = path
  if (path[0] !== 'answers' || typeof a !== 'number') return message
  const answer = (value as { answers?: { id?: unknown; steps?: { name?: unknown; type?: unknown }[] }[] })
    .answers?.[a]
  const step = steps === 'steps' && typeof s === 'number' ? answer?.steps?.[s] : undefined
  const at = `answer "${answerName(answer, a)}"`
  return step === undefined ? `${at}: ${message}` : `${at}, step "${stepName(step, Number(s))}": ${message}`
}

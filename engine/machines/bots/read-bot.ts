import { z } from 'zod'
import { type Bot, externalBot, ownBot } from '../../../schemas/configuration/bot.ts'
import { answerName, botFlow, stepName } from '../../../schemas/configuration/bot-flow.ts'
import { botProblems } from './problems.ts'

/** `bot.<id>` in the configuration: one of three kinds, by what it has. */
export const bot = z.unknown().transform((value, ctx): Bot => {
  const has = (field: string) => typeof value === 'object' && value !== null && field in value
  const kind = has('external') ? externalBot : has('machine') ? ownBot : botFlow
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

import { type Bot, botKindOf, externalBot, isFlow, ownBot } from '../../../schemas/configuration/bot.ts'
import { answerName, botFlow, stepName } from '../../../schemas/configuration/bot-flow.ts'
import { type Invalid, invalidOf, type Problem, parse } from '../../../schemas/problem.ts'
import { failure, type Result } from '../../../schemas/result.ts'
import { botProblems } from './problems.ts'

const schemas = { flow: botFlow, external: externalBot, machine: ownBot }

/** Reads `bot.<id>` of the configuration. */
export function readBot(value: unknown): Result<Bot, Invalid> {
  const read = parse<Bot>(schemas[botKindOf(value)], value)
  const problems = read.ok ? (isFlow(read.value) ? botProblems(read.value) : []) : read.error.problems
  if (read.ok && problems.length === 0) return read
  return failure(invalidOf(problems.map((problem) => ({ ...problem, ...namesAt(value, problem.path) }))))
}

/** The author's names of the answer and the step that a field is in. */
function namesAt(bot: unknown, path: Problem['path']): Pick<Problem, 'answer' | 'step'> {
  const [answers, a, steps, s] = path
  if (answers !== 'answers' || typeof a !== 'number') return {}
  const answer = (
    bot as { answers: ({ id?: unknown; steps?: { name?: unknown; type?: unknown }[] } | null)[] }
  ).answers[a]
  const step = steps === 'steps' && typeof s === 'number' ? answer?.steps?.[s] : undefined
  return {
    answer: answerName(answer, a),
    ...(step !== undefined && { step: stepName(step, Number(s)) }),
  }
}

import { type BotFlow, type BotStep, stepName } from '../../../schemas/configuration/bot-flow.ts'
import { type Localized, textsOfLanguages } from '../../../schemas/configuration/localized.ts'
import {
  botPlaceholders,
  knownPlaceholders,
  placeholdersIn,
} from '../../../schemas/configuration/placeholders.ts'
import { type Problem, problem, problemAt } from '../../../schemas/problem.ts'

/** The most variables of a bot: the records of its conversations carry them. */
export const variablesMax = 20
/** The most details that a bot may ask for, besides name and e-mail. */
export const detailsMax = 20
/** The most placeholders of a text, a URL or a body. */
export const placeholdersMax = 20

/** Whether a step ends its answer: the conversation goes on in another answer, with an agent, or not at all. */
const isLast: Record<BotStep['type'], boolean> = {
  message: false,
  options: true,
  details: false,
  branch: true,
  hours: true,
  set: false,
  api: true,
  resolved: true,
  link: true,
  transfer: true,
  end: true,
}

/** The most links of a circle that are followed without an event of the customer. */
export const linksMax = 20
/** The most bytes of JSON that an answer in a circle may say: one record has to hold all of its rounds. */
export const circlingBytesMax = 16 * 1024

/** The problems between steps, which the schema cannot find; if there are none, the flow can run. */
export function botProblems(bot: BotFlow): Problem[] {
  return [...misplaced(bot), ...misdirected(bot), ...misnamed(bot)]
}

/** The answers that a step may lead to, each with its path in the step. */
function waysOf(step: BotStep): { path: Problem['path']; goTo: string }[] {
  switch (step.type) {
    case 'options': {
      const { options, freeText } = step
      const ways = options.map(({ goTo }, n) => ({ path: ['options', n, 'goTo'], goTo }))
      return freeText ? [...ways, { path: ['freeText', 'goTo'], goTo: freeText.goTo }] : ways
    }
    case 'branch':
      return [
        ...step.cases.map(({ goTo }, n) => ({ path: ['cases', n, 'goTo'], goTo })),
        { path: ['otherwise'], goTo: step.otherwise },
      ]
    case 'hours':
      return [
        { path: ['open'], goTo: step.open },
        { path: ['closed'], goTo: step.closed },
      ]
    case 'api':
      return [
        { path: ['success'], goTo: step.success },
        { path: ['failure'], goTo: step.failure },
      ]
    case 'resolved':
      return [
        { path: ['no'], goTo: step.no },
        ...(step.yes === undefined ? [] : [{ path: ['yes'], goTo: step.yes }]),
      ]
    case 'link':
      return [{ path: ['goTo'], goTo: step.goTo }]
    case 'message':
    case 'details':
    case 'set':
    case 'transfer':
    case 'end':
      return []
  }
}

export function targetsOf(step: BotStep): string[] {
  return waysOf(step).map(({ goTo }) => goTo)
}

/** The answers that follow without an event of the customer. */
export function linksOf(answer: BotFlow['answers'][number]): string[] {
  const last = answer.steps.at(-1)
  return last && last.type !== 'options' && last.type !== 'resolved' ? targetsOf(last) : []
}

/** Duplicate names, steps that are never reached, answers that lead nowhere. */
function misplaced(bot: BotFlow): Problem[] {
  const problems: Problem[] = []
  const answers = new Set<string>()
  bot.answers.forEach(({ id, steps }, a) => {
    if (answers.has(id)) problems.push(problemAt(['answers', a, 'id'], 'duplicate_answer', { answer: id }))
    answers.add(id)
    const names = new Set<string>()
    const nameOf = (index: number) => stepName(steps[index] as BotStep, index)
    const end = steps.findIndex((step) => isLast[step.type])
    steps.forEach((_, s) => {
      const path = ['answers', a, 'steps', s]
      const name = nameOf(s)
      if (names.has(name)) problems.push(problemAt(path, 'duplicate_step', { step: name }))
      names.add(name)
      if (end !== -1 && s > end) problems.push(problemAt(path, 'unreachable_step', { after: nameOf(end) }))
    })
    if (end === -1) problems.push(problemAt(['answers', a, 'steps', steps.length - 1], 'dead_end'))
  })
  return problems
}

/** Links to unknown answers, answers that nothing leads to, circles that nothing leads out of. */
function misdirected(bot: BotFlow): Problem[] {
  const problems: Problem[] = []
  const byId = new Map(bot.answers.map((answer) => [answer.id, answer]))
  bot.answers.forEach(({ steps }, a) => {
    steps.forEach((step, s) => {
      for (const { path, goTo } of waysOf(step))
        if (!byId.has(goTo))
          problems.push(problemAt(['answers', a, 'steps', s, ...path], 'unknown_answer', { answer: goTo }))
    })
  })
  const first = bot.answers[0]?.id
  const reached = reachedFrom(first === undefined ? [] : [first], (id) =>
    (byId.get(id)?.steps ?? []).flatMap(targetsOf),
  )
  bot.answers.forEach(({ id, steps }, a) => {
    if (reached.has(id)) return
    if (steps.length > 0) problems.push(problemAt(['answers', a, 'steps', 0], 'unreachable_answer'))
  })

  const ways = new Map<string, string[]>()
  for (const answer of bot.answers)
    for (const target of linksOf(answer)) ways.set(target, [...(ways.get(target) ?? []), answer.id])
  const resting = bot.answers.filter((answer) => linksOf(answer).length === 0).map(({ id }) => id)
  const leaving = reachedFrom(resting, (id) => ways.get(id) ?? [])
  bot.answers.forEach(({ id, steps }, a) => {
    if (!leaving.has(id) && linksOf({ id, steps }).every((target) => byId.has(target)))
      problems.push(problemAt(['answers', a, 'steps', steps.length - 1], 'endless_circle'))
  })
  const circling = circlesOf(bot)
  bot.answers.forEach(({ id, steps }, a) => {
    const says = steps.flatMap((step) => (step.type === 'message' ? [longestOf(step.text)] : []))
    const bytes = new TextEncoder().encode(JSON.stringify(says)).length
    if (circling.has(id) && bytes > circlingBytesMax)
      problems.push(problemAt(['answers', a], 'circle_too_large', { bytes, max: circlingBytesMax }))
  })
  return problems
}

/** The answers that links may lead back to without an event of the customer. */
export function circlesOf(bot: BotFlow): Set<string> {
  const links = new Map(bot.answers.map((answer) => [answer.id, linksOf(answer)]))
  const next = (id: string) => links.get(id) ?? []
  return new Set(bot.answers.map(({ id }) => id).filter((id) => reachedFrom(next(id), next).has(id)))
}

/** All ids that can be reached from some, themselves included. */
export function reachedFrom(from: readonly string[], next: (id: string) => readonly string[]): Set<string> {
  const reached = new Set(from)
  // The iteration over a set includes entries added during it.
  for (const id of reached) for (const following of next(id)) reached.add(following)
  return reached
}

/** Placeholders and conditions with unknown names, and placeholders in fields that fill none. */
function misnamed(bot: BotFlow): Problem[] {
  const known = botPlaceholders(bot)
  const countOf = (group: string) => [...known].filter((name) => name.startsWith(group)).length
  const [variables, details] = [countOf('variables.'), countOf('details.')]
  const problems: Problem[] = []
  const unknown = (name: string) => {
    const [, group, own = ''] = /^(\w+)\.(.*)$/s.exec(name) ?? []
    if (group === 'secret') return problem('misplaced_secret')
    if (name === 'details.name' || name === 'details.email')
      return problem('unknown_placeholder', { name, known: [`customer.${own}`] })
    if (group === 'variables') return problem('unknown_variable', { name: own })
    if (group === 'details') return problem('unknown_detail', { name: own })
    if (group === 'option') return problem('unknown_option', { name: own })
    const known = [...knownPlaceholders, 'details.…', 'variables.…', 'option.…']
    return problem('unknown_placeholder', { name, known })
  }
  const check = (texts: readonly string[], path: Problem['path']) => {
    const named = texts.flatMap(placeholdersIn)
    for (const name of new Set(named)) if (!known.has(name)) problems.push({ path, ...unknown(name) })
    if (named.length > placeholdersMax)
      problems.push(problemAt(path, 'too_many_placeholders', { count: named.length, max: placeholdersMax }))
  }
  const checkText = (given: Localized, path: Problem['path']) => {
    for (const { path: language, text } of textsOfLanguages(given)) check([text], [...path, ...language])
  }
  const shown = (label: Localized, path: Problem['path']) => {
    for (const { path: language, text } of textsOfLanguages(label))
      if (placeholdersIn(text).length > 0)
        problems.push(problemAt([...path, ...language], 'misplaced_placeholder'))
  }
  if (variables > variablesMax)
    problems.push(problemAt(['answers'], 'too_many_variables', { count: variables, max: variablesMax }))
  if (details > detailsMax)
    problems.push(problemAt(['answers'], 'too_many_details', { count: details, max: detailsMax }))
  if (bot.greeting) checkText(bot.greeting, ['greeting'])
  bot.answers.forEach((answer, a) => {
    answer.steps.forEach((step, s) => {
      const path = ['answers', a, 'steps', s]
      switch (step.type) {
        case 'branch':
          step.cases.forEach(({ when }, c) => {
            when.forEach(({ value }, w) => {
              if (!known.has(value))
                problems.push({ path: [...path, 'cases', c, 'when', w, 'value'], ...unknown(value) })
            })
          })
          break
        case 'options':
          checkText(step.text, [...path, 'text'])
          step.options.forEach(({ label }, o) => {
            shown(label, [...path, 'options', o, 'label'])
          })
          break
        case 'details':
          if (step.text) checkText(step.text, [...path, 'text'])
          step.fields.forEach((field, f) => {
            if (typeof field === 'string') return
            shown(field.label, [...path, 'fields', f, 'label'])
            field.options?.forEach((option, o) => {
              shown(option, [...path, 'fields', f, 'options', o])
            })
          })
          break
        case 'set':
          check([step.value], [...path, 'value'])
          break
        case 'transfer':
          for (const field of ['duringHours', 'outsideHours'] as const)
            if (step[field]) checkText(step[field], [...path, field])
          break
        case 'api':
          check([step.url], [...path, 'url'])
          check(textsIn(step.body), [...path, 'body'])
          for (const [header, value] of Object.entries(step.headers ?? {}))
            for (const name of placeholdersIn(value))
              if (!/^secret\.[A-Za-z0-9_-]{1,64}$/.test(name))
                problems.push(problemAt([...path, 'headers', header], 'not_a_secret', { name }))
          break
        case 'message':
        case 'resolved':
        case 'end':
          if (step.text) checkText(step.text, [...path, 'text'])
          break
        case 'hours':
        case 'link':
          break
        default:
          step satisfies never
      }
    })
  })
  return problems
}

/** The longest text of those in each language. */
function longestOf(given: Localized): string {
  return textsOfLanguages(given).reduce(
    (longest, { text }) => (text.length > longest.length ? text : longest),
    '',
  )
}

/** All texts in a JSON value, without its keys. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

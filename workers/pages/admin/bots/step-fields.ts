import type { BotStep } from '../../../../schemas/configuration/bot-flow.ts'

/** The fields of each step; `?`: optional. Every step may have a `name`, too. */
export const stepFields: Record<BotStep['type'], string> = {
  message: 'text',
  options: 'text, options, freeText?',
  details: 'text?, fields',
  branch: 'cases, otherwise',
  hours: 'schedule?, open, closed',
  set: 'variable, value',
  api: 'method?, url, headers?, body?, timeout?, save?, success, failure',
  resolved: 'text?, yes?, no',
  link: 'goTo',
  transfer: 'duringHours?, outsideHours?, tags?',
  end: 'text?',
}

/** The fields of the other objects in a bot, by the field that holds them; those of the bot itself by ``. */
export const partFields: Record<string, string> = {
  '': 'id, name?, greeting?, answers, external?, machine?',
  external: 'silence?',
  answers: 'id, steps',
  options: 'label, goTo',
  freeText: 'goTo, variable?',
  fields: 'id, label, type, options?',
  cases: 'when, goTo',
  when: 'value, is?, isNot?, contains?, startsWith?, isKnown?',
}

/** The fields whose value is the id of an answer. */
export const answerFields = ['goTo', 'otherwise', 'open', 'closed', 'success', 'failure', 'yes', 'no']

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

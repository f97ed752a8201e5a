import type { BotFlow } from './bot-flow.ts'

/** The placeholders that every text of a company may have, without their braces. */
export const knownPlaceholders = [
  'customer.name',
  'customer.email',
  'customer.externalId',
  'customer.verified',
  'locale',
  'channel',
  'nextOpen',
]

/** The names of a text's placeholders. */
export function placeholdersIn(text: string): string[] {
  return Array.from(text.matchAll(/\{\{([^{}]*)\}\}/g), ([, name = '']) => name.trim())
}

/** The placeholders that the texts of a bot may have: all that it asks for, sets and saves. */
export function botPlaceholders({ answers }: Pick<BotFlow, 'answers'>): Set<string> {
  const own = answers.flatMap(({ steps }) =>
    steps.flatMap((step) => {
      switch (step.type) {
        case 'set':
          return [`variables.${step.variable}`]
        case 'api':
          return Object.keys(step.save ?? {}).map((name) => `variables.${name}`)
        case 'options':
          return [
            ...(step.name ? [`option.${step.name}`] : []),
            ...(step.freeText?.variable ? [`variables.${step.freeText.variable}`] : []),
          ]
        case 'details':
          return step.fields.flatMap((field) => (typeof field === 'string' ? [] : [`details.${field.id}`]))
        default:
          return []
      }
    }),
  )
  return new Set([...knownPlaceholders, ...own])
}

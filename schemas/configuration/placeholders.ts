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

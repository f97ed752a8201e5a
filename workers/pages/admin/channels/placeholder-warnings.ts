import type { Channel } from '../../../../schemas/configuration/channel.ts'
import { knownPlaceholders, placeholdersIn } from '../../../../schemas/configuration/placeholders.ts'
import type { AdminWords } from '../../base/words.ts'

/**
 * The placeholders of a channel's text that nothing fills, in words: customers would read a gap in their place.
 *
 * @param more placeholders that this text has besides those of every text
 */
export function placeholderWarnings(
  text: string,
  hours: 'during' | 'outside',
  channel: Pick<Channel, 'duringHours' | 'outsideHours'>,
  words: Pick<AdminWords, 'placeholderUnknown' | 'placeholderOutside'>,
  more: readonly string[] = [],
): string[] {
  const details = [channel.duringHours, channel.outsideHours].flatMap(
    (response) => response?.customerDetails ?? [],
  )
  const known = new Set([
    ...knownPlaceholders,
    ...more,
    ...details.flatMap((detail) => (typeof detail === 'string' ? [] : [`details.${detail.id}`])),
  ])
  return [...new Set(placeholdersIn(text))].flatMap((name) => {
    if (!known.has(name)) return [words.placeholderUnknown(name)]
    return name === 'nextOpen' && hours === 'during' ? [words.placeholderOutside] : []
  })
}

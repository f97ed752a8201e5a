import type { Path } from '../draft.ts'
import { fieldWord, texts, words } from '../language.ts'

export const channelTabs = ['responses', 'reminders', 'look', 'settings'] as const
export type ChannelTab = (typeof channelTabs)[number]

/** The tab that shows a field. */
export function tabOf([first]: Path): ChannelTab {
  if (first === 'timeouts') return 'reminders'
  if (first === 'look') return 'look'
  return first === 'texts' ||
    first === 'duringHours' ||
    first === 'outsideHours' ||
    first === 'schedule' ||
    first === 'bot'
    ? 'responses'
    : 'settings'
}

/** `During opening hours: Customer details 2 (Label)` */
export function channelFieldName([first, second, third, fourth]: Path): string {
  if (first === undefined) return words.theWholeDocument
  if (first === 'texts' && second !== undefined)
    return words.fieldOf(words.conversationTexts, textName(String(second)))
  if (first === 'look' && second !== undefined) return words.fieldOf(fieldWord(first), fieldWord(second))
  if (first !== 'duringHours' && first !== 'outsideHours' && first !== 'timeouts') return fieldWord(first)
  const where =
    first === 'timeouts'
      ? words.tabs.reminders
      : words.hoursLong[first === 'duringHours' ? 'during' : 'outside']
  if (second === undefined) return where
  const entry = typeof third === 'number' ? ` ${third + 1}` : ''
  const field = fourth === undefined ? '' : ` (${fieldWord(fourth)})`
  return words.fieldOf(where, `${fieldWord(second)}${entry}${field}`)
}

function textName(name: string): string {
  const labels: Record<string, string> = texts.conversationTextLabels
  return Object.hasOwn(labels, name) ? (labels[name] as string) : name
}

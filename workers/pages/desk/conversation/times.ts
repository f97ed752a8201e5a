import type { DeskWords } from '../../base/words.ts'

const formats = new Map<string, Intl.DateTimeFormat>()
const options: Record<'day' | 'time', Intl.DateTimeFormatOptions> = {
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  time: { timeStyle: 'short' },
}

export function dayOf(at: string, words: DeskWords): string {
  return formatFor(words, 'day').format(new Date(at))
}

export function timeOf(at: string, words: DeskWords): string {
  return formatFor(words, 'time').format(new Date(at))
}

/** The format of the words' language, in the reader's region where the reader has one of that language. */
function formatFor({ language }: DeskWords, kind: 'day' | 'time'): Intl.DateTimeFormat {
  const key = language + kind
  const region = navigator.languages.find((known) => known.startsWith(language)) ?? language
  const format = formats.get(key) ?? new Intl.DateTimeFormat(region, options[kind])
  formats.set(key, format)
  return format
}

import { stripVTControlCharacters } from 'node:util'
import type { Author, Message } from '../../../schemas/conversation/record.ts'

/** Made once it is needed: it reads ICU's data, a tenth of the start of a command. */
let graphemes: Intl.Segmenter | undefined

/**
 * Makes a foreign text safe for a terminal: removes control characters, which could colour it, move the cursor or
 * retitle the window, and those that reverse the direction of the text after them. Line breaks stay.
 */
export function plainText(text: string): string {
  return (
    stripVTControlCharacters(text.replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n'))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it removes them
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
      .replaceAll('\t', '  ')
  )
}

/** As `plainText`, in one line. */
export function plainLine(text: string): string {
  // Each run of white space is looked at once: \s*\n\s* would take quadratic time.
  return plainText(text)
    .replace(/\s+/g, (space) => (space.includes('\n') ? ' ' : space))
    .trim()
}

/** Keeps a text as it is, but escapes each character that a terminal would act on: `\x1b`, `\u202e`. */
export function visibleText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it escapes them
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`
  })
}

/** Cuts a text to at most `max` graphemes, the last of them an ellipsis if something was cut. */
export function cutText(text: string, max: number): string {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  let count = 0
  let end = 0
  for (const { index } of graphemes.segment(text)) {
    if (count === max - 1) end = index
    if (++count > max) return `${text.slice(0, end).trimEnd()}…`
  }
  return text
}

/** The text of a message, in lines; after a form its labels, after options the options, then the names of files. */
export function messageText({
  text = '',
  type,
  fields = [],
  options = [],
  attachments = [],
}: Pick<Message, 'text' | 'type' | 'fields' | 'options' | 'attachments'>): string {
  const names = attachments.map(({ name }) => `[${plainLine(name)}]`)
  const plain = [...(text === '' ? [] : [plainText(text)]), ...names].join('\n')
  if (type === 'form') return `${plain} [${fields.map(({ label }) => plainLine(label)).join(', ')}]`.trim()
  if (type === 'options') return `${plain} [${options.map(plainLine).join(' | ')}]`.trim()
  return plain
}

/** The name of an author, in one line. */
export function authorName({ type, id, name }: Author): string {
  switch (type) {
    case 'agent':
      return plainLine(name || id || '') || 'Agent'
    case 'customer':
      return plainLine(name ?? '') || 'Customer'
    case 'bot':
      return 'Bot'
    case 'system':
      return 'Notice'
  }
}

import { stripVTControlCharacters } from 'node:util'

/**
 * A text of somebody else's, as it may go to a terminal: no control characters, which could colour it, move the
 * cursor or retitle the window, and none that reverse the direction of what follows. Line breaks stay.
 */
export function plainText(text: string): string {
  return (
    stripVTControlCharacters(text.replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n'))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
      .replaceAll('\t', '  ')
  )
}

/** The same in one line. */
export function plainLine(text: string): string {
  return plainText(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim()
}

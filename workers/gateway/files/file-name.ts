import { fileNameLengthMax } from '../../../schemas/limits.ts'

/** Control characters, those without a width, and those that reverse the direction of the text after them. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu
/** No file system takes all of these. */
const forbidden = /[<>:"|?*]/g
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** A name by which anybody may save a file: no path, nothing unseen, and with an ending of its type. */
export function fileName(given: string, endings: readonly string[]): string {
  // Browsers encode quotes and line breaks of a name in a form.
  const decoded = given.replace(/%(22|0D|0A)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  const last = decoded.split(/[/\\]/).at(-1) ?? ''
  const cleaned = last
    .normalize('NFC')
    .replace(unseen, '')
    .replace(forbidden, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
  const safe = reserved.test(cleaned) ? `_${cleaned}` : cleaned
  const dot = safe.lastIndexOf('.')
  const ending = dot > 0 ? safe.slice(dot + 1).toLowerCase() : ''
  const isRight = endings.length === 0 || endings.includes(ending)
  const base = isRight && dot > 0 ? safe.slice(0, dot) : safe
  const suffix = isRight ? safe.slice(base.length) : `.${endings[0]}`
  const room = fileNameLengthMax - [...suffix].length
  return `${[...(base || 'file')].slice(0, Math.max(1, room)).join('').trimEnd()}${suffix}`
}

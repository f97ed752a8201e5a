import { hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { type AttachmentStream, type Headers, MailParser, type MessageText } from 'mailparser'
import { trim } from '../../../engine/texts/trim.ts'
import { textLengthMax } from '../../../schemas/limits.ts'
import { cutQuoted } from './cut-quoted.ts'

/** A longer reply is refused. */
export const partsMax = 5
/** In UTF-16 units. */
const readLengthMax = 256 * 1024
/** A reply by e-mail. */
export interface MailReply {
  /** The same for each delivery of the mail. */
  id: string
  /** Its own text, without what it quotes, in parts that a message has room for. */
  parts: string[]
  /** How many files came with it. */
  files: number
  /** A program has sent it: an absence note, a bounce, a list. */
  isAutomatic: boolean
}

/**
 * Reads a mail as it comes; its files are left out. Throws where it is no mail, and what `readHtml` throws.
 *
 * @param readHtml the text of HTML, for a mail that has nothing else
 */
export async function readReply(
  source: Readable,
  readHtml: (html: string) => Promise<string>,
): Promise<MailReply> {
  const parser = new MailParser({
    skipImageLinks: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    // It would take half a minute for some, and hold up everything else.
    skipHtmlToText: true,
  })
  let headers: Headers = new Map()
  let text = ''
  let html = ''
  let files = 0
  parser.on('headers', (read) => {
    headers = read
  })
  parser.on('data', (part: AttachmentStream | MessageText) => {
    if (part.type === 'text') {
      text = part.text ?? ''
      html = part.html || ''
    } else {
      // A picture of the text's own, such as a logo, is none.
      if (!part.related) files++
      part.content?.on('end', () => part.release?.())
      part.content?.resume()
    }
  })
  const bytes = new Promise<void>((resolve, reject) => {
    parser.once('end', resolve).once('error', reject)
    source.once('error', reject)
  })
  source.pipe(parser)
  await bytes
  if (html !== '' && trim(text) === '') text = await readHtml(html)
  // Quotes follow a reply's own text, and one that is as long is refused.
  const own = trim(cutQuoted(text.slice(0, readLengthMax)))
  return {
    id: idOf(headers, own),
    parts: partsOf(own),
    files,
    isAutomatic: isAutomatic(headers),
  }
}

/** A mail server that got no answer delivers a mail again: under its Message-ID. */
function idOf(headers: Headers, text: string): string {
  const messageId = String(headers.get('message-id') ?? '')
  return hash('sha256', messageId || `${headers.get('date')} ${text}`, 'base64url').slice(0, 32)
}

function partsOf(text: string): string[] {
  const characters = Array.from(text)
  const count = Math.ceil(characters.length / textLengthMax)
  return Array.from({ length: count }, (_, n) =>
    characters.slice(n * textLengthMax, (n + 1) * textLengthMax).join(''),
  ).filter((part) => trim(part) !== '')
}

/** RFC 3834, and what older programs send. */
function isAutomatic(headers: Headers): boolean {
  const headerOf = (name: string) => {
    const value = headers.get(name)
    return String(
      typeof value === 'object' && value && 'value' in value ? value.value : (value ?? ''),
    ).toLowerCase()
  }
  const submitted = headerOf('auto-submitted')
  return (
    (submitted !== '' && !submitted.startsWith('no')) ||
    /^(bulk|junk|list|auto_reply)\b/.test(headerOf('precedence')) ||
    /^multipart\/report\b/.test(headerOf('content-type')) ||
    ['list', 'list-id', 'x-autoreply', 'x-autorespond', 'x-auto-response'].some((name) => headers.has(name))
  )
}

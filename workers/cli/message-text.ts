import type { Message } from '../../schemas/conversation/record.ts'
import { plainLine, plainText } from './plain-text.ts'

/** What a message says, in lines; a form and options with what they ask. */
export function messageText({ text = '', type, fields = [], options = [] }: Message): string {
  const said = plainText(text)
  if (type === 'form') return `${said} [${fields.map(({ label }) => plainLine(label)).join(', ')}]`.trim()
  if (type === 'options') return `${said} [${options.map(plainLine).join(' | ')}]`.trim()
  return said
}

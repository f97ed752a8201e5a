import type { PublicRecord } from '../../../engine/nats/views/records.ts'
import type { Message } from '../../../schemas/conversation/record.ts'
import { authorName, messageText } from '../shell/text.ts'

/** A message with its time. */
export type SaidMessage = { at: string } & Message

export function saidIn(records: PublicRecord[]): SaidMessage[] {
  return records.flatMap(({ at, messages = [] }) => messages.map((message) => ({ at, ...message })))
}

/** `[time] Author: text`; further lines of a text are indented, so that none can pass for another's. */
export function transcriptAsText(said: SaidMessage[]): string {
  return said
    .map(
      (message) => `[${message.at}] ${authorName(message.author)}: ${indent(messageText(message), '  ')}\n`,
    )
    .join('')
}

export function transcriptAsMarkdown(conversation: string, said: SaidMessage[]): string {
  const parts = said.map((message) => {
    const author = escapeMarkdown(authorName(message.author))
    const text = escapeMarkdown(messageText(message))
    if (message.type === 'notice') return `*${text.replace(/\s+/g, ' ')}* · ${message.at}\n`
    return `**${author}** · ${message.at}\n\n> ${indent(text, '> ').replace(/\n/g, '  \n')}\n`
  })
  return [`# Conversation ${escapeMarkdown(conversation)}\n`, ...parts].join('\n')
}

function indent(text: string, prefix: string): string {
  return text.replaceAll('\n', `\n${prefix}`)
}

/** Escapes all markup that a customer may have typed: headings, lists, links, images and HTML. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|~&$!]/g, '\\$&')
    .replace(/^(\s*)([-+=]|\d+(?=[.)]))/gm, (_, space: string, mark: string) =>
      /\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`,
    )
}

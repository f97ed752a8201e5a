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

/** Escapes all markup that a customer may have typed: headings, lists, code, links, images and HTML. */
function escapeMarkdown(text: string): string {
  return text.split('\n').map(escapeLine).join('\n')
}

/** Spaces at the beginning of a line would make it code. */
function escapeLine(line: string): string {
  return line
    .trimStart()
    .split(/(\s+)/)
    .map((word, index) => (isLinkedAlone(word) ? codeOf(word) : escapeWord(word, index === 0)))
    .join('')
}

function escapeWord(word: string, isFirst: boolean): string {
  const escaped = word.replace(/[\\`*_{}[\]<>#|~&$!]/g, '\\$&')
  return isFirst ? escaped.replace(/^(?:(\d+)(?=[.)])|(?=[-+=]))/, '$1\\') : escaped
}

/** Readers make links of addresses without any markup. */
function isLinkedAlone(word: string): boolean {
  return /@|:\/\/|www\./i.test(word)
}

/** Escapes do not keep a word from becoming a link everywhere; code is never one. */
function codeOf(word: string): string {
  const longest = Math.max(0, ...Array.from(word.matchAll(/`+/g), ([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const space = longest > 0 ? ' ' : ''
  return `${fence}${space}${word}${space}${fence}`
}

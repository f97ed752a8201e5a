import type { PublicRecord } from '../../../engine/nats/views/records.ts'
import type { Message, Note } from '../../../schemas/conversation/record.ts'
import { authorName, messageText, plainText } from '../shell/text.ts'

/** A message with its time. */
export type SaidMessage = { at: string } & Message

/** An agent's note for other agents, with its time. */
export type SaidNote = { at: string; type: 'note' } & Note

type Said = SaidMessage | SaidNote

export function saidIn(records: PublicRecord[]): SaidMessage[] {
  return records.flatMap(({ at, messages = [] }) => messages.map((message) => ({ at, ...message })))
}

export function notesIn(records: PublicRecord[]): SaidNote[] {
  return records.flatMap(({ at, notes = [] }) =>
    notes.map((note) => ({ at, type: 'note' as const, ...note })),
  )
}

/** The customer's rating after the end, as a notice. */
export function ratingIn(records: PublicRecord[]): SaidMessage[] {
  return records.flatMap(({ at, event, rating }) => {
    if (!rating) return []
    const text = [`rated ${rating.score} of 5`, rating.text].filter(Boolean).join(': ')
    return [{ at, id: event.id, author: { type: 'customer' as const }, type: 'notice' as const, text }]
  })
}

/** The messages and, in their places, the notes. */
export function saidAndNotedIn(records: PublicRecord[]): Said[] {
  return records.flatMap((record) => [...saidIn([record]), ...notesIn([record])])
}

/** `[time] Author: text`; further lines of a text are indented, so that none can pass for another's. */
export function transcriptAsText(said: Said[]): string {
  return said
    .map((each) => {
      const mark = each.type === 'note' ? ' (note)' : ''
      return `[${each.at}] ${authorName(each.author)}${mark}: ${indent(textOf(each), '  ')}\n`
    })
    .join('')
}

export function transcriptAsMarkdown(conversation: string, said: Said[]): string {
  const parts = said.map((each) => {
    const author = escapeMarkdown(authorName(each.author))
    const text = escapeMarkdown(textOf(each))
    if (each.type === 'notice') return `*${text.replace(/\s+/g, ' ')}* · ${each.at}\n`
    return `**${author}**${each.type === 'note' ? ' · note' : ''} · ${each.at}\n\n> ${indent(text, '> ').replace(/\n/g, '  \n')}\n`
  })
  return [`# Conversation ${escapeMarkdown(conversation)}\n`, ...parts].join('\n')
}

function textOf(said: Said): string {
  return said.type === 'note' ? plainText(said.text) : messageText(said)
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

import type { SendMailOptions } from 'nodemailer'
import type { AgentWords } from '../../engine/nats/mail/mailed-conversation.ts'
import { fill } from '../../engine/texts/fill.ts'
import { languageTexts } from '../../engine/texts/languages.ts'
import type { MailSender } from '../settings/mail.ts'
import { cutMark } from './inbound/cut-quoted.ts'
import { escaped, htmlOf } from './mail-html.ts'

/** In Unicode code points: longer ones are cut in the subject and the sender's name. */
const headerLengthMax = 100

/** The parts of an e-mail to a customer who has left. */
export interface MailContent {
  from: MailSender
  to: string
  /** The address for replies; `undefined`: the sender. */
  replyTo: string | undefined
  messageId: string
  /** The first one of its thread: mail programs show a thread's e-mails together. */
  thread: string
  language: string
  /** The channel's name. */
  company: string
  words: readonly Pick<AgentWords, 'agent' | 'text'>[]
  isEnded: boolean
  link: string
  linkDays: number
  unsubscribeLink: string
}

/** Composes the e-mail: text and HTML, whose headers nobody's text can add to. */
export function composeMail(content: MailContent): SendMailOptions {
  const { from, to, replyTo, messageId, thread, language, isEnded, link, unsubscribeLink } = content
  const company = oneLine(content.company)
  const { mailTexts, texts } = languageTexts(language)
  const said = (text: string) => fill(text, { company, days: String(content.linkDays) })
  const words = content.words.map(({ agent, text }) => ({ agent: oneLine(agent || texts.anAgent), text }))
  const above = replyTo === undefined ? undefined : `${cutMark} ${mailTexts.replyAbove} ${cutMark}`
  const resume = isEnded ? mailTexts.read : mailTexts.resume
  const isReplied = replyTo !== undefined && !isEnded
  const lines = [
    ...(above && isReplied ? [above, ''] : []),
    said(mailTexts.intro),
    '',
    ...words.flatMap(({ agent, text }) => [`${agent}:`, text, '']),
    resume,
    link,
    '',
    said(mailTexts.linkValid),
    ...(isReplied ? [mailTexts.reply] : []),
    '',
    '--',
    said(mailTexts.reason),
    mailTexts.unsubscribe,
    unsubscribeLink,
    '',
  ]
  const direction = /^(ar|fa|he|ur)\b/.test(language) ? 'rtl' : 'ltr'
  const quiet = 'color:#5b6770;font-size:13px'
  const html = [
    `<!doctype html><html lang="${escaped(language)}" dir="${direction}"><body style="font:15px/1.5 sans-serif;color:#1c2328">`,
    ...(above && isReplied ? [`<p style="${quiet}">${escaped(above)}</p>`] : []),
    `<p>${escaped(said(mailTexts.intro))}</p>`,
    ...words.map(
      ({ agent, text }) =>
        `<div style="margin:0 0 12px;padding:8px 12px;border-inline-start:3px solid #c8d0d6"><b>${escaped(agent)}</b><br>${htmlOf(text)}</div>`,
    ),
    `<p><a href="${escaped(link)}" style="display:inline-block;padding:8px 16px;background:#1f5f78;color:#fff;text-decoration:none;border-radius:6px">${escaped(resume)}</a></p>`,
    `<p style="${quiet}">${escaped(said(mailTexts.linkValid))}${isReplied ? `<br>${escaped(mailTexts.reply)}` : ''}</p>`,
    `<p style="${quiet}">${escaped(said(mailTexts.reason))}<br><a href="${escaped(unsubscribeLink)}" style="color:#5b6770">${escaped(mailTexts.unsubscribe)}</a></p>`,
    '</body></html>',
  ]
  return {
    from: { name: company, address: from.address },
    to: { name: '', address: to },
    ...(replyTo !== undefined && { replyTo }),
    subject: oneLine(said(mailTexts.subject)),
    messageId,
    references: [thread],
    text: lines.join('\n'),
    html: html.join('\n'),
    headers: {
      'Content-Language': language,
      // RFC 3834: programs that answer by themselves do not answer this.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      // RFC 8058: mail programs unsubscribe by one POST.
      'List-Unsubscribe': `<${unsubscribeLink}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  }
}

/** A text for a header: without line breaks and other control characters, and not too long. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  const characters = Array.from(line)
  return characters.length > headerLengthMax ? `${characters.slice(0, headerLengthMax - 1).join('')}…` : line
}

/** `j•••@example.com`, for records and logs. */
export function maskedAddress(address: string): string {
  return address.replace(/^(.).*@/u, '$1•••@')
}

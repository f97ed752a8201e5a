import { simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import { describe, expect, it } from 'vitest'
import { languages } from '../../engine/texts/languages.ts'
import { composeMail, type MailContent, maskedAddress } from '../../workers/mailer/compose-mail.ts'
import { cutQuoted } from '../../workers/mailer/inbound/cut-quoted.ts'

const content: MailContent = {
  from: { name: '', address: 'chat@acme.example' },
  to: 'jose@example.com',
  replyTo: 'reply+token@acme.example',
  messageId: '<a.5@acme.example>',
  thread: '<a@acme.example>',
  language: 'en',
  company: 'Acme',
  words: [{ agent: 'Ann', text: 'Hello' }],
  isEnded: false,
  link: 'https://chat.acme.example/chat#frontdesk=token',
  linkDays: 7,
  unsubscribeLink: 'https://chat.acme.example/v1/mail/unsubscribe?token=x&lang=en',
}

/** The mail as it is sent: its source, and what a mail program reads. */
async function sent(changes: Partial<MailContent> = {}) {
  const transport = createTransport({ streamTransport: true, buffer: true })
  const { message } = await transport.sendMail(composeMail({ ...content, ...changes }))
  const source = String(message)
  const [head = ''] = source.split('\r\n\r\n')
  const names = head
    .split('\r\n')
    .filter((line) => !/^\s/.test(line))
    .map((line) => line.slice(0, line.indexOf(':')))
  return { source, names, mail: await simpleParser(source) }
}

const usual = (await sent()).names

describe('the headers of an e-mail', () => {
  it.each([
    'Acme\r\nBcc: everybody@example.com',
    'Acme\n\nBody',
    'Acme\u2028Bcc: a@example.com\u0000',
    'Acme" <evil@example.com>, "x',
    '=?utf-8?Q?Acme=0ABcc:_a=40example.com?=',
    'アクメ\r\nSubject: x',
    'A'.repeat(5_000),
  ])('have no more lines with the name %j', async (company) => {
    const { mail, names } = await sent({ company, words: [{ agent: company, text: company }] })
    expect(names).toEqual(usual)
    expect(mail.bcc).toBeUndefined()
    expect(mail.from?.value).toHaveLength(1)
    expect(mail.from?.value[0]?.address).toBe('chat@acme.example')
    expect(mail.to).toMatchObject({ text: 'jose@example.com' })
  })

  it('say that it is automatic, belongs to its thread, and how to unsubscribe by one click', async () => {
    const { mail, names } = await sent()
    expect(names).toEqual(
      expect.arrayContaining(['Auto-Submitted', 'List-Unsubscribe', 'List-Unsubscribe-Post']),
    )
    expect(mail.messageId).toBe('<a.5@acme.example>')
    expect(mail.references).toBe('<a@acme.example>')
    expect(mail.replyTo?.text).toBe('reply+token@acme.example')
  })
})

describe('the HTML of an e-mail', () => {
  it('shows what an agent wrote as text, with links and a little Markdown', async () => {
    const text = '<img src=x onerror=alert(1)> **now**, see https://acme.example/?a="b"\n- one\n- two'
    const { mail } = await sent({ words: [{ agent: '<b>Ann</b>', text }] })
    expect(mail.html).toContain('&lt;img src=x onerror=alert(1)&gt; <strong>now</strong>')
    expect(mail.html).toContain('<ul><li>one</li><li>two</li></ul>')
    expect(mail.html).toContain('&lt;b&gt;Ann')
    expect(mail.html).not.toContain('<img')
    expect(mail.text).toContain(text)
  })

  it.each(languages)('has every text of %s filled in', async (language) => {
    const { mail } = await sent({ language })
    for (const body of [mail.text, mail.subject, mail.html || '']) expect(body).not.toMatch(/\{\{|undefined/)
    expect(mail.html).toContain(`lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"`)
  })

  it('of a conversation that has ended invites to no reply', async () => {
    const { mail } = await sent({ isEnded: true })
    expect(mail.text).not.toContain('##-')
    expect(mail.text).toContain('Read the conversation')
  })
})

it('an address is masked', () => {
  expect(maskedAddress('jose@example.com')).toBe('j•••@example.com')
})

describe('a reply is cut', () => {
  const quoted = '> ##- Please write your reply above this line ##-\n> Ann:\n> hello'
  it.each([
    ['Thanks', 'Thanks'],
    [`Thanks\n\nOn Mon, 30 Nov 2026 at 10:00, Acme <reply+x@acme.example> wrote:\n${quoted}`, 'Thanks'],
    [`Thanks\n\nOn Mon, 30 Nov 2026 at 10:00, Acme\n<reply+x@acme.example>\nwrote:\n\n${quoted}`, 'Thanks'],
    [`Merci\n\nLe lun. 30 nov. 2026 à 10 h 00, Acme <a@acme.example> a écrit :\n${quoted}`, 'Merci'],
    [`Danke\n\nAm 30.11.2026 um 10:00 schrieb Acme:\n> Ann: hello`, 'Danke'],
    [`ありがとう\n\n2026年11月30日(月) 10:00 Acme <a@acme.example>:\n\n${quoted}`, 'ありがとう'],
    ['Thanks\r\n\r\n-----Original Message-----\r\nFrom: Acme\r\nhello', 'Thanks'],
    ['Thanks\n\n________________________________\nFrom: Acme <a@b.example>\nSent: Monday\nhello', 'Thanks'],
    ['Thanks\n\nVon: Acme\nGesendet: Montag\nAn: José', 'Thanks'],
    ['Thanks\n\n-- \nJosé\n+34 600 000 000', 'Thanks'],
    ['Thanks\n\nSent from my iPhone', 'Thanks'],
    [`${quoted}\n\nBelow, I answer.`, 'Below, I answer.'],
    // Nothing of these is quoted.
    ['I said:\nit is broken', 'I said:\nit is broken'],
    ['The price is:', 'The price is:'],
    ['From: Paris\nTo: Rome', 'From: Paris\nTo: Rome'],
    ['> only a quote', ''],
    ['', ''],
  ])('%j: %j', (mail, own) => {
    expect(cutQuoted(mail).trim()).toBe(own)
  })

  it('in a time that its length bounds', () => {
    // Processor time: others' load does not count.
    const began = process.cpuUsage()
    cutQuoted('\n'.repeat(250_000))
    cutQuoted('> \n'.repeat(200_000))
    cutQuoted(`${'a:\n'.repeat(200_000)}`)
    cutQuoted('From:'.repeat(200_000))
    const { user, system } = process.cpuUsage(began)
    expect((user + system) / 1_000).toBeLessThan(5_000)
  })
})

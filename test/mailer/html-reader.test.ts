import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { HtmlReader, htmlLengthMax } from '../../workers/mailer/inbound/html-reader.ts'
import { readReply } from '../../workers/mailer/inbound/read-reply.ts'

const head = 'From: jo@example.com\r\nMIME-Version: 1.0\r\nMessage-ID: <1@example.com>\r\n'
const mailOf = (html: string) => Readable.from([Buffer.from(`${head}Content-Type: text/html\r\n\r\n${html}`)])

describe('HTML of a mail without text', () => {
  it('is read as text, without what it quotes', async () => {
    const reader = new HtmlReader()
    const html =
      '<p>Yes, <b>please</b> &amp; thanks</p><ul><li>one</li></ul><p>##- above this line -##</p><p>old</p>'
    const reply = await readReply(mailOf(html), (given) => reader.read(given))
    expect(reply.parts).toEqual([expect.stringMatching(/^Yes, please & thanks\n+ \* one$/)])
  })

  it('is not read where there is text', async () => {
    const alternatives = `${head}Content-Type: multipart/alternative; boundary=b\r\n
--b\r\nContent-Type: text/plain\r\n\r\nas text\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>as HTML</p>\r\n--b--\r\n`
    const reply = await readReply(Readable.from([Buffer.from(alternatives)]), () => {
      throw new Error('it was read')
    })
    expect(reply.parts).toEqual(['as text'])
  })

  it('that would take half a minute is refused at the deadline, and holds up neither this thread nor the next mail', async () => {
    const reader = new HtmlReader(500)
    const slow = `<table><tr>${'<td>x'.repeat(200_000)}`
    let isOver = false
    const refused = readReply(mailOf(slow), (html) => reader.read(html)).finally(() => {
      isOver = true
    })
    refused.catch(() => {})
    let turns = 0
    for (; !isOver; turns++) await sleep(1)
    await expect(refused).rejects.toThrow('cannot be read in time: please send it as plain text')
    expect(turns).toBeGreaterThan(10)
    expect(await new HtmlReader().read('<p>next</p>')).toBe('next')
  })

  it('that is too long is refused', async () => {
    await expect(new HtmlReader().read('x'.repeat(htmlLengthMax + 1))).rejects.toThrow(
      /too long, at most 1048576/,
    )
  })
})

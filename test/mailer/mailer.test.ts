import { connect } from 'node:net'
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats } from '../../engine/nats/connect.ts'
import { threadDigest } from '../../engine/nats/mail/mail-threads.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import { publishPresence } from '../../engine/nats/views/signals.ts'
import type { MailTimes } from '../../workers/mailer/send-due-mail.ts'
import { startMailer } from '../../workers/mailer/start-mailer.ts'
import type { MailSettings } from '../../workers/settings/mail.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { startTestGateway } from '../gateway/test-gateway.ts'
import { leftConversation, mailSettings, says, stateOf } from './conversation-by-hand.ts'
import { startTestMailServer, type TestMailServer, type TestMailServerOptions } from './test-mail-server.ts'

let world: TestWorld
let mails: TestMailServer
beforeEach(async () => {
  world = await startTestWorld()
  await world.startEngine()
  mails = await startTestMailServer()
})
afterEach(async () => {
  await world?.stop()
  await mails?.close()
})

async function mailServer(options: TestMailServerOptions): Promise<void> {
  await mails.close()
  mails = await startTestMailServer(options)
}

const quick: Partial<MailTimes> = { look: 50, retry: 50, lease: 2_000 }

async function startMailerHere(changes: Partial<MailSettings> = {}, times: Partial<MailTimes> = {}) {
  const own = await connectNats(world.server.url, 'test mailer')
  const mailer = await startMailer(own, world.log, {
    settings: mailSettings(mails.url, changes),
    times: { ...quick, ...times },
    // As one that has listened for long.
    listeningSince: 0,
  })
  world.onStop(() => mailer.stop().then(() => own.close()))
  await own.flush()
  return mailer
}

const notesOf = async (conversation: string) =>
  (await world.records(conversation)).flatMap(({ notes = [] }) => notes.map(({ text }) => text))

const queuedLeft = async () => (await world.nats.jsm.streams.info(streams.mail)).state.messages

describe('an e-mail to a customer who has left', () => {
  test('has what the agent said, and a link, and the agent is told', async () => {
    await world.configure('channel.web', { id: 'web', name: 'Acme Anvils' })
    await startMailerHere()
    await leftConversation(world, 'c1')
    await says(world, 'c1', 'We will send a new one.\nToday.')
    await until(() => mails.got.length === 1)
    const [{ mail, to } = mails.got[0] as never] = mails.got
    expect(to).toEqual(['jose@example.com'])
    expect(mail.from?.text).toBe('"Acme Anvils" <chat@acme.example>')
    expect(mail.subject).toBe('Acme Anvils: an answer to your message')
    expect(mail.text).toContain('Ann:\nWe will send a new one.\nToday.')
    expect(mail.text).toContain('Continue the conversation\nhttps://www.acme.example/cart#frontdesk=')
    expect(mail.text).not.toContain('My order is broken')
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail.headerLines.find(({ key }) => key === 'list-unsubscribe-post')?.line).toBe(
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    )
    await until(async () => (await notesOf('c1')).length === 1)
    expect(await notesOf('c1')).toEqual(['An e-mail with the agent’s messages was sent to j•••@example.com.'])
    await until(async () => (await queuedLeft()) === 0)
    expect(mails.got).toHaveLength(1)
  })

  test('collects what is said within ten minutes after the last one', async () => {
    await startMailerHere({}, { pause: 3_000 })
    await leftConversation(world, 'c1')
    await says(world, 'c1', 'first')
    await until(() => mails.got.length === 1)
    const sentAt = Date.now()
    await says(world, 'c1', 'second')
    await says(world, 'c1', 'third')
    await until(() => mails.got.length === 2)
    expect(Date.now() - sentAt).toBeGreaterThan(2_500)
    expect(mails.got[1]?.mail.text).toMatch(/second[\s\S]*third/)
    expect(mails.got[1]?.mail.text).not.toContain('first')
    expect(mails.got[1]?.mail.references).toEqual(mails.got[0]?.mail.references)
    await until(async () => (await queuedLeft()) === 0)
  })

  test('is not sent while the customer is there, and not of what they have seen', async () => {
    await startMailerHere({ delay: 1 })
    await leftConversation(world, 'c1')
    await says(world, 'c1', 'are you there?')
    publishPresence(world.nats, 'c1', 'here')
    await world.publish('c1', 'session.message', { text: 'yes' })
    publishPresence(world.nats, 'c1', 'gone')
    await says(world, 'c1', 'good')
    await until(() => mails.got.length === 1)
    expect(mails.got[0]?.mail.text).not.toContain('are you there?')
    expect(mails.got[0]?.mail.text).toContain('good')
  })

  test('goes only to an address that the customer gave or that was verified', async () => {
    await startMailerHere()
    const logins = { unverified: false, verified: true }
    for (const [name, emailVerified] of Object.entries(logins)) {
      const customer = { externalId: name, name, email: `${name}@example.com`, emailVerified }
      await world.publish(name, 'session.started', { channel: 'web', customer })
      await world.publish(name, 'session.message', { text: 'help' })
      await world.publish(name, 'agent.accepted', { agent: { id: 'ann', name: 'Ann' } })
      await stateOf(world, name, 'withAgent')
      publishPresence(world.nats, name, 'gone')
      await says(world, name, 'hello')
    }
    await leftConversation(world, 'typed')
    await says(world, 'typed', 'hello')
    await until(() => mails.got.length === 2)
    await until(async () => (await queuedLeft()) === 0)
    expect(mails.got.flatMap(({ to }) => to).sort()).toEqual(['jose@example.com', 'verified@example.com'])
  })

  test('is tried again where the mail server fails, and not where it refuses', async () => {
    const failures = [451, 421, 550]
    await mailServer({
      recipient: (n) => {
        const responseCode = failures[n - 1]
        if (responseCode) throw Object.assign(new Error('no <jose@example.com> here'), { responseCode })
      },
    })
    await startMailerHere()
    await leftConversation(world, 'c1')
    await says(world, 'c1', 'hello')
    await until(() => mails.begun() === 3)
    await until(async () => (await queuedLeft()) === 0)
    expect(mails.got).toEqual([])
    await says(world, 'c1', 'hello again')
    await until(() => mails.got.length === 1)
    expect(mails.got[0]?.mail.text).not.toContain('Ann:\nhello\n')
  })

  test('is sent by one of two mailers, and an erasure leaves nothing', async () => {
    await Promise.all([startMailerHere(), startMailerHere()])
    for (let n = 0; n < 10; n++) {
      await leftConversation(world, `c${n}`, { email: `jose${n}@example.com` })
      await says(world, `c${n}`, 'hello')
    }
    await until(() => mails.got.length === 10)
    await until(async () => (await queuedLeft()) === 0)
    expect(new Set(mails.got.flatMap(({ to }) => to)).size).toBe(10)
    const threads = async () =>
      (await world.nats.jsm.streams.info('KV_frontdesk_mail', { subjects_filter: '>' })).state
    const key = `$KV.frontdesk_mail.thread.${threadDigest('c1')}`
    expect((await threads()).subjects).toHaveProperty([key])
    await world.publish('c1', 'admin.erased', {})
    // The message that is left says only that it was removed.
    await until(
      async () => (await new Bucket(world.nats, 'mail').get(`thread.${threadDigest('c1')}`)) === undefined,
    )
    expect((await threads()).messages).toBe(10)
  })
})

test('a mail program unsubscribes by one click, and its address gets no more', async () => {
  const gateway = await startTestGateway(world)
  world.onStop(() => gateway.stop())
  await startMailerHere({ publicUrl: gateway.url }, { pause: 100 })
  await leftConversation(world, 'c1')
  await says(world, 'c1', 'hello')
  await until(() => mails.got.length === 1)
  const header = mails.got[0]?.mail.headerLines.find(({ key }) => key === 'list-unsubscribe')?.line
  const link = /<(.+)>/.exec(header?.replace(/\s+/g, '') ?? '')?.[1] ?? ''
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/mail\/unsubscribe\?/)
  const looked = await fetch(link)
  expect([looked.status, looked.headers.get('content-security-policy')]).toEqual([
    200,
    expect.stringContaining("form-action 'self'"),
  ])
  const click = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }
  expect((await fetch(link.replace(/.$/, '_'), click)).status).toBe(410)
  expect((await fetch(link, click)).status).toBe(200)
  await says(world, 'c1', 'are you there?')
  await leftConversation(world, 'c2', { email: 'Jose@example.com' })
  await says(world, 'c2', 'hello')
  await leftConversation(world, 'c3', { email: 'another@example.com' })
  await says(world, 'c3', 'hello')
  await until(() => mails.got.length === 2)
  await until(async () => (await queuedLeft()) === 0)
  expect(mails.got.flatMap(({ to }) => to)).toEqual(['jose@example.com', 'another@example.com'])
})

describe('a reply by e-mail', () => {
  const reply = (port: number, to: string, changes: object = {}) =>
    createTransport({ host: '127.0.0.1', port, ignoreTLS: true }).sendMail({
      from: 'jose@example.com',
      to,
      subject: 'Re: an answer',
      messageId: '<reply-1@example.com>',
      text: 'Thank you!\n\nOn 5 June 2026 at 10:00, Acme <chat@acme.example> wrote:\n> Ann:\n> hello',
      ...changes,
    })

  test('is an event of the conversation, once, and only with the right address', async () => {
    const inbound = { address: 'reply@acme.example', host: '127.0.0.1', port: 0 }
    const { inboundPort = 0 } = await startMailerHere({ inbound })
    await leftConversation(world, 'c1')
    await says(world, 'c1', 'hello')
    await until(() => mails.got.length === 1)
    const replyTo = mails.got[0]?.mail.replyTo?.value[0]?.address ?? ''
    expect(replyTo).toMatch(/^reply\+[a-z2-7]{40}@acme\.example$/)
    expect(mails.got[0]?.mail.text).toMatch(/^##- Please write your reply above this line ##-/)
    await reply(inboundPort, replyTo.toUpperCase())
    await reply(inboundPort, replyTo)
    await reply(inboundPort, replyTo, {
      headers: { 'Auto-Submitted': 'auto-replied' },
      messageId: '<2@example.com>',
    })
    await reply(inboundPort, replyTo, { envelope: { from: '', to: replyTo }, messageId: '<3@example.com>' })
    await reply(inboundPort, replyTo, {
      messageId: '<4@example.com>',
      text: 'See the picture',
      attachments: [{ filename: 'a.png', content: Buffer.alloc(100_000) }],
    })
    const texts = async () =>
      (await world.records('c1')).flatMap(({ messages = [] }) =>
        messages.filter(({ via }) => via === 'email').map(({ text }) => text),
      )
    await until(async () => (await texts()).length === 3)
    expect(await texts()).toEqual(['Thank you!', 'See the picture', expect.stringMatching(/^\(Files/)])
    // The repeated delivery is stored under the same id, which makes no record.
    const events = await world.stored('events', subjects.eventsOf('c1'))
    expect(events.filter(({ body }) => body.includes('Thank you!'))).toHaveLength(2)
    // With PIPELINING, Exim closes its side before it has the answer.
    const socket = connect(inboundPort, '127.0.0.1')
    let greeting = ''
    for await (const chunk of socket) {
      greeting += chunk
      if (greeting.endsWith('frontdesk\r\n')) socket.write('EHLO mx.example.com\r\n')
      if (/^250 /m.test(greeting)) break
    }
    expect(greeting).toContain('SIZE')
    expect(greeting).not.toContain('PIPELINING')
    // Nothing that another attempt would mend.
    const nested = Array.from(
      { length: 2_000 },
      (_, n) => `Content-Type: multipart/mixed; boundary=${n}\r\n\r\n--${n}\r\n`,
    )
    await expect(reply(inboundPort, replyTo, { raw: nested.join('') })).rejects.toMatchObject({
      responseCode: 554,
    })
    const forged = replyTo.replace(/.@/, (end) => (end === 'a@' ? 'b@' : 'a@'))
    for (const to of [forged, 'reply@acme.example', 'reply+@acme.example', 'someone@example.com'])
      await expect(reply(inboundPort, to)).rejects.toMatchObject({ responseCode: 550 })
    await world.publish('c1', 'agent.ended', { agent: { id: 'ann' } })
    await stateOf(world, 'c1', 'ended')
    await expect(reply(inboundPort, replyTo)).rejects.toThrow('this conversation has ended')
  })
})

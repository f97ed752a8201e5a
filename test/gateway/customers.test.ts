import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { publishEvent } from '../../engine/nats/inbox.ts'
import { statusStates } from '../../schemas/conversation/record.ts'
import { activeMs, typingPauseMs } from '../../schemas/limits.ts'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import { type Customer, customerOf, startGatewayWorld, startTestGateway, TestClient } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway

beforeAll(async () => {
  ;({ world, gateway } = await startGatewayWorld())
  await world.configure('channel.shop', {
    id: 'shop',
    duringHours: {
      firstMessage: 'Welcome!',
      customerDetails: ['name', 'email'],
      followUpMessage: 'Thanks {{customer.name}}',
    },
  })
})

afterAll(() => world?.stop())

const accept = (conversation: string) =>
  world.publish(conversation, 'agent.accepted', { agent: { id: 'ann@example.com', name: 'Ann' } })
const reply = (conversation: string, text: string) =>
  world.publish(conversation, 'agent.message', { agent: { id: 'ann@example.com' }, text })

/** A customer who waits for an agent, or talks to one. */
async function talking(at = gateway): Promise<Awaited<ReturnType<typeof customerOf>>> {
  const customer = await customerOf(at)
  customer.client.send({ type: 'message', clientId: 'need', text: 'help' })
  await customer.client.first('record', ({ status }) => status?.state === 'queued')
  return customer
}

const sequenceOf = (client: Customer) => client.all('record').at(-1)?.sequence ?? 0

describe('a conversation', () => {
  test('is greeted, asked for details and queued, with the form in its records', async () => {
    const { client } = await customerOf(gateway, { channel: 'shop', locale: 'en' })
    await client.first('record', ({ messages }) => messages?.[0]?.text === 'Welcome!')
    client.send({ type: 'message', clientId: 'a', text: 'My anvil is broken' })
    await client.first('stored', ({ clientId }) => clientId === 'a')
    const asked = await client.first('record', ({ clientId }) => clientId === 'a')
    expect(asked.status).toEqual({ state: 'collectingDetails' })
    expect(asked.messages?.map(({ type }) => type)).toEqual(['text', 'form'])
    expect(asked.messages?.[1]?.fields?.map(({ id }) => id)).toEqual(['name', 'email'])

    client.send({ type: 'details', clientId: 'b', details: { name: 'José', email: 'josé@example.com' } })
    const refused = await client.first('rejected')
    expect(refused).toMatchObject({
      clientId: 'b',
      code: 'details_invalid',
      fields: { email: 'email_accented' },
    })

    client.send({ type: 'details', clientId: 'c', details: { name: 'José', email: 'jose@example.com' } })
    const queued = await client.first('record', ({ clientId }) => clientId === 'c')
    expect(queued.status).toEqual({ state: 'queued', request: 1 })
    expect(queued.messages?.map(({ text }) => text)).toContain('Thanks José')
    expect(queued.details).toEqual({ name: 'José', email: 'jose@example.com' })
    client.close()
  })

  test('that reconnects gets exactly what it missed, once and in order', async () => {
    const { client, session, conversation } = await talking()
    const after = sequenceOf(client)
    client.close()
    await accept(conversation)
    for (const text of ['one', 'two', 'three']) await reply(conversation, text)
    await until(async () => (await world.records(conversation)).length === 6)

    const { client: back } = await customerOf(gateway, { session, after })
    expect(back.texts()).toEqual(['Ann has joined.', 'one', 'two', 'three'])
    await reply(conversation, 'four')
    await back.first('record', ({ messages }) => messages?.[0]?.text === 'four')
    expect(back.texts()).toEqual(['Ann has joined.', 'one', 'two', 'three', 'four'])
    const sequences = back.all('record').map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
    back.close()
  })

  test('that has seen more than the stream has is told to begin again', async () => {
    const { client, session } = await talking()
    const after = sequenceOf(client) + 1_000
    client.close()
    const ahead = await TestClient.open<GatewayFrame>(gateway, '/v1/widget')
    ahead.send({ type: 'hello', session, after })
    expect(await ahead.end()).toBe(4409)
    expect(await ahead.first('error')).toMatchObject({ code: 'after_unknown' })
    expect(ahead.all('ready')).toEqual([])
    const { client: back } = await customerOf(gateway, { session, after: sequenceOf(client) })
    expect(back.texts(), 'nothing is new').toEqual([])
    back.close()
  })

  test('without stored state gets the whole conversation, the open form and later messages included', async () => {
    const { client, session } = await customerOf(gateway, { channel: 'shop' })
    client.send({ type: 'message', clientId: 'a', text: 'first' })
    client.send({ type: 'message', clientId: 'b', text: 'typed while the form is open' })
    await client.first('record', ({ clientId }) => clientId === 'b')
    client.close()
    const { client: back } = await customerOf(gateway, { session, after: 0 })
    expect(back.texts()).toEqual([
      'Welcome!',
      'first',
      'Please tell us how to reach you:',
      'typed while the form is open',
    ])
    back.close()
  })

  test('sent again after a broken connection, a message appears once', async () => {
    const { client, session, conversation } = await customerOf(gateway)
    const message = { type: 'message', clientId: 'm1', text: 'only once' }
    client.send(message)
    await client.first('stored')
    client.close()
    const { client: back } = await customerOf(gateway, { session, after: 0 })
    back.send(message)
    back.send({ type: 'message', clientId: 'm2', text: 'and on' })
    await back.first('record', ({ clientId }) => clientId === 'm2')
    expect(back.texts().filter((text) => text === 'only once')).toEqual(['only once'])
    expect(
      (await world.records(conversation)).filter(({ event }) => event.type === 'session.message'),
    ).toHaveLength(2)
    back.close()
  })

  test('events keep the order in which a client sends them', async () => {
    const { client } = await talking()
    const sent = Array.from({ length: 40 }, (_, i) => `number ${i}`)
    for (const [i, text] of sent.entries()) client.send({ type: 'message', clientId: `n${i}`, text })
    await client.first('record', ({ clientId }) => clientId === 'n39')
    expect(client.texts().filter((text) => text.startsWith('number'))).toEqual(sent)
    client.close()
  })

  test('is told of each of its messages, also where somebody else has used its id first', async () => {
    const bot = await world.connect('bot')
    const { client, conversation } = await talking()
    const use = (where: string, clientId: string) =>
      publishEvent(bot, where, 'bot.message', { text: 'x' }, `${conversation}.customer.${clientId}`)
    await use('elsewhere', 'n1')
    client.send({ type: 'message', clientId: 'n1', text: 'one' })
    await client.first('stored', ({ clientId }) => clientId === 'n1')
    await client.first('record', ({ clientId }) => clientId === 'n1')
    await use(conversation, 'n2')
    client.send({ type: 'message', clientId: 'n2', text: 'two' })
    await client.first('stored', ({ clientId }) => clientId === 'n2')
    const refused = await client.first('rejected', ({ code }) => code === 'id_reused')
    expect(refused.clientId).toBe('n2')
    client.close()
  })

  test('two clients of one session see the same', async () => {
    const { client, session } = await talking()
    const { client: other } = await customerOf(gateway, { session })
    client.send({ type: 'message', clientId: 'x', text: 'from the first' })
    await other.first('record', ({ messages }) => messages?.[0]?.text === 'from the first')
    client.close()
    other.close()
  })

  test('a text that is too long is refused with its limit, and not stored', async () => {
    const { client, conversation } = await customerOf(gateway)
    client.send({ type: 'message', clientId: 'long', text: 'x'.repeat(4097) })
    expect(await client.first('error')).toMatchObject({
      clientId: 'long',
      code: 'frame_invalid',
      field: 'text',
      limit: 4096,
    })
    client.send({ type: 'message', clientId: 'next', text: 'short' })
    await client.first('stored', ({ clientId }) => clientId === 'next')
    const events = await world.stored('events', `frontdesk.event.*.${conversation}.>`)
    expect(events.map(({ headers }) => headers['Nats-Msg-Id'])).toEqual([
      `${conversation}.started`,
      `${conversation}.customer.next`,
    ])
    client.close()
  })

  test('refuses a message after its end; a new one begins without the session', async () => {
    const { client, conversation } = await talking()
    client.send({ type: 'end', clientId: 'bye' })
    await client.first('record', ({ status }) => status?.state === 'ended')
    client.send({ type: 'message', clientId: 'late', text: 'too late' })
    expect(await client.first('rejected')).toMatchObject({ code: 'conversation_ended' })
    const next = await customerOf(gateway)
    expect(next.conversation).not.toBe(conversation)
    client.close()
    next.client.close()
  })

  test('begins on a page with a title of the maximum length, of any characters', async () => {
    const { client } = await customerOf(gateway, { channel: 'web', page: { title: '😀'.repeat(255) } })
    client.close()
  })

  test('that was erased ends for its clients, now and after a reconnect', async () => {
    const { client, session, conversation } = await talking()
    await world.publish(conversation, 'admin.erased', {})
    expect(await client.end()).toBe(4410)
    expect(await client.first('error')).toMatchObject({ code: 'conversation_erased' })
    const back = await TestClient.open<GatewayFrame>(gateway, '/v1/widget')
    back.send({ type: 'hello', session })
    expect(await back.end()).toBe(4410)
  })

  test('shows customers their agent’s name, never the id', async () => {
    const { client, conversation } = await talking()
    await accept(conversation)
    await reply(conversation, 'hello')
    const joined = await client.first('record', ({ status }) => status?.state === 'withAgent')
    expect(joined.status?.agent).toEqual({ name: 'Ann' })
    await client.first('record', ({ messages }) => messages?.[0]?.text === 'hello')
    expect(JSON.stringify(client.frames)).not.toContain('ann@example.com')
    client.close()
  })

  test('never shows a customer what is the agents’ own, in any state', async () => {
    await world.configure('bot.noted', { id: 'noted', external: { silence: 'PT5M' } })
    await world.configure('channel.bot', { id: 'bot', bot: 'noted' })
    await world.configure('channel.elsewhere', { id: 'elsewhere', workspace: 'elsewhere' })
    const ann = { id: 'ann@example.com', name: 'Ann' }
    const bob = { id: 'bob@example.com', name: 'Bob' }
    let notes = 0
    /** Makes a note; every text for agents only begins with `INTERNAL`. */
    const note = async (conversation: string) => {
      const text = `INTERNAL ${++notes}`
      await world.publish(conversation, 'agent.noted', { agent: { ...bob, name: 'INTERNAL Bob' }, text })
      const isNoted = (records: { notes?: { text: string }[] | undefined }[]) =>
        records.some((record) => record.notes?.some((one) => one.text === text))
      await until(async () => isNoted(await world.records(conversation)))
    }
    const inBot = await customerOf(gateway, { channel: 'bot' })
    const asked = await customerOf(gateway, { channel: 'shop' })
    const states = new Set<string>()
    const seen = async ({ client }: { client: Customer }, state: string) => {
      await client.first('record', ({ status }) => status?.state === state)
      states.add(state)
    }
    await seen(inBot, 'bot')
    await note(inBot.conversation)
    await seen(asked, 'greeting')
    await note(asked.conversation)
    asked.client.send({ type: 'message', clientId: 'a', text: 'My anvil is broken' })
    await seen(asked, 'collectingDetails')
    await note(asked.conversation)
    asked.client.send({ type: 'details', clientId: 'b', details: { name: 'J', email: 'jose@example.com' } })
    await seen(asked, 'queued')
    const { conversation } = asked
    await note(conversation)
    await world.publish(conversation, 'agent.tagged', { agent: bob, tags: ['INTERNAL'] })
    await accept(conversation)
    await seen(asked, 'withAgent')
    await note(conversation)
    const before = sequenceOf(asked.client)
    await world.publish(conversation, 'agent.released', { agent: ann, reason: 'INTERNAL lunch' })
    await accept(conversation)
    const to = { agent: { id: 'INTERNAL', name: 'INTERNAL' }, workspace: 'elsewhere' }
    await world.publish(conversation, 'agent.transferred', { agent: ann, to, note: 'INTERNAL refund' })
    // While it is offered to another agent, and to nobody.
    await note(conversation)
    await world.publish(conversation, 'agent.left', { agent: to.agent })
    await world.publish(conversation, 'agent.accepted', { agent: ann, takeOver: true })
    await note(conversation)
    asked.client.send({ type: 'note', conversation, clientId: 'c', text: 'mine' })
    asked.client.send({ type: 'end', clientId: 'd', notes: [{ text: 'mine' }] })
    await seen(asked, 'ended')
    await note(conversation)
    expect([...states].sort()).toEqual([...statusStates].sort())

    const again = await customerOf(gateway, { session: asked.session })
    const later = await customerOf(gateway, { session: asked.session, after: before })
    expect(asked.client.all('error')).toMatchObject([{ code: 'frame_invalid', field: 'type' }])
    expect((await world.records(conversation)).flatMap((record) => record.notes ?? []).length).toBe(9)
    for (const { client } of [inBot, asked, again, later]) {
      const frames = JSON.stringify(client.frames)
      expect(frames).toContain('record')
      expect(frames).not.toMatch(/INTERNAL|notes|requests|tags|offer|unattended|elsewhere|(ann|bob)@/)
      client.close()
    }
  })

  test('stores a sign of life a minute while they type or read and an agent waits for them', async () => {
    let ms = 0
    const now = Date.now.bind(Date)
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + ms)
    // It does not outlive this clock.
    const ahead = await startTestGateway(world)
    onTestFinished(() => ahead.stop().finally(() => clock.mockRestore()))
    const { client, session, conversation } = await talking(ahead)
    let sent = 0
    /** The signs of life that are stored after typing so often, each time long enough after the last to be passed on. */
    const typing = async (customer: Customer, count: number) => {
      for (let n = 0; n < count; n++) {
        ms += typingPauseMs
        customer.send({ type: 'typing' })
      }
      const clientId = `details-${sent++}`
      customer.send({ type: 'details', clientId, details: {} })
      await customer.first('stored', (frame) => frame.clientId === clientId)
      return (await world.stored('events', `frontdesk.event.*.${conversation}.session.active`)).length
    }
    const answered = async (customer: Customer, text: string) => {
      await reply(conversation, text)
      await customer.first('record', ({ messages }) => messages?.[0]?.text === text)
    }
    expect(await typing(client, 3), 'in the queue').toBe(0)
    await accept(conversation)
    await answered(client, 'hello')
    expect(await typing(client, 10)).toBe(1)
    const { client: other } = await customerOf(ahead, { session })
    expect(await typing(other, 10), 'in another tab').toBe(1)
    ms += activeMs
    expect(await typing(client, 10)).toBe(2)
    ms += activeMs
    world.nats.connection.publish(`frontdesk.typing.${conversation}.agent`, JSON.stringify({ name: 'Ann' }))
    await client.first('typing')
    expect(await typing(client, 0), 'the agent types').toBe(2)
    client.send({ type: 'message', clientId: 'm', text: 'my answer' })
    await client.first('record', ({ clientId }) => clientId === 'm')
    expect(await typing(client, 3), 'the customer has answered').toBe(2)
    await answered(client, 'thanks')
    expect(await typing(client, 3)).toBe(3)
    ms += activeMs
    client.send({ type: 'presence', state: 'away' })
    expect(await typing(client, 0), 'the customer looks elsewhere').toBe(3)
    client.send({ type: 'presence', state: 'here' })
    expect(await typing(client, 0), 'the customer reads').toBe(4)

    const signs = (await world.records(conversation)).filter(({ event }) => event.type === 'session.active')
    expect(signs).toHaveLength(4)
    const idle = signs.map(({ at, state: { timers = [] } }) => (timers[0]?.due ?? 0) - Date.parse(at))
    expect(idle, 'the ladder begins a minute later').toEqual([360_000, 360_000, 360_000, 360_000])
    client.close()
    other.close()
  })

  test('forwards typing both ways, and never stores it', async () => {
    const { client, conversation } = await talking()
    await accept(conversation)
    const heard: string[] = []
    world.nats.connection.subscribe(`frontdesk.typing.${conversation}.customer`, {
      callback: (_, message) => void heard.push(message.subject),
    })
    await world.nats.connection.flush()
    client.send({ type: 'typing' })
    await until(() => heard.length === 1)
    world.nats.connection.publish(`frontdesk.typing.${conversation}.agent`, JSON.stringify({ name: 'Ann' }))
    expect(await client.first('typing')).toEqual({ type: 'typing', agent: { name: 'Ann' } })
    for (const stream of ['events', 'conversations'] as const)
      expect((await world.stored(stream)).filter(({ subject }) => subject.includes('typing'))).toEqual([])
    client.close()
  })
})

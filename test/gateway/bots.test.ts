import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import { customerOf, openDesk, signedIn, startGatewayWorld } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway

beforeAll(async () => {
  ;({ world, gateway } = await startGatewayWorld())
  await world.configure('bot.clerk', { id: 'clerk', external: { silence: 'PT5M' } })
  await world.configure('channel.shop', { id: 'shop', bot: 'clerk' })
})

afterAll(() => world?.stop())

const fields = [{ id: 'order', label: 'Order number', type: 'text', required: true }]

test('customers and agents see a bot’s messages, forms and options, and no events sent to it', async () => {
  const { client, session, conversation } = await customerOf(gateway, { channel: 'shop' })
  const started = await client.first('record')
  expect(started.status).toEqual({ state: 'bot' })
  expect((await world.records(conversation))[0]?.bot).toMatchObject({ id: 'clerk' })

  await world.publish(conversation, 'bot.options', { text: 'Which?', options: ['Returns', 'Other'] })
  const offered = await client.first('record', ({ messages }) => messages?.[0]?.type === 'options')
  expect(offered.messages).toMatchObject([{ text: 'Which?', options: ['Returns', 'Other'] }])
  client.send({ type: 'option', clientId: 'a', option: 'Something else' })
  expect(await client.first('rejected', ({ clientId }) => clientId === 'a')).toMatchObject({
    code: 'details_invalid',
    fields: { option: 'option_unknown' },
  })
  client.send({ type: 'option', clientId: 'b', option: 'Returns' })
  const chosen = await client.first('record', ({ clientId }) => clientId === 'b')
  expect(chosen.messages).toMatchObject([{ author: { type: 'customer' }, text: 'Returns' }])

  await world.publish(conversation, 'bot.form', { text: 'Which one?', fields })
  const asked = await client.first('record', ({ messages }) => messages?.[0]?.type === 'form')
  expect(asked.messages?.[0]?.fields).toEqual(fields)
  client.send({ type: 'details', clientId: 'c', details: { order: '' } })
  expect(await client.first('rejected', ({ clientId }) => clientId === 'c')).toMatchObject({
    fields: { order: 'required' },
  })
  client.send({ type: 'details', clientId: 'd', details: { order: '4711' } })
  // A form that was filled in is a record without messages.
  expect((await client.first('record', ({ clientId }) => clientId === 'd')).messages).toBeUndefined()
  await world.publish(conversation, 'bot.handoff', { tags: ['returns'] })
  await client.first('record', ({ status }) => status?.state === 'queued')

  const desk = await openDesk(gateway, await signedIn(gateway, 'agent', 'ann'))
  const { request } = await desk.first('request', (frame) => frame.request.conversation === conversation)
  expect(request).toMatchObject({ tags: ['returns'], details: { order: '4711' } })
  desk.send({ type: 'open', conversation })
  await desk.first('ready', (frame) => frame.conversation === conversation)
  expect(desk.texts()).toEqual(client.texts())

  const { client: back } = await customerOf(gateway, { session, after: 0 })
  expect(back.texts()).toEqual(client.texts())
  const frames = [client, back, desk].flatMap((each) => each.frames as { type: string }[])
  const fieldsFor = (...clients: { frames: { type: string }[] }[]) => {
    const records = clients.flatMap((each) => each.frames.filter(({ type }) => type === 'record'))
    return [...new Set(records.flatMap((frame) => Object.keys(frame)))].sort()
  }
  const forBoth = ['at', 'details', 'messages', 'sequence', 'status', 'type']
  expect(fieldsFor(client, back)).toEqual([...forBoth, 'clientId'].sort())
  expect(fieldsFor(desk)).toEqual([...forBoth, 'conversation', 'requests'].sort())
  expect(JSON.stringify(frames)).not.toContain('clerk')
  for (const each of [client, back, desk]) each.close()
})

test('a conversation that a bot ends has the bot’s reason', async () => {
  const { client, conversation } = await customerOf(gateway, { channel: 'shop' })
  await client.first('record')
  await world.publish(conversation, 'bot.done', { text: 'Goodbye!' })
  const last = await client.first('record', ({ status }) => status?.state === 'ended')
  expect(last).toMatchObject({ messages: [{ text: 'Goodbye!' }], status: { reason: 'bot' } })
  await until(async () => (await world.records(conversation)).length === 2)
  client.close()
})

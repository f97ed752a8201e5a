import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  beginningOf,
  conversationParts,
  customerText,
  defineConversation,
} from '../../engine/machines/define-conversation.ts'
import { connectNats } from '../../engine/nats/connect.ts'
import { startEngine } from '../../engine/nats/engine/start-engine.ts'
import type { Worker } from '../../engine/nats/engine/start-worker.ts'
import { deadletterHeaders } from '../../schemas/conversation/dead-letter.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

const { setup, root, agentStates } = conversationParts<{ at: string }>()

/** Throws where its channel, or its customer, says so. */
const fragile = defineConversation({
  id: 'fragile',
  version: 1,
  machine: setup
    .extend({
      guards: {
        breaks: ({ event }) => {
          if ('text' in event && event.text === 'break') throw new Error('broken by a text')
          return false
        },
        breaksLater: () => {
          throw new Error('broken by a timer')
        },
      },
    })
    .createMachine({
      ...root,
      id: 'fragile',
      context: ({ input }) => {
        if (input.pinned.channel === 'never') throw new Error('broken at once')
        return beginningOf({ input }, { at: '' })
      },
      entry: { type: 'say', params: { author: { type: 'bot' }, type: 'text', text: 'I am fragile' } },
      initial: 'talking',
      states: {
        talking: {
          on: {
            'session.message': [
              { guard: 'breaks', target: 'queued', actions: ['makeRequest'] },
              { actions: { type: 'say', params: ({ event }) => customerText(event) } },
            ],
          },
          after: {
            1500: {
              guard: 'breaksLater',
              target: 'ended',
              actions: { type: 'end', params: { reason: 'bot' } },
            },
          },
        },
        ...agentStates,
      },
    }),
})

let world: TestWorld
let engine: Worker

beforeAll(async () => {
  world = await startTestWorld()
  await world.configure('bot.fragile', { id: 'fragile', machine: 'fragile' })
  const followUpMessage = 'An agent will come'
  for (const id of ['plain', 'never'])
    await world.configure(`channel.${id}`, { id, bot: 'fragile', duringHours: { followUpMessage } })
  await world.configure('channel.form', {
    id: 'form',
    bot: 'fragile',
    duringHours: { followUpMessage, customerDetails: ['email'] },
  })
  const nats = await connectNats(world.server.url, 'fragile')
  engine = await startEngine(nats, world.log, {
    partitions: 4,
    strictChannels: false,
    definitions: [fragile],
  })
  await until(() => engine.held().length === 4)
})

afterAll(async () => {
  await engine?.stop()
  await world?.stop()
})

const said = async (id: string) =>
  (await world.records(id)).flatMap(({ messages = [] }) =>
    messages.map(({ author, type, text }) => (type === 'form' ? 'form' : `${author.type}: ${text}`)),
  )
const stateOf = async (id: string) =>
  (await world.records(id)).findLast(({ status }) => status)?.status?.state
const buried = async (id: string) =>
  (await world.stored('deadletters')).filter(({ headers }) => Object.values(headers).includes(id))

describe('a bot whose machine throws', () => {
  test('at the beginning: the response greets instead', async () => {
    await world.publish('b1', 'session.started', { channel: 'never' }, 'b1.1')
    await world.publish('b1', 'session.message', { text: 'help' }, 'b1.2')
    await until(async () => (await stateOf('b1')) === 'queued')
    expect(await said('b1')).toEqual([
      'bot: Hi! How can we help?',
      'customer: help',
      'bot: An agent will come',
    ])
  })

  test('at a text: the text is stored, and an agent is called', async () => {
    await world.publish('b2', 'session.started', { channel: 'plain' }, 'b2.1')
    await world.publish('b2', 'session.message', { text: 'break' }, 'b2.2')
    await until(async () => (await stateOf('b2')) === 'queued')
    expect(await said('b2')).toEqual(['bot: I am fragile', 'customer: break', 'bot: An agent will come'])
    const record = (await world.records('b2')).at(-1)
    expect(record?.requests).toEqual([{ action: 'created', request: 1 }])
    expect(JSON.stringify(record?.state.snapshot)).toContain('"need":"break"')
    expect(record?.state.timers?.length).toBe(2)
    const [letter, ...others] = await buried('b2')
    expect(others).toEqual([])
    // The machine's message may quote the customer.
    const { explanation, summary } = deadletterHeaders
    expect(letter?.headers[explanation]).toMatch(/^Error: .* broken by a text ⏎ +at .*:\d+:\d+/)
    expect(letter?.headers[summary]).toMatch(/^Error ⏎ +at .*:\d+:\d+/)
    expect(letter?.headers[summary]).not.toContain('broken')
  })

  test('on a channel with details: they are asked for first', async () => {
    await world.publish('b3', 'session.started', { channel: 'form' }, 'b3.1')
    await world.publish('b3', 'session.message', { text: 'break' }, 'b3.2')
    await until(async () => (await stateOf('b3')) === 'collectingDetails')
    expect(await said('b3')).toEqual(['bot: I am fragile', 'customer: break', 'form'])
    await world.publish('b3', 'session.details', { email: 'jose@example.com' }, 'b3.3')
    await until(async () => (await stateOf('b3')) === 'queued')
  })

  test('at a timer: nobody is left waiting', async () => {
    await world.publish('b4', 'session.started', { channel: 'plain' }, 'b4.1')
    await world.publish('b4', 'session.message', { text: 'hello?' }, 'b4.2')
    await until(async () => (await stateOf('b4')) === 'queued')
    expect(await said('b4')).toEqual(['bot: I am fragile', 'customer: hello?', 'bot: An agent will come'])
    expect((await world.records('b4')).filter(({ requests }) => requests)).toHaveLength(1)
  })
})

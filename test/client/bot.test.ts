import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import {
  type AnswerTurn,
  BotClient,
  type BotOptions,
  type RefusedAnswer,
} from '../../engine/nats/client/client.ts'
import { uniqueId } from '../cli/running-system.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { losesRecords } from './collect.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
  await world.configure('bot.echo', { id: 'echo', external: { silence: 'PT5M' } })
  await world.configure('channel.web', { id: 'web', bot: 'echo' })
  await world.configure('bot.many', { id: 'many', external: { silence: 'PT5M' } })
  await world.configure('channel.many', { id: 'many', bot: 'many' })
  await world.startEngine()
})
afterAll(() => world?.stop())

const echo: AnswerTurn = ({ text }) => ({ type: 'bot.message', text: text ? `You said: ${text}` : 'Hello!' })

/** A bot of the test's own, which runs until the test is over. */
async function startBot(answer: AnswerTurn = echo, options: BotOptions = {}, bot = 'echo') {
  const client = await BotClient.connect(world.server.roles.bot)
  const losses = losesRecords(client)
  const ending = new AbortController()
  const run = client.run(bot, answer, { signal: ending.signal, ...options })
  const stop = async () => {
    ending.abort()
    await run.finally(() => client.close())
  }
  onTestFinished(() => stop().catch(() => {}))
  return { run, stop, losses, client }
}

async function begin(channel = 'web'): Promise<string> {
  const conversation = uniqueId('bot')
  await world.publish(conversation, 'session.started', { channel })
  return conversation
}

const write = (conversation: string, text: string) => world.publish(conversation, 'session.message', { text })

async function saidBy(bot: 'bot' | 'customer', conversation: string): Promise<(string | undefined)[]> {
  const said = (await world.records(conversation)).flatMap(({ messages = [] }) => messages)
  return said.filter(({ author }) => author.type === bot).map(({ text }) => text)
}

const hasSaid = (conversation: string, text: string) =>
  until(async () => (await saidBy('bot', conversation)).includes(text))

it('is asked, answers in order, and hands over with tags', async () => {
  const { stop } = await startBot(({ text, bot }) => {
    if (text === 'a person') return { type: 'bot.handoff', tags: [bot.id] }
    if (text === undefined) return { type: 'bot.options', text: 'Hello!', options: ['a person'] }
    return { type: 'bot.message', text: `You said: ${text}` }
  })
  const c = await begin()
  await hasSaid(c, 'Hello!')
  await Promise.all(['1', '2', '3'].map((text) => write(c, text)))
  await until(async () => (await saidBy('bot', c)).length === 4)
  const written = (await saidBy('customer', c)).map((text) => `You said: ${text}`)
  expect((await saidBy('bot', c)).slice(1)).toEqual(written)
  await world.publish(c, 'session.option', { option: 'a person' })
  await until(async () => (await world.openRequest('main', c))?.state === 'waiting')
  expect(await world.openRequest('main', c)).toMatchObject({ tags: ['echo'] })
  await stop()
})

it('answers once what two processes of it are asked, and what it missed while it was away', async () => {
  const [first, second] = await Promise.all([startBot(), startBot()])
  const c = await begin()
  await hasSaid(c, 'Hello!')
  await Promise.all([first.stop(), second.stop()])
  await write(c, 'missed')
  const third = await startBot()
  await hasSaid(c, 'You said: missed')
  await third.stop()
  // It is told of all of it again, and finds its answers.
  const asked: (string | undefined)[] = []
  await startBot((turn) => {
    if (turn.conversation === c) asked.push(turn.text)
    return echo(turn)
  })
  await write(c, 'last')
  await hasSaid(c, 'You said: last')
  expect(asked).toEqual(['last'])
  expect(await saidBy('bot', c)).toEqual(['Hello!', 'You said: missed', 'You said: last'])
})

it('answers a record that was lost on its way, and goes on after a reconnect', async () => {
  const { losses, client } = await startBot()
  const c = await begin()
  await hasSaid(c, 'Hello!')
  losses.arm()
  await write(c, 'lost')
  await until(() => losses.lost === 1)
  // A record of another conversation shows the gap.
  await hasSaid(await begin(), 'Hello!')
  await hasSaid(c, 'You said: lost')
  const reconnecting = Reflect.get(client, 'role').connection.reconnect()
  await write(c, 'away')
  await reconnecting
  await hasSaid(c, 'You said: away')
  expect(await saidBy('bot', c)).toEqual(['Hello!', 'You said: lost', 'You said: away'])
})

it('ends with the error of a turn, or tells it and goes on', async () => {
  const fails: AnswerTurn = (turn) => {
    if (turn.text === 'fail') throw new Error('no idea')
    if (turn.text === 'wrong') return { type: 'bot.message' } as never
    if (turn.text === 'long') return { type: 'bot.message', text: 'x'.repeat(5_000) }
    return echo(turn)
  }
  const failed: unknown[] = []
  const refused: RefusedAnswer[] = []
  const patient = await startBot(fails, {
    failed: (error) => void failed.push(error),
    refused: (answer) => void refused.push(answer),
  })
  const c = await begin()
  await write(c, 'fail')
  await write(c, 'wrong')
  await write(c, 'long')
  await write(c, 'right')
  await hasSaid(c, 'You said: right')
  expect(failed).toEqual([new Error('no idea'), expect.objectContaining({ code: 'invalid' })])
  await until(() => refused.length > 0)
  expect(refused).toMatchObject([{ conversation: c, rejection: { code: 'too_long', limit: 4096 } }])
  await patient.stop()
  const { run } = await startBot(fails)
  await expect(run).rejects.toThrow('no idea')
})

it('at most so many turns are answered at a time, and those of other conversations at once', async () => {
  let running = 0
  let most = 0
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await startBot(
    async (turn) => {
      most = Math.max(most, ++running)
      await held
      running--
      return echo(turn)
    },
    { turnsMax: 3 },
    'many',
  )
  const conversations = await Promise.all(Array.from({ length: 5 }, () => begin('many')))
  await until(() => running === 3)
  release()
  await Promise.all(conversations.map((c) => hasSaid(c, 'Hello!')))
  expect(most).toBe(3)
})

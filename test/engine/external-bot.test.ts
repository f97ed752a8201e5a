import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { subjects } from '../../engine/nats/topology.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

// The bot of `test/examples/external-bot`, in a process of its own, in its role.
const program = fileURLToPath(new URL('../examples/external-bot/bot.ts', import.meta.url))

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
  await world.configure('bot.returns', { id: 'returns', external: { silence: 'PT5M' } })
  await world.configure('bot.hasty', { id: 'hasty', external: { silence: 'PT2S' } })
  // It greets in time on a busy machine, too.
  await world.configure('bot.patient', { id: 'patient', external: { silence: 'PT10S' } })
  await world.configure('channel.web', { id: 'web', bot: 'returns' })
  await world.configure('channel.hasty', { id: 'hasty', bot: 'hasty' })
  await world.configure('channel.patient', { id: 'patient', bot: 'patient' })
  await world.startEngine()
  await world.startNotifier()
})
afterAll(() => world?.stop())

interface RunningBot {
  /** As a crash does. */
  kill(): Promise<void>
}

/** Settles once it has read what it missed. */
async function startBot(url = world.server.roles.bot, id = 'returns'): Promise<RunningBot> {
  const env = { ...process.env, NATS_URL: url, BOT: id }
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', program], { env, stdio })
  const exited = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(kill)
  await Promise.race([
    once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data'),
    exited.then(() => Promise.reject(new Error('the bot has ended'))),
  ])
  return { kill }
}

let conversations = 0
/** A conversation that has begun. */
async function begin(channel = 'web'): Promise<string> {
  const id = `c${++conversations}`
  await world.publish(id, 'session.started', { channel, locale: 'en' })
  return id
}

const write = (conversation: string, text: string) => world.publish(conversation, 'session.message', { text })
const choose = (conversation: string, option: string) =>
  world.publish(conversation, 'session.option', { option })

/** Who has said what, a form as what it asks for. */
async function transcript(conversation: string): Promise<string[]> {
  const said = (await world.records(conversation)).flatMap(({ messages = [] }) => messages)
  return said.map(
    ({ author, text, type, fields = [] }) =>
      `${author.type}: ${type === 'form' ? fields.map(({ id }) => `[${id}]`).join() : text}`,
  )
}

const hasSaid = (conversation: string, line: string) =>
  until(async () => (await transcript(conversation)).includes(line))

const greeting = 'bot: Hello there! I know all about returns.'
const lost = (text: string) => `bot: I know nothing about “${text}”, only about returns.`

/** A relay in front of the server, whose wire can be cut. */
async function relayTo(url: string) {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  let isCut = false
  const relay = createServer((socket) => {
    if (isCut) return socket.destroy()
    const onwards = connect(Number(port), hostname)
    for (const [from, to] of [
      [socket, onwards],
      [onwards, socket],
    ] as const) {
      open.add(from)
      from.on('error', () => to.destroy()).on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    relay.close()
  })
  const address = relay.address() as { port: number }
  return {
    url: url.replace(`${hostname}:${port}`, `127.0.0.1:${address.port}`),
    cut: (isSo: boolean) => {
      isCut = isSo
      if (isSo) for (const socket of open) socket.destroy()
    },
  }
}

test('an external bot greets, offers options, asks, and hands over with tags; agents see the need and answers', async () => {
  await startBot()
  const c = await begin()
  await hasSaid(c, greeting)
  const [started, greeted] = await world.records(c)
  expect(started).toMatchObject({
    status: { state: 'bot' },
    bot: { id: 'returns', channel: 'web', locale: 'en', hours: 'during' },
  })
  expect(started?.messages).toBeUndefined()
  expect(greeted?.bot).toBeUndefined()
  expect(greeted?.messages?.[0]?.options).toHaveLength(3)

  await choose(c, 'Send something back')
  await hasSaid(c, 'bot: [order]')
  await world.publish(c, 'session.details', { order: '4711' })
  const instructions = 'bot: Send it to Acme, 1 Canyon Road, with number 4711 on the parcel.'
  await hasSaid(c, instructions)
  await write(c, 'Talk to a person')
  await until(async () => (await world.openRequest('main', c)) !== null)
  expect(await transcript(c)).toEqual([
    greeting,
    'customer: Send something back',
    'bot: [order]',
    instructions,
    'customer: Talk to a person',
    'bot: Thanks, an agent will be with you shortly.',
  ])
  expect(await world.openRequest('main', c)).toMatchObject({
    state: 'waiting',
    need: 'Talk to a person',
    details: { order: '4711' },
    tags: ['returns'],
  })
})

test('two messages in a row are answered once each, in order', async () => {
  await startBot()
  const c = await begin()
  await hasSaid(c, greeting)
  await Promise.all([write(c, 'anvils'), write(c, 'rockets')])
  await hasSaid(c, lost('rockets'))
  await hasSaid(c, lost('anvils'))
  const answers = (await transcript(c)).filter((line) => line.startsWith('bot: I know nothing'))
  const asked = (await transcript(c)).filter((line) => line.startsWith('customer: '))
  expect(answers).toEqual(asked.map((line) => lost(line.slice('customer: '.length))))
})

test('if the bot is killed before it greets, the response takes over as without a bot', async () => {
  const c = await begin('hasty')
  await until(async () => (await transcript(c)).length > 0)
  expect(await transcript(c)).toEqual(['bot: Hi! How can we help?'])
  await write(c, 'help')
  await until(async () => (await world.openRequest('main', c))?.state === 'waiting')
})

test('if the bot is killed before it answers, the response takes over and agents are notified', async () => {
  const bot = await startBot(undefined, 'patient')
  const c = await begin('patient')
  await hasSaid(c, greeting)
  await bot.kill()
  await write(c, 'My anvil is broken')
  await until(async () => (await world.openRequest('main', c))?.state === 'waiting')
  expect((await world.records(c)).at(-1)).toMatchObject({
    event: { type: 'timer.silence' },
    status: { state: 'queued', request: 1 },
    requests: [{ action: 'created', request: 1 }],
  })
  expect((await transcript(c)).slice(1)).toEqual([
    'customer: My anvil is broken',
    'bot: Thanks, an agent will be with you shortly.',
  ])
  const notified = await world.stored('workspace', subjects.workspace('main', 'created'))
  expect(notified.filter(({ headers }) => headers['Nats-Msg-Id'] === `${c}.1.created`)).toHaveLength(1)

  // It is back, and answers too late.
  await startBot(undefined, 'patient')
  await until(async () => (await world.records(c)).at(-1)?.rejected?.code === 'not_allowed_now')
  expect(await transcript(c)).toHaveLength(3)
})

test('a restarted bot answers what it missed once, and repeats no answer', async () => {
  const bot = await startBot()
  const c = await begin()
  await hasSaid(c, greeting)
  await write(c, 'anvils')
  await hasSaid(c, lost('anvils'))
  await bot.kill()
  await choose(c, 'Send something back')
  const other = await begin()
  await until(async () => (await world.records(other)).length === 1)

  await (await startBot()).kill()
  await startBot()
  await hasSaid(c, 'bot: [order]')
  await hasSaid(other, greeting)
  // Behind these is all that it might have said before.
  for (const each of [c, other]) {
    await write(each, 'rockets')
    await hasSaid(each, lost('rockets'))
  }
  expect(await transcript(c)).toEqual([
    greeting,
    'customer: anvils',
    lost('anvils'),
    'customer: Send something back',
    'bot: [order]',
    'customer: rockets',
    lost('rockets'),
  ])
  expect(await transcript(other)).toEqual([greeting, 'customer: rockets', lost('rockets')])
})

test('a bot that was disconnected from NATS answers what it missed after it reconnects', async () => {
  const relay = await relayTo(world.server.roles.bot)
  await startBot(relay.url)
  const c = await begin()
  await hasSaid(c, greeting)
  relay.cut(true)
  await write(c, 'anvils')
  await write(c, 'rockets')
  await until(async () => (await world.records(c)).length === 4)
  relay.cut(false)
  await hasSaid(c, lost('rockets'))
  expect(await transcript(c)).toEqual([
    greeting,
    'customer: anvils',
    'customer: rockets',
    lost('anvils'),
    lost('rockets'),
  ])
})

test('an event that would make a record too large for NATS is refused, and blocks no other', async () => {
  const c = await begin()
  for (let n = 0; n < 20; n++) {
    const ids = Array.from({ length: 8 }, (_, field) => `form-${n}-${field}`)
    const fields = ids.map((id) => ({ id, label: id, type: 'text', required: true }))
    await world.publish(c, 'bot.form', { fields })
    await world.publish(c, 'session.details', Object.fromEntries(ids.map((id) => [id, '😀'.repeat(1000)])))
  }
  await world.publish(c, 'session.ended', {})
  await until(async () => (await world.records(c)).at(-1)?.status?.state === 'ended')
  const letters = await world.stored('deadletters', subjects.deadletter('failed'))
  expect(letters.length).toBeGreaterThan(0)
  for (const { headers } of letters)
    expect(headers).toMatchObject({
      'Frontdesk-Conversation': c,
      'Frontdesk-Explanation': expect.stringMatching(/record .* \d+ bytes; the limit is \d+/),
    })
})

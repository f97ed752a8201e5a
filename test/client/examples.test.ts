import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import { runBot } from '../examples/clients/bot.ts'
import { openChat } from '../examples/clients/customer.ts'
import { write } from '../examples/clients/widget-gateway.ts'
import { answerRequests } from '../examples/clients/workspace.ts'
import { startGatewayWorld } from '../gateway/test-gateway.ts'

// The examples import the package by its name, as built: dist/client.js.

let world: TestWorld
let gateway: Gateway
beforeAll(async () => {
  const started = await startGatewayWorld()
  world = started.world
  gateway = started.gateway
  // Node has it from version 22 on.
  Object.assign(globalThis, { WebSocket: globalThis.WebSocket ?? WebSocket })
})
afterAll(() => world?.stop())

it('a customer writes over NATS, a workspace answers, and both end', async () => {
  const ending = new AbortController()
  const refused: string[] = []
  const say = (line: string) => void refused.push(line)
  const answering = answerRequests(world.server.roles.workspace, say, ending.signal)
  const lines: string[] = []
  await write(world.server.roles.widget, 'My anvil is broken', (line) => void lines.push(line))
  expect(lines).toEqual([
    'bot: Hi! How can we help?',
    'customer: My anvil is broken',
    expect.stringMatching(/^bot: /),
    expect.stringMatching(/Ann/),
    'Ann: I look into this: My anvil is broken',
    ...lines.slice(5),
  ])
  ending.abort(new Error('closing time'))
  await expect(answering).rejects.toThrow('closing time')
  // The request may have been listed and notified.
  expect(refused.filter((line) => !line.endsWith('conversation_ended'))).toEqual([])
})

it('a bot answers a customer of the gateway, whose page is loaded again, and hands over', async () => {
  await world.configure('bot.opening', { id: 'opening', external: { silence: 'PT5M' } })
  await world.configure('channel.web', { id: 'web', bot: 'opening' })
  const ending = new AbortController()
  const run = runBot(world.server.roles.bot, ending.signal)
  const stored = new Map<string, string>()
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  }
  let lines: string[] = []
  const draw = (drawn: string[]) => {
    lines = drawn
  }
  const first = openChat(gateway.url, storage, draw)
  first.send({ type: 'message', text: 'When are you open?' })
  const hours = 'bot: We are open from 9 to 5.'
  await until(() => lines.at(-1) === hours)
  first.close()
  const again = openChat(gateway.url, storage, draw)
  onTestFinished(() => again.close())
  await until(() => lines.at(-1) === hours)
  expect(lines).toContain('customer: When are you open?')
  again.send({ type: 'option', option: 'Talk to a person' })
  await until(() => again.conversation.status?.state === 'queued')
  ending.abort()
  await run
})

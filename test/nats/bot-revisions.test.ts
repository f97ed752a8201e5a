import { afterAll, beforeAll, expect, test } from 'vitest'
import { OperatorNeeded } from '../../engine/errors.ts'
import { botDefinition, revisionOf } from '../../engine/machines/bots/definition.ts'
import { definitionHash } from '../../engine/machines/definition-hash.ts'
import { type Definition, definitionsOf } from '../../engine/machines/definitions.ts'
import { messagingResponse } from '../../engine/machines/messaging-response.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import { BotRevisions } from '../../engine/nats/engine/bot-revisions.ts'
import type { BotFlow } from '../../schemas/configuration/bot-flow.ts'
import { startTestWorld, type TestWorld } from '../engine/test-world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world?.stop())

const end = { type: 'end' } as const
const helper: BotFlow = {
  id: 'helper',
  answers: [{ id: 'a', steps: [{ type: 'message', text: 'Hello' }, end] }],
}

async function engine() {
  const definitions = definitionsOf()
  const added: Definition[] = []
  const registry = {
    ...definitions,
    add: (definition: Definition) => {
      added.push(definition)
      definitions.add(definition)
    },
  }
  const retryOptions = { log: world.log, signal: new AbortController().signal }
  return {
    revisions: new BotRevisions(world.nats, registry, retryOptions),
    registry,
    added,
  }
}

/** Stores a revision as another version of frontdesk may have. */
async function store(revision: string, bot: object, definition = 'another') {
  const bots = new Bucket(world.nats, 'bots')
  await bots.put(`helper.${revision}`, JSON.stringify({ bot, version: 1, definition }))
}

const hashOf = (bot: BotFlow) => definitionHash(botDefinition(bot).machine)

test('a revision that one engine stored is loaded by another and compiled once, however many conversations need it', async () => {
  const { name } = await (await engine()).revisions.store(helper)
  const { revisions, registry, added } = await engine()
  await Promise.all(Array.from({ length: 50 }, () => revisions.load(name)))
  expect(registry.running(name)).toMatchObject({ definition: { name } })
  expect(added).toHaveLength(1)
})

test('a stored revision keeps its name, even if this version of frontdesk would give it another', async () => {
  await store('0123456789abcdef', helper, hashOf(helper))
  const { revisions, registry } = await engine()
  await revisions.load('bot.helper.0123456789abcdef@1')
  expect(registry.running('bot.helper.0123456789abcdef@1')).toBeDefined()
})

test('a revision that would be refused today stays valid for its conversations', async () => {
  const unreached = { ...helper, answers: [...helper.answers, { id: 'b', steps: [end] }] }
  await store('1123456789abcdef', unreached, hashOf(unreached))
  const { revisions, registry } = await engine()
  await revisions.load('bot.helper.1123456789abcdef@1')
  expect(registry.running('bot.helper.1123456789abcdef@1')).toBeDefined()
})

test('a revision that now compiles to another machine is refused, with instructions', async () => {
  await store('2123456789abcdef', helper)
  const { revisions, registry } = await engine()
  const loading = revisions.load('bot.helper.2123456789abcdef@1')
  await expect(loading).rejects.toThrow(OperatorNeeded)
  await expect(loading).rejects.toThrow(
    /helper\.2123456789abcdef .* retireConversation\('bot\.helper\.2123456789abcdef'\)/,
  )
  expect(registry.running('bot.helper.2123456789abcdef@1')).toBeUndefined()
})

test('a revision with steps of a newer frontdesk is refused with its name', async () => {
  await store('3123456789abcdef', { id: 'helper', answers: [{ id: 'a', steps: [{ type: 'sing' }] }] })
  const { revisions } = await engine()
  const loading = revisions.load('bot.helper.3123456789abcdef@1')
  await expect(loading).rejects.toThrow(OperatorNeeded)
  await expect(loading).rejects.toThrow(/helper\.3123456789abcdef .* retireConversation/)
})

test('a different compilation is a different revision, so conversations of two versions stay apart', () => {
  expect(revisionOf(helper, messagingResponse)).not.toBe(revisionOf(helper))
})

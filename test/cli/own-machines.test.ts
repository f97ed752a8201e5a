import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadOwnMachines } from '../../workers/settings/own-machines.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { type Running, startFrontdesk } from './frontdesk.ts'

const examples = fileURLToPath(new URL('../examples', import.meta.url))
const defining = fileURLToPath(new URL('../../engine/machines/define-conversation.ts', import.meta.url))

/** A machine's file, that says which version it is. */
function machine(id: string, version: number): string {
  return `
    import { beginningOf, conversationParts, defineConversation } from ${JSON.stringify(defining)}
    const { setup, root, responseStates, agentStates } = conversationParts()
    const machine = setup.createMachine({
      ...root, id: '${id}', context: beginningOf, initial: 'greeting', states: { ...responseStates, ...agentStates },
    })
    export default defineConversation({ id: '${id}', version: ${version}, machine })`
}

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frontdesk-machines-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function holds(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

const names = async () =>
  (await loadOwnMachines(folder)).map((one) => ('machine' in one ? one.name : `${one.id} retired`)).sort()

describe('a folder of machines', () => {
  test('holds the default exports of its files, and of those in its folders, one or a list', async () => {
    await holds({
      'one.mts': machine('one', 1),
      'more/two.mjs': machine('two', 3),
      'package.json': '{"type": "module"}',
      'list.ts': `
        import { retireConversation } from ${JSON.stringify(defining)}
        import one from './one.mts'
        export default [{ ...one, name: 'copy@1', id: 'copy' }, retireConversation('gone')]`,
    })
    expect(await names()).toEqual(['copy@1', 'gone retired', 'one@1', 'two@3'])
  })

  test('helpers, tests, types and unrelated files are skipped', async () => {
    const broken = 'throw new Error("is not to be loaded")'
    await holds({
      'one.mts': machine('one', 1),
      'helps.mts': 'export const two = 2',
      'one.test.mts': broken,
      'one.spec.mts': broken,
      'one.d.mts': broken,
      'test/one.mts': broken,
      'more/tests/one.mts': broken,
      '.hidden/one.mts': broken,
      'node_modules/x/index.mjs': broken,
      'notes.md': 'Notes',
    })
    expect(await names()).toEqual(['one@1'])
  })

  test('with two machines by one name is refused, with both files', async () => {
    await holds({ 'a.mts': machine('one', 1), 'b.mts': machine('one', 1) })
    await expect(names()).rejects.toThrow(/b\.mts: one@1 is in .*a\.mts already/)
  })

  const wrong: [what: string, files: Record<string, string>, said: RegExp][] = [
    ['a file that throws', { 'a.mts': 'throw new Error("no luck")' }, /a\.mts: no luck$/],
    ['a file that is no program', { 'a.mts': 'export default {' }, /a\.mts: /],
    [
      'a definition that is wrong',
      { 'a.mts': machine('a b', 1) },
      /a\.mts: a b@1: id must be 1 to 64 characters/,
    ],
    [
      'a machine that is not defined as a conversation',
      { 'a.mts': machine('one', 1).replace(/export default .*/, 'export default machine') },
      /a\.mts: its default export is a machine: give it to defineConversation/,
    ],
    [
      'another default export',
      { 'a.mts': 'export default 7' },
      /a\.mts: its default export is not a conversation/,
    ],
    [
      'a file that Node takes for another kind of module',
      { 'a.ts': machine('one', 1), 'package.json': '{}' },
      /a\.ts: is not an ES module for Node: put \{"type": "module"\}/,
    ],
    ['nothing', { 'notes.md': 'Notes' }, /no file has a conversation as its default export/],
  ]
  test.each(wrong)('%s is refused, naming the file', async (_, files, said) => {
    await holds(files)
    await expect(names()).rejects.toThrow(said)
  })

  test('has to be there', async () => {
    await expect(loadOwnMachines(join(folder, 'none'))).rejects.toThrow(
      /^FRONTDESK_MACHINES: there is no folder .*none$/,
    )
    await holds({ 'file.mts': '' })
    await expect(loadOwnMachines(join(folder, 'file.mts'))).rejects.toThrow('file.mts is not a folder')
  })
})

describe('frontdesk engine, pointed at a folder of machines', () => {
  let world: TestWorld
  const running: Running[] = []

  beforeEach(async () => {
    world = await startTestWorld()
  })

  afterEach(async () => {
    for (const { child } of running.splice(0)) child.kill('SIGKILL')
    await world.stop()
  })

  function engine(machines: string): Running {
    const env = { NATS_URL: world.server.url, FRONTDESK_PARTITIONS: '4', FRONTDESK_MACHINES: machines }
    const started = startFrontdesk(['engine'], { env })
    running.push(started)
    return started
  }

  test('runs the example for the channel whose bot names it', async () => {
    await world.configure('bot.survey', { id: 'survey', machine: 'survey' })
    await world.configure('channel.web', { id: 'web', bot: 'survey' })
    const started = engine(join(examples, 'survey'))
    await started.logs('"machines":["survey@2"]')
    await started.logs('"msg":"ready"')
    await world.publish('c1', 'session.started', { channel: 'web' })
    await until(async () => (await world.records('c1')).length === 1)
    expect((await world.records('c1'))[0]?.messages?.[0]).toMatchObject({
      text: 'How was it?',
      options: ['Great', 'So-so', 'Bad'],
    })
  })

  test('ends with the problem of a file', async () => {
    await holds({ 'a.mts': 'throw new Error("no luck")' })
    const { code, stderr } = await engine(folder).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/frontdesk: .*a\.mts: no luck/)
  })
})

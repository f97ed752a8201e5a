import { readdirSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WidgetClient, WorkspaceClient } from '../../engine/nats/client/client.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { subjects } from '../../engine/nats/topology.ts'
import type { ReplayReport } from '../../workers/cli/conversations/replay-conversations.ts'
import { urlsOf } from '../../workers/nats-server/roles.ts'
import { commandHost } from '../cli/command-host.ts'
import { type Running, startFrontdesk } from '../cli/frontdesk.ts'
import { collect } from '../client/collect.ts'
import { until } from '../engine/test-world.ts'
import { freePort } from '../test-server.ts'
import { type FixtureContents, fixtureFolder, readStored, recordsOf, stateOf, unpack } from './fixture.ts'
import { situations } from './situations.ts'

/** Without those that their version had no documents for. */
const situationsOf = ({ documents }: FixtureContents) =>
  situations.filter(({ needs }) => needs === undefined || documents.includes(needs))

describe.each(readdirSync(fixtureFolder))('the data folder of %s', (file) => {
  const run = commandHost()
  let folder: string
  let fixture: FixtureContents
  let system: Running
  let nats: Nats
  let widget: WidgetClient
  let workspace: WorkspaceClient
  let env: Record<string, string>

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'frontdesk-test-')))
    fixture = await unpack(file, folder)
    const port = await freePort()
    const data = join(folder, 'data')
    env = {
      FRONTDESK_DATA: data,
      FRONTDESK_NATS_PORT: String(port),
      // No agent is at a desk here: nobody gives back what they have.
      FRONTDESK_AGENT_GRACE: '3600',
    }
    system = startFrontdesk(['start'], { env })
    await system.prints('ready ')
    const { url, roles } = await urlsOf(data, port)
    nats = await connectNats(url, 'test')
    widget = await WidgetClient.connect(roles.widget)
    workspace = await WorkspaceClient.connect(roles.workspace)
  })

  afterAll(async () => {
    await widget?.close()
    await workspace?.close()
    await nats?.close()
    system?.child.kill()
    await system?.ended
    await rm(folder, { recursive: true, force: true })
  })

  const command = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(args, { env })
    expect({ code, stderr }, args.join(' ')).toEqual({ code: 0, stderr: '' })
    return stdout
  }

  const stateNow = async (conversation: string) => stateOf(await recordsOf(nats, conversation))

  it('has everything that people had stored, unchanged', async () => {
    const found = new Set((await readStored(nats)).map((message) => JSON.stringify(message)))
    expect(fixture.stored.length).toBeGreaterThan(50)
    expect(fixture.stored.filter((message) => !found.has(JSON.stringify(message)))).toEqual([])
  })

  it('has its documents, keys, secrets and dead letters', async () => {
    const stored = fixture.stored.flatMap(({ subject }) => /config\.(\w+\.\w+)$/.exec(subject)?.[1] ?? [])
    const documents = JSON.parse(await command('config', 'get')) as { kind: string; id: string }[]
    expect(documents.map(({ kind, id }) => `${kind}.${id}`).sort()).toEqual(stored.sort())
    // A document that is not understood would be passed over, with a line in the log.
    expect(system.stderr()).not.toContain('passing over a configuration')
    expect(JSON.parse(await command('keys', 'list'))).toMatchObject([{ name: 'site' }])
    expect(await command('secrets', 'list')).toContain('acme')
    expect(await command('deadletters', 'list')).toContain('unreadable')
    await widget.publish('begun-today', 'session.started', { channel: 'web', locale: 'en' })
    await until(async () => (await stateNow('begun-today')) === 'greeting')
    expect((await recordsOf(nats, 'begun-today'))[0]?.messages?.[0]?.text).toBe('Welcome to the fixture.')
  })

  it('has the requests that wait, for agents who sign in now', async () => {
    const requests = await workspace.openRequests('*')
    const waiting = requests.waiting().map(({ conversation }) => conversation)
    const left = situationsOf(fixture).filter((each) => each.left === 'queued')
    expect(waiting).toEqual(expect.arrayContaining(left.map(({ conversation }) => conversation)))
  })

  it('has its timers, which fire', async () => {
    const events = async (conversation: string) =>
      (await recordsOf(nats, conversation)).map(({ event }) => event.type)
    await until(async () => (await events('to-be-reminded')).includes('timer.unanswered'))
    await until(async () => (await stateNow('to-be-abandoned')) === 'ended')
    await until(async () => (await stateNow('to-be-closed')) === 'ended')
    const records = await recordsOf(nats, 'to-be-closed')
    expect(records.flatMap(({ status }) => status?.reason ?? [])).toEqual(['inactivity'])
  })

  it('has conversations that go on: each side hears of the other', async () => {
    const heard = collect((signal) => workspace.follow('answered', { signal }))
    onTestFinished(heard.stop)
    for (const { conversation, next = [], becomes } of situationsOf(fixture)) {
      for (const [type, payload] of next) {
        // With all rights: a customer’s and an agent’s events take turns here.
        const { seq } = await nats.publisher.publish(
          subjects.inbox(conversation, type),
          JSON.stringify(payload),
        )
        const recordOf = async () =>
          (await recordsOf(nats, conversation)).find(({ event }) => event.seq === seq)
        await until(async () => (await recordOf()) !== undefined)
        expect(await recordOf(), `${type} of ${conversation}`).toMatchObject({ outcome: 'applied' })
      }
      expect(await stateNow(conversation), conversation).toBe(becomes)
    }
    const texts = () => heard.items.flatMap(({ messages = [] }) => messages.map(({ text }) => text))
    await until(async () => texts().includes('It fell'))
    // From the first text on, which an earlier version stored.
    expect(texts()).toEqual(expect.arrayContaining(['My anvil is broken', 'What has happened?', 'It fell']))
    const answer = await workspace.agent({ id: 'ann' }).reply('answered', 'A new one is under way')
    expect(answer).toMatchObject({ ok: true })
    expect(await command('transcript', 'answered')).toMatch(
      /My anvil is broken.*What has happened\?.*It fell.*A new one is under way/s,
    )
  })

  it('decides its stored events as they were decided', async () => {
    const replay = JSON.parse(await command('replay', '--all', '--json')) as ReplayReport
    // With the one of today, and the one whose only event is not readable.
    expect(replay).toMatchObject({ conversations: situationsOf(fixture).length + 2, differing: [] })
    expect(replay).toMatchObject({ missing: {} })
    expect(replay.passedOver).toEqual({ erased: 1 })
  })
})

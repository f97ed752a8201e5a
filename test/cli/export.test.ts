import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { streams } from '../../engine/nats/topology.ts'
import { ApiSecrets } from '../../workers/calls/client/api-secrets.ts'
import { isNamed } from '../../workers/cli/conversations/conversations-of.ts'
import {
  type ExportedConversation,
  exportedConversation,
  type Traces,
  tracesOf,
} from '../../workers/cli/conversations/exported-conversation.ts'
import { flowOf, options } from '../bots/flow.ts'
import { json, startTestApi } from '../calls/test-api.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { commandHost } from './command-host.ts'
import { type Running, startFrontdesk } from './frontdesk.ts'

const frontdesk = commandHost()

let world: TestWorld
let caller: Running
let count = 0

beforeAll(async () => {
  world = await startTestWorld()
  await world.configure('channel.form', {
    id: 'form',
    attributes: ['plan'],
    duringHours: { customerDetails: ['email', { id: 'order', label: 'Order', type: 'text' }] },
  })
  await world.startEngine()
  await world.startNotifier()
  caller = startFrontdesk(['caller'], {
    env: { NATS_URL: world.server.url, FRONTDESK_PARTITIONS: '4', FRONTDESK_API_HOSTS: '127.0.0.1' },
  })
  await caller.logs('"msg":"ready"')
})

afterAll(async () => {
  caller?.child.kill()
  await caller?.ended
  await world?.stop()
})

const started = (customer?: object): [string, object] => ['session.started', { channel: 'web', customer }]
const said: [string, object] = ['session.message', { text: 'My anvil is broken' }]

/** A conversation with events one after another. */
async function converse(...events: [string, object][]): Promise<string> {
  const c = `c${++count}`
  for (const [type, payload] of events) {
    const seq = await world.publish(c, type, payload)
    await until(async () => (await world.records(c)).at(-1)?.event.seq === seq)
  }
  return c
}

/** Nobody else in these tests has it. */
function someone(): { email: string; externalId: string } {
  count++
  return { email: `Jose${count}@Example.com`, externalId: `u${count}` }
}

const run = (...args: string[]) => frontdesk(['export', ...args], { env: { NATS_URL: world.server.url } })

interface Exported {
  of: string
  exportedAt: string
  eventsSince: string
  conversations: ExportedConversation[]
  alsoKnownAs: string[]
}

async function exported(of: string): Promise<Exported> {
  const { code, stdout, stderr } = await run(of)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

async function conversationsOf(of: string): Promise<string[]> {
  return (await exported(of)).conversations.map(({ conversation }) => conversation)
}

const nothing = { code: 1, stdout: '', stderr: expect.stringContaining('nothing is stored of') }

describe('the export of a customer', () => {
  it('is all of the conversation in whose form they typed their e-mail', async () => {
    const { email } = someone()
    const page = { url: 'https://example.com/help' }
    const start = { channel: 'form', locale: 'en', page, attributes: { plan: 'gold', visits: 3 } }
    const c = await converse(
      ['session.started', start],
      said,
      ['session.details', { email: 'josé@example.com', order: '4711' }],
      ['session.details', { email: ` ${email} `, order: '4711' }],
      ['agent.accepted', { agent: { id: 'ann', name: 'Ann' } }],
      ['agent.noted', { agent: { id: 'bob' }, text: 'A regular.' }],
      ['agent.message', { agent: { id: 'ann' }, text: 'A new one is on its way.' }],
      ['session.ended', {}],
    )
    await until(async () => (await world.openRequest('main', c))?.state === 'ended')
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const { conversations, ...about } = await exported(email)
    expect(about).toEqual({
      exportedAt: time,
      of: email,
      eventsSince: time,
      alsoKnownAs: ['josé@example.com'],
    })
    expect(conversations).toHaveLength(1)
    const [one] = conversations as [ExportedConversation]
    expect(one).toMatchObject({
      conversation: c,
      channel: 'form',
      locale: 'en',
      startedAt: time,
      endedAt: time,
      reason: 'customer',
      customer: { name: null, email, externalId: null, verified: false },
      attributes: [{ name: 'plan', value: 'gold', verified: false }],
      details: { order: '4711' },
      variables: {},
      calls: [],
      request: { state: 'ended', need: 'My anvil is broken', agent: { id: 'ann', name: 'Ann' } },
      deadLetters: [],
      missing: { events: 0, notifications: 0, request: false },
    })
    expect(one.transcript).toContainEqual({
      at: time,
      id: expect.any(String),
      author: { type: 'agent', id: 'ann', name: 'Ann' },
      type: 'text',
      text: 'A new one is on its way.',
    })
    const author = { type: 'agent', id: 'bob' }
    expect(one.notes).toEqual([
      { at: time, type: 'note', id: expect.any(String), author, text: 'A regular.' },
    ])
    const event = { id: expect.stringMatching(/^seq-\d+$/), at: time, outcome: 'applied' }
    expect(one.events).toEqual([
      {
        ...event,
        type: 'session.started',
        payload: start,
      },
      { ...event, type: 'session.message', payload: { text: 'My anvil is broken' } },
      {
        ...event,
        type: 'session.details',
        payload: { email: 'josé@example.com', order: '4711' },
        outcome: 'rejected',
        rejected: expect.objectContaining({ fields: { email: 'email_accented' } }),
      },
      { ...event, type: 'session.details', payload: { email: ` ${email} `, order: '4711' } },
      { ...event, type: 'agent.accepted', payload: { agent: { id: 'ann', name: 'Ann' } } },
      { ...event, type: 'agent.noted', payload: { agent: { id: 'bob' }, text: 'A regular.' } },
      {
        ...event,
        type: 'agent.message',
        payload: { agent: { id: 'ann' }, text: 'A new one is on its way.' },
      },
      { ...event, type: 'session.ended', payload: {} },
    ])
    expect(one.notifications.map(({ action }) => action)).toEqual(['created', 'accepted', 'noted', 'ended'])
    expect(Object.keys(one)).not.toContain('state')
  })

  it('is found by the e-mail in capitals or not, and by the external id exactly', async () => {
    const me = someone()
    const c = await converse(started(me), said)
    for (const name of [me.email, me.email.toUpperCase(), ` ${me.email.toLowerCase()}\u200b`, me.externalId])
      expect(await conversationsOf(name)).toEqual([c])
    expect(await run(me.externalId.toUpperCase())).toMatchObject(nothing)
    expect((await exported(me.externalId)).alsoKnownAs).toEqual([me.email])
  })

  it('finds a conversation by a later login, with its beginning', async () => {
    const me = someone()
    const c = await converse(started(), said, ['session.identified', { customer: me }])
    const { conversations } = await exported(me.email)
    expect(conversations).toMatchObject([{ conversation: c, customer: { ...me, verified: true } }])
    expect(conversations[0]?.events).toHaveLength(3)
  })

  it('is all their conversations, by whatever they were known then, and nobody else’s', async () => {
    const [me, another] = [someone(), someone()]
    const typed = await converse(started(), ['session.details', { email: me.email.toLowerCase() }])
    const other = await converse(started(another), ['session.message', { text: `I am not ${me.email}` }])
    const known = await converse(started(me), said)
    const both = await converse(started(me), [
      'session.identified',
      { customer: { ...me, email: 'new@example.com' } },
    ])
    expect(await conversationsOf(me.email)).toEqual([typed, known, both])
    expect(await conversationsOf(me.externalId)).toEqual([known, both])
    expect((await exported(me.externalId)).alsoKnownAs.sort()).toEqual([me.email, 'new@example.com'].sort())
    expect(await conversationsOf(another.email)).toEqual([other])
    const all = (await run(me.email)).stdout
    expect(all).not.toContain(another.email)
  })

  it('has nothing of somebody whose login was refused, and they nothing of it', async () => {
    const [me, another] = [someone(), someone()]
    await converse(started(me), ['session.identified', { customer: another }])
    const { conversations, alsoKnownAs } = await exported(me.email)
    expect(conversations[0]?.events.at(-1)).toMatchObject({
      type: 'session.identified',
      outcome: 'rejected',
      withheld: expect.stringContaining('somebody else'),
    })
    expect(JSON.stringify({ conversations, alsoKnownAs })).not.toContain(another.externalId)
    expect(await run(another.email)).toMatchObject(nothing)
  })

  it('has their dead letters, even if only these name them', async () => {
    const me = someone()
    const c = await converse(started(), said)
    await world.publish(c, 'session.details', { email: me.email, name: 7 }, 'd1')
    await world.publish(c, 'session.message', '{oops')
    await until(async () => (await world.stored('deadletters')).length === 2)
    const only = await exported(me.email)
    expect(only.conversations).toMatchObject([
      {
        conversation: c,
        deadLetters: [
          { id: 'd1', type: 'session.details', reason: 'invalid', payload: { email: me.email, name: 7 } },
          { type: 'session.message', reason: 'not_json', text: '{oops' },
        ],
      },
    ])
    expect(only.conversations[0]?.events).toHaveLength(4)
    await world.nats.jsm.streams.purge(streams.events, { filter: `frontdesk.event.*.${c}.>` })
    expect(await conversationsOf(me.email)).toEqual([c])
  })

  it('has a bot’s memory, its calls and their answers, without headers and secrets', async () => {
    const me = someone()
    const api = await startTestApi((_, response) => json(response, { order: { status: 'on its way' } }))
    await new ApiSecrets(new Bucket(world.nats, 'apiSecrets')).set('shop', 's3cr3t-of-the-shop')
    await world.configure(
      'bot.shop',
      flowOf(
        {
          welcome: [
            options('Which order?', { None: 'done' }, { freeText: { goTo: 'look', variable: 'order' } }),
          ],
          look: [
            {
              type: 'api',
              name: 'find',
              method: 'POST',
              url: `${api.url}/orders/{{variables.order}}`,
              headers: { authorization: 'Bearer {{secret.shop}}' },
              body: { by: '{{customer.email}}' },
              save: { status: 'order.status' },
              success: 'done',
              failure: 'done',
            },
          ],
          done: [{ type: 'transfer' }],
        },
        { id: 'shop' },
      ),
    )
    await world.configure('channel.shop', { id: 'shop', bot: 'shop' })
    const c = `c${++count}`
    await world.publish(c, 'session.started', { channel: 'shop', customer: me })
    await world.publish(c, 'session.message', { text: '4711' })
    await until(async () => (await world.records(c)).some(({ status }) => status?.state === 'queued'))
    const { code, stdout } = await run(me.email)
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as Exported).conversations).toMatchObject([
      {
        variables: { 'variables.order': '4711' },
        calls: [
          {
            call: 1,
            step: 'find',
            method: 'POST',
            url: `${api.url}/orders/4711`,
            body: { by: me.email },
            answer: { ok: true, status: 200, values: { status: 'on its way' } },
          },
        ],
      },
    ])
    expect(stdout).not.toMatch(/s3cr3t|secret|authorization/)
  })

  it('counts aged messages, and finds a conversation by its state', async () => {
    const me = someone()
    const c = await converse(started(me), said)
    await until(async () => (await world.openRequest('main', c)) !== null)
    await world.nats.jsm.streams.purge(streams.events, { filter: `frontdesk.event.*.${c}.session.started` })
    for (const { seq, body } of await world.stored('workspace'))
      if (JSON.parse(body).conversation === c)
        await world.nats.jsm.streams.deleteMessage(streams.workspace, seq)
    await new Bucket(world.nats, 'openRequests').purge(`main.${c}`)
    const { conversations } = await exported(me.email)
    expect(conversations).toMatchObject([
      {
        conversation: c,
        customer: me,
        events: [{ type: 'session.started', outcome: 'applied', missing: true }, { payload: said[1] }],
        request: null,
        notifications: [],
        missing: { events: 1, notifications: 1, request: true },
      },
    ])
  })

  it('has nothing of an erased conversation', async () => {
    const me = someone()
    const erased = await converse(started(me), said, ['admin.erased', {}])
    await world.publish(erased, 'session.started', { channel: 'web', customer: me })
    expect(await run(me.email)).toMatchObject(nothing)
    const kept = await converse(started(me), said)
    expect(await conversationsOf(me.email)).toEqual([kept])
  })

  it('has nothing of a conversation that is erased during the export', async () => {
    const me = someone()
    const c = await converse(started(me), said)
    await until(async () => (await world.openRequest('main', c)) !== null)
    const traces = (await tracesOf(world.nats, new Set([c]), () => {})).get(c)
    const { streams: read } = world.nats.jsm
    // Its records and its events are read by then.
    const erasedBefore = Object.assign(Object.create(read), {
      getMessage: async (...asked: Parameters<typeof read.getMessage>) => {
        await world.publish(c, 'admin.erased', {})
        await until(async () => (await world.records(c)).at(-1)?.state.erased !== undefined)
        return read.getMessage(...asked)
      },
    })
    const nats = {
      ...world.nats,
      jsm: Object.assign(Object.create(world.nats.jsm), { streams: erasedBefore }),
    }
    const retryOptions = { log: world.log, signal: new AbortController().signal }
    expect(traces?.notifications.size).toBe(1)
    expect(
      await exportedConversation(nats, retryOptions, c, traces as Traces, isNamed(me.email)),
    ).toBeUndefined()
  })
})

describe('export', () => {
  it('has the text of a payload that is nested too deeply to be written', async () => {
    const me = someone()
    const c = await converse(started(me))
    const deep = `{"text":"Hi","other":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
    await world.publish(c, 'session.message', deep)
    await until(async () => (await world.records(c)).length === 2)
    const { conversations } = await exported(me.email)
    expect(conversations[0]?.events).toMatchObject([{ type: 'session.started' }, { text: deep }])
  })

  it('writes a new file with mode 600, and leaves none if nothing is stored', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'frontdesk-export-'))
    try {
      const me = someone()
      const c = await converse(started(me))
      const file = join(folder, 'jose.json')
      expect(await run(me.email, '--output', file)).toEqual({ code: 0, stdout: '', stderr: '' })
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ conversations: [{ conversation: c }] })
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      await writeFile(file, 'mine')
      expect(await run(me.email, '--output', file)).toMatchObject({ code: 1, stdout: '' })
      expect(await readFile(file, 'utf8')).toBe('mine')
      const none = join(folder, 'none.json')
      expect(await run('nobody@example.com', '--output', none)).toMatchObject(nothing)
      await expect(stat(none)).rejects.toThrow('ENOENT')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('explains what was not found, and its usage', async () => {
    const { code, stdout, stderr } = await run('nobody@example.com')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^frontdesk: nothing is stored of nobody@example\.com: .* erased is gone\n$/)
    for (const args of [[], [' '], ['a', 'b']]) expect(await run(...args)).toMatchObject({ code: 2 })
  })
})

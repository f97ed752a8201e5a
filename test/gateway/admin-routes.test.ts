import Fastify, { type FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { RoleConnection } from '../../engine/nats/connect.ts'
import { AuditLog } from '../../engine/nats/views/audit-log.ts'
import { ConfigurationStore } from '../../engine/nats/views/configuration-store.ts'
import { lineOf } from '../../schemas/problem.ts'
import type {
  BotPreviewAnswer,
  BotProblem,
  HoursAnswer,
  ImportAnswer,
  KeyAnswer,
  PreviewAnswer,
} from '../../schemas/protocol/admin.ts'
import { success } from '../../schemas/result.ts'
import { zoneDataVersion } from '../../schemas/time-zone.ts'
import { adminRoutes } from '../../workers/gateway/administration/admin-routes.ts'
import type { PeopleDeps } from '../../workers/gateway/administration/people-routes.ts'
import { errorHandler } from '../../workers/gateway/http/error-handler.ts'
import { Outage } from '../../workers/gateway/http/outage.ts'
import { refusal } from '../../workers/gateway/http/refusals.ts'
import { CustomerKeys } from '../../workers/gateway/identity/customer-keys.ts'
import { People } from '../../workers/gateway/identity/people/people.ts'
import type { Authentication } from '../../workers/gateway/identity/principal.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'

const administrator = success({
  role: 'administrator',
  id: 'boss',
  name: 'Boss',
  workspaces: 'all',
  expiresAt: Infinity,
} as const)
let world: TestWorld
let administration: RoleConnection
let keys: CustomerKeys
let people: PeopleDeps
let http: FastifyInstance
/** Lines that the routes have logged. */
const lines: Record<string, unknown>[] = []
const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })
let authentication: Authentication
/** Each test has documents of its own. */
let id: string
let count = 0

beforeAll(async () => {
  world = await startTestWorld()
  administration = await world.connect('administration')
  keys = await CustomerKeys.open(new Bucket(await world.connect('identity'), 'secrets'), world.log)
  people = {
    seen: new People(new Bucket(await world.connect('identity'), 'secrets')),
    signOut: async () => {},
    workspace: await world.connect('workspace'),
  }
  http = Fastify()
  http.setErrorHandler(errorHandler(new Outage('pages', log), log))
  await http.register(
    adminRoutes({
      configuration: new ConfigurationStore(administration),
      keys,
      audit: new AuditLog(administration),
      people,
      log,
      authenticate: async () => authentication,
    }),
  )
})

afterAll(async () => {
  await http?.close()
  keys?.stop()
  await world?.stop()
})

beforeEach(() => {
  authentication = administrator
  id = `d${++count}`
})

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

async function ask(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const payload = body === undefined ? {} : { payload: body as object }
  const answer = await http.inject({ method, url: `/v1/admin/${path}`, headers, ...payload })
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: answer.body === '' ? undefined : answer.json(),
  }
}

const asNew = { 'if-none-match': '*' }
const ifStill = (revision: number) => ({ 'if-match': `"${revision}"` })
const open = (of: string) => ({ id: of, timeZone: 'Europe/Paris', intervals: [{ start: 1980, end: 2460 }] })

/** Saves the test's channel, under its id. */
const save = (document: object, headers: Record<string, string>) =>
  ask('PUT', `configuration/channel/${id}`, document, headers)
const remove = (headers: Record<string, string>) =>
  ask('DELETE', `configuration/channel/${id}`, undefined, headers)

/** The routes of a configuration, in a gateway of the test's own. */
async function routesOf(configuration: ConfigurationStore): Promise<FastifyInstance> {
  const own = Fastify()
  own.setErrorHandler(errorHandler(new Outage('pages', log), log))
  await own.register(
    adminRoutes({
      configuration,
      keys,
      audit: new AuditLog(administration),
      people,
      log,
      authenticate: async () => administrator,
    }),
  )
  return own
}

async function put(kind: string, document: { id: string }): Promise<number> {
  const { status, body } = await ask('PUT', `configuration/${kind}/${document.id}`, document, asNew)
  expect(status).toBe(200)
  return body.revision
}

async function stored(kind: string, of: string) {
  const { body } = await ask('GET', 'configuration')
  return body.documents.find((one: { kind: string; id: string }) => one.kind === kind && one.id === of)
}

describe('the configuration', () => {
  it('is listed with its revisions', async () => {
    const revision = await put('channel', { id })
    await put('schedule', open(id))
    expect(await stored('channel', id)).toEqual({
      kind: 'channel',
      id,
      revision,
      document: { id },
      changedAt: expect.any(String),
      changedBy: 'Boss',
    })
    expect(await stored('schedule', id)).toMatchObject({ document: open(id) })
  })

  it('has the problems of documents that were stored by hand', async () => {
    await world.configure(`channel.${id}`, { id, name: 7 })
    expect(await stored('channel', id)).toMatchObject({
      document: { id, name: 7 },
      problems: [{ path: ['name'], code: expect.any(String), message: expect.any(String) }],
    })
  })

  it('has no secrets in it', async () => {
    const { secret } = await keys.create('Web shop')
    expect(JSON.stringify((await ask('GET', 'configuration')).body)).not.toContain(secret)
  })

  it('is changed if the edited revision is the stored one', async () => {
    const first = await put('channel', { id })
    const { status, body } = await save({ id, name: 'A' }, ifStill(first))
    expect(status).toBe(200)
    expect(body.revision).toBeGreaterThan(first)
    expect(await stored('channel', id)).toMatchObject({
      revision: body.revision,
      document: { id, name: 'A' },
    })
  })

  it('is not overwritten by an edit of an older revision', async () => {
    const first = await put('channel', { id })
    const theirs = await save({ id, name: 'Theirs' }, ifStill(first))
    const mine = await save({ id, name: 'Mine' }, ifStill(first))
    expect(mine).toMatchObject({
      status: 412,
      body: {
        code: 'changed_meanwhile',
        revision: theirs.body.revision,
        document: { id, name: 'Theirs' },
        changedBy: 'Boss',
        changedAt: (await stored('channel', id)).changedAt,
      },
    })
    expect(await stored('channel', id)).toMatchObject({ document: { name: 'Theirs' } })
  })

  it('accepts one of two concurrent saves', async () => {
    const first = await put('channel', { id })
    const names = Array.from({ length: 10 }, (_, n) => `Name ${n}`)
    const answers = await Promise.all(names.map((name) => save({ id, name }, ifStill(first))))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(9)
  })

  it('accepts the retry of a save whose answer was lost', async () => {
    const first = await put('channel', { id })
    const once = await save({ id, name: 'A' }, ifStill(first))
    const twice = await save({ id, name: 'A' }, ifStill(first))
    expect(twice).toMatchObject({ status: 200, body: { revision: once.body.revision } })
  })

  it('does not replace a stored document by a new one', async () => {
    await put('channel', { id })
    const { status, body } = await save({ id, name: 'B' }, asNew)
    expect({ status, document: body.document }).toEqual({ status: 412, document: { id } })
  })

  it('refuses a change of a deleted document', async () => {
    const revision = await put('channel', { id })
    await remove(ifStill(revision))
    const { status, body } = await save({ id, name: 'B' }, ifStill(revision))
    expect({ status, ...body }).toMatchObject({
      status: 412,
      revision: null,
      document: null,
      changedBy: 'Boss',
      changedAt: expect.any(String),
    })
    // It may be made anew.
    expect((await save({ id, name: 'B' }, asNew)).status).toBe(200)
  })

  it.each([
    ['without a revision', {}],
    ['with one that is none', { 'if-match': 'W/"7"' }],
    ['with any', { 'if-match': '*' }],
  ])('is not changed %s', async (_, headers) => {
    await put('channel', { id })
    const { status, body } = await save({ id }, headers)
    expect({ status, code: body.code }).toEqual({ status: 428, code: 'revision_needed' })
    const deleting = await remove(headers)
    expect(deleting.status).toBe(428)
  })

  it('refuses invalid documents, with the problem of each field', async () => {
    const document = {
      id,
      duringHours: {
        firstMessage: 'x'.repeat(4097),
        customerDetails: ['name', { id: 'topic', label: '', type: 'select' }],
      },
      timeouts: { unanswered: 'soon', idleCustomer: ['PT5M', 'PT4M'] },
    }
    const { status, body } = await save(document, asNew)
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'invalid' })
    expect(body.problems.map(({ path }: { path: unknown[] }) => path)).toEqual(
      expect.arrayContaining([
        ['duringHours', 'firstMessage'],
        ['duringHours', 'customerDetails', 1, 'label'],
        ['duringHours', 'customerDetails', 1, 'options'],
        ['timeouts', 'unanswered'],
        ['timeouts', 'idleCustomer'],
      ]),
    )
    expect(body.problems.every(({ message }: { message: string }) => message !== '')).toBe(true)
    expect(await stored('channel', id)).toBeUndefined()
  })

  it('refuses a document under another id, and an id that is not a token', async () => {
    const other = await save({ id: 'other' }, asNew)
    expect(other).toMatchObject({ status: 422, body: { problems: [{ path: ['id'] }] } })
    const dotted = await ask('PUT', 'configuration/channel/a.b', { id: 'a.b' }, asNew)
    expect(dotted).toMatchObject({ status: 422, body: { problems: [{ path: ['id'] }] } })
  })

  it('refuses unknown fields', async () => {
    const { status, body } = await save({ id, colour: 'red' }, asNew)
    expect(status).toBe(422)
    expect(body.problems).toMatchObject([{ path: ['colour'], code: 'unknown_field' }])
    expect(await stored('channel', id)).toBeUndefined()
  })

  it('names the channels that use a deleted document', async () => {
    const revision = await put('schedule', open(id))
    await put('channel', { id: `${id}-a`, schedule: id } as { id: string })
    await put('channel', { id: `${id}-b`, schedule: 'another' } as { id: string })
    const { status, body } = await ask('DELETE', `configuration/schedule/${id}`, undefined, ifStill(revision))
    expect({ status, body }).toEqual({ status: 200, body: { users: [`${id}-a`] } })
    expect(await stored('schedule', id)).toBeUndefined()
  })

  it('is not deleted by its older revision', async () => {
    const first = await put('channel', { id })
    await save({ id, name: 'New' }, ifStill(first))
    const { status, body } = await remove(ifStill(first))
    expect({ status, document: body.document }).toEqual({ status: 412, document: { id, name: 'New' } })
    expect(await stored('channel', id)).toBeDefined()
  })

  it('is not deleted by a wildcard', async () => {
    const revision = await put('channel', { id })
    const { status } = await ask('DELETE', 'configuration/channel/*', undefined, ifStill(revision))
    expect(status).toBe(404)
    expect(await stored('channel', id)).toBeDefined()
  })

  it.each([
    ['DELETE', 'configuration/channel/nobody'],
    ['DELETE', 'configuration/frog/x'],
    ['PUT', 'configuration/frog/x'],
    ['GET', 'nowhere'],
    ['DELETE', 'keys/nobody'],
  ] as const)('%s %s finds nothing', async (method, path) => {
    const { status, body } = await ask(method, path, undefined, ifStill(1))
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' })
  })
})

describe('a request', () => {
  it.each(['configuration', 'changes', 'keys', 'nowhere'])('%s is refused without the role', async (path) => {
    for (const [code, status] of [
      ['sign_in_needed', 401],
      ['not_allowed', 403],
    ] as const) {
      authentication = refusal(code, 'not you')
      expect(await ask('GET', path)).toMatchObject({ status, body: { code, message: 'not you' } })
    }
  })

  it('changes nothing without the role of an administrator', async () => {
    authentication = refusal('sign_in_needed')
    expect((await save({ id }, asNew)).status).toBe(401)
    expect((await ask('POST', 'keys', { name: 'Mine' })).status).toBe(401)
    authentication = administrator
    expect(await stored('channel', id)).toBeUndefined()
    expect(JSON.stringify((await ask('GET', 'keys')).body)).not.toContain('Mine')
  })

  it('has the earlier versions of a document, with who changed it; the document has nothing of that', async () => {
    const first = await put('bot', { id, machine: 'mine' } as never)
    const path = `configuration/bot/${id}`
    await ask('DELETE', path, undefined, ifStill(first))
    // As a tool of NATS writes it.
    await world.configure(`bot.${id}`, { id, machine: 'by-hand' })
    const { status, body } = await ask('GET', `${path}/revisions`)
    expect(status).toBe(200)
    const at = { revision: expect.any(Number), changedAt: expect.any(String) }
    expect(body.revisions).toEqual([
      {
        ...at,
        document: { id, machine: 'by-hand' },
        bot: { kind: 'machine', text: `id: ${id}\nmachine: by-hand\n` },
      },
      { ...at, changedBy: 'Boss', document: null },
      {
        ...at,
        changedBy: 'Boss',
        document: { id, machine: 'mine' },
        bot: { kind: 'machine', text: `id: ${id}\nmachine: mine\n` },
      },
    ])
    const none = await ask('GET', `configuration/bot/${id}-none/revisions`)
    expect(none.body).toEqual({ revisions: [] })
    expect((await ask('GET', 'configuration/bot/*/revisions')).status).toBe(404)
    expect((await ask('GET', `configuration/robot/${id}/revisions`)).status).toBe(404)
  })

  it('has room for the largest document, and for the name of who changes it', async () => {
    const largest = { id, answers: [{ id: 'a', steps: [] as object[] }] }
    const { steps } = largest.answers[0] as { steps: object[] }
    const bytes = () => JSON.stringify(largest).length
    for (let n = 0; n < 15; n++) steps.push({ type: 'message', text: 'x'.repeat(4000) })
    steps.push({ type: 'message', text: '' }, { type: 'transfer', duringHours: 'x' })
    Object.assign(steps[15] as object, { text: 'x'.repeat(1000) })
    Object.assign(steps[16] as object, { duringHours: 'x'.repeat(1 + 64 * 1024 - bytes()) })
    expect(bytes()).toBe(64 * 1024)
    await put('bot', largest)
  })

  it('is limited to 64 KiB, an import to 1 MiB', async () => {
    const large = { id, name: 'x'.repeat(64 * 1024) }
    const put = await save(large, asNew)
    expect(put).toMatchObject({ status: 413, body: { code: 'too_large' } })
    const name = 'x'.repeat(100 * 1024)
    expect((await ask('POST', 'import/zendesk-schedules', { schedules: [], name })).status).toBe(200)
    const larger = { schedules: [], name: 'x'.repeat(1024 * 1024) }
    expect((await ask('POST', 'import/zendesk-schedules', larger)).status).toBe(413)
  })

  it('must be JSON', async () => {
    const json = { 'content-type': 'application/json' }
    expect(await ask('POST', 'hours', '{"schedule":', json)).toMatchObject({
      status: 400,
      body: { code: 'not_json' },
    })
    expect(await ask('POST', 'hours', 'x', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      body: { code: 'not_json' },
    })
  })

  it('gets an answer that is not cached', async () => {
    expect((await ask('GET', 'configuration')).headers['cache-control']).toBe('no-store')
  })
})

describe('changes', () => {
  it('are sent as they are made, until the gateway stops', async () => {
    const gateway = await routesOf(new ConfigurationStore(administration))
    await gateway.listen({ host: '127.0.0.1', port: 0 })
    const { port } = gateway.server.address() as { port: number }
    const response = await fetch(`http://127.0.0.1:${port}/v1/admin/changes`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    let heard = ''
    const reading = (async () => {
      for await (const chunk of response.body as AsyncIterable<Uint8Array>)
        heard += Buffer.from(chunk).toString()
    })()
    await until(() => heard.includes('from here on'))

    const revision = await put('channel', { id })
    await until(() => heard.includes(`data: {"kind":"channel","id":"${id}"}\n\n`))
    heard = ''
    await remove(ifStill(revision))
    await until(() => heard.includes(`data: {"kind":"channel","id":"${id}"}\n\n`))

    await gateway.close()
    await reading
  })
})

describe('hours', () => {
  const hours = async (at: string, schedule: object = open('paris')) => ask('POST', 'hours', { schedule, at })

  it('are decided by the engine’s code', async () => {
    const monday = '2026-06-08T06:59:59.999Z'
    expect((await hours(monday)).body).toEqual({
      at: monday,
      open: false,
      nextOpen: '2026-06-08T07:00:00.000Z',
      nextClose: monday,
      offsets: { at: 120, next: 120 },
      zoneData: { version: zoneDataVersion, isOld: expect.any(Boolean) as boolean },
    } satisfies HoursAnswer)
    expect((await hours('2026-06-08T07:00:00.000Z')).body).toMatchObject({
      open: true,
      nextClose: '2026-06-08T15:00:00.000Z',
    })
  })

  it('are null if a schedule never opens or closes', async () => {
    const never = { id: 'never', timeZone: 'UTC', intervals: [] }
    expect((await hours('2026-06-08T07:00:00.000Z', never)).body).toMatchObject({
      open: false,
      nextOpen: null,
    })
  })

  it('without a time are those of now', async () => {
    const { body } = await ask('POST', 'hours', { schedule: open('paris') })
    expect(Math.abs(Date.parse(body.at) - Date.now())).toBeLessThan(60_000)
  })

  it('of an invalid schedule are refused', async () => {
    const { status, body } = await hours('2026-06-08T07:00:00.000Z', {
      ...open('x'),
      timeZone: 'Mars/Olympus',
    })
    expect({ status, path: body.problems[0].path }).toEqual({ status: 422, path: ['schedule', 'timeZone'] })
    expect((await hours('tomorrow')).body.problems[0].path).toEqual(['at'])
  })
})

describe('a preview', () => {
  const previewOf = async (channel: object, locale?: string): Promise<PreviewAnswer> => {
    const { status, body } = await ask('POST', 'preview', { channel, locale })
    expect(status).toBe(200)
    return body
  }

  it('has the engine’s texts, with the schedule’s next opening', async () => {
    await put('schedule', open(id))
    const { during, outside } = await previewOf({
      id: 'web',
      schedule: id,
      duringHours: {
        firstMessage: 'Hi!',
        customerDetails: ['name'],
        followUpMessage: 'Thanks {{customer.name}}!',
      },
      outsideHours: { firstMessage: 'Closed until {{nextOpen}}.', customerDetails: ['email'] },
    })
    expect(during).toMatchObject({ firstMessage: 'Hi!', followUpMessage: 'Thanks Camille!' })
    expect(during.asks.map((field) => field.id)).toEqual(['name'])
    // Open on Mondays from 9 to 17: whenever one asks, it opens next on a Monday.
    expect(outside.firstMessage).toMatch(
      /^Closed until Monday, \w+ \d+ at 9:00 AM \(Central European Time\)\.$/,
    )
    expect(outside.followUpMessage).toBe('Thanks, an agent will get back to you when we’re open.')
    expect(during.records.map(({ status }) => status?.state)).toEqual([
      'greeting',
      'collectingDetails',
      'queued',
    ])
    expect(JSON.stringify(during.records)).not.toContain('"state":{')
  })

  it('has the default texts with placeholders, in the language of the question', async () => {
    const { defaults, during } = await previewOf({ id: 'web' }, 'fr')
    expect(during.firstMessage).toBe('Bonjour\u00a0! Comment pouvons-nous vous aider\u00a0?')
    expect(defaults.during.followUpMessage).toBe(
      'Merci {{customer.name}}, un agent va vous répondre dans un instant.',
    )
    expect(defaults.outside.firstMessage).toContain('{{nextOpen}}')
    expect(defaults.workspace).toBe('main')
    expect(defaults.timeouts.idleCustomer).toEqual(['PT5M', 'PT10M', 'PT11M'])
  })

  it('asks for choices, and for fields with the names of object members', async () => {
    const customerDetails = [
      { id: 'topic', label: 'Topic', type: 'select', options: [' A ', 'B'] },
      { id: 'constructor', label: 'Constructor', type: 'text' },
    ]
    const { during } = await previewOf({ id: 'web', duringHours: { customerDetails } })
    expect(during.asks.map((field) => field.id)).toEqual(['topic', 'constructor'])
    expect(during.records.at(-1)?.status?.state).toBe('queued')
  })

  it('works with a missing schedule, and with one that never closes', async () => {
    expect((await previewOf({ id: 'web', schedule: 'nowhere' })).outside.firstMessage).toContain(
      'further notice',
    )
    await put('schedule', { id, timeZone: 'UTC', intervals: [{ start: 0, end: 10_080 }] } as { id: string })
    expect((await previewOf({ id: 'web', schedule: id })).outside.firstMessage).toContain('closed until')
  })

  it('of an invalid channel is refused', async () => {
    const { status, body } = await ask('POST', 'preview', { channel: { id: 'a b' } })
    expect({ status, path: body.problems[0].path }).toEqual({ status: 422, path: ['channel', 'id'] })
  })

  it('stores nothing', async () => {
    const before = (await ask('GET', 'configuration')).body
    await previewOf({ id: 'preview-only' })
    expect((await ask('GET', 'configuration')).body).toEqual(before)
  })
})

/** A bot of which everything can be tried. */
const orders = `id: orders
# Said first.
greeting: Hi! I’m a bot.
answers:
  - id: welcome
    steps:
      - type: options
        name: topic
        text: What is it about?
        options:
          - { label: My order, goTo: order }
          - { label: A person, goTo: person }
  - id: order
    steps:
      - type: details
        fields: [email, { id: number, label: Number, type: text }]
      - type: api
        name: find
        url: https://api.acme.example/orders/{{details.number}}
        save: { status: status }
        success: found
        failure: person
  - id: found
    steps:
      - { type: end, text: 'It is {{variables.status}}.' }
  - id: person
    steps:
      - { type: hours, schedule: paris, open: now, closed: later }
  - id: now
    steps: [{ type: transfer, duringHours: We are here. }]
  - id: later
    steps: [{ type: transfer, outsideHours: 'Back at {{nextOpen}}.' }]
`

it('logs who has changed what, without what is in it', async () => {
  const revision = await put('channel', { id })
  await remove(ifStill(revision))
  const { body: key } = await ask('POST', 'keys', { name: 'Web shop' })
  await ask('DELETE', `keys/${key.kid}`)
  // Neither a refused change nor a second removal is one.
  await save({ id, name: 7 }, asNew)
  await ask('DELETE', `keys/${key.kid}`)
  const own = lines.filter((line) => line.id === id || line.id === key.kid)
  const administrator = 'boss'
  expect(own).toMatchObject([
    { administrator, msg: 'saves a document', kind: 'channel', revision: 0 },
    { administrator, msg: 'deletes a document', kind: 'channel', revision },
    { administrator, msg: 'makes a key for logins' },
    { administrator, msg: 'revokes a key for logins' },
  ])
  expect(JSON.stringify(lines)).not.toContain(key.secret)
})

describe('a bot', () => {
  const check = async (text: string, of?: string) => {
    const { status, body } = await ask('POST', 'check-bot', { text, id: of })
    expect(status).toBe(200)
    return body
  }
  const problemsOf = async (text: string, of?: string) => {
    const { problems } = await check(text, of)
    return (problems ?? []).map((problem: BotProblem) => [problem.line, lineOf({ ...problem, path: [] })])
  }

  it('is drawn from its text; the steps of another kind are elsewhere', async () => {
    const { status, body } = await ask('POST', 'draw-bot', { text: orders })
    expect(status).toBe(200)
    expect(body.kind).toBe('flow')
    const external = await ask('POST', 'draw-bot', { text: '{id: a, external: {}}' })
    expect(external.body).toEqual({ kind: 'external', drawing: null })
    const own = await ask('POST', 'draw-bot', { text: '{id: a, machine: survey}' })
    expect(own.body).toEqual({ kind: 'machine', drawing: null })
    expect((await ask('POST', 'draw-bot', { text: '{id: a, answers: []}' })).status).toBe(422)
  })

  it('is read from its text with comments', async () => {
    const { document } = await check(orders, 'orders')
    expect(document).toMatchObject({ id: 'orders', greeting: 'Hi! I’m a bot.' })
    expect(document.answers.map((answer: { id: string }) => answer.id)).toEqual([
      'welcome',
      'order',
      'found',
      'person',
      'now',
      'later',
    ])
    // JSON is YAML, too.
    expect(await check(JSON.stringify(document))).toMatchObject({ document })
  })

  it('has the lines of its answers and steps, also where it has problems', async () => {
    const places = [
      { answer: 'welcome', line: 5 },
      { answer: 'welcome', step: { name: 'topic', type: 'options' }, line: 7 },
      { answer: 'order', line: 13 },
      { answer: 'order', step: { type: 'details' }, line: 15 },
    ]
    expect((await check(orders)).places).toHaveLength(13)
    expect((await check(orders)).places.slice(0, 4)).toEqual(places)
    const broken = await check(orders.replace('goTo: order }', 'goTo: nowhere }'))
    expect(broken.problems).not.toHaveLength(0)
    expect(broken.places.slice(0, 4)).toEqual(places)
    for (const odd of ['answers: 7', 'answers: [7, {steps: 7}, {steps: [7]}]', '[', '']) await check(odd)
  })

  it('has problems with their lines and the author’s names', async () => {
    const broken = orders
      .replace('goTo: order }', 'goTo: nowhere }')
      .replace('        name: find\n', '        nmae: find\n')
    expect(await problemsOf(broken)).toEqual([[18, 'answer "order", step "2-api": Unrecognized key: "nmae"']])
    const { problems } = await check(orders.replace('goTo: order }', 'goTo: nowhere }'))
    expect(problems[0]).toEqual({
      line: 11,
      column: 32,
      path: ['answers', 0, 'steps', 0, 'options', 0, 'goTo'],
      code: 'unknown_answer',
      params: { answer: 'nowhere' },
      message: 'there is no answer "nowhere" to go to',
      answer: 'welcome',
      step: 'topic',
    })
  })

  it('has the lines of nested and of missing fields', async () => {
    expect(await problemsOf(orders.replace('label: A person', 'label: ""'))).toEqual([
      [12, 'answer "welcome", step "topic": must not be empty'],
    ])
    expect(await problemsOf(orders.replace(', goTo: person }', ' }'))).toEqual([
      [12, 'answer "welcome", step "topic": is missing'],
    ])
  })

  it.each([
    ['a line that is out', 'id: a\nanswers:\n  - id: w\n   steps: []\n', 4],
    ['a field twice', 'id: a\nid: b\n', 2],
    ['a field of a step twice', 'id: a\nanswers:\n  - steps: [{ type: end,\n    type: end }]\n', 4],
    ['a tab', 'id: a\n\tname: b\n', 2],
    ['what is not closed', 'id: a\nname: [b\n', 3],
    ['an alias of nothing', 'id: *b\n', 1],
    ['an alias of itself', 'id: &a [*a]\n', 1],
    ['what is nested without end', '['.repeat(20_000), 1],
    ['two documents', 'id: a\n---\nid: b\n', 2],
  ])('has the line of invalid YAML: %s', async (_, text, line) => {
    const [first] = await problemsOf(text, 'a')
    expect(first[0]).toBe(line)
  })

  it.each([
    [
      'what is nested without end',
      '['.repeat(20_000),
      'is not valid YAML: it is nested deeper than 64 levels',
    ],
    ['lists in lists', '- '.repeat(2_000), 'is not valid YAML: it is nested deeper than 64 levels'],
    [
      'keys that are lists',
      `${'? - '.repeat(180)}x`,
      'is not valid YAML: it is nested deeper than 64 levels',
    ],
    ['a key that is a list', '? - x\n', 'is not valid YAML: the name of a field must be a plain text'],
    [
      'two documents',
      'id: a\n---\nid: b\n',
      'is not valid YAML: a bot is one document: nothing may follow ---',
    ],
    [
      'aliases of aliases',
      `a: &a [x]\n${'bcdefg'.replace(/./g, (b) => `${b}: &${b} [${`*${String.fromCharCode(b.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
      'is not valid YAML: it repeats too much by aliases',
    ],
  ])('has a message for invalid YAML: %s', async (_, text, message) => {
    expect((await problemsOf(text, 'a')).map(([, said]: [number, string]) => said)).toEqual([message])
  })

  it.each(['', 'hello', '7', '- id: a', 'null'])('cannot be read from %j', async (text) => {
    expect((await problemsOf(text)).length).toBeGreaterThan(0)
  })

  it('must have the id that it is saved under', async () => {
    expect(await problemsOf(orders, 'other')).toEqual([[1, 'must be other, as in the address']])
  })

  it('is listed with its text, and with its problems if it was stored by hand', async () => {
    const { document } = await check(orders.replace('id: orders', `id: ${id}`))
    const revision = await put('bot', document)
    const listed = await stored('bot', id)
    expect(listed).toMatchObject({ revision, document, bot: { kind: 'flow' } })
    expect(await check(listed.bot.text, id)).toMatchObject({ document })
    await world.configure(`bot.${id}-odd`, { id: `${id}-odd`, answers: 7 })
    expect(await stored('bot', `${id}-odd`)).toMatchObject({
      bot: { kind: 'flow', text: `id: ${id}-odd\nanswers: 7\n` },
      problems: [{ path: ['answers'] }],
    })
    const deep = `{"answers":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
    await world.configure(`bot.${id}-deep`, deep)
    expect(await stored('bot', `${id}-deep`)).toMatchObject({
      document: deep,
      problems: [{ path: [], code: 'wrong_type', params: { expected: 'object' } }],
    })
    await put('bot', { id: `${id}-out`, external: {} } as never)
    expect(await stored('bot', `${id}-out`)).toMatchObject({
      document: { external: { silence: 'PT30S' } },
      bot: { kind: 'external' },
    })
  })

  it('that was saved by somebody else is answered with its text', async () => {
    const first = await put('bot', { id, machine: 'mine' } as never)
    const path = `configuration/bot/${id}`
    await ask('PUT', path, { id, machine: 'theirs' }, ifStill(first))
    const mine = await ask('PUT', path, { id, machine: 'other' }, ifStill(first))
    expect(mine).toMatchObject({
      status: 412,
      body: { bot: { kind: 'machine', text: `id: ${id}\nmachine: theirs\n` } },
    })
  })

  it('names its channels when it is deleted', async () => {
    const revision = await put('bot', { id, machine: 'mine' } as never)
    await put('channel', { id: `${id}-web`, bot: id } as never)
    const { body } = await ask('DELETE', `configuration/bot/${id}`, undefined, ifStill(revision))
    expect(body).toEqual({ users: [`${id}-web`] })
  })
})

describe('a preview of a bot', () => {
  const play = async (events: object[], more: object = {}): Promise<BotPreviewAnswer> => {
    const numbered = events.map((event, n) => ({ ...event, clientId: `c${n}` }))
    const { status, body } = await ask('POST', 'preview-bot', { text: orders, events: numbered, ...more })
    expect(status).toBe(200)
    return body
  }
  const said = ({ frames }: BotPreviewAnswer) =>
    frames.flatMap((frame) => (frame.type === 'record' ? (frame.messages ?? []) : [])).map(({ text }) => text)
  const choose = (option: string) => ({ type: 'option', option })
  const fill = (email: string) => ({ type: 'details', details: { email, number: '4 7' } })

  it('begins as a customer would see it', async () => {
    const answer = await play([])
    expect(said(answer)).toEqual(['Hi! I’m a bot.', 'What is it about?'])
    expect(answer).toMatchObject({
      kind: 'flow',
      calls: [],
      frames: [{ sequence: 1, status: { state: 'bot' } }],
    })
    expect(JSON.stringify(answer)).not.toContain('snapshot')
  })

  it('continues with the customer’s events, and makes no call', async () => {
    const answer = await play([choose('My order'), fill('a@example.com')])
    expect(answer.calls).toEqual([
      {
        call: 1,
        step: 'find',
        method: 'GET',
        url: 'https://api.acme.example/orders/4%207',
        ok: true,
        after: 2,
      },
    ])
    expect(said(answer).at(-1)).toBe('It is ‹status›.')
    expect(answer.frames.at(-1)).toMatchObject({ status: { state: 'ended', reason: 'bot' } })
    expect(answer.frames.map((frame) => frame.type === 'record' && frame.clientId)).toContain('c1')
  })

  it('lets chosen calls fail', async () => {
    const answer = await play([choose('My order'), fill('a@example.com')], { failing: [1] })
    expect(answer.calls).toMatchObject([{ call: 1, ok: false }])
    expect(said(answer).at(-1)).toBe('We are here.')
    expect(answer.frames.at(-1)).toMatchObject({ status: { state: 'queued' } })
  })

  it('continues with the response if the bot fails', async () => {
    const text = JSON.stringify({
      id,
      answers: [
        {
          id: 'all',
          steps: [
            { type: 'set', variable: 'much', value: 'x'.repeat(280) },
            ...Array.from({ length: 150 }, () => ({
              type: 'message',
              text: '{{variables.much}}'.repeat(20),
            })),
            { type: 'end' },
          ],
        },
      ],
    })
    const answer = await play([{ type: 'message', text: 'Hello' }], { text })
    expect(said(answer)).toEqual(['Hi! How can we help?', 'Hello', expect.stringMatching(/agent/)])
    expect(answer.frames.at(-1)).toMatchObject({ status: { state: 'queued' } })
  })

  it('refuses what the engine refuses, and continues', async () => {
    const answer = await play([choose('My order'), fill('josé@example.com'), { type: 'message', text: 'Hm' }])
    expect(answer.frames[2]).toMatchObject({
      type: 'rejected',
      clientId: 'c1',
      code: 'details_invalid',
      fields: { email: 'email_accented' },
    })
    expect(said(answer).at(-1)).toBe('Hm')
  })

  it('is open or closed as requested, with the channel’s next opening', async () => {
    await put('schedule', open(id))
    const closed = await play([choose('A person')], {
      hours: 'outside',
      channel: { id: 'web', schedule: id },
    })
    expect(said(closed).at(-1)).toMatch(/^Back at Monday, \w+ \d+ at 9:00 AM \(Central European Time\)\.$/)
    expect(said(await play([choose('A person')], { hours: 'outside' })).at(-1)).toBe(
      'Back at further notice.',
    )
  })

  it('falls back to the channel’s response when the bot does', async () => {
    const text = `${orders.slice(0, orders.indexOf('  - id: found'))}  - id: found
    steps: [{ type: link, goTo: loop }]
  - id: loop
    steps:
      - type: branch
        cases: [{ when: [{ value: locale, is: xx }], goTo: person }]
        otherwise: found
  - id: person
    steps: [{ type: end }]
`
    const duringHours = { customerDetails: ['name'] }
    const answer = await play([choose('My order'), fill('a@example.com')], {
      text,
      channel: { id: 'web', duringHours },
    })
    expect(answer.frames.at(-1)).toMatchObject({ status: { state: 'collectingDetails' } })
  })

  it('is empty for an external bot', async () => {
    expect(await play([], { text: 'id: a\nexternal: {}' })).toEqual({
      kind: 'external',
      frames: [],
      calls: [],
    })
    expect(await play([], { text: 'id: a\nmachine: mine' })).toMatchObject({ kind: 'machine', frames: [] })
  })

  it('of an invalid bot, or of more than 50 events, is refused', async () => {
    expect(await ask('POST', 'preview-bot', { text: 'id: a', events: [] })).toMatchObject({
      status: 422,
      body: { problems: [{ path: ['text', 'answers'] }] },
    })
    const events = Array.from({ length: 51 }, (_, n) => ({ type: 'message', text: 'x', clientId: `c${n}` }))
    expect((await ask('POST', 'preview-bot', { text: orders, events })).status).toBe(422)
    const many = events.slice(1).map((event) => ({ ...event, text: '…'.repeat(4096) }))
    expect((await ask('POST', 'preview-bot', { text: orders, events: many })).status).toBe(200)
  })
})

describe('an import', () => {
  it('shows the schedules that it would make, with warnings, and stores nothing', async () => {
    const interval = { start_time: 1980, end_time: 3900 }
    const response = {
      schedules: [{ id: 1, name: 'Zendesk hours', time_zone: 'Paris', intervals: [interval] }],
    }
    const { status, body } = await ask('POST', 'import/zendesk-schedules', response)
    const { schedules, warnings } = body as ImportAnswer
    expect(status).toBe(200)
    expect(schedules).toMatchObject([{ id: 'zendesk-hours', timeZone: 'Europe/Paris' }])
    expect(warnings[0]).toMatchObject({ name: 'Zendesk hours', problems: [{ code: 'spans_days' }] })
    expect(await stored('schedule', 'zendesk-hours')).toBeUndefined()
  })

  it('of another response is refused', async () => {
    const { status, body } = await ask('POST', 'import/zendesk-schedules', { tickets: [] })
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'invalid' })
    expect(body.problems[0].message).toContain('not a Zendesk Schedules API response')
  })
})

describe('keys', () => {
  it('are created with a secret that is shown once, listed without it, and revoked', async () => {
    const made = await ask('POST', 'keys', { name: 'Web shop' })
    expect(made.status).toBe(201)
    const { kid, secret } = made.body as KeyAnswer & { secret: string }
    const listed = (await ask('GET', 'keys')).body
    expect(listed.keys).toContainEqual({ kid, name: 'Web shop', createdAt: made.body.createdAt })
    expect(JSON.stringify(listed)).not.toContain(secret)
    expect((await ask('DELETE', `keys/${kid}`)).status).toBe(204)
    expect((await ask('DELETE', `keys/${kid}`)).status).toBe(404)
    expect(JSON.stringify((await ask('GET', 'keys')).body)).not.toContain(kid)
  })

  it.each([{}, { name: '' }, { name: '   ' }, { name: 7 }, { name: 'x'.repeat(256) }])(
    'cannot be created with %j',
    async (body) => {
      const answer = await ask('POST', 'keys', body)
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid', problems: [{ path: ['name'] }] } })
    },
  )

  it('are 100 at most', async () => {
    const { keys: before } = (await ask('GET', 'keys')).body
    for (let n = before.length; n < 100; n++) await keys.create(`Key ${n}`)
    expect(await ask('POST', 'keys', { name: 'One more' })).toMatchObject({
      status: 409,
      body: { code: 'too_many_keys' },
    })
  })
})

describe('without NATS', () => {
  it('routes that need it are unavailable', async () => {
    const own = await world.connect('administration')
    const gone = await routesOf(new ConfigurationStore(own))
    await own.close()
    const answer = await gone.inject({ url: '/v1/admin/configuration' })
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({
      status: 503,
      code: 'unavailable',
    })
    await gone.close()
  })

  it.skipIf(serverIsShared)('a gateway stops despite a request to follow the changes', async () => {
    const own = await world.connect('administration')
    const configuration = new ConfigurationStore(own)
    const watching = vi.spyOn(configuration, 'watch')
    const gone = await routesOf(configuration)
    await gone.listen({ host: '127.0.0.1', port: 0 })
    await world.server.kill()
    const { port } = gone.server.address() as { port: number }
    const reading = fetch(`http://127.0.0.1:${port}/v1/admin/changes`).then((response) => response.text())
    await until(() => watching.mock.calls.length > 0)
    await gone.close()
    expect(await reading).toBe('')
    await own.close()
    await world.server.restart()
  })
})

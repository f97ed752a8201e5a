import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { StatelyActorEvent, StatelyEventEvent, StatelyInspectionEvent } from '@statelyai/inspect'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  beginningOf,
  conversationParts,
  customerText,
  type Definition,
  defineConversation,
} from '../../../engine/machines/define-conversation.ts'
import { connectNats } from '../../../engine/nats/connect.ts'
import { startEngine } from '../../../engine/nats/engine/start-engine.ts'
import { subjects } from '../../../engine/nats/topology.ts'
import type { Gateway } from '../../../workers/gateway/gateway.ts'
import { signInLink } from '../../../workers/gateway/identity/one-time-codes.ts'
import { startTestWorld, type TestWorld, until } from '../../engine/test-world.ts'
import { startTestGateway } from '../../gateway/test-gateway.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'

const app = useFrontdesk()

const partitions = 4
const { setup, root, agentStates } = conversationParts()

function version(number: number, migrations?: Definition['migrations']): Definition {
  const says = { type: 'say', params: ({ event }: { event: never }) => customerText(event) }
  const machine = setup.createMachine({
    ...root,
    entry: [],
    id: 'own',
    context: beginningOf,
    initial: `talking${number}`,
    states: { [`talking${number}`]: { on: { 'session.message': { actions: says } } }, ...agentStates },
  } as never)
  return defineConversation({ id: 'own', version: number, machine, ...(migrations && { migrations }) })
}
const later = version(2, { 1: ({ context }) => ({ value: 'talking2', context }) })

/** The page of the test's own, on another origin than the gateway: what Stately's is, as far as a receiver goes. */
const html = (body: string) => `<!doctype html><title>receiver</title><body>${body}`

let world: TestWorld
let gateway: Gateway
let stopEngine: () => Promise<void>
let served: Server
let receiverUrl: string
let script: string
let cookie: string
/** The conversation and a page of the test. */
let c: string
let first: Page

beforeAll(async () => {
  const built = await build({
    entryPoints: [fileURLToPath(new URL('../pages/stately-receiver.ts', import.meta.url))],
    bundle: true,
    write: false,
    logLevel: 'silent',
    tsconfigRaw: '{}',
  })
  script = built.outputFiles[0]?.text as string
  served = createServer((request, response) => {
    const [type, body] =
      request.url === '/receiver.js'
        ? ['text/javascript', script]
        : ['text/html', html('<script src="/receiver.js"></script>')]
    response.setHeader('content-type', type).end(body)
  })
  await new Promise<void>((resolve) => served.listen(0, '127.0.0.1', resolve))
  receiverUrl = `http://127.0.0.1:${(served.address() as AddressInfo).port}/`

  world = await startTestWorld(partitions)
  await world.configure('bot.helper', {
    id: 'helper',
    greeting: 'Hi!',
    answers: [
      {
        id: 'welcome',
        steps: [
          {
            type: 'options',
            name: 'topic',
            text: 'What?',
            options: [{ label: 'A person', goTo: 'person' }],
          },
        ],
      },
      { id: 'person', steps: [{ type: 'transfer' }] },
    ],
  })
  await world.configure('channel.helped', { id: 'helped', bot: 'helper' })
  await world.configure('bot.own', { id: 'own', machine: 'own' })
  await world.configure('channel.own', { id: 'own', bot: 'own' })
  stopEngine = await startOwnEngine(version(1))
  gateway = await startTestGateway(world, {}, [later])
  const code = await gateway.identity.createCode(
    { role: 'engineer', id: 'eve', name: 'Eve', workspaces: 'all' },
    60,
  )
  const signedIn = await post('/v1/sign-in', { code })
  cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] as string
})
afterAll(async () => {
  await gateway?.stop()
  await stopEngine?.()
  await world?.stop()
  served?.close()
})
beforeEach(async () => {
  c = app.id
  first = await app.newPage({ allowed: /https:\/\/stately\.ai/ })
  await serveStately(first)
})

/** Stately's own page is elsewhere: this one has its receiver. */
async function serveStately(page: Page, body = `<script>${script}; listen()</script>`): Promise<void> {
  await page
    .context()
    .route('https://stately.ai/**', (route) => route.fulfill({ contentType: 'text/html', body: html(body) }))
}

async function startOwnEngine(definition: Definition): Promise<() => Promise<void>> {
  const nats = await connectNats(world.server.url, 'own')
  const options = { partitions, strictChannels: false, definitions: [definition] }
  const engine = await startEngine(nats, world.log, options)
  await until(() => engine.held().length === partitions)
  return () => engine.stop().then(() => nats.close())
}

function post(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', origin: gateway.url, cookie: cookie ?? '' }
  return fetch(`${gateway.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function ticketFor(conversation: string): Promise<string> {
  const answer = await post('/v1/inspector/tickets', { conversation, reveal: true })
  return ((await answer.json()) as { ticket: string }).ticket
}

/** The stock receiver, in a page of another origin than the gateway's. */
async function receiver(): Promise<Page> {
  await first.goto(receiverUrl)
  return first
}

async function attach(page: Page, query = ''): Promise<number> {
  const socket = `${gateway.url.replace('http', 'ws')}/v1/inspector/conversations/${c}/stately`
  const url = `${socket}?ticket=${await ticketFor(c)}&reveal=1${query}`
  return await page.evaluate((url) => (window as never as { attach(url: string): number }).attach(url), url)
}

const receivedBy = (page: Page, which = 0) =>
  page.evaluate(
    (which) => (window as never as { received: StatelyInspectionEvent[][] }).received[which] ?? [],
    which,
  )

const isActor = (one: StatelyInspectionEvent): one is StatelyActorEvent => one.type === '@xstate.actor'

/** Of a conversation in which every event has its record: each of them once, in order, each with what it left. */
async function expectAll(page: Page, which = 0): Promise<StatelyInspectionEvent[]> {
  const events = await world.stored('events', subjects.eventsOf(c))
  await until(async () => (await world.records(c)).length === events.length)
  const records = await world.records(c)
  const last = String(events.at(-1)?.seq)
  await until(async () => (await receivedBy(page, which)).some(({ id }) => id === `${last}.snapshot`))
  const received = await receivedBy(page, which)
  const steps = received.filter((one) => !isActor(one))
  expect(steps.map(({ id }) => id)).toEqual(events.flatMap(({ seq }) => [`${seq}.event`, `${seq}.snapshot`]))
  expect(steps.map(({ createdAt }) => Number(createdAt))).toEqual(
    records.flatMap(({ at }) => [Date.parse(at), Date.parse(at)]),
  )
  const told = steps.flatMap((one) => (one.type === '@xstate.snapshot' ? [one.snapshot] : []))
  expect(told).toEqual(records.map(({ state }) => ({ status: 'active', ...state.snapshot })))
  const sent = steps.flatMap((one) => (one.type === '@xstate.event' ? [one] : []))
  expect(sent.map(({ event }) => event.type)).toEqual(records.map(({ event }) => event.type))
  return received
}

const started = ['session.started', { channel: 'web', locale: 'en' }] as const

async function happen(...events: (readonly [type: string, payload: unknown])[]): Promise<void> {
  for (const [type, payload] of events) await world.publish(c, type, payload)
}

/** Both sides in turn, so that the states change. */
function talk(from: number, length: number) {
  return Array.from({ length }, (_, n) =>
    n % 2 === 0
      ? (['session.message', { text: `question ${from + n}` }] as const)
      : (['agent.message', { agent: { id: 'ann' }, text: `answer ${from + n}` }] as const),
  )
}

const accepted = ['agent.accepted', { agent: { id: 'ann', name: 'Ann' } }] as const

test.each([
  ['as fast as it reads', ''],
  ['at a speed at which as much comes meanwhile', '&speed=0.2'],
])(
  'the stock WebSocket receiver gets a replay %s and what happens during it, and nothing twice',
  async (_, query) => {
    await happen(started, ['session.message', { text: 'Hi' }], accepted, ...talk(0, 197))
    await until(async () => (await world.records(c)).length === 200)
    const page = await receiver()
    await attach(page, query)
    await until(async () => (await receivedBy(page)).length > 0)
    const live = happen(...talk(200, 200))
    const late = await attach(page)
    await live
    const received = await expectAll(page)
    expect(await expectAll(page, late)).toEqual(received)

    // One that is gone, and comes again.
    await page.reload()
    await attach(page)
    await happen(...talk(400, 4), ['session.ended', {}], ['session.message', { text: 'Too late' }])
    const again = await expectAll(page)
    expect(again.slice(0, received.length)).toEqual(received)
    expect((again.at(-1) as StatelyEventEvent).event).toMatchObject({
      frontdesk: { outcome: 'rejected', rejected: { code: 'conversation_ended' } },
    })

    const actors = again.filter(isActor)
    expect(actors).toHaveLength(1)
    const definition = actors[0]?.definition as string
    for (const state of ['collectingDetails.waiting', 'withAgent.customersTurn'])
      expect(await activeIn(page, definition, state)).toContain(`messagingResponse.${state}`)
  },
)

test('the stock WebSocket receiver gets a bot, with its states as it draws them', async () => {
  await happen(['session.started', { channel: 'helped' }])
  const page = await receiver()
  await attach(page)
  await happen(['session.message', { text: 'Hm?' }], ['session.option', { option: 'A person' }], accepted)
  const received = await expectAll(page)
  const [actor, ...others] = received.filter(isActor)
  expect(others).toEqual([])
  expect(JSON.parse(actor?.definition as string)).toMatchObject({ id: 'bot:helper' })
  const [first, last] = [actor, received.at(-1)] as { snapshot: { value: unknown } }[]
  expect(first?.snapshot.value).toEqual({ bot: { welcome: 'topic' } })
  expect(last?.snapshot.value).toMatchObject({ withAgent: expect.anything() })
})

test('the stock WebSocket receiver gets a migrated conversation as a child that goes on', async () => {
  await happen(['session.started', { channel: 'own' }], ['session.message', { text: 'One' }])
  const page = await receiver()
  await attach(page)
  await expectAll(page)
  await stopEngine()
  stopEngine = await startOwnEngine(later)
  await happen(['session.message', { text: 'Two' }], ['session.message', { text: 'Three' }])
  const received = await expectAll(page)
  const child = `${c}/own@2`
  expect(received.map(({ type, sessionId, rootId }) => [type, sessionId, rootId])).toEqual([
    ['@xstate.actor', c, c],
    ...Array(2)
      .fill([
        ['@xstate.event', c, c],
        ['@xstate.snapshot', c, c],
      ])
      .flat(),
    ['@xstate.actor', child, c],
    ...Array(2)
      .fill([
        ['@xstate.event', child, c],
        ['@xstate.snapshot', child, c],
      ])
      .flat(),
  ])
  expect(received.filter(isActor).map(({ parentId }) => parentId)).toEqual([undefined, c])
  const definition = received.filter(isActor)[1]?.definition as string
  expect(await activeIn(page, definition, 'talking2')).toContain('own.talking2')
})

/** Of a state that is written with dots: what an inspector lights. */
function activeIn(page: Page, definition: string, state: string): Promise<string[]> {
  const value = state
    .split('.')
    .reverse()
    .reduce<unknown>((below, key) => (below === undefined ? key : { [key]: below }), undefined)
  return page.evaluate(
    ([definition, value]) =>
      (window as never as { activeIn(definition: string, snapshot: object): string[] }).activeIn(
        definition as string,
        {
          value,
          context: {},
        },
      ),
    [definition, value],
  )
}

const link = async () =>
  `${gateway.url}/inspector/stately#conversation=${c}&ticket=${await ticketFor(c)}&reveal=1`
const agree = (page: Page) => page.getByRole('button', { name: 'Agree, and open Stately’s inspector' })

test('the page to Stately asks first, then passes all events on to the receiver in its window', async () => {
  await happen(started, ['session.message', { text: 'Hi' }], accepted, ...talk(0, 97))
  const page = first
  await page.goto(await link())
  await page.getByText('Nothing is passed on.').waitFor()
  await page.getByText('What the customer typed is included.').waitFor()
  expect(page.url()).not.toContain('ticket')
  expect(page.context().pages()).toHaveLength(1)
  expect(await axe(page)).toEqual([])

  const [inspector] = await Promise.all([page.waitForEvent('popup'), agree(page).click()])
  await inspector.waitForLoadState()
  expect(inspector.url()).toBe('https://stately.ai/inspect')
  await happen(...talk(100, 100))
  await expectAll(inspector)
  await page.getByText('200 events passed on').waitFor()
  await page.getByText('what happens follows at once').waitFor()
  expect(await axe(page)).toEqual([])

  // A window that is loaded again knows nothing of before.
  await inspector.reload()
  await expectAll(inspector)
  await page.getByText('200 events passed on').waitFor()

  await page.getByRole('button', { name: 'Stop passing on' }).click()
  await page.getByText('Nothing is passed on.').waitFor()
  const before = await receivedBy(inspector)
  await happen(...talk(200, 2))
  await until(async () => (await world.records(c)).length === 202)
  expect(await receivedBy(inspector)).toEqual(before)
  await agree(page).click()
  await expectAll(inspector)
  await inspector.close()
  await page.getByText('Nothing is passed on.').waitFor()
})

test('the page to Stately tells nothing to another page in that window', async () => {
  await happen(started)
  const page = first
  await serveStately(page, `<script>location.href = '${receiverUrl}'</script>`)
  await page.goto(await link())
  const [other] = await Promise.all([page.waitForEvent('popup'), agree(page).click()])
  await other.waitForURL(receiverUrl)
  const sockets: unknown[] = []
  page.on('websocket', (socket) => sockets.push(socket))
  await page.evaluate(() => {
    addEventListener('message', ({ data }) => {
      if (data === 'last') document.title = 'heard all'
    })
  })
  await other.evaluate(() => {
    ;(window as never as { listen(): void }).listen()
    opener.postMessage('last', '*')
  })
  // Messages arrive in order, so the receiver's have been handled by then.
  await until(async () => (await page.title()) === 'heard all')
  await page.getByText('The window is open, and is not ready yet.').waitFor()
  expect(sockets).toEqual([])
  expect(await receivedBy(other)).toEqual([])
})

test('the page to Stately says that the browser has opened no window, and can be asked again', async () => {
  await happen(started)
  const page = first
  await page.addInitScript(() => {
    const open = window.open.bind(window)
    let asked = 0
    window.open = (...given) => (asked++ === 0 ? null : open(...given))
  })
  await page.goto(await link())
  await agree(page).click()
  await page.getByText('The browser has opened no window').waitFor()
  const [inspector] = await Promise.all([page.waitForEvent('popup'), agree(page).click()])
  await expectAll(inspector)
})

test('the page to Stately says that its link is too old', async () => {
  const page = await app.newPage({ allowed: /https:\/\/stately\.ai|WebSocket connection/ })
  await serveStately(page)
  await page.goto(`${gateway.url}/inspector/stately`)
  await page.getByText('npx frontdesk inspect <conversation> --stately').waitFor()
  await page.goto(`${gateway.url}/inspector/stately#conversation=${c}&ticket=none`)
  await Promise.all([page.waitForEvent('popup'), agree(page).click()])
  await page.getByText('The gateway does not let this page read').waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
})

test('a link to a conversation signs in, and its code leaves the address', async () => {
  await happen(started, ['session.message', { text: 'Hi' }])
  await until(async () => (await world.records(c)).length === 2)
  const signedIn = { role: 'engineer', id: 'eve', name: 'Eve', workspaces: 'all' } as const
  const code = await gateway.identity.createCode(signedIn, 60)
  const page = first
  await page.goto(signInLink(gateway.url, 'engineer', code, `/c/${c}`))
  await page.getByRole('heading', { name: c, level: 1 }).waitFor()
  expect(page.url()).toBe(`${gateway.url}/inspector#/c/${c}`)
})

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { StatelyActorEvent, StatelyEventEvent, StatelyInspectionEvent } from '@statelyai/inspect'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { subjects } from '../../../engine/nats/topology.ts'
import { signInLink } from '../../../workers/gateway/identity/one-time-codes.ts'
import { flowOf, options, person } from '../../bots/flow.ts'
import { until } from '../../engine/test-world.ts'
import { signedIn } from '../../gateway/test-gateway.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'

const app = useFrontdesk()

/** A page of another origin than the gateway's, as Stately's is. */
const html = (body: string) => `<!doctype html><title>receiver</title><body>${body}`

let receiverServer: Server
let receiverUrl: string
let receiverScript: string
/** The page that each test begins with. */
let page: Page

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../pages/stately-receiver.ts', import.meta.url))],
    bundle: true,
    write: false,
    logLevel: 'silent',
    tsconfigRaw: '{}',
  })
  receiverScript = outputFiles[0]?.text as string
  receiverServer = createServer((request, response) => {
    const isScript = request.url === '/receiver.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? receiverScript : html('<script src="/receiver.js"></script>'))
  })
  await new Promise<void>((resolve) => receiverServer.listen(0, '127.0.0.1', resolve))
  receiverUrl = `http://127.0.0.1:${(receiverServer.address() as AddressInfo).port}/`
})
afterAll(() => receiverServer?.close())
beforeEach(async () => {
  page = await app.newPage({ allowed: /https:\/\/stately\.ai/ })
  await serveStately()
})

/** Serves the stock receiver in place of Stately's page. */
async function serveStately(body = `<script>${receiverScript}; listen()</script>`): Promise<void> {
  await page
    .context()
    .route('https://stately.ai/**', (route) => route.fulfill({ contentType: 'text/html', body: html(body) }))
}

async function newTicket(): Promise<string> {
  const answer = await fetch(`${app.gateway.url}/v1/inspector/tickets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(await signedIn(app.gateway, 'engineer', 'eve')) },
    body: JSON.stringify({ conversation: app.id, reveal: true }),
  })
  return ((await answer.json()) as { ticket: string }).ticket
}

/** Attaches the stock receiver on the page by a WebSocket, and returns its number. */
async function attach(query = ''): Promise<number> {
  const socket = `${app.gateway.url.replace('http', 'ws')}/v1/inspector/conversations/${app.id}/stately`
  const url = `${socket}?ticket=${await newTicket()}&reveal=1${query}`
  return await page.evaluate((url) => (window as never as { attach(url: string): number }).attach(url), url)
}

function receivedBy(receiver: Page, number = 0): Promise<StatelyInspectionEvent[]> {
  return receiver.evaluate(
    (number) => (window as never as { received: StatelyInspectionEvent[][] }).received[number] ?? [],
    number,
  )
}

const isActor = (event: StatelyInspectionEvent): event is StatelyActorEvent => event.type === '@xstate.actor'

/** Expects each event of the conversation once, in order, with the snapshot on its record. */
async function expectAll(receiver: Page, number = 0): Promise<StatelyInspectionEvent[]> {
  const { id, world } = app
  const events = await world.stored('events', subjects.eventsOf(id))
  await until(async () => (await world.records(id)).length === events.length)
  const records = await world.records(id)
  const last = `${events.at(-1)?.seq}.snapshot`
  await until(async () => (await receivedBy(receiver, number)).some(({ id }) => id === last))
  const received = await receivedBy(receiver, number)
  const steps = received.filter((event) => !isActor(event))
  expect(steps.map(({ id }) => id)).toEqual(events.flatMap(({ seq }) => [`${seq}.event`, `${seq}.snapshot`]))
  expect(steps.map(({ createdAt }) => Number(createdAt))).toEqual(
    records.flatMap(({ at }) => [Date.parse(at), Date.parse(at)]),
  )
  expect(steps.flatMap((step) => (step.type === '@xstate.snapshot' ? [step.snapshot] : []))).toEqual(
    records.map(({ state }) => ({ status: 'active', ...state.snapshot })),
  )
  expect(steps.flatMap((step) => (step.type === '@xstate.event' ? [step.event.type] : []))).toEqual(
    records.map(({ event }) => event.type),
  )
  return received
}

/** On a channel that reminds nobody: a reminder would be one event more where the test takes long. */
async function started(): Promise<[type: string, payload: unknown]> {
  const channel = await app.newChannel({
    timeouts: { unanswered: null, escalate: null, idleCustomer: [], agent: null },
  })
  return ['session.started', { channel, locale: 'en' }]
}

async function happen(...events: (readonly [type: string, payload: unknown])[]): Promise<void> {
  for (const [type, payload] of events) await app.world.publish(app.id, type, payload)
}

/** Texts of the customer and the agent in turn, so that the states change. */
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
    await happen(await started(), ['session.message', { text: 'Hi' }], accepted, ...talk(0, 197))
    await until(async () => (await app.world.records(app.id)).length === 200)
    await page.goto(receiverUrl)
    await attach(query)
    await until(async () => (await receivedBy(page)).length > 0)
    const live = happen(...talk(200, 200))
    const late = await attach()
    await live
    const received = await expectAll(page)
    expect(await expectAll(page, late)).toEqual(received)

    // A receiver that comes again gets all of it again.
    await page.reload()
    await attach()
    await happen(...talk(400, 4), ['session.ended', {}], ['session.message', { text: 'Too late' }])
    const again = await expectAll(page)
    expect(again.slice(0, received.length)).toEqual(received)
    expect((again.at(-1) as StatelyEventEvent).event).toMatchObject({
      frontdesk: { outcome: 'rejected', rejected: { code: 'conversation_ended' } },
    })

    const actors = again.filter(isActor)
    expect(actors).toHaveLength(1)
    const definition = actors[0]?.definition as string
    for (const [value, state] of [
      [{ collectingDetails: 'waiting' }, 'collectingDetails.waiting'],
      [{ withAgent: 'customersTurn' }, 'withAgent.customersTurn'],
    ] as const)
      expect(await activeIn(definition, value)).toContain(`messagingResponse.${state}`)
  },
)

/** The ids of the states that an inspector lights. */
function activeIn(definition: string, value: object): Promise<string[]> {
  return page.evaluate(
    ([definition, value]) =>
      (window as never as { activeIn(definition: string, snapshot: object): string[] }).activeIn(definition, {
        value,
        context: {},
      }),
    [definition, value] as const,
  )
}

test('the stock WebSocket receiver gets a bot, with its states as it draws them', async () => {
  await app.configure(
    'bot',
    flowOf(
      {
        welcome: [options('What?', { 'A person': 'person' }, { name: 'topic' })],
        person,
      },
      { id: app.id },
    ),
  )
  await happen(['session.started', { channel: await app.newChannel({ bot: app.id }) }])
  await page.goto(receiverUrl)
  await attach()
  await happen(['session.message', { text: 'Hm?' }], ['session.option', { option: 'A person' }], accepted)
  const received = await expectAll(page)
  const [actor, ...others] = received.filter(isActor)
  expect(others).toEqual([])
  expect(JSON.parse(actor?.definition as string)).toMatchObject({ id: `bot:${app.id}` })
  const [first, last] = [actor, received.at(-1)] as { snapshot: { value: unknown } }[]
  expect(first?.snapshot.value).toEqual({ bot: { welcome: 'topic' } })
  expect(last?.snapshot.value).toMatchObject({ withAgent: expect.anything() })
})

const link = async () =>
  `${app.gateway.url}/inspector/stately#conversation=${app.id}&ticket=${await newTicket()}&reveal=1`
const agree = (page: Page) => page.getByRole('button', { name: 'Agree, and open Stately’s inspector' })

test('the page to Stately asks first, then passes all events on to the receiver in its window', async () => {
  await happen(await started(), ['session.message', { text: 'Hi' }], accepted, ...talk(0, 97))
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

  // A window that is loaded again has forgotten the events.
  await inspector.reload()
  await expectAll(inspector)
  await page.getByText('200 events passed on').waitFor()

  await page.getByRole('button', { name: 'Stop passing on' }).click()
  await page.getByText('Nothing is passed on.').waitFor()
  const before = await receivedBy(inspector)
  await happen(...talk(200, 2))
  await until(async () => (await app.world.records(app.id)).length === 202)
  expect(await receivedBy(inspector)).toEqual(before)
  await agree(page).click()
  await expectAll(inspector)
  await inspector.close()
  await page.getByText('Nothing is passed on.').waitFor()
})

test('the page to Stately tells nothing to another page in that window', async () => {
  await happen(await started())
  await serveStately(`<script>location.href = '${receiverUrl}'</script>`)
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
  await happen(await started())
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
  page = await app.newPage({ allowed: /https:\/\/stately\.ai|WebSocket connection/ })
  await serveStately()
  await page.goto(`${app.gateway.url}/inspector/stately`)
  await page.getByText('npx frontdesk inspect <conversation> --stately').waitFor()
  await page.goto(`${app.gateway.url}/inspector/stately#conversation=${app.id}&ticket=none`)
  await Promise.all([page.waitForEvent('popup'), agree(page).click()])
  await page.getByText('The gateway does not let this page read').waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
})

test('a link to a conversation signs in, and its code leaves the address', async () => {
  await happen(await started(), ['session.message', { text: 'Hi' }])
  await until(async () => (await app.world.records(app.id)).length === 2)
  const eve = { role: 'engineer', id: 'eve', name: 'Eve', workspaces: 'all' } as const
  const code = await app.gateway.identity.createCode(eve, 60)
  await page.goto(signInLink(app.gateway.url, 'engineer', code, `/c/${app.id}`))
  await page.getByRole('heading', { name: app.id, level: 1 }).waitFor()
  expect(page.url()).toBe(`${app.gateway.url}/inspector#/c/${app.id}`)
})

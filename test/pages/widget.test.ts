import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import axe from 'axe-core'
import { SignJWT } from 'jose'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { launchBrowser, launchMsMax } from '../browser/browser.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { startTestGateway, TestClient } from '../gateway/test-gateway.ts'

let world: TestWorld
let gateway: Gateway
let browser: Browser
let context: BrowserContext
let page: Page
const shop = createServer()

beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
  await world.startNotifier()
  await world.configure('channel.shop', {
    id: 'shop',
    duringHours: {
      firstMessage: 'Welcome!',
      customerDetails: [
        'name',
        'email',
        { id: 'topic', label: 'Topic', type: 'select', options: ['Sales', 'Support'] },
      ],
      followUpMessage: 'Thanks {{customer.name}}',
    },
  })
  gateway = await startTestGateway(world)
  browser = await launchBrowser()
  await once(shop.listen(0, '127.0.0.1'), 'listening')
}, launchMsMax)

afterAll(async () => {
  await browser?.close()
  shop.close()
  await gateway?.stop()
  await world?.stop()
})

beforeEach(async () => {
  context = await browser.newContext({ locale: 'en-US' })
  context.setDefaultTimeout(10_000)
  page = await context.newPage()
})

afterEach(() => context.close())

/** The example shop, with the widget as it is before anybody touches it. */
async function visit(path = '/?channel=shop', on = page): Promise<void> {
  await on.goto(gateway.url + path)
}

/** A company's own page, of another origin; its script comes from one gateway, its conversation from that one. */
async function embed(from: string): Promise<void> {
  shop.removeAllListeners('request').on('request', (_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><html lang="en"><title>A shop</title><h1>A shop</h1>
      <script src="${gateway.url}/widget.js"></script>
      <frontdesk-widget channel="shop" gateway="${from}"></frontdesk-widget>`)
  })
  await page.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`)
}

const launcher = (on = page) => on.locator('.launcher')
const composer = (on = page) => on.getByLabel('Write a message')
const log = (on = page) => on.getByRole('log')
const bubble = (text: string, on = page) => on.locator('.bubble', { hasText: text })

async function open(on = page): Promise<void> {
  await launcher(on).click()
  await bubble('Welcome!', on).waitFor()
}

async function say(text: string, on = page): Promise<void> {
  await composer(on).fill(text)
  await composer(on).press('Enter')
}

/** With a customer who waits for an agent. */
async function waitInQueue(on = page): Promise<string> {
  await open(on)
  await say('My anvil is broken', on)
  await fillForm({ name: 'José', email: 'jose@example.com' }, on)
  await bubble('Thanks José', on).waitFor()
  return conversation(on)
}

async function fillForm({ name, email }: { name: string; email: string }, on = page): Promise<void> {
  await on.getByLabel('Name').fill(name)
  await on.getByLabel('Email').fill(email)
  await on.getByLabel('Topic').selectOption('Support')
  await on.getByRole('button', { name: 'Send details' }).click()
}

/** What this browser has stored. */
function stored(on = page): Promise<{ session: string; conversation: string } | null> {
  return on.evaluate(() => {
    const key = Object.keys(localStorage).find((one) => one.startsWith('frontdesk'))
    return JSON.parse(localStorage.getItem(key ?? '') ?? 'null')
  })
}

async function conversation(on = page): Promise<string> {
  return (await stored(on))?.conversation ?? ''
}

const accept = (id: string) => world.publish(id, 'agent.accepted', { agent: { id: 'ann', name: 'Ann' } })
const reply = (id: string, text: string) => world.publish(id, 'agent.message', { agent: { id: 'ann' }, text })

/** A JWT such as a company's server makes. */
async function tokenOf(externalId: string, name: string): Promise<string> {
  const { kid, secret } = await gateway.identity.keys.create('test')
  await until(async () => (await gateway.identity.keys.list()).some((key) => key.kid === kid))
  return await new SignJWT({ external_id: externalId, scope: 'user', name })
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(new TextEncoder().encode(secret))
}

const hasFocus = (locator: Locator) =>
  locator.evaluate((element) => (element.getRootNode() as ShadowRoot).activeElement === element)

async function violations(): Promise<string[]> {
  await page.evaluate(axe.source)
  return await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

describe('a conversation', () => {
  test('with a bot: what it offers is chosen by a click, its form is filled in, and an agent comes', async () => {
    const document = {
      id: 'clerk',
      answers: [
        {
          id: 'welcome',
          steps: [
            {
              type: 'options',
              text: 'What is it about?',
              options: [
                { label: 'My order', goTo: 'order' },
                { label: 'A person', goTo: 'person' },
              ],
            },
          ],
        },
        {
          id: 'order',
          steps: [
            { type: 'details', fields: [{ id: 'order', label: 'Order number', type: 'text' }] },
            { type: 'message', text: 'Order {{details.order}} is under way.' },
            { type: 'resolved', no: 'person' },
          ],
        },
        { id: 'person', steps: [{ type: 'transfer', tags: ['orders'] }] },
      ],
    }
    await world.configure('bot.clerk', document)
    await world.configure('channel.clerk', { id: 'clerk', bot: 'clerk' })
    await visit('/?channel=clerk')
    await launcher().click()
    await page.getByRole('button', { name: 'My order' }).click()
    const field = page.getByLabel('Order number')
    await field.waitFor()
    expect(await page.getByRole('button', { name: 'My order' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Send details' }).click()
    await page.getByText('This is needed.').waitFor()
    expect(await violations()).toEqual([])
    await field.fill('4711')
    await page.getByRole('button', { name: 'Send details' }).click()
    await bubble('Order 4711 is under way.').waitFor()
    expect(await field.count()).toBe(0)

    await page.reload()
    await page.getByRole('button', { name: 'No', exact: true }).click()
    await bubble('an agent will be with you shortly').waitFor()
    await page.getByText('You are next in the queue').waitFor()
    expect(await page.getByRole('button', { name: 'No', exact: true }).count()).toBe(0)
  })

  test('goes from the greeting by the form and the queue to an agent, and ends', async () => {
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await visit()
    await open()
    await say('My anvil <b>is</b> broken')
    await bubble('My anvil <b>is</b> broken').waitFor()
    await fillForm({ name: '', email: 'josé@example.com' })
    await page.getByText('This is needed.').waitFor()
    await page.getByText('Only A to Z here').waitFor()
    expect(await page.getByLabel('Email').getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByLabel('Topic').getAttribute('aria-invalid')).toBe('false')
    await fillForm({ name: 'José', email: 'jose@example.com' })
    await bubble('Thanks José').waitFor()
    await page.getByText('in the queue').waitFor()

    const id = await conversation()
    await accept(id)
    await page.getByText('Ann has joined.').waitFor()
    await page.getByText('You are talking with Ann').waitFor()
    await reply(id, 'Sorry!')
    await bubble('Sorry!').waitFor()
    await say('Thanks')
    await page.locator('.line', { hasText: 'Thanks Delivered' }).waitFor()

    await world.publish(id, 'agent.ended', { agent: { id: 'ann' } })
    await page.getByRole('button', { name: 'Start a new conversation' }).click()
    await until(async () => (await conversation()) !== id)
    expect(await bubble('Sorry!').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('that has ended is followed by a new one, which begins with what is written then', async () => {
    await visit()
    const id = await waitInQueue()
    await page.getByRole('button', { name: 'End conversation' }).click()
    await page.getByRole('group', { name: 'End this conversation?' }).getByText('End conversation').click()
    await page.getByText('This conversation has ended.').waitFor()
    await page.getByLabel('Write to start a new conversation').fill('One more thing')
    await page.keyboard.press('Enter')
    await page.locator('.line', { hasText: 'One more thing Delivered' }).waitFor()
    expect(await conversation()).not.toBe(id)
    expect(
      (await world.records(await conversation())).flatMap(({ messages = [] }) => messages),
    ).toMatchObject([{ text: 'Welcome!' }, { text: 'One more thing' }, { type: 'form' }])
  })

  test('is one, in all tabs of a browser', async () => {
    await visit()
    await open()
    const other = await context.newPage()
    await visit('/?channel=shop', other)
    await open(other)
    expect(await conversation(other)).toBe(await conversation())
    await say('from here')
    await bubble('from here', other).waitFor()
    await say('and from there', other)
    await bubble('and from there').waitFor()
  })

  test('shows who is typing, and tells it', async () => {
    await visit()
    const id = await waitInQueue()
    await accept(id)
    await page.getByText('You are talking with Ann').waitFor()
    const heard: string[] = []
    const subscription = world.nats.connection.subscribe(`frontdesk.typing.${id}.customer`, {
      callback: (_, message) => {
        heard.push(message.subject)
      },
    })
    await world.nats.connection.flush()
    // The gateway passes on one each two seconds, and one has just been.
    await until(async () => {
      await composer().press('m')
      return heard.length > 0
    })
    subscription.unsubscribe()
    world.nats.connection.publish(`frontdesk.typing.${id}.agent`, JSON.stringify({ name: 'Ann' }))
    await page.getByText('Ann is typing').waitFor()
    await reply(id, 'Yes?')
    await bubble('Yes?').waitFor()
    expect(await page.getByText('Ann is typing').count()).toBe(0)
  })

  test('takes no text of more than 4096 characters, and says so; emoji count once', async () => {
    await visit()
    await open()
    await say('a'.repeat(4097))
    await page.getByText('at most 4096 characters').waitFor()
    expect(await composer().inputValue()).toHaveLength(4097)
    await say('🎉'.repeat(4096))
    await page.locator('.line', { hasText: '🎉 Delivered' }).waitFor()
  })
})

describe('nothing is lost', () => {
  test('by a reload in the middle of the form', async () => {
    await visit()
    await open()
    await say('My anvil is broken')
    await page.getByLabel('Name').fill('José')
    await page.getByLabel('Topic').selectOption('Support')
    await composer().fill('half a sen')
    await page.reload()
    await bubble('My anvil is broken').waitFor()
    expect(await page.getByLabel('Name').inputValue()).toBe('José')
    expect(await page.getByLabel('Topic').inputValue()).toBe('Support')
    expect(await composer().inputValue()).toBe('half a sen')
  })

  test('while the gateway is away: what is written waits, and appears once and in order', async () => {
    const brief = await startTestGateway(world)
    const port = Number(new URL(brief.url).port)
    await page.goto(`${brief.url}/?channel=shop`)
    await open()
    await say('before')
    await page.locator('.line', { hasText: 'before Delivered' }).waitFor()
    await page.getByLabel('Name').fill('José')
    await brief.stop()
    await page.getByText('No connection just now').waitFor({ state: 'attached' })
    for (const text of ['one', 'two']) await say(text)
    await page.locator('.line', { hasText: 'two Sending' }).waitFor()

    const back = await startTestGateway(world, { port })
    await page.locator('.line', { hasText: 'two Delivered' }).waitFor()
    await page.getByText('No connection just now').waitFor({ state: 'detached' })
    expect(await page.getByLabel('Name').inputValue()).toBe('José')
    const records = await world.records(await conversation())
    const texts = records.flatMap(({ messages = [] }) =>
      messages.filter(({ author }) => author.type === 'customer'),
    )
    expect(texts.map(({ text }) => text)).toEqual(['before', 'one', 'two'])
    await back.stop()
  })

  test('by a reload while the gateway is away', async () => {
    const brief = await startTestGateway(world)
    const port = Number(new URL(brief.url).port)
    await embed(brief.url)
    await open()
    await brief.stop()
    await page.getByText('No connection just now').waitFor({ state: 'attached' })
    await say('written while it was away')
    await page.reload()
    await page.locator('.line', { hasText: 'written while it was away Sending' }).waitFor()
    const back = await startTestGateway(world, { port })
    await page.locator('.line', { hasText: 'written while it was away Delivered' }).waitFor()
    await back.stop()
  })

  test('of what an agent writes while the panel is closed: a badge counts it, after a reload too', async () => {
    await visit()
    const id = await waitInQueue()
    await accept(id)
    await page.getByText('Ann has joined.').waitFor()
    await page.keyboard.press('Escape')
    for (const text of ['one', 'two']) await reply(id, text)
    await page.locator('.badge', { hasText: '2' }).waitFor()
    expect(await launcher().getAttribute('aria-label')).toBe('Open chat, 2 new messages')
    await page.reload()
    await page.locator('.badge', { hasText: '2' }).waitFor()
    await launcher().click()
    await bubble('two').waitFor()
    await page.keyboard.press('Escape')
    expect(await page.locator('.badge').count()).toBe(0)
  })

  test('where the browser stores nothing, as long as the page stays', async () => {
    await page.addInitScript(() => {
      for (const name of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException('no', 'SecurityError')
          },
        })
    })
    await visit()
    await open()
    await say('hello')
    await page.locator('.line', { hasText: 'hello Delivered' }).waitFor()
  })
})

describe('who the customer is', () => {
  const login = (token: string, on = page) =>
    on.evaluate((jwt) => {
      const widget = document.querySelector('frontdesk-widget') as unknown as { login(token: string): void }
      widget.login(jwt)
    }, token)
  const logout = (on = page) =>
    on.evaluate(() => (document.querySelector('frontdesk-widget') as unknown as { logout(): void }).logout())

  test('is known from the first message on, where the page says it before', async () => {
    await visit()
    await login(await tokenOf('u1', 'Zoé'))
    await open()
    await say('help')
    await page.getByLabel('Email').waitFor()
    expect(await page.getByLabel('Name').count()).toBe(0)
  })

  test('can turn out in the middle, and is not asked any more', async () => {
    await visit()
    await open()
    await login(await tokenOf('u1', 'Zoé'))
    await until(async () =>
      (await world.records(await conversation())).some(({ event }) => event.type === 'session.identified'),
    )
    await say('help')
    await page.getByLabel('Email').waitFor()
    expect(await page.getByLabel('Name').count()).toBe(0)
  })

  test('stays unknown where the login fails, and is told', async () => {
    await visit()
    await page.evaluate(() => {
      addEventListener('frontdesk-login-failed', (event) => {
        document.title = (event as CustomEvent).detail.code
      })
    })
    await open()
    await login('no.jwt.atall')
    await page.getByText('We could not log you in here').waitFor()
    expect(await page.title()).toBe('login_malformed')
    await say('help')
    await page.getByLabel('Name').waitFor()
  })

  test('is forgotten with a log-out, in all tabs and at the gateway', async () => {
    await visit()
    const id = await waitInQueue()
    const { session = '' } = (await stored()) ?? {}
    const other = await context.newPage()
    await visit('/?channel=shop', other)
    await launcher(other).click()
    await bubble('Thanks José', other).waitFor()

    await logout()
    await other.locator('.panel').waitFor({ state: 'detached' })
    expect(await page.locator('.panel').count()).toBe(0)
    expect(await stored()).toBeNull()
    const client = await TestClient.open<GatewayFrame>(gateway, '/v1/widget')
    client.send({ type: 'hello', session })
    expect([4401, 4403]).toContain(await client.end())
    for (const tab of [page, other]) {
      await open(tab)
      expect(await bubble('My anvil', tab).count()).toBe(0)
      expect(await conversation(tab)).not.toBe(id)
    }
  })

  test('is not shown what another customer said in this browser', async () => {
    await visit()
    await login(await tokenOf('u1', 'Zoé'))
    await open()
    await say('a secret of Zoé’s')
    await page.locator('.line', { hasText: 'Delivered' }).waitFor()
    const id = await conversation()
    await login(await tokenOf('u2', 'Max'))
    await page.locator('.panel').waitFor({ state: 'detached' })
    await open()
    expect(await bubble('a secret').count()).toBe(0)
    expect(await conversation()).not.toBe(id)
  })

  test('does not matter to a session that is over: another one begins', async () => {
    await visit()
    await open()
    const id = await conversation()
    await say('one')
    await page.locator('.line', { hasText: 'one Delivered' }).waitFor()
    await world.publish(id, 'admin.erased', {})
    await page.getByText('Your earlier conversation was erased.').waitFor()
    await bubble('Welcome!').waitFor()
    expect(await bubble('one').count()).toBe(0)
    expect(await conversation()).not.toBe(id)
  })
})

describe('the page around it', () => {
  test('decides the language and the direction', async () => {
    await visit('/?lang=fr')
    await page.getByRole('button', { name: 'Ouvrir la discussion' }).click()
    await bubble('Bonjour').waitFor()
    await page.getByLabel('Écrivez un message').waitFor()

    await visit('/?lang=ar')
    const box = await launcher().boundingBox()
    expect(box?.x).toBeLessThan(100)
  })

  test('is left alone: nothing is sent to anybody before the widget is opened, and nothing elsewhere', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('websocket', (socket) => asked.push(socket.url()))
    await visit()
    await page.waitForLoadState('networkidle')
    expect(asked.filter((url) => url.startsWith('ws'))).toEqual([])
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
    await open()
    const hosts = new Set(asked.filter((url) => !url.startsWith('data:')).map((url) => new URL(url).host))
    expect([...hosts]).toEqual([new URL(gateway.url).host])
  })

  test('has its own shortcuts, which nothing typed in the widget triggers', async () => {
    await visit()
    await page.evaluate(() => {
      addEventListener('keydown', ({ key }) => {
        document.title = `shortcut ${key}`
      })
    })
    await open()
    await composer().press('m')
    expect(await page.title()).not.toContain('shortcut')
  })

  test('shows frames without any connection, for a preview', async () => {
    await visit()
    await page.evaluate(() => {
      const widget = document.querySelector('frontdesk-widget') as unknown as { preview: object }
      const message = { id: 'a', author: { type: 'bot' }, type: 'text', text: 'Previewed' }
      widget.preview = {
        frames: [{ type: 'record', sequence: 1, at: new Date().toISOString(), messages: [message] }],
      }
    })
    await launcher().click()
    await bubble('Previewed').waitFor()
    await say('nobody hears it')
    expect(await stored()).toBeNull()
    expect(await log().textContent()).not.toContain('nobody hears it')
  })

  test('on a phone is covered by the panel', async () => {
    await page.setViewportSize({ width: 390, height: 780 })
    await visit()
    await open()
    await page.waitForTimeout(300)
    expect(await page.locator('.panel').boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 780 })
  })
})

describe('for everybody', () => {
  test('the keyboard is enough, and the focus is never lost', async () => {
    await visit()
    await launcher().focus()
    await page.keyboard.press('Enter')
    await bubble('Welcome!').waitFor()
    expect(await hasFocus(composer())).toBe(true)
    await page.keyboard.type('help')
    await page.keyboard.press('Enter')
    await page.getByLabel('Name').waitFor()
    await until(() => hasFocus(page.getByLabel('Name')))
    await page.keyboard.type('José')
    await page.keyboard.press('Tab')
    await page.keyboard.type('josé@example.com')
    await page.keyboard.press('Enter')
    await page.getByText('Only A to Z here').waitFor()
    await until(() => hasFocus(page.getByLabel('Email')))
    await page.keyboard.press('Control+A')
    await page.keyboard.type('jose@example.com')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Sup')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await bubble('Thanks José').waitFor()
    await until(() => hasFocus(composer()))
    await page.keyboard.press('Escape')
    expect(await hasFocus(launcher())).toBe(true)
  })

  test('new messages do not pull away whoever reads what was said before', async () => {
    await page.setViewportSize({ width: 1280, height: 500 })
    await visit()
    const id = await waitInQueue()
    await accept(id)
    for (let n = 0; n < 12; n++) await reply(id, `line ${n}`)
    await bubble('line 11').waitFor()
    const scroller = page.locator('.scroller')
    await scroller.evaluate((element) => element.scrollTo(0, 0))
    await reply(id, 'the newest')
    await page.getByRole('button', { name: 'New messages' }).waitFor()
    expect(await scroller.evaluate(({ scrollTop }) => scrollTop)).toBe(0)
    await page.getByRole('button', { name: 'New messages' }).click()
    await until(() => scroller.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight < 2))
  })

  test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await visit()
    expect(await violations()).toEqual([])
    await open()
    await say('help')
    await fillForm({ name: '', email: 'josé@example.com' })
    await page.getByText('Only A to Z here').waitFor()
    expect(await violations()).toEqual([])
    await fillForm({ name: 'José', email: 'jose@example.com' })
    await page.getByText('in the queue').waitFor()
    await accept(await conversation())
    await page.getByText('You are talking with Ann').waitFor()
    await page.getByRole('button', { name: 'End conversation' }).click()
    expect(await violations()).toEqual([])
    await page.getByRole('group', { name: 'End this conversation?' }).getByText('End conversation').click()
    await page.getByRole('button', { name: 'Start a new conversation' }).waitFor()
    expect(await violations()).toEqual([])
  })
})

import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { launchBrowser, launchMsMax } from '../browser/browser.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { startTestGateway } from '../gateway/test-gateway.ts'

let world: TestWorld
let gateway: Gateway
let browser: Browser
let contexts: BrowserContext[] = []
/** Each test has a workspace, and a channel of the same name, of its own. */
let workspace: string
let count = 0

beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
  await world.startNotifier()
  gateway = await startTestGateway(world)
  browser = await launchBrowser()
}, launchMsMax)

afterAll(async () => {
  await browser?.close()
  await gateway?.stop()
  await world?.stop()
})

beforeEach(async () => {
  workspace = `w${++count}`
  await world.configure(`channel.${workspace}`, {
    id: workspace,
    workspace,
    duringHours: {
      firstMessage: 'Welcome!',
      customerDetails: ['name', 'email', { id: 'order', label: 'Order number', type: 'text' }],
    },
  })
})

afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()))
  contexts = []
})

const size = {
  wide: { width: 1680, height: 900 },
  narrow: { width: 1100, height: 800 },
  phone: { width: 390, height: 844 },
}

/** A browser of an agent's own, at the desk. */
async function deskOf(
  name: string,
  options: { viewport?: object; locale?: string; colorScheme?: 'dark' } = {},
) {
  const context = await browser.newContext({ viewport: size.wide, locale: 'en-US', ...options } as object)
  contexts.push(context)
  const page = await context.newPage()
  await signIn(page, name)
  await page.getByRole('heading', { name: /Desk|Espace agent/ }).waitFor()
  return page
}

async function linkOf(name: string): Promise<string> {
  const principal = { role: 'agent' as const, id: name.toLowerCase(), name, workspaces: 'all' as const }
  return `${gateway.url}/desk?workspace=${workspace}#code=${await gateway.identity.createCode(principal, 60)}`
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(await linkOf(name))
}

/** A customer who waits, over NATS as a widget's gateway does it. */
async function customer(id: string, { need = 'My anvil is broken', name = 'José' } = {}): Promise<string> {
  const conversation = `${workspace}-${id}`
  await world.publish(conversation, 'session.started', { channel: workspace, locale: 'en' })
  await write(conversation, need)
  await world.publish(conversation, 'session.details', { name, email: 'jose@example.com', order: 'A-4711' })
  return conversation
}

const write = (conversation: string, text: string) => world.publish(conversation, 'session.message', { text })

async function agentTexts(conversation: string): Promise<(string | undefined)[]> {
  const records = await world.records(conversation)
  const messages = records.flatMap(({ messages = [] }) => messages)
  return messages.filter(({ author }) => author.type === 'agent').map(({ text }) => text)
}

const section = (page: Page, name: string) => page.getByRole('region', { name })
const row = (page: Page, name: string) => page.getByRole('navigation').getByRole('button', { name })
const pane = (page: Page, name: string) => page.getByRole('main').getByRole('region', { name, exact: true })
const composer = (page: Page) => page.getByRole('textbox', { name: /Reply to|Répondre à/ })
const accept = (page: Page) => page.getByRole('button', { name: 'Accept' })

async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

describe('signing in', () => {
  test('by a link: its code leaves the address, and a reload stays', async () => {
    const page = await deskOf('Ann')
    expect(page.url()).toBe(`${gateway.url}/desk?workspace=${workspace}`)
    await page.reload()
    await page.getByText('No one is waiting.').waitFor()
    await page.getByRole('button', { name: 'Ann' }).waitFor()
  })

  test('a link that was used up says so, and what to run', async () => {
    const link = await linkOf('Ann')
    const context = await browser.newContext()
    contexts.push(context)
    const page = await context.newPage()
    await page.goto(link)
    await page.getByText('No one is waiting.').waitFor()
    await context.clearCookies()
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByRole('alert').getByText('This link was used already').waitFor()
    await page.getByText('npx frontdesk sign-in').waitFor()
    expect(page.url()).not.toContain('code=')
    expect(await violations(page)).toEqual([])
  })

  test('signing out leaves nothing in this tab', async () => {
    await customer('c1')
    const page = await deskOf('Ann')
    await row(page, 'José').click()
    await page.getByRole('button', { name: 'Ann' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out.').waitFor()
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    await page.reload()
    await page.getByText('npx frontdesk sign-in').waitFor()
  })

  test('a cookie that does not hold any more is noticed when the connection comes back', async () => {
    const page = await deskOf('Ann')
    await page.getByText('No one is waiting.').waitFor()
    await page.context().clearCookies()
    await restartGateway()
    await page.getByText('You were signed out').waitFor()
  })
})

describe('another agent', () => {
  test('who signs in in the same browser sees and sends nothing of the first', async () => {
    const id = await customer('c1')
    const page = await deskOf('Ann')
    await row(page, 'José').click()
    await accept(page).click()
    await composer(page).waitFor()
    const other = await page.context().newPage()
    await signIn(other, 'Bob')
    await other.getByRole('button', { name: 'Bob' }).waitFor()
    const start = await stopGateway()
    await say(page, 'As Ann')
    await start()
    await page.getByRole('button', { name: 'Bob' }).waitFor()
    await section(page, 'With others').getByRole('button', { name: 'José' }).waitFor()
    expect(await page.getByText('As Ann').count()).toBe(0)
    expect(await agentTexts(id)).toEqual([])
  })

  test('may have a place in other workspaces only: the desk says so', async () => {
    const context = await browser.newContext()
    contexts.push(context)
    const page = await context.newPage()
    const principal = { role: 'agent' as const, id: 'eve', name: 'Eve', workspaces: ['elsewhere', 'there'] }
    const code = await gateway.identity.createCode(principal, 60)
    await page.goto(`${gateway.url}/desk?workspace=${workspace}#code=${code}`)
    await page.getByText(`You may not work in the workspace “${workspace}”.`).waitFor()
    await page.goto(`${gateway.url}/desk`)
    await page.getByRole('heading', { name: 'Desk elsewhere' }).waitFor()
    await page.getByRole('button', { name: 'Eve' }).click()
    await page.getByRole('link', { name: 'there' }).click()
    await page.getByRole('heading', { name: 'Desk there' }).waitFor()
  })
})

describe('a request', () => {
  test('appears by itself, is read, accepted, answered and ended', async () => {
    const page = await deskOf('Ann')
    await page.getByText('No one is waiting.').waitFor()
    const id = await customer('c1')
    await row(page, 'José').click()
    expect(await page.title()).toBe(`(1) Desk · ${workspace}`)
    const shown = pane(page, 'José')
    await shown.getByRole('log').getByText('My anvil is broken').waitFor()
    await shown.getByText('A-4711').waitFor()
    await shown.getByText('Order number', { exact: true }).waitFor()
    expect((await world.openRequest(workspace, id))?.state).toBe('waiting')

    await accept(page).click()
    await section(page, 'Mine').getByRole('button', { name: 'José' }).waitFor()
    await say(page, 'Sorry to hear that!')
    await shown.getByText('Delivered').waitFor()
    await until(async () => (await agentTexts(id)).includes('Sorry to hear that!'))
    await write(id, 'Thank you')
    await shown.getByRole('log').getByText('Thank you').waitFor()

    await shown.getByRole('button', { name: 'End', exact: true }).click()
    await shown.getByRole('button', { name: 'End conversation' }).click()
    await shown.getByText('You have ended the conversation.').waitFor()
    await until(async () => (await world.openRequest(workspace, id))?.state === 'ended')
    expect(await page.title()).toBe(`Desk · ${workspace}`)
  })

  test('that is released goes back to its place', async () => {
    const id = await customer('c1')
    await until(async () => (await world.openRequest(workspace, id)) !== null)
    await customer('c2', { name: 'Marta' })
    const page = await deskOf('Ann')
    await row(page, 'José').click()
    await accept(page).click()
    await page.getByRole('button', { name: 'Release' }).click()
    await page.getByLabel('Reason (optional)').fill('for the workshop')
    await page.keyboard.press('Enter')
    await accept(page).waitFor()
    const names = section(page, 'Waiting').getByRole('listitem')
    await until(async () => (await names.count()) === 2)
    expect(await names.first().textContent()).toContain('José')
    await page.getByText('You’re back in the queue').waitFor()
  })

  test('that waits for long says so', async () => {
    const timeouts = { unanswered: 'PT0.2S', escalate: 'PT2S' }
    await world.configure(`channel.${workspace}`, { id: workspace, workspace, timeouts })
    const page = await deskOf('Ann')
    await page.getByText('No one is waiting.').waitFor()
    await customer('c1')
    await row(page, 'Visitor').getByText('Waiting long').waitFor()
    await row(page, 'Visitor').getByText('Waiting too long').waitFor()
    await page.reload()
    await row(page, 'Visitor').getByText('Waiting too long').waitFor()
  })

  test('shows what a bot says that it is about', async () => {
    await world.configure(`bot.${workspace}`, { id: workspace, external: {} })
    await world.configure(`channel.${workspace}`, { id: workspace, workspace, bot: workspace })
    const conversation = `${workspace}-tagged`
    await world.publish(conversation, 'session.started', { channel: workspace, locale: 'en' })
    await world.publish(conversation, 'session.message', { text: 'It is broken' })
    const tags = [
      'returns',
      '<b>late</b>',
      'vip',
      'anvil',
      'a tag of which there is more than a row has room for',
    ]
    await world.publish(conversation, 'bot.handoff', { tags })
    const page = await deskOf('Ann')
    await row(page, 'Visitor').getByText('returns', { exact: true }).waitFor()
    await row(page, 'Visitor').getByText('<b>late</b>').waitFor()
    await row(page, 'Visitor').getByText('+2').waitFor()
    await row(page, 'Visitor').click()
    for (const tag of tags) await pane(page, 'Visitor').getByText(tag, { exact: true }).waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('that is withdrawn while it is read says so', async () => {
    const id = await customer('c1')
    const page = await deskOf('Ann')
    await row(page, 'José').click()
    await world.publish(id, 'session.ended', {})
    await page.getByText('The customer has left before an agent came.').waitFor()
    await page.getByText('No one is waiting.').waitFor()
  })

  test('that is erased while it is read leaves nothing on the screen', async () => {
    const id = await customer('c1', { need: 'my secret' })
    const page = await deskOf('Ann')
    await row(page, 'José').click()
    await page.getByRole('log').getByText('my secret').waitFor()
    await world.publish(id, 'admin.erased', {})
    await page.getByText('Everything of this conversation was erased.').waitFor()
    expect(await page.getByText('my secret').count()).toBe(0)
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('secret')
  })

  test('what a customer typed is text', async () => {
    await customer('c1', {
      need: '<img src=x onerror="window.hurt=1"> {{customer.name}}',
      name: '<b>José</b>',
    })
    const page = await deskOf('Ann')
    await row(page, '<b>José</b>').click()
    await page.getByRole('log').getByText('<img src=x onerror="window.hurt=1"> {{customer.name}}').waitFor()
    expect(await page.evaluate(() => (window as { hurt?: number }).hurt)).toBeUndefined()
  })
})

describe('several conversations', () => {
  test('stand side by side where there is room, and in tabs with unread marks where there is not', async () => {
    const ids = await Promise.all(['Ada', 'Bea', 'Cleo'].map((name) => customer(name, { name })))
    const page = await deskOf('Ann')
    for (const name of ['Ada', 'Bea', 'Cleo']) {
      await row(page, name).click()
      await pane(page, name).getByRole('button', { name: 'Accept' }).click()
      await pane(page, name).getByRole('textbox').waitFor()
    }
    expect(await page.getByRole('log').count()).toBe(3)

    await page.setViewportSize(size.narrow)
    await until(async () => (await page.getByRole('log').count()) === 1)
    await write(ids[0] as string, 'one')
    await write(ids[0] as string, 'two')
    const tabs = page.getByRole('list', { name: 'Open conversations' })
    await tabs.getByRole('button', { name: 'Ada 2 new messages' }).waitFor()
    await row(page, 'Ada').getByText('2', { exact: true }).waitFor()
    await tabs.getByRole('button', { name: 'Ada' }).click()
    await pane(page, 'Ada').getByText('two').waitFor()
    await until(async () => (await tabs.getByRole('button', { name: 'Ada', exact: true }).count()) === 1)
  })

  test('keyboard only: from the list to the reply, to the next one and back', async () => {
    const first = await customer('Ada', { name: 'Ada' })
    await until(async () => (await world.openRequest(workspace, first)) !== null)
    await customer('Bea', { name: 'Bea' })
    const page = await deskOf('Ann')
    await row(page, 'Bea').waitFor()
    await page.keyboard.press('Alt+L')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await pane(page, 'Bea').waitFor()
    await until(() => accept(page).evaluate((one) => one.matches(':focus')))
    await page.keyboard.press('Enter')
    await until(() => composer(page).evaluate((one) => one.matches(':focus')))
    await page.keyboard.type('Hello Bea')
    await page.keyboard.press('Enter')
    await pane(page, 'Bea').getByRole('log').getByText('Hello Bea').waitFor()
    await page.keyboard.press('Alt+L')
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await pane(page, 'Ada').waitFor()
    await page.keyboard.press('Alt+A')
    await until(() =>
      page.getByRole('textbox', { name: 'Reply to Ada' }).evaluate((one) => one.matches(':focus')),
    )
    await page.keyboard.press('Alt+ArrowUp')
    await until(() =>
      page.getByRole('textbox', { name: 'Reply to Bea' }).evaluate((one) => one.matches(':focus')),
    )
  })
})

describe('nothing is lost', () => {
  test('by a reload: what is open, what is written, and where one is', async () => {
    await customer('c1')
    const page = await deskOf('Ann')
    await row(page, 'José').click()
    await accept(page).click()
    await composer(page).pressSequentially('Dear José')
    await page.reload()
    await pane(page, 'José').getByRole('log').getByText('My anvil is broken').waitFor()
    expect(await composer(page).inputValue()).toBe('Dear José')
  })

  test('by a reload while a reply is on its way: it arrives once', async () => {
    const id = await customer('c1')
    const page = await deskOf('Ann')
    let isCut = false
    await page.routeWebSocket(/\/v1\/desk/, (socket) => {
      const server = socket.connectToServer()
      socket.onMessage((frame) => {
        if (!isCut || !String(frame).includes('"message"')) server.send(frame)
      })
    })
    await page.reload()
    await row(page, 'José').click()
    await accept(page).click()
    await composer(page).waitFor()
    isCut = true
    await say(page, 'Kept')
    await page.getByText('Sending').waitFor()
    await page.reload()
    isCut = false
    await until(async () => (await agentTexts(id)).length > 0)
    await page.getByText('Delivered').waitFor()
    expect(await agentTexts(id)).toEqual(['Kept'])
    expect(await page.getByRole('log').getByText('Kept').count()).toBe(1)
  })

  test('while the gateway is away: it says so, and what was written and said meanwhile comes, once', async () => {
    const id = await customer('c1')
    const page = await deskOf('Ann')
    await row(page, 'José').click()
    await accept(page).click()
    await composer(page).waitFor()
    const start = await stopGateway()
    await page.getByText('The connection was lost').waitFor()
    await say(page, 'Written meanwhile')
    await write(id, 'Said meanwhile')
    await start()
    await page.getByRole('log').getByText('Said meanwhile').waitFor()
    await page.getByText('Delivered').waitFor()
    await until(async () => (await page.getByText('The connection was lost').count()) === 0)
    expect(await agentTexts(id)).toEqual(['Written meanwhile'])
    expect(await page.getByRole('log').getByText('My anvil is broken').count()).toBe(1)
  })
})

describe('the page', () => {
  test('never asks for a permission by itself, and is quiet until it is told', async () => {
    const context = await browser.newContext()
    contexts.push(context)
    const page = await context.newPage()
    await page.addInitScript(() => {
      Notification.requestPermission = async () => {
        ;(window as { asked?: number }).asked = 1
        return 'denied'
      }
    })
    await signIn(page, 'Ann')
    await page.getByText('No one is waiting.').waitFor()
    await customer('c1')
    await row(page, 'José').waitFor()
    expect(await page.evaluate(() => (window as { asked?: number }).asked)).toBeUndefined()
    await page.getByRole('button', { name: 'Alerts' }).click()
    const sound = page.getByRole('switch', { name: 'Sound on a new request' })
    expect(await sound.getAttribute('aria-checked')).toBe('false')
    await sound.click()
    await until(async () => (await sound.getAttribute('aria-checked')) === 'true')
    await page.reload()
    await page.getByRole('button', { name: 'Alerts' }).click()
    expect(await sound.getAttribute('aria-checked')).toBe('true')
  })

  test('tells of a new request by sound and by notification, where one has asked for it', async () => {
    const context = await browser.newContext({ permissions: ['notifications'] })
    contexts.push(context)
    const page = await context.newPage()
    await page.addInitScript(() => {
      const heard = { tones: 0, shown: [] as string[] }
      Object.assign(window, { heard })
      const { start } = OscillatorNode.prototype
      OscillatorNode.prototype.start = function (at) {
        heard.tones++
        start.call(this, at)
      }
      // Somebody who looks at another window.
      document.hasFocus = () => false
      window.Notification = class {
        static permission = 'granted'
        constructor(title: string) {
          heard.shown.push(title)
        }
      } as unknown as typeof Notification
    })
    const heard = () => page.evaluate(() => (window as unknown as { heard: object }).heard)
    await signIn(page, 'Ann')
    await page.getByText('No one is waiting.').waitFor()
    await customer('c1', { name: 'Ada' })
    await row(page, 'Ada').waitFor()
    expect(await heard()).toEqual({ tones: 0, shown: [] })
    await page.getByRole('button', { name: 'Alerts' }).click()
    await page.getByRole('switch', { name: 'Notification on this computer' }).click()
    await page.getByRole('switch', { name: 'Sound on a new request' }).click()
    expect(await heard()).toEqual({ tones: 2, shown: [] })
    await customer('c2', { name: 'Bea' })
    await row(page, 'Bea').waitFor()
    expect(await heard()).toEqual({ tones: 4, shown: ['New request: Bea'] })
  })

  test('speaks French where the browser does', async () => {
    const page = await deskOf('Ann', { locale: 'fr-FR' })
    await page.getByText('Personne n’attend.').waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr')
    await page.goto(`${gateway.url}/desk?workspace=${workspace}&lang=en`)
    await page.getByText('No one is waiting.').waitFor()
  })

  test('on a phone, goes from the list to a conversation and back', async () => {
    await customer('c1')
    const page = await deskOf('Ann', { viewport: size.phone })
    await row(page, 'José').click()
    await pane(page, 'José').waitFor()
    expect(await page.getByRole('navigation').count()).toBe(0)
    await page.getByRole('button', { name: 'Back to the requests' }).click()
    await row(page, 'José').click()
    await pane(page, 'José').waitFor()
    await page.goBack()
    await row(page, 'José').waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.phone.width)
  })

  test.each([
    ['light', { viewport: size.wide }],
    ['dark', { viewport: size.wide, colorScheme: 'dark' as const }],
    ['on a phone', { viewport: size.phone }],
  ])('axe finds nothing, %s', async (_, options) => {
    const page = await deskOf('Ann', options)
    await page.getByText('No one is waiting.').waitFor()
    expect(await violations(page)).toEqual([])
    await customer('c1')
    await row(page, 'José').waitFor()
    expect(await violations(page)).toEqual([])
    await row(page, 'José').click()
    await accept(page).waitFor()
    expect(await violations(page)).toEqual([])
    await accept(page).click()
    await say(page, 'Hello')
    await page.getByText('Delivered').waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Release' }).click()
    expect(await violations(page)).toEqual([])
  })
})

/** Stops the gateway; what it returns starts it again at the same address. */
async function stopGateway(): Promise<() => Promise<void>> {
  const port = Number(new URL(gateway.url).port)
  await gateway.stop()
  return async () => {
    gateway = await startTestGateway(world, { port })
  }
}

async function restartGateway(): Promise<void> {
  await (await stopGateway())()
}

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { flowOf, message, options } from '../../bots/flow.ts'
import { until } from '../../engine/test-world.ts'
import { connectionLost, textsOf, useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'
import { CustomerPage } from '../pages/customer-page.ts'
import { DeskPage, noPush } from '../pages/desk-page.ts'

const app = useFrontdesk()

const ann = { id: 'ann', name: 'Ann' }

test('a bot’s options are chosen by a click, its form is filled in, and an agent comes', async () => {
  const { id } = app
  await app.configure(
    'bot',
    flowOf(
      {
        welcome: [options('What is it about?', { 'My order': 'order', 'A person': 'person' })],
        order: [
          { type: 'details', fields: [{ id: 'order', label: 'Order number', type: 'text' }] },
          message('Order {{details.order}} is under way.'),
          { type: 'resolved', no: 'person' },
        ],
        person: [{ type: 'transfer', tags: ['orders'] }],
      },
      { id },
    ),
  )
  const customer = await app.openCustomer(await app.newChannel({ bot: id }))
  const { page, form } = customer
  await customer.open()
  await customer.button('My order').click()
  const field = page.getByLabel('Order number')
  await field.waitFor()
  await expect.poll(() => customer.button('My order').count()).toBe(0)
  await form.send.click()
  await page.getByText('This is needed.').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await field.fill('4711')
  await form.send.click()
  await customer.sees('Order 4711 is under way.')
  await expect.poll(() => field.count()).toBe(0)

  await page.reload()
  await customer.button('No').click()
  await customer.sees('an agent will be with you shortly')
  await page.getByText('You are next in the queue').waitFor()
  await expect.poll(() => customer.button('No').count()).toBe(0)
})

test('a text that is written after the end begins a new conversation', async () => {
  const customer = await app.openWaitingCustomer(await app.newChannel())
  const first = await customer.conversation()
  await customer.end()
  await customer.page.getByText('This conversation has ended.').waitFor()
  await customer.page.getByLabel('Write to start a new conversation').fill('One more thing')
  await customer.page.keyboard.press('Enter')
  await customer.hasDelivered('One more thing')
  const second = await customer.conversation()
  expect(second).not.toBe(first)
  expect((await app.world.records(second)).flatMap(({ messages = [] }) => messages)).toMatchObject([
    { text: 'Hi! This is Acme. How can we help?' },
    { text: 'One more thing' },
    { type: 'form' },
  ])
})

test('all tabs of a browser show one conversation', async () => {
  const channel = await app.newChannel()
  const customer = await app.openCustomer(channel)
  await customer.open()
  const other = new CustomerPage(await customer.page.context().newPage())
  await other.visit(app.gateway.url, channel)
  await other.open()
  await other.sees('Hi! This is Acme.')
  expect(await other.conversation()).toBe(await customer.conversation())
  await customer.say('from here')
  await other.sees('from here')
  await other.say('and from there')
  await customer.sees('and from there')
})

test('the page’s title and a soft sound tell of messages that the customer does not see', async () => {
  const { customer, conversation, titleOf, turn } = await withAgent()
  const { page } = customer
  const own = await titleOf()
  const sounds = () => page.evaluate(() => (globalThis as unknown as Sounding).sounds)
  await reply(conversation, 'seen at once')
  await customer.sees('seen at once')
  await customer.launcher.click()
  await reply(conversation, 'one')
  await expect.poll(titleOf).toBe(`(1) ${own}`)
  await expect.poll(sounds).toBe(1)
  await page.evaluate(() => {
    document.title = 'Basket'
  })
  await reply(conversation, 'two')
  await expect.poll(titleOf).toBe('(2) Basket')
  await expect.poll(sounds).toBe(2)
  await customer.open()
  await expect.poll(titleOf).toBe('Basket')

  const told: string[] = []
  app.world.nats.connection.subscribe(`frontdesk.presence.${conversation}.customer`, {
    callback: (_, message) => void told.push(message.json<{ state: string }>().state),
  })
  await app.world.nats.flush()
  // As in a sandboxed frame.
  await page.evaluate('LockManager.prototype.request = () => Promise.reject(new DOMException())')
  await turn(false)
  await expect.poll(() => told.at(-1)).toBe('away')
  await reply(conversation, 'three')
  await expect.poll(titleOf).toBe('(1) Basket')
  await expect.poll(sounds).toBe(3)
  await turn(true)
  await expect.poll(titleOf).toBe('Basket')
  await expect.poll(() => told.at(-1)).toBe('here')

  await page.locator('frontdesk-widget').evaluate((element) => element.setAttribute('quiet', ''))
  await customer.launcher.click()
  await reply(conversation, 'four')
  await page.getByRole('button', { name: 'Open chat, 1 new message' }).waitFor()
  expect(await titleOf()).toBe('Basket')
  await customer.open()
  expect(await sounds()).toBe(3)
})

test('tabs sound once together, and not for what the customer reads in one', async () => {
  const { customer, conversation, turn, channel } = await withAgent()
  const context = customer.page.context()
  const other = new CustomerPage(await context.newPage())
  await other.visit(app.gateway.url, channel)
  await other.open()
  await other.composer.click()
  const sounds = async () => {
    const counts = await Promise.all(
      context.pages().map((page) => page.evaluate(() => (globalThis as unknown as Sounding).sounds)),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }
  // The other tab is in sight.
  await turn(false)
  await reply(conversation, 'read')
  await other.sees('read')
  await other.launcher.click()
  for (let n = 1; n <= 3; n++) {
    await reply(conversation, `unread ${n}`)
    await expect.poll(sounds).toBe(n)
  }
})

test('a text of more than 4096 characters is refused in the composer, where an emoji counts once', async () => {
  const customer = await app.openCustomer(await app.newChannel())
  await customer.open()
  await customer.say('a'.repeat(4097))
  await customer.page.getByText('at most 4096 characters').waitFor()
  await expect.poll(() => customer.composer.inputValue()).toHaveLength(4097)
  await customer.say('🎉'.repeat(4096))
  await customer.line('🎉').waitFor()
})

test('a reload in the middle of the form keeps all that was typed', async () => {
  const customer = await app.openCustomer(await app.newChannel())
  await customer.open()
  await customer.say('My anvil is broken')
  await customer.fill({ name: 'José', email: 'jose@', topic: 'Sales' })
  await customer.composer.fill('half a sen')
  await customer.page.reload()
  await customer.sees('My anvil is broken')
  await expect.poll(() => customer.form.name.inputValue()).toBe('José')
  await expect.poll(() => customer.form.email.inputValue()).toBe('jose@')
  await expect.poll(() => customer.form.topic.inputValue()).toBe('Sales')
  await expect.poll(() => customer.composer.inputValue()).toBe('half a sen')
  await customer.sendDetails({ email: 'jose@example.com' })
  await customer.sees('Thanks José')
  const answers = /Name: José\s+Email: jose@example.com\s+Topic: Sales/
  await customer.sees(answers)
  await customer.page.reload()
  await customer.sees(answers)
  expect(await textsOf(app.world, await customer.conversation(), 'customer')).toEqual(['My anvil is broken'])
})

test('a text that is written while the gateway is away is delivered after a reload of the shop’s page', async () => {
  const ownGateway = await app.startGateway()
  const channel = await app.newChannel()
  // A page of another origin: its script comes from one gateway, its conversation from the one that goes away.
  const shop = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><html lang="en"><title>A shop</title><h1>A shop</h1>
      <script src="${app.gateway.url}/widget.js"></script>
      <frontdesk-widget channel="${channel}" gateway="${ownGateway.url}"></frontdesk-widget>`)
  })
  await once(shop.listen(0, '127.0.0.1'), 'listening')
  try {
    const customer = new CustomerPage(await app.newPage({ allowed: connectionLost }))
    await customer.page.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`)
    await customer.open()
    await customer.sees('Hi! This is Acme.')
    await ownGateway.stop()
    await customer.isOffline.waitFor({ state: 'attached' })
    await customer.say('written while it was away')
    await customer.page.reload()
    await customer.line('written while it was away', 'Sending').waitFor()
    await ownGateway.start()
    await customer.hasDelivered('written while it was away')
  } finally {
    shop.close()
  }
})

test('a badge counts what an agent writes while the panel is closed, after a reload, too', async () => {
  const customer = await app.openWaitingCustomer(await app.newChannel())
  const { page } = customer
  const conversation = await customer.conversation()
  await app.world.publish(conversation, 'agent.accepted', { agent: ann })
  await customer.sees('Ann has joined.')
  await page.keyboard.press('Escape')
  for (const text of ['one', 'two'])
    await app.world.publish(conversation, 'agent.message', { agent: ann, text })
  await customer.button('Open chat, 2 new messages').getByText('2', { exact: true }).waitFor()
  await page.reload()
  await customer.button('Open chat, 2 new messages').click()
  await customer.sees('two')
  await page.keyboard.press('Escape')
  await customer.button('Open chat').waitFor()
})

test('a browser that stores nothing keeps the conversation as long as the page stays', async () => {
  const customer = new CustomerPage(await app.newPage())
  await customer.page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('no', 'SecurityError')
        },
      })
  })
  await customer.visit(app.gateway.url, await app.newChannel())
  await customer.open()
  await customer.say('hello')
  await customer.hasDelivered('hello')
})

test('a conversation that was erased is followed by a new one, which shows nothing of it', async () => {
  const customer = await app.openCustomer(await app.newChannel())
  await customer.open()
  await customer.say('one')
  await customer.hasDelivered('one')
  const conversation = await customer.conversation()
  await app.world.publish(conversation, 'admin.erased', {})
  await customer.page.getByText('Your earlier conversation was erased.').waitFor()
  await customer.sees('Hi! This is Acme.')
  await expect.poll(() => customer.line('one').count()).toBe(0)
  expect(await customer.conversation()).not.toBe(conversation)
})

test('the widget connects and stores nothing before it is opened, and leaves the page’s shortcuts alone', async () => {
  const customer = new CustomerPage(await app.newPage())
  const { page } = customer
  const sockets: string[] = []
  page.on('websocket', (socket) => sockets.push(socket.url()))
  await customer.visit(app.gateway.url, await app.newChannel())
  await customer.launcher.waitFor()
  expect(sockets).toEqual([])
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
  await page.evaluate(() => {
    addEventListener('keydown', ({ key }) => {
      document.title = `shortcut ${key}`
    })
  })
  await customer.open()
  await customer.composer.press('m')
  expect(await page.title()).not.toContain('shortcut')
  expect(sockets).toHaveLength(1)
})

test('a preview shows frames without a connection', async () => {
  const customer = await app.openCustomer(await app.newChannel())
  const message = { id: 'a', author: { type: 'bot' }, type: 'text', text: 'Previewed' }
  await customer.preview([{ type: 'record', sequence: 1, at: new Date().toISOString(), messages: [message] }])
  await customer.launcher.click()
  await customer.sees('Previewed')
  await customer.say('nobody hears it')
  expect(await customer.session()).toBeNull()
  expect(await customer.log.textContent()).not.toContain('nobody hears it')
})

test('a new message does not move the transcript of a customer who reads what was said before', async () => {
  const customer = await app.openWaitingCustomer(await app.newChannel(), {
    viewport: { width: 1280, height: 500 },
  })
  const conversation = await customer.conversation()
  const reply = (text: string) => app.world.publish(conversation, 'agent.message', { agent: ann, text })
  await app.world.publish(conversation, 'agent.accepted', { agent: ann })
  for (let n = 0; n < 12; n++) await reply(`line ${n}`)
  await customer.sees('line 11')
  const { transcript } = customer
  await transcript.evaluate((element) => element.scrollTo(0, 0))
  await reply('the newest')
  await customer.button('New messages').waitFor()
  expect(await transcript.evaluate(({ scrollTop }) => scrollTop)).toBe(0)
  await customer.button('New messages').click()
  await until(() =>
    transcript.evaluate(
      ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2,
    ),
  )
})

test('markup that a customer types is text: in the widget, at the desk and in notifications', async () => {
  const channel = await app.newChannel()
  const desk = new DeskPage(await app.newPage({ permissions: ['notifications'], allowed: noPush }))
  await desk.page.addInitScript(() => {
    const told: string[] = []
    Object.assign(window, { told })
    // A page that has the focus notifies of nothing.
    Document.prototype.hasFocus = () => false
    class Heard extends EventTarget {
      static permission = 'granted'
      static requestPermission = async () => 'granted'
      constructor(title: string, { body = '' }: { body?: string } = {}) {
        super()
        told.push(title, body)
      }
      close() {}
    }
    Object.assign(window, { Notification: Heard })
  })
  await desk.signIn(await app.signInLink('agent', 'Ann', `${app.gateway.url}/desk?workspace=${channel}`))
  await (await desk.alert('Notification', 'New requests')).click()
  await desk.page.keyboard.press('Escape')

  const markup =
    '<img src=x onerror="document.title=\'hurt\'"><script>document.title="hurt"</script> {{customer.name}}'
  const name = '<b onclick=alert(1)>José</b> {{nextOpen}}'
  const customer = await app.openCustomer(channel)
  await customer.waitInQueue(markup, name)
  await customer.sees(markup)
  await customer.sees(`Thanks ${name}`)
  const told = () => desk.page.evaluate(() => (window as unknown as { told: string[] }).told.join('\n'))
  await until(async () => (await told()) !== '')
  expect(await told()).toContain(name)
  expect(await told()).toContain(markup)
  await desk.request(name).getByText(markup).waitFor()
  await desk.accept(name)
  await desk.sees(markup)
  await desk.say(markup)
  await until(async () => (await customer.log.getByText(markup).count()) === 2)
  for (const { page } of [customer, desk]) {
    expect(await page.title()).not.toBe('hurt')
    expect(await page.locator('img, script:not([src])').count()).toBe(0)
    expect.soft(await axe(page)).toEqual([])
  }
})

interface Sounding {
  sounds: number
}

const reply = (conversation: string, text: string) =>
  app.world.publish(conversation, 'agent.message', { agent: { id: 'ann' }, text })

/** A customer whose agent is Ann, in a browser that counts sounds. */
async function withAgent() {
  const channel = await app.newChannel({})
  const page = await app.newPage()
  await page.context().addInitScript(() => {
    const sounding = globalThis as unknown as Sounding
    sounding.sounds = 0
    const { start } = OscillatorNode.prototype
    OscillatorNode.prototype.start = function (...when) {
      sounding.sounds++
      start.apply(this, when)
    }
  })
  const customer = new CustomerPage(page)
  await customer.visit(app.gateway.url, channel)
  await customer.open()
  await customer.say('help')
  await customer.hasDelivered('help')
  const conversation = await customer.conversation()
  await app.world.publish(conversation, 'agent.accepted', { agent: { id: 'ann', name: 'Ann' } })
  await customer.sees('Ann has joined.')
  return {
    channel,
    customer,
    conversation,
    titleOf: () => page.title(),
    /** As where the customer turns to another tab, and back. */
    turn: (isInSight: boolean) =>
      page.evaluate((isInSight) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => !isInSight })
        document.dispatchEvent(new Event('visibilitychange'))
      }, isInSight),
  }
}

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FrameLocator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { connectionLost, useFrontdesk } from '../frontdesk.ts'
import { fits } from '../pages/accessibility.ts'
import { CustomerPage } from '../pages/customer-page.ts'

const app = useFrontdesk()

/** A page of another origin, with the widget's script in a tag of these attributes. */
async function shopWith(body: string, script = 'defer', policy = ''): Promise<string> {
  const shop = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', policy)
    response.end(`<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,">
      <script ${script} src="${app.gateway.url}/widget.js"></script><main><h1>A shop</h1>${body}</main>`)
  })
  await once(shop.listen(0, '127.0.0.1'), 'listening')
  app.onEnd(async () => shop.close())
  return `http://127.0.0.1:${(shop.address() as AddressInfo).port}/`
}

function socketsOf(page: Page): string[] {
  const sockets: string[] = []
  page.on('websocket', (socket) => sockets.push(socket.url()))
  return sockets
}

const widget = (page: Page, attribute = '') => page.locator(`frontdesk-widget${attribute}`)

test('a page has one connection and one conversation, whatever it does with its elements', async () => {
  const channel = await app.newChannel()
  const floating = `<frontdesk-widget channel="${channel}"></frontdesk-widget>`
  const inline = `<frontdesk-widget inline channel="${channel}"></frontdesk-widget>`
  const [one, both] = [await shopWith(floating), await shopWith(`${inline}${floating}`)]
  const customer = new CustomerPage(await app.newPage())
  const { page } = customer
  const sockets = socketsOf(page)

  await page.goto(both)
  const box = widget(page, '[inline]')
  await box.getByText('Hi! This is Acme.').waitFor()
  // Nobody has opened the floating one.
  await expect.poll(() => page.getByRole('dialog').count()).toBe(1)
  await box.getByRole('textbox').fill('from the box')
  await box.getByRole('textbox').press('Enter')
  await box.getByText('from the box Delivered').waitFor()
  await customer.launcher.click()
  const panel = widget(page, ':not([inline])')
  await panel.getByText('from the box Delivered').waitFor()
  await panel.getByRole('textbox', { name: 'Write a message' }).fill('from the panel')
  await page.keyboard.press('Enter')
  await box.getByText('from the panel Delivered').waitFor()
  await page.keyboard.press('Escape')
  await panel.getByRole('dialog').waitFor({ state: 'detached' })
  expect(sockets).toHaveLength(1)

  // The next page opens nothing: the customer has closed the panel, and a box is not a wish.
  await page.goto(both)
  await box.getByText('from the panel Delivered').waitFor()
  expect(await panel.getByRole('dialog').count()).toBe(0)
  expect(sockets).toHaveLength(2)

  await page.goto(one)
  await customer.launcher.click()
  await customer.sees('Hi! This is Acme.')
  await customer.composer.fill('half a sen')
  const before = sockets.length
  // A page that sets the attributes as its server says them, moves the element, or replaces it.
  await widget(page).evaluate((element) => {
    element.removeAttribute('open')
    element.setAttribute('channel', element.getAttribute('channel') ?? '')
    document.body.append(element)
  })
  await expect.poll(() => customer.composer.inputValue()).toBe('half a sen')
  await widget(page).evaluate((element) => element.replaceWith(element.cloneNode()))
  await expect.poll(() => customer.composer.inputValue()).toBe('half a sen')
  await customer.say('after all')
  await customer.hasDelivered('after all')
  expect(sockets).toHaveLength(before)

  // The attribute is the page's, to open and to close.
  await page.keyboard.press('Escape')
  await widget(page).evaluate((element) => element.setAttribute('open', ''))
  await customer.panel.waitFor()
  await widget(page).evaluate((element) => element.removeAttribute('open'))
  await customer.panel.waitFor({ state: 'detached' })
})

test('what can never work is told to the developer once, and truthfully to the customer', async () => {
  const complaints: string[] = []
  const page = await app.newPage({ allowed: /frontdesk-widget|WebSocket connection to|status of 403/ })
  page.on('console', (message) => {
    if (message.text().startsWith('frontdesk-widget')) complaints.push(message.text())
  })
  const isRefused = async (url: string, inside: Page | FrameLocator = page) => {
    complaints.length = 0
    await page.goto(url)
    await inside.getByRole('button', { name: 'Open chat' }).click()
    await inside.getByText('Chat is not available here.').waitFor()
    expect(await inside.getByRole('textbox').count()).toBe(0)
    expect(await inside.getByText('Connecting').count()).toBe(0)
  }
  // A sandboxed frame has the origin null.
  const tags = `<frontdesk-widget></frontdesk-widget><script src='${app.gateway.url}/widget.js'></script>`
  const frame = `<iframe title="Chat" sandbox="allow-scripts" width="600" height="600" srcdoc="${tags}"></iframe>`
  await isRefused(await shopWith(frame), page.frameLocator('iframe'))
  expect(complaints).toEqual([
    'frontdesk-widget: pages of null may not connect: add it to the channel’s origins, or to the gateway’s FRONTDESK_ORIGINS',
  ])

  const sockets = socketsOf(page)
  for (const [attribute, script, complaint] of [
    ['', 'type="module"', 'set the attribute gateway to a URL: it is null'],
    ['gateway="chat.example.com"', 'defer', 'set the attribute gateway to a URL: it is chat.example.com'],
    ['channel="we b!"', 'defer', 'channel must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -'],
  ] as const) {
    const url = await shopWith(`<frontdesk-widget ${attribute}></frontdesk-widget>`, script)
    await isRefused(url)
    expect(complaints).toEqual([`frontdesk-widget: ${complaint}`])
  }
  expect(sockets).toHaveLength(1)
})

test.each([
  ['the gateway as a source', 'defer', () => app.gateway.url],
  ['a nonce', 'defer nonce="n"', () => "'nonce-n' 'strict-dynamic'"],
])(
  'under a strict policy with %s its second script is loaded, and asked for again',
  async (_, script, source) => {
    const { url } = app.gateway
    const policy =
      `default-src 'none'; img-src data:; script-src ${source()}; connect-src ${url} ${url.replace('http', 'ws')};
    require-trusted-types-for 'script'; trusted-types lit-html`.replace(/\s+/g, ' ')
    const channel = await app.newChannel()
    const page = await app.newPage({ allowed: connectionLost })
    const asked: string[] = []
    await page.route(/widget\/more\.js/, (route) => {
      asked.push(route.request().url())
      return asked.length > 1 ? route.continue() : route.abort()
    })
    await page.goto(
      await shopWith(`<frontdesk-widget channel="${channel}"></frontdesk-widget>`, script, policy),
    )
    const customer = new CustomerPage(page)
    await customer.launcher.waitFor()
    expect(asked).toEqual([])
    await customer.launcher.click()
    await customer.say('help')
    await customer.panel.getByLabel('Topic').selectOption('Support')
    expect(asked).toEqual([`${url}/widget/more.js`, `${url}/widget/more.js?1`])
    const { padding } = await customer.panel.locator('form').evaluate((form) => getComputedStyle(form))
    expect(padding).toBe('16px')
  },
)

test('two floating widgets, which may lie on each other, are told to the developer once', async () => {
  const complaints: string[] = []
  const page = await app.newPage({ allowed: /frontdesk-widget: two floating/ })
  page.on('console', (message) => complaints.push(message.text()))
  const channels = [await app.newChannel(), await app.newChannel()]
  const floating = channels.map((channel) => `<frontdesk-widget channel="${channel}"></frontdesk-widget>`)
  await page.goto(await shopWith(floating.join('')))
  const launchers = page.getByRole('button', { name: /^Open chat/ })
  await expect.poll(() => launchers.count()).toBe(2)
  // The lower one is hidden, but not gone.
  await launchers.last().click()
  await page.getByRole('log').getByText('Hi! This is Acme.').waitFor()
  expect(complaints).toEqual(['frontdesk-widget: two floating widgets may lie on each other'])
  complaints.length = 0
  const inline = `<frontdesk-widget inline channel="${channels[0]}"></frontdesk-widget>`
  await page.goto(await shopWith(`${floating[0]}${inline}`))
  await widget(page, '[inline]').getByText('Hi! This is Acme.').waitFor()
  expect(complaints).toEqual([])
})

test('no ancestor cuts it off, unless the page gives it a place among its own layers', async () => {
  const channel = await app.newChannel()
  const around =
    'transform: translate(0); contain: paint; overflow: hidden; inline-size: 90px; block-size: 90px'
  const shop =
    await shopWith(`<div style="${around}"><frontdesk-widget channel="${channel}"></frontdesk-widget></div>
    <p id="cover" style="position: fixed; inset: 0; z-index: 2147483647; margin: 0">Cookies!</p>`)
  const customer = new CustomerPage(await app.newPage())
  const { page } = customer
  await page.goto(shop)
  const covers = () =>
    widget(page).evaluate((element) => {
      const panel = element.shadowRoot?.querySelector('dialog')?.getBoundingClientRect() ?? new DOMRect()
      const { left, right, top, bottom } = panel
      const corners = [left + 9, right - 9].flatMap((x) => [top + 9, bottom - 9].map((y) => [x, y] as const))
      return corners.map(([x, y]) => document.elementFromPoint(x, y) === element)
    })
  await customer.launcher.click()
  await customer.sees('Hi! This is Acme.')
  expect(await covers()).toEqual([true, true, true, true])
  // An element that is moved leaves the top layer, and comes back.
  await widget(page).evaluate((element) => document.querySelector('main')?.prepend(element))
  await expect.poll(covers).toEqual([true, true, true, true])

  await page.addStyleTag({ content: 'frontdesk-widget { --frontdesk-z-index: 5 }' })
  await customer.composer.fill('a text, after which it is rendered')
  await expect.poll(covers).toEqual([false, false, false, false])
})

test('a page’s styles do not reach in, and its size is its own', async () => {
  const channel = await app.newChannel()
  const looks: string[] = []
  for (const style of [
    '',
    '* { all: unset }',
    '* { font: italic 48px serif !important; letter-spacing: 1em }',
  ]) {
    const page = await app.newPage({ viewport: { width: 1280, height: 800 } })
    const box = `<style>${style}</style><style>frontdesk-widget { display: block !important; height: 600px }</style>
      <frontdesk-widget inline channel="${channel}"></frontdesk-widget>`
    await page.goto(await shopWith(box))
    const customer = new CustomerPage(page)
    const messages = Array.from({ length: 40 }, (_, n) => ({
      id: `${n}`,
      author: { type: n % 2 ? 'customer' : 'bot' },
      type: 'text',
      text: `line ${n}`,
    }))
    await customer.preview([{ type: 'record', sequence: 1, at: new Date(0).toISOString(), messages }])
    await customer.sees('line 39')
    looks.push(
      await customer.log.getByText('line 38').evaluate((bubble) => {
        const { font, letterSpacing, lineHeight, userSelect } = getComputedStyle(bubble)
        return [font, letterSpacing, lineHeight, userSelect, bubble.getBoundingClientRect().height].join()
      }),
    )
    // The ticks' hidden words, far down in the transcript, must not make the page longer.
    expect(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight)).toBe(true)
    await expect.poll(() => fits(page)).toBe(true)
  }
  expect(looks).toEqual([looks[0], looks[0], looks[0]])
})

test('yesterday’s times get their day at midnight', async () => {
  const customer = new CustomerPage(await app.newPage())
  const { page } = customer
  const at = new Date(2026, 5, 5, 12, 23)
  await page.clock.install({ time: at })
  await page.goto(await shopWith('<frontdesk-widget inline></frontdesk-widget>'))
  const message = { id: '1', author: { type: 'bot' }, type: 'text', text: 'Hello' }
  await customer.preview([{ type: 'record', sequence: 1, at: at.toISOString(), messages: [message] }])
  await customer.log.getByText('12:23 PM', { exact: true }).waitFor()
  await page.clock.fastForward('12:00:00')
  await customer.log.getByText('Jun 5, 2026, 12:23 PM').waitFor()
})

test('an input method’s Enter sends nothing, and a pasted file is added', async () => {
  const channel = await app.newChannel({})
  const customer = await app.openCustomer(channel)
  await customer.open()
  await customer.say('help')
  const desk = await app.openDesk('Ann', channel)
  await desk.accept('Visitor')
  for (const { composer } of [customer, desk]) {
    await composer.fill('テスト')
    // Safari ends the composition first, then reports the Enter that ended it.
    await composer.evaluate((field) => {
      const key = { key: 'Enter', keyCode: 229, bubbles: true, composed: true, cancelable: true }
      field.dispatchEvent(new KeyboardEvent('keydown', key))
    })
    await expect.poll(() => composer.inputValue()).toBe('テスト')
  }
  await customer.composer.evaluate((field) => {
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File(['x'], 'notes.txt', { type: 'text/plain' }))
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, composed: true }))
  })
  await customer.page.getByRole('button', { name: 'Remove: notes.txt' }).waitFor()
})

test('“Connecting…” waits a moment also where nothing should move, and a printed page shows no launcher', async () => {
  const page = await app.newPage({ allowed: connectionLost })
  await page.goto(await shopWith('<frontdesk-widget gateway="http://127.0.0.1:9"></frontdesk-widget>'))
  const launcher = page.getByRole('button', { name: 'Open chat' })
  await launcher.waitFor()
  const wasHidden = await widget(page).evaluate((element) => {
    ;(element as HTMLElement & { open(): void }).open()
    const banner = element.shadowRoot?.querySelector('.late')
    return banner && getComputedStyle(banner).visibility
  })
  expect(wasHidden).toBe('hidden')
  await page.getByText('No connection just now').waitFor()
  await page.keyboard.press('Escape')
  await page.emulateMedia({ media: 'print' })
  await until(async () => !(await launcher.isVisible()))
})

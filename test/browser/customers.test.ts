import { gzipSync } from 'node:zlib'
import { SignJWT } from 'jose'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { until } from '../engine/test-world.ts'
import { axe, fits, sizes, testBrowser } from './browser.ts'
import { CustomerPage } from './customer-page.ts'
import { DeskPage } from './desk-page.ts'
import { runningGateway, textsOf } from './running-gateway.ts'

const running = runningGateway()
const browser = testBrowser()
const scriptBytesMax = 15_000

test('the widget’s script stays below 15 kB, gzipped', async () => {
  const response = await fetch(running.url('/widget.js'), { headers: { 'accept-encoding': 'identity' } })
  expect(gzipSync(await response.text(), { level: 9 }).length).toBeLessThan(scriptBytesMax)
})

test('a French page speaks French, from the launcher to the end', async () => {
  const channel = await running.newChannel({})
  const page = await browser.newPage()
  const desk = new DeskPage(await browser.newPage())
  await desk.signIn(await running.deskLink('Ann', channel))
  await page.goto(running.url(`/?channel=${channel}&lang=fr`))
  await page.getByRole('button', { name: 'Ouvrir la discussion' }).click()
  await page.getByRole('log').getByText('Bonjour').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.getByRole('textbox', { name: 'Écrivez un message' }).fill('Mon enclume est cassée')
  await page.getByRole('button', { name: 'Envoyer', exact: true }).click()
  await page.getByText('C’est bientôt votre tour').waitFor()
  await desk.request('Visitor').getByText('French').waitFor()
  await desk.accept('Visitor')
  await page.getByText('Vous discutez avec Ann').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.getByRole('button', { name: 'Terminer la conversation' }).click()
  await page
    .getByRole('group', { name: 'Terminer cette conversation ?' })
    .getByText('Terminer la conversation')
    .click()
  await page.getByRole('button', { name: 'Commencer une nouvelle conversation' }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  expect(await page.getByRole('dialog').getAttribute('lang')).toBeNull()
  expect(await page.locator('.root').getAttribute('lang')).toBe('fr')
})

test('on a phone the widget covers the page, and nothing is cut off', async () => {
  const channel = await running.newChannel()
  const customer = new CustomerPage(
    await browser.newPage({ viewport: sizes.phone, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }),
  )
  await customer.visit(running.url(), channel)
  expect(await fits(customer.page)).toBe(true)
  await customer.launcher.tap()
  await customer.sees('Hi! This is Acme.')
  const panel = customer.page.getByRole('dialog')
  expect(await panel.boundingBox()).toEqual({ x: 0, y: 0, ...sizes.phone })
  await customer.say('My anvil is broken')
  await customer.sendDetails({ name: '', email: 'nobody' })
  await customer.page.getByText('This is not an e-mail address').waitFor()
  expect.soft(await axe(customer.page)).toEqual([])
  expect(await fits(customer.page)).toBe(true)
  await customer.sendDetails()
  await customer.page.getByText('in the queue').waitFor()
  await customer.page.getByRole('button', { name: 'Close chat' }).first().tap()
  await panel.waitFor({ state: 'detached' })
})

test('a reload in the middle of the form keeps all that was typed', async () => {
  const channel = await running.newChannel()
  const customer = new CustomerPage(await browser.newPage())
  await customer.visit(running.url(), channel)
  await customer.open()
  await customer.say('My anvil is broken')
  await customer.fill({ name: 'José', email: 'jose@', topic: 'Sales' })
  await customer.composer.fill('half a sen')
  await customer.page.reload()
  await customer.sees('My anvil is broken')
  expect(await customer.form.name.inputValue()).toBe('José')
  expect(await customer.form.email.inputValue()).toBe('jose@')
  expect(await customer.form.topic.inputValue()).toBe('Sales')
  expect(await customer.composer.inputValue()).toBe('half a sen')
  await customer.sendDetails({ email: 'jose@example.com' })
  await customer.sees('Thanks José')
  expect(await textsOf(running.world(), await customer.conversation(), 'customer')).toEqual([
    'My anvil is broken',
  ])
})

describe('who has logged in', () => {
  test('is known to the agent, and leaves nothing to the next visitor of the same browser', async () => {
    const channel = await running.newChannel()
    const customer = new CustomerPage(await browser.newPage())
    const desk = new DeskPage(await browser.newPage())
    await desk.signIn(await running.deskLink('Ann', channel))
    await customer.visit(running.url(), channel)
    await login(customer.page, await tokenOf('u1', 'Zoé'))
    await customer.open()
    await customer.say('My order 4711 is late')
    await customer.form.email.waitFor()
    expect(await customer.form.name.count()).toBe(0)
    await customer.sendDetails({ email: 'zoe@example.com', topic: 'Support' })
    await customer.sees('Thanks Zoé')
    await desk.pick('Zoé')
    await desk.pane('Zoé').getByText('Verified').first().waitFor()
    expect.soft(await axe(desk.page)).toEqual([])
    await desk.acceptButton.click()
    await desk.composer.waitFor()
    await desk.say('Dear Zoé')
    await customer.sees('Dear Zoé')
    await customer.composer.fill('what I never sent')
    const first = await customer.conversation()

    await customer.page.evaluate(() =>
      (document.querySelector('frontdesk-widget') as unknown as { logout(): void }).logout(),
    )
    await customer.page.getByRole('dialog').waitFor({ state: 'detached' })
    await until(async () => {
      const kept = await customer.page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
      )
      return !/Zoé|4711|zoe@|never sent/.test(kept)
    })
    // Not in this page, and not after it was loaded again.
    for (const again of [async () => undefined, () => customer.page.reload()]) {
      await again()
      if ((await customer.page.getByRole('dialog').count()) === 0) await customer.open()
      await customer.sees('Hi! This is Acme.')
      expect(await customer.log.getByText(/4711|Zoé/).count()).toBe(0)
      expect(await customer.composer.inputValue()).toBe('')
      expect(await customer.conversation()).not.toBe(first)
    }
    await customer.say('I am somebody else')
    await customer.form.name.waitFor()
    expect(await customer.form.email.inputValue()).toBe('')
    await desk.say('Are you still there?')
    await desk.sees('Are you still there?')
    await customer.hasDelivered('I am somebody else')
    expect(await customer.log.getByText('Are you still there?').count()).toBe(0)
  })

  async function tokenOf(externalId: string, name: string): Promise<string> {
    const { keys } = running.gateway().identity
    const { kid, secret } = await keys.create('test')
    return await new SignJWT({ external_id: externalId, scope: 'user', name })
      .setProtectedHeader({ alg: 'HS256', kid })
      .sign(Buffer.from(secret))
  }

  const login = (page: Page, token: string) =>
    page.evaluate(
      (jwt) =>
        (document.querySelector('frontdesk-widget') as unknown as { login(token: string): void }).login(jwt),
      token,
    )
})

test('what a customer types is text: in the widget, at the desk and in notifications', async () => {
  const channel = await running.newChannel()
  const customer = new CustomerPage(await browser.newPage())
  const desk = new DeskPage(await browser.newPage({ permissions: ['notifications'] }))
  await desk.page.addInitScript(() => {
    const told: string[] = []
    Object.assign(window, { told })
    // A page that is looked at notifies of nothing.
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
  await desk.signIn(await running.deskLink('Ann', channel))
  await desk.page.getByRole('button', { name: 'Alerts' }).click()
  await desk.page.getByRole('switch', { name: 'Notification on this computer' }).click()
  await desk.page.keyboard.press('Escape')

  const hurt =
    '<img src=x onerror="document.title=\'hurt\'"><script>document.title="hurt"</script> {{customer.name}}'
  const name = '<b onclick=alert(1)>José</b> {{nextOpen}}'
  await customer.waitInQueue(running.url(), channel, hurt, name)
  await customer.sees(hurt)
  await customer.sees(`Thanks ${name}`)
  const told = () => desk.page.evaluate(() => (window as unknown as { told: string[] }).told)
  await until(async () => (await told()).length > 0)
  expect((await told()).join('\n')).toContain(name)
  expect((await told()).join('\n')).toContain(hurt)
  await desk.request(name).getByText(hurt).waitFor()
  await desk.pick(name)
  await desk.sees(hurt)
  await desk.acceptButton.click()
  await desk.composer.waitFor()
  await desk.say(hurt)
  await until(async () => (await customer.log.getByText(hurt).count()) === 2)
  for (const { page } of [customer, desk]) {
    expect(await page.title()).not.toBe('hurt')
    expect(await page.locator('img, script:not([src])').count()).toBe(0)
    expect.soft(await axe(page)).toEqual([])
  }
})

describe('the page’s looks', () => {
  test.each([
    ['dark', { colorScheme: 'dark' as const }, ''],
    ['with forced colours', { forcedColors: 'active' as const }, ''],
    ['from right to left', {}, '&lang=ar'],
  ])('%s: axe finds nothing', async (_, options, more) => {
    const channel = await running.newChannel()
    const customer = new CustomerPage(await browser.newPage(options))
    await customer.visit(running.url(), channel, more)
    expect.soft(await axe(customer.page)).toEqual([])
    await customer.open()
    await customer.say('My anvil is broken')
    await customer.sendDetails({ name: '', email: 'josé@example.com' })
    await customer.page.getByText('has no accents').waitFor()
    expect.soft(await axe(customer.page)).toEqual([])
    await customer.sendDetails()
    await customer.page.getByText('in the queue').waitFor()
    expect.soft(await axe(customer.page)).toEqual([])
  })

  test('from right to left everything is mirrored', async () => {
    const channel = await running.newChannel()
    const customer = new CustomerPage(await browser.newPage())
    await customer.visit(running.url(), channel, '&lang=ar')
    await customer.open()
    await customer.say('My anvil is broken')
    await customer.hasDelivered('My anvil is broken')
    const left = async (locator: import('playwright-core').Locator) => (await locator.boundingBox())?.x ?? 0
    expect(await left(customer.launcher)).toBeLessThan(100)
    // What the customer wrote stands at the end of the line: the left.
    const mine = customer.log.locator('.bubble', { hasText: 'My anvil is broken' })
    const theirs = customer.log.locator('.bubble', { hasText: 'Hi! This is Acme.' })
    expect(await left(mine)).toBeLessThan(await left(theirs))
    expect(await fits(customer.page)).toBe(true)
  })

  test('who wants no motion sees none', async () => {
    const channel = await running.newChannel({})
    const customer = new CustomerPage(await browser.newPage({ reducedMotion: 'reduce' }))
    const desk = new DeskPage(await browser.newPage({ reducedMotion: 'reduce' }))
    await desk.signIn(await running.deskLink('Ann', channel))
    await customer.visit(running.url(), channel)
    await customer.open()
    expect(await moving(customer.page)).toEqual([])
    await customer.say('help')
    await desk.accept('Visitor')
    await desk.composer.pressSequentially('Hello')
    await customer.page.getByText('Ann is typing').waitFor({ state: 'attached' })
    expect(await moving(customer.page)).toEqual([])
    expect(await moving(desk.page)).toEqual([])
  })
})

/** What moves on its own, or would when it changes, for longer than one could see. */
async function moving(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const roots: (Document | ShadowRoot)[] = [document]
    const found: string[] = []
    for (let root = roots.pop(); root; root = roots.pop()) {
      for (const animation of root.getAnimations()) {
        const { duration = 0 } = animation.effect?.getComputedTiming() ?? {}
        const target = (animation.effect as KeyframeEffect | null)?.target
        if (Number(duration) > 10) found.push(`${target?.className || target?.tagName} for ${duration} ms`)
      }
      for (const element of root.querySelectorAll('*')) if (element.shadowRoot) roots.push(element.shadowRoot)
    }
    return found
  })
}

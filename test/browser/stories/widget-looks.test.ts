import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { type PageOptions, phone, sizes } from '../chromium/launch-browser.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe, fits, hasFocus, isFocusCovered } from '../pages/accessibility.ts'

const app = useFrontdesk()

test('a French page speaks French, from the launcher to the end', async () => {
  const channel = await app.newChannel({})
  const desk = await app.openDesk('Ann', channel)
  const { page } = await app.openCustomer(channel, { language: 'fr' })
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
  expect.soft(await axe(page)).toEqual([])
  await page
    .getByRole('group', { name: 'Terminer cette conversation ?' })
    .getByText('Terminer la conversation')
    .click()
  await page.getByRole('button', { name: 'Commencer une nouvelle conversation' }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  // The language stands on an ancestor of the dialog.
  const language = await page
    .getByRole('dialog')
    .evaluate((dialog) => dialog.closest('[lang]')?.getAttribute('lang'))
  expect(language).toBe('fr')
})

test('on a phone the widget covers the page, and nothing is cut off', async () => {
  const customer = await app.openCustomer(await app.newChannel(), phone)
  const { page, panel } = customer
  await expect.poll(() => fits(page)).toBe(true)
  await customer.launcher.tap()
  await customer.sees('Hi! This is Acme.')
  await expect.poll(() => panel.boundingBox()).toEqual({ x: 0, y: 0, ...sizes.phone })
  await customer.say('My anvil is broken')
  await customer.sendDetails({ name: '', email: 'nobody' })
  await page.getByText('This is not an e-mail address').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await expect.poll(() => fits(page)).toBe(true)
  await customer.sendDetails()
  await page.getByText('in the queue').waitFor()
  // The page behind cannot be reached.
  for (let pressed = 0; pressed < 12; pressed++) {
    await page.keyboard.press('Tab')
    const outside = await page.evaluate(
      () => document.activeElement?.closest('header, main, aside')?.localName,
    )
    expect(outside).toBeUndefined()
  }
  await customer.button('Close chat').first().tap()
  await panel.waitFor({ state: 'detached' })
})

test('in a low window the field that has the focus stays in sight', async () => {
  const viewport = { width: 640, height: 400 }
  const customer = await app.openCustomer(await app.newChannel(), { viewport })
  const { page } = customer
  await customer.open()
  await customer.say('My anvil is broken')
  await expect.poll(() => hasFocus(customer.form.name)).toBe(true)
  await customer.hasDelivered('My anvil is broken')
  await expect.poll(() => isFocusCovered(page)).toBe(false)
  await customer.sendDetails({ name: '', email: 'nobody' })
  await page.getByText('This is not an e-mail address').waitFor()
  await expect.poll(() => hasFocus(customer.form.name)).toBe(true)
  await expect.poll(() => isFocusCovered(page)).toBe(false)
})

test.each<[string, PageOptions]>([
  ['dark', { colorScheme: 'dark' }],
  ['with forced colours', { forcedColors: 'active' }],
  ['at 400 %', { viewport: { width: 320, height: 256 } }],
])('%s: axe finds nothing in the widget', async (_, options) => {
  const customer = await app.openCustomer(await app.newChannel(), options)
  const { page } = customer
  // A company's colour that is too light for white.
  await page.evaluate(() => document.documentElement.style.setProperty('--frontdesk-accent', '#ffd500'))
  expect.soft(await axe(page)).toEqual([])
  await customer.open()
  await customer.say('My anvil is broken')
  await customer.sendDetails({ name: '', email: 'josé@example.com' })
  await page.getByText('This is needed.').first().waitFor()
  await page.getByText('has no accents').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await customer.sendDetails()
  await page.getByText('in the queue').waitFor()
  expect.soft(await axe(page)).toEqual([])
})

test('with forced colours each bubble, the launcher and the send button have an edge', async () => {
  const channel = await app.newChannel({})
  const customer = await app.openCustomer(channel, { forcedColors: 'active' })
  /** The width of the edge where it differs from what it encloses; forced colours take backgrounds away. */
  const edgeOf = (element: Locator) =>
    element.evaluate((one) => {
      const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(one)
      return borderTopColor === backgroundColor ? 'unseen' : `${borderTopWidth} ${borderTopStyle}`
    })
  expect(await edgeOf(customer.launcher)).toBe('1px solid')
  await customer.open()
  await customer.say('help')
  await customer.hasDelivered('help')
  const bubbles = customer.log.locator('.bubble')
  await expect.poll(() => bubbles.count()).toBeGreaterThan(1)
  for (const bubble of await bubbles.all()) expect(await edgeOf(bubble)).toBe('1px solid')
  expect(await edgeOf(customer.button('Send'))).toBe('1px solid')
})

test('nothing moves where the visitor wants no motion', async () => {
  const channel = await app.newChannel({})
  const customer = await app.openCustomer(channel, { reducedMotion: 'reduce' })
  const desk = await app.openDesk('Ann', channel, { reducedMotion: 'reduce' })
  await customer.open()
  expect(await moving(customer.page)).toEqual([])
  await customer.say('help')
  await desk.accept('Visitor')
  await desk.composer.pressSequentially('Hello')
  await customer.page.getByText('Ann is typing').waitFor({ state: 'attached' })
  expect(await moving(customer.page)).toEqual([])
  expect(await moving(desk.page)).toEqual([])
})

/** The animations and transitions of a page that last long enough to be seen. */
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

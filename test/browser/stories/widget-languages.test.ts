import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { fillIn } from '../../../engine/texts/fill.ts'
import { textsFor } from '../../../engine/texts/languages.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe, fits, hasFocus } from '../pages/accessibility.ts'

const app = useFrontdesk()

test('an Arabic page speaks Arabic, from right to left', async () => {
  const channel = await app.newChannel({ duringHours: { customerDetails: ['name', 'email'] } })
  const desk = await app.openDesk('Ann', channel)
  const customer = await app.openCustomer(channel, { language: 'ar' })
  const { page, words } = customer
  await customer.launcher.click()
  await expect.poll(() => hasFocus(customer.composer)).toBe(true)
  await customer.sees('مرحبًا! كيف يمكننا مساعدتكم؟')
  expect.soft(await axe(page)).toEqual([])
  await customer.say('Anvil No. 4, please.')
  await customer.hasDelivered('Anvil No. 4, please.')

  const left = async (element: Locator) => (await element.boundingBox())?.x ?? 0
  const root = customer.panel.locator('..')
  expect(await root.evaluate((element: HTMLElement) => [element.lang, element.dir])).toEqual(['ar', 'rtl'])
  expect(await left(customer.launcher)).toBeLessThan(100)
  // The customer's messages stand at the end of the line: at the left. An English text keeps its full stop at its end.
  const mine = customer.log.getByText('Anvil No. 4, please.')
  const theirs = customer.log.getByText('مرحبًا!')
  expect(await left(mine)).toBeLessThan(await left(theirs))
  const direction = (bubble: Locator) => bubble.evaluate((element) => getComputedStyle(element).direction)
  expect(await direction(mine)).toBe('ltr')
  expect(await direction(theirs)).toBe('rtl')

  await customer.sendDetails({ name: '', email: 'josé@example.com' })
  await page.getByText(words.fieldErrors.required).waitFor()
  await page.getByText(words.fieldErrors.email_accented).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await customer.sendDetails({ name: 'ليلى', email: 'layla@example.com' })
  await customer.sees('شكرًا ليلى، سيرد عليكم أحد موظفينا قريبًا.')
  await page.getByText(words.next).waitFor()
  await desk.request('ليلى').getByText('Arabic').waitFor()
  await desk.accept('ليلى')
  await customer.sees(fillIn(textsFor('ar').joined, { 'agent.name': 'Ann' }))
  await page.getByText(fillIn(words.with, { name: 'Ann' })).waitFor()
  await expect.poll(() => fits(page)).toBe(true)
  await customer.button(words.end).click()
  expect.soft(await axe(page)).toEqual([])
  await page.getByRole('group', { name: words.endConfirm }).getByRole('button', { name: words.end }).click()
  await customer.button(words.startAnew).waitFor()
  expect.soft(await axe(page)).toEqual([])
})

test('a page has words of its own, and English where those of its language do not come', async () => {
  const customer = await app.openCustomer(await app.newChannel({}), {
    allowed: /net::ERR_FAILED|there is no word/,
  })
  const { page } = customer
  await page.route('**/widget/words/fr.json', (route) => route.abort())
  await page.evaluate(() => {
    const widget = document.querySelector('frontdesk-widget')
    widget?.setAttribute('words', '{"title": "Ask Acme", "write": "Write to Acme", "send": 1}')
  })
  await page.getByRole('button', { name: 'Open chat' }).click()
  await page.getByRole('heading', { name: 'Ask Acme' }).waitFor()
  await page.getByRole('textbox', { name: 'Write to Acme' }).waitFor()
  await page.getByRole('button', { name: 'Send', exact: true }).waitFor()
  const failed = page.waitForEvent('requestfailed')
  await page.evaluate(() => document.querySelector('frontdesk-widget')?.setAttribute('locale', 'fr'))
  await failed
  await page.getByRole('button', { name: 'Close chat' }).first().waitFor()
  await page.getByRole('heading', { name: 'Ask Acme' }).waitFor()
})

import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { phone } from '../chromium/launch-browser.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe, fits } from '../pages/accessibility.ts'
import { CustomerPage } from '../pages/customer-page.ts'
import { DeskPage } from '../pages/desk-page.ts'

const app = useFrontdesk()
const ann = { id: 'ann', name: 'Ann' }
const jose = {
  externalId: 'u-7',
  name: 'José García',
  email: 'jose@example.com',
  attributes: { plan: 'gold' },
}

/** A conversation with these events, once they have their records. */
async function happened(id: string, channel: string, ...events: [string, object][]): Promise<void> {
  const all: [string, object][] = [
    ['session.started', { channel, locale: 'en', customer: jose, attributes: { order: 4711 } }],
    ...events,
  ]
  for (const [type, payload] of all) await app.world.publish(id, type, payload)
  await until(async () => (await app.world.records(id)).length === all.length)
}

test('an agent finds an old conversation, reads it, and sees what a customer asked before', async () => {
  const channel = await app.newChannel({ attributes: ['plan', 'order'] })
  await happened(
    `${channel}-old`,
    channel,
    ['session.message', { text: 'It arrived broken' }],
    ['agent.accepted', { agent: ann }],
    ['agent.tagged', { agent: ann, tags: ['refund'] }],
    ['agent.noted', { agent: ann, text: 'Carl knows the code' }],
    ['agent.message', { agent: ann, text: 'You get your money back today' }],
    ['session.ended', {}],
  )
  await happened(`${channel}-new`, channel, ['session.message', { text: 'Where is my money?' }])
  const desk = await app.openDesk('Ann', channel)
  const { page } = desk
  await desk.request('José García').waitFor()

  await page.keyboard.press('/')
  const field = page.getByRole('searchbox', { name: 'Search conversations' })
  await expect
    .poll(() => field.evaluate((one) => one === (one.getRootNode() as ShadowRoot).activeElement))
    .toBe(true)
  await field.fill('BACK tag:Refund')
  const found = page.getByRole('region', { name: 'Found' })
  const mark = found.locator('mark')
  await mark.waitFor()
  expect(await mark.textContent()).toBe('back')
  await page.getByText('1 conversation found').waitFor({ state: 'attached' })
  expect(await axe(page)).toEqual([])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const pane = desk.pane('José García')
  for (const text of ['It arrived broken', 'Carl knows the code', 'You get your money back today'])
    await pane.getByText(text).waitFor()
  await pane.getByText('The customer has ended the conversation.').waitFor()
  expect(await desk.composer.count()).toBe(0)
  const { about } = desk
  for (const text of ['gold', '4711', 'refund']) await about.getByText(text, { exact: true }).waitFor()
  expect(await about.getByTitle('From the company’s own login').count()).toBe(1)
  expect(await axe(page)).toEqual([])

  await about.getByRole('heading', { name: 'Earlier conversations (1)' }).waitFor()
  await about.getByRole('button', { name: 'Where is my money?' }).click()
  await pane.getByText('Where is my money?').first().waitFor()
  await about.getByRole('button', { name: 'It arrived broken' }).waitFor()

  await field.fill('nothing like it')
  await page.getByText('Narrow a search with').waitFor()
  await field.press('Escape')
  await desk.request('José García').waitFor()

  const pocket = await app.newPage(phone)
  const small = new DeskPage(pocket)
  await small.signIn(await app.signInLink('agent', 'Ann', `${app.gateway.url}/desk?workspace=${channel}`))
  await pocket.getByRole('searchbox', { name: 'Search conversations' }).fill('broken')
  await pocket
    .getByRole('region', { name: 'Found' })
    .getByRole('button', { name: /José García/ })
    .waitFor()
  expect(await fits(pocket)).toBe(true)
  expect(await axe(pocket)).toEqual([])
  await pocket
    .getByRole('region', { name: 'Found' })
    .getByRole('button', { name: /José García/ })
    .first()
    .click()
  await small.pane('José García').getByText('It arrived broken').first().waitFor()
})

/** A JWT such as a company's server signs. */
async function tokenOf(externalId: string): Promise<string> {
  const { keys } = app.gateway.identity
  const { kid, secret } = await keys.create('test')
  await until(async () => (await keys.list()).some((key) => key.kid === kid))
  return await new SignJWT({ external_id: externalId, scope: 'user' })
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(Buffer.from(secret))
}

test('a customer who logs in on another device continues there, and leaves nothing after a logout', async () => {
  const channel = await app.newChannel({ duringHours: { customerDetails: [] } })
  const token = await tokenOf(app.id)
  const home = await app.openCustomer(channel)
  await home.login(token)
  await home.open()
  await home.say('My kettle is late')
  await home.hasDelivered('My kettle is late')

  const pocket = new CustomerPage(await app.newPage(phone))
  await pocket.visit(app.gateway.url, channel)
  await pocket.login(token)
  await pocket.open()
  const list = await pocket.earlier()
  expect(await axe(pocket.page)).toEqual([])
  expect(await fits(pocket.page)).toBe(true)
  await list.getByRole('button', { name: 'My kettle is late' }).click()
  await pocket.sees('My kettle is late')
  await pocket.say('I am on the way')
  await home.sees('I am on the way')
  await pocket.logout()
  await until(() => pocket.page.evaluate(() => !/kettle/.test(JSON.stringify({ ...localStorage }))))
  await pocket.open()
  expect(await pocket.page.getByText(pocket.words.earlier).count()).toBe(0)
})

test('a visitor reads former conversations in their browser, unless it forgets them', async () => {
  const channel = await app.newChannel({ duringHours: { customerDetails: [] } })
  const customer = await app.openCustomer(channel)
  await customer.open()
  await customer.say('My first question')
  await customer.hasDelivered('My first question')
  await customer.end()
  await customer.say('My second question')
  await customer.hasDelivered('My second question')
  expect(await customer.log.getByText('My first question').count()).toBe(0)
  await customer.page.reload()
  await customer.open()
  await (await customer.earlier()).getByRole('button', { name: 'My first question' }).click()
  await customer.sees('My first question')
  await customer.button(customer.words.startAnew).waitFor()
  // The present one goes on.
  await (await customer.earlier()).getByRole('button', { name: 'My second question' }).click()
  await customer.sees('My second question')
  await customer.say('And another thing')
  await customer.hasDelivered('And another thing')

  await customer.page.evaluate(() => {
    localStorage.clear()
    sessionStorage.clear()
  })
  await customer.page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () =>
      document.querySelector('frontdesk-widget')?.setAttribute('forget', ''),
    )
  })
  await customer.page.reload()
  await customer.open()
  await customer.say('On a shared computer')
  await customer.hasDelivered('On a shared computer')
  await customer.end()
  await customer.button(customer.words.startAnew).click()
  await customer.composer.waitFor()
  expect(await customer.page.getByText(customer.words.earlier).count()).toBe(0)
  expect(await customer.page.evaluate(() => Object.keys(localStorage).length)).toBe(0)
})

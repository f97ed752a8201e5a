import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { phone } from '../chromium/launch-browser.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe, fits } from '../pages/accessibility.ts'
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

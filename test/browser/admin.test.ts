import { describe, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { until } from '../engine/test-world.ts'
import { AdminPage } from './admin-page.ts'
import { axe, fits, type PageOptions, sizes, testBrowser } from './browser.ts'
import { CustomerPage } from './customer-page.ts'
import { asksForDetails, runningGateway } from './running-gateway.ts'

const running = runningGateway()
const browser = testBrowser()
const monday = 1440
const nine = 9 * 60

async function adminOf(name: string, options: PageOptions = {}): Promise<AdminPage> {
  const admin = new AdminPage(await browser.newPage(options))
  await admin.signIn(await running.adminLink(name))
  return admin
}

/** What is stored; `null` where there is nothing. */
async function stored(key: string): Promise<Record<string, unknown> | null> {
  const entry = await new Bucket(running.world().nats, 'configuration').get(key)
  return entry ? JSON.parse(entry.value) : null
}

const configure = (document: { id: string } & Record<string, unknown>) =>
  running.world().configure(`schedule.${document.id}`, document)

describe('two administrators save at once: the second is told what differs, and chooses', () => {
  test.each([
    ['the other’s', 'Take theirs', 'Ada’s text'],
    ['their own', 'Overwrite with mine', 'Bea’s text'],
  ])('%s', async (_, choice, kept) => {
    const channel = await running.newChannel()
    const ada = await adminOf('Ada')
    const bea = await adminOf('Bea', { allowed: /412/ })
    for (const admin of [ada, bea]) {
      await admin.openChannel(channel)
      await admin.response('During', 'First message').fill(admin === ada ? 'Ada’s text' : 'Bea’s text')
    }
    await ada.save()
    await bea.page.getByRole('heading', { name: 'Somebody else has saved this channel meanwhile' }).waitFor()
    const row = bea.page.getByRole('row', { name: /First message/ })
    await row.getByText('Ada’s text').waitFor()
    await row.getByText('Bea’s text').waitFor()
    expect(await bea.page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
    expect.soft(await axe(bea.page)).toEqual([])
    await bea.page.getByRole('button', { name: choice }).click()
    await bea.page.getByRole('heading', { name: 'Somebody else' }).waitFor({ state: 'detached' })
    expect(await bea.response('During', 'First message').inputValue()).toBe(kept)
    await until(async () =>
      JSON.stringify((await stored(`channel.${channel}`))?.duringHours).includes(`"firstMessage":"${kept}"`),
    )
    // The other page follows by itself.
    await until(async () => (await ada.response('During', 'First message').inputValue()) === kept)
  })
})

test('what cannot be saved is said at its field, and nothing is stored', async () => {
  const channel = await running.newChannel()
  const admin = await adminOf('Ada', { allowed: /422/ })
  const { page } = admin
  await admin.openChannel(channel)
  const text = admin.response('During', 'First message')
  await text.fill('a'.repeat(5000))
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('heading', { name: 'Not saved: one field needs your attention' }).waitFor()
  expect(await text.getAttribute('aria-invalid')).toBe('true')
  const described = await text.getAttribute('aria-describedby')
  const error = page.getByText('At most 4096 characters').last()
  expect(described?.split(' ')).toContain(await error.getAttribute('id'))
  expect.soft(await axe(page)).toEqual([])
  expect((await stored(`channel.${channel}`))?.duringHours).toEqual(asksForDetails)
  await text.fill('Short')
  await admin.save()
  expect(await text.getAttribute('aria-invalid')).toBe('false')
  expect((await stored(`channel.${channel}`))?.duringHours).toMatchObject({ firstMessage: 'Short' })
})

test('a text that nobody has changed is the default, and can be that again', async () => {
  const channel = await running.newChannel({})
  const admin = await adminOf('Ada')
  await admin.openChannel(channel)
  const text = admin.response('During', 'First message')
  const standard = await text.inputValue()
  expect(standard).not.toBe('')
  await text.fill('Something else')
  await admin.page.getByRole('button', { name: /^Reset to default.*First message$/ }).click()
  expect(await text.inputValue()).toBe(standard)
  expect(await admin.page.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0)
})

test('hours are drawn on the week, and what is open now follows', async () => {
  const id = 'drawn'
  await configure({ id, timeZone: 'UTC', intervals: [] })
  const admin = await adminOf('Ada', { viewport: { width: 1280, height: 1400 } })
  const { page } = admin
  await admin.goTo('Schedules')
  await page.getByRole('link', { name: id, exact: true }).click()
  await page.getByText('Closed, and never opens').waitFor()
  expect.soft(await axe(page)).toEqual([])
  const column = page.locator(`.column[data-day="1"]`)
  await column.scrollIntoViewIfNeeded()
  const { x = 0, y = 0, width = 0, height = 0 } = (await column.boundingBox()) ?? {}
  const at = (minute: number) => y + (minute / 1440) * height
  await page.mouse.move(x + width / 2, at(nine))
  await page.mouse.down()
  await page.mouse.move(x + width / 2, at(nine + 120), { steps: 4 })
  await page.mouse.move(x + width / 2, at(17 * 60), { steps: 4 })
  await page.mouse.up()
  const block = page.getByRole('button', { name: 'Monday 09:00–17:00' })
  await block.waitFor()
  expect(await page.getByLabel('Hours 1, from: time').inputValue()).toBe('09:00')
  expect(await page.getByLabel('Hours 1, to: time').inputValue()).toBe('17:00')
  await page
    .getByRole('status')
    .getByText(/Open now, closes|Closed now, opens/)
    .waitFor()
  await admin.save()
  expect(await stored(`schedule.${id}`)).toMatchObject({
    intervals: [{ start: monday + nine, end: monday + 17 * 60 }],
  })
  expect.soft(await axe(page)).toEqual([])
})

test('a schedule that channels use says which before it is deleted, and they count as open', async () => {
  const id = 'paris'
  await configure({ id, timeZone: 'Europe/Paris', intervals: [] })
  const channel = await running.newChannel({ schedule: id, duringHours: { firstMessage: 'We are here' } })
  const admin = await adminOf('Ada')
  const { page } = admin
  await admin.goTo('Schedules')
  await page.getByRole('link', { name: id, exact: true }).click()
  await page.getByRole('button', { name: 'Delete schedule' }).click()
  const question = page.getByRole('group', { name: 'Delete schedule' })
  await question.getByText(`The channel ${channel} uses it, and will count as always open.`).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await question.getByRole('button', { name: 'Delete schedule' }).click()
  await page.getByRole('heading', { name: 'Schedules', level: 1 }).waitFor()
  expect(await stored(`schedule.${id}`)).toBeNull()
  await admin.openChannel(channel)
  await page.getByText('This schedule does not exist any more.').waitFor()
  expect.soft(await axe(page)).toEqual([])
  const customer = new CustomerPage(await browser.newPage())
  await customer.visit(running.url(), channel)
  await customer.open()
  await customer.sees('We are here')
})

test('a Zendesk response is shown, with what to look at, before it is saved', async () => {
  const admin = await adminOf('Ada')
  const { page } = admin
  await page.goto(running.url('/admin#/import'))
  const berlin = {
    id: 9,
    name: 'Berlin office',
    time_zone: 'Berlin',
    intervals: [{ start_time: monday + nine, end_time: monday + 1020 }],
  }
  const empty = { id: 10, name: 'Vacant', time_zone: 'London', intervals: [] }
  await page.getByLabel('Or paste it here').fill('not json')
  await page.getByRole('button', { name: 'Show what it makes' }).click()
  await page.getByText('This is no JSON.').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.getByLabel('Or paste it here').fill(JSON.stringify({ schedules: [berlin, empty] }))
  await page.getByRole('button', { name: 'Show what it makes' }).click()
  await page.getByRole('heading', { name: '2 schedules' }).waitFor()
  await page.getByText('Europe/Berlin').waitFor()
  await page.getByText('it never opens').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.getByRole('button', { name: 'Save 2 schedules' }).click()
  await page.getByRole('link', { name: 'Saved' }).first().click()
  await page.getByRole('heading', { name: 'Berlin office', level: 1 }).waitFor()
  expect(await stored('schedule.berlin-office')).toMatchObject({
    timeZone: 'Europe/Berlin',
    intervals: [{ start: monday + nine, end: monday + 1020 }],
  })
})

test('a key’s secret is shown once, and a revoked key is no key', async () => {
  const admin = await adminOf('Ada')
  const { page } = admin
  await admin.goTo('Keys')
  await page.getByText('No keys yet').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.getByLabel('New key').fill('Shop server')
  await page.getByRole('button', { name: 'Create key' }).click()
  await page.getByRole('heading', { name: 'Key “Shop server” is ready' }).waitFor()
  const secret = (await page.locator('#secret-text').textContent())?.trim() ?? ''
  expect(secret.length).toBeGreaterThanOrEqual(43)
  expect.soft(await axe(page)).toEqual([])
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('row', { name: /Shop server/ }).waitFor()
  await page.reload()
  await page.getByRole('row', { name: /Shop server/ }).waitFor()
  expect(
    await page.locator('frontdesk-admin').evaluate((element) => element.shadowRoot?.innerHTML),
  ).not.toContain(secret)
  await page.getByRole('button', { name: 'Revoke Shop server' }).click()
  await page.getByText('Logins signed with “Shop server” are refused from now on.').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.getByRole('button', { name: 'Revoke now' }).click()
  await page.getByText('No keys yet').waitFor()
  expect(await running.gateway().identity.keys.list()).toEqual([])
})

test('a bot is made, mended, tried, put on a channel, and taken off it again', async () => {
  const channel = await running.newChannel({ duringHours: { firstMessage: 'We are here' } })
  const admin = await adminOf('Ada')
  const { page } = admin
  await admin.newBot('Order helper')
  await page.getByText('No errors.').waitFor()
  const text = await admin.botText.inputValue()
  const errors = page.getByRole('region', { name: 'Errors' })

  // Wrong, and said so beside the line.
  await admin.botText.fill(text.replace('goTo: hours', 'goTo: ours'))
  await page.locator('.line.wrong').getByText('There is no answer “ours” to go to').waitFor()
  await errors.getByText('answer “welcome”, step “topic”').waitFor()
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
  expect.soft(await axe(page)).toEqual([])
  await errors.getByRole('button').first().click()
  await page.keyboard.type('goTo: hours')
  await page.getByText('No errors.').waitFor()

  // Drawn as it stands.
  await page.getByRole('img', { name: 'Statechart of bot:order-helper' }).waitFor()
  await page.locator('admin-bot-drawing [data-state="bot/hours"]').first().waitFor()

  // Tried before it is saved, by clicking.
  await admin.preview.getByRole('button', { name: 'Opening hours' }).click()
  await admin.preview.getByText('We are here from Monday to Friday, 9 to 17.').waitFor()
  await admin.preview.getByRole('button', { name: 'No', exact: true }).click()
  await page.getByText('The bot has handed over: agents see the request.').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await admin.save()
  expect(await stored('bot.order-helper')).toMatchObject({ id: 'order-helper', name: 'Order helper' })

  await admin.openChannel(channel)
  await page.getByRole('combobox', { name: 'Bot' }).selectOption('Order helper')
  await admin.preview.getByRole('button', { name: 'Talk to a person' }).waitFor()
  await page.getByText('What the bot falls back to').first().waitFor()
  expect.soft(await axe(page)).toEqual([])
  await admin.save()

  const first = new CustomerPage(await browser.newPage())
  await first.visit(running.url(), channel)
  await first.open()
  await first.sees('Hi! I’m here to help.')
  await first.page.getByRole('button', { name: 'Opening hours' }).click()
  await first.sees('We are here from Monday to Friday')

  await page.getByRole('button', { name: 'Switch off' }).click()
  await page.getByText('Saved', { exact: true }).waitFor()
  await until(async () => (await stored(`channel.${channel}`))?.bot === undefined)
  const second = new CustomerPage(await browser.newPage())
  await second.visit(running.url(), channel)
  await second.open()
  await second.sees('We are here')
  expect(await second.page.getByText('Hi! I’m here to help.').count()).toBe(0)
  // Who talks with the bot goes on with it.
  await first.page.getByRole('button', { name: 'Yes', exact: true }).click()
  await first.page.getByText('This conversation has ended.').waitFor()

  await admin.goTo('Bots')
  await page.getByRole('link', { name: 'Order helper' }).click()
  await page.getByRole('button', { name: 'Delete bot' }).click()
  const question = page.getByRole('group', { name: 'Delete bot' })
  await question.getByText('No channel uses this bot.').waitFor()
  await question.getByRole('button', { name: 'Delete bot' }).click()
  await page.getByRole('heading', { name: 'Bots', level: 1 }).waitFor()
  expect(await stored('bot.order-helper')).toBeNull()
})

describe('every view of the administration', () => {
  test.each<[string, PageOptions]>([
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: sizes.phone, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }],
    ['in French', { locale: 'fr-FR' }],
  ])('%s: axe finds nothing, and nothing is cut off', async (_, options) => {
    const channel = await running.newChannel({ duringHours: asksForDetails, schedule: 'looks' })
    await configure({
      id: 'looks',
      timeZone: 'Europe/Paris',
      intervals: [
        { start: 1980, end: 2460 },
        { start: 5 * 1440 + 22 * 60, end: 6 * 1440 + 4 * 60 },
      ],
      holidays: [{ name: 'Noël', startDate: '2026-12-25', endDate: '2026-12-26' }],
    })
    const steps = [
      {
        type: 'api',
        url: 'https://api.example.com/a/long/path/to/what/is/looked/up',
        success: 'a',
        failure: 'b',
      },
    ]
    const end = { type: 'end', text: 'Found it.' }
    const answers = [
      { id: 'first', steps },
      { id: 'a', steps: [end] },
      { id: 'b', steps: [end] },
    ]
    await running.world().configure('bot.looks', { id: 'looks', answers })
    const page = await browser.newPage(options)
    await page.goto(await running.adminLink('Ada'))
    for (const [hash, shown] of [
      ['#/channels', channel],
      [`#/channels/${channel}/responses`, 'Hi! This is Acme. How can we help?'],
      [`#/channels/${channel}/reminders`, undefined],
      [`#/channels/${channel}/settings`, 'frontdesk-widget channel='],
      ['#/schedules', 'looks'],
      ['#/schedules/looks', '22:00'],
      ['#/bots', 'looks'],
      ['#/bots/looks', 'https://api.example.com/a/long'],
      ['#/import', 'Zendesk'],
      ['#/keys', undefined],
    ] as const) {
      await page.goto(running.url(`/admin${hash}`))
      await page.getByRole('heading', { level: 1 }).waitFor()
      if (shown) await page.getByText(shown).first().waitFor({ state: 'attached' })
      expect.soft(await axe(page), hash).toEqual([])
      expect.soft(await fits(page), `${hash} fits`).toBe(true)
    }
  })

  test('who is not signed in is told what to do', async () => {
    const page = await browser.newPage({ allowed: /401/ })
    await page.goto(running.url('/admin'))
    await page.getByText('npx frontdesk sign-in').waitFor()
    expect.soft(await axe(page)).toEqual([])
  })
})

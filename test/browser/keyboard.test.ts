import { expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { subjects } from '../../engine/nats/topology.ts'
import { until } from '../engine/test-world.ts'
import { AdminPage } from './admin-page.ts'
import { axe, hasFocus, tabTo, testBrowser } from './browser.ts'
import { CustomerPage } from './customer-page.ts'
import { DeskPage } from './desk-page.ts'
import { asksForDetails, runningGateway } from './running-gateway.ts'

const running = runningGateway()
const browser = testBrowser()

test('with keys alone a customer asks, fills the form and closes, and an agent accepts, replies and ends', async () => {
  const channel = await running.newChannel()
  const { page } = new CustomerPage(await browser.newPage())
  const customer = new CustomerPage(page)
  const desk = new DeskPage(await browser.newPage())
  await desk.signIn(await running.deskLink('Ann', channel))

  await customer.visit(running.url(), channel)
  await tabTo(page, customer.launcher)
  await page.keyboard.press('Enter')
  await customer.sees('Hi! This is Acme.')
  expect(await hasFocus(customer.composer)).toBe(true)
  await page.keyboard.type('My anvil is broken')
  await page.keyboard.press('Enter')
  // The form takes the focus: what it asks for is what is next.
  await until(() => hasFocus(customer.form.name))
  await page.keyboard.type('José')
  await tabTo(page, customer.form.email)
  await page.keyboard.type('josé@example.com')
  await page.keyboard.press('Enter')
  await page.getByText('has no accents').waitFor()
  await until(() => hasFocus(customer.form.email))
  await page.keyboard.press('Control+A')
  await page.keyboard.type('jose@example.com')
  await tabTo(page, customer.form.topic)
  await page.keyboard.type('Sup')
  await tabTo(page, customer.form.send)
  await page.keyboard.press('Space')
  await customer.sees('Thanks José')
  await until(() => hasFocus(customer.composer))

  const request = desk.request('José')
  await request.waitFor()
  await tabTo(desk.page, request)
  await desk.page.keyboard.press('Enter')
  await until(() => hasFocus(desk.acceptButton))
  await desk.page.keyboard.press('Enter')
  await until(() => hasFocus(desk.composer))
  await desk.page.keyboard.type('A new one is on its way')
  await desk.page.keyboard.press('Enter')
  await customer.sees('A new one is on its way')
  await page.keyboard.type('Thank you')
  await page.keyboard.press('Enter')
  await desk.sees('Thank you')

  await tabTo(desk.page, desk.page.getByRole('button', { name: 'End', exact: true }))
  await desk.page.keyboard.press('Enter')
  await until(() => hasFocus(desk.page.getByRole('button', { name: 'End conversation' })))
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.page.keyboard.press('Enter')
  await desk.page.getByText('You have ended the conversation.').waitFor()
  await page.getByRole('button', { name: 'Start a new conversation' }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await hasFocus(customer.launcher)).toBe(true)
})

test('with keys alone a customer chooses an option, ends, and begins anew', async () => {
  const channel = await running.newChannel({})
  const customer = new CustomerPage(await browser.newPage())
  const { page } = customer
  await customer.visit(running.url(), channel)
  await customer.open()
  await customer.say('help')
  await page.getByText('in the queue').waitFor()
  const conversation = await customer.conversation()
  await offer(conversation, ['Sales', 'Support'])
  const support = page.getByRole('button', { name: 'Support' })
  await support.waitFor()
  expect.soft(await axe(page)).toEqual([])
  await tabTo(page, support, 'Shift+Tab')
  await page.keyboard.press('Enter')
  await until(async () => {
    const events = await running.world().stored('events')
    return events.some(({ subject, body }) => /session\.option$/.test(subject) && body.includes('"Support"'))
  })

  await tabTo(page, page.getByRole('button', { name: 'End conversation' }), 'Shift+Tab')
  await page.keyboard.press('Enter')
  await until(() =>
    hasFocus(page.getByRole('group', { name: 'End this conversation?' }).getByRole('button').first()),
  )
  await page.keyboard.press('Enter')
  const again = page.getByRole('button', { name: 'Start a new conversation' })
  await again.waitFor()
  await tabTo(page, again, 'Shift+Tab')
  await page.keyboard.press('Enter')
  await until(() => hasFocus(customer.composer))
  await until(async () => ![conversation, ''].includes(await customer.conversation()))
})

/** As a bot offers a choice: there is none yet, so its record is written here. */
async function offer(conversation: string, options: string[]): Promise<void> {
  const { nats, stored } = running.world()
  const subject = subjects.conversation(conversation)
  const last = (await stored('conversations', subject)).at(-1)
  const message = {
    id: `${conversation}.offer.0`,
    author: { type: 'bot' },
    type: 'options',
    text: 'Which one?',
    options,
  }
  await nats.publisher.publish(
    subject,
    JSON.stringify({ ...JSON.parse(last?.body ?? ''), messages: [message] }),
  )
}

test('with keys alone an administrator changes a text and the hours of a day', async () => {
  const channel = await running.newChannel({ duringHours: asksForDetails, schedule: 'paris' })
  await running.world().configure('schedule.paris', {
    id: 'paris',
    timeZone: 'Europe/Paris',
    intervals: [{ start: 1980, end: 2460 }],
  })
  const admin = new AdminPage(await browser.newPage())
  const { page } = admin
  await admin.signIn(await running.adminLink('Ada'))
  const link = page.getByRole('link', { name: channel, exact: true })
  await link.waitFor()
  await tabTo(page, link)
  await page.keyboard.press('Enter')
  const text = admin.response('During', 'First message')
  await text.waitFor()
  await tabTo(page, text)
  await page.keyboard.press('Control+A')
  await page.keyboard.type('What can we forge for you?')
  await tabTo(page, page.getByRole('button', { name: 'Save', exact: true }))
  await page.keyboard.press('Enter')
  await page.getByText('Saved', { exact: true }).waitFor()
  expect.soft(await axe(page)).toEqual([])

  await tabTo(page, page.getByRole('link', { name: 'Edit schedule' }))
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'paris', level: 1 }).waitFor()
  const day = page.getByLabel('Hours 1, to: day')
  const time = page.getByLabel('Hours 1, to: time')
  await tabTo(page, time)
  await page.keyboard.type('0630PM')
  await tabTo(page, page.getByRole('button', { name: 'Save', exact: true }))
  await page.keyboard.press('Enter')
  await page.getByText('Saved', { exact: true }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  expect(await day.inputValue()).toBe('1')
  const stored = await new Bucket(running.world().nats, 'configuration').get('schedule.paris')
  expect(JSON.parse(stored?.value ?? '')).toMatchObject({
    intervals: [{ start: 1980, end: 1440 + 18 * 60 + 30 }],
  })
  const kept = await new Bucket(running.world().nats, 'configuration').get(`channel.${channel}`)
  expect(JSON.parse(kept?.value ?? '')).toMatchObject({
    duringHours: { firstMessage: 'What can we forge for you?' },
  })
})

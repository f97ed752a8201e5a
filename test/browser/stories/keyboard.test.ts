import { expect, test } from 'vitest'
import { flowOf, options, person } from '../../bots/flow.ts'
import { until } from '../../engine/test-world.ts'
import { textsOf, useFrontdesk } from '../frontdesk.ts'
import { axe, hasFocus, tabTo } from '../pages/accessibility.ts'

const app = useFrontdesk()

test('with keys alone a customer asks, fills the form and closes, and an agent accepts, replies and ends', async () => {
  const channel = await app.newChannel()
  const customer = await app.openCustomer(channel)
  const { page } = customer
  const desk = await app.openDesk('Ann', channel)

  await tabTo(page, customer.launcher)
  await page.keyboard.press('Enter')
  await customer.sees('Hi! This is Acme.')
  await expect.poll(() => hasFocus(customer.composer)).toBe(true)
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
  await desk.page.getByText('You have ended the conversation.').waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
  await page.getByRole('button', { name: 'Start a new conversation' }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect.poll(() => hasFocus(customer.launcher)).toBe(true)
})

test('with keys alone a customer chooses an option, ends, and begins anew', async () => {
  const { id } = app
  const welcome = [options('Which one?', { Sales: 'person', Support: 'person' })]
  await app.configure('bot', flowOf({ welcome, person }, { id }))
  const channel = await app.newChannel({ bot: id })
  const customer = await app.openCustomer(channel)
  const { page } = customer
  await customer.open()
  const support = customer.button('Support')
  await support.waitFor()
  expect.soft(await axe(page)).toEqual([])
  await tabTo(page, support, 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByText('in the queue').waitFor()
  const conversation = await customer.conversation()
  expect(await textsOf(app.world, conversation, 'customer')).toEqual(['Support'])

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

test('with keys alone an administrator changes a text and the hours of a day', async () => {
  const { id } = app
  await app.configure('schedule', { id, timeZone: 'Europe/Paris', intervals: [{ start: 1980, end: 2460 }] })
  const channel = await app.newChannel({ schedule: id })
  const admin = await app.openAdmin()
  const { page } = admin
  const link = page.getByRole('link', { name: channel, exact: true })
  await link.waitFor()
  await tabTo(page, link)
  await page.keyboard.press('Enter')
  const text = admin.firstMessage()
  await text.waitFor()
  await tabTo(page, text)
  await page.keyboard.press('Control+A')
  await page.keyboard.type('What can we forge for you?')
  await tabTo(page, admin.saveButton)
  await page.keyboard.press('Enter')
  await admin.saved.waitFor()
  expect.soft(await axe(page)).toEqual([])

  await tabTo(page, page.getByRole('link', { name: 'Edit schedule' }))
  await page.keyboard.press('Enter')
  await admin.title(id).waitFor()
  const day = page.getByLabel('Hours 1, to: day')
  const time = page.getByLabel('Hours 1, to: time')
  await tabTo(page, time)
  await page.keyboard.type('0630PM')
  await tabTo(page, admin.saveButton)
  await page.keyboard.press('Enter')
  await admin.saved.waitFor()
  expect.soft(await axe(page)).toEqual([])
  await expect.poll(() => day.inputValue()).toBe('1')
  expect(await app.stored('schedule', id)).toMatchObject({
    intervals: [{ start: 1980, end: 1440 + 18 * 60 + 30 }],
  })
  expect(await app.stored('channel', channel)).toMatchObject({
    duringHours: { firstMessage: 'What can we forge for you?' },
  })
})

test('with shortcuts an agent goes from the list to the reply, to the next conversation and back', async () => {
  const channel = await app.newChannel()
  for (const name of ['Ada', 'Bea']) await app.newWaitingCustomer(channel, { name })
  const desk = await app.openDesk('Ann', channel)
  const { keyboard } = desk.page
  const hasFocusOn = (name: string) => until(() => hasFocus(desk.pane(name).getByRole('textbox')))
  await desk.request('Bea').waitFor()
  for (const key of ['Alt+L', 'ArrowDown', 'Enter']) await keyboard.press(key)
  await until(() => hasFocus(desk.acceptButton))
  await keyboard.press('Enter')
  await hasFocusOn('Bea')
  await keyboard.type('Hello Bea')
  await keyboard.press('Enter')
  await desk.pane('Bea').getByRole('log').getByText('Hello Bea').waitFor()
  await keyboard.press('Alt+N')
  await desk.pane('Ada').waitFor()
  await keyboard.press('Alt+A')
  await hasFocusOn('Ada')
  await keyboard.press('Alt+ArrowUp')
  await hasFocusOn('Bea')
})

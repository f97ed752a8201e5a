import { expect, test } from 'vitest'
import { AdminPage } from './admin-page.ts'
import { axe, testBrowser } from './browser.ts'
import { CustomerPage } from './customer-page.ts'
import { DeskPage } from './desk-page.ts'
import { asksForDetails, runningGateway, textsOf } from './running-gateway.ts'

const running = runningGateway()
const browser = testBrowser()

test('a customer, an agent and an administrator, each at a page of their own', async () => {
  const channel = await running.newChannel()
  const customer = new CustomerPage(await browser.newPage())
  const desk = new DeskPage(await browser.newPage())
  const admin = new AdminPage(await browser.newPage())
  await desk.signIn(await running.deskLink('Ann', channel))
  await admin.signIn(await running.adminLink('Ada'))
  await desk.page.getByText('No one is waiting.').waitFor()
  for (const { page } of [desk, admin]) expect.soft(await axe(page)).toEqual([])

  await customer.visit(running.url(), channel)
  expect.soft(await axe(customer.page)).toEqual([])
  await customer.open()
  await customer.sees(asksForDetails.firstMessage)
  await customer.say('My anvil arrived broken')
  await customer.sendDetails({ name: 'José', email: 'josé@example.com', topic: 'Support' })
  await customer.page.getByText('an e-mail address has no accents').waitFor()
  expect(await customer.form.email.getAttribute('aria-invalid')).toBe('true')
  expect(await customer.form.name.getAttribute('aria-invalid')).toBe('false')
  expect.soft(await axe(customer.page)).toEqual([])
  expect(await desk.request('José').count()).toBe(0)

  await customer.sendDetails({ email: 'jose@example.com' })
  await customer.sees('Thanks José, an agent will be with you shortly.')
  await customer.page.getByText('You are next in the queue').waitFor()
  expect.soft(await axe(customer.page)).toEqual([])

  await desk.request('José').getByText('My anvil arrived broken').waitFor()
  expect(await desk.page.title()).toMatch(/^\(1\) /)
  await desk.pick('José')
  await desk.sees('My anvil arrived broken')
  await desk.pane('José').getByText('Support').first().waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.acceptButton.click()
  await customer.sees('Ann has joined.')
  await customer.page.getByText('You are talking with Ann').waitFor()

  await desk.composer.pressSequentially('So sorry')
  await customer.page.getByText('Ann is typing').waitFor()
  // As a person types: of what one types within 2 s, the desk is told once.
  await customer.composer.pressSequentially('Hm, can I have', { delay: 200 })
  await desk.page.getByText('José is typing').waitFor()
  expect.soft(await axe(customer.page)).toEqual([])
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.composer.press('Enter')
  await customer.sees('So sorry')
  await customer.page.getByText('Ann is typing').waitFor({ state: 'hidden' })
  await customer.say('Can I have a new one?')
  await desk.sees('Can I have a new one?')
  await desk.page.getByText('José is typing').waitFor({ state: 'hidden' })

  // Meanwhile the administrator closes for the day, with words for it.
  await admin.newSchedule('Stocktaking')
  await admin.page.getByRole('button', { name: 'Clear' }).click()
  await admin.page.getByText('Closed, and never opens').waitFor()
  await admin.save()
  expect.soft(await axe(admin.page)).toEqual([])
  await admin.openChannel(channel)
  await admin.page.getByLabel('Schedule').selectOption('Stocktaking')
  await admin.response('Outside', 'First message').fill('We are counting anvils today. Leave us a message.')
  await admin.page.getByRole('log').getByText('We are counting anvils today.').waitFor()
  expect.soft(await axe(admin.page)).toEqual([])
  await admin.save()

  // What is running goes on as it began.
  await customer.say('And a hammer?')
  await desk.sees('And a hammer?')
  await desk.say('Both are on their way')
  await customer.sees('Both are on their way')
  expect(await customer.log.getByText('counting anvils').count()).toBe(0)

  const first = await customer.conversation()
  await desk.page.getByRole('button', { name: 'End', exact: true }).click()
  await desk.page.getByRole('button', { name: 'End conversation' }).click()
  await desk.page.getByText('You have ended the conversation.').waitFor()
  await customer.page.getByRole('button', { name: 'Start a new conversation' }).click()
  await customer.sees('We are counting anvils today. Leave us a message.')
  expect(await customer.conversation()).not.toBe(first)
  expect(await customer.log.getByText('on their way').count()).toBe(0)
  expect.soft(await axe(customer.page)).toEqual([])
  await desk.page.getByText('No one is waiting.').waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
  expect(await textsOf(running.world(), first, 'agent')).toEqual(['So sorry', 'Both are on their way'])
  expect(await textsOf(running.world(), first, 'customer')).toEqual([
    'My anvil arrived broken',
    'Can I have a new one?',
    'And a hammer?',
  ])
})

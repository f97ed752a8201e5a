import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { textsOf, useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'
import { asksForDetails } from '../pages/customer-page.ts'

const app = useFrontdesk()

test('a customer, an agent and an administrator work at the same time, each at a page of their own', async () => {
  const { id } = app
  const channel = await app.newChannel()
  const desk = await app.openDesk('Ann', channel)
  const admin = await app.openAdmin()
  await desk.hasNobodyWaiting()
  for (const { page } of [desk, admin]) expect.soft(await axe(page)).toEqual([])

  const customer = await app.openCustomer(channel)
  expect.soft(await axe(customer.page)).toEqual([])
  await customer.open()
  await customer.sees(asksForDetails.firstMessage)
  await customer.say('My anvil arrived broken')
  await customer.sendDetails({ name: 'José', email: 'josé@example.com', topic: 'Support' })
  await customer.page.getByText('an e-mail address has no accents').waitFor()
  await expect.poll(() => customer.form.email.getAttribute('aria-invalid')).toBe('true')
  await expect.poll(() => customer.form.name.getAttribute('aria-invalid')).toBe('false')
  expect.soft(await axe(customer.page)).toEqual([])
  expect(await desk.request('José').count()).toBe(0)

  await customer.sendDetails({ email: 'jose@example.com' })
  await customer.sees('Thanks José, an agent will be with you shortly.')
  await customer.page.getByText('You are next in the queue').waitFor()
  expect.soft(await axe(customer.page)).toEqual([])

  await desk.request('José').getByText('My anvil arrived broken').waitFor()
  await expect.poll(() => desk.page.title()).toMatch(/^1 waiting /)
  await desk.pick('José')
  await desk.sees('My anvil arrived broken')
  await desk.about.getByText('Support').first().waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.acceptButton.click()
  await desk.section('Mine').getByRole('button', { name: 'José' }).waitFor()
  await customer.sees('Ann has joined.')
  await customer.page.getByText('You are talking with Ann').waitFor()

  await desk.composer.pressSequentially('So sorry')
  await customer.page.getByText('Ann is typing').waitFor()
  // The desk is told at most every 2 s that the customer types.
  const isTyping = desk.page.getByText('José is typing')
  await until(async () => {
    await customer.composer.press('m')
    return (await isTyping.count()) > 0
  })
  expect.soft(await axe(customer.page)).toEqual([])
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.composer.press('Enter')
  await customer.sees('So sorry')
  await customer.page.getByText('Ann is typing').waitFor({ state: 'hidden' })
  await customer.say('Can I have a new one?')
  await desk.sees('Can I have a new one?')
  await isTyping.waitFor({ state: 'hidden' })

  // Meanwhile the administrator closes for the day, with words for it.
  const schedule = `Stocktaking ${id}`
  await admin.create('schedule', schedule)
  await admin.page.getByRole('button', { name: 'Clear' }).click()
  await admin.page.getByText('Closed, and never opens').waitFor()
  await admin.save()
  expect.soft(await axe(admin.page)).toEqual([])
  await admin.openChannel(channel)
  await admin.page.getByLabel('Schedule').selectOption(schedule)
  await admin.firstMessage('Outside').fill('We are counting anvils today. Leave us a message.')
  await admin.page.getByRole('log').getByText('We are counting anvils today.').waitFor()
  expect.soft(await axe(admin.page)).toEqual([])
  await admin.save()

  // What is running goes on as it began.
  await customer.say('And a hammer?')
  await desk.sees('And a hammer?')
  await desk.say('Both are on their way')
  await desk.pane('José').getByText('Delivered').last().waitFor()
  await customer.sees('Both are on their way')
  expect(await customer.log.getByText('counting anvils').count()).toBe(0)

  const first = await customer.conversation()
  await desk.end()
  await expect.poll(() => app.world.openRequest(channel, first)).toMatchObject({ state: 'ended' })
  await expect.poll(() => desk.page.title()).not.toMatch(/waiting/)
  await customer.page.getByRole('button', { name: 'Start a new conversation' }).click()
  await customer.sees('We are counting anvils today. Leave us a message.')
  expect(await customer.conversation()).not.toBe(first)
  await expect.poll(() => customer.log.getByText('on their way').count()).toBe(0)
  expect.soft(await axe(customer.page)).toEqual([])
  await desk.hasNobodyWaiting()
  expect.soft(await axe(desk.page)).toEqual([])
  expect(await textsOf(app.world, first, 'agent')).toEqual(['So sorry', 'Both are on their way'])
  expect(await textsOf(app.world, first, 'customer')).toEqual([
    'My anvil arrived broken',
    'Can I have a new one?',
    'And a hammer?',
  ])
})

import { expect, test } from 'vitest'
import { useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'
import { CustomerPage } from '../pages/customer-page.ts'

const app = useFrontdesk()

test('a link in an e-mail resumes the conversation, and another one unsubscribes', async () => {
  const { world, gateway } = app
  const channel = await app.newChannel()
  const conversation = await app.newWaitingCustomer(channel)
  const agent = { id: 'ann', name: 'Ann' }
  await world.publish(conversation, 'agent.accepted', { agent })
  await world.publish(conversation, 'agent.message', { agent, text: 'A new anvil is on its way.' })
  await world.publish(conversation, 'mail.sent', { to: 'j•••@example.com' })
  await world.publish(conversation, 'session.message', { text: 'Thank you!', via: 'email' })

  const desk = await app.openDesk('Ann', channel)
  await desk.page.getByText('José').first().click()
  await desk.page.getByText('An e-mail with the agent’s messages was sent to j•••@example.com.').waitFor()
  await desk.page.getByText('by e-mail', { exact: true }).waitFor()

  const session = await gateway.identity.issueSession({ conversation, channel, customer: null })
  // A phone, on which a panel that covers the page does not open by itself otherwise.
  const page = await app.newPage({ viewport: { width: 390, height: 844 } })
  const customer = new CustomerPage(page)
  await page.goto(`${gateway.url}/?channel=${channel}#frontdesk=${session}`)
  await customer.sees('A new anvil is on its way.')
  expect(page.url()).toBe(`${gateway.url}/?channel=${channel}`)
  await page.goto(`${gateway.url}/chat?channel=${channel}&lang=en`)
  await customer.sees('Thank you!')
  expect.soft(await axe(page)).toEqual([])
  if (process.env.FRONTDESK_SHOTS) await page.screenshot({ path: `${process.env.FRONTDESK_SHOTS}/chat.png` })

  const token = await gateway.identity.unsubscribes.tokenFor('jose@example.com')
  await page.goto(`${gateway.url}/v1/mail/unsubscribe?lang=en&token=${token}`)
  expect.soft(await axe(page)).toEqual([])
  if (process.env.FRONTDESK_SHOTS)
    await page.screenshot({ path: `${process.env.FRONTDESK_SHOTS}/unsubscribe.png` })
  expect(await gateway.identity.unsubscribes.has('jose@example.com')).toBe(false)
  await page.getByRole('button', { name: 'Unsubscribe' }).click()
  await page.getByText('You are unsubscribed.').waitFor()
  expect(await gateway.identity.unsubscribes.has('Jose@example.com')).toBe(true)
})

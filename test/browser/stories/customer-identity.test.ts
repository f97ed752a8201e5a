import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import type { GatewayFrame } from '../../../schemas/protocol/widget.ts'
import { until } from '../../engine/test-world.ts'
import { TestClient } from '../../gateway/test-gateway.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'
import { CustomerPage } from '../pages/customer-page.ts'

const app = useFrontdesk()

/** A JWT such as a company's server signs. */
async function tokenOf(externalId: string, name: string): Promise<string> {
  const { keys } = app.gateway.identity
  const { kid, secret } = await keys.create('test')
  await until(async () => (await keys.list()).some((key) => key.kid === kid))
  return await new SignJWT({ external_id: externalId, scope: 'user', name })
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(Buffer.from(secret))
}

test('a customer who has logged in is known to the agent, and leaves nothing to the next visitor', async () => {
  const { id } = app
  const channel = await app.newChannel()
  const customer = await app.openCustomer(channel)
  const { page } = customer
  const desk = await app.openDesk('Ann', channel)
  await customer.login(await tokenOf(id, 'Zoé'))
  await customer.open()
  await customer.say('My order 4711 is late')
  await customer.form.email.waitFor()
  expect(await customer.form.name.count()).toBe(0)
  await customer.sendDetails({ email: 'zoe@example.com', topic: 'Support' })
  await customer.sees('Thanks Zoé')
  await desk.pick('Zoé')
  await desk.pane('Zoé').getByText('Verified').first().waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.accept('Zoé')
  await desk.say('Dear Zoé')
  await customer.sees('Dear Zoé')
  const { session, conversation } = (await customer.session()) ?? {}
  const other = new CustomerPage(await page.context().newPage())
  await other.visit(app.gateway.url, channel)
  await other.open()
  await other.sees('Dear Zoé')
  await customer.composer.fill('what I never sent')

  await customer.logout()
  for (const tab of [customer, other]) await tab.panel.waitFor({ state: 'detached' })
  await until(async () => {
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
    return !/Zoé|4711|zoe@|never sent/.test(kept)
  })
  const client = await TestClient.open<GatewayFrame>(app.gateway, '/v1/widget')
  client.send({ type: 'hello', session })
  expect([4401, 4403]).toContain(await client.end())
  await desk.say('Are you still there?')
  // Neither in the two tabs nor after a reload.
  for (const tab of [other, customer, customer]) {
    await tab.open()
    await tab.sees('Hi! This is Acme.')
    expect(await tab.log.getByText(/4711|Zoé|still there/).count()).toBe(0)
    expect(await tab.composer.inputValue()).toBe('')
    expect(await tab.conversation()).not.toBe(conversation)
    await tab.page.reload()
  }
  await customer.open()
  await customer.say('I am somebody else')
  await customer.form.name.waitFor()
  expect(await customer.form.email.inputValue()).toBe('')
  await customer.hasDelivered('I am somebody else')
  expect(await customer.log.getByText(/still there/).count()).toBe(0)
})

test('a customer who logs in during the conversation is not asked for the name', async () => {
  const { id } = app
  const customer = await app.openCustomer(await app.newChannel())
  await customer.open()
  await customer.login(await tokenOf(id, 'Zoé'))
  await until(async () =>
    (await app.world.records(await customer.conversation())).some(
      ({ event }) => event.type === 'session.identified',
    ),
  )
  await customer.say('help')
  await customer.form.email.waitFor()
  expect(await customer.form.name.count()).toBe(0)
})

test('a login that fails is told to the customer and to the page, and the conversation goes on', async () => {
  const customer = await app.openCustomer(await app.newChannel(), {
    allowed: /the login was refused: the token/,
  })
  const { page } = customer
  await page.evaluate(() => {
    addEventListener('frontdesk-login-failed', (event) => {
      document.title = (event as CustomEvent).detail.code
    })
  })
  await customer.open()
  await customer.login('no.jwt.atall')
  await page.getByText('We could not log you in here').waitFor()
  await expect.poll(() => page.title()).toBe('login_malformed')
  await customer.say('help')
  await customer.form.name.waitFor()
})

test('another customer who logs in in the same browser does not see the conversation of the first', async () => {
  const { id } = app
  const customer = await app.openCustomer(await app.newChannel())
  await customer.login(await tokenOf(`${id}-zoe`, 'Zoé'))
  await customer.open()
  await customer.say('a secret of Zoé’s')
  await customer.hasDelivered('a secret of Zoé’s')
  const first = await customer.conversation()
  await customer.login(await tokenOf(`${id}-max`, 'Max'))
  await customer.panel.waitFor({ state: 'detached' })
  await customer.open()
  await customer.sees('Hi! This is Acme.')
  expect(await customer.log.getByText('a secret').count()).toBe(0)
  expect(await customer.conversation()).not.toBe(first)
})

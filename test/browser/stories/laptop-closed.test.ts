import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startTestWorld } from '../../engine/test-world.ts'
import { startTestGateway } from '../../gateway/test-gateway.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { CustomerPage } from '../pages/customer-page.ts'
import { DeskPage, hearAlerts, noPush } from '../pages/desk-page.ts'

const app = useFrontdesk()

/** FRONTDESK_SHOTS=<folder> keeps pictures of this story. */
async function shot(name: string, page: Page): Promise<void> {
  const folder = process.env.FRONTDESK_SHOTS
  if (folder) await page.screenshot({ path: `${folder}/laptop-${name}.png` })
}

test('an agent closes the laptop: the customer is back in the queue, a colleague is rung and takes over', async () => {
  // A world of its own, whose agents have two seconds to come back instead of a minute.
  const world = await startTestWorld()
  app.onEnd(() => world.stop())
  await world.startEngine()
  await world.startNotifier({ agentGraceMs: 2_000 })
  const gateway = await startTestGateway(world)
  await world.configure('channel.shop', { id: 'shop', workspace: 'shop' })
  const openDesk = async (name: string) => {
    const desk = new DeskPage(await app.newPage({ allowed: noPush }))
    const heard = await hearAlerts(desk.page)
    const principal = { role: 'agent' as const, id: name.toLowerCase(), name, workspaces: ['shop'] }
    const code = await gateway.identity.createCode(principal, 60)
    await desk.signIn(`${gateway.url}/desk?workspace=shop#code=${code}`)
    return { desk, heard }
  }
  const customer = new CustomerPage(await app.newPage())
  await customer.visit(gateway.url, 'shop')
  await customer.open()
  const { desk: ann } = await openDesk('Ann')
  const { desk: bob, heard } = await openDesk('Bob')
  await (await bob.alert('Notification', 'New requests')).click()
  await bob.page.keyboard.press('Escape')
  await customer.say('My anvil is broken')
  await ann.section('Waiting').getByRole('button').first().click()
  await ann.acceptButton.click()
  await customer.sees('Ann has joined.')
  const before = (await heard()).notified.length

  await ann.page.context().close()
  await customer.sees('You’re back in the queue and keep your place.')
  await expect.poll(async () => (await heard()).notified.length).toBeGreaterThan(before)
  await bob.section('Waiting').getByRole('button').first().click()
  await bob.sees('Back in the queue: Ann is not there.')
  await shot('back-in-the-queue', bob.page)
  await bob.acceptButton.click()
  await customer.sees('Bob has joined.')
  await bob.say('Here I am')
  await customer.sees('Here I am')
  await shot('taken-over', bob.page)
  await shot('customer', customer.page)
})

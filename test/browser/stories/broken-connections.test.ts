import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { freePort } from '../../test-server.ts'
import { portOf, startLine } from '../breakable-line.ts'
import { connectionLost as allowed, textsOf, useFrontdesk } from '../frontdesk.ts'
import { codeFor, startGatewayProcess } from '../gateway-process.ts'
import { axe } from '../pages/accessibility.ts'
import { CustomerPage } from '../pages/customer-page.ts'
import { DeskPage } from '../pages/desk-page.ts'

const app = useFrontdesk()

const cutMs = 20_000

test.each([
  ['stops without a sign', 'goSilent'],
  ['refuses all connections', 'cut'],
] as const)(
  'the network %s for 20 s: the form keeps what was typed, and the messages arrive once, in order',
  async (_, fail) => {
    const line = await app.startLine()
    const channel = await app.newChannel()
    const customer = new CustomerPage(await app.newPage({ allowed }))
    const { page } = customer
    await page.clock.install()
    await customer.visit(line.url, channel)
    await customer.open()
    await customer.say('My anvil is broken')
    await customer.fill({ name: 'José', topic: 'Support' })

    line[fail]()
    await customer.fill({ email: 'jose@example.com' })
    for (const text of ['one', 'two', 'three']) await customer.say(text)
    await customer.line('three', 'Sending').waitFor()
    await customer.composer.fill('half a sen')
    await page.clock.runFor(cutMs)
    await customer.isOffline.waitFor()
    expect.soft(await axe(page)).toEqual([])
    line.mend()
    // The next attempt is due.
    await page.clock.runFor(cutMs)

    await customer.hasDelivered('three')
    await customer.isOffline.waitFor({ state: 'hidden' })
    await expect.poll(() => customer.form.name.inputValue()).toBe('José')
    await expect.poll(() => customer.form.email.inputValue()).toBe('jose@example.com')
    await expect.poll(() => customer.form.topic.inputValue()).toBe('Support')
    await expect.poll(() => customer.composer.inputValue()).toBe('half a sen')
    const said = ['My anvil is broken', 'one', 'two', 'three']
    expect(await textsOf(app.world, await customer.conversation(), 'customer')).toEqual(said)
    for (const text of said) await expect.poll(() => customer.line(text).count()).toBe(1)
    await customer.form.send.click()
    await customer.sees('Thanks José')
  },
)

test('the gateway is killed and comes back: customer and agent go on, nothing is lost or doubled', async () => {
  const channel = await app.newChannel()
  const folder = await mkdtemp(join(tmpdir(), 'frontdesk-browser-'))
  app.onEnd(() => rm(folder, { recursive: true, force: true }))
  const start = async () => startGatewayProcess(app.world, await freePort(), { FRONTDESK_DATA: folder })
  let gateway = await start()
  app.onEnd(() => gateway.kill())
  const { url, ...line } = await startLine(portOf(gateway.url))
  app.onEnd(() => line.stop())
  const customer = new CustomerPage(await app.newPage({ allowed }))
  const desk = new DeskPage(await app.newPage({ allowed }))
  await desk.signIn(`${url}/desk?workspace=${channel}#code=${await codeFor(app.world, 'agent', 'Ann')}`)
  await customer.visit(url, channel)
  await customer.waitInQueue()
  await desk.accept('José')
  await desk.say('Before')
  await customer.sees('Before')
  const conversation = await customer.conversation()

  await gateway.kill()
  line.cut()
  await customer.isOffline.waitFor()
  await desk.isOffline.waitFor()
  for (const text of ['Are you there?', 'Hello?']) await customer.say(text)
  for (const text of ['A moment', 'Something is wrong here']) await desk.say(text)
  await desk.composer.pressSequentially('As I was say')
  for (const { page } of [customer, desk]) expect.soft(await axe(page)).toEqual([])
  gateway = await start()
  line.mend(portOf(gateway.url))

  await customer.hasDelivered('Hello?')
  await customer.sees('Something is wrong here')
  await desk.sees('Hello?')
  await desk.isOffline.waitFor({ state: 'hidden' })
  await expect.poll(() => desk.composer.inputValue()).toBe('As I was say')
  await desk.composer.press('End')
  await desk.composer.pressSequentially('ing')
  await desk.composer.press('Enter')
  await customer.sees('As I was saying')
  await customer.say('Good')
  await desk.sees('Good')

  await until(async () => (await textsOf(app.world, conversation, 'customer')).includes('Good'))
  expect(await textsOf(app.world, conversation, 'customer')).toEqual([
    'My anvil is broken',
    'Are you there?',
    'Hello?',
    'Good',
  ])
  const replies = ['Before', 'A moment', 'Something is wrong here', 'As I was saying']
  expect(await textsOf(app.world, conversation, 'agent')).toEqual(replies)
  for (const text of replies) {
    await expect.poll(() => customer.log.getByText(text, { exact: true }).count()).toBe(1)
    await expect
      .poll(() => desk.pane('José').getByRole('log').getByText(text, { exact: true }).count())
      .toBe(1)
  }
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../engine/test-world.ts'
import { freePort } from '../test-server.ts'
import { type BreakableLine, startLine } from './breakable-line.ts'
import { axe, testBrowser } from './browser.ts'
import { CustomerPage } from './customer-page.ts'
import { DeskPage } from './desk-page.ts'
import { codeFor, type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { runningGateway, textsOf } from './running-gateway.ts'

const running = runningGateway()
const browser = testBrowser()
const cutMs = 20_000
/** What the console says of a connection that is gone. */
const allowed = /WebSocket connection to|ERR_CONNECTION|ERR_EMPTY_RESPONSE|EventSource/

let ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.reverse()) await end()
  ends = []
})

async function lineToGateway(): Promise<BreakableLine> {
  const line = await startLine(Number(new URL(running.url()).port))
  ends.push(() => line.stop())
  return line
}

describe('the network is gone for 20 s in the middle of the form', () => {
  test.each([
    ['and nobody is told', 'goSilent'],
    ['and all connections are refused', 'cut'],
  ] as const)(
    '%s: what was typed is still there, and what was written meanwhile arrives once, in order',
    async (_, fail) => {
      const channel = await running.newChannel()
      const line = await lineToGateway()
      const { page } = new CustomerPage(await browser.newPage({ allowed }))
      const customer = new CustomerPage(page)
      await customer.visit(`${line.url}/`, channel)
      await customer.open()
      await customer.say('My anvil is broken')
      await customer.fill({ name: 'José', topic: 'Support' })

      line[fail]()
      const back = Date.now() + cutMs
      await customer.fill({ email: 'jose@example.com' })
      for (const text of ['one', 'two', 'three']) await customer.say(text)
      await customer.line('three', 'Sending').waitFor()
      await customer.composer.fill('half a sen')
      if (fail === 'cut') await page.getByText('No connection just now').waitFor()
      expect.soft(await axe(page)).toEqual([])
      await sleep(back - Date.now())
      line.mend()

      await customer.hasDelivered('three')
      await page.getByText('No connection just now').waitFor({ state: 'hidden' })
      expect(await customer.form.name.inputValue()).toBe('José')
      expect(await customer.form.email.inputValue()).toBe('jose@example.com')
      expect(await customer.form.topic.inputValue()).toBe('Support')
      expect(await customer.composer.inputValue()).toBe('half a sen')
      const said = ['My anvil is broken', 'one', 'two', 'three']
      expect(await textsOf(running.world(), await customer.conversation(), 'customer')).toEqual(said)
      for (const text of said) expect(await customer.line(text).count()).toBe(1)
      await customer.form.send.click()
      await customer.sees('Thanks José')
    },
  )
})

test('the gateway is killed and comes back: customer and agent go on, nothing is lost or doubled', async () => {
  const channel = await running.newChannel()
  const world = running.world()
  const folder = await mkdtemp(join(tmpdir(), 'frontdesk-browser-'))
  ends.push(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const start = () => startGatewayProcess(world, port, { FRONTDESK_DATA: folder })
  let gateway: GatewayProcess = await start()
  ends.push(() => gateway.kill())
  const customer = new CustomerPage(await browser.newPage({ allowed }))
  const desk = new DeskPage(await browser.newPage({ allowed }))
  await desk.signIn(`${gateway.url}/desk?workspace=${channel}#code=${await codeFor(world, 'agent', 'Ann')}`)
  await customer.waitInQueue(`${gateway.url}/`, channel)
  await desk.accept('José')
  await desk.say('Before')
  await customer.sees('Before')
  const conversation = await customer.conversation()

  await gateway.kill()
  await customer.page.getByText('No connection just now').waitFor()
  await desk.page.getByText('The connection was lost').waitFor()
  for (const text of ['Are you there?', 'Hello?']) await customer.say(text)
  for (const text of ['A moment', 'Something is wrong here']) await desk.say(text)
  await desk.composer.pressSequentially('As I was say')
  for (const { page } of [customer, desk]) expect.soft(await axe(page)).toEqual([])
  gateway = await start()

  await customer.hasDelivered('Hello?')
  await customer.sees('Something is wrong here')
  await desk.sees('Hello?')
  await desk.page.getByText('The connection was lost').waitFor({ state: 'hidden' })
  expect(await desk.composer.inputValue()).toBe('As I was say')
  await desk.composer.press('End')
  await desk.composer.pressSequentially('ing')
  await desk.composer.press('Enter')
  await customer.sees('As I was saying')
  await customer.say('Good')
  await desk.sees('Good')

  await until(async () => (await textsOf(world, conversation, 'customer')).includes('Good'))
  expect(await textsOf(world, conversation, 'customer')).toEqual([
    'My anvil is broken',
    'Are you there?',
    'Hello?',
    'Good',
  ])
  const replies = ['Before', 'A moment', 'Something is wrong here', 'As I was saying']
  expect(await textsOf(world, conversation, 'agent')).toEqual(replies)
  for (const text of replies) {
    expect(await customer.log.getByText(text, { exact: true }).count()).toBe(1)
    expect(await desk.pane('José').getByRole('log').getByText(text, { exact: true }).count()).toBe(1)
  }
})

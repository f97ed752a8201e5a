import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { until } from '../engine/test-world.ts'
import { axe, fits, type PageOptions, sizes, testBrowser } from './browser.ts'
import { CustomerPage } from './customer-page.ts'
import { DeskPage } from './desk-page.ts'
import { runningGateway, textsOf } from './running-gateway.ts'

const running = runningGateway()
const browser = testBrowser()

async function deskOf(name: string, workspace: string, options: PageOptions = {}): Promise<DeskPage> {
  const desk = new DeskPage(await browser.newPage(options))
  await desk.signIn(await running.deskLink(name, workspace))
  return desk
}

/** A customer's page that waits for an agent. */
async function waiting(channel: string, name = 'José', need = 'My anvil is broken'): Promise<CustomerPage> {
  const customer = new CustomerPage(await browser.newPage())
  await customer.waitInQueue(running.url(), channel, need, name)
  return customer
}

/** At that instant, in epoch milliseconds: two pages are then as near as it gets. */
const clickAt = (button: Locator, at: number) =>
  button.evaluate((element, then) => {
    setTimeout(() => (element as HTMLElement).click(), then - Date.now())
  }, at)

test('two agents accept at once: one wins, the other is told who', async () => {
  const channel = await running.newChannel()
  const desks = { Ann: await deskOf('Ann', channel), Bob: await deskOf('Bob', channel) }
  // More than once: who wins is chance.
  for (const name of ['José', 'Marta', 'Zoé']) {
    const customer = await waiting(channel, name)
    await Promise.all(Object.values(desks).map((desk) => desk.pick(name)))
    const at = Date.now() + 500
    await Promise.all(Object.values(desks).map((desk) => clickAt(desk.acceptButton, at)))
    const conversation = await customer.conversation()
    await until(async () => (await running.world().openRequest(channel, conversation))?.state === 'accepted')
    const winner = (await running.world().openRequest(channel, conversation))?.agent?.name as 'Ann' | 'Bob'
    const loser = winner === 'Ann' ? 'Bob' : 'Ann'
    await customer.sees(`${winner} has joined.`)
    await desks[loser].pane(name).getByText(`${winner} accepted this request a moment ago.`).waitFor()
    await desks[loser].page
      .getByRole('region', { name: 'With others' })
      .getByRole('button', { name })
      .waitFor()
    await desks[winner]
      .pane(name)
      .getByRole('textbox', { name: /^Reply to/ })
      .waitFor()
    expect(await desks[loser].pane(name).getByRole('textbox').count()).toBe(0)
    expect(await customer.log.getByText('has joined.').count()).toBe(1)
    expect.soft(await axe(desks[loser].page)).toEqual([])
  }
})

test('a reload in the middle of a reply keeps it, and one on its way arrives once', async () => {
  const channel = await running.newChannel()
  const customer = await waiting(channel)
  const desk = await deskOf('Ann', channel)
  await desk.accept('José')
  await desk.say('First')
  await desk.composer.pressSequentially('Dear Jo')
  await desk.page.reload()
  await desk.composer.waitFor()
  expect(await desk.composer.inputValue()).toBe('Dear Jo')
  await desk.sees('My anvil is broken')
  await desk.composer.press('End')
  await desk.composer.pressSequentially('sé')
  await desk.composer.press('Enter')
  // At once, before it can be stored.
  await desk.page.reload()
  await customer.sees('Dear José')
  await desk.sees('Dear José')
  expect(await desk.composer.inputValue()).toBe('')
  expect(await textsOf(running.world(), await customer.conversation(), 'agent')).toEqual([
    'First',
    'Dear José',
  ])
})

test('a request is handed over: released by one, accepted by another, who reads all of it', async () => {
  const channel = await running.newChannel()
  const customer = await waiting(channel)
  const ann = await deskOf('Ann', channel)
  const bob = await deskOf('Bob', channel)
  await ann.accept('José')
  await ann.say('One moment')
  await customer.sees('One moment')
  await ann.page.getByRole('button', { name: 'Release' }).click()
  await ann.page.getByLabel('Reason (optional)').fill('for the workshop')
  expect.soft(await axe(ann.page)).toEqual([])
  await ann.page.getByRole('button', { name: 'Put back in the queue' }).click()
  await customer.page.getByText('in the queue').first().waitFor()
  await bob.accept('José')
  await bob.sees('One moment')
  await customer.page.getByText('You are talking with Bob').waitFor()
  await bob.say('Bob here')
  await customer.sees('Bob here')
  await ann.page.getByRole('region', { name: 'With others' }).getByRole('button', { name: 'José' }).waitFor()
})

describe('the desk’s looks', () => {
  test.each<[string, PageOptions]>([
    ['dark', { colorScheme: 'dark', viewport: sizes.wide }],
    ['with forced colours', { forcedColors: 'active', viewport: sizes.wide }],
  ])('%s: axe finds nothing with several conversations side by side', async (_, options) => {
    const channel = await running.newChannel()
    const desk = await deskOf('Ann', channel, options)
    expect.soft(await axe(desk.page)).toEqual([])
    for (const name of ['José', 'Marta']) {
      await waiting(channel, name, `${name}’s anvil is broken, and ${'very '.repeat(60)}much so`)
      await desk.pick(name)
      expect.soft(await axe(desk.page)).toEqual([])
      await desk.pane(name).getByRole('button', { name: 'Accept' }).click()
      await desk.pane(name).getByRole('textbox').waitFor()
    }
    expect(await desk.page.getByRole('log').count()).toBe(2)
    expect.soft(await axe(desk.page)).toEqual([])
    expect(await fits(desk.page)).toBe(true)
  })

  test('on a phone there is the list or a conversation, and nothing is cut off', async () => {
    const channel = await running.newChannel()
    await waiting(channel)
    const desk = await deskOf('Ann', channel, {
      viewport: sizes.phone,
      hasTouch: true,
      isMobile: true,
      deviceScaleFactor: 2,
    })
    await desk.request('José').waitFor()
    expect.soft(await axe(desk.page)).toEqual([])
    expect(await fits(desk.page)).toBe(true)
    await desk.request('José').tap()
    await desk.acceptButton.tap()
    await desk.composer.waitFor()
    expect(await desk.page.getByRole('navigation').count()).toBe(0)
    await desk.say('Hello')
    await desk.sees('Hello')
    expect.soft(await axe(desk.page)).toEqual([])
    expect(await fits(desk.page)).toBe(true)
    await desk.page.getByRole('button', { name: 'Back to the requests' }).tap()
    await desk.request('José').waitFor()
  })

  test('who is not signed in is told what to do', async () => {
    const page: Page = await browser.newPage({ allowed: /401/ })
    await page.goto(running.url('/desk'))
    await page.getByText('npx frontdesk sign-in').waitFor()
    expect.soft(await axe(page)).toEqual([])
  })
})

import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { type PageOptions, phone } from '../chromium/launch-browser.ts'
import { textsOf, useFrontdesk } from '../frontdesk.ts'
import { axe, fits, focusedElement, hasFocus } from '../pages/accessibility.ts'
import { DeskPage, hearAlerts, holdFrames, noPush } from '../pages/desk-page.ts'

const app = useFrontdesk()

test('two agents accept at once: one wins, the other is told who', async () => {
  const channel = await app.newChannel()
  const desks = { Ann: await app.openDesk('Ann', channel), Bob: await app.openDesk('Bob', channel) }
  const customer = await app.openWaitingCustomer(channel)
  const conversation = await customer.conversation()
  const both = Object.values(desks)
  const frames = await Promise.all(both.map(({ page }) => holdFrames(page, 'accept')))
  for (const desk of both) {
    await desk.page.reload()
    await desk.pick('José')
    await desk.acceptButton.click()
  }
  await until(() => frames.every(({ count }) => count() === 1))
  for (const { release } of frames) release()
  await until(async () => (await app.world.openRequest(channel, conversation))?.state === 'accepted')
  const winner = (await app.world.openRequest(channel, conversation))?.agent?.name as 'Ann' | 'Bob'
  const loser = desks[winner === 'Ann' ? 'Bob' : 'Ann']
  await customer.sees(`${winner} has joined.`)
  await loser.pane('José').getByText(`${winner} accepted this request a moment ago.`).waitFor()
  await loser.showColleagues()
  await loser.section('With colleagues').getByRole('button', { name: 'José' }).waitFor()
  await desks[winner].composer.waitFor()
  expect(await loser.composer.count()).toBe(0)
  await expect.poll(() => customer.log.getByText('has joined.').count()).toBe(1)
  expect.soft(await axe(loser.page)).toEqual([])
})

test('a reload in the middle of a reply keeps it, and a reply that is under way arrives once', async () => {
  const channel = await app.newChannel()
  const customer = await app.openWaitingCustomer(channel)
  const desk = await app.openDesk('Ann', channel)
  const { page } = desk
  await desk.accept('José')
  await desk.say('First')
  await customer.sees('First')
  await desk.composer.pressSequentially('Dear Jo')
  const frames = await holdFrames(page, 'message')
  await page.reload()
  await desk.composer.waitFor()
  await expect.poll(() => desk.composer.inputValue()).toBe('Dear Jo')
  await desk.sees('My anvil is broken')
  await desk.composer.press('End')
  await desk.composer.pressSequentially('sé')
  await desk.composer.press('Enter')
  await until(() => frames.count() === 1)
  await page.getByText('Sending').waitFor()
  await page.reload()
  frames.release()
  await customer.sees('Dear José')
  await desk.sees('Dear José')
  await expect.poll(() => desk.composer.inputValue()).toBe('')
  await expect.poll(() => desk.pane('José').getByRole('log').getByText('Dear José').count()).toBe(1)
  expect(await textsOf(app.world, await customer.conversation(), 'agent')).toEqual(['First', 'Dear José'])
})

test('a released request goes back to its place, and another agent who accepts it reads all of it', async () => {
  const channel = await app.newChannel()
  const customer = await app.openWaitingCustomer(channel)
  await app.newWaitingCustomer(channel, { name: 'Marta' })
  const ann = await app.openDesk('Ann', channel)
  const bob = await app.openDesk('Bob', channel)
  await ann.accept('José')
  await ann.say('One moment')
  await customer.sees('One moment')
  await ann.act('Release')
  await ann.page.getByLabel('Reason (optional)').fill('for the workshop')
  expect.soft(await axe(ann.page)).toEqual([])
  await ann.page.keyboard.press('Enter')
  await ann.sees('You have put the customer back in the queue')
  await customer.page.getByText('in the queue').first().waitFor()
  const places = bob.section('Waiting').getByRole('listitem')
  await until(async () => (await places.count()) === 2)
  await expect.poll(() => places.first().textContent()).toContain('José')
  await bob.accept('José')
  await bob.sees('One moment')
  for (const notice of ['Ann has joined.', 'Ann has put the customer back', 'You have joined.'])
    await bob.sees(notice)
  await customer.sees('You’re back in the queue')
  await customer.page.getByText('You are talking with Bob').waitFor()
  await bob.say('Bob here')
  await customer.sees('Bob here')
  await bob.sees('for the workshop')
  expect(await customer.page.getByText('for the workshop').count()).toBe(0)
  await ann.showColleagues()
  await ann.section('With colleagues').getByRole('button', { name: 'José' }).waitFor()
})

test('a request that waits for long says so, and still does after a reload', async () => {
  const channel = await app.newChannel({ timeouts: { unanswered: 'PT0.2S', escalate: 'PT2S' } })
  const desk = await app.openDesk('Ann', channel)
  await desk.hasNobodyWaiting()
  await app.world.publish(channel, 'session.started', { channel, locale: 'en' })
  await app.world.publish(channel, 'session.message', { text: 'It is broken' })
  const request = desk.request('Visitor')
  await request.getByText(/Waiting (too )?long/).waitFor()
  await request.getByText('Waiting too long').waitFor()
  await desk.page.reload()
  await request.getByText('Waiting too long').waitFor()
})

test('a request shows the tags of its bot, in the list one of them', async () => {
  const { id } = app
  await app.configure('bot', { id, external: {} })
  const channel = await app.newChannel({ bot: id })
  const tags = [
    'returns',
    '<b>late</b>',
    'vip',
    'anvil',
    'a tag of which there is more than a row has room for',
  ]
  await app.world.publish(channel, 'session.started', { channel, locale: 'en' })
  await app.world.publish(channel, 'session.message', { text: 'It is broken' })
  await app.world.publish(channel, 'bot.handoff', { tags })
  const desk = await app.openDesk('Ann', channel)
  for (const shown of ['returns', '+4'])
    await desk.request('Visitor').getByText(shown, { exact: true }).waitFor()
  await expect.poll(async () => (await desk.request('Visitor').boundingBox())?.height).toBe(52)
  await desk.pick('Visitor')
  for (const tag of tags) await desk.about.getByText(tag, { exact: true }).waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
})

test('a request shows the page that the customer wrote from, as a link that tells it nothing', async () => {
  const channel = await app.newChannel()
  const customer = await app.openWaitingCustomer(channel)
  const page = { url: 'javascript:alert(1)', title: '<b>Bold</b>' }
  await app.world.publish(channel, 'session.started', { channel, page })
  await app.world.publish(channel, 'session.message', { text: 'It is broken' })
  await app.world.publish(channel, 'session.details', { name: 'Eve', email: 'e@x.org', topic: 'Sales' })
  const desk = await app.openDesk('Ann', channel)
  await desk.pick('José')
  const details = desk.about
  await details.getByText(await customer.page.title()).waitFor()
  const link = details.getByRole('link', { name: customer.page.url() })
  await expect.poll(() => link.getAttribute('rel')).toBe('noopener noreferrer')
  await expect.poll(() => link.getAttribute('href')).toBe(customer.page.url())
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.pick('Eve')
  await details.getByText('<b>Bold</b>').waitFor()
  await details.getByText('javascript:alert(1)').waitFor()
  expect(await details.getByRole('link').count()).toBe(0)
})

test('an own conversation stands first with the customer’s last words, sending is next to writing, and the next request to the end', async () => {
  const channel = await app.newChannel()
  const customer = await app.openWaitingCustomer(channel)
  await app.newWaitingCustomer(channel, { name: 'Marta' })
  const desk = await app.openDesk('Ann', channel)
  const { page } = desk
  await desk.accept('José')
  await customer.say('Are you there?')
  await desk.section('Mine').getByText('Are you there?').waitFor()
  const titles = page.getByRole('navigation').getByRole('heading')
  await expect.poll(() => titles.allTextContents()).toEqual(['Mine 1', 'Waiting 1'])
  await desk.say('Yes')
  await desk.sees('Yes')
  await expect.poll(() => desk.section('Mine').getByText('Are you there?').count()).toBe(1)
  await desk.composer.fill('What')
  await page.keyboard.press('Tab')
  await expect.poll(() => focusedElement(page)).toBe('button Send')
  await desk.end()
  // One key: the button has the focus.
  const next = page.getByRole('button', { name: 'Next request' })
  await until(() => hasFocus(next))
  await page.keyboard.press('Enter')
  await desk.pane('Marta').getByRole('button', { name: 'Accept', exact: true }).waitFor()
})

test('a desk without an open conversation shows the work at hand, and leads to the next request', async () => {
  const channel = await app.newChannel()
  await app.newWaitingCustomer(channel)
  await app.newWaitingCustomer(channel, { name: 'Marta' })
  const desk = await app.openDesk('Ann', channel)
  const main = desk.page.getByRole('main')
  const waiting = main.getByRole('term').filter({ hasText: 'Waiting' }).locator('..')
  await waiting.getByRole('definition').filter({ hasText: '2' }).waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
  await main.getByRole('button', { name: 'Next request' }).click()
  await desk.pane('José').waitFor()
})

test('a request that is withdrawn while it is read says so', async () => {
  const channel = await app.newChannel()
  const customer = await app.openWaitingCustomer(channel)
  const desk = await app.openDesk('Ann', channel)
  await desk.pick('José')
  await customer.end()
  await desk.page.getByText('The customer has left before an agent came.').waitFor()
  await desk.hasNobodyWaiting()
})

test('a conversation that is erased while it is read leaves nothing on the screen or in the tab', async () => {
  const channel = await app.newChannel()
  const conversation = await app.newWaitingCustomer(channel, { need: 'my secret' })
  const desk = await app.openDesk('Ann', channel)
  const { page } = desk
  await desk.pick('José')
  await desk.sees('my secret')
  await app.world.publish(conversation, 'admin.erased', {})
  await page.getByText('Everything of this conversation was erased.').waitFor()
  await expect.poll(() => page.getByText('my secret').count()).toBe(0)
  await expect.poll(() => page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('secret')
})

test('the list, the conversation and its customer stand side by side as far as there is room', async () => {
  const channel = await app.newChannel()
  const names = ['Ada', 'Bea', 'Cleo']
  const customers = await Promise.all(names.map((name) => app.openWaitingCustomer(channel, { name })))
  const desk = await app.openDesk('Ann', channel)
  const { page } = desk
  for (const name of names) await desk.accept(name)
  const isThere = () =>
    Promise.all([desk.request('Ada'), desk.composer, desk.about].map((part) => part.isVisible()))
  const width = (width: number) => page.setViewportSize({ width, height: 800 })
  await desk.about.getByText('Support').waitFor()
  expect(await isThere()).toEqual([true, true, true])
  for (const text of ['one', 'two']) await customers[0]?.say(text)
  await desk.section('Mine').getByRole('button', { name: 'Ada' }).getByText('2 new messages').waitFor()
  await until(async () => (await page.title()).startsWith('(2) '))

  await width(1000)
  await until(async () => !(await desk.about.isVisible()))
  expect(await isThere()).toEqual([true, true, false])
  await page.getByRole('button', { name: 'Customer', exact: true }).click()
  await desk.about.getByText('Support').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.keyboard.press('Escape')
  await desk.request('Ada').click()
  await desk.pane('Ada').getByText('two').waitFor()
  await until(async () => !(await page.title()).startsWith('('))

  await width(700)
  await until(async () => !(await desk.request('Ada').isVisible()))
  expect(await isThere()).toEqual([false, true, false])
})

test('twelve requests stand in a window of 800 pixels, the agent’s own in sight however many wait', async () => {
  const channel = await app.newChannel({ duringHours: { customerDetails: [] } })
  for (let n = 0; n < 14; n++) {
    await app.world.publish(`${channel}-${n}`, 'session.started', { channel, locale: 'en' })
    await app.world.publish(`${channel}-${n}`, 'session.message', { text: `Anvil ${n}` })
  }
  const desk = await app.openDesk('Ann', channel)
  const rows = desk.page.getByRole('navigation').getByRole('listitem')
  await until(async () => (await rows.count()) === 14)
  await desk.request('Anvil 0').click()
  await desk.acceptButton.click()
  await desk.section('Mine').getByText('Anvil 0').waitFor()
  const bottomOf = async (n: number) => {
    const box = await rows.nth(n).boundingBox()
    return (box?.y ?? 0) + (box?.height ?? 0)
  }
  expect(await bottomOf(11)).toBeLessThanOrEqual(800)
  await rows.last().scrollIntoViewIfNeeded()
  expect(await bottomOf(13)).toBeLessThanOrEqual(800)
  expect((await rows.first().boundingBox())?.y).toBeGreaterThan(48)
  expect(await desk.page.evaluate(() => document.documentElement.scrollHeight)).toBe(800)
})

test('a new request is told by sound and notification where the agent has asked for it, and not before', async () => {
  const channel = await app.newChannel()
  const desk = new DeskPage(await app.newPage({ allowed: noPush }))
  const heard = await hearAlerts(desk.page)
  await desk.signIn(await app.signInLink('agent', 'Ann', `${app.gateway.url}/desk?workspace=${channel}`))
  await desk.hasNobodyWaiting()
  await app.newWaitingCustomer(channel, { name: 'Ada' })
  await desk.page.getByRole('status').getByText('New request: Ada').waitFor()
  expect(await heard()).toEqual({ tones: 0, notified: [], asked: 0 })
  await (await desk.alert('Notification', 'New requests')).click()
  const sound = await desk.alert('Sound', 'New requests')
  await expect.poll(() => sound.getAttribute('aria-checked')).toBe('false')
  await sound.click()
  await until(async () => (await sound.getAttribute('aria-checked')) === 'true')
  // The sound as it will be.
  await expect.poll(heard).toMatchObject({ tones: 2, notified: [] })
  expect.soft(await axe(desk.page)).toEqual([])
  await app.newWaitingCustomer(channel, { name: 'Bea' })
  await until(async () => (await heard()).notified.length > 0)
  await expect.poll(heard).toMatchObject({ tones: 4, notified: ['New request: Bea'] })
  await desk.page.reload()
  await expect
    .poll(async () => (await desk.alert('Sound', 'New requests')).getAttribute('aria-checked'))
    .toBe('true')
})

test('an answer in an own conversation is told apart from new requests, and counted in the title and the icon', async () => {
  const channel = await app.newChannel()
  const desk = new DeskPage(await app.newPage({ allowed: noPush }))
  const heard = await hearAlerts(desk.page)
  await desk.signIn(await app.signInLink('agent', 'Ann', `${app.gateway.url}/desk?workspace=${channel}`))
  const customer = await app.openWaitingCustomer(channel)
  await desk.accept('José')
  await (await desk.alert('Notification', 'My conversations')).click()
  await desk.page.keyboard.press('Escape')
  await desk.say('Hello')
  await customer.sees('Hello')
  await customer.say('Are you there?')
  await until(async () => (await heard()).notified.length > 0)
  await expect.poll(heard).toMatchObject({ tones: 2, notified: ['José has written'] })
  await until(async () => (await desk.page.title()).startsWith('(1) '))
  const icon = () => desk.page.locator('link[rel=icon]').getAttribute('href')
  await expect.poll(icon).toContain('>1</text>')
  await desk.say('Yes')
  await desk.sees('Yes')
  await until(async () => !(await desk.page.title()).startsWith('('))
  await expect.poll(icon).not.toContain('<text')
})

test('the desk speaks French where the browser does, and English where the address says so', async () => {
  const { id } = app
  const desk = await app.openDesk('Ann', id, { locale: 'fr-FR' })
  await desk.page.getByText('Personne n’attend.').waitFor()
  expect(await desk.page.evaluate(() => document.documentElement.lang)).toBe('fr')
  await desk.page.goto(`${app.gateway.url}/desk?workspace=${id}&lang=en`)
  await desk.hasNobodyWaiting()
})

test.each<[string, PageOptions]>([
  ['dark', { colorScheme: 'dark' }],
  ['with forced colours', { forcedColors: 'active' }],
])('%s: axe finds nothing at the desk, with what it asks before it acts', async (_, options) => {
  const channel = await app.newChannel()
  const desk = await app.openDesk('Ann', channel, options)
  const { page } = desk
  const isFine = async () => expect.soft(await axe(page)).toEqual([])
  await desk.hasNobodyWaiting()
  await isFine()
  for (const name of ['José', 'Marta']) {
    await app.newWaitingCustomer(channel, {
      name,
      need: `${name}’s anvil is broken, and ${'very '.repeat(60)}much so`,
    })
    await desk.pick(name)
    await isFine()
    await desk.accept(name)
  }
  await page.keyboard.press('Alt+I')
  await desk.note.fill('Knows the code')
  await isFine()
  await desk.note.press('Enter')
  await desk.sees('Knows the code')
  await isFine()
  for (const key of ['Alt+T', 'Alt+R']) {
    await page.keyboard.press(key)
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor()
    await isFine()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  }
  for (const name of ['Team', 'Alerts', 'Keyboard', 'Your account']) {
    await page.getByRole('banner').getByRole('button', { name }).click()
    await isFine()
    await page.keyboard.press('Escape')
  }
  const background = (name: string) =>
    desk.request(name).evaluate((row) => getComputedStyle(row).backgroundColor)
  expect(await background('Marta')).not.toBe(await background('José'))
  expect(await fits(page)).toBe(true)
})

test('on a phone the desk shows the list or a conversation, and nothing is cut off', async () => {
  const channel = await app.newChannel()
  await app.newWaitingCustomer(channel)
  const desk = await app.openDesk('Ann', channel, phone)
  const { page } = desk
  const isFine = async () => {
    expect.soft(await axe(page)).toEqual([])
    await expect.poll(() => fits(page)).toBe(true)
  }
  await desk.request('José').waitFor()
  await isFine()
  const middleOf = async (locator: Locator) => {
    const box = await locator.boundingBox()
    return (box?.y ?? 0) + (box?.height ?? 0) / 2
  }
  expect(await middleOf(page.getByRole('heading', { level: 1 }))).toBeCloseTo(
    await middleOf(desk.account('Ann')),
    -1,
  )
  await desk.request('José').tap()
  await desk.acceptButton.tap()
  await desk.composer.waitFor()
  await expect.poll(() => page.getByRole('navigation').count()).toBe(0)
  await desk.say('Hello')
  await desk.sees('Hello')
  await isFine()
  // A window of 1280 × 1024 pixels at 400 %.
  await page.setViewportSize({ width: 320, height: 256 })
  await desk.composer.fill('line\n'.repeat(12))
  const log = await page.getByRole('log').boundingBox()
  const reply = await desk.composer.boundingBox()
  expect(log?.height).toBeGreaterThan(120)
  expect((log?.y ?? 0) + (log?.height ?? 0)).toBeLessThanOrEqual(reply?.y ?? 0)
  await expect.poll(() => fits(page)).toBe(true)
  await page.getByRole('button', { name: 'Back to the requests' }).tap()
  // The title keeps to its line.
  await expect.poll(async () => (await page.getByRole('banner').boundingBox())?.height).toBeLessThan(60)
  await desk.request('José').tap()
  await desk.pane('José').waitFor()
  await page.goBack()
  await desk.request('José').waitFor()
})

import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { phone } from '../chromium/launch-browser.ts'
import { textsOf, useFrontdesk } from '../frontdesk.ts'
import { axe, fits } from '../pages/accessibility.ts'
import { asksForDetails } from '../pages/customer-page.ts'
import { DeskPage, hearAlerts, keepUndo, noPush } from '../pages/desk-page.ts'

const app = useFrontdesk()

/** Another workspace, without agents. */
async function newWorkspace(): Promise<{ id: string; name: string }> {
  const workspace = { id: `${app.id}-sales`, name: `Sales ${app.id}` }
  await app.world.configure(`workspace.${workspace.id}`, workspace)
  return workspace
}

test('an agent takes a customer over: the loser is told who has it, and keeps what was written', async () => {
  const channel = await app.newChannel()
  const customer = await app.openWaitingCustomer(channel)
  const [ann, bob] = [await app.openDesk('Ann', channel), await app.openDesk('Bob', channel)]
  await ann.accept('José')
  await customer.sees('Ann has joined.')
  await ann.composer.fill('Dear José, we')
  await bob.showColleagues()
  await bob.pick('José')
  await bob.act('Take over')
  const question = bob.page.getByRole('dialog', { name: 'Take over from Ann?' })
  await question.waitFor()
  expect.soft(await axe(bob.page)).toEqual([])
  await question.getByRole('button', { name: 'Take over' }).click()
  await bob.composer.waitFor()
  await bob.sees('You took over from Ann.')
  await customer.sees('Bob has joined.')

  await ann.pane('José').getByText('Bob has taken this over from you.').waitFor()
  await ann.pane('José').getByText('Dear José, we').waitFor()
  await expect.poll(() => ann.composer.count()).toBe(0)
  expect.soft(await axe(ann.page)).toEqual([])
  await ann.note.fill('She asked for the code twice')
  await ann.note.press('Enter')
  await bob.sees('She asked for the code twice')
  await bob.say('Bob here')
  await customer.sees('Bob here')
  expect(await customer.page.getByText('asked for the code').count()).toBe(0)
  // Back again, with the draft.
  await ann.page.keyboard.press('Alt+A')
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Take over' }).click()
  await expect.poll(() => ann.composer.inputValue()).toBe('Dear José, we')
})

test('a customer is passed on to a colleague with a note, who is asked first', async () => {
  const channel = await app.newChannel()
  const sales = await newWorkspace()
  await app.newWaitingCustomer(channel, { name: 'Ada' })
  const customer = await app.openWaitingCustomer(channel)
  const [ann, bella, cora] = [
    await app.openDesk('Ann', channel),
    await app.openDesk('Bella', channel),
    await app.openDesk('Cora', channel),
  ]
  await bella.accept('Ada')
  await ann.accept('José')
  await ann.act('Transfer')
  const question = ann.page.getByRole('dialog', { name: 'Pass the customer on?' })
  const to = question.getByLabel('To')
  const goals = async () => (await to.locator('option').allTextContents()).map((text) => text.trim())
  // The agent who has least to do comes first.
  await expect.poll(async () => (await goals()).slice(0, 2)).toEqual(['Cora · 0 open', 'Bella · 1 open'])
  await expect.poll(goals).toContain(`${sales.name} · 0 online`)
  expect.soft(await axe(ann.page)).toEqual([])
  await to.selectOption({ value: 'agent:bella' })
  await question.getByLabel('Note for colleagues').fill('Knows the refund code')
  await question.getByRole('button', { name: 'Transfer' }).click()
  await ann.sees('You passed the customer on to Bella.')
  await customer.sees('You’re being passed on')

  await cora.request('José').getByText('Offered to Bella').waitFor()
  await cora.pick('José')
  await expect.poll(() => cora.acceptButton.getAttribute('aria-disabled')).toBe('true')
  expect.soft(await axe(cora.page)).toEqual([])
  const offer = bella.section('Waiting').getByRole('listitem').filter({ hasText: 'For you' })
  await offer.getByText('José').first().waitFor()
  await expect.poll(() => bella.page.title()).toMatch(/^\(1\) /)
  expect.soft(await axe(bella.page)).toEqual([])
  await offer.getByRole('button', { name: 'Accept' }).click()
  await bella.composer.waitFor()
  await bella.sees('Knows the refund code')
  await customer.sees('Bella has joined.')
  expect(await textsOf(app.world, await customer.conversation(), 'agent')).toEqual([])
  expect(await customer.page.getByText('refund code').count()).toBe(0)
})

test('an offer that is declined is free for all others', async () => {
  const channel = await app.newChannel()
  const conversation = await app.newWaitingCustomer(channel)
  const [ann, bob] = [await app.openDesk('Ann', channel), await app.openDesk('Bob', channel)]
  await app.world.publish(conversation, 'request.offered', {
    request: 1,
    agent: { id: 'ann', name: 'Ann' },
    milliseconds: 120_000,
  })
  await bob.request('José').getByText('Offered to Ann').waitFor()
  await ann.section('Waiting').getByRole('button', { name: 'Decline' }).click()
  await bob.request('José').getByText('Offered to Ann').waitFor({ state: 'detached' })
  await ann.section('Waiting').getByText('For you').waitFor({ state: 'detached' })
  await bob.accept('José')
})

test('an agent who does not answer is reminded by sound, notification and a mark, and loses the customer in the end', async () => {
  const timeouts = { agent: { remind: 'PT1S', release: 'PT6S' } }
  const channel = await app.newChannel({ timeouts, duringHours: asksForDetails })
  const ann = new DeskPage(await app.newPage({ allowed: noPush }))
  const heard = await hearAlerts(ann.page)
  await ann.signIn(await app.signInLink('agent', 'Ann', `${app.gateway.url}/desk?workspace=${channel}`))
  await (await ann.alert('Notification', 'My conversations')).click()
  await ann.page.keyboard.press('Escape')
  await app.newWaitingCustomer(channel)
  await ann.accept('José')
  await expect.poll(heard).toMatchObject({ notified: ['José waits long for your answer'] })
  await ann.section('Mine').getByText('Waiting long for an answer').waitFor()
  await ann.sees('Back in the queue: You did not answer in time.')
  await ann.section('Waiting').getByRole('button', { name: 'José' }).waitFor()
  await expect.poll(async () => (await heard()).notified).toContain('José is back in the queue')
})

test('signing out with open conversations asks first: stay, or give back', async () => {
  const channel = await app.newChannel()
  const customer = await app.openWaitingCustomer(channel)
  const [ann, bob] = [
    await app.openDesk('Ann', channel, { allowed: /status of 401/ }),
    await app.openDesk('Bob', channel),
  ]
  await ann.accept('José')
  const signOut = async () => {
    await ann.account('Ann').click()
    await ann.page.getByRole('button', { name: 'Sign out', exact: true }).click()
    return ann.page.getByRole('dialog', { name: 'One customer is with you' })
  }
  const question = await signOut()
  expect.soft(await axe(ann.page)).toEqual([])
  await question.getByRole('button', { name: 'Stay' }).click()
  await ann.say('Still here')
  await customer.sees('Still here')
  await (await signOut()).getByRole('button', { name: 'Give back and sign out' }).click()
  await ann.page.getByText('You are signed out.').waitFor()
  await customer.sees('You’re back in the queue')
  await bob.accept('José')
  await bob.sees('Back in the queue: Ann is not there.')
})

test('the agent’s menu is whole where there are many workspaces', async () => {
  const channel = await app.newChannel()
  const workspaces = [channel, ...Array.from({ length: 40 }, (_, n) => `${channel}-${n}`)]
  const { page } = await app.openDesk('Cora', channel)
  await page.goto(
    await app.signInLink('agent', 'Cora', `${app.gateway.url}/desk?workspace=${channel}`, workspaces),
  )
  await page.getByRole('button', { name: 'Your account' }).click()
  expect(await page.getByRole('link', { name: `${channel}-` }).count()).toBe(40)
  await page.getByRole('button', { name: 'Sign out', exact: true }).click({ timeout: 10_000 })
  await page.getByText('You are signed out.').waitFor()
})

test('two desks of an agent show the same', async () => {
  const channel = await app.newChannel()
  const customer = await app.openWaitingCustomer(channel)
  const [one, two] = [await app.openDesk('Ann', channel), await app.openDesk('Ann', channel)]
  await one.accept('José')
  await two.section('Mine').getByRole('button', { name: 'José' }).waitFor()
  await customer.say('Hello?')
  await two.section('Mine').getByText('2 new messages').waitFor()
  await one.say('Yes')
  await two.section('Mine').getByText('new message').waitFor({ state: 'detached' })
  await two.pick('José')
  await two.sees('Yes')
  await two.say('From the other desk')
  await one.sees('From the other desk')
  await two.page.keyboard.press('Alt+I')
  await two.note.fill('Mine alone')
  await two.note.press('Enter')
  await one.sees('Mine alone')
  await two.about.getByRole('textbox', { name: 'Add a tag' }).fill('vip')
  await two.page.keyboard.press('Enter')
  await one.about.getByText('vip', { exact: true }).waitFor()
  await one.request('José').getByText('vip').waitFor()
  await one.end()
  await two.page.getByText('You have ended the conversation.').waitFor()
})

test('the team is in sight: who is online or away, with how many, and what waits', async () => {
  const channel = await app.newChannel()
  const sales = await newWorkspace()
  for (const name of ['Ada', 'Bea', 'Cleo']) await app.newWaitingCustomer(channel, { name })
  const desk = await app.openDesk('Dora', channel)
  const emil = await app.openDesk('Emil', channel)
  const away = emil.page.getByRole('switch', { name: 'Online' })
  await emil.accept('Ada')
  await away.click()
  await expect.poll(() => away.getAttribute('aria-checked')).toBe('false')
  await desk.page.getByRole('button', { name: /^Team/ }).click()
  const team = desk.page.getByRole('dialog', { name: 'Team' })
  await team.getByText('2 waiting').waitFor()
  await team.getByRole('row', { name: 'Dora (You) Online 0 0' }).waitFor()
  await team.getByRole('row', { name: 'Emil Away 1 0' }).waitFor()
  await team.getByRole('row', { name: `${sales.name} 0` }).waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.page.keyboard.press('Escape')
  await desk.account('Dora').click()
  const link = desk.page.getByRole('link', { name: sales.name })
  await expect.poll(() => link.getAttribute('href')).toBe(`?workspace=${sales.id}`)
  await emil.page.reload()
  await expect.poll(() => away.getAttribute('aria-checked')).toBe('false')
})

test('a customer’s presence is told in words, in the list and at the conversation', async () => {
  const channel = await app.newChannel()
  const customer = await app.openWaitingCustomer(channel)
  const desk = await app.openDesk('Ann', channel)
  await desk.accept('José')
  const told = (text: RegExp) =>
    desk.pane('José').getByRole('heading', { name: 'José' }).locator('..').getByText(text)
  await told(/here/).waitFor()
  await customer.page.close()
  await told(/left \d+ s ago/).waitFor()
  await desk.request('José').getByText('gone').waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
})

test('on a phone the actions stand at the top, and the customer is one tap away', async () => {
  const channel = await app.newChannel()
  await app.newWaitingCustomer(channel, { name: 'José' })
  const desk = await app.openDesk('Ann', channel, phone)
  await desk.request('José').tap()
  await desk.acceptButton.tap()
  await desk.composer.waitFor()
  await desk.page.getByRole('button', { name: 'Customer', exact: true }).tap()
  await desk.about.waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.page.getByRole('button', { name: 'Close', exact: true }).tap()
  // The team and the help stand in the header, which an open conversation leaves no room for.
  await desk.page.keyboard.press('Control+K')
  await desk.page.keyboard.type('Team')
  await desk.page.keyboard.press('Enter')
  await desk.page.getByRole('dialog', { name: 'Team' }).waitFor()
  await desk.page.keyboard.press('Escape')
  await desk.request('José').tap()
  await desk.pane('José').getByRole('heading').first().click()
  await desk.page.keyboard.press('?')
  await desk.page.getByRole('group', { name: 'Keyboard', exact: true }).waitFor()
  await desk.page.keyboard.press('Escape')
  await desk.request('José').tap()
  await desk.act('Release')
  const question = desk.page.getByRole('dialog')
  await question.getByLabel('Reason').fill('for the workshop')
  expect(await fits(desk.page)).toBe(true)
  expect.soft(await axe(desk.page)).toEqual([])
  await question.getByRole('button', { name: 'Put back in the queue' }).tap()
  await desk.acceptButton.waitFor()
  await until(async () => (await desk.page.getByRole('log').getByText('for the workshop').count()) > 0)
  await desk.acceptButton.tap()
  await desk.composer.waitFor()
  await keepUndo(desk.page)
  await desk.act('End')
  const ended = await desk.page.getByText('You have ended the conversation.').boundingBox()
  const toast = await desk.page.locator('.toast').boundingBox()
  expect((ended?.y ?? 0) + (ended?.height ?? 0)).toBeLessThanOrEqual(toast?.y ?? 0)
  expect(await fits(desk.page)).toBe(true)
  expect.soft(await axe(desk.page)).toEqual([])
})

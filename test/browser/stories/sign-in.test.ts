import { describe, expect, test } from 'vitest'
import { startTestProvider } from '../../gateway/identity/test-provider.ts'
import { startTestGateway } from '../../gateway/test-gateway.ts'
import { connectionLost, textsOf, useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'
import { DeskPage } from '../pages/desk-page.ts'

const app = useFrontdesk()

describe.each([
  { name: 'desk', path: '/desk?workspace=here', role: 'agent', account: true },
  { name: 'administration', path: '/admin', role: 'administrator', account: false },
  { name: 'inspector', path: '/inspector', role: 'engineer', account: false },
] as const)('the $name', ({ path, role, account }) => {
  test('a link signs in once: its code leaves the address, and a reload stays signed in', async () => {
    const page = await app.newPage({ allowed: /status of 401/ })
    const link = await app.signInLink(role, 'Ann', `${app.gateway.url}${path}`)
    await page.goto(link)
    await page.getByRole('navigation').first().waitFor()
    expect(page.url()).not.toContain('code=')
    await page.reload()
    await page.getByRole('navigation').first().waitFor()
    await page.context().clearCookies()
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByText(/this link was used already/i).waitFor()
    await page.getByText('npx frontdesk sign-in').first().waitFor()
    expect(page.url()).not.toContain('code=')
    expect(await axe(page)).toEqual([])
  })

  test('without a sign-in the page says how to sign in, and so it does after a sign-out', async () => {
    const page = await app.newPage({ allowed: /status of 401/ })
    const help = page.getByText('npx frontdesk sign-in').first()
    await page.goto(`${app.gateway.url}${path}`)
    await help.waitFor()
    expect(await axe(page)).toEqual([])
    // Only the hash changes: the page is not loaded again.
    await page.goto(await app.signInLink(role, 'Ann', `${app.gateway.url}${path}`))
    await page.getByRole('navigation').first().waitFor()
    expect(page.url()).not.toContain('code=')
    if (account) await page.getByRole('button', { name: 'Ann' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page
      .getByText(/You are signed out|Sign in to/)
      .first()
      .waitFor()
    await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(0)
    await page.reload()
    await help.waitFor()
  })
})

test('who is signed in for another page is told so, and finds it', async () => {
  const page = await app.newPage({ allowed: /status of 401/ })
  await page.goto(await app.signInLink('administrator', 'Ada', `${app.gateway.url}/admin`))
  await page.getByRole('navigation').waitFor()
  await page.goto(`${app.gateway.url}/desk`)
  await page.getByText('You are signed in as Ada, but not for this page.').waitFor()
  expect(await axe(page)).toEqual([])
  await page.getByRole('link', { name: 'Go to the administration' }).click()
  await page.getByText('Ada').waitFor()
})

test.each([
  ['desk', 'agent'],
  ['admin', 'administrator'],
] as const)(
  'a link to /%s with somebody else’s token asks before it replaces who is signed in',
  async (path, role) => {
    const company = await startTestProvider()
    const gateway = await startTestGateway(app.world, { identityProvider: company.settings })
    app.onEnd(() => gateway.stop().then(() => company.stop()))
    const token = await company.sign({ sub: 'mallory', name: 'Mallory', roles: [role] })
    // The gateway may stop while the page still asks it.
    const page = await app.newPage({ allowed: /net::ERR_|response code: 503/ })
    const name = async () => {
      const { name } = await (await page.request.get(`${gateway.url}/v1/me?role=${role}`)).json()
      return name
    }
    const code = await gateway.identity.createCode({ role, id: 'ann', name: 'Ann', workspaces: 'all' }, 60)
    await page.goto(`${gateway.url}/${path}#code=${code}`)
    await page.getByText('Ann').first().waitFor()
    const questions: string[] = []
    let isAccepted = false
    page.on('dialog', (dialog) => {
      questions.push(dialog.message())
      void (isAccepted ? dialog.accept() : dialog.dismiss())
    })
    await page.goto(`${gateway.url}/${path}?from=elsewhere#token=${token}`)
    await page.getByText('Ann').first().waitFor()
    expect(questions).toEqual([expect.stringContaining('You are signed in as Ann.')])
    expect(await name()).toBe('Ann')
    expect(page.url()).not.toContain('token=')
    isAccepted = true
    await page.goto(`${gateway.url}/${path}?from=there#token=${token}`)
    await page.getByText('Mallory').first().waitFor()
    expect(await name()).toBe('Mallory')
    // A token of the same person needs no question.
    await page.goto(`${gateway.url}/${path}?from=again#token=${token}`)
    await page.getByText('Mallory').first().waitFor()
    expect(questions).toHaveLength(2)
    await gateway.stop()
    await company.stop()
  },
)

test('a desk whose cookie has gone says so when the connection comes back', async () => {
  const { id } = app
  const line = await app.startLine()
  const desk = await app.openDesk('Ann', id, {
    url: line.url,
    allowed: /status of 401|WebSocket connection to|net::ERR_/,
  })
  await desk.hasNobodyWaiting()
  await desk.page.context().clearCookies()
  line.cut()
  line.mend()
  await desk.page.getByText('You were signed out').waitFor()
})

test('an agent who signs in in the same browser sees and sends nothing of the first', async () => {
  const line = await app.startLine()
  const channel = await app.newChannel()
  const customer = await app.openWaitingCustomer(channel)
  const ann = await app.openDesk('Ann', channel, { url: line.url, allowed: connectionLost })
  await ann.accept('José')
  const bob = new DeskPage(await ann.page.context().newPage())
  await bob.signIn(await app.signInLink('agent', 'Bob', `${line.url}/desk?workspace=${channel}`))
  await bob.account('Bob').waitFor()
  line.cut()
  await ann.isOffline.waitFor()
  await ann.say('As Ann')
  line.mend()
  // The first tab follows the cookie: it is Bob's now.
  await ann.account('Bob').waitFor()
  await ann.showColleagues()
  await ann.section('With colleagues').getByRole('button', { name: 'José' }).waitFor()
  await expect.poll(() => ann.page.getByText('As Ann').count()).toBe(0)
  expect(await textsOf(app.world, await customer.conversation(), 'agent')).toEqual([])
})

test('an agent of other workspaces is told so, and finds the way to them', async () => {
  const page = await app.newPage()
  await page.goto(
    await app.signInLink('agent', 'Eve', `${app.gateway.url}/desk?workspace=here`, ['elsewhere', 'there']),
  )
  await page.getByText('You may not work in the workspace “here”.').waitFor()
  await page.goto(`${app.gateway.url}/desk`)
  await page.getByRole('heading', { name: 'Desk elsewhere' }).waitFor()
  await page.getByRole('button', { name: 'Eve' }).click()
  await page.getByRole('link', { name: 'there' }).click()
  await page.getByRole('heading', { name: 'Desk there' }).waitFor()
})

test('a sign-in that ends while a channel is edited loses nothing', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/responses`, { allowed: /status of 401/ })
  await admin.firstMessage().fill('Mine')
  const cookies = await admin.page.context().cookies()
  await admin.page.context().clearCookies()
  await admin.saveButton.click()
  await admin.page.getByText('Your sign-in has ended. Open a new').waitFor()
  await admin.page.context().addCookies(cookies)
  await admin.button('Try again').click()
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id, duringHours: { firstMessage: 'Mine' } })
})

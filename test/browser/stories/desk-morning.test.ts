import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { textsOf, useFrontdesk } from '../frontdesk.ts'
import { axe, fits, hasFocus, tabTo } from '../pages/accessibility.ts'
import { keepUndo } from '../pages/desk-page.ts'

const app = useFrontdesk()
const count = 40

test('a morning of 40 conversations without the mouse', async () => {
  const channel = await app.newChannel()
  const other = `${channel}-b`
  await app.configure('workspace', { id: other, name: 'Billing' })
  await app.configure('reply', {
    id: `${channel}-hi`,
    title: 'Greeting',
    text: 'Hello {{customer.name}}, this is {{agent.name}}. See https://example.com/help.',
    shortcut: 'hi',
    workspace: channel,
  })
  await app.configure('reply', {
    id: `${channel}-bye`,
    title: 'Thanks',
    text: 'Thank you.',
    workspace: channel,
  })
  const names = Array.from({ length: count }, (_, n) => `C${String(n).padStart(2, '0')}`)
  const conversations = await Promise.all(names.map((name) => app.newWaitingCustomer(channel, { name })))
  const desk = await app.openDesk('Ann', channel)
  const { page } = desk
  const { keyboard } = page
  const replies = page.getByRole('listbox', { name: 'Saved replies' })
  await page.getByText('Pick a request to read it').waitFor()
  await keepUndo(page)
  const heading = page.getByRole('main').getByRole('heading', { name: /^C\d\d$/ })
  const handled: string[] = []

  for (let n = 0; n < count; n++) {
    await keyboard.press('Alt+N')
    await until(() => hasFocus(desk.acceptButton))
    const name = (await heading.innerText()).trim()
    expect(handled).not.toContain(name)
    handled.push(name)
    await keyboard.press('Enter')
    await until(() => hasFocus(desk.composer))
    await keyboard.type('/hi')
    await replies.getByRole('option', { name: 'Greeting' }).waitFor()
    if (n === 0) {
      expect.soft(await axe(page)).toEqual([])
      await keyboard.press('Escape')
      await replies.waitFor({ state: 'hidden' })
      await keyboard.press('Backspace')
    }
    await keyboard.press('Enter')
    const text = `Hello ${name}, this is Ann. See https://example.com/help.`
    await expect.poll(() => desk.composer.inputValue()).toBe(text)
    await keyboard.press('Enter')
    const link = desk.pane(name).getByRole('log').getByRole('link', { name: 'https://example.com/help' })
    await link.waitFor()
    if (n % 8 === 1) {
      await keyboard.press('Alt+I')
      await until(() => hasFocus(desk.note))
      await keyboard.type('Knows the code')
      await keyboard.press('Enter')
      await desk.pane(name).getByRole('log').getByText('Knows the code').waitFor()
    }
    if (n === 2) {
      await tabTo(page, desk.about.getByRole('textbox', { name: 'Add a tag' }))
      await keyboard.type('refund')
      await keyboard.press('Enter')
      await desk.about.getByRole('button', { name: 'Remove refund' }).waitFor()
      await tabTo(page, desk.about.getByRole('button', { name: 'Correct the name' }), 'Shift+Tab')
      await keyboard.press('Enter')
      await until(() => hasFocus(page.getByRole('textbox', { name: 'Customer’s name' })))
      await keyboard.type('Zoé')
      await keyboard.press('Enter')
      await page.getByRole('main').getByRole('heading', { name: 'Zoé' }).waitFor()
    }
    if (n === 3) {
      // The palette transfers the third one.
      await keyboard.press('Control+K')
      await until(() => hasFocus(page.getByRole('combobox', { name: 'Find an action' })))
      const waiting = page.getByRole('option', { name: /^C\d\d Waiting .*My anvil is broken$/ })
      expect.soft(await waiting.count()).toBeGreaterThan(1)
      await keyboard.type('transf')
      expect.soft(await axe(page)).toEqual([])
      await keyboard.press('Enter')
      await page.getByRole('dialog').getByRole('combobox', { name: 'To' }).waitFor()
      await page.getByRole('dialog').getByRole('combobox', { name: 'To' }).selectOption(`workspace:${other}`)
      await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Transfer' }))
      await keyboard.press('Enter')
      await page.getByText('This customer was passed on to another workspace.').waitFor()
      continue
    }
    await keyboard.press('Alt+X')
    await page.getByText('You have ended the conversation.').waitFor()
    if (n === 4) {
      await keyboard.press('Alt+Z')
      await until(() => hasFocus(desk.composer))
      await keyboard.press('Alt+X')
      await page.getByText('You have ended the conversation.').waitFor()
      expect.soft(await axe(page)).toEqual([])
    }
  }

  expect(new Set(handled).size).toBe(count)
  expect(await fits(page)).toBe(true)
  // A page that is left sends the ends.
  await page.evaluate(() => dispatchEvent(new Event('pagehide')))
  await until(async () => {
    const requests = await Promise.all(conversations.map((id) => app.world.openRequest(channel, id)))
    return requests.filter((request) => request?.state === 'ended').length === count - 1
  })
  for (const id of conversations) expect(await textsOf(app.world, id, 'agent')).toHaveLength(1)
})

test('tabs of an agent share what is written', async () => {
  const channel = await app.newChannel()
  await app.newWaitingCustomer(channel, { name: 'Ada' })
  const desk = await app.openDesk('Ann', channel)
  await desk.accept('Ada')
  await desk.composer.fill('Half of a')
  const second = await desk.page.context().newPage()
  await second.goto(desk.page.url())
  await second.getByRole('navigation').getByRole('button', { name: 'Ada' }).click()
  const composer = second.getByRole('textbox', { name: /^Reply to/ })
  await expect.poll(() => composer.inputValue()).toBe('Half of a')
  await composer.fill('Half of a sentence')
  await expect.poll(() => desk.composer.inputValue()).toBe('Half of a sentence')
  await composer.press('Enter')
  await expect.poll(() => desk.composer.inputValue()).toBe('')
})

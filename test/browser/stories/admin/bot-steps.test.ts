import { expect, test } from 'vitest'
import { end, flowOf, options, person } from '../../../bots/flow.ts'
import { phone } from '../../chromium/launch-browser.ts'
import { useFrontdesk } from '../../frontdesk.ts'
import { axe, fits, focusedElement } from '../../pages/accessibility.ts'

const app = useFrontdesk()

test('a bot as a list of steps: edited, added to, moved and mended by the keyboard, with the text as the source', async () => {
  const welcome = [options('What is it about?', { 'A person': 'person' }, { name: 'topic' })]
  await app.configure('bot', flowOf({ welcome, person }, { id: app.id, name: 'Helper', greeting: 'Hi!' }))
  const admin = await app.openAdmin(`#/bots/${app.id}`)
  const { page, bot, preview } = admin
  await bot.hasNoErrors()
  // A comment stays where the steps are changed.
  await bot.replace('id: person', 'id: person # to Ann')
  await admin.button('List of steps').click()
  const first = page.getByRole('region', { name: 'answer “welcome”' })
  const second = page.getByRole('region', { name: 'answer “person”' })
  await first.getByRole('button', { name: /^Options topic/ }).click()
  expect.soft(await axe(page)).toEqual([])
  await first.getByLabel('Text', { exact: true }).fill('How can we help?')
  await preview.getByText('How can we help?').waitFor()
  await first.getByRole('button', { name: 'Entry', exact: true }).click()
  const entry = first.getByRole('group', { name: 'Entry 2' })
  await entry.getByRole('textbox', { name: 'Label' }).fill('Goodbye')
  await page.getByRole('button', { name: 'Answer', exact: true }).click()
  await expect.poll(() => focusedElement(page)).toMatch(/^input/)
  await page.keyboard.press('Control+a')
  await page.keyboard.type('b')
  // The list is drawn again while one types, as when the text has been checked: no letter is lost.
  await page
    .locator('admin-steps')
    .evaluate((list: HTMLElement & { requestUpdate(): void; updateComplete: Promise<unknown> }) => {
      list.requestUpdate()
      return list.updateComplete
    })
  await page.keyboard.type('ye')
  await page.keyboard.press('Tab')
  const third = page.getByRole('region', { name: 'answer “bye”' })
  await entry.getByRole('combobox', { name: 'Goes to' }).selectOption('bye')

  // A problem of a new step stands at the step, and on its form at the field.
  await third.getByRole('combobox', { name: 'Add a step to bye' }).selectOption('Message')
  await third.getByText('Must not be empty').waitFor()
  await expect.poll(() => focusedElement(page)).toMatch(/^textarea/)
  await page.keyboard.type('Bye!')
  await third.getByText('Is never reached').waitFor()
  await third.getByRole('button', { name: 'Move Step 2, Message up' }).focus()
  await page.keyboard.press('Enter')
  await bot.hasNoErrors()
  await expect.poll(() => focusedElement(page)).toBe('button Move Step 1, Message up')
  await third.getByRole('button', { name: 'Remove Step 2, Hand over to an agent' }).click()
  await third.getByRole('combobox', { name: 'Add a step to bye' }).selectOption('End')
  await bot.hasNoErrors()
  expect.soft(await axe(page)).toEqual([])
  await second.getByRole('textbox', { name: 'Answer' }).fill('agent')
  await page.keyboard.press('Tab')
  await bot.hasNoErrors()
  await admin.button('Text').click()
  const text = await bot.text.inputValue()
  expect(text).toContain('id: agent # to Ann')
  expect(text).toContain('goTo: agent')
  await admin.save()
  const saved = (await app.stored('bot')) as unknown as { answers: { id: string; steps: unknown[] }[] }
  expect(saved.answers.map(({ id }) => id)).toEqual(['welcome', 'agent', 'bye'])
  expect(saved.answers[2]?.steps).toEqual([{ type: 'message', text: 'Bye!' }, { type: 'end' }])
})

test('what a form cannot show is shown as it stands, with the way to its line; the list fits a phone', async () => {
  const when = [
    { value: 'locale', is: 'fr' },
    { value: 'customer.email', isKnown: true },
  ]
  const branch = { type: 'branch', cases: [{ when, goTo: 'person' }], otherwise: 'bye' } as const
  await app.configure(
    'bot',
    flowOf({ welcome: [branch], person, bye: [end('Bye')] }, { id: app.id, name: 'Helper' }),
  )
  const admin = await app.openAdmin(`#/bots/${app.id}`, phone)
  const { page } = admin
  await admin.button('List of steps').tap()
  await page.getByRole('button', { name: /^Branch/ }).tap()
  await page.getByText('This form cannot show it.').waitFor()
  expect(await fits(page)).toBe(true)
  expect.soft(await axe(page)).toEqual([])
  await admin.button('Edit as text').tap()
  await expect.poll(() => admin.bot.selectedText()).toContain('type: branch')
})

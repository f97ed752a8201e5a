import { expect, test } from 'vitest'
import { end, flowOf, message, options, person } from '../../../bots/flow.ts'
import { until } from '../../../engine/test-world.ts'
import { useFrontdesk } from '../../frontdesk.ts'
import { axe, fits, focusedElement } from '../../pages/accessibility.ts'
import type { AdminPage } from '../../pages/admin-page.ts'

const app = useFrontdesk()

/** A bot of two answers. */
const helper = (greeting = 'Hi!') =>
  flowOf(
    {
      welcome: [options('What is it about?', { 'A person': 'person' }, { name: 'topic' })],
      person,
    },
    { id: app.id, name: 'Helper', greeting },
  )

/** Stores a bot, and opens it. */
async function openBot(document: { id: string } = helper()): Promise<AdminPage> {
  await app.configure('bot', { ...document })
  const admin = await app.openAdmin(`#/bots/${app.id}`)
  await admin.bot.hasNoErrors()
  return admin
}

test('where there are no bots, the page says what they are for, and each kind begins with a valid text', async () => {
  const { id } = app
  await app.clearConfiguration()
  const admin = await app.openAdmin('#/bots')
  const { page } = admin
  await page.getByRole('heading', { name: 'No bots yet' }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  for (const [kind, text] of [
    ['Answers and steps', 'answers:'],
    ['A program elsewhere', 'external:'],
    ['A machine of your own', 'machine:'],
  ] as const) {
    await admin.go('#/bots')
    await admin.button('New bot').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(`${id} ${kind}`)
    await dialog.getByLabel('Kind').selectOption(kind)
    expect.soft(await axe(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await admin.bot.hasNoErrors()
    await expect.poll(() => admin.bot.text.inputValue()).toContain(text)
    await admin.save()
  }
  await admin.go('#/bots')
  await admin.row(`${id} A program elsewhere`).waitFor()
  await page.getByRole('link', { name: `${id} A machine of your own` }).click()
  await page.getByText('This bot is a machine of your own, which only the engine has').waitFor()
  expect.soft(await axe(page)).toEqual([])
})

test('an error stands beside its line, and in a list that leads there, and stops saving', async () => {
  const admin = await openBot()
  const { page, bot: editor } = admin
  await editor.replace('goTo: person', 'goTo: nobody')
  await page.getByRole('status').getByText('2 errors, the first in line 12.').waitFor()
  await editor.line(12, 'There is no answer “nobody”').waitFor()
  await expect.poll(() => editor.text.getAttribute('aria-invalid')).toBe('true')
  await expect.poll(() => admin.saveButton.isDisabled()).toBe(true)
  expect.soft(await axe(page)).toEqual([])
  // Tab leaves the text; the next thing is the first error.
  await editor.text.focus()
  await page.keyboard.press('Tab')
  await expect.poll(() => focusedElement(page)).toBe('button Line 12')
  await editor.errors.getByText('answer “welcome”, step “topic”, options 1 goTo').waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => focusedElement(page)).toMatch(/^textarea/)
  await expect.poll(() => editor.selectedText()).toBe('goTo: nobody')
  await page.keyboard.press('Control+s')
  await expect.poll(() => focusedElement(page)).toMatch(/^section/)
  expect(await app.stored('bot')).toEqual(helper())
  await editor.replace('goTo: nobody', 'goTo: person')
  await editor.hasNoErrors()
  await expect.poll(() => admin.saveButton.count()).toBe(0)
  // A text that is not YAML has its error at its line, too.
  await editor.replace('name: Helper', '\tname: Helper')
  await editor.line(2, 'Indent with spaces, not with tabs').waitFor()
})

test('a new line is indented and can be undone, and a text is saved even before it has been checked', async () => {
  const admin = await openBot()
  const { page, bot: editor } = admin
  const before = await editor.text.inputValue()
  await editor.text.focus()
  for (const key of ['Control+End', 'ArrowLeft', 'Enter']) await page.keyboard.press(key)
  await page.keyboard.type('duringHours: One moment')
  await expect
    .poll(() => editor.text.inputValue())
    .toBe(before.replace('type: transfer\n', 'type: transfer\n        duringHours: One moment\n'))
  await page.keyboard.press('Control+s')
  await admin.saved.waitFor()
  expect(JSON.stringify(await app.stored('bot'))).toContain('One moment')
  await page.keyboard.press('Control+z')
  await expect.poll(() => editor.text.inputValue()).not.toContain('One moment')
})

test('two administrators edit a bot: the second is told which lines differ', async () => {
  const ada = await openBot()
  const bea = await app.openAdmin(`#/bots/${app.id}`)
  await bea.bot.hasNoErrors()
  await ada.bot.replace('Hi!', 'Ada’s')
  await bea.bot.replace('Hi!', 'Bea’s')
  await ada.save()
  await bea.conflict.waitFor()
  await bea.row('Text 3 greeting: Bea’s 3 greeting: Ada’s').waitFor()
  expect.soft(await axe(bea.page)).toEqual([])
  await bea.button('Take theirs').click()
  await expect.poll(() => bea.bot.text.inputValue()).toContain('greeting: Ada’s')
  expect(await app.stored('bot')).toEqual(helper('Ada’s'))
})

test('a bot is tried: a changed text replays the choices, and an API call fails or succeeds as one likes', async () => {
  const url = 'https://api.example.com/{{option.topic}}'
  const [welcome] = helper().answers
  const admin = await openBot({
    ...helper(),
    answers: [
      welcome,
      { id: 'person', steps: [{ type: 'api', name: 'find', url, success: 'found', failure: 'agent' }] },
      { id: 'found', steps: [end('Found it.')] },
      { id: 'agent', steps: [{ type: 'transfer', duringHours: 'One moment.' }] },
    ],
  } as { id: string })
  const { page, preview } = admin
  const question = preview.getByText('What is it about?')
  await preview.getByRole('button', { name: 'A person' }).click()
  await preview.getByText('Found it.').waitFor()
  await page.getByText('The conversation has ended.').waitFor()
  await page.getByText('Would call GET https://api.example.com/A%20person').waitFor()
  await admin.group('find: taken as').getByRole('button', { name: 'Failed' }).click()
  await preview.getByText('One moment.').waitFor()
  await page.getByText('The bot has handed over: agents see the request.').waitFor()
  await admin.bot.replace('One moment.', 'Just a moment.')
  await preview.getByText('Just a moment.').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await admin.button('Start again').click()
  await preview.getByText('Just a moment.').waitFor({ state: 'detached' })
  // A typed text goes the same way; the bot offers its options again.
  await preview.getByRole('textbox').fill('Hm?')
  await page.keyboard.press('Enter')
  await preview.getByText('Hm?').waitFor()
  await expect.poll(() => question.count()).toBe(2)
  await preview.getByRole('button', { name: 'End conversation' }).click()
  await preview.getByRole('button', { name: 'End conversation' }).last().click()
  await preview.getByRole('button', { name: 'Start a new conversation' }).click()
  await expect.poll(() => question.count()).toBe(1)
})

test('a channel’s bot is switched off at once, and with other changes when they are saved', async () => {
  await app.configure('bot', helper())
  const channel = await app.newChannel({ bot: app.id, duringHours: { firstMessage: 'Welcome' } })
  const admin = await app.openAdmin(`#/channels/${channel}/responses`)
  const choice = admin.page.getByRole('combobox', { name: 'Bot' })
  await admin.preview.getByText('What is it about?').waitFor()
  await admin.response().getByText('What the bot falls back to').waitFor()
  await admin.button('Switch off').click()
  await admin.saved.waitFor()
  const withoutBot = { id: channel, workspace: channel, duringHours: { firstMessage: 'Welcome' } }
  expect(await app.stored('channel', channel)).toEqual(withoutBot)
  await admin.preview.getByText('Welcome').waitFor()
  await expect.poll(() => choice.inputValue()).toBe('')
  await choice.selectOption(app.id)
  await admin.save()
  await admin.firstMessage().fill('Hello')
  await admin.button('Switch off').click()
  await expect.poll(() => choice.inputValue()).toBe('')
  expect((await app.stored('channel', channel))?.bot).toBe(app.id)
  await admin.save()
  expect(await app.stored('channel', channel)).toEqual({
    ...withoutBot,
    duringHours: { firstMessage: 'Hello' },
  })
})

test('a channel says where its bot does not exist, or is not in force', async () => {
  const { id } = app
  await app.configure('channel', { id, bot: `${id}-gone` })
  const admin = await app.openAdmin(`#/channels/${id}/responses`)
  const { page } = admin
  await page.getByText(`The bot “${id}-gone” does not exist (any more).`).waitFor()
  await expect.poll(() => page.getByRole('combobox', { name: 'Bot' }).inputValue()).toBe(`${id}-gone`)
  await admin.preview.getByText('Hi! How can we help?').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await app.configure('bot', { id: `${id}-gone`, answers: 7 })
  await page.getByText('This bot is not in force as it is stored.').waitFor()
  await page.getByRole('link', { name: 'Edit bot' }).click()
  await page.getByText('One error, in line 2.').waitFor()
  await admin.go('#/bots')
  await admin.row(`${id}-gone`).getByText('Not in force').waitFor()
})

test('before a bot is deleted, the page says which channels use it', async () => {
  const admin = await openBot()
  const channel = await app.newChannel({ bot: app.id })
  const question = await admin.askToDelete('bot')
  await question.getByText(`The channel ${channel} uses it, and will say its response again.`).waitFor()
  expect.soft(await axe(admin.page)).toEqual([])
  await question.getByRole('button', { name: 'Delete bot' }).click()
  await admin.title('Bots').waitFor()
  expect(await app.stored('bot')).toBeNull()
})

test('a text of 150 steps can still be typed into', async () => {
  const { id } = app
  const steps = Array.from({ length: 150 }, (_, n) => message(`Line ${n} ${'x'.repeat(200)}`))
  const answers = [{ id: 'a', steps: [...steps, { type: 'end' }] }]
  const { page, bot: editor } = await openBot({ id, answers } as { id: string })
  await editor.text.focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('# typed at once\n')
  await editor.hasNoErrors()
  await expect.poll(() => editor.text.inputValue()).toMatch(/^# typed at once\nid: /)
})

test('a list of answers and steps leads to their lines, also while the text has errors, and help names their fields', async () => {
  const { id } = app
  const admin = await app.openAdmin()
  const { page, bot } = admin
  await admin.create('bot', `Helper ${id}`)
  await bot.hasNoErrors()
  const steps = page.getByRole('navigation', { name: 'Answers and steps' })
  await expect
    .poll(() => steps.getByRole('button').allInnerTexts())
    .toEqual(['welcome', 'topic options', 'hours', 'message', 'resolved', 'person', 'transfer'])
  await steps.getByRole('button', { name: 'resolved' }).click()
  await expect.poll(() => bot.selectedText()).toBe('      - type: resolved')
  await expect.poll(() => focusedElement(page)).toMatch(/^textarea/)
  await bot.replace('      - type: resolved', '      - type: message\n      - type: resolved')
  await bot.errors.waitFor()
  await steps.getByRole('button', { name: 'person' }).click()
  await expect.poll(() => bot.selectedText()).toBe('  - id: person')

  await admin.button('Steps and their fields').click()
  const help = page.getByRole('dialog', { name: 'Steps and their fields' })
  await help.getByText('text, options, freeText?').waitFor()
  await expect.poll(() => help.evaluate((dialog) => dialog.scrollTop)).toBe(0)
  expect.soft(await axe(page)).toEqual([])
  await help.getByRole('button', { name: 'Close' }).click()
  await expect.poll(() => focusedElement(page)).toBe('button Steps and their fields')
  await admin.button('Steps and their fields').click()
  await help.getByRole('button', { name: 'link' }).click()
  await page.keyboard.type('welcome')
  await expect.poll(() => focusedElement(page)).toMatch(/^textarea/)
  await expect
    .poll(() => bot.text.inputValue())
    .toContain('    steps:\n      - type: link\n        goTo: welcome\n      - type: transfer\n')
  await page.setViewportSize({ width: 320, height: 256 })
  await admin.button('Steps and their fields').click()
  const overflow = (dialog: HTMLElement) => [dialog.scrollTop, dialog.scrollWidth - dialog.clientWidth]
  await expect.poll(() => help.evaluate(overflow)).toEqual([0, 0])
  await expect.poll(() => fits(page)).toBe(true)
})

test('while one types, a list suggests what may stand there, and takes no key that was not meant for it', async () => {
  const admin = await openBot()
  const { page, bot: editor } = admin
  const list = page.getByRole('listbox', { name: 'Suggestions' })
  const option = (name: string) => list.getByRole('option', { name, exact: true })
  const chosen = () => editor.text.getAttribute('aria-activedescendant')
  await editor.text.focus()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('  - id: more\n')
  await page.keyboard.type('st')
  await option('steps').waitFor()
  await page.getByRole('status').getByText('One suggestion.').waitFor()
  expect(await chosen()).toBeNull()
  expect.soft(await axe(page)).toEqual([])
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => option('steps').getAttribute('aria-selected')).toBe('true')
  expect(await chosen()).toBe(await option('steps').getAttribute('id'))
  expect.soft(await axe(page)).toEqual([])
  await page.keyboard.press('Enter')
  await list.waitFor({ state: 'hidden' })
  await page.keyboard.type('\n- type: li')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Tab')
  await page.keyboard.type('\ngo')
  // A click or a tap: the text keeps the focus, and the next list is there.
  await option('goTo').click()
  await option('welcome').waitFor()
  await expect.poll(() => focusedElement(page)).toMatch(/^textarea/)
  await page.keyboard.type('p')
  await expect.poll(() => list.getByRole('option').allInnerTexts()).toEqual(['person'])
  // A suggestion that is not chosen is not taken: Enter begins a line, Escape closes, and Tab leaves.
  await page.keyboard.press('Enter')
  await list.waitFor({ state: 'hidden' })
  await page.keyboard.type('na')
  await option('name').waitFor()
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'hidden' })
  await expect
    .poll(() => editor.text.inputValue())
    .toMatch(/- id: more\n {4}steps: \n {6}- type: link\n {8}goTo: p\n {8}na$/)
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+Space')
  await page.setViewportSize({ width: 320, height: 256 })
  await editor.text.evaluate((field) => field.closest('.source')?.scrollIntoView({ block: 'end' }))
  await expect.poll(() => fits(page)).toBe(true)
  await page.keyboard.press('Tab')
  await expect.poll(() => focusedElement(page)).toMatch(/^button/)
  expect(await list.isHidden()).toBe(true)
})

test('the guide to bots is a page of the gateway', async () => {
  const { page } = await openBot()
  const opened = page.waitForEvent('popup')
  await page.getByRole('link', { name: 'The guide to bots' }).click()
  const guide = await opened
  await guide.getByRole('heading', { name: 'Bots as data' }).waitFor()
  expect.soft(await axe(guide)).toEqual([])
  await guide.setViewportSize({ width: 320, height: 256 })
  await expect.poll(() => fits(guide)).toBe(true)
})

test('a wide drawing of a bot scrolls, and its texts can be read', async () => {
  const { id } = app
  const names = Array.from({ length: 10 }, (_, n) => `answer-with-a-long-name-${n}`)
  await app.configure('bot', {
    id,
    answers: [
      {
        id: 'first',
        steps: [
          {
            type: 'options',
            text: 'What is it about?',
            options: names.map((name) => ({ label: `The one of ${name}`, goTo: name })),
          },
        ],
      },
      ...names.map((name) => ({ id: name, steps: [{ type: 'end', text: 'This is what there is to say.' }] })),
    ],
  })
  const { page } = await app.openAdmin(`#/bots/${id}`, { viewport: { width: 1280, height: 800 } })
  const drawing = page.getByRole('img', { name: `Drawing of ${id}` })
  await drawing.getByText('The end', { exact: true }).waitFor()
  const sizes = await drawing.evaluate((svg: SVGSVGElement) =>
    [...svg.querySelectorAll('text')].map(
      (text) => Number.parseFloat(getComputedStyle(text).fontSize) * (svg.getScreenCTM()?.a ?? 0),
    ),
  )
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11)
  await expect.poll(() => fits(page)).toBe(true)
  // Up and down only the page scrolls, also where the drawing is higher than the window.
  await page.setViewportSize({ width: 1280, height: 400 })
  const view = page.locator('frontdesk-machine .view')
  expect((await drawing.boundingBox())?.height).toBeGreaterThan(400)
  expect(await view.evaluate((view) => view.scrollHeight - view.clientHeight)).toBe(0)
})

test('a bot is made, tried, put on a channel, and taken off it again', async () => {
  const { id } = app
  const channel = await app.newChannel({ duringHours: { firstMessage: 'We are here' } })
  const name = `Helper ${id}`
  const admin = await app.openAdmin()
  const { page } = admin
  await admin.create('bot', name)
  await admin.bot.hasNoErrors()

  // Drawn as it stands.
  const drawing = page.getByRole('img', { name: `Drawing of ${name}` })
  await drawing.getByText('We are here from Monday to Friday').waitFor()
  await drawing.getByText('An agent').waitFor()
  await page.locator('[data-state="bot/hours"]').first().waitFor()

  // Tried before it is saved, by clicking.
  await admin.preview.getByRole('button', { name: 'Opening hours' }).click()
  await admin.preview.getByText('We are here from Monday to Friday, 9 to 17.').waitFor()
  await admin.preview.getByRole('button', { name: 'No', exact: true }).click()
  await page.getByText('The bot has handed over: agents see the request.').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await admin.save()
  expect(await app.stored('bot', `helper-${id}`)).toMatchObject({ id: `helper-${id}`, name })

  await admin.openChannel(channel)
  await page.getByRole('combobox', { name: 'Bot' }).selectOption(name)
  await admin.preview.getByRole('button', { name: 'Talk to a person' }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await admin.save()
  const first = await app.openCustomer(channel)
  await first.open()
  await first.sees('Hi! I’m here to help.')
  await first.button('Opening hours').click()
  await first.sees('We are here from Monday to Friday')

  await admin.button('Switch off').click()
  await until(async () => (await app.stored('channel', channel))?.bot === undefined)
  const second = await app.openCustomer(channel)
  await second.open()
  await second.sees('We are here')
  expect(await second.page.getByText('Hi! I’m here to help.').count()).toBe(0)
  // The conversation with the bot goes on.
  await first.button('Yes').click()
  await first.page.getByText('This conversation has ended.').waitFor()

  await admin.go(`#/bots/helper-${id}`)
  await (await admin.askToDelete('bot')).getByText('No channel uses this bot.').waitFor()
})

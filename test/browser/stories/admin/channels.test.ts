import type { Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { until } from '../../../engine/test-world.ts'
import { connectionLost, useFrontdesk } from '../../frontdesk.ts'
import { axe, focusedElement } from '../../pages/accessibility.ts'
import { asksForDetails } from '../../pages/customer-page.ts'

const app = useFrontdesk()

test('where no channel is configured, the page says that all work, and begins the first', async () => {
  const { id } = app
  await app.clearConfiguration()
  const admin = await app.openAdmin('#/channels')
  const { page } = admin
  await page.getByRole('heading', { name: 'Your channels work already' }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await admin.button('Configure a channel').click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Acme')
  const idField = page.getByRole('textbox', { name: 'Id' })
  await expect.poll(() => idField.inputValue()).toBe('web')
  await idField.fill('not an id')
  await admin.button('Continue').click()
  await page.getByRole('dialog').getByText('1 to 64 characters of A to Z').waitFor()
  await expect.poll(() => focusedElement(page)).toMatch(/^input/)
  await idField.fill(id)
  expect.soft(await axe(page)).toEqual([])
  await admin.button('Continue').click()
  await page.getByText('Not configured yet').waitFor()
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id, name: 'Acme' })
  await admin.goTo('Channels')
  await page.getByRole('link', { name: 'Acme' }).waitFor()
})

test('the list has each schedule’s verdict, and follows the changes of others', async () => {
  const { id } = app
  const intervals = [{ start: 0, end: 10_080 }]
  await app.configure('schedule', { id, name: 'Always', timeZone: 'UTC', intervals })
  await app.configure('channel', { id, name: `Channel ${id}`, schedule: id, workspace: 'shop' })
  const admin = await app.openAdmin('#/channels')
  const row = admin.row(`Channel ${id}`)
  await row.getByText('Open now, around the clock').waitFor()
  await row.getByText('shop').waitFor()
  await app.configure('channel', { id, name: `Renamed ${id}`, schedule: 'nowhere' })
  await admin.row(`Renamed ${id}`).getByText('nowhere (missing)').waitFor()
})

test('a text that nobody has changed is the default, and can be that again', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/responses`)
  const text = admin.firstMessage()
  const isDefault = () => expect.poll(() => text.inputValue()).toBe('Hi! How can we help?')
  await isDefault()
  await text.fill('Welcome!')
  await admin.preview.getByText('Welcome!').waitFor()
  await admin
    .response()
    .getByRole('button', { name: /^Reset to default/ })
    .click()
  await isDefault()
  await expect.poll(() => focusedElement(admin.page)).toMatch(/^textarea/)
  await expect.poll(() => admin.saveButton.count()).toBe(0)
  // An empty text is the default, too.
  await text.fill('Welcome!')
  await text.fill('')
  await text.blur()
  await isDefault()
  await expect.poll(() => admin.saveButton.count()).toBe(0)
})

test('a text that is typed while a save is under way stays, and is saved after it', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/responses`)
  const { page } = admin
  let held: Route | undefined
  const hold = (route: Route) => {
    held = route
  }
  await page.route(`**/configuration/channel/${id}`, hold, { times: 1 })
  await admin.firstMessage().fill('Hello')
  await admin.saveButton.click()
  await page.getByText('Saving…').waitFor()
  await until(() => held !== undefined)
  await admin.firstMessage().fill('Hello there')
  await held?.continue()
  await page.getByText('Unsaved changes').waitFor()
  await expect.poll(() => admin.firstMessage().inputValue()).toBe('Hello there')
  expect(await app.stored('channel', id)).toEqual({ id, duringHours: { firstMessage: 'Hello' } })
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id, duringHours: { firstMessage: 'Hello there' } })
})

test('details are added, put in order by the keyboard, and removed, and the focus is never lost', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/responses`)
  const { page } = admin
  const details = admin.response()
  const focus = () => expect.poll(() => focusedElement(page))
  await details.getByRole('button', { name: 'Name', exact: true }).click()
  await details.getByRole('button', { name: 'Email', exact: true }).click()
  await details.getByRole('button', { name: 'Custom field' }).click()
  await focus().toMatch(/^input/)
  await page.keyboard.type('Order number')
  await expect.poll(() => details.getByRole('textbox', { name: 'Id' }).inputValue()).toBe('order-number')
  await details.getByRole('combobox', { name: 'Type' }).selectOption('Choice')
  await details.getByRole('textbox', { name: 'Choices' }).fill('One\nTwo\n')

  await details.getByRole('button', { name: 'Move Order number up' }).focus()
  await page.keyboard.press('Enter')
  await focus().toBe('button Move Order number up')
  await page.keyboard.press('Enter')
  // The field is the first now, and can only go down.
  await focus().toMatch(/Order number/)
  await details.getByText('Order number: now 1 of 3').waitFor({ state: 'attached' })
  await details.getByRole('button', { name: 'Remove Email' }).click()
  await focus().toMatch(/Name/)
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({
    id,
    duringHours: {
      customerDetails: [
        { id: 'order-number', label: 'Order number', type: 'select', options: ['One', 'Two'] },
        'name',
      ],
    },
  })
  await admin.preview.getByLabel('Order number').waitFor()
})

test('an invalid value is described at its field, a summary leads there, and nothing is stored', async () => {
  const channel = await app.newChannel()
  const admin = await app.openAdmin(`#/channels/${channel}/settings`, { allowed: /status of 422/ })
  const { page } = admin
  const workspace = page.getByRole('textbox', { name: 'Workspace' })
  await workspace.fill('not a token')
  await page.getByRole('link', { name: 'Responses' }).click()
  await admin.firstMessage().fill('a'.repeat(5000))
  await admin.response().getByRole('button', { name: 'Custom field' }).click()
  await admin.saveButton.click()
  await page.getByRole('heading', { name: 'Not saved: 4 fields need your attention' }).waitFor()
  await expect.poll(() => focusedElement(page)).toMatch(/^section/)
  for (const [field, error] of [
    [admin.firstMessage(), 'At most 4096 characters'],
    [admin.response().getByRole('textbox', { name: 'Label' }).last(), 'Must not be empty'],
  ] as const) {
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true')
    const describedBy = (await field.getAttribute('aria-describedby'))?.split(' ') ?? []
    const descriptions = await Promise.all(
      describedBy.map((id) => page.locator(`[id="${id}"]`).textContent()),
    )
    expect(descriptions.join()).toContain(error)
  }
  expect.soft(await axe(page)).toEqual([])

  await admin.button('Workspace').click()
  await expect.poll(() => workspace.evaluate((field) => field.matches(':focus'))).toBe(true)
  await page.keyboard.press('Control+A')
  await page.keyboard.type('shop')
  await page.getByRole('heading', { name: 'Not saved: 3 fields' }).waitFor()
  expect((await app.stored('channel', channel))?.duringHours).toEqual(asksForDetails)
})

test('reminders are numbers and units, or never, and a reload stays at them', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/reminders`, { allowed: /status of 422/ })
  const { page } = admin
  await page.reload()
  await admin.group('Remind the agents').getByRole('spinbutton').fill('60')
  expect(page.url()).toContain(`#/channels/${id}/reminders`)
  await expect
    .poll(() => page.getByRole('combobox', { name: 'Remind the agents: unit' }).inputValue())
    .toBe('minutes')
  await page.getByRole('checkbox', { name: 'Never' }).nth(1).check()
  await admin.button('Remove Reminder 1').click()
  await page.getByRole('combobox', { name: 'End: unit' }).selectOption('hours')
  const remind = admin.group('Remind the agent')
  const release = admin.group('Put the customer back in the queue')
  expect(await release.getByRole('spinbutton').inputValue()).toBe('15')
  await remind.getByRole('spinbutton').fill('20')
  await release.getByRole('spinbutton').fill('10')
  await admin.saveButton.click()
  await page.getByText('Each step must be later than the one before').first().waitFor()
  await remind.getByRole('spinbutton').fill('3')
  await release.getByRole('checkbox', { name: 'Never' }).check()
  await admin.save()
  expect((await app.stored('channel', id))?.timeouts).toEqual({
    unanswered: 'PT60M',
    escalate: null,
    idleCustomer: ['PT10M', 'PT11H'],
    agent: { remind: 'PT3M', release: null },
  })
  await remind.getByRole('button', { name: 'Reset to default' }).click()
  await release.getByRole('button', { name: 'Reset to default' }).click()
  await admin.save()
  expect(await app.stored('channel', id)).not.toHaveProperty('timeouts.agent')
})

test('ended conversations are kept for ever, or as long as is chosen', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/settings`, { allowed: /status of 422/ })
  const retention = admin.group('Erase ended conversations')
  const never = retention.getByRole('checkbox', { name: 'Never' })
  await expect.poll(() => never.isChecked()).toBe(true)
  await never.uncheck()
  await retention.getByRole('spinbutton').fill('0')
  await admin.saveButton.click()
  await retention.getByText('at most 36525 days').waitFor()
  await retention.getByRole('spinbutton').fill('400')
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id, retention: 'P400D' })
  expect.soft(await axe(admin.page)).toEqual([])
  await never.check()
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id })
})

test('names of attributes that agents see are a list, checked as such', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/settings`, { allowed: /status of 422/ })
  const names = admin.page.getByRole('textbox', { name: /^What agents see of the customer/ })
  await names.fill('plan, no.dots')
  await names.press('Tab')
  await admin.saveButton.click()
  await expect.poll(() => names.getAttribute('aria-invalid')).toBe('true')
  await names.fill('plan,order')
  await names.press('Tab')
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id, attributes: ['plan', 'order'] })
  expect.soft(await axe(admin.page)).toEqual([])
  await names.fill('')
  await names.press('Tab')
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id })
})

test('markup that an administrator types is text', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/responses`)
  const markup = '<img src=x onerror="document.title=1"> {{customer.name}}'
  await admin.firstMessage().fill(markup)
  await admin.preview.getByText('<img src=x').waitFor()
  await app.configure('channel', { id, name: markup })
  await admin.conflict.waitFor()
  await admin.page.getByRole('cell', { name: markup }).first().waitFor()
  expect(await admin.page.title()).not.toBe('1')
  expect(await admin.page.locator('img').count()).toBe(0)
})

test('a channel that was stored by hand and is not in force is shown with its problems', async () => {
  const { id } = app
  await app.configure('channel', { id, name: 7, timeouts: { unanswered: 'soon' } })
  const admin = await app.openAdmin('#/channels', { allowed: /status of 422/ })
  await admin.row(id).getByText('Not in force').waitFor()
  await admin.go(`#/channels/${id}/reminders`)
  await admin.page.getByRole('heading', { name: 'Not in force' }).waitFor()
  await admin.group('Remind the agents').getByRole('button', { name: 'Reset to default' }).click()
  await admin.page.getByRole('link', { name: 'Settings' }).click()
  await admin.page.getByRole('textbox', { name: 'Name' }).fill('Mended')
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id, name: 'Mended' })
})

test('before a channel is deleted, the page says what happens', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/settings`)
  const focus = () => expect.poll(() => focusedElement(admin.page))
  const question = await admin.askToDelete('channel')
  await question.getByText(`The channel ${id} goes on working`).waitFor()
  await focus().toBe('button Cancel')
  await admin.page.keyboard.press('Enter')
  await focus().toBe('button Delete channel')
  await admin.page.keyboard.press('Enter')
  await question.getByRole('button', { name: 'Delete channel' }).click()
  await admin.title('Channels').waitFor()
  expect(await app.stored('channel', id)).toBeNull()
})

test.each([
  ['Acme “shop” & co', 'Acme “shop” & co'],
  [undefined, 'Chat with us'],
])(
  'a channel with the name %s has one title in its preview and on a page that has its lines',
  async (name, title) => {
    const { id } = app
    await app.configure('channel', { id, ...(name && { name }) })
    const admin = await app.openAdmin(`#/channels/${id}/responses`)
    await admin.preview.getByRole('heading', { name: title, exact: true }).waitFor()
    await admin.go(`#/channels/${id}/settings`)
    const lines = await admin.page.locator('#embed-code').textContent()
    // The browser keeps a page that no server has sent from connecting.
    const page = await app.newPage({ allowed: connectionLost })
    await page.route(`${app.gateway.url}/shop`, (route) =>
      route.fulfill({
        contentType: 'text/html; charset=utf-8',
        body: `<!doctype html><title>A shop</title>${lines}`,
      }),
    )
    await page.goto(`${app.gateway.url}/shop`)
    await page.getByRole('button', { name: 'Open chat' }).click()
    await page.getByRole('dialog', { name: title, exact: true }).waitFor()
  },
)

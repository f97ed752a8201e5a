import { expect, test } from 'vitest'
import { type PageOptions, phone } from '../../chromium/launch-browser.ts'
import { useFrontdesk } from '../../frontdesk.ts'
import { axe, focusedElement } from '../../pages/accessibility.ts'
import type { AdminPage } from '../../pages/admin-page.ts'

const app = useFrontdesk()

const day = 1440
const nine = 9 * 60
const five = 17 * 60
const weekdays = [1, 2, 3, 4, 5].map((weekday) => ({
  start: weekday * day + nine,
  end: weekday * day + five,
}))

/** Stores a schedule, and opens it. */
async function openSchedule(
  intervals: object[],
  options: PageOptions = {},
  holidays?: object[],
): Promise<AdminPage> {
  await app.configure('schedule', {
    id: app.id,
    timeZone: 'Europe/Paris',
    intervals,
    ...(holidays && { holidays }),
  })
  return await app.openAdmin(`#/schedules/${app.id}`, {
    locale: 'en-GB',
    viewport: { width: 1280, height: 1400 },
    ...options,
  })
}

const intervals = async () => (await app.stored('schedule'))?.intervals

test('hours are drawn on the week: added, moved, made longer, over midnight and into Sunday, removed', async () => {
  const admin = await openSchedule([])
  const { page, schedule } = admin
  await page.getByText('Closed, and never opens').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await schedule.drag([1, 9], [1, 17])
  await schedule.block('Monday 09:00–17:00').waitFor()
  await expect.poll(() => page.getByLabel('Hours 1, from: time').inputValue()).toBe('09:00')
  await expect.poll(() => page.getByLabel('Hours 1, to: time').inputValue()).toBe('17:00')
  // A block's body moves it, its edge makes it longer.
  await schedule.drag([1, 12], [2, 13])
  await schedule.block('Tuesday 10:00–18:00').waitFor()
  await schedule.drag([2, 18], [2, 20], -2)
  await schedule.block('Tuesday 10:00–20:00').waitFor()
  await schedule.drag([3, 22], [4, 6])
  await schedule.block('Wednesday 22:00 – Thursday 06:00').waitFor()
  await schedule.drag([6, 20], [0, 8])
  await schedule.block('Saturday 20:00 – Sunday 08:00').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await admin.save()
  expect(await intervals()).toEqual([
    { start: 2 * day + 600, end: 2 * day + 1200 },
    { start: 3 * day + 1320, end: 4 * day + 360 },
    { start: 6 * day + 1200, end: 7 * day + 480 },
  ])
  await schedule.block('Wednesday 22:00').focus()
  await page.keyboard.press('Delete')
  await expect.poll(() => focusedElement(page)).toContain('Saturday 20:00')
  await admin.save()
  expect(await intervals()).toHaveLength(2)
})

test('a block moves by steps of 15 minutes, with Shift of 5, and Enter leads to its fields', async () => {
  const { page, schedule } = await openSchedule([])
  await schedule.drag([1, 9.06], [1, 12.11])
  await schedule.block('Monday 09:00–12:00').waitFor()
  for (const [key, block] of [
    ['ArrowDown', 'Monday 09:15–12:15'],
    ['Shift+ArrowDown', 'Monday 09:20–12:20'],
    ['ArrowRight', 'Tuesday 09:20–12:20'],
    ['Alt+Shift+ArrowUp', 'Tuesday 09:20–12:15'],
  ] as const) {
    await page.keyboard.press(key)
    await schedule.block(block).waitFor()
  }
  await schedule.block('Tuesday 09:20–12:15').focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => focusedElement(page)).toContain('Hours 1, from: day')
})

test('hours beside a row with a warning are in line with it', async () => {
  const admin = await openSchedule([
    { start: day + 540, end: 8 * day + 480 },
    { start: 2 * day + 540, end: 2 * day + 1020 },
  ])
  const list = admin.group('The weekly hours as a list')
  await list.getByText('This lasts 6 days 23 hours.').waitFor()
  const [first, second] = await Promise.all(
    ['Hours 1, from: day', 'Hours 2, from: day'].map((label) => list.getByLabel(label).boundingBox()),
  )
  expect(second?.x).not.toBe(first?.x)
  expect(second?.y).toBe(first?.y)
})

test('hours are added to the list with the keyboard alone', async () => {
  const admin = await openSchedule([])
  const { page } = admin
  const list = admin.group('The weekly hours as a list')
  await list.getByRole('button', { name: 'Hours' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => focusedElement(page)).toContain('Hours 1, from: day')
  await page.keyboard.press('S')
  await page.keyboard.press('Tab')
  await list.getByLabel('Hours 1, from: time').fill('22:00')
  await list.getByLabel('Hours 1, to: day').selectOption('Saturday')
  await list.getByLabel('Hours 1, to: time').fill('02:30')
  await list.getByText('This lasts 6 days 4 hours 30 minutes.').waitFor()
  await list.getByRole('button', { name: 'Did you mean Sunday 02:30?' }).click()
  await admin.schedule.block('Saturday 22:00 – Sunday 02:30').waitFor()
  await page.keyboard.press('Control+s')
  await admin.saved.waitFor()
  expect(await intervals()).toEqual([{ start: 6 * day + 1320, end: 7 * day + 150 }])
})

test('the usual hours are at hand, and the page says at once whether it is open', async () => {
  const admin = await openSchedule([], { locale: 'en-GB', timezoneId: 'Europe/Paris' })
  const { page } = admin
  await admin.button('24/7').click()
  await page.getByText('Open now, around the clock').waitFor()
  await admin.button('Mon–Fri 09:00–17:00').click()
  await page.getByText(/^\s*(Open now, closes today at 17:00|Closed now, opens .+ at 0?9:00)\s*$/).waitFor()
  await admin.button('Clear').click()
  await page.getByText('Closed, and never opens').waitFor()
  await admin.button('Undo').click()
  await admin.schedule.block('Monday 09:00–17:00').waitFor()
  await page.keyboard.press('Control+z')
  await page.getByText('Open now, around the clock').waitFor()
  await admin.button('Clear').click()
  await admin.schedule.drag([1, 10], [1, 12])
  await admin.button('Copy Monday to weekdays').click()
  await admin.save()
  expect(await intervals()).toEqual(
    [1, 2, 3, 4, 5].map((weekday) => ({ start: weekday * day + 600, end: weekday * day + 720 })),
  )
})

test('a tap on a touch screen adds an hour', async () => {
  const { page, schedule } = await openSchedule([], phone)
  await page.touchscreen.tap(...(await schedule.point([3, 9.5])))
  await schedule.block('Wednesday 09:00–10:00').waitFor()
})

test('a holiday is closed, or has hours of its own', async () => {
  const { id } = app
  const past = { name: 'Moving', startDate: '2020-02-03', endDate: '2020-02-03' }
  const admin = await openSchedule(weekdays, { allowed: /status of 422/ }, [past])
  const { page } = admin
  await page.getByText('1 past holiday').waitFor()
  const from = page.locator('admin-holidays > div > ol').getByLabel('From', { exact: true })
  await admin.button('Holiday').click()
  await expect.poll(() => focusedElement(page)).toMatch(/^input/)
  await page.keyboard.type('Noël')
  await from.fill('2026-12-25')
  await admin.button('Holiday').click()
  await admin.saveButton.click()
  await page.getByRole('heading', { name: 'Not saved' }).waitFor()
  await from.nth(1).fill('2026-12-31')
  await admin.button('Add open hours on Holiday 3').click()
  await admin.save()
  expect((await app.stored('schedule', id))?.holidays).toEqual([
    past,
    { name: 'Noël', startDate: '2026-12-25', endDate: '2026-12-25' },
    { startDate: '2026-12-31', endDate: '2026-12-31', intervals: [{ start: 540, end: 720 }] },
  ])
})

test('the dates of holidays are typed, of a past one too, and nothing is wrong before there is a date', async () => {
  const { id } = app
  const admin = await openSchedule(weekdays, { locale: 'en-US' }, [
    { name: 'Moving', startDate: '2020-02-03', endDate: '2020-02-03' },
  ])
  const { page } = admin
  // The editor does not ask whether it is open while a date is missing: that would be an error in the console.
  const verdict = page.getByText('That shows once all fields are right.')
  await admin.button('Holiday').click()
  await verdict.waitFor()
  await expect.poll(() => focusedElement(page)).toMatch(/^input/)
  await page.keyboard.type('Noël')
  await page.keyboard.press('Tab')
  // A year has four digits: the sixth would make a date that no schedule can have.
  await page.keyboard.type('1225202026')
  expect(
    await page.locator('admin-holidays > div > ol').getByLabel('From', { exact: true }).inputValue(),
  ).toMatch(/^\d{4}-12-25$/)
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('12252026')
  await verdict.waitFor({ state: 'hidden' })
  await page.getByText('1 past holiday').click()
  const past = page.locator('.past')
  await past.getByLabel('Name').fill('')
  await past.getByLabel('Name').pressSequentially('Fair')
  await page.keyboard.press('Tab')
  await page.keyboard.type('02032027')
  await admin.save()
  expect((await app.stored('schedule', id))?.holidays).toEqual([
    { name: 'Fair', startDate: '2027-02-03', endDate: '2027-02-03' },
    { name: 'Noël', startDate: '2026-12-25', endDate: '2026-12-25' },
  ])
})

test('a time zone is found by its name, and one that does not exist is refused', async () => {
  const admin = await openSchedule(weekdays, { allowed: /status of 422/ })
  const { page } = admin
  const zone = page.getByRole('combobox', { name: 'Time zone' })
  await zone.click()
  await zone.fill('new york')
  await page.getByRole('option', { name: 'America/New York' }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.keyboard.press('Enter')
  await expect.poll(() => zone.inputValue()).toBe('America/New_York')
  await zone.fill('Mars/Olympus')
  await page.keyboard.press('Tab')
  await page.getByText('Open or closed? That shows once').waitFor()
  await admin.saveButton.click()
  await page.getByRole('heading', { name: 'Not saved: one field' }).waitFor()
  await expect.poll(() => zone.getAttribute('aria-invalid')).toBe('true')
})

test('before a schedule is deleted, the page says which channels use it, and they count as open after it', async () => {
  const { id } = app
  const admin = await openSchedule([])
  const { page } = admin
  const channels = [await app.newChannel({ schedule: id, duringHours: { firstMessage: 'We are here' } })]
  channels.push(await app.newChannel({ schedule: id }))
  const question = await admin.askToDelete('schedule')
  await question
    .getByText(`The channels ${channels[0]} and ${channels[1]} use it, and will count as always open.`)
    .waitFor()
  expect.soft(await axe(page)).toEqual([])
  await question.getByRole('button', { name: 'Delete schedule' }).click()
  await admin.title('Schedules').waitFor()
  expect(await app.stored('schedule', id)).toBeNull()
  await admin.openChannel(channels[0] as string)
  await page.getByText('This schedule does not exist any more.').waitFor()
  expect.soft(await axe(page)).toEqual([])
  const customer = await app.openCustomer(channels[0] as string)
  await customer.open()
  await customer.sees('We are here')
})

test('a Zendesk response is shown, with its warnings, before it is saved', async () => {
  const { id } = app
  const admin = await app.openAdmin('#/import')
  const { page } = admin
  const text = page.getByLabel('Or paste it here')
  const show = admin.button('Show what it makes')
  const zendesk = (number: number, name: string, zone: string, intervals: object[]) => ({
    id: number,
    name: `${name} ${id}`,
    time_zone: zone,
    intervals,
  })
  await text.fill('not json')
  await show.click()
  await page.getByText(/This is (no|not valid) JSON/).waitFor()
  expect.soft(await axe(page)).toEqual([])
  const schedules = [
    zendesk(1, 'Berlin', 'Berlin', [{ start_time: 1980, end_time: 2460 }]),
    zendesk(2, 'Long', 'Paris', [{ start_time: 1980, end_time: 3900 }]),
    zendesk(3, 'Vacant', 'London', []),
    zendesk(4, 'Sunken', 'Atlantis', [{ start_time: 600, end_time: 540 }]),
  ]
  await text.fill(JSON.stringify({ schedules }))
  await show.click()
  await page.getByRole('heading', { name: '3 schedules' }).waitFor()
  for (const shown of ['Europe/Berlin', 'Runs over several days', 'it never opens'])
    await page.getByText(shown).first().waitFor()
  await page.getByRole('heading', { name: '1 schedule cannot be imported' }).waitFor()
  const refused = page.getByRole('listitem').filter({ hasText: `Sunken ${id}` })
  await expect
    .poll(() => refused.allInnerTexts())
    .toEqual([
      `Sunken ${id}, Time zone: No time zone of Zendesk, such as “Paris”, nor one such as Europe/Paris`,
      `Sunken ${id}, Hours 1 (To): Ends before it begins`,
    ])
  expect.soft(await axe(page)).toEqual([])
  expect(await app.stored('schedule', `berlin-${id}`)).toBeNull()
  // The page learns late of what is stored.
  let isRead = () => {}
  const read = new Promise<void>((resolve) => {
    isRead = resolve
  })
  await page.route('**/v1/admin/configuration', (route) => read.then(() => route.continue()))
  await admin.button('Save 3 schedules').click()
  const berlin = page.getByRole('listitem').filter({ hasText: `Berlin ${id}` })
  await berlin.getByText('Saved').waitFor()
  expect(await berlin.getByRole('link').count()).toBe(0)
  isRead()
  await page.getByRole('link', { name: 'To the schedules' }).waitFor()
  await berlin.getByRole('link', { name: 'Saved' }).click()
  await admin.title(`Berlin ${id}`).waitFor()
  expect(await app.stored('schedule', `berlin-${id}`)).toMatchObject({
    timeZone: 'Europe/Berlin',
    intervals: [{ start: 1980, end: 2460 }],
  })
})

import { expect, test } from 'vitest'
import { useFrontdesk } from '../../frontdesk.ts'
import { axe } from '../../pages/accessibility.ts'

const app = useFrontdesk()

const weekdays = [1, 2, 3, 4, 5].map((day) => ({ start: day * 1440 + 540, end: day * 1440 + 1020 }))

test('a calendar file becomes a calendar, which a schedule shares, with holidays of every year', async () => {
  const { id } = app
  await app.configure('schedule', { id, timeZone: 'Europe/Paris', intervals: weekdays })
  const admin = await app.openAdmin('#/calendars', {
    allowed: /status of 422/,
    locale: 'en-GB',
    viewport: { width: 1280, height: 1100 },
  })
  const { page } = admin
  await admin.title('Calendars').waitFor()
  expect.soft(await axe(page)).toEqual([])
  const event = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']
  const always = [
    'DTSTART;VALUE=DATE:20200101',
    'DTEND;VALUE=DATE:20200702',
    'RRULE:FREQ=YEARLY',
    'SUMMARY:First half',
  ]
  const file = (...events: string[][]) => ({
    name: 'days.ics',
    mimeType: 'text/calendar',
    buffer: Buffer.from(
      ['BEGIN:VCALENDAR', `X-WR-CALNAME:Days ${id}`, ...events.flat(), 'END:VCALENDAR'].join('\r\n'),
    ),
  })
  const upload = page.getByLabel('Import .ics')
  await upload.setInputFiles({ ...file(), buffer: Buffer.from('no calendar') })
  await page.getByRole('alert').getByText('No calendar file').waitFor()
  const thanksgiving = event(
    'DTSTART;VALUE=DATE:20201126',
    'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH',
    'SUMMARY:Thanksgiving',
  )
  await upload.setInputFiles(file(event(...always), thanksgiving))
  await admin.title(`Days ${id}`).waitFor()
  await page.getByText('11 holidays added').waitFor()
  await page
    .getByText(/Line 9, Thanksgiving: Its dates differ from year to year: it became 10 dates/)
    .waitFor()
  const names = page.locator('admin-holidays').getByLabel('Name')
  await expect.poll(() => names.first().inputValue()).toBe('First half')
  const yearly = page.getByLabel('Every year')
  expect(await yearly.first().isChecked()).toBe(true)
  expect(await yearly.nth(1).isChecked()).toBe(false)
  await admin.button('Holiday').click()
  await page.keyboard.type('Second half')
  await page.getByLabel('From', { exact: true }).last().fill('2026-07-01')
  await page.getByLabel('To', { exact: true }).last().fill('2026-12-31')
  await yearly.last().check()
  expect.soft(await axe(page)).toEqual([])
  await admin.save()
  const calendar = `days-${id}`.toLowerCase()
  const stored = await app.stored('calendar', calendar)
  const holidays = stored?.holidays as object[]
  expect(holidays).toHaveLength(12)
  expect(holidays.at(-1)).toEqual({
    name: 'Second half',
    startDate: '2026-07-01',
    endDate: '2026-12-31',
    yearly: true,
  })

  // The schedule is closed on all of its days, at once in the preview, and when it is saved.
  await admin.go(`#/schedules/${id}`)
  await page.getByText('Time zone data 20').waitFor()
  await page.getByLabel(`Days ${id}`, { exact: true }).check()
  await page.getByText('Closed now, opens').or(page.getByText('Closed, and never opens')).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await admin.save()
  expect((await app.stored('schedule', id))?.holidays).toEqual([`calendar.${calendar}`])
  const channel = await app.newChannel({
    schedule: id,
    duringHours: { firstMessage: 'Open' },
    outsideHours: { firstMessage: 'A holiday' },
  })
  const customer = await app.openCustomer(channel)
  await customer.open()
  await customer.sees('A holiday')

  // A calendar in use says so before it is deleted.
  await admin.go(`#/calendars/${calendar}`)
  const question = await admin.askToDelete('calendar')
  await question.getByText(`The schedule ${id} uses it, and will be open on its holidays.`).waitFor()
  await question.getByRole('button', { name: 'Delete calendar' }).click()
  await admin.title('Calendars').waitFor()
  expect(await app.stored('calendar', calendar)).toBeNull()
})

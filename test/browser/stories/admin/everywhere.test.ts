import { expect, test } from 'vitest'
import { until } from '../../../engine/test-world.ts'
import { type PageOptions, phone } from '../../chromium/launch-browser.ts'
import { useFrontdesk } from '../../frontdesk.ts'
import { axe, fits, focusedElement } from '../../pages/accessibility.ts'
import { asksForDetails } from '../../pages/customer-page.ts'

const app = useFrontdesk()

test('a key’s secret is shown once, and a revoked key is no key', async () => {
  const { id } = app
  const { keys } = app.gateway.identity
  for (const { kid } of await keys.list()) await keys.revoke(kid)
  const admin = await app.openAdmin('#/keys')
  const { page } = admin
  await page.getByText('No keys yet').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.getByRole('textbox', { name: 'New key' }).fill(id)
  await admin.button('Create key').click()
  const ready = page.getByRole('region', { name: `Key “${id}” is ready` })
  const secret = (await ready.getByText(/^\s*[\w-]{43}\s*$/).textContent())?.trim() as string
  expect.soft(await axe(page)).toEqual([])
  await admin.button('I have kept it').click()
  await admin.row(id).waitFor()
  await expect.poll(() => page.getByText(secret).count()).toBe(0)
  await page.reload()
  await admin.row(id).waitFor()
  await expect.poll(() => page.getByText(secret).count()).toBe(0)
  await admin.button(`Revoke ${id}`).click()
  await page.getByText(`Logins signed with “${id}” are refused from now on.`).waitFor()
  await expect.poll(() => focusedElement(page)).toBe('button Cancel')
  expect.soft(await axe(page)).toEqual([])
  await admin.button('Revoke now').click()
  await page.getByText('No keys yet').waitFor()
  expect(await keys.list()).toEqual([])
})

test('the administration speaks French where the browser does, and English where the address says so', async () => {
  const channel = await app.newChannel({})
  const { page } = await app.openAdmin(`#/channels/${channel}/responses`, { locale: 'fr-FR' })
  await page.getByRole('heading', { name: 'Aperçu' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr')
  const text = page.getByRole('textbox', { name: 'Premier message' }).first()
  await expect.poll(() => text.inputValue()).toBe('Bonjour\u00a0! Comment pouvons-nous vous aider\u00a0?')
  await page.goto(`${app.gateway.url}/admin?lang=en#/keys`)
  await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor()
})

test.each<[string, PageOptions]>([
  ['dark', { colorScheme: 'dark' }],
  // As wide as a window of 1280 pixels at 400 %.
  ['on a narrow phone', { ...phone, viewport: { width: 320, height: 640 } }],
  ['in French', { locale: 'fr-FR' }],
])('%s: axe finds nothing in any view of the administration, and nothing is cut off', async (_, options) => {
  const { id } = app
  const day = 1440
  await app.configure('schedule', {
    id,
    timeZone: 'Europe/Paris',
    intervals: [
      { start: day + 540, end: day + 1020 },
      { start: 6 * day + 1320, end: 7 * day + 360 },
    ],
    holidays: [
      {
        name: 'A holiday with a long name that has to go somewhere',
        startDate: '2026-12-24',
        endDate: '2026-12-26',
      },
      { startDate: '2026-12-31', endDate: '2026-12-31', intervals: [{ start: 540, end: 1500 }] },
    ],
  })
  const customerDetails = [
    ...asksForDetails.customerDetails,
    { id: 'order', label: 'W'.repeat(80), type: 'select', options: ['A', 'B'] },
  ]
  const duringHours = { firstMessage: 'x'.repeat(300), customerDetails }
  await app.configure('channel', { id, name: 'N'.repeat(120), schedule: id, duringHours })
  const url = 'https://api.example.com/a/long/path/to/what/is/looked/up'
  const end = { type: 'end', text: 'x'.repeat(200) }
  await app.configure('bot', {
    id,
    name: 'N'.repeat(120),
    answers: [
      { id: 'first', steps: [{ type: 'api', url, success: 'found', failure: 'found' }] },
      { id: 'found', steps: [end] },
    ],
  })
  // Stored by hand, and invalid.
  await app.configure('bot', {
    id: `${id}-invalid`,
    name: 'N'.repeat(120),
    answers: [{ id: 'a', steps: [end, {}] }],
  })
  const overflow = { workspace: `${id}-other`, queue: 20, wait: 'PT10M' }
  await app.configure('workspace', { id, name: 'N'.repeat(120), routing: 'assigned', schedule: id, overflow })
  const admin = await app.openAdmin('', options)
  for (const [place, shown] of [
    ['channels', 'N'.repeat(120)],
    [`channels/${id}/responses`, 'x'.repeat(300)],
    [`channels/${id}/reminders`, undefined],
    [`channels/${id}/settings`, 'frontdesk-widget channel='],
    ['schedules', id],
    [`schedules/${id}`, /22:00|10:00\sPM/],
    ['workspaces', 'N'.repeat(120)],
    [`workspaces/${id}`, `${id}-other`],
    ['bots', 'N'.repeat(120)],
    [`bots/${id}`, url],
    [`bots/${id}-invalid`, 'x'.repeat(200)],
    ['import', 'Zendesk'],
    ['keys', undefined],
  ] as const) {
    await admin.go(`#/${place}`)
    if (shown) await admin.page.getByText(shown).first().waitFor({ state: 'attached' })
    await until(async () => (await admin.page.getByText(/^(Loading|Chargement)/).count()) === 0)
    expect.soft(await axe(admin.page), place).toEqual([])
    expect.soft(await fits(admin.page), `${place} fits`).toBe(true)
  }
})

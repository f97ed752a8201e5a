import { expect, test } from 'vitest'
import { useFrontdesk } from '../../frontdesk.ts'
import { axe } from '../../pages/accessibility.ts'

const app = useFrontdesk()

const english = { locale: 'en-GB', viewport: { width: 1280, height: 1200 } }

test('a workspace is made: routing, overflow, and what both mean, in sentences that follow each change', async () => {
  const { id } = app
  await app.configure('schedule', { id, name: 'Paris office', timeZone: 'Europe/Paris', intervals: [] })
  const channel = await app.newChannel({ workspace: `${id}-main` })
  await app.configure('workspace', { id: `${id}-night`, name: 'Night watch' })
  const admin = await app.openAdmin('', english)
  const { page } = admin
  await admin.create('workspace', `${id} main`)
  const explanation = page.getByRole('region', { name: 'What happens to a request' })
  const says = (text: string) => explanation.getByText(text).waitFor()
  await says('Every agent of the workspace sees it; the first to accept gets it.')
  await says('It stays here until somebody accepts it.')
  await says(`Requests come from the channel ${channel}.`)
  expect.soft(await axe(page)).toEqual([])

  await page.getByLabel('Routing', { exact: true }).selectOption('To one agent at a time')
  await says('has fewer than 3 conversations')
  await says('within 30 seconds')
  await page.getByLabel('Conversations of an agent').fill('2')
  await says('has fewer than 2 conversations')
  await page.getByLabel('An offer lasts: number').fill('45')
  await says('within 45 seconds')

  await page.getByLabel('Requests go to').selectOption('Night watch')
  await says('Nothing sends it to Night watch yet')
  await page.getByLabel('Outside the hours of').selectOption('Paris office')
  await page.getByLabel('Where more wait than').fill('20')
  await admin.group('After a wait of').getByLabel('Never').uncheck()
  await says(
    'It goes to Night watch outside the hours of Paris office, if 20 wait already or once it has waited 10 minutes.',
  )
  expect.soft(await axe(page)).toEqual([])
  await admin.save()
  expect(await app.stored('workspace', `${id}-main`)).toEqual({
    id: `${id}-main`,
    name: `${id} main`,
    routing: 'assigned',
    capacity: 2,
    offerTimeout: 'PT45S',
    overflow: { workspace: `${id}-night`, queue: 20, wait: 'PT10M' },
    schedule: id,
  })

  await page.getByLabel('Requests go to').selectOption('Nowhere: they stay here')
  await says('It stays here until somebody accepts it.')
  await admin.save()
  expect(await app.stored('workspace', `${id}-main`)).not.toHaveProperty('overflow')
})

test('a field that cannot be accepted is named, and nothing is saved', async () => {
  const { id } = app
  await app.configure('workspace', { id, routing: 'assigned' })
  const admin = await app.openAdmin(`#/workspaces/${id}`, { ...english, allowed: /status of 422/ })
  const { page } = admin
  await page.getByLabel('Conversations of an agent').fill('0')
  await admin.saveButton.click()
  await page.getByRole('heading', { name: 'Not saved: one field' }).waitFor()
  const capacity = page.getByLabel('Conversations of an agent')
  await expect.poll(() => capacity.getAttribute('aria-invalid')).toBe('true')
  expect.soft(await axe(page)).toEqual([])
  await capacity.fill('4')
  await admin.save()
  expect(await app.stored('workspace', id)).toMatchObject({ capacity: 4 })
})

test('the list says how requests travel, and a deleted workspace works on', async () => {
  const { id } = app
  const channel = await app.newChannel({ workspace: id })
  await app.configure('workspace', { id, routing: 'assigned', overflow: { workspace: 'elsewhere' } })
  const admin = await app.openAdmin('#/workspaces', english)
  const { page } = admin
  const row = admin.row(id)
  for (const text of ['To one agent at a time', 'elsewhere', channel]) await row.getByText(text).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await admin.go(`#/workspaces/${id}`)
  const question = await admin.askToDelete('workspace')
  await question.getByText(`The workspace ${id} goes on working`).waitFor()
  await question.getByRole('button', { name: 'Delete workspace' }).click()
  await admin.title('Workspaces').waitFor()
  expect(await app.stored('workspace', id)).toBeNull()
})

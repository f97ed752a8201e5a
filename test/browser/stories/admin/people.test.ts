import { expect, test } from 'vitest'
import { phone } from '../../chromium/launch-browser.ts'
import { useFrontdesk } from '../../frontdesk.ts'
import { axe, fits, focusedElement } from '../../pages/accessibility.ts'

const app = useFrontdesk()

test('people: an agent at a desk is online, and is signed out everywhere', async () => {
  const workspace = await app.newChannel({})
  const name = `Zoe-${app.id}`
  const desk = await app.openDesk(name, workspace)
  const admin = await app.openAdmin('#/people')
  const { page } = admin
  const row = admin.row(new RegExp(`^${name}`))
  await row.getByText('Online now').waitFor()
  expect(await row.textContent()).toContain('Agent')
  expect.soft(await axe(page)).toEqual([])
  await row.getByRole('button').click()
  await expect.poll(() => focusedElement(page)).toBe('button Cancel')
  await page.keyboard.press('Enter')
  await expect.poll(() => focusedElement(page)).toBe(`button Sign out everywhere: ${name}`)
  await page.keyboard.press('Enter')
  expect.soft(await axe(page)).toEqual([])
  await admin.group('Sign out everywhere').getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.getByText(`${name} is signed out everywhere.`).waitFor()
  await desk.page.getByText('npx frontdesk sign-in').waitFor()
})

test('the audit log: filtered, earlier entries, one document, and as CSV, also on a phone', async () => {
  const { id } = app
  const name = `Ada-${id}`
  const admin = await app.openAdmin(`#/channels/${id}/settings`, { name })
  const { page } = admin
  await page.getByRole('textbox', { name: 'Name' }).fill('Audited')
  await admin.save()
  await page.getByText('Earlier versions').click()
  await page.getByRole('link', { name: 'Who changed it, in the audit log' }).click()
  await admin.title('Audit log').waitFor()
  const row = admin.row(new RegExp(`${name}.*Saved.*${id} channel`))
  await row.getByText('new').waitFor()
  await page.getByText(`Only channel ${id}.`).waitFor()
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
  await page.getByRole('link', { name: 'Show everything' }).click()
  await page.getByLabel('Who').fill(name)
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
  await page.getByLabel('What').selectOption('Erased')
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor()
  await page.getByLabel('What').selectOption('Saved')
  await row.waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.getByLabel('Until').fill('2020-01-01')
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor()
  await page.getByLabel('Until').fill('')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'As CSV' }).click()
  expect((await download).suggestedFilename()).toBe('audit.csv')
  await row.getByRole('link', { name: id }).click()
  await admin.title('Audited').waitFor()

  // More than a page of them.
  for (let n = 0; n < 55; n++)
    await app.world.nats.publisher.publish(
      'frontdesk.audit.revealed',
      JSON.stringify({ by: { id: `e-${id}`, role: 'engineer' }, on: { kind: 'conversation', id: `c${n}` } }),
    )
  const small = await app.openAdmin('#/audit', phone)
  // Without the filter, the same entries come first.
  const filtered = small.page.waitForResponse((response) => response.url().includes(`e-${id}`))
  await small.page.getByLabel('Who').fill(`e-${id}`)
  await filtered
  await expect.poll(() => small.page.getByRole('row').count()).toBe(51)
  await small.button('Earlier entries').tap()
  await expect.poll(() => small.page.getByRole('row').count()).toBe(56)
  await small.row(/c0 conversation$/).waitFor()
  expect(await fits(small.page)).toBe(true)
  expect.soft(await axe(small.page)).toEqual([])

  // A document's name leads to it, where it has a page.
  for (const kind of ['reply', 'webhook'])
    await app.world.nats.publisher.publish(
      'frontdesk.audit.saved',
      JSON.stringify({ by: { id: `cli-${id}`, role: 'operator' }, on: { kind, id } }),
    )
  await small.page.getByLabel('Who').fill(`cli-${id}`)
  await expect.poll(() => small.page.getByRole('row').count()).toBe(3)
  expect(
    await small
      .row(/webhook/)
      .getByRole('link')
      .count(),
  ).toBe(0)
  const reply = small.row(/saved reply/).getByRole('link')
  expect(await reply.getAttribute('href')).toBe(`#/replies/${id}`)
})

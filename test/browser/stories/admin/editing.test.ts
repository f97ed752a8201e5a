import { expect, test } from 'vitest'
import { Bucket } from '../../../../engine/nats/bucket.ts'
import { connectionLost, useFrontdesk } from '../../frontdesk.ts'
import { axe, focusedElement, isFocusCovered } from '../../pages/accessibility.ts'

const app = useFrontdesk()

test('an administrator who saves second is told what differs, and takes the other’s text', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const [ada, bea] = [await app.openAdmin(), await app.openAdmin('', { name: 'Bea' })]
  for (const admin of [ada, bea]) await admin.openChannel(id)
  await ada.firstMessage().fill('Ada’s')
  await bea.firstMessage().fill('Bea’s')
  await ada.save()
  await bea.conflict.waitFor()
  await bea.row('During opening hours: First message Bea’s Ada’s').waitFor()
  await bea.page.getByText(/^Changed by Ada on .*\. Your changes are not saved yet/).waitFor()
  await expect.poll(() => bea.saveButton.isDisabled()).toBe(true)
  expect.soft(await axe(bea.page)).toEqual([])
  await bea.button('Take theirs').click()
  await expect.poll(() => bea.firstMessage().inputValue()).toBe('Ada’s')
  await expect.poll(() => focusedElement(bea.page)).toMatch(/^h1/)
  expect(await app.stored('channel', id)).toEqual({ id, duringHours: { firstMessage: 'Ada’s' } })
})

test('an administrator whose save is refused may overwrite the other’s text, and the other page follows', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const ada = await app.openAdmin()
  const bea = await app.openAdmin('', { name: 'Bea', allowed: /status of 412|net::ERR_FAILED/ })
  for (const admin of [ada, bea]) await admin.openChannel(id)
  // Bea's page learns nothing from the feed: the gateway has to refuse her save.
  await bea.page.route('**/v1/admin/configuration', (route) => route.abort())
  await bea.firstMessage().fill('Bea’s')
  await ada.firstMessage().fill('Ada’s')
  await ada.save()
  await bea.saveButton.click()
  await bea.conflict.waitFor()
  await bea.page.getByText(/^Changed by Ada on .*\. Your changes are not saved yet/).waitFor()
  expect(await app.stored('channel', id)).toEqual({ id, duringHours: { firstMessage: 'Ada’s' } })
  await bea.button('Overwrite with mine').click()
  await bea.saved.waitFor()
  expect(await app.stored('channel', id)).toEqual({ id, duringHours: { firstMessage: 'Bea’s' } })
  await expect.poll(() => ada.firstMessage().inputValue()).toBe('Bea’s')
  await expect.poll(() => ada.conflict.count()).toBe(0)
})

test('a channel that another administrator has deleted may be kept', async () => {
  const { id } = app
  await app.configure('channel', { id, name: 'Kept' })
  const admin = await app.openAdmin(`#/channels/${id}/responses`)
  await admin.firstMessage().waitFor()
  await new Bucket(app.world.nats, 'configuration').delete(`channel.${id}`, { by: 'Bea' })
  await admin.conflict.getByText('has deleted this channel').waitFor()
  await admin.page.getByText(/^Deleted by Bea on .*\. What you see is not stored any more/).waitFor()
  await admin.button('Keep it: save it anew').click()
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id, name: 'Kept' })
})

test('an earlier version is compared, and restored, also after the channel was deleted', async () => {
  const { id } = app
  const admin = await app.openAdmin(`#/channels/${id}/responses`)
  const { page } = admin
  await admin.firstMessage().fill('Hello')
  await admin.save()
  const bea = await app.openAdmin(`#/channels/${id}/responses`, { name: 'Bea' })
  await bea.firstMessage().fill('What do you want?')
  await bea.save()
  await page.getByText(/Changed by Bea on/).waitFor()

  await admin.go(`#/channels/${id}/settings`)
  const history = page.locator('.history')
  const version = (text: string | RegExp) => history.getByRole('listitem').filter({ hasText: text })
  await history.getByRole('heading', { name: 'Earlier versions' }).click()
  await version('Changed by Bea').getByText('As it is stored now').waitFor()
  await version('Changed by Ada').getByRole('button', { name: 'Compare' }).click()
  await admin.row('During opening hours: First message Hello What do you want?').waitFor()
  expect.soft(await axe(page)).toEqual([])

  // The page does not restore a version over edits that are not saved.
  await page.getByRole('textbox', { name: 'Name' }).fill('Acme')
  const restore = version('Changed by Ada').getByRole('button', { name: 'Restore' })
  await expect.poll(() => restore.isDisabled()).toBe(true)
  await admin.button('Discard').click()
  await restore.click()
  await expect.poll(() => focusedElement(page)).toMatch(/^h1/)
  await history.getByText('The same as above.').waitFor()
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id, duringHours: { firstMessage: 'Hello' } })

  const question = await admin.askToDelete('channel')
  await question.getByRole('button', { name: 'Delete channel' }).click()
  await admin.title('Channels').waitFor()
  // The list hears of it a moment later.
  await page.getByRole('main').getByText(id, { exact: true }).first().waitFor({ state: 'detached' })
  await admin.go(`#/channels/${id}/settings`)
  await history.getByRole('heading', { name: 'Earlier versions' }).click()
  await version('Deleted by Ada').waitFor()
  await version('Changed by Bea').getByRole('button', { name: 'Restore' }).click()
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id, duringHours: { firstMessage: 'What do you want?' } })
})

test('a save moves neither the page nor the focus, and the focus is never under its bar', async () => {
  const { id } = app
  await app.configure('channel', { id, bot: 'gone' })
  const admin = await app.openAdmin(`#/channels/${id}/responses`, { viewport: { width: 1280, height: 560 } })
  const { page } = admin
  const place = async () => [await focusedElement(page), await page.evaluate(() => scrollY)]
  await admin.firstMessage().fill('Hello')
  const before = await place()
  await page.keyboard.press('Control+s')
  await admin.saved.waitFor()
  await expect.poll(place).toEqual(before)
  await page.keyboard.type(' there')
  await admin.saveButton.focus()
  const [, scrolled] = await place()
  await page.keyboard.press('Enter')
  await admin.saved.waitFor()
  await expect.poll(place).toEqual(['button Save', scrolled])
  await page.evaluate(() => scrollTo(0, 0))
  await admin.button('Switch off').click()
  await admin.saved.waitFor()
  await expect.poll(place).toEqual([expect.stringMatching(/^select/), 0])
  await admin.response().getByRole('button', { name: 'Custom field' }).click()
  await expect.poll(() => focusedElement(page)).toMatch(/^input/)
  await expect.poll(() => isFocusCovered(page)).toBe(false)
})

test('a text area that is reached by Tab is not under the bar, of which its caret takes no notice', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/responses`, { viewport: { width: 390, height: 844 } })
  const { page } = admin
  const followUp = admin.response().getByLabel('Follow-up message', { exact: true })
  await admin.firstMessage().fill('Hello')
  const barTop = async () => (await page.locator('.save-bar').boundingBox())?.y ?? 0
  // It begins just where the bar does.
  const { y = 0 } = (await followUp.boundingBox()) ?? {}
  await page.evaluate(
    (distance) => scrollBy({ top: distance, behavior: 'instant' }),
    y - (await barTop()) - 8,
  )
  await followUp.evaluate((field: HTMLElement) => field.focus())
  const field = await followUp.boundingBox()
  expect((field?.y ?? 0) + (field?.height ?? 0)).toBeLessThanOrEqual(await barTop())
})

test('a page that is left asks before changes are lost, and does as it is told', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/responses`)
  const { page } = admin
  await admin.firstMessage().fill('Mine')
  // Nothing is lost from tab to tab.
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Acme')
  await admin.link('Keys').click()
  await page.getByRole('dialog').getByRole('heading', { name: 'not saved' }).waitFor()
  expect(page.url()).toContain('/settings')
  expect.soft(await axe(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Acme')
  await admin.link('Keys').click()
  await admin.button('Save and leave').click()
  await admin.title('Keys').waitFor()
  expect(await app.stored('channel', id)).toEqual({ id, name: 'Acme', duringHours: { firstMessage: 'Mine' } })

  await admin.go(`#/channels/${id}/responses`)
  await admin.firstMessage().fill('Another')
  await admin.link('Keys').click()
  await admin.button('Leave without saving').click()
  await admin.title('Keys').waitFor()
  await page.goBack()
  await expect.poll(() => admin.firstMessage().inputValue()).toBe('Mine')
})

test('the browser asks before a page with changes is closed', async () => {
  const { id } = app
  await app.configure('channel', { id })
  const admin = await app.openAdmin(`#/channels/${id}/responses`)
  await admin.firstMessage().fill('Mine')
  const asked = admin.page.waitForEvent('dialog')
  void admin.page.reload().catch(() => {})
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  await expect.poll(() => admin.firstMessage().inputValue()).toBe('Mine')
})

test('a gateway that goes away and comes back loses nothing of what is edited', async () => {
  const { id } = app
  const ownGateway = await app.startGateway()
  await app.configure('channel', { id })
  const { url } = ownGateway
  const admin = await app.openAdmin(`#/channels/${id}/responses`, { url, allowed: connectionLost })
  const reconnecting = admin.page.getByText('Reconnecting…')
  await admin.firstMessage().fill('Typed before')
  await ownGateway.stop()
  await reconnecting.waitFor()
  await admin.saveButton.click()
  await admin.page.getByText('The gateway cannot be reached.').waitFor()
  await ownGateway.start()
  await reconnecting.waitFor({ state: 'hidden' })
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({ id, duringHours: { firstMessage: 'Typed before' } })
})

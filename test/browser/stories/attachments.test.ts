import { expect, test } from 'vitest'
import { useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'

const app = useFrontdesk()

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const picture = (name: string) => ({ name, mimeType: 'image/png', buffer: png })
const text = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('notes') })

test('files go both ways: picked, pasted and dropped; a picture opens large', async () => {
  const channel = await app.newChannel({})
  const customer = await app.openCustomer(channel, { viewport: { width: 390, height: 740 } })
  await customer.open()
  const { page } = customer
  await page.getByRole('button', { name: 'Add a file' }).waitFor()
  await page
    .locator('frontdesk-widget input[type=file]')
    .setInputFiles([picture('broken.png'), text('log.txt')])
  await page.getByRole('button', { name: 'Remove: broken.png' }).waitFor()
  await customer.composer.evaluate((field, base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File([bytes], 'pasted.png', { type: 'image/png' }))
    field.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, composed: true, cancelable: true }),
    )
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['x'], 'dropped.txt', { type: 'text/plain' }))
    field.dispatchEvent(
      new DragEvent('drop', { dataTransfer, bubbles: true, composed: true, cancelable: true }),
    )
  }, png.toString('base64'))
  await page.getByRole('button', { name: 'Remove: pasted.png' }).waitFor()
  await page.getByRole('button', { name: 'Remove: dropped.txt' }).click()
  await expect.poll(() => page.locator('frontdesk-widget progress').count()).toBe(0)
  expect.soft(await axe(page)).toEqual([])
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  const broken = page.getByRole('button', { name: 'broken.png' })
  await broken.locator('img[src^="blob:"]').waitFor()
  await page.getByRole('button', { name: /^log\.txt/ }).waitFor()
  expect.soft(await axe(page)).toEqual([])

  await broken.click()
  await page.getByRole('dialog', { name: 'broken.png' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'broken.png' }).waitFor({ state: 'hidden' })
  await customer.composer.waitFor()

  const desk = await app.openDesk('Ann', channel)
  await desk.accept('Visitor')
  await desk.page.getByRole('img', { name: 'broken.png' }).waitFor()
  await expect
    .poll(() =>
      desk.page
        .getByRole('img', { name: 'pasted.png' })
        .evaluate((img) => (img as HTMLImageElement).naturalWidth),
    )
    .toBe(1)
  const thumbnail = desk.page.getByRole('button', { name: 'broken.png', exact: true })
  await thumbnail.click()
  const large = desk.page.getByRole('dialog', { name: 'broken.png' })
  await large.getByRole('img', { name: 'broken.png' }).waitFor()
  await large.getByRole('link', { name: 'Download' }).waitFor()
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.page.keyboard.press('Escape')
  await large.waitFor({ state: 'hidden' })
  expect(await thumbnail.evaluate((button) => button.matches(':focus'))).toBe(true)
  let uploads = 0
  desk.page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/v1/files')) uploads++
  })
  const input = desk.page.locator('desk-composer input[type=file]')
  await input.setInputFiles([
    { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') },
    { name: 'large.txt', mimeType: 'text/plain', buffer: Buffer.alloc(26_000_000) },
  ])
  await desk.page.getByText('Files of this kind cannot be sent.').waitFor()
  await desk.page.getByText('This file is too large.').waitFor()
  expect(uploads).toBe(0)
  await desk.page.getByRole('button', { name: 'Remove drawing.svg' }).click()
  await desk.page.getByRole('button', { name: 'Remove large.txt' }).click()
  await input.setInputFiles(picture('answer.png'))
  await desk.page.getByRole('button', { name: 'Remove answer.png' }).waitFor()
  await expect.poll(() => desk.page.locator('desk-composer progress').count()).toBe(0)
  expect.soft(await axe(desk.page)).toEqual([])
  await desk.page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('button', { name: 'answer.png' }).locator('img[src^="blob:"]').waitFor()
  await desk.page.getByRole('img', { name: 'answer.png' }).waitFor()
})

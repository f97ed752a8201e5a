import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'

const app = useFrontdesk()

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const picture = (name: string) => ({ name, mimeType: 'image/png', buffer: png })
/** 400 pixels square, so that it makes a transcript longer once it is loaded. */
const tallGif = Buffer.from('R0lGODlhkAGQAYAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
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
  await page.getByRole('button', { name: 'log.txt 5 bytes', exact: true }).waitFor()
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

test('a picture that is loaded late leaves both transcripts at their end, above the text and other files', async () => {
  const channel = await app.newChannel({})
  const customer = await app.openCustomer(channel)
  await customer.open()
  for (let i = 0; i < 12; i++) await customer.say(`Question ${i}`)
  await customer.hasDelivered('Question 11')
  const desk = await app.openDesk('Ann', channel)
  await desk.accept('Visitor')
  await desk.sees('Question 11')

  const show = [await holdPictures(desk.page), await holdPictures(customer.page)]
  const input = desk.page.locator('desk-composer input[type=file]')
  await input.setInputFiles([{ name: 'tall.gif', mimeType: 'image/gif', buffer: tallGif }, text('log.txt')])
  await desk.page.getByRole('button', { name: 'Remove log.txt' }).waitFor()
  await expect.poll(() => desk.page.locator('desk-composer progress').count()).toBe(0)
  await desk.say('Both of them')
  await desk.page.getByRole('log').getByText('Delivered').waitFor()
  await customer.sees('Both of them')

  const shown = desk.page.getByRole('log').getByRole('button', { name: 'tall.gif' }).locator('img')
  const seen = customer.page.getByRole('button', { name: 'tall.gif' }).locator('img')
  const distances = [
    await fromEndOnceLoaded(shown, '.transcript'),
    await fromEndOnceLoaded(seen, '.scroller'),
  ]
  for (const release of show) release()
  for (const distance of distances) expect.soft(await distance()).toBeLessThan(2)

  const tops = await Promise.all(
    [
      shown,
      desk.page.getByRole('link', { name: 'log.txt 5 bytes' }),
      desk.page.getByText('Both of them'),
    ].map(async (part) => (await part.boundingBox())?.y ?? 0),
  )
  expect(tops).toEqual(tops.toSorted((a, b) => a - b))
  expect(new Set(tops.map(Math.round)).size).toBe(3)
  expect(tops[1]).toBeGreaterThan((tops[0] as number) + 190)
})

/** Holds back the files that a page reads, until what it returns is called. */
async function holdPictures(page: Page): Promise<() => void> {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/v1/files/*', async (route) => {
    await released
    await route.continue()
  })
  return release
}

/**
 * Begins to wait for a picture. Returns how to read the pixels between the visible part of the scroller around it
 * and its end, as they were when the picture was drawn first.
 */
async function fromEndOnceLoaded(picture: Locator, scroller: string): Promise<() => Promise<number>> {
  const distance = await picture.evaluateHandle(
    (img, selector) => ({
      whenDrawn: (async () => {
        await new Promise((resolve) => img.addEventListener('load', resolve, { once: true }))
        await new Promise(requestAnimationFrame)
        const root = img.getRootNode() as ShadowRoot
        const { scrollHeight, clientHeight, scrollTop } = root.querySelector(selector) as Element
        return scrollHeight - clientHeight - scrollTop
      })(),
    }),
    scroller,
  )
  return () => distance.evaluate(({ whenDrawn }) => whenDrawn)
}

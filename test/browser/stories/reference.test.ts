import { expect, test } from 'vitest'
import { phone } from '../chromium/launch-browser.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe, fits } from '../pages/accessibility.ts'

const app = useFrontdesk()

test('somebody who writes a client finds what to send, by name and by keyboard', async () => {
  const page = await app.newPage()
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(app.gateway.url)) foreign.push(request.url())
  })
  await page.goto(`${app.gateway.url}/reference`)
  await page.getByRole('heading', { name: 'Reference', level: 1 }).waitFor()
  expect.soft(await axe(page)).toEqual([])

  await page.keyboard.press('/')
  await page.keyboard.type('agent.accepted')
  await page.getByText('1 entry').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const title = page.getByRole('heading', { level: 1 })
  await expect.poll(() => title.textContent()).toBe('frontdesk.inbox.{conversation}.agent.accepted')
  await expect.poll(() => title.evaluate((heading) => heading.matches(':focus'))).toBe(true)
  const main = page.getByRole('main')
  await main.getByText('takeOver', { exact: true }).waitFor()
  await main.getByText('Nats-Msg-Id', { exact: true }).waitFor()
  expect(await main.textContent()).toContain('"request": 1')
  expect.soft(await axe(page)).toEqual([])

  await page.getByRole('searchbox').fill('PUT configuration')
  await page.getByRole('link', { name: /PUT.*configuration/ }).click()
  await main.getByText('if-none-match', { exact: true }).waitFor()
  await main.getByRole('heading', { name: '412' }).waitFor()
  await main.getByRole('link', { name: 'ChangedMeanwhile' }).click()
  await expect.poll(() => title.textContent()).toBe('ChangedMeanwhile')
  await page.goBack()
  await main.getByRole('heading', { name: '412' }).waitFor()
  expect(foreign).toEqual([])
})

test('the reference is dark where the system is, and fits on a phone', async () => {
  const page = await app.newPage({ ...phone, colorScheme: 'dark' })
  await page.goto(`${app.gateway.url}/reference#/schema/OpenRequest`)
  await page.getByRole('heading', { name: 'OpenRequest', level: 1 }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  expect(await fits(page)).toBe(true)
  await page.goto(`${app.gateway.url}/reference#/message/nothing`)
  await page.getByRole('heading', { name: 'There is no such entry.' }).waitFor()
})

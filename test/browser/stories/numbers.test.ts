import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { phone } from '../chromium/launch-browser.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe, fits } from '../pages/accessibility.ts'

const app = useFrontdesk()

const ann = { id: 'ann', name: 'Ann' }

/** A request of the channel that is accepted, and answered if an agent says something. */
async function accepted(channel: string, ...texts: string[]): Promise<void> {
  const id = `n-${channel}-${texts.length}`
  const publish = (type: string, payload: object) => app.world.publish(id, type, payload)
  await publish('session.started', { channel, locale: 'en' })
  await publish('session.message', { text: 'help' })
  await publish('agent.accepted', { agent: ann })
  for (const text of texts) await publish('agent.message', { agent: ann, text })
  await until(async () => (await app.world.records(id)).length === 3 + texts.length)
}

async function openNumbers(workspaces: string[] | 'all', options: Parameters<typeof app.newPage>[0] = {}) {
  const page = await app.newPage(options)
  await page.goto(await app.signInLink('agent', 'Ann', `${app.gateway.url}/numbers`, workspaces))
  await page.getByRole('heading', { name: 'Numbers', level: 1 }).waitFor()
  return page
}

test('an agent sees the numbers of the workspace from the desk on, live, as pictures and as a table', async () => {
  const channel = await app.newChannel({})
  const desk = await app.openDesk('Ann', channel)
  await desk.page.getByRole('button', { name: 'Your account' }).click()
  const opened = desk.page.context().waitForEvent('page')
  await desk.page.getByRole('link', { name: 'Numbers' }).click()
  const page = await opened
  await page.clock.install()
  await page.getByRole('heading', { name: 'Nothing to count yet' }).waitFor()
  expect(await page.getByLabel('Workspace').inputValue()).toBe(channel)

  await accepted(channel, 'hi')
  // Midnight may have come.
  await page.getByRole('button', { name: 'Last 7 days' }).click()
  const accepts = async () => {
    // The page asks again after a while.
    await page.clock.runFor(15_000)
    return page.getByRole('button', { name: 'Time to accept' }).textContent()
  }
  await expect.poll(accepts).toContain('· 1')
  await page.getByRole('img', { name: 'By hour of the day' }).waitFor()
  await page.getByRole('button', { name: 'First reply' }).click()
  await page.getByRole('heading', { name: 'First reply' }).waitFor()
  expect(page.url()).toContain('measure=firstReply')
  await page.getByText('Show as a table').last().click()
  await page.getByRole('table').nth(1).getByRole('rowheader').waitFor()
  expect.soft(await axe(page)).toEqual([])

  await accepted(channel)
  await expect.poll(accepts).toContain('· 2')
})

test('the numbers are downloaded as CSV', async () => {
  const channel = await app.newChannel({})
  await accepted(channel)
  const page = await openNumbers([channel])
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('numbers.csv')
})

test('an agent of one workspace sees no other; an administrator chooses among all', async () => {
  const [mine, other] = [await app.newChannel({}), await app.newChannel({})]
  await accepted(mine)
  await accepted(other)
  const page = await openNumbers([mine])
  await page.getByRole('button', { name: 'Last 7 days' }).click()
  await page.getByRole('rowheader', { name: mine }).waitFor()
  expect(await page.getByRole('rowheader', { name: other }).count()).toBe(0)
  expect(await page.getByLabel('Workspace').count()).toBe(0)

  const admin = await app.openAdmin()
  await admin.page.getByRole('link', { name: 'Numbers' }).click()
  await admin.page.getByRole('button', { name: 'Last 7 days' }).click()
  await admin.page.getByLabel('Workspace').selectOption(other)
  await admin.page.getByRole('rowheader', { name: other }).waitFor()
  await expect.poll(() => admin.page.getByRole('rowheader', { name: mine }).count()).toBe(0)
  await admin.page.getByRole('link', { name: 'Administration' }).click()
  await admin.page.getByRole('heading', { name: 'Channels', level: 1 }).waitFor()
})

test.each([{}, { colorScheme: 'dark' as const }, { forcedColors: 'active' as const }])(
  'the page is accessible and fits a phone, %s',
  async (look) => {
    const channel = await app.newChannel({})
    await accepted(channel, 'hi')
    const page = await openNumbers([channel], { ...phone, viewport: { width: 320, height: 640 }, ...look })
    await page.getByRole('button', { name: 'Last 7 days' }).click()
    await page.getByRole('img', { name: 'By day' }).waitFor()
    for (const summary of await page.getByText('Show as a table').all()) await summary.click()
    expect(await axe(page)).toEqual([])
    expect(await fits(page)).toBe(true)
  },
)

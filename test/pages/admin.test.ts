import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { launchBrowser, launchMsMax } from '../browser/browser.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { startTestGateway } from '../gateway/test-gateway.ts'

let world: TestWorld
let gateway: Gateway
let browser: Browser
let contexts: BrowserContext[] = []
/** What pages have complained of, as a developer would see it. */
let complaints: string[] = []
/** Each test has documents of its own. */
let id: string
let count = 0

beforeAll(async () => {
  world = await startTestWorld()
  gateway = await startTestGateway(world)
  browser = await launchBrowser()
}, launchMsMax)

afterAll(async () => {
  await browser?.close()
  await gateway?.stop()
  await world?.stop()
})

beforeEach(() => {
  id = `d${++count}`
})

afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()))
  contexts = []
  const found = complaints
  complaints = []
  expect(found).toEqual([])
})

const day = 1440
const nine = 9 * 60
const five = 17 * 60
const weekdays = [1, 2, 3, 4, 5].map((n) => ({ start: n * day + nine, end: n * day + five }))

async function linkOf(): Promise<string> {
  const principal = {
    role: 'administrator' as const,
    id: 'root',
    name: 'Root Administrator',
    workspaces: 'all' as const,
  }
  return `${gateway.url}/admin#code=${await gateway.identity.createCode(principal, 60)}`
}

interface Options {
  viewport?: { width: number; height: number }
  locale?: string
  colorScheme?: 'dark'
  hasTouch?: boolean
}

/** A browser of an administrator's own, at a place of the administration. */
async function adminAt(hash: string, options: Options = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 1400 },
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    ...options,
  } as object)
  contexts.push(context)
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // A refusal that the page deals with is the browser's to complain of.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  await page.goto(await linkOf())
  await page.getByRole('navigation').first().waitFor()
  await go(page, hash)
  return page
}

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to
  }, hash)
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
}

async function stored(kind: string, of = id): Promise<Record<string, unknown> | null> {
  const entry = await new Bucket(world.nats, 'configuration').get(`${kind}.${of}`)
  return entry ? JSON.parse(entry.value) : null
}

const configure = (kind: string, document: { id: string }) =>
  world.configure(`${kind}.${document.id}`, document)

const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true })
const saved = (page: Page) => page.getByText('Saved', { exact: true })
const group = (page: Page, name: string) => page.getByRole('group', { name, exact: true })
const during = (page: Page) => group(page, 'During opening hours')
const first = (page: Page) => during(page).getByRole('textbox', { name: 'First message' })

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run()
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' ')}`,
    )
  })
}

/** What has the focus, through all shadow roots: its tag and name. */
const focused = (page: Page) =>
  page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return `${element?.localName} ${element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? ''}`
  })

describe('signing in', () => {
  test('by a link: its code leaves the address, a reload stays, and one may sign out', async () => {
    const page = await adminAt('#/keys')
    expect(page.url()).toBe(`${gateway.url}/admin#/keys`)
    await page.reload()
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor()
    await page.getByText('Root Administrator').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to the administration' }).waitFor()
    await page.reload()
    await page.getByText('npx frontdesk sign-in').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('a link that was used up says so', async () => {
    const link = await linkOf()
    const page = await adminAt('#/channels')
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByRole('heading', { name: 'Channels', level: 1 }).waitFor()
    await page.context().clearCookies()
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByText('this link was used already').waitFor()
    expect(page.url()).toBe(`${gateway.url}/admin`)
  })

  test('by a link that is opened over the page', async () => {
    const page = await adminAt('#/keys')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to the administration' }).waitFor()
    await page.goto(await linkOf())
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor()
    expect(page.url()).not.toContain('code=')
  })

  test('that has ended loses nothing of what is edited', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/responses`)
    await first(page).fill('Mine')
    const cookies = await page.context().cookies()
    await page.context().clearCookies()
    await save(page).click()
    await page.getByText('Your sign-in has ended. Open a new').waitFor()
    await page.context().addCookies(cookies)
    await page.getByRole('button', { name: 'Try again' }).click()
    await save(page).click()
    await saved(page).waitFor()
    expect(await stored('channel')).toEqual({ id, duringHours: { firstMessage: 'Mine' } })
  })
})

describe('channels', () => {
  test('where none is configured it is said that they work, and how to begin', async () => {
    const bucket = new Bucket(world.nats, 'configuration')
    for (const { key } of await bucket.list()) await bucket.delete(key)
    const page = await adminAt('#/channels')
    await page.getByRole('heading', { name: 'Your channels work already' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Configure a channel' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Acme')
    const idField = page.getByRole('textbox', { name: 'Id' })
    expect(await idField.inputValue()).toBe('web')
    await idField.fill(id)
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Not configured yet').waitFor()
    await save(page).click()
    await saved(page).waitFor()
    expect(await stored('channel')).toEqual({ id, name: 'Acme' })
    await page.getByRole('link', { name: 'Channels' }).first().click()
    await page.getByRole('link', { name: 'Acme' }).waitFor()
  })

  test('are listed with their schedule’s verdict, and follow what others do', async () => {
    await configure('schedule', {
      id,
      name: 'Always',
      timeZone: 'UTC',
      intervals: [{ start: 0, end: 10_080 }],
    } as never)
    await configure('channel', { id, name: `Channel ${id}`, schedule: id, workspace: 'shop' } as never)
    const page = await adminAt('#/channels')
    const row = page.getByRole('row', { name: `Channel ${id}` })
    await row.getByText('Open now, around the clock').waitFor()
    await row.getByText('shop').waitFor()
    await configure('channel', { id, name: 'Renamed', schedule: 'nowhere' } as never)
    await page.getByRole('row', { name: 'Renamed' }).getByText('nowhere (missing)').waitFor()
  })

  test('show the default response until it is changed, and go back to it', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/responses`)
    await expect.poll(() => first(page).inputValue()).toBe('Hi! How can we help?')
    await first(page).fill('Welcome!')
    await page.locator('frontdesk-widget').getByText('Welcome!').waitFor()
    await during(page).getByRole('button', { name: 'Reset to default' }).click()
    await expect.poll(() => first(page).inputValue()).toBe('Hi! How can we help?')
    expect(await focused(page)).toMatch(/^textarea/)
    expect(await save(page).count()).toBe(0)
    // Emptied is unset, too.
    await first(page).fill('Welcome!')
    await first(page).fill('')
    await first(page).blur()
    await expect.poll(() => first(page).inputValue()).toBe('Hi! How can we help?')
    expect(await save(page).count()).toBe(0)
  })

  test('what is typed while a save is on its way stays, and is saved after it', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/responses`)
    let goOn = () => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    await page.route(`**/configuration/channel/${id}`, async (route) => {
      await held
      await route.continue()
    })
    await first(page).fill('Hello')
    await save(page).click()
    await page.getByText('Saving…').waitFor()
    await first(page).fill('Hello there')
    goOn()
    await page.getByText('Unsaved changes').waitFor()
    expect(await first(page).inputValue()).toBe('Hello there')
    expect(await stored('channel')).toEqual({ id, duringHours: { firstMessage: 'Hello' } })
    await save(page).click()
    await saved(page).waitFor()
    expect(await stored('channel')).toEqual({ id, duringHours: { firstMessage: 'Hello there' } })
  })

  test('a reload stays where one was', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/reminders`)
    await page.reload()
    await page.getByRole('heading', { name: 'While a customer waits for an agent' }).waitFor()
    expect(page.url()).toContain(`#/channels/${id}/reminders`)
  })

  test('details are added, put in order by the keyboard, and removed, and the focus is never lost', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/responses`)
    await during(page).getByRole('button', { name: 'Name', exact: true }).click()
    await during(page).getByRole('button', { name: 'Email', exact: true }).click()
    await during(page).getByRole('button', { name: 'Custom field' }).click()
    await expect.poll(() => focused(page)).toMatch(/^input/)
    await page.keyboard.type('Order number')
    expect(await during(page).getByRole('textbox', { name: 'Id' }).inputValue()).toBe('order-number')
    await during(page).getByRole('combobox', { name: 'Type' }).selectOption('Choice')
    await during(page).getByRole('textbox', { name: 'Choices' }).fill('One\nTwo\n')

    await during(page).getByRole('button', { name: 'Move Order number up' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => focused(page)).toBe('button Move Order number up')
    await page.keyboard.press('Enter')
    // It is the first now, and can only go down.
    await expect.poll(() => focused(page)).toMatch(/Order number/)
    await during(page).getByText('Order number: now 1 of 3').waitFor({ state: 'attached' })
    await during(page).getByRole('button', { name: 'Remove Email' }).click()
    await expect.poll(() => focused(page)).toMatch(/Name/)
    await save(page).click()
    await saved(page).waitFor()
    expect(await stored('channel')).toEqual({
      id,
      duringHours: {
        customerDetails: [
          { id: 'order-number', label: 'Order number', type: 'select', options: ['One', 'Two'] },
          'name',
        ],
      },
    })
    await page.locator('frontdesk-widget').getByLabel('Order number').waitFor()
  })

  test('what is wrong is said at its field, and a summary leads there', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/settings`)
    await page.getByRole('textbox', { name: 'Workspace' }).fill('not a token')
    await page.getByRole('link', { name: 'Responses' }).click()
    await during(page).getByRole('button', { name: 'Custom field' }).click()
    await save(page).click()
    await page.getByRole('heading', { name: 'Not saved: 3 fields need your attention' }).waitFor()
    await expect.poll(() => focused(page)).toMatch(/^section/)
    const label = during(page).getByRole('textbox', { name: 'Label' })
    expect(await label.getAttribute('aria-invalid')).toBe('true')
    const describedBy = await label.getAttribute('aria-describedby')
    expect(await page.locator(`[id="${describedBy}"]`).textContent()).toBe('Must not be empty')
    expect(await violations(page)).toEqual([])

    await page.getByRole('button', { name: 'Workspace' }).click()
    await expect
      .poll(() =>
        page.getByRole('textbox', { name: 'Workspace' }).evaluate((field) => field.matches(':focus')),
      )
      .toBe(true)
    await page.keyboard.press('Control+A')
    await page.keyboard.type('shop')
    await page.getByRole('heading', { name: 'Not saved: 2 fields' }).waitFor()
    expect(await stored('channel')).toEqual({ id })
  })

  test('reminders are numbers and units, or never', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/reminders`)
    await group(page, 'Remind the agents').getByRole('spinbutton').fill('60')
    expect(await page.getByRole('combobox', { name: 'Remind the agents: unit' }).inputValue()).toBe('minutes')
    await page.getByRole('checkbox', { name: 'Never' }).nth(1).check()
    await page.getByRole('button', { name: 'Remove Reminder 1' }).click()
    await page.getByRole('combobox', { name: 'End: unit' }).selectOption('hours')
    await save(page).click()
    await saved(page).waitFor()
    expect((await stored('channel'))?.timeouts).toEqual({
      unanswered: 'PT60M',
      escalate: null,
      idleCustomer: ['PT10M', 'PT11H'],
    })
  })

  test('whatever is typed is text', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/responses`)
    const evil = '<img src=x onerror="document.title=1"> {{customer.name}}'
    await first(page).fill(evil)
    await page.locator('frontdesk-widget').getByText('<img src=x').waitFor()
    await configure('channel', { id, name: evil } as never)
    await page.getByRole('heading', { name: 'Somebody else has saved' }).waitFor()
    await page.getByRole('cell', { name: evil }).first().waitFor()
    expect(await page.title()).not.toBe('1')
    expect(await page.locator('img').count()).toBe(0)
  })

  test('one that was stored by hand and is not in force is shown, with what is wrong', async () => {
    await configure('channel', { id, name: 7, timeouts: { unanswered: 'soon' } } as never)
    const page = await adminAt('#/channels')
    await page.getByRole('row', { name: id }).getByText('Not in force').waitFor()
    await go(page, `#/channels/${id}/reminders`)
    await page.getByRole('heading', { name: 'Not in force' }).waitFor()
    await group(page, 'Remind the agents').getByRole('button', { name: 'Reset to default' }).click()
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Mended')
    await save(page).click()
    await saved(page).waitFor()
    expect(await stored('channel')).toEqual({ id, name: 'Mended' })
  })

  test('deleting one says what happens', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/settings`)
    await page.getByRole('button', { name: 'Delete channel' }).click()
    await page.getByText(`The channel ${id} goes on working`).waitFor()
    await expect.poll(() => focused(page)).toBe('button Cancel')
    await page.keyboard.press('Enter')
    await expect.poll(() => focused(page)).toBe('button Delete channel')
    await page.keyboard.press('Enter')
    await group(page, 'Delete channel').getByRole('button', { name: 'Delete channel' }).click()
    await page.getByRole('heading', { name: 'Channels', level: 1 }).waitFor()
    expect(await stored('channel')).toBeNull()
  })
})

describe('two administrators', () => {
  test('an editor without changes follows what the other saves', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/responses`)
    await first(page).waitFor()
    await configure('channel', { id, duringHours: { firstMessage: 'From elsewhere' } } as never)
    await expect.poll(() => first(page).inputValue()).toBe('From elsewhere')
    expect(await page.getByRole('heading', { name: 'Somebody else' }).count()).toBe(0)
  })

  test('who saves at once as another is told, sees what differs, and takes theirs', async () => {
    await configure('channel', { id })
    const [ann, bob] = [
      await adminAt(`#/channels/${id}/responses`),
      await adminAt(`#/channels/${id}/responses`),
    ]
    await first(ann).fill('Ann’s')
    await first(bob).fill('Bob’s')
    await save(ann).click()
    await saved(ann).waitFor()
    await bob.getByRole('heading', { name: 'Somebody else has saved this channel meanwhile' }).waitFor()
    await bob.getByRole('row', { name: 'Open: First message Bob’s Ann’s' }).waitFor()
    expect(await save(bob).isDisabled()).toBe(true)
    expect(await violations(bob)).toEqual([])
    await bob.getByRole('button', { name: 'Take theirs' }).click()
    await expect.poll(() => first(bob).inputValue()).toBe('Ann’s')
    await expect.poll(() => focused(bob)).toMatch(/^h1/)
    expect(await stored('channel')).toEqual({ id, duringHours: { firstMessage: 'Ann’s' } })
  })

  test('or overwrites it knowingly', async () => {
    await configure('channel', { id })
    const [ann, bob] = [
      await adminAt(`#/channels/${id}/responses`),
      await adminAt(`#/channels/${id}/responses`),
    ]
    // What Bob’s page is not told of, the gateway tells it when he saves.
    await bob.route('**/v1/admin/configuration', (route) => route.abort())
    await first(bob).fill('Bob’s')
    await first(ann).fill('Ann’s')
    await save(ann).click()
    await saved(ann).waitFor()
    await save(bob).click()
    await bob.getByRole('heading', { name: 'Somebody else has saved this channel meanwhile' }).waitFor()
    expect(await stored('channel')).toEqual({ id, duringHours: { firstMessage: 'Ann’s' } })
    await bob.getByRole('button', { name: 'Overwrite with mine' }).click()
    await saved(bob).waitFor()
    expect(await stored('channel')).toEqual({ id, duringHours: { firstMessage: 'Bob’s' } })
    await expect.poll(() => first(ann).inputValue()).toBe('Bob’s')
  })

  test('what the other has deleted may be kept', async () => {
    await configure('channel', { id, name: 'Kept' } as never)
    const page = await adminAt(`#/channels/${id}/responses`)
    await first(page).waitFor()
    await new Bucket(world.nats, 'configuration').delete(`channel.${id}`)
    await page.getByRole('heading', { name: 'Somebody else has deleted this channel' }).waitFor()
    await page.getByRole('button', { name: 'Keep it' }).click()
    await save(page).click()
    await saved(page).waitFor()
    expect(await stored('channel')).toEqual({ id, name: 'Kept' })
  })
})

describe('leaving', () => {
  test('asks before changes are lost, and does as one says', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/responses`)
    await first(page).fill('Mine')
    // From tab to tab nothing is lost.
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Acme')
    await page.getByRole('link', { name: 'Keys' }).click()
    await page.getByRole('dialog').getByRole('heading', { name: 'not saved' }).waitFor()
    expect(page.url()).toContain('/settings')
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Acme')
    await page.getByRole('link', { name: 'Keys' }).click()
    await page.getByRole('button', { name: 'Save and leave' }).click()
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor()
    expect(await stored('channel')).toEqual({ id, name: 'Acme', duringHours: { firstMessage: 'Mine' } })

    await go(page, `#/channels/${id}/responses`)
    await first(page).fill('Another')
    await page.getByRole('link', { name: 'Keys' }).click()
    await page.getByRole('button', { name: 'Leave without saving' }).click()
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor()
    await page.goBack()
    await expect.poll(() => first(page).inputValue()).toBe('Mine')
  })

  test('the browser asks before the page is closed', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/responses`)
    await first(page).fill('Mine')
    const asked = page.waitForEvent('dialog')
    void page.reload().catch(() => {})
    const dialog = await asked
    expect(dialog.type()).toBe('beforeunload')
    await dialog.dismiss()
    expect(await first(page).inputValue()).toBe('Mine')
  })
})

describe('schedules', () => {
  const schedule = (intervals: object[], holidays?: object[]) =>
    ({ id, timeZone: 'Europe/Paris', intervals, ...(holidays && { holidays }) }) as { id: string }
  const intervalsOf = async () => (await stored('schedule'))?.intervals

  /** A point of the drawn week. */
  async function point(page: Page, weekday: number, hour: number): Promise<[x: number, y: number]> {
    const box = await page.locator(`.column[data-day="${weekday}"]`).boundingBox()
    if (!box) throw new Error('there is no such column')
    return [box.x + box.width / 2, box.y + (box.height * hour) / 24]
  }

  async function drag(page: Page, from: [day: number, hour: number], to: [day: number, hour: number]) {
    const [start, end] = [await point(page, ...from), await point(page, ...to)]
    await page.mouse.move(...start)
    await page.mouse.down()
    await page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, { steps: 3 })
    await page.mouse.move(...end, { steps: 3 })
    await page.mouse.up()
  }

  test('are drawn: added, moved, resized, over midnight and into Sunday, removed', async () => {
    await configure('schedule', schedule([]))
    const page = await adminAt(`#/schedules/${id}`)
    await page.getByText('Closed, and never opens').waitFor()
    await drag(page, [1, 9], [1, 17])
    await page.getByRole('button', { name: 'Monday 09:00–17:00' }).waitFor()
    // Its body moves it, its edge makes it longer.
    await drag(page, [1, 12], [2, 13])
    await page.getByRole('button', { name: 'Tuesday 10:00–18:00' }).waitFor()
    const [x, y] = await point(page, 2, 18)
    await page.mouse.move(x, y - 2)
    await page.mouse.down()
    await page.mouse.move(x, y + 20, { steps: 3 })
    await page.mouse.move(...(await point(page, 2, 20)), { steps: 3 })
    await page.mouse.up()
    await page.getByRole('button', { name: 'Tuesday 10:00–20:00' }).waitFor()
    await drag(page, [3, 22], [4, 6])
    await page.getByRole('button', { name: 'Wednesday 22:00 – Thursday 06:00' }).waitFor()
    await drag(page, [6, 20], [0, 8])
    await page.getByRole('button', { name: 'Saturday 20:00 – Sunday 08:00' }).waitFor()
    await save(page).click()
    await saved(page).waitFor()
    expect(await intervalsOf()).toEqual([
      { start: 2 * day + 600, end: 2 * day + 1200 },
      { start: 3 * day + 1320, end: 4 * day + 360 },
      { start: 6 * day + 1200, end: 7 * day + 480 },
    ])
    await page.getByRole('button', { name: 'Wednesday 22:00' }).focus()
    await page.keyboard.press('Delete')
    await expect.poll(() => focused(page)).toContain('Saturday 20:00')
    await save(page).click()
    await saved(page).waitFor()
    expect(await intervalsOf()).toHaveLength(2)
  })

  test('by steps of 15 minutes, with Shift of 5', async () => {
    await configure('schedule', schedule([]))
    const page = await adminAt(`#/schedules/${id}`)
    await drag(page, [1, 9.06], [1, 12.11])
    await page.getByRole('button', { name: 'Monday 09:00–12:00' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('button', { name: 'Monday 09:15–12:15' }).waitFor()
    await page.keyboard.press('Shift+ArrowDown')
    await page.getByRole('button', { name: 'Monday 09:20–12:20' }).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('button', { name: 'Tuesday 09:20–12:20' }).waitFor()
    await page.keyboard.press('Alt+Shift+ArrowUp')
    await page.getByRole('button', { name: 'Tuesday 09:20–12:15' }).waitFor()
  })

  test('as a list, with the keyboard alone', async () => {
    await configure('schedule', schedule([]))
    const page = await adminAt(`#/schedules/${id}`)
    const list = group(page, 'The weekly hours as a list')
    await list.getByRole('button', { name: 'Hours' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => focused(page)).toContain('Hours 1, from: day')
    await page.keyboard.press('S')
    await page.keyboard.press('Tab')
    await list.getByLabel('Hours 1, from: time').fill('22:00')
    await list.getByLabel('Hours 1, to: day').selectOption('Sunday')
    await list.getByLabel('Hours 1, to: time').fill('02:30')
    await page.getByRole('button', { name: 'Saturday 22:00 – Sunday 02:30' }).waitFor()
    await page.keyboard.press('Control+s')
    await saved(page).waitFor()
    expect(await intervalsOf()).toEqual([{ start: 6 * day + 1320, end: 7 * day + 150 }])
  })

  test('with the usual hours at hand, and said at once whether it is open', async () => {
    await configure('schedule', schedule([]))
    const page = await adminAt(`#/schedules/${id}`)
    await page.getByRole('button', { name: '24/7' }).click()
    await page.getByText('Open now, around the clock').waitFor()
    await page.getByRole('button', { name: 'Mon–Fri 9–17' }).click()
    await page.getByText(/^\s*(Open now, closes today at 17:00|Closed now, opens .+ at 0?9:00)\s*$/).waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByText('Closed, and never opens').waitFor()
    await drag(page, [1, 10], [1, 12])
    await page.getByRole('button', { name: 'Copy Monday to weekdays' }).click()
    await save(page).click()
    await saved(page).waitFor()
    expect(await intervalsOf()).toEqual(
      [1, 2, 3, 4, 5].map((n) => ({ start: n * day + 600, end: n * day + 720 })),
    )
  })

  test('from a block of the week one comes to its fields', async () => {
    await configure('schedule', schedule(weekdays))
    const page = await adminAt(`#/schedules/${id}`)
    await page.getByRole('button', { name: 'Wednesday 09:00–17:00' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => focused(page)).toContain('Hours 3, from: day')
  })

  test('on a touch screen a tap adds an hour', async () => {
    await configure('schedule', schedule([]))
    const page = await adminAt(`#/schedules/${id}`, {
      hasTouch: true,
      viewport: { width: 390, height: 1400 },
    })
    await page.touchscreen.tap(...(await point(page, 3, 9.5)))
    await page.getByRole('button', { name: 'Wednesday 09:00–10:00' }).waitFor()
  })

  test('with holidays, closed or with hours of their own', async () => {
    await configure('schedule', schedule(weekdays))
    const page = await adminAt(`#/schedules/${id}`)
    const add = page.getByRole('button', { name: 'Holiday', exact: true })
    await add.click()
    await expect.poll(() => focused(page)).toMatch(/^input/)
    await page.keyboard.type('Noël')
    await page.getByLabel('From', { exact: true }).fill('2026-12-25')
    await add.click()
    await page.getByLabel('From', { exact: true }).nth(1).fill('2026-12-31')
    await page.getByRole('button', { name: 'Add open hours on Holiday 2' }).click()
    await save(page).click()
    await saved(page).waitFor()
    expect((await stored('schedule'))?.holidays).toEqual([
      { name: 'Noël', startDate: '2026-12-25', endDate: '2026-12-25' },
      { startDate: '2026-12-31', endDate: '2026-12-31', intervals: [{ start: 540, end: 720 }] },
    ])
  })

  test('in a zone that one finds by its name', async () => {
    await configure('schedule', schedule(weekdays))
    const page = await adminAt(`#/schedules/${id}`)
    const zone = page.getByRole('combobox', { name: 'Time zone' })
    await zone.click()
    await zone.fill('new york')
    await page.getByRole('option', { name: 'America/New York' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Enter')
    expect(await zone.inputValue()).toBe('America/New_York')
    await zone.fill('Mars/Olympus')
    await page.keyboard.press('Tab')
    await page.getByText('Open or closed? That shows once').waitFor()
    await save(page).click()
    await page.getByRole('heading', { name: 'Not saved: one field' }).waitFor()
    expect(await zone.getAttribute('aria-invalid')).toBe('true')
  })

  test('deleting one that channels use says which and what happens', async () => {
    await configure('schedule', schedule(weekdays))
    await configure('channel', { id: `${id}-web`, schedule: id } as never)
    await configure('channel', { id: `${id}-app`, schedule: id } as never)
    const page = await adminAt(`#/schedules/${id}`)
    await page.getByRole('button', { name: 'Delete schedule' }).click()
    await page
      .getByText(`The channels ${id}-app and ${id}-web use it, and will count as always open.`)
      .waitFor()
    expect(await violations(page)).toEqual([])
    await group(page, 'Delete schedule').getByRole('button', { name: 'Delete schedule' }).click()
    await page.getByRole('heading', { name: 'Schedules', level: 1 }).waitFor()
    expect(await stored('schedule')).toBeNull()
  })

  test('come from Zendesk, seen before they are saved', async () => {
    const page = await adminAt('#/import')
    const text = page.getByRole('textbox', { name: 'Or paste it here' })
    await text.fill('{"schedules": [')
    await page.getByRole('button', { name: 'Show what it makes' }).click()
    await page.getByText('This is no JSON').waitFor()
    const intervals = [{ start_time: 1980, end_time: 3900 }]
    const response = { schedules: [{ id: 1, name: `Zendesk ${id}`, time_zone: 'Paris', intervals }] }
    await text.fill(JSON.stringify(response))
    await page.getByRole('button', { name: 'Show what it makes' }).click()
    await page.getByText('spans several days').waitFor()
    expect(await stored('schedule', `zendesk-${id}`)).toBeNull()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Save 1 schedule' }).click()
    await page.getByRole('link', { name: 'To the schedules' }).waitFor()
    expect(await stored('schedule', `zendesk-${id}`)).toMatchObject({ timeZone: 'Europe/Paris' })
  })
})

describe('bots', () => {
  /** Of one answer and one more. */
  const bot = (greeting = 'Hi!') => ({
    id,
    name: 'Helper',
    greeting,
    answers: [
      {
        id: 'welcome',
        steps: [
          {
            type: 'options',
            name: 'topic',
            text: 'What is it about?',
            options: [{ label: 'A person', goTo: 'person' }],
          },
        ],
      },
      { id: 'person', steps: [{ type: 'transfer' }] },
    ],
  })
  const source = (page: Page) => page.getByRole('textbox', { name: 'The bot, as text' })
  const replace = async (page: Page, from: string, to: string) => {
    const text = await source(page).inputValue()
    expect(text).toContain(from)
    await source(page).fill(text.replace(from, to))
  }
  const noErrors = (page: Page) => page.getByText('No errors.').waitFor()

  test('where there are none it is said what they are for; each kind begins with a text that is right', async () => {
    const page = await adminAt('#/bots')
    await page.getByRole('heading', { name: 'No bots yet' }).waitFor()
    expect(await violations(page)).toEqual([])
    for (const [kind, text] of [
      ['Answers and steps', 'answers:'],
      ['A program elsewhere', 'external:'],
      ['A machine of your own', 'machine:'],
    ] as const) {
      await go(page, '#/bots')
      await page.getByRole('button', { name: 'New bot' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Name').fill(`${id} ${kind}`)
      await dialog.getByLabel('Kind').selectOption(kind)
      expect(await violations(page)).toEqual([])
      await dialog.getByRole('button', { name: 'Continue' }).click()
      await noErrors(page)
      expect(await source(page).inputValue()).toContain(text)
      await save(page).click()
      await saved(page).waitFor()
    }
    await go(page, '#/bots')
    await page.getByRole('row', { name: `${id} A program elsewhere` }).waitFor()
    await page.getByRole('link', { name: `${id} A machine of your own` }).click()
    await page.getByText('This bot is a machine of your own, which only the engine has').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('what is wrong stands beside its line, in a list that leads there, and stops saving', async () => {
    await configure('bot', bot())
    const page = await adminAt(`#/bots/${id}`)
    await noErrors(page)
    await replace(page, 'goTo: person', 'goTo: nobody')
    const status = page.getByRole('status').getByText('2 errors, the first in line 12.')
    await status.waitFor()
    await page.locator('.line.wrong', { hasText: '12' }).getByText('There is no answer “nobody”').waitFor()
    expect(await source(page).getAttribute('aria-invalid')).toBe('true')
    expect(await save(page).isDisabled()).toBe(true)
    expect(await violations(page)).toEqual([])
    // Tab does not stay in the text; the next thing is the first error.
    await source(page).focus()
    await page.keyboard.press('Tab')
    await expect.poll(() => focused(page)).toBe('button Line 12')
    await page
      .getByRole('listitem')
      .filter({ hasText: 'answer “welcome”, step “topic”, options 1 goTo' })
      .waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(() => focused(page)).toMatch(/^textarea/)
    const selected = () =>
      source(page).evaluate((field: HTMLTextAreaElement) =>
        field.value.slice(field.selectionStart, field.selectionEnd),
      )
    expect(await selected()).toBe('goTo: nobody')
    await page.keyboard.press('Control+s')
    await expect.poll(() => focused(page)).toMatch(/^section/)
    expect(await stored('bot')).toEqual(bot())
    await replace(page, 'goTo: nobody', 'goTo: person')
    await noErrors(page)
    expect(await save(page).count()).toBe(0)
  })

  test('what is no YAML is said at its line, too', async () => {
    await configure('bot', bot())
    const page = await adminAt(`#/bots/${id}`)
    await noErrors(page)
    await replace(page, 'name: Helper', '\tname: Helper')
    await page
      .locator('.line.wrong', { hasText: '2' })
      .getByText('Indent with spaces, not with tabs')
      .waitFor()
  })

  test('are typed as one types: a new line is indented, and can be undone', async () => {
    await configure('bot', bot())
    const page = await adminAt(`#/bots/${id}`)
    await noErrors(page)
    const before = await source(page).inputValue()
    await source(page).focus()
    await page.keyboard.press('Control+End')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await page.keyboard.type('duringHours: One moment')
    expect(await source(page).inputValue()).toBe(
      before.replace('type: transfer\n', 'type: transfer\n        duringHours: One moment\n'),
    )
    await page.keyboard.press('Control+s')
    await saved(page).waitFor()
    expect(JSON.stringify(await stored('bot'))).toContain('One moment')
    await page.keyboard.press('Control+z')
    await expect.poll(() => source(page).inputValue()).not.toContain('One moment')
  })

  test('are saved as soon as they are typed, checked or not', async () => {
    await configure('bot', bot())
    const page = await adminAt(`#/bots/${id}`)
    await noErrors(page)
    await replace(page, 'Hi!', 'Hello!')
    await page.keyboard.press('Control+s')
    await saved(page).waitFor()
    expect(await stored('bot')).toEqual(bot('Hello!'))
  })

  test('two administrators: who comes second is told which lines differ, and chooses', async () => {
    await configure('bot', bot())
    const [ann, bob] = [await adminAt(`#/bots/${id}`), await adminAt(`#/bots/${id}`)]
    await Promise.all([noErrors(ann), noErrors(bob)])
    await replace(ann, 'Hi!', 'Ann’s')
    await replace(bob, 'Hi!', 'Bob’s')
    // What Bob’s page is not told of, the gateway tells it when he saves.
    await bob.route('**/v1/admin/configuration', (route) => route.abort())
    await save(ann).click()
    await saved(ann).waitFor()
    await save(bob).click()
    await bob.getByRole('heading', { name: 'Somebody else has saved this bot meanwhile' }).waitFor()
    await bob.getByRole('row', { name: 'Text 3 greeting: Bob’s 3 greeting: Ann’s' }).waitFor()
    expect(await violations(bob)).toEqual([])
    await bob.getByRole('button', { name: 'Take theirs' }).click()
    await expect.poll(() => source(bob).inputValue()).toContain('greeting: Ann’s')
    expect(await stored('bot')).toEqual(bot('Ann’s'))
  })

  test('are played: another text goes on with what was done; API calls are taken as one likes', async () => {
    const [welcome] = bot().answers
    const url = 'https://api.example.com/{{option.topic}}'
    await configure('bot', {
      ...bot(),
      answers: [
        welcome,
        { id: 'person', steps: [{ type: 'api', name: 'find', url, success: 'found', failure: 'agent' }] },
        { id: 'found', steps: [{ type: 'end', text: 'Found it.' }] },
        { id: 'agent', steps: [{ type: 'transfer', duringHours: 'One moment.' }] },
      ],
    } as never)
    const page = await adminAt(`#/bots/${id}`)
    await noErrors(page)
    const widget = page.locator('frontdesk-widget')
    await widget.getByRole('button', { name: 'A person' }).click()
    await widget.getByText('Found it.').waitFor()
    await page.getByText('The conversation has ended.').waitFor()
    await page.getByText('Would call GET https://api.example.com/A%20person').waitFor()
    await page.getByRole('group', { name: 'find: taken as' }).getByRole('button', { name: 'Failed' }).click()
    await widget.getByText('One moment.').waitFor()
    await page.getByText('The bot has handed over: agents see the request.').waitFor()
    await replace(page, 'One moment.', 'Just a moment.')
    await widget.getByText('Just a moment.').waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Start again' }).click()
    await widget.getByText('Just a moment.').waitFor({ state: 'detached' })
    // What is typed goes the same way; the bot says its options again.
    await widget.getByRole('textbox').fill('Hm?')
    await page.keyboard.press('Enter')
    await widget.getByText('Hm?').waitFor()
    await expect.poll(() => widget.getByText('What is it about?').count()).toBe(2)
    await widget.getByRole('button', { name: 'End conversation' }).click()
    await widget.getByRole('button', { name: 'End conversation' }).last().click()
    await widget.getByRole('button', { name: 'Start a new conversation' }).click()
    await expect.poll(() => widget.getByText('What is it about?').count()).toBe(1)
  })

  test('a channel’s bot is switched off at once; with other changes, when they are saved', async () => {
    await configure('bot', bot())
    await configure('channel', { id, bot: id, duringHours: { firstMessage: 'Welcome' } } as never)
    const page = await adminAt(`#/channels/${id}/responses`)
    const choice = page.getByRole('combobox', { name: 'Bot' })
    await page.locator('frontdesk-widget').getByText('What is it about?').waitFor()
    await during(page).getByText('What the bot falls back to').waitFor()
    await page.getByRole('button', { name: 'Switch off' }).click()
    await saved(page).waitFor()
    expect(await stored('channel')).toEqual({ id, duringHours: { firstMessage: 'Welcome' } })
    await page.locator('frontdesk-widget').getByText('Welcome').waitFor()
    expect(await choice.inputValue()).toBe('')
    await choice.selectOption(id)
    await save(page).click()
    await saved(page).waitFor()
    await first(page).fill('Hello')
    await page.getByRole('button', { name: 'Switch off' }).click()
    expect(await choice.inputValue()).toBe('')
    expect((await stored('channel'))?.bot).toBe(id)
    await save(page).click()
    await saved(page).waitFor()
    expect(await stored('channel')).toEqual({ id, duringHours: { firstMessage: 'Hello' } })
  })

  test('one that is not there, or not in force, is said so where it is chosen', async () => {
    await configure('channel', { id, bot: `${id}-gone` } as never)
    const page = await adminAt(`#/channels/${id}/responses`)
    await page.getByText(`The bot “${id}-gone” does not exist (any more).`).waitFor()
    expect(await page.getByRole('combobox', { name: 'Bot' }).inputValue()).toBe(`${id}-gone`)
    await page.locator('frontdesk-widget').getByText('Hi! How can we help?').waitFor()
    expect(await violations(page)).toEqual([])
    await configure('bot', { id: `${id}-gone`, answers: 7 } as never)
    await page.getByText('This bot is not in force as it is stored.').waitFor()
    await page.getByRole('link', { name: 'Edit bot' }).click()
    await page.getByText('One error, in line 2.').waitFor()
    await go(page, '#/bots')
    await page
      .getByRole('row', { name: `${id}-gone` })
      .getByText('Not in force')
      .waitFor()
  })

  test('deleting one says which channels have it', async () => {
    await configure('bot', bot())
    await configure('channel', { id, bot: id } as never)
    const page = await adminAt(`#/bots/${id}`)
    await page.getByRole('button', { name: 'Delete bot' }).click()
    await page.getByText(`The channel ${id} uses it, and will say its response again.`).waitFor()
    expect(await violations(page)).toEqual([])
    await group(page, 'Delete bot').getByRole('button', { name: 'Delete bot' }).click()
    await page.getByRole('heading', { name: 'Bots', level: 1 }).waitFor()
    expect(await stored('bot')).toBeNull()
  })

  test('a text as long as may be is still typed without waiting', async () => {
    const steps = Array.from({ length: 150 }, (_, n) => ({
      type: 'message',
      text: `Line ${n} ${'x'.repeat(200)}`,
    }))
    await configure('bot', { id, answers: [{ id: 'a', steps: [...steps, { type: 'end' }] }] } as never)
    const page = await adminAt(`#/bots/${id}`)
    await noErrors(page)
    await source(page).focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('# typed at once\n')
    await noErrors(page)
    expect(await source(page).inputValue()).toMatch(/^# typed at once\nid: /)
  })
})

describe('keys', () => {
  test('show their secret once, and say what revoking does', async () => {
    const page = await adminAt('#/keys')
    await page.getByRole('textbox', { name: 'New key' }).fill('Web shop')
    await page.getByRole('button', { name: 'Create key' }).click()
    await page.getByRole('heading', { name: 'Key “Web shop” is ready' }).waitFor()
    const secret = (await page.locator('#secret-text').textContent()) ?? ''
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'I have kept it' }).click()
    expect(await page.locator('main').innerText()).not.toContain(secret)
    await page.getByRole('button', { name: 'Revoke Web shop' }).click()
    await page.getByText('Logins signed with “Web shop” are refused from now on.').waitFor()
    await expect.poll(() => focused(page)).toBe('button Cancel')
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Revoke now' }).click()
    await page.getByRole('heading', { name: 'No keys yet' }).waitFor()
    expect(await gateway.identity.keys.list()).toEqual([])
  })
})

describe('everywhere', () => {
  test('the gateway may go and come back: nothing is lost, and all is brought up to date', async () => {
    await configure('channel', { id })
    const page = await adminAt(`#/channels/${id}/responses`)
    await first(page).fill('Typed before')
    const port = Number(new URL(gateway.url).port)
    await gateway.stop()
    await page.getByText('Reconnecting…').waitFor()
    await save(page).click()
    await page.getByText('The gateway cannot be reached.').waitFor()
    gateway = await startTestGateway(world, { port })
    await page.getByText('Reconnecting…').waitFor({ state: 'hidden' })
    await save(page).click()
    await saved(page).waitFor()
    expect(await stored('channel')).toEqual({ id, duringHours: { firstMessage: 'Typed before' } })
  })

  test('in French where the browser is', async () => {
    await configure('schedule', { id, timeZone: 'Europe/Paris', intervals: weekdays } as never)
    await configure('channel', { id, schedule: id } as never)
    const page = await adminAt(`#/channels/${id}/responses`, { locale: 'fr-FR' })
    await page.getByRole('heading', { name: 'Aperçu' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr')
    const text = page.getByRole('textbox', { name: 'Premier message' }).first()
    await expect.poll(() => text.inputValue()).toBe('Bonjour\u00a0! Comment pouvons-nous vous aider\u00a0?')
    expect(await violations(page)).toEqual([])
    await go(page, `#/schedules/${id}`)
    await page
      .getByText(/^\s*(Ouvert|Fermé), /)
      .first()
      .waitFor()
    await page.goto(`${gateway.url}/admin?lang=en#/keys`)
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor()
  })

  test.each([
    ['on a wide screen', {}],
    ['dark', { colorScheme: 'dark' as const }],
    ['on a phone', { viewport: { width: 390, height: 844 } }],
  ])('axe finds nothing, and nothing is wider than the page, %s', async (_, options) => {
    const night = { start: 6 * day + 1320, end: 7 * day + 360 }
    const holidays = [
      {
        name: 'A holiday with a long name that has to go somewhere',
        startDate: '2026-12-24',
        endDate: '2026-12-26',
      },
      { startDate: '2026-12-31', endDate: '2026-12-31', intervals: [{ start: 540, end: 1500 }] },
    ]
    await configure('schedule', {
      id,
      timeZone: 'Europe/Paris',
      intervals: [...weekdays, night],
      holidays,
    } as never)
    const customerDetails = ['name', { id: 'o', label: 'W'.repeat(80), type: 'select', options: ['A', 'B'] }]
    const duringHours = { firstMessage: 'x'.repeat(300), customerDetails }
    await configure('channel', { id, name: 'N'.repeat(120), schedule: id, duringHours } as never)
    const page = await adminAt('#/channels', options)
    const places = [
      'channels',
      `channels/${id}/responses`,
      `channels/${id}/reminders`,
      `channels/${id}/settings`,
    ]
    const longText = 'x'.repeat(200)
    await configure('bot', {
      id,
      name: 'N'.repeat(120),
      answers: [{ id: 'a', steps: [{ text: longText }] }],
    } as never)
    for (const place of [...places, 'schedules', `schedules/${id}`, 'bots', `bots/${id}`, 'import', 'keys']) {
      await go(page, `#/${place}`)
      await until(async () => (await page.getByText('Loading…').count()) === 0)
      expect(await violations(page), place).toEqual([])
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow, place).toBe(0)
    }
  })
})

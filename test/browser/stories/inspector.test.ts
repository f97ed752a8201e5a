import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { phone, sizes } from '../chromium/launch-browser.ts'
import { connectionLost, useFrontdesk } from '../frontdesk.ts'
import { axe, fits } from '../pages/accessibility.ts'

const app = useFrontdesk()

const ann = { id: 'ann', name: 'Ann' }

/** A conversation of six events, one of them refused, up to an agent; with the sequences of its events. */
async function newConversation({ agentTexts = 0 } = {}): Promise<{ id: string; seqs: number[] }> {
  const channel = await app.newChannel()
  const id = `seen-${channel}`
  const publish = (type: string, payload: object) => app.world.publish(id, type, payload)
  const seqs = [
    await publish('session.started', { channel, locale: 'en' }),
    await publish('session.message', { text: 'My anvil arrived broken' }),
    await publish('session.details', { name: 'José', email: 'josé@example.com', topic: 'Support' }),
    await publish('session.details', { name: 'José', email: 'jose@example.com', topic: 'Support' }),
    await publish('agent.accepted', { agent: ann, request: 1 }),
    await publish('agent.message', { agent: ann, text: 'Good morning' }),
  ]
  for (let i = 0; i < agentTexts; i++)
    seqs.push(await publish('agent.message', { agent: ann, text: `Text ${i}` }))
  await until(async () => (await app.world.records(id)).length === seqs.length)
  return { id, seqs }
}

test('a conversation is found by a part of its id and by its state, and the address is a link to the search', async () => {
  const { id } = await newConversation()
  const { page } = await app.openInspector()
  await page.getByRole('searchbox').fill(id.slice(1))
  await page.getByRole('link', { name: id, exact: true }).waitFor()
  await page.getByLabel('State', { exact: true }).selectOption('With an agent')
  await until(() => page.url().includes('state=withAgent'))
  const link = page.url()
  expect.soft(await axe(page)).toEqual([])
  await page.getByLabel('State', { exact: true }).selectOption('Ended')
  await page.getByRole('heading', { name: 'No conversation is like this.' }).waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByRole('link', { name: id, exact: true }).waitFor()
  await expect.poll(() => page.getByRole('combobox', { name: 'State', exact: true }).inputValue()).toBe('')
  await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('')
  await page.goto('about:blank')
  await page.goto(link)
  await page.getByRole('link', { name: id, exact: true }).waitFor()
  await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe(id.slice(1))
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
})

test('a conversation is found by its customer’s whole e-mail address, and stays masked', async () => {
  const { id } = await newConversation()
  await app.world.publish(id, 'session.identified', {
    customer: { externalId: `customer of ${id}`, name: 'José', email: `${id}@example.com` },
  })
  const { page } = await app.openInspector()
  const found = page.getByRole('row').nth(1)
  await page.getByLabel('Customer').fill(`${id}@example.com`.toUpperCase())
  await found.getByRole('link', { name: id, exact: true }).waitFor()
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
  expect(await found.textContent()).not.toContain('José')
  await page.getByLabel('Customer').fill(`${id}@example`)
  await page.getByRole('heading', { name: 'No conversation is like this.' }).waitFor()
  await page.getByLabel('Customer').fill(`Customer of ${id}`)
  await found.getByRole('link', { name: id, exact: true }).waitFor()
})

test('a conversation is found with the keyboard alone', async () => {
  const { id } = await newConversation()
  const { page } = await app.openInspector()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type(id)
  await page.getByRole('row').nth(1).getByRole('link', { name: id, exact: true }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: id, level: 1 }).waitFor()
})

test('a conversation is read step by step: each event with its effects and changes, and the states light up', async () => {
  const { id, seqs } = await newConversation()
  const inspector = await app.openInspector()
  const { page, step } = inspector
  await inspector.open(id, seqs[2])
  await inspector.shows('session.details')
  await step.getByText('details_invalid').waitFor()
  await step.getByText('email: email_accented').waitFor()
  await until(async () => (await inspector.active()).at(-1) === 'messagingResponse.collectingDetails.waiting')
  expect.soft(await axe(page)).toEqual([])

  await inspector.button('Forward').click()
  await step.getByText('Notification: request 1 created').waitFor()
  await step.getByText(`${id}.1.created`).waitFor()
  await step.getByText('Status: Queued').waitFor()
  await step.getByText('unanswered').waitFor()
  await step.getByText('2 min after this event').waitFor()
  await step.getByText('request', { exact: true }).waitFor()
  await until(async () => (await inspector.active()).join() === 'messagingResponse,messagingResponse.queued')
  await until(() => page.url().endsWith(`?at=${seqs[3]}`))

  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await inspector.shows('session.message')
  await inspector.button('First event').click()
  await inspector.shows('session.started')
  await step.getByText('The whole context').click()
  await step
    .getByRole('group', { name: 'After', exact: true })
    .getByText('"greeting"')
    .waitFor({ state: 'detached' })
  await step.getByRole('group', { name: 'After', exact: true }).getByText('firstMessage').waitFor()
  await inspector.button('Last event').first().click()
  await inspector.shows('agent.message')
  await page.getByText('Live', { exact: true }).waitFor()
})

test('a conversation is followed live: new events appear, stepping back stops that, and a button returns', async () => {
  const { id, seqs } = await newConversation()
  const inspector = await app.openInspector()
  const { page } = inspector
  await inspector.open(id)
  await page.getByText('Live', { exact: true }).waitFor()
  await inspector.shows('agent.message')
  await app.world.publish(id, 'session.message', { text: 'Thank you' })
  await inspector.shows('session.message')
  await until(async () => (await inspector.active()).at(-1) === 'messagingResponse.withAgent.agentsTurn')

  await page.keyboard.press('ArrowLeft')
  await inspector.shows('agent.message')
  await app.world.publish(id, 'agent.ended', { agent: ann })
  await page.getByRole('button', { name: 'Follow live (2 further)' }).click()
  await inspector.shows('agent.ended')
  await page.getByText('Ended', { exact: true }).waitFor()
  await until(() => !page.url().includes('at='))
  // A link to the same conversation, whatever is looked at.
  for (const [at, type] of [
    [seqs[0], 'session.started'],
    [seqs[4], 'agent.accepted'],
  ] as const) {
    await inspector.open(id, at)
    await inspector.shows(type)
  }
  // A link that is followed just before the page puts another event into the address: both timers are due at once.
  await page.evaluate((hash) => {
    const begunMs = performance.now()
    setTimeout(() => {
      location.hash = hash
    }, 300)
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
    while (performance.now() < begunMs + 1_000);
  }, `#/c/${id}?at=${seqs[0]}`)
  await inspector.shows('session.started')
})

test('a conversation is played from its first event to the last', async () => {
  const { id } = await newConversation({ agentTexts: 60 })
  const inspector = await app.openInspector()
  await inspector.open(id)
  await inspector.button('First event').click()
  await inspector.shows('session.started')
  await inspector.page.getByLabel('Speed').selectOption('Fastest')
  await inspector.button('Play').click()
  await inspector.page.getByText('Live', { exact: true }).waitFor()
  await expect.poll(() => inspector.position.textContent()).toBe('66 / 66')
  await expect.poll(() => inspector.isChosenSeen()).toBe(true)
  // The others do not exist.
  await expect.poll(() => inspector.events.getByRole('option').count()).toBeLessThan(66)
  await expect.poll(() => inspector.button('Play').count()).toBe(1)
})

test('events are filtered, and saved as JSON that is masked as the page is', async () => {
  const { id } = await newConversation()
  const inspector = await app.openInspector()
  const { page, events } = inspector
  await inspector.open(id)
  const rows = events.getByRole('option')
  const filter = page.getByRole('searchbox', { name: 'Filter events' })
  await filter.fill('session.details')
  await expect.poll(() => rows.count()).toBe(2)
  await page.getByRole('heading', { name: '2 of 6 events' }).waitFor()
  await rows.first().click()
  await inspector.shows('session.details')
  await expect.poll(() => inspector.position.textContent()).toContain('3 / 6')
  await events.press('ArrowDown')
  await expect.poll(() => inspector.position.textContent()).toContain('4 / 6')
  await events.press('ArrowDown')
  await expect.poll(() => inspector.position.textContent()).toContain('4 / 6')
  await filter.fill('details rejected')
  await expect.poll(() => rows.count()).toBe(1)
  expect.soft(await axe(page)).toEqual([])
  const saved = async () => {
    const download = page.waitForEvent('download')
    await inspector.button('Export').click()
    expect((await download).suggestedFilename()).toBe(`${id}.jsonl`)
    return await readFile(await (await download).path(), 'utf8')
  }
  const masked = await saved()
  const steps = masked
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(steps.map(({ event }) => event.type)).toEqual([
    'session.started',
    'session.message',
    'session.details',
    'session.details',
    'agent.accepted',
    'agent.message',
  ])
  const written = ['My anvil', 'jose@example.com', 'Good morning']
  for (const text of written) expect(masked).not.toContain(text)
  await inspector.button('Show texts').click()
  await inspector.button('Show, and log it').click()
  await page.getByText('Texts are shown').waitFor()
  await expect.poll(() => inspector.button('Export').isEnabled()).toBe(true)
  const revealed = await saved()
  for (const text of written) expect(revealed).toContain(text)
})

test('the customer’s texts are masked until the engineer asks for them', async () => {
  const { id, seqs } = await newConversation()
  const inspector = await app.openInspector()
  const { page, step } = inspector
  await inspector.open(id, seqs[1])
  await inspector.shows('session.message')
  await step.getByText('•••••').first().waitFor()
  expect(await page.getByText('anvil').count()).toBe(0)
  await inspector.button('Show texts').click()
  await page.getByRole('dialog', { name: 'Show what customer and agents wrote?' }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await inspector.button('Cancel').click()
  expect(await page.getByText('anvil').count()).toBe(0)
  await inspector.button('Show texts').click()
  await inspector.button('Show, and log it').click()
  await step.getByText('"My anvil arrived broken"').first().waitFor()
  await inspector.shows('session.message')
  await inspector.button('Mask them again').click()
  await step.getByText('•••••').first().waitFor()
  await until(async () => (await page.getByText('anvil').count()) === 0)
})

test('a conversation without any event is reported as not stored', async () => {
  const { page } = await app.openInspector()
  await page.evaluate(() => {
    location.hash = '#/c/nobody'
  })
  await page.getByText('No event of this conversation is stored.').waitFor()
  expect.soft(await axe(page)).toEqual([])
})

test('a copy of a conversation goes another way, step by step, and nothing is stored', async () => {
  const { id, seqs } = await newConversation()
  const stored = (await app.world.records(id)).length
  const inspector = await app.openInspector()
  const { page } = inspector
  await inspector.open(id, seqs[3])
  await inspector.button('What if…').click()
  await page.getByRole('button', { name: 'Send to the copy' }).click()
  await page.getByText('A copy in memory, from event').waitFor()
  await inspector.shows('timer.unanswered')
  await expect.poll(() => inspector.position.textContent()).toBe('5 / 5')
  expect.soft(await axe(page)).toEqual([])

  const types = page.getByLabel('What comes')
  await expect
    .poll(() => types.locator('optgroup[label="Taken in this state"] option').allTextContents())
    .toContain('agent.accepted')
  await types.selectOption('session.ended')
  await page.getByRole('button', { name: 'Send to the copy' }).click()
  await inspector.shows('session.ended')
  await expect.poll(() => inspector.isChosenSeen()).toBe(true)
  await until(async () => (await inspector.active()).at(-1) === 'ended')
  await inspector.step.getByText('Notification: request 1 withdrawn').waitFor()

  // From a step of the copy, what came after it is another way not taken.
  await inspector.button('Back').click()
  await types.selectOption('agent.accepted')
  await page.getByRole('textbox', { name: 'Payload' }).fill('{"agent": ')
  await page.getByRole('button', { name: 'Send to the copy' }).click()
  await page.getByText('The payload is not valid JSON.').waitFor()
  await page.getByRole('textbox', { name: 'Payload' }).fill('{"agent": {"id": "bob"}}')
  await page.getByRole('button', { name: 'Send to the copy' }).click()
  await inspector.shows('agent.accepted')
  await until(async () => (await inspector.active()).at(-1) === 'messagingResponse.withAgent.agentsTurn')
  await expect.poll(() => inspector.position.textContent()).toBe('6 / 6')

  await page.getByRole('button', { name: 'Discard the copy' }).first().click()
  await inspector.shows('session.details')
  await expect.poll(() => inspector.position.textContent()).toBe('4 / 6')
  expect(await app.world.records(id)).toHaveLength(stored)
})

test('events that happen while the line is cut appear once after it is mended', async () => {
  const line = await app.startLine()
  const { id } = await newConversation()
  const inspector = await app.openInspector({ url: line.url, allowed: connectionLost })
  await inspector.open(id)
  await inspector.page.getByText('Live', { exact: true }).waitFor()
  line.cut()
  await inspector.page.getByText('Reconnecting…').waitFor()
  await app.world.publish(id, 'session.message', { text: 'Are you there?' })
  line.mend()
  await inspector.shows('session.message')
  await inspector.page.getByText('Live', { exact: true }).waitFor()
  await expect.poll(() => inspector.position.textContent()).toBe('7 / 7')
})

test('an engineer who is signed out while the line is cut is told so, and keeps the conversation in view', async () => {
  const line = await app.startLine()
  const { id } = await newConversation()
  const inspector = await app.openInspector({ url: line.url, allowed: /net::ERR|status of 401/ })
  const { page } = inspector
  await inspector.open(id)
  await page.getByText('Live', { exact: true }).waitFor()
  line.cut()
  await page.getByText('Reconnecting…').waitFor()
  await page.context().clearCookies()
  line.mend()
  await page.getByRole('alert').getByText('Your sign-in has ended').waitFor()
  await inspector.shows('agent.message')
  expect.soft(await axe(page)).toEqual([])
  const again = await page.context().newPage()
  await again.goto(await app.signInLink('engineer', 'Eve', `${line.url}/inspector`))
  await again.getByRole('navigation', { name: 'Inspector' }).waitFor()
  await inspector.button('Try again').click()
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await page.getByText('Live', { exact: true }).waitFor()
})

test('the conversations that wait longest are listed by state', async () => {
  const { id } = await newConversation()
  const inspector = await app.openInspector()
  const { page } = inspector
  await inspector.goTo('Waiting longest')
  const section = page.getByRole('region', { name: /^With an agent/ })
  await section
    .getByRole('link', { name: /^seen-/ })
    .first()
    .waitFor()
  expect.soft(await axe(page)).toEqual([])
  await section.getByRole('link', { name: 'All of them' }).click()
  await page.getByRole('link', { name: id, exact: true }).waitFor()
  await expect.poll(() => page.getByLabel('State', { exact: true }).inputValue()).toBe('withAgent')
})

test('the events that are refused most lead to where they were refused last', async () => {
  const { id } = await newConversation()
  const inspector = await app.openInspector()
  const { page } = inspector
  await inspector.goTo('Refused most')
  const row = page.getByRole('row', { name: /session\.details details_invalid/ })
  await row.getByRole('link', { name: id }).waitFor()
  expect.soft(await axe(page)).toEqual([])
  await row.getByRole('link', { name: id }).click()
  await inspector.shows('session.details')
  await inspector.step.getByText('details_invalid').waitFor()
})

test('a dead letter is read and requeued, and another one is discarded', async () => {
  const { id } = await newConversation()
  await app.world.publish(id, 'session.message', '{"text": "not quite')
  await app.world.publish(id, 'session.message', '{"text": 4711}')
  await until(async () => (await app.world.stored('deadletters')).length >= 2)
  const inspector = await app.openInspector()
  const { page } = inspector
  await inspector.goTo('Dead letters')
  const rows = page.getByRole('row').filter({ has: page.getByRole('link', { name: id }) })
  await until(async () => (await rows.count()) === 2)
  await rows.first().getByRole('button', { name: /^Show/ }).click()
  await page.getByText('What somebody typed is masked').waitFor()
  expect(await page.getByText('4711').count()).toBe(0)
  expect.soft(await axe(page)).toEqual([])
  await inspector.button('Show the texts').click()
  await page.getByText('4711').waitFor()
  await inspector.button('Requeue').click()
  await inspector.button('Cancel').click()
  await inspector.button('Requeue').click()
  await inspector.button('Requeue it').click()
  await page.getByText('It was published again.').waitFor()

  await page
    .getByRole('row', { name: /not quite|JSON/i })
    .first()
    .waitFor()
  const before = (await app.world.stored('deadletters')).length
  await rows.last().getByRole('button', { name: /^Show/ }).click()
  await inspector.button('Discard').click()
  await inspector.button('Discard it').click()
  await page.getByText('It was removed.').waitFor()
  expect((await app.world.stored('deadletters')).length).toBe(before - 1)
})

test('on a phone in dark colours axe finds nothing at the inspector, and nothing is cut off', async () => {
  const { id, seqs } = await newConversation()
  const inspector = await app.openInspector({ ...phone, colorScheme: 'dark' })
  const { page } = inspector
  await page.getByRole('link', { name: id, exact: true }).waitFor()
  await expect.poll(() => fits(page)).toBe(true)
  expect.soft(await axe(page)).toEqual([])
  // All pages are in sight, and begin where the title does.
  const links = await page.getByRole('navigation', { name: 'Inspector' }).getByRole('link').all()
  const words = await Promise.all(links.map((link) => link.locator('span').boundingBox()))
  for (const box of words) expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThan(sizes.phone.width)
  expect(words[0]?.x).toBe((await page.getByRole('heading', { level: 1 }).boundingBox())?.x)
  await inspector.open(id, seqs[3])
  await inspector.drawing.waitFor()
  await inspector.step.getByText('The whole context').click()
  await inspector.step.getByText('"pinned"').first().waitFor()
  await expect.poll(() => fits(page)).toBe(true)
  expect.soft(await axe(page)).toEqual([])
  for (const part of ['Waiting longest', 'Refused most', 'Dead letters'] as const) {
    await inspector.goTo(part)
    await page.getByText('Loading…').waitFor({ state: 'detached' })
    expect(await fits(page), part).toBe(true)
    const cutOff = (all: Element[]) => all.filter((table) => table.scrollWidth > table.clientWidth).length
    expect(await page.locator('.scroll').evaluateAll(cutOff), part).toBe(0)
    expect.soft(await axe(page), part).toEqual([])
  }
})

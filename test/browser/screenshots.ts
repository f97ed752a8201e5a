import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { parse } from 'yaml'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { startTestGateway } from '../gateway/test-gateway.ts'
import { AdminPage } from './admin-page.ts'
import { type BreakableLine, startLine } from './breakable-line.ts'
import { launchBrowser, openContext, type PageOptions, sizes } from './browser.ts'
import { CustomerPage } from './customer-page.ts'
import { DeskPage } from './desk-page.ts'
import { InspectorPage } from './inspector-page.ts'
import { asksForDetails, signInLink } from './running-gateway.ts'

const usage = `npm run screenshots -- <folder> [widget|desk|admin|bots|inspector]

Drives the pages into their main states, each in a real Chromium on a real gateway, and writes a PNG of each.`

const [folder = '', only] = process.argv.slice(2)
if (folder === '' || folder === '--help') {
  process.stdout.write(`${usage}\n`)
  process.exit(folder === '' ? 1 : 0)
}

const phone: PageOptions = { viewport: sizes.phone, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }
const dark: PageOptions = { colorScheme: 'dark' }
const longText =
  'I ordered the No. 4 anvil on Monday and it arrived this morning with a crack right through the horn. The box was fine, so it must have left your forge like this. What shall I do with it: send it back (68 kg!) or keep it?'

await mkdir(folder, { recursive: true })
const world: TestWorld = await startTestWorld()
await world.startEngine()
await world.startNotifier()
const gateway: Gateway = await startTestGateway(world)
const line: BreakableLine = await startLine(Number(new URL(gateway.url).port))
const browser: Browser = await launchBrowser()
let channels = 0
try {
  if (!only || only === 'widget') await widget()
  if (!only || only === 'desk') await desk()
  if (!only || only === 'admin') await admin()
  if (!only || only === 'bots') await bots()
  if (!only || only === 'inspector') await inspector()
} finally {
  await browser.close()
  await line.stop()
  await gateway.stop()
  await world.stop()
}

async function widget(): Promise<void> {
  const channel = await newChannel()
  await shoot('widget-0-demo', await customerAt(channel))
  await shoot('widget-0-demo-phone', await customerAt(channel, phone))
  for (const [look, options, more] of [
    ['', {}, ''],
    ['-dark', dark, ''],
    ['-rtl', {}, '&lang=ar'],
    ['-phone', phone, ''],
    ['-phone-dark', { ...phone, ...dark }, ''],
  ] as const) {
    const shop = await newChannel()
    const customer = await customerAt(shop, options, more)
    await customer.open()
    await customer.sees(asksForDetails.firstMessage)
    await shoot(`widget-1-greeting${look}`, customer)
    await customer.say(longText)
    await customer.sendDetails({ name: '', email: 'josé@example.com' })
    await customer.page.getByText('has no accents').waitFor()
    await shoot(`widget-2-form-errors${look}`, customer)
    await waitingCustomer(shop, 'Marta', 'Before you')
    await customer.sendDetails()
    await customer.page.getByText('in the queue').waitFor()
    await shoot(`widget-3-queued${look}`, customer)
    const id = await customer.conversation()
    const agent = { id: 'ann', name: 'Ann' }
    await world.publish(id, 'agent.accepted', { agent })
    await world.publish(id, 'agent.message', { agent, text: 'Oh dear! Sorry to hear that.' })
    await world.publish(id, 'agent.message', {
      agent,
      text: 'Please keep it. I’ll send you a new one today, and our driver takes the old one with him. 🔨',
    })
    await customer.sees('our driver')
    await customer.say('Wonderful, thank you!')
    await customer.hasDelivered('Wonderful, thank you!')
    world.nats.connection.publish(`frontdesk.typing.${id}.agent`, JSON.stringify({ name: 'Ann' }))
    await customer.page.getByText('Ann is typing').waitFor({ state: 'attached' })
    await shoot(`widget-4-talking${look}`, customer)
    await customer.page.getByRole('button', { name: 'End conversation' }).click()
    await shoot(`widget-5-end-question${look}`, customer)
    await world.publish(id, 'agent.ended', { agent })
    await customer.page.getByRole('button', { name: 'Start a new conversation' }).waitFor()
    await shoot(`widget-6-ended${look}`, customer)
  }
  const french = await customerAt(await newChannel(), {}, '&lang=fr')
  await french.page.getByRole('button', { name: 'Ouvrir la discussion' }).click()
  await french.page.getByLabel('Écrivez un message').fill('Mon enclume est cassée')
  await french.page.keyboard.press('Enter')
  await french.page.getByLabel('Topic').waitFor()
  await french.page.getByRole('button', { name: 'Envoyer' }).first().click()
  await french.page.getByText('Cette information est nécessaire.').first().waitFor()
  await shoot('widget-7-french', french)

  const offline = await customerAt(await newChannel(), {}, '', line.url)
  await offline.open()
  await offline.sees(asksForDetails.firstMessage)
  line.cut()
  await offline.page.getByText('No connection just now').waitFor()
  await offline.say('Can you hear me?')
  await shoot('widget-8-offline', offline)
  line.mend()
  await offline.hasDelivered('Can you hear me?')

  const closed = await customerAt(await newChannel(), {})
  await closed.open()
  await closed.sees(asksForDetails.firstMessage)
  await closed.page.keyboard.press('Escape')
  const id = await closed.conversation()
  await closed.page.evaluate(() => document.querySelector('frontdesk-widget')?.removeAttribute('open'))
  await world.publish(id, 'session.message', { text: 'from elsewhere' })
  await closed.page.locator('.badge').waitFor()
  await shoot('widget-9-unread', closed)
}

async function desk(): Promise<void> {
  const nobody = await newPage({ allowed: /401/ })
  await nobody.goto(`${gateway.url}/desk`)
  await nobody.getByText('npx frontdesk sign-in').waitFor()
  await shoot('desk-0-signed-out', nobody)
  for (const [look, options] of [
    ['', {}],
    ['-dark', dark],
    ['-phone', phone],
  ] as const) {
    const shop = await newChannel()
    const ann = await deskAt('Ann', shop, options)
    await ann.page.getByText('No one is waiting.').waitFor()
    await shoot(`desk-1-empty${look}`, ann)
    const names = ['José', 'Marta Fernández de la Cruz y Montenegro', 'Zoé', '田中さくら', 'Bob']
    const ids: string[] = []
    for (const [index, name] of names.entries()) {
      ids.push(await waitingCustomer(shop, name, index === 1 ? longText : `My ${name} anvil arrived broken`))
      await ann.request(name).waitFor()
    }
    await shoot(`desk-2-waiting${look}`, ann)
    await ann.pick('Marta')
    await ann.sees('through the horn')
    await shoot(`desk-3-reading${look}`, ann)
    await ann.acceptButton.click()
    await ann.say('Good morning Marta, I am sorry to hear that.')
    await ann.sees('Good morning Marta')
    await world.publish(ids[1] as string, 'session.message', { text: 'Thanks for the quick answer 🙏' })
    await ann.sees('quick answer')
    await ann.composer.fill('We will send')
    await shoot(`desk-4-conversation${look}`, ann)
    await ann.page.getByRole('button', { name: 'Release' }).click()
    await shoot(`desk-5-release${look}`, ann)
    await ann.page.keyboard.press('Escape')
    await ann.page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' })
    if (look === '-phone') continue
    await ann.page.setViewportSize(sizes.wide)
    for (const name of ['José', 'Zoé']) {
      await ann.pick(name)
      await ann.pane(name).getByRole('button', { name: 'Accept', exact: true }).click()
      await ann.pane(name).getByRole('textbox').waitFor()
    }
    await shoot(`desk-6-side-by-side${look}`, ann)
    await ann.page.setViewportSize(sizes.desktop)
    await world.publish(ids[1] as string, 'session.message', { text: 'Are you there?' })
    await ann.page.getByText('1 new message').first().waitFor({ state: 'attached' })
    await shoot(`desk-7-tabs${look}`, ann)
    await ann.pick('Bob')
    const bob = await deskAt('Bella', shop, options)
    await bob.pick('Bob')
    const at = Date.now() + 500
    await Promise.all(
      [ann, bob].map(({ page }) =>
        page.getByRole('button', { name: 'Accept', exact: true }).evaluate((element, then) => {
          setTimeout(() => (element as HTMLElement).click(), then - Date.now())
        }, at),
      ),
    )
    await until(async () => (await world.openRequest(shop, ids[4] as string))?.state === 'accepted')
    const winner = (await world.openRequest(shop, ids[4] as string))?.agent?.name
    const loser = winner === 'Ann' ? bob : ann
    await loser.page.getByText(`${winner} accepted this request a moment ago.`).waitFor()
    await shoot(`desk-8-race-lost${look}`, loser)
  }
  const shop = await newChannel()
  await waitingCustomer(shop, 'José', longText)
  const cut = await deskAt('Ann', shop, {}, line.url)
  await cut.accept('José')
  line.cut()
  await cut.page.getByText('The connection was lost').waitFor()
  await cut.say('Written while the network was gone')
  await shoot('desk-9-reconnecting', cut)
  line.mend()
  await cut.page.getByRole('button', { name: 'Alerts' }).click()
  await shoot('desk-9-alerts', cut)
  await cut.page.keyboard.press('Escape')
  await cut.page.getByRole('button', { name: 'Keyboard' }).click()
  await shoot('desk-9-keyboard', cut)
  const french = await deskAt('Ann', shop, { locale: 'fr-FR' })
  await french.page.getByRole('navigation').getByRole('button', { name: 'José' }).click()
  await shoot('desk-9-french', french)
}

async function admin(): Promise<void> {
  await Promise.all((await keysOf()).map((key) => new Bucket(world.nats, 'configuration').purge(key)))
  const nobody = await newPage({ allowed: /401/ })
  await nobody.goto(`${gateway.url}/admin`)
  await nobody.getByText('npx frontdesk sign-in').waitFor()
  await shoot('admin-0-signed-out', nobody)
  const ada = await adminAt('Ada')
  for (const [page, hash] of [
    ['channels', '#/channels'],
    ['schedules', '#/schedules'],
    ['keys', '#/keys'],
  ] as const) {
    await at(ada, hash)
    await shoot(`admin-1-empty-${page}`, ada)
  }
  await ada.goTo('Channels')
  await ada.page.getByRole('button', { name: 'Configure a channel' }).click()
  await shoot('admin-1-new-channel', ada)
  await ada.page.keyboard.press('Escape')

  await world.configure('schedule.paris', {
    id: 'paris',
    name: 'Paris office',
    timeZone: 'Europe/Paris',
    intervals: [
      ...[1, 2, 3, 4].map((day) => ({ start: day * 1440 + 540, end: day * 1440 + 1020 })),
      { start: 5 * 1440 + 22 * 60, end: 6 * 1440 + 6 * 60 },
      { start: 6 * 1440 + 20 * 60, end: 7 * 1440 + 3 * 60 },
    ],
    holidays: [
      { name: 'Noël', startDate: '2026-12-25', endDate: '2026-12-26' },
      {
        name: 'New Year’s Eve',
        startDate: '2026-12-31',
        endDate: '2026-12-31',
        intervals: [{ start: 540, end: 720 }],
      },
    ],
  })
  await world.configure('channel.web', {
    id: 'web',
    name: 'Acme shop',
    type: 'web',
    schedule: 'paris',
    duringHours: asksForDetails,
    outsideHours: {
      firstMessage: 'We’re closed until {{nextOpen}}. Leave us a message.',
      customerDetails: ['email'],
    },
  })
  await world.configure('channel.mobile', {
    id: 'mobile',
    type: 'mobile',
    workspace: 'apps',
    schedule: 'gone',
  })
  await world.configure('channel.phone-support', { id: 'phone-support' })
  const { kid } = await gateway.identity.keys.create('Shop server')
  const views = [
    ['channels', '#/channels'],
    ['responses', '#/channels/web/responses'],
    ['responses-new', '#/channels/unheard-of/responses'],
    ['reminders', '#/channels/web/reminders'],
    ['settings', '#/channels/web/settings'],
    ['schedules', '#/schedules'],
    ['schedule', '#/schedules/paris'],
    ['import', '#/import'],
    ['keys', '#/keys'],
  ] as const
  for (const [look, options] of [
    ['', {}],
    ['-dark', dark],
    ['-phone', phone],
    ['-french', { locale: 'fr-FR' }],
  ] as const) {
    const admin = look === '' ? ada : await adminAt('Ada', options)
    for (const [name, hash] of views) {
      await at(admin, hash)
      await shoot(`admin-2-${name}${look}`, admin, true)
    }
  }
  for (const [look, options] of [
    ['', {}],
    ['-phone', phone],
  ] as const) {
    const admin = await adminAt('Ada', { ...options, allowed: /422|412/ })
    await at(admin, '#/channels/web/responses')
    await admin.response('During', 'First message').fill('a'.repeat(5000))
    await admin.page.getByRole('button', { name: 'Save', exact: true }).click()
    await admin.page.getByRole('heading', { name: 'Not saved' }).waitFor()
    await shoot(`admin-3-errors${look}`, admin)
    await admin.response('During', 'First message').fill('Mine')
    await world.configure('channel.web', {
      id: 'web',
      name: 'Acme shop',
      schedule: 'paris',
      duringHours: { ...asksForDetails, firstMessage: `Theirs${look}` },
    })
    await admin.page.getByRole('heading', { name: 'Somebody else has saved' }).waitFor()
    await shoot(`admin-4-conflict${look}`, admin)
    await admin.page.getByRole('link', { name: 'Schedules' }).first().click()
    await admin.page.getByRole('dialog', { name: 'Your changes are not saved' }).waitFor()
    await shoot(`admin-5-leaving${look}`, admin)
    await admin.page.getByRole('button', { name: 'Leave without saving' }).click()
    await at(admin, '#/schedules/paris')
    await admin.page.getByRole('button', { name: 'Delete schedule' }).click()
    await admin.page.getByText('will count as always open').waitFor()
    await shoot(`admin-6-delete-schedule${look}`, admin)
    await at(admin, '#/import')
    await admin.page.getByLabel('Or paste it here').fill(
      JSON.stringify({
        schedules: [
          { id: 1, name: 'Berlin', time_zone: 'Berlin', intervals: [{ start_time: 1980, end_time: 2460 }] },
          { id: 2, name: 'Vacant', time_zone: 'London', intervals: [] },
        ],
      }),
    )
    await admin.page.getByRole('button', { name: 'Show what it makes' }).click()
    await admin.page.getByRole('heading', { name: '2 schedules' }).waitFor()
    await shoot(`admin-7-import${look}`, admin, true)
    await at(admin, '#/keys')
    await admin.page.getByLabel('New key').fill('App server')
    await admin.page.getByRole('button', { name: 'Create key' }).click()
    await admin.page.getByRole('heading', { name: 'is ready' }).waitFor()
    await shoot(`admin-8-key-created${look}`, admin, true)
    await admin.page.getByRole('button', { name: 'I have kept it' }).click()
    await admin.page.getByRole('button', { name: 'Revoke Shop server' }).click()
    await shoot(`admin-9-revoke${look}`, admin)
  }
  await gateway.identity.keys.revoke(kid)
}

async function bots(): Promise<void> {
  const clear = async () => {
    const bucket = new Bucket(world.nats, 'configuration')
    await Promise.all((await keysOf()).map((key) => bucket.purge(key)))
  }
  await clear()
  const ada = await adminAt('Ada')
  await at(ada, '#/bots')
  await shoot('bots-0-empty', ada)
  await ada.page.getByRole('button', { name: 'New bot' }).click()
  await shoot('bots-0-new', ada)
  await ada.page.keyboard.press('Escape')
  const assistant = parse(await readFile('test/examples/acme/assistant.yaml', 'utf8')) as object
  const schedule = { id: 'paris', timeZone: 'Europe/Paris', intervals: [{ start: 1980, end: 2460 }] }
  await world.configure('schedule.paris', schedule)
  await world.configure('bot.assistant', assistant)
  await world.configure('bot.sales', { id: 'sales', name: 'Sales bot', external: { silence: 'PT30S' } })
  await world.configure('bot.survey', { id: 'survey', machine: 'survey' })
  await world.configure('bot.broken', { id: 'broken', answers: [{ id: 'welcome', steps: [] }] })
  const web = { id: 'web', name: 'Acme shop', schedule: 'paris', duringHours: asksForDetails }
  await world.configure('channel.web', { ...web, bot: 'assistant' })
  await world.configure('channel.mobile', { id: 'mobile', bot: 'assistant' })
  await world.configure('channel.old', { id: 'old', bot: 'gone' })
  for (const [look, options] of [
    ['', {}],
    ['-dark', dark],
    ['-phone', phone],
    ['-phone-dark', { ...phone, ...dark }],
    ['-french', { locale: 'fr-FR' }],
    ['-rtl', {}],
  ] as const) {
    const admin = look === '' ? ada : await adminAt('Ada', options)
    const { page } = admin
    if (look === '-rtl') await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'))
    await at(admin, '#/bots')
    await shoot(`bots-1-list${look}`, admin)
    await at(admin, '#/bots/assistant')
    const widget = page.locator('frontdesk-widget')
    await widget.getByRole('button', { name: 'Where is my order?' }).waitFor()
    await shoot(`bots-2-editor${look}`, admin)
    const source = page.locator('#bot-text')
    const text = await source.inputValue()
    await source.fill(
      text.replace('goTo: order\n', 'goTo: nowhere\n').replace('name: number', 'nmae: number'),
    )
    await page.locator('#problems').waitFor()
    await shoot(`bots-3-error${look}`, admin, true)
    await page.locator('#problems button').first().click()
    await shoot(`bots-3-error-line${look}`, admin)
    await source.fill(text.replace('greeting: Hi', '  greeting: Hi'))
    await page.locator('.line.wrong').first().waitFor()
    await shoot(`bots-4-no-yaml${look}`, admin)
    await source.fill(text.replace('paris', 'paris '))
    await page.locator('#problems').waitFor({ state: 'detached' })
    await widget.getByRole('button', { name: 'Where is my order?' }).click()
    await widget.locator('#field-0').fill('jose@example.com')
    await widget.locator('#field-1').fill('4711')
    await widget.locator('form button').click()
    await widget.getByText('under way').waitFor()
    await shoot(`bots-5-played${look}`, admin, true)
    await source.fill(text)
    await at(admin, '#/bots/sales')
    await shoot(`bots-6-external${look}`, admin)
    await page.locator('.deletion').click()
    await at(admin, '#/bots/assistant')
    await page.locator('.deletion').click()
    await shoot(`bots-7-delete${look}`, admin)
    await at(admin, '#/channels/web/responses')
    await widget.getByRole('button', { name: 'Where is my order?' }).waitFor()
    await shoot(`bots-8-channel${look}`, admin, true)
    await at(admin, '#/channels/old/responses')
    await shoot(`bots-8-channel-missing${look}`, admin)
    await at(admin, '#/channels')
    await shoot(`bots-9-channels${look}`, admin)
  }
  const admin = await adminAt('Ada', { allowed: /412/ })
  await at(admin, '#/bots/assistant')
  const source = admin.page.locator('#bot-text')
  await source.fill((await source.inputValue()).replace('What is it about?', 'What can I do for you?'))
  await world.configure('bot.assistant', { ...assistant, greeting: 'Hello!' })
  await admin.page.getByRole('heading', { name: 'Somebody else has saved' }).waitFor()
  await shoot('bots-9-conflict', admin)
}

async function inspector(): Promise<void> {
  const nobody = await newPage({ allowed: /401/ })
  await nobody.goto(`${gateway.url}/inspector`)
  await nobody.getByText('npx frontdesk sign-in').waitFor()
  await shoot('inspector-0-signed-out', nobody)
  const eve = await inspectorAt('Eve')
  await shoot('inspector-1-empty', eve)
  const assistant = parse(await readFile('test/examples/acme/assistant.yaml', 'utf8')) as object
  await world.configure('schedule.paris', { id: 'paris', timeZone: 'Europe/Paris', intervals: [] })
  await world.configure('bot.assistant', assistant)
  await world.configure('channel.mobile', { id: 'mobile', bot: 'assistant' })
  const shop = await newChannel()
  const names = ['José', 'Marta Fernández', 'Zoé', '田中さくら', 'Bob']
  const waiting = await Promise.all(names.map((name) => waitingCustomer(shop, name, longText)))
  await world.publish('botted', 'session.started', { channel: 'mobile', locale: 'en' })
  await world.publish('botted', 'session.option', { option: 'Where is my order?' })
  const agent = { id: 'ann', name: 'Ann' }
  const id = 'anvil-4711'
  const story: [type: string, payload: object | string][] = [
    ['session.started', { channel: shop, locale: 'en', page: { url: 'https://shop.example/anvils' } }],
    ['session.message', { text: longText }],
    ['session.details', { name: 'José', email: 'josé@example.com', topic: 'Support' }],
    ['session.details', { name: 'José', email: 'jose@example.com', topic: 'Support' }],
    ['agent.accepted', { agent, request: 1 }],
    ['agent.accepted', { agent: { id: 'bob', name: 'Bob' }, request: 1 }],
    ['session.message', '{"text": "not quite'],
    ['agent.message', { agent, text: 'Good morning José, I am sorry to hear that.' }],
    ['session.message', { text: 'Thanks for the quick answer 🙏' }],
    ['agent.message', { agent, text: 'Please keep it. I’ll send you a new one today.' }],
  ]
  const seqs: number[] = []
  for (const [type, payload] of story) seqs.push(await world.publish(id, type, payload))
  await until(async () => (await world.records(id)).length === story.length - 1)
  for (const [look, options] of [
    ['', {}],
    ['-dark', dark],
    ['-wide', { viewport: sizes.wide }],
    ['-phone', phone],
    ['-phone-dark', { ...phone, ...dark }],
  ] as const) {
    const inspector = look === '' ? eve : await inspectorAt('Eve', options)
    const { page } = inspector
    await inspector.goTo('Conversations')
    await page.getByRole('link', { name: waiting[0] as string, exact: true }).waitFor()
    await shoot(`inspector-2-find${look}`, inspector)
    await page.getByRole('searchbox').fill('nobody')
    await page.getByText('No conversation is like this').waitFor()
    await shoot(`inspector-2-find-none${look}`, inspector)
    await inspector.open(id)
    await inspector.drawing.waitFor()
    await shoot(`inspector-3-live${look}`, inspector, look.startsWith('-phone'))
    await inspector.open('botted')
    await inspector.drawing.waitFor()
    await shoot(`inspector-3-bot${look}`, inspector)
    await inspector.open(id, seqs[2])
    await inspector.drawing.waitFor()
    await shoot(`inspector-4-rejected${look}`, inspector)
    await inspector.button('Forward').click()
    await inspector.step.getByText('The whole context').click()
    await inspector.step.getByText('"need"').first().waitFor()
    await shoot(`inspector-4-step${look}`, inspector, look.startsWith('-phone'))
    await inspector.button('What if…').click()
    await shoot(`inspector-5-what-if${look}`, inspector)
    await inspector.button('Send to the copy').click()
    await page.getByText('A copy in memory, from event').waitFor()
    await page.getByLabel('What comes').selectOption('agent.accepted')
    await inspector.button('Send to the copy').click()
    await inspector.shows('agent.accepted')
    await shoot(`inspector-5-copy${look}`, inspector)
    await inspector.button('Discard the copy').first().click()
    await inspector.button('Show texts').click()
    await shoot(`inspector-6-reveal${look}`, inspector)
    await inspector.button('Cancel').click()
    for (const part of ['Waiting longest', 'Refused most'] as const) {
      await inspector.goTo(part)
      await page.getByRole('row').nth(1).waitFor()
      await shoot(`inspector-7-${part.toLowerCase().replace(' ', '-')}${look}`, inspector)
    }
    await inspector.goTo('Dead letters')
    await page.getByRole('button', { name: /^Show/ }).first().click()
    await page.getByText('What somebody typed is masked').waitFor()
    await shoot(`inspector-8-dead-letter${look}`, inspector)
    await inspector.button('Discard').click()
    await shoot(`inspector-8-discard${look}`, inspector)
    await inspector.button('Cancel').click()
    await page.getByRole('button', { name: /^Hide/ }).click()
  }
}

async function keysOf(): Promise<string[]> {
  return (await new Bucket(world.nats, 'configuration').list()).map(({ key }) => key)
}

async function newChannel(): Promise<string> {
  const id = `shop${++channels}`
  await world.configure(`channel.${id}`, { id, workspace: id, duringHours: asksForDetails })
  return id
}

/** Over NATS, as a widget's gateway does it. */
async function waitingCustomer(channel: string, name: string, need: string): Promise<string> {
  const id = `${channel}-${Math.random().toString(36).slice(2)}`
  await world.publish(id, 'session.started', { channel, locale: 'en' })
  await world.publish(id, 'session.message', { text: need })
  await world.publish(id, 'session.details', { name, email: 'someone@example.com', topic: 'Support' })
  await until(async () => (await world.openRequest(channel, id)) !== null)
  return id
}

async function newPage(options: PageOptions = {}): Promise<Page> {
  const complain = (complaint: string) => {
    if (!complaint.includes('WebSocket')) process.stderr.write(`${complaint}\n`)
  }
  return await (await openContext(browser, options, complain)).newPage()
}

async function customerAt(
  channel: string,
  options: PageOptions = {},
  more = '',
  url = gateway.url,
): Promise<CustomerPage> {
  const customer = new CustomerPage(await newPage(options))
  await customer.visit(`${url}/`, channel, more)
  return customer
}

async function deskAt(
  name: string,
  workspace: string,
  options: PageOptions = {},
  url = gateway.url,
): Promise<DeskPage> {
  const desk = new DeskPage(await newPage(options))
  await desk.page.goto(await signInLink(gateway, 'agent', name, `${url}/desk?workspace=${workspace}`))
  await desk.page.getByRole('navigation').waitFor()
  return desk
}

async function adminAt(name: string, options: PageOptions = {}): Promise<AdminPage> {
  const admin = new AdminPage(await newPage(options))
  await admin.page.goto(await signInLink(gateway, 'administrator', name, `${gateway.url}/admin`))
  await admin.page.getByRole('navigation').first().waitFor()
  return admin
}

async function inspectorAt(name: string, options: PageOptions = {}): Promise<InspectorPage> {
  const inspector = new InspectorPage(await newPage(options))
  await inspector.signIn(await signInLink(gateway, 'engineer', name, `${gateway.url}/inspector`))
  return inspector
}

async function at({ page }: AdminPage, hash: string): Promise<void> {
  await page.goto(`${gateway.url}/admin${hash}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

async function shoot(name: string, of: Page | { page: Page }, fullPage = false): Promise<void> {
  const page = 'page' in of ? of.page : of
  // What fades or is asked for a moment later is there by then.
  await sleep(700)
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage })
  process.stderr.write(`${name}\n`)
}

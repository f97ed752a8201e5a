import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { parse } from 'yaml'
import { Bucket } from '../../engine/nats/bucket.ts'
import { fillIn } from '../../engine/texts/fill.ts'
import type { MeasureName, MeasureNumbers, NumbersAnswer } from '../../schemas/protocol/numbers.ts'
import type { StaffRole } from '../../schemas/roles.ts'
import { upToDateBuild } from '../../workers/build/up-to-date-build.mjs'
import { until } from '../engine/test-world.ts'
import { startGatewayWorld } from '../gateway/test-gateway.ts'
import { portOf, startLine } from './breakable-line.ts'
import { launchBrowser, openContext, type PageOptions, phone, sizes } from './chromium/launch-browser.ts'
import { AdminPage } from './pages/admin-page.ts'
import { asksForDetails, CustomerPage } from './pages/customer-page.ts'
import { DeskPage, holdFrames } from './pages/desk-page.ts'
import { InspectorPage } from './pages/inspector-page.ts'

const chapters = { widget, desk, admin, bots, numbers, inspector, reference }
const usage = `npm run screenshots -- <folder> [${Object.keys(chapters).join('|')}]

Drives the pages into their main states, each in a real Chromium on a real gateway, and writes a PNG of each.`

const [folder = '', only] = process.argv.slice(2)
if (folder === '' || folder === '--help') {
  process.stdout.write(`${usage}\n`)
  process.exit(folder === '' ? 1 : 0)
}

/** The looks in which a state is drawn, by the end of the file's name. */
const looks = {
  '': {},
  '-dark': { colorScheme: 'dark' },
  '-french': { locale: 'fr-FR' },
  '-phone': phone,
  '-phone-dark': { ...phone, colorScheme: 'dark' },
  '-rtl': {},
  '-wide': { viewport: sizes.wide },
} satisfies Record<string, PageOptions>

const longText =
  'I ordered the No. 4 anvil on Monday and it arrived this morning with a crack right through the horn. The box was fine, so it must have left your forge like this. What shall I do with it: send it back (68 kg!) or keep it?'
const agent = { id: 'ann', name: 'Ann' }
const paris = { id: 'paris', timeZone: 'Europe/Paris', intervals: [{ start: 1980, end: 2460 }] }

await mkdir(folder, { recursive: true })
await upToDateBuild((line) => process.stderr.write(`${line}\n`))
const { world, gateway } = await startGatewayWorld()
const line = await startLine(portOf(gateway.url))
const browser = await launchBrowser()
let channelCount = 0
try {
  for (const [name, draw] of Object.entries(chapters)) if (!only || only === name) await draw()
} finally {
  await browser.close()
  await line.stop()
  await world.stop()
}

async function widget(): Promise<void> {
  const channel = await newChannel()
  for (const look of ['', '-phone'] as const)
    await shoot(`widget-0-demo${look}`, await customerAt(channel, looks[look]))
  for (const look of ['', '-dark', '-rtl', '-phone', '-phone-dark'] as const) {
    const shop = await newChannel()
    const customer = await customerAt(shop, looks[look], look === '-rtl' ? 'ar' : 'en')
    const { page, words } = customer
    await customer.open()
    await customer.sees(asksForDetails.firstMessage)
    await shoot(`widget-1-greeting${look}`, customer)
    await customer.say(longText)
    await customer.sendDetails({ name: '', email: 'josé@example.com' })
    await page.getByText(words.fieldErrors.email_accented).waitFor()
    await shoot(`widget-2-form-errors${look}`, customer)
    await waitingCustomer(shop, 'Marta', 'Before you')
    await customer.sendDetails()
    await page.getByText(fillIn(words.place, { position: '2' })).waitFor()
    await shoot(`widget-3-queued${look}`, customer)
    const id = await customer.conversation()
    await world.publish(id, 'agent.accepted', { agent })
    for (const text of [
      'Oh dear! Sorry to hear that.',
      'Please keep it. I’ll send you a new one today, and our driver takes the old one with him. 🔨',
    ])
      await world.publish(id, 'agent.message', { agent, text })
    await customer.sees('our driver')
    await customer.say('Wonderful, thank you!')
    await customer.hasDelivered('Wonderful, thank you!')
    world.nats.connection.publish(`frontdesk.typing.${id}.agent`, JSON.stringify({ name: 'Ann' }))
    await page.getByText(fillIn(words.typing, { name: 'Ann' })).waitFor({ state: 'attached' })
    await shoot(`widget-4-talking${look}`, customer)
    await customer.button(words.end).click()
    await shoot(`widget-5-end-question${look}`, customer)
    await world.publish(id, 'agent.ended', { agent })
    await customer.button(words.startAnew).waitFor()
    await shoot(`widget-6-ended${look}`, customer)
  }
  const french = await customerAt(await newChannel(), {}, 'fr')
  await french.page.getByRole('button', { name: 'Ouvrir la discussion' }).click()
  await french.page.getByLabel('Écrivez un message').fill('Mon enclume est cassée')
  await french.page.keyboard.press('Enter')
  await french.page.getByLabel('Topic').waitFor()
  await french.page.getByRole('button', { name: 'Envoyer' }).first().click()
  await french.page.getByText('Cette information est nécessaire.').first().waitFor()
  await shoot('widget-7-french', french)

  const offline = await customerAt(await newChannel(), {}, 'en', line.url)
  await offline.open()
  await offline.sees(asksForDetails.firstMessage)
  line.cut()
  await offline.isOffline.waitFor()
  await offline.say('Can you hear me?')
  await shoot('widget-8-offline', offline)
  line.mend()
  await offline.hasDelivered('Can you hear me?')

  const closed = await customerAt(await newChannel())
  await closed.open()
  await closed.sees(asksForDetails.firstMessage)
  await closed.page.keyboard.press('Escape')
  await world.publish(await closed.conversation(), 'session.message', { text: 'from elsewhere' })
  await closed.page.getByRole('button', { name: /new message/ }).waitFor()
  await shoot('widget-9-unread', closed)
}

async function desk(): Promise<void> {
  await shootSignedOut('desk')
  for (const look of ['', '-dark', '-phone'] as const) {
    const shop = await newChannel()
    const ann = await deskAt('Ann', shop, looks[look])
    await ann.hasNobodyWaiting()
    await shoot(`desk-1-empty${look}`, ann)
    const ids: Record<string, string> = {}
    for (const name of ['José', 'Marta Fernández de la Cruz y Montenegro', 'Zoé', '田中さくら', 'Bob']) {
      const need = name.startsWith('Marta') ? longText : `My ${name} anvil arrived broken`
      ids[name.split(' ')[0] as string] = await waitingCustomer(shop, name, need)
      await ann.request(name).waitFor()
    }
    const [marta, bobs] = [ids.Marta as string, ids.Bob as string]
    await shoot(`desk-2-waiting${look}`, ann)
    await ann.pick('Marta')
    await ann.sees('through the horn')
    await shoot(`desk-3-reading${look}`, ann)
    await ann.acceptButton.click()
    await ann.say('Good morning Marta, I am sorry to hear that.')
    await ann.sees('Good morning Marta')
    await world.publish(marta, 'session.message', { text: 'Thanks for the quick answer 🙏' })
    await ann.sees('quick answer')
    await ann.composer.fill('We will send')
    await shoot(`desk-4-conversation${look}`, ann)
    await ann.act('Release')
    await shoot(`desk-5-release${look}`, ann)
    await ann.page.keyboard.press('Escape')
    await ann.page.getByRole('dialog').waitFor({ state: 'hidden' })
    await ann.page.keyboard.press('Alt+I')
    await ann.note.fill('Knows the refund code')
    await ann.note.press('Enter')
    await ann.sees('refund code')
    await ann.note.fill('Called yesterday, too')
    await shoot(`desk-6-note${look}`, ann)
    await ann.act('Transfer')
    await shoot(`desk-6-transfer${look}`, ann)
    await ann.page.keyboard.press('Escape')
    if (look === '-phone') {
      await ann.page.getByRole('button', { name: 'Customer', exact: true }).click()
      await shoot(`desk-6-customer${look}`, ann)
      continue
    }
    await ann.page.setViewportSize(sizes.wide)
    for (const name of ['José', 'Zoé']) await ann.accept(name)
    await world.publish(ids.José as string, 'session.message', { text: 'Are you there?' })
    await ann.section('Mine').getByText('Are you there?').waitFor()
    await shoot(`desk-7-several${look}`, ann)
    for (const button of ['Team', 'Alerts', 'Keyboard', 'Your account']) {
      await ann.page.getByRole('banner').getByRole('button', { name: button }).click()
      await shoot(`desk-7-${button.toLowerCase().replace(' ', '-')}${look}`, ann)
      await ann.page.keyboard.press('Escape')
    }
    await ann.page.setViewportSize({ width: 1000, height: 800 })
    await shoot(`desk-7-narrow${look}`, ann)
    await ann.page.setViewportSize(sizes.desktop)
    await ann.composer.fill('Dear Zoé, we')
    await world.publish(ids.Zoé as string, 'agent.accepted', {
      agent: { id: 'bella', name: 'Bella' },
      request: 1,
      takeOver: true,
    })
    await ann.page.getByText('Bella has taken this over from you.').waitFor()
    await shoot(`desk-8-taken-over${look}`, ann)
    const accepting = await holdFrames(ann.page, 'accept')
    await ann.page.reload()
    await ann.pick('Bob')
    await ann.acceptButton.click()
    await until(() => accepting.count() === 1)
    await world.publish(bobs, 'agent.accepted', { agent: { id: 'bella', name: 'Bella' }, request: 1 })
    accepting.release()
    await ann.page.getByText('Bella accepted this request a moment ago.').waitFor()
    await shoot(`desk-8-race-lost${look}`, ann)
  }
  const shop = await newChannel()
  await waitingCustomer(shop, 'José', longText)
  const cut = await deskAt('Ann', shop, {}, line.url)
  await cut.accept('José')
  line.cut()
  await cut.isOffline.waitFor()
  await cut.say('Written while the network was gone')
  await shoot('desk-9-reconnecting', cut)
  line.mend()
  const french = await deskAt('Ann', shop, looks['-french'])
  await french.request('José').click()
  await shoot('desk-9-french', french)
}

async function admin(): Promise<void> {
  await clearConfiguration()
  await shootSignedOut('admin')
  const ada = await adminAt()
  for (const page of ['channels', 'schedules', 'keys']) {
    await ada.go(`#/${page}`)
    await shoot(`admin-1-empty-${page}`, ada)
  }
  await ada.goTo('Channels')
  await ada.button('Configure a channel').click()
  await shoot('admin-1-new-channel', ada)
  await ada.page.keyboard.press('Escape')

  await world.configure('schedule.paris', {
    ...paris,
    name: 'Paris office',
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
  const web = { id: 'web', name: 'Acme shop', schedule: 'paris', duringHours: asksForDetails }
  await world.configure('channel.web', {
    ...web,
    type: 'web',
    outsideHours: {
      firstMessage: 'We’re closed until {{nextOpen}}. Leave us a message.',
      customerDetails: ['email'],
    },
  })
  const mobile = { id: 'mobile', type: 'mobile', workspace: 'apps', schedule: 'gone' }
  await world.configure('channel.mobile', mobile)
  await world.configure('workspace.main', {
    id: 'main',
    routing: 'assigned',
    schedule: 'paris',
    overflow: { workspace: 'apps', queue: 20, wait: 'PT10M' },
  })
  await world.configure('channel.phone-support', { id: 'phone-support' })
  const { kid } = await gateway.identity.keys.create('Shop server')
  for (const look of ['', '-dark', '-phone', '-french'] as const) {
    const admin = look === '' ? ada : await adminAt(looks[look])
    for (const [name, place] of [
      ['channels', 'channels'],
      ['responses', 'channels/web/responses'],
      ['responses-new', 'channels/unheard-of/responses'],
      ['reminders', 'channels/web/reminders'],
      ['settings', 'channels/web/settings'],
      ['schedules', 'schedules'],
      ['schedule', 'schedules/paris'],
      ['workspaces', 'workspaces'],
      ['workspace', 'workspaces/main'],
      ['import', 'import'],
      ['keys', 'keys'],
    ]) {
      await admin.go(`#/${place}`)
      await shoot(`admin-2-${name}${look}`, admin, true)
    }
  }
  for (const look of ['', '-phone'] as const) {
    const admin = await adminAt({ ...looks[look], allowed: /status of 4(22|12)/ })
    const { page } = admin
    await admin.go('#/channels/web/responses')
    await admin.firstMessage().waitFor()
    await admin.firstMessage().fill('a'.repeat(5000))
    await admin.saveButton.click()
    await page.getByRole('heading', { name: 'Not saved' }).waitFor()
    await shoot(`admin-3-errors${look}`, admin)
    await admin.firstMessage().fill('Mine')
    const duringHours = { ...asksForDetails, firstMessage: `Theirs${look}` }
    await world.configure('channel.web', { ...web, duringHours })
    await admin.conflict.waitFor()
    await shoot(`admin-4-conflict${look}`, admin)
    await admin.link('Schedules').click()
    await page.getByRole('dialog', { name: 'Your changes are not saved' }).waitFor()
    await shoot(`admin-5-leaving${look}`, admin)
    await admin.button('Leave without saving').click()
    await admin.go('#/schedules/paris')
    await (await admin.askToDelete('schedule')).getByText('will count as always open').waitFor()
    await shoot(`admin-6-delete-schedule${look}`, admin)
    await admin.go('#/import')
    const schedules = [
      { id: 1, name: 'Berlin', time_zone: 'Berlin', intervals: [{ start_time: 1980, end_time: 2460 }] },
      { id: 2, name: 'Vacant', time_zone: 'London', intervals: [] },
    ]
    await page.getByLabel('Or paste it here').fill(JSON.stringify({ schedules }))
    await admin.button('Show what it makes').click()
    await page.getByRole('heading', { name: '2 schedules' }).waitFor()
    await shoot(`admin-7-import${look}`, admin, true)
    await admin.go('#/keys')
    await page.getByLabel('New key').fill('App server')
    await admin.button('Create key').click()
    await page.getByRole('heading', { name: 'is ready' }).waitFor()
    await shoot(`admin-8-key-created${look}`, admin, true)
    await admin.button('I have kept it').click()
    await admin.button('Revoke Shop server').click()
    await shoot(`admin-9-revoke${look}`, admin)
  }
  await gateway.identity.keys.revoke(kid)
}

async function bots(): Promise<void> {
  await clearConfiguration()
  const ada = await adminAt()
  await ada.go('#/bots')
  await shoot('bots-0-empty', ada)
  await ada.button('New bot').click()
  await shoot('bots-0-new', ada)
  await ada.page.keyboard.press('Escape')
  const assistant = await configureAssistant()
  await world.configure('bot.sales', { id: 'sales', name: 'Sales bot', external: { silence: 'PT30S' } })
  await world.configure('bot.survey', { id: 'survey', machine: 'survey' })
  await world.configure('bot.broken', { id: 'broken', answers: [{ id: 'welcome', steps: [] }] })
  const web = { id: 'web', name: 'Acme shop', schedule: 'paris', duringHours: asksForDetails }
  await world.configure('channel.web', { ...web, bot: 'assistant' })
  await world.configure('channel.old', { id: 'old', bot: 'gone' })
  for (const look of ['', '-dark', '-phone', '-phone-dark', '-french', '-rtl'] as const) {
    const admin = look === '' ? ada : await adminAt(looks[look])
    const { page } = admin
    if (look === '-rtl') await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'))
    const widget = page.locator('frontdesk-widget')
    const question = widget.getByRole('button', { name: 'Where is my order?' })
    const source = page.locator('#bot-text')
    const shootAt = async (place: string, name: string, fullPage = false) => {
      await admin.go(`#/${place}`)
      await shoot(`${name}${look}`, admin, fullPage)
    }
    await shootAt('bots', 'bots-1-list')
    await admin.go('#/bots/assistant')
    await question.waitFor()
    await shoot(`bots-2-editor${look}`, admin)
    const text = await source.inputValue()
    await source.fill(
      text.replace('goTo: order\n', 'goTo: nowhere\n').replace('name: number', 'nmae: number'),
    )
    await page.locator('#problems').waitFor()
    await shoot(`bots-3-error${look}`, admin, true)
    await page.locator('#problems button').first().click()
    await shoot(`bots-3-error-line${look}`, admin)
    await source.fill(text.replace('greeting: Hi', '  greeting: Hi'))
    await page.locator('#problems').waitFor()
    await shoot(`bots-4-no-yaml${look}`, admin)
    await source.fill(text.replace('paris', 'paris '))
    await page.locator('#problems').waitFor({ state: 'detached' })
    await question.click()
    await widget.locator('#field-0').fill('jose@example.com')
    await widget.locator('#field-1').fill('4711')
    await widget.locator('form button').click()
    await widget.getByText('under way').waitFor()
    await shoot(`bots-5-played${look}`, admin, true)
    await source.fill(text)
    await shootAt('bots/sales', 'bots-6-external')
    await admin.go('#/bots/assistant')
    await page.getByRole('button', { name: /^(Delete bot|Supprimer le bot)$/ }).click()
    await shoot(`bots-7-delete${look}`, admin)
    await admin.go('#/channels/web/responses')
    await question.waitFor()
    await shoot(`bots-8-channel${look}`, admin, true)
    await shootAt('channels/old/responses', 'bots-8-channel-missing')
    await shootAt('channels', 'bots-9-channels')
  }
  const admin = await adminAt({ allowed: /status of 412/ })
  await admin.go('#/bots/assistant')
  await admin.bot.replace('What is it about?', 'What can I do for you?')
  await world.configure('bot.assistant', { ...assistant, greeting: 'Hello!' })
  await admin.conflict.waitFor()
  await shoot('bots-9-conflict', admin)
}

async function numbers(): Promise<void> {
  const page = async (options: PageOptions, query: string) => {
    const opened = await newPage(options)
    await opened.goto(await signInLink('agent', 'Ann', `${gateway.url}/numbers`))
    await opened.getByText('Nothing to count yet').or(opened.getByText('Rien à compter')).waitFor()
    if (query === '') return opened
    await opened.route('**/v1/numbers?*', (route) => route.fulfill({ json: exampleNumbers() }))
    await opened.evaluate((hash) => {
      location.hash = hash
    }, query)
    await opened.getByRole('img').first().waitFor()
    return opened
  }
  await shoot('numbers-1-empty', await page({}, ''))
  for (const look of ['', '-dark', '-french', '-wide', '-phone', '-phone-dark'] as const) {
    await shoot(`numbers-2-today${look}`, await page(looks[look], '#/?measure=firstReply'), true)
    const week = await page(looks[look], '#/?days=7')
    await shoot(`numbers-3-week${look}`, week, true)
  }
  const small = await page({ ...phone, viewport: { width: 320, height: 640 } }, '#/?days=7')
  await small.getByText('Show as a table').first().click()
  await shoot('numbers-4-small', small, true)
  await shoot('numbers-5-forced-colors', await page({ forcedColors: 'active' }, '#/?days=7'), true)
}

async function reference(): Promise<void> {
  const places = {
    start: '',
    route: 'http/saveDocument',
    event: 'message/agent.accepted',
    frames: 'message/desk.send',
  }
  for (const look of ['', '-dark', '-phone', '-phone-dark'] as const)
    for (const [name, id] of Object.entries(places)) {
      const opened = await newPage(looks[look])
      await opened.goto(`${gateway.url}/reference#/${id}`)
      await opened.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
      await shoot(`reference-${name}${look}`, opened)
    }
}

/** The numbers of a week that is as weeks are: calm mornings, a rush after lunch. */
function exampleNumbers(): NumbersAnswer {
  const minutes = { accept: 1.2, wait: 1.4, firstReply: 2.6, reply: 1.9, abandoned: 4.5 }
  const numbersOf = (name: MeasureName, part: number): MeasureNumbers => {
    const times = (at: number, share: number) => {
      const rush = 1 + 1.5 * Math.exp(-(((at % 24) - 14) ** 2) / 6) + (at % 5) / 8
      const median = Math.round(minutes[name] * 60_000 * rush)
      return {
        count: Math.max(1, Math.round(part * share * rush)),
        median,
        p90: Math.round(median * (2.1 + (at % 3) / 4)),
      }
    }
    const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)
    return {
      name,
      ...times(16, 60),
      hours: Array.from({ length: 10 }, (_, n) => ({ hour: n + 8, ...times(n + 8, 9) })),
      days: Array.from({ length: 6 }, (_, n) => ({ day: day(5 - n), ...times(n + 8, 12) })),
    }
  }
  const measures = ['accept', 'wait', 'firstReply', 'reply', 'abandoned'] as const
  const all = (part: number) =>
    measures.map((name) => numbersOf(name, part * (name === 'abandoned' ? 0.06 : name === 'reply' ? 4 : 1)))
  return {
    channels: [
      ['main', 'web', 4],
      ['main', 'mobile', 2],
      ['sales', 'shop', 1],
    ].flatMap(([workspace, channel, part]) =>
      all(Number(part)).map((numbers) => ({ workspace: `${workspace}`, channel: `${channel}`, ...numbers })),
    ),
    totals: all(7),
    ratings: [],
    timeZones: ['Europe/Paris'],
  }
}

async function inspector(): Promise<void> {
  await shootSignedOut('inspector')
  const eve = await inspectorAt()
  await shoot('inspector-1-empty', eve)
  await configureAssistant()
  const shop = await newChannel()
  const names = ['José', 'Marta Fernández', 'Zoé', '田中さくら', 'Bob']
  const waiting = await Promise.all(names.map((name) => waitingCustomer(shop, name, longText)))
  await world.publish('botted', 'session.started', { channel: 'mobile', locale: 'en' })
  await world.publish('botted', 'session.option', { option: 'Where is my order?' })
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
  for (const look of ['', '-dark', '-wide', '-phone', '-phone-dark'] as const) {
    const inspector = look === '' ? eve : await inspectorAt(looks[look])
    const { page } = inspector
    await inspector.goTo('Conversations')
    await page.getByRole('link', { name: waiting[0] as string, exact: true }).waitFor()
    await shoot(`inspector-2-find${look}`, inspector)
    await page.getByRole('searchbox').fill('nobody')
    await page.getByText('No conversation is like this').waitFor()
    await shoot(`inspector-2-find-none${look}`, inspector)
    for (const [name, conversation, at] of [
      ['3-live', id, undefined],
      ['3-bot', 'botted', undefined],
      ['4-rejected', id, seqs[2]],
    ] as const) {
      await inspector.open(conversation, at)
      await inspector.drawing.waitFor()
      await shoot(`inspector-${name}${look}`, inspector, name === '3-live' && look.startsWith('-phone'))
    }
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

async function clearConfiguration(): Promise<void> {
  const bucket = new Bucket(world.nats, 'configuration')
  await Promise.all((await bucket.list()).map(({ key }) => bucket.purge(key)))
}

/** The example's bot, on the channel `mobile`. */
async function configureAssistant(): Promise<object> {
  const assistant = parse(await readFile('test/examples/acme/assistant.yaml', 'utf8')) as object
  await world.configure('schedule.paris', paris)
  await world.configure('bot.assistant', assistant)
  await world.configure('channel.mobile', { id: 'mobile', bot: 'assistant' })
  return assistant
}

async function newChannel(): Promise<string> {
  const id = `shop${++channelCount}`
  await world.configure(`channel.${id}`, { id, workspace: id, duringHours: asksForDetails })
  return id
}

/** A customer who waits, without a page. */
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
  language: 'en' | 'fr' | 'ar' = 'en',
  url = gateway.url,
) {
  const customer = new CustomerPage(await newPage(options), language)
  await customer.visit(url, channel, `&lang=${language}`)
  return customer
}

async function deskAt(name: string, workspace: string, options: PageOptions = {}, url = gateway.url) {
  const desk = new DeskPage(await newPage(options))
  await desk.signIn(await signInLink('agent', name, `${url}/desk?workspace=${workspace}`))
  return desk
}

async function adminAt(options: PageOptions = {}): Promise<AdminPage> {
  const admin = new AdminPage(await newPage(options))
  await admin.signIn(await signInLink('administrator', 'Ada', `${gateway.url}/admin`))
  return admin
}

async function inspectorAt(options: PageOptions = {}): Promise<InspectorPage> {
  const inspector = new InspectorPage(await newPage(options))
  await inspector.signIn(await signInLink('engineer', 'Eve', `${gateway.url}/inspector`))
  return inspector
}

async function signInLink(role: StaffRole, name: string, url: string): Promise<string> {
  const principal = { role, id: name.toLowerCase(), name, workspaces: 'all' as const }
  return `${url}#code=${await gateway.identity.createCode(principal, 60)}`
}

async function shootSignedOut(name: 'desk' | 'admin' | 'inspector'): Promise<void> {
  const page = await newPage({ allowed: /status of 401/ })
  await page.goto(`${gateway.url}/${name}`)
  await page.getByText('npx frontdesk sign-in').waitFor()
  await shoot(`${name}-0-signed-out`, page)
}

async function shoot(name: string, of: Page | { page: Page }, fullPage = false): Promise<void> {
  const page = 'page' in of ? of.page : of
  // Fonts and animations settle, and answers that come a moment later arrive.
  await sleep(700)
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage })
  process.stderr.write(`${name}\n`)
}

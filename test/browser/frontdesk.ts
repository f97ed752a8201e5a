import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { Channel } from '../../schemas/configuration/channel.ts'
import type { StaffRole } from '../../schemas/roles.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { startTestGateway } from '../gateway/test-gateway.ts'
import { type BreakableLine, portOf, startLine } from './breakable-line.ts'
import { findChromium } from './chromium/find-chromium.ts'
import { launchBrowser, openContext, type PageOptions } from './chromium/launch-browser.ts'
import { AdminPage } from './pages/admin-page.ts'
import { asksForDetails, CustomerPage } from './pages/customer-page.ts'
import { DeskPage } from './pages/desk-page.ts'
import { InspectorPage } from './pages/inspector-page.ts'

/** The complaints of a page whose connection the test cuts. */
export const connectionLost = /WebSocket connection to|net::ERR_|EventSource/

type ConfigurationKind = 'channel' | 'schedule' | 'calendar' | 'bot' | 'workspace' | 'reply'
type ConfigurationDocument = { id: string } & Record<string, unknown>

export interface OpenOptions extends PageOptions {
  /** The gateway's URL; without it, that of the worker's gateway. */
  url?: string
}

interface Shared {
  world: TestWorld
  gateway: Gateway
  browser: Browser
}

/** What all test files of a worker share: one nats-server with an engine and a notifier, one gateway, one Chromium. */
const sharedTest = test
  .extend('partitions', { scope: 'worker' }, 4)
  .extend('world', { scope: 'worker' }, async ({ partitions }, { onCleanup }) => {
    const world = await startTestWorld(partitions)
    onCleanup(() => world.stop())
    await world.startEngine()
    await world.startNotifier()
    return world
  })
  .extend('gateway', { scope: 'worker' }, async ({ world }, { onCleanup }) => {
    const gateway = await startTestGateway(world)
    onCleanup(() => gateway.stop())
    return gateway
  })
  .extend('chromium', { scope: 'worker' }, () => findChromium())
  .extend('browser', { scope: 'worker' }, async ({ chromium }, { onCleanup }) => {
    const browser = await launchBrowser(chromium)
    onCleanup(() => browser.close())
    return browser
  })

/** The number of tests that this worker has begun. */
let testCount = 0

/** Opens frontdesk for the tests of a file. A test fails if one of its pages has complained of anything. */
export function useFrontdesk(): Frontdesk {
  const frontdesk = new Frontdesk()
  sharedTest.beforeAll(({ world, gateway, browser }) => {
    frontdesk.share({ world, gateway, browser })
  })
  beforeEach(() => frontdesk.begin(`t${++testCount}`))
  afterEach(({ task }) => frontdesk.end(task.result?.state === 'fail'))
  return frontdesk
}

/**
 * The shared frontdesk as one test uses it. A test has its own browser contexts, and its own `id`, from which it
 * makes the names of its channels, workspaces, schedules, bots and conversations.
 */
class Frontdesk {
  #shared: Shared | undefined
  #id = ''
  #channelCount = 0
  #customerCount = 0
  #contexts: BrowserContext[] = []
  #complaints: string[] = []
  #cleanups: (() => Promise<unknown>)[] = []

  share(shared: Shared): void {
    this.#shared = shared
  }

  begin(id: string): void {
    this.#id = id
    this.#channelCount = 0
    this.#customerCount = 0
  }

  async end(hasFailed: boolean): Promise<void> {
    const [contexts, complaints, cleanups] = [this.#contexts, this.#complaints, this.#cleanups]
    this.#contexts = []
    this.#complaints = []
    this.#cleanups = []
    if (hasFailed) await writeScreenshots(contexts)
    await Promise.all(contexts.map((context) => context.close()))
    for (const cleanup of cleanups.reverse()) await cleanup()
    expect(complaints).toEqual([])
  }

  get id(): string {
    return this.#id
  }
  get world(): TestWorld {
    return this.#started.world
  }
  get gateway(): Gateway {
    return this.#started.gateway
  }
  get #started(): Shared {
    if (!this.#shared) throw new Error('frontdesk starts before the first test of a file')
    return this.#shared
  }

  /** Runs after the test, once its pages are closed. */
  onEnd(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup)
  }

  /** Opens a page in a new context. */
  async newPage(options: PageOptions = {}): Promise<Page> {
    const complain = (complaint: string) => this.#complaints.push(complaint)
    const context = await openContext(this.#started.browser, options, complain)
    this.#contexts.push(context)
    return await context.newPage()
  }

  /** Stores a document of the configuration. */
  async configure(kind: ConfigurationKind, document: ConfigurationDocument): Promise<void> {
    await this.world.configure(`${kind}.${document.id}`, document)
  }

  /** Reads a document of the configuration; `null` where none is stored. */
  async stored(kind: ConfigurationKind, id = this.id): Promise<ConfigurationDocument | null> {
    const entry = await new Bucket(this.world.nats, 'configuration').get(`${kind}.${id}`)
    return entry ? JSON.parse(entry.value) : null
  }

  /** Deletes all documents of the configuration, for a test of empty lists. */
  async clearConfiguration(): Promise<void> {
    const bucket = new Bucket(this.world.nats, 'configuration')
    for (const { key } of await bucket.list()) await bucket.delete(key)
  }

  /** Configures a channel, and a workspace of the same name. */
  async newChannel(channel: Partial<Channel> = { duringHours: asksForDetails }): Promise<string> {
    const id = `${this.id}-${++this.#channelCount}`
    await this.configure('channel', { id, workspace: id, ...channel })
    return id
  }

  /** A link with a one-time code. */
  async signInLink(role: StaffRole, name: string, url: string, workspaces: string[] | 'all' = 'all') {
    const principal = { role, id: name.toLowerCase(), name, workspaces }
    return `${url}#code=${await this.gateway.identity.createCode(principal, 60)}`
  }

  async openCustomer(
    channel: string,
    { url = this.gateway.url, language, ...options }: OpenOptions & { language?: 'en' | 'fr' | 'ar' } = {},
  ): Promise<CustomerPage> {
    const customer = new CustomerPage(await this.newPage(options), language)
    await customer.visit(url, channel, language && `&lang=${language}`)
    return customer
  }

  /** A customer who waits for an agent. */
  async openWaitingCustomer(
    channel: string,
    { name, need, ...options }: OpenOptions & { name?: string; need?: string } = {},
  ): Promise<CustomerPage> {
    const customer = await this.openCustomer(channel, options)
    await customer.waitInQueue(need, name)
    return customer
  }

  /** A customer who waits for an agent, as `openWaitingCustomer`, without a page. Returns the conversation. */
  async newWaitingCustomer(
    channel: string,
    { name = 'José', need = 'My anvil is broken' } = {},
  ): Promise<string> {
    const conversation = `${channel}-${++this.#customerCount}`
    await this.world.publish(conversation, 'session.started', { channel, locale: 'en' })
    await this.world.publish(conversation, 'session.message', { text: need })
    const details = { name, email: 'jose@example.com', topic: 'Support' }
    await this.world.publish(conversation, 'session.details', details)
    await until(async () => (await this.world.openRequest(channel, conversation))?.state === 'waiting')
    return conversation
  }

  async openDesk(
    name: string,
    workspace: string,
    { url = this.gateway.url, ...options }: OpenOptions = {},
  ): Promise<DeskPage> {
    const desk = new DeskPage(await this.newPage(options))
    await desk.signIn(await this.signInLink('agent', name, `${url}/desk?workspace=${workspace}`))
    return desk
  }

  async openAdmin(
    hash = '',
    { url = this.gateway.url, name = 'Ada', ...options }: OpenOptions & { name?: string } = {},
  ): Promise<AdminPage> {
    const admin = new AdminPage(await this.newPage(options))
    await admin.signIn(await this.signInLink('administrator', name, `${url}/admin`))
    if (hash !== '') await admin.go(hash)
    return admin
  }

  async openInspector({ url = this.gateway.url, ...options }: OpenOptions = {}): Promise<InspectorPage> {
    const inspector = new InspectorPage(await this.newPage(options))
    await inspector.signIn(await this.signInLink('engineer', 'Eve', `${url}/inspector`))
    return inspector
  }

  /** A line to the worker's gateway that can be cut. */
  async startLine(): Promise<BreakableLine> {
    const line = await startLine(portOf(this.gateway.url))
    this.onEnd(() => line.stop())
    return line
  }

  /** A gateway that the test may stop and start again, at a URL that stays the same. */
  async startGateway(): Promise<{ url: string; stop(): Promise<void>; start(): Promise<void> }> {
    let running: Gateway | undefined = await startTestGateway(this.world)
    const line = await startLine(portOf(running.url))
    const stop = async () => {
      line.cut()
      await running?.stop()
      running = undefined
    }
    const start = async () => {
      running = await startTestGateway(this.world)
      line.mend(portOf(running.url))
    }
    this.onEnd(() => stop().then(() => line.stop()))
    return { url: line.url, stop, start }
  }
}

/** The texts on the conversation's record that such an author wrote. */
export async function textsOf(
  world: TestWorld,
  conversation: string,
  author: 'bot' | 'agent' | 'customer',
): Promise<(string | undefined)[]> {
  const messages = (await world.records(conversation)).flatMap((record) => record.messages ?? [])
  return messages.filter((message) => message.author.type === author).map(({ text }) => text)
}

/** Writes screenshots of the pages of a test that has failed. */
async function writeScreenshots(contexts: BrowserContext[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'frontdesk-failed-'))
  const pages = contexts.flatMap((context) => context.pages())
  for (const [index, page] of pages.entries())
    await page.screenshot({ path: join(folder, `${index + 1}.png`) }).catch(() => {})
  process.stderr.write(`screenshots of the failed test: ${folder}\n`)
}

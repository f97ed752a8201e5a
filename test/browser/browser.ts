import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axeCore from 'axe-core'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { findChromium } from './find-chromium.ts'

export const sizes = {
  desktop: { width: 1280, height: 800 },
  wide: { width: 1680, height: 900 },
  phone: { width: 390, height: 844 },
}

export interface PageOptions extends BrowserContextOptions {
  /** What the console may complain of: a connection that the test cuts, a save that is to be refused. */
  allowed?: RegExp
}

/** For a hook that launches a browser: where there is none, it is fetched first. */
export const launchMsMax = 15 * 60_000

/** A real Chromium, with nobody to talk to but the gateway. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A browser for the tests of a file. A test after which a page has complained of anything has failed. */
export function testBrowser() {
  let browser: Browser
  let contexts: BrowserContext[] = []
  let complaints: string[] = []
  // Stories have many steps; each is waited for on its own.
  vi.setConfig({ testTimeout: 90_000 })
  beforeAll(async () => {
    browser = await launchBrowser()
  }, launchMsMax)
  afterEach(async ({ task }) => {
    const found = complaints
    if (task.result?.state === 'fail') await show(contexts)
    await Promise.all(contexts.map((context) => context.close()))
    contexts = []
    complaints = []
    expect(found).toEqual([])
  })
  afterAll(() => browser?.close())
  return {
    /** In a browser of somebody's own; `page.context().newPage()` is another tab of theirs. */
    newPage: async (options: PageOptions = {}): Promise<Page> => {
      const context = await openContext(browser, options, (complaint) => complaints.push(complaint))
      contexts.push(context)
      return await context.newPage()
    },
  }
}

/** Says what its pages complain of: errors, requests that failed, and requests to anybody else. */
export async function openContext(
  browser: Browser,
  { allowed, ...options }: PageOptions,
  complain: (complaint: string) => void,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: sizes.desktop,
    // A page is judged as it stands, not on its way there.
    reducedMotion: 'reduce',
    ...options,
  })
  context.setDefaultTimeout(15_000)
  const say = (complaint: string) => {
    if (!allowed?.test(complaint)) complain(complaint)
  }
  const check = (url: string) => {
    const { protocol, hostname } = new URL(url)
    if (!['data:', 'blob:', 'about:'].includes(protocol) && hostname !== '127.0.0.1')
      complain(`a request to another host: ${url}`)
  }
  context.on('console', (message) => {
    if (message.type() === 'error') say(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => say(String(error.error().stack ?? error.error())))
  context.on('request', (request) => check(request.url()))
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? ''
    // Of a page that was left.
    if (why !== 'net::ERR_ABORTED') say(`${request.method()} ${request.url()}: ${why}`)
  })
  context.on('page', (page) => page.on('websocket', (socket) => check(socket.url())))
  return context
}

/** What axe finds by the rules of WCAG 2.2 AA and those of good practice, open shadow roots included. */
export async function axe(page: Page): Promise<string[]> {
  // Not a script tag: the pages allow none but their own.
  await page.evaluate(axeCore.source)
  return await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axeCore }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

/** Whether the page fits into its window's width. */
export async function fits(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
}

/** Presses Tab until this has the focus: nothing is reached that a keyboard does not reach. */
export async function tabTo(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  for (let pressed = 0; pressed < 80; pressed++) {
    if (await hasFocus(target)) return
    await page.keyboard.press(key)
  }
  throw new Error(`Tab does not come to ${target}`)
}

export async function hasFocus(target: Locator): Promise<boolean> {
  if ((await target.count()) === 0) return false
  return await target.evaluate(
    (element) => (element.getRootNode() as Document | ShadowRoot).activeElement === element,
  )
}

/** What the pages of a test that has failed looked like then. */
async function show(contexts: BrowserContext[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'frontdesk-failed-'))
  const pages = contexts.flatMap((context) => context.pages())
  for (const [index, page] of pages.entries())
    await page.screenshot({ path: join(folder, `${index + 1}.png`) }).catch(() => {})
  process.stderr.write(`the pages as they were: ${folder}\n`)
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchBrowser, openContext } from '../browser/chromium/launch-browser.ts'
import { codeFor, startGatewayProcess } from '../browser/gateway-process.ts'
import { startTestWorld, until } from '../engine/test-world.ts'
import { freePort } from '../test-server.ts'
import { percentile, print, readOptions } from './report.ts'

const usage = `npm run bench:desk -- [options]

Prints one JSON line per workload, in Chromium, on a gateway in a process of its own. An agent has conversations of
100 messages each, and others wait:
  message  from a customer's message, as it reaches the page, to the frame that shows it: in the conversation that is
           shown, and in the list
  floor    the intervals between frames of a page at rest: what no page is better than
  scroll   the same while the list of those who wait is scrolled through, an eighth of it a frame
  work     what a step of scrolling takes: style and layout, without painting
  busy     the same while messages arrive, ten a second

  --waiting N   requests that wait (default 300)
  --mine N      conversations of the agent's own (default 8)
  --messages N  customers' messages that are measured (default 400)
  --help`

const { waiting, mine, messages } = readOptions(usage, { waiting: 300, mine: 8, messages: 400 })
const framesMeasured = 600

const agent = { id: 'ann', name: 'Ann' }
const idOf = (n: number) => `desk-${n}`
const data = await mkdtemp(join(tmpdir(), 'frontdesk-bench-'))
const world = await startTestWorld()
await world.startEngine()
await world.startNotifier()
for (let n = 0; n < mine + waiting; n++) {
  await world.publish(idOf(n), 'session.started', { channel: 'web', locale: 'en' })
  await world.publish(idOf(n), 'session.message', { text: `My anvil No. ${n} arrived broken` })
}
for (let n = 0; n < mine; n++) {
  await world.publish(idOf(n), 'agent.accepted', { agent })
  for (let i = 0; i < 50; i++) {
    await world.publish(idOf(n), 'agent.message', { agent, text: `Answer ${i} about an anvil` })
    await world.publish(idOf(n), 'session.message', { text: `Question ${i} about an anvil` })
  }
}
const last = mine + waiting - 1
await until(async () => (await world.openRequest('main', idOf(last)))?.state === 'waiting', 120_000)
const gateway = await startGatewayProcess(world, await freePort(), {
  FRONTDESK_DATA: data,
  LOG_LEVEL: 'warn',
})
const browser = await launchBrowser()
try {
  const context = await openContext(browser, { reducedMotion: 'no-preference' }, (complaint) =>
    process.stderr.write(`${complaint}\n`),
  )
  // tsx gives functions their names by it, also those that run in the page.
  await context.addInitScript({ content: 'globalThis.__name = (given) => given' })
  await context.addInitScript(stampMessages)
  const page = await context.newPage()
  await page.goto(`${gateway.url}/desk#code=${await codeFor(world, 'agent', 'Ann')}`)
  await page.getByRole('region', { name: 'Waiting' }).getByText(String(waiting), { exact: true }).waitFor()
  await page.getByRole('region', { name: 'Mine' }).getByRole('button').first().click()
  await page.getByRole('log').getByText('Question 49').waitFor()
  for (const [place, conversation] of [
    ['conversation', idOf(0)],
    ['list', idOf(1)],
  ] as const) {
    const times: number[] = []
    for (let i = 0; i < messages / 2; i++) {
      const text = `${place} ${i}`
      const shown = shownAfter(page, text)
      await world.publish(conversation, 'session.message', { text })
      times.push(await shown)
    }
    print({ workload: 'message', place, waiting, mine, messages: times.length, ...spread(times) })
  }
  print({ workload: 'floor', ...frames(await intervals(page, false)) })
  print({ workload: 'scroll', ...frames(await intervals(page, true)) })
  print({ workload: 'work', steps: framesMeasured, ...spread(await scrollTimes(page)) })
  let isBusy = true
  const talk = (async () => {
    for (let i = 0; isBusy; i++) {
      await world.publish(idOf(i % mine), 'session.message', { text: `busy ${i}` })
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  print({ workload: 'busy', ...frames(await intervals(page, false)) })
  isBusy = false
  await talk
} finally {
  await browser.close()
  await gateway.kill()
  await world.stop()
  await rm(data, { recursive: true, force: true })
}
process.exit(0)

/** Notes when each frame of the gateway's reaches the page, before the page's own listener. */
function stampMessages(): void {
  const arrived: { at: number; data: string }[] = []
  Object.assign(window, { arrived })
  const Native = WebSocket
  window.WebSocket = class extends Native {
    constructor(url: string | URL) {
      super(url)
      this.addEventListener('message', ({ data }) => {
        arrived.push({ at: performance.now(), data: String(data) })
      })
    }
  }
}

/** Waits until a text is on the screen; returns the milliseconds since its frame reached the page. */
async function shownAfter(page: Page, text: string): Promise<number> {
  return await page.evaluate(async (text) => {
    const root = document.querySelector('frontdesk-desk')?.shadowRoot as ShadowRoot
    const { arrived } = window as unknown as { arrived: { at: number; data: string }[] }
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    const isShown = () =>
      [...root.querySelectorAll('.transcript .group:last-of-type .text, .own .need')].some(
        (element) => element.textContent === text,
      )
    while (!isShown()) await frame()
    // A drawing of this frame is on the screen by the next one.
    await frame()
    const at = arrived.find(({ data }) => data.includes(`"${text}"`))?.at
    if (at === undefined) throw new Error(`no frame has ${text}`)
    arrived.length = 0
    return performance.now() - at
  }, text)
}

/** The intervals between frames, in milliseconds. */
async function intervals(page: Page, scrolls: boolean): Promise<number[]> {
  return await page.evaluate(
    async ([scrolls, count]) => {
      const root = document.querySelector('frontdesk-desk')?.shadowRoot as ShadowRoot
      const scroller = root.querySelector('.rest') as HTMLElement
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
      scroller.scrollTop = 0
      await frame()
      const found: number[] = []
      let down = true
      let last = await frame()
      for (let i = 0; i < count; i++) {
        if (scrolls) {
          scroller.scrollTop += (down ? 1 : -1) * (scroller.clientHeight / 8)
          const { scrollTop, scrollHeight, clientHeight } = scroller
          if (scrollTop <= 0 || scrollTop + clientHeight >= scrollHeight - 1) down = scrollTop <= 0
        }
        const now = await frame()
        found.push(now - last)
        last = now
      }
      return found
    },
    [scrolls, framesMeasured] as const,
  )
}

async function scrollTimes(page: Page): Promise<number[]> {
  return await page.evaluate(async (count) => {
    const root = document.querySelector('frontdesk-desk')?.shadowRoot as ShadowRoot
    const scroller = root.querySelector('.rest') as HTMLElement
    const found: number[] = []
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      const { scrollTop, scrollHeight, clientHeight } = scroller
      const startedAt = performance.now()
      scroller.scrollTop = scrollTop + clientHeight >= scrollHeight - 1 ? 0 : scrollTop + clientHeight / 8
      scroller.querySelector('.request')?.getBoundingClientRect()
      found.push(performance.now() - startedAt)
    }
    return found
  }, framesMeasured)
}

function frames(found: number[]) {
  return { frames: found.length, ...spread(found) }
}

function spread(times: number[]) {
  const at = (share: number) => Math.round(percentile(times, share) * 10) / 10
  return { p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1) }
}

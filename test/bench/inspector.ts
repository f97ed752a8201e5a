import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchBrowser, openContext } from '../browser/chromium/launch-browser.ts'
import { codeFor, startGatewayProcess } from '../browser/gateway-process.ts'
import { startTestWorld, until } from '../engine/test-world.ts'
import { freePort } from '../test-server.ts'
import { percentile, print, readOptions } from './report.ts'

const usage = `npm run bench:inspector -- [options]

Prints one JSON line per workload, in Chromium, on a gateway in a process of its own:
  open    from the choice of a conversation to its first events on the screen, to its machine, and to its last
          event, live; on a gateway that has just begun (cold), and later
  floor   the intervals between frames of a page at rest: what no page is better than
  scroll  the same while its list is scrolled through, a window's height in four frames
  step    what a step of the replay takes: script, style and layout, without painting
  play    the intervals between frames while it is replayed, a step a frame

  --events N   of the conversation (default 5000)
  --rounds N   of open (default 5)
  --help`

const { events, rounds } = readOptions(usage, { events: 5_000, rounds: 5 })
const framesMeasured = 600
const stepsMeasured = 300

const conversation = 'long'
const data = await mkdtemp(join(tmpdir(), 'frontdesk-bench-'))
const world = await startTestWorld()
await world.startEngine()
await world.startNotifier()
await converse()
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
  const page = await context.newPage()
  await page.goto(`${gateway.url}/inspector#code=${await codeFor(world, 'engineer', 'Eve')}`)
  await page.getByRole('link', { name: conversation, exact: true }).waitFor()
  const opened: Opened[] = []
  for (let round = 0; round < rounds; round++) opened.push(await open(page))
  // Nobody has looked at the machine before, and the gateway has just begun.
  const [cold, ...warm] = opened
  for (const what of ['shownMs', 'drawnMs', 'liveMs'] as const)
    print({ workload: 'open', events, what, coldMs: cold?.[what], ...spread(warm.map((one) => one[what])) })
  print({ workload: 'floor', ...frames(await intervals(page, 'rest')) })
  print({ workload: 'scroll', ...frames(await intervals(page, 'scroll')) })
  print({ workload: 'step', steps: stepsMeasured, ...spread(await stepTimes(page)) })
  print({ workload: 'play', ...frames(await intervals(page, 'play')) })
} finally {
  await browser.close()
  await gateway.kill()
  await world.stop()
  await rm(data, { recursive: true, force: true })
}
process.exit(0)

/** As long as there is somebody to talk to. */
async function converse(): Promise<void> {
  const agent = { id: 'ann', name: 'Ann' }
  const publish = (type: string, payload: object) => world.publish(conversation, type, payload)
  await publish('session.started', { channel: 'web', locale: 'en' })
  await publish('session.message', { text: 'My anvil arrived broken' })
  await publish('agent.accepted', { agent, request: 1 })
  for (let i = 3; i < events; i++) {
    const text = `Text ${i} of a long conversation about an anvil`
    if (i % 2 === 0) await publish('session.message', { text })
    else await publish('agent.message', { agent, text })
  }
  await until(async () => (await world.records(conversation)).length === events, 300_000)
}

interface Opened {
  /** To the first events. */
  shownMs: number
  drawnMs: number
  /** To all events. */
  liveMs: number
}

/** How long it takes from the list, as the page's own clock says it. */
async function open(page: Page): Promise<Opened> {
  await page.evaluate(() => {
    location.hash = '#/'
  })
  await page.getByRole('link', { name: conversation, exact: true }).waitFor()
  return await page.evaluate(
    async ([id, count]) => {
      const root = document.querySelector('frontdesk-inspector')?.shadowRoot
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const startedAt = performance.now()
      location.hash = `#/c/${id}`
      const found = { shownMs: 0, drawnMs: 0, liveMs: 0 }
      while (Object.values(found).includes(0)) {
        const isLive = root?.querySelector('.standing.live')
        const isThere = {
          shownMs: root?.querySelector('.event'),
          drawnMs: root?.querySelector('frontdesk-machine'),
          liveMs: isLive && root?.querySelector(`#event-${Number(count) - 1}`),
        }
        // A drawing of this frame is on the screen by the next one.
        await frame()
        const now = Math.round(performance.now() - startedAt)
        for (const what of ['shownMs', 'drawnMs', 'liveMs'] as const)
          if (isThere[what] && found[what] === 0) found[what] = now
      }
      return found
    },
    [conversation, String(events)] as const,
  )
}

/** The intervals between frames, in milliseconds. */
async function intervals(page: Page, does: 'rest' | 'scroll' | 'play'): Promise<number[]> {
  return await page.evaluate(
    async ([does, count]) => {
      const root = document.querySelector('frontdesk-inspector')?.shadowRoot as ShadowRoot
      const scroller = root.querySelector('.scroller') as HTMLElement
      const button = (name: string) => root.querySelector<HTMLElement>(`.button.${name}`)
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
      if (does === 'scroll') scroller.scrollTop = 0
      if (does === 'play') {
        const speed = root.querySelector('#speed') as HTMLSelectElement
        speed.value = 'frames'
        speed.dispatchEvent(new Event('change'))
        button('first')?.click()
        await frame()
        button('play')?.click()
      }
      await frame()
      const found: number[] = []
      let last = await frame()
      for (let i = 0; i < count; i++) {
        if (does === 'scroll') scroller.scrollTop += scroller.clientHeight / 4
        const now = await frame()
        found.push(now - last)
        last = now
      }
      if (does === 'play') button('pause')?.click()
      return found
    },
    [does, framesMeasured] as const,
  )
}

async function stepTimes(page: Page): Promise<number[]> {
  return await page.evaluate(async (count) => {
    const root = document.querySelector('frontdesk-inspector')?.shadowRoot as ShadowRoot
    const part = (name: string) => root.querySelector(name) as Element & { updateComplete: Promise<unknown> }
    root.querySelector<HTMLElement>('.button.first')?.click()
    const found: number[] = []
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      const startedAt = performance.now()
      root.querySelector<HTMLElement>('.button.forward')?.click()
      for (const name of ['conversation', 'events', 'step', 'transport'])
        await part(`inspector-${name}`).updateComplete
      await part('frontdesk-machine').updateComplete
      // Style and layout of all that has changed.
      part('inspector-step').getBoundingClientRect()
      part('frontdesk-machine').shadowRoot?.querySelector('svg')?.getBoundingClientRect()
      found.push(performance.now() - startedAt)
    }
    return found
  }, stepsMeasured)
}

function frames(found: number[]) {
  return { frames: found.length, ...spread(found) }
}

function spread(times: number[]) {
  const at = (share: number) => percentile(times, share)
  return { p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1) }
}

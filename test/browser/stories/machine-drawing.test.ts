import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { chartOf } from '../../../engine/machines/chart.ts'
import type { Drawing } from '../../../schemas/protocol/drawing.ts'
import { layOut } from '../../../workers/diagram/lay-out.ts'
import { machines, parallelMachine } from '../../diagram/machines.ts'
import { type PageOptions, sizes } from '../chromium/launch-browser.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'
import { DrawingPage } from '../pages/drawing-page.ts'

const app = useFrontdesk()

const parallel = await layOut(chartOf(parallelMachine))
const acme = await layOut(chartOf(machines.acmeBot as never))

async function openDrawing(drawing: Drawing, options: PageOptions = {}): Promise<DrawingPage> {
  const page = new DrawingPage(await app.newPage(options))
  await page.open(drawing)
  return page
}

test('a machine’s drawing has each state and transition once, under its name', async () => {
  const { element } = await openDrawing(parallel)
  const idsOf = (attribute: string) =>
    element
      .locator(`svg [${attribute}]`)
      .evaluateAll((all, name) => all.map((one) => one.getAttribute(name)), attribute)
  expect(await idsOf('data-state')).toEqual(parallel.states.map(({ id }) => id))
  expect(await idsOf('data-arrow')).toEqual(parallel.arrows.map(({ id }) => id))
})

test('a step lights its states and transitions, and nothing of the step before', async () => {
  const page = await openDrawing(parallel)
  const lit = (kind: string) =>
    page.element
      .locator(`svg .${kind}`)
      .evaluateAll((all) => all.map((one) => Object.values({ ...(one as SVGElement).dataset })))
  await page.light(['shipment', 'shipment.paused'], ['shipment.open order.paused 0'])
  expect(await lit('active')).toEqual([['shipment'], ['shipment.paused']])
  expect(await lit('taken')).toEqual([['shipment.open order.paused 0']])
  await page.light(['shipment', 'shipped'])
  expect(await lit('active')).toEqual([['shipment'], ['shipped']])
  expect(await lit('taken')).toEqual([])
})

test('a machine is drawn once: a step changes the same elements', async () => {
  const page = await openDrawing(parallel)
  const first = page.element.locator('svg .state').first()
  await first.evaluate((element) => Object.assign(element, { isKept: true }))
  await page.light(['shipment'])
  expect(await first.evaluate((element) => (element as Element & { isKept?: boolean }).isKept)).toBe(true)
})

test('a machine’s drawing says in words which states are active, and where each transition leads', async () => {
  const page = await openDrawing(parallel)
  await page.light(['shipment', 'shipment.paused'])
  await page.page.getByRole('img', { name: 'Statechart of shipment, active: paused' }).waitFor()
  const item = page.element.locator('li[aria-current=true]').last()
  await expect
    .poll(() => item.textContent())
    .toBe('paused; order.asked / sayThatItIsPaused; order.resumed → before; 7 d → cancelled')
  expect(await axe(page.page)).toEqual([])
})

test('the active state is scrolled into sight, and one that is in sight stays where it is', async () => {
  const page = await openDrawing(acme)
  const top = () => page.view.evaluate(({ scrollTop }) => scrollTop)
  await page.light(['bot:assistant', 'bot:assistant.queued'])
  await page.scrollToActive()
  const there = await top()
  expect(there).toBeGreaterThan(1000)
  const [box, frame] = await Promise.all([
    page.element.locator('[data-state="bot:assistant.queued"]').first().boundingBox(),
    page.view.boundingBox(),
  ])
  expect((box?.y ?? 0) >= (frame?.y ?? 0) && (box?.y ?? 0) < (frame?.y ?? 0) + (frame?.height ?? 0)).toBe(
    true,
  )
  await page.scrollToActive()
  expect(await top()).toBe(there)
})

test('a machine’s drawing is moved and zoomed with keys, buttons, the wheel and the mouse', async () => {
  const page = await openDrawing(acme)
  const width = async () => (await page.element.locator('svg.frontdesk-machine').boundingBox())?.width ?? 0
  const top = () => page.view.evaluate(({ scrollTop }) => scrollTop)
  const before = await width()
  await page.view.focus()
  await page.page.keyboard.press('+')
  await expect.poll(width).toBeCloseTo(before * 1.25, 0)
  await page.page.getByRole('button', { name: 'Zoom out' }).click()
  await expect.poll(width).toBeCloseTo(before, 0)
  await page.view.hover()
  await page.page.keyboard.down('Control')
  await page.page.mouse.wheel(0, -50)
  await page.page.keyboard.up('Control')
  await expect.poll(width).toBeGreaterThan(before)
  await page.page.getByRole('button', { name: 'Fit to width' }).click()
  await expect.poll(width).toBeCloseTo(before, 0)
  await page.page.mouse.move(600, 500)
  await page.page.mouse.down()
  await page.page.mouse.move(600, 200, { steps: 3 })
  await page.page.mouse.up()
  await expect.poll(top).toBe(300)
  await page.view.focus()
  await page.page.keyboard.press('ArrowUp')
  await expect.poll(top).toBeLessThan(300)
})

test('all of a machine’s drawing is shown below its buttons, and the active state stays in sight when it is resized', async () => {
  const page = await openDrawing(acme)
  const svg = page.element.locator('svg.frontdesk-machine')
  const inView = async (locator: Locator) => {
    const [box, frame] = await Promise.all([locator.boundingBox(), page.view.boundingBox()])
    if (!box || !frame) return false
    return box.y >= frame.y - 1 && box.y + box.height <= frame.y + frame.height + 1
  }
  await page.page.getByRole('button', { name: 'Show all' }).click()
  await expect.poll(() => inView(svg)).toBe(true)
  const tools = await page.page.getByRole('button', { name: 'Show all' }).boundingBox()
  expect((tools?.y ?? 0) + (tools?.height ?? 0)).toBeLessThanOrEqual((await svg.boundingBox())?.y ?? 0)

  const queued = page.element.locator('[data-state="bot:assistant.queued"]').first()
  await page.page.getByRole('button', { name: 'Fit to width' }).click()
  await page.light(['bot:assistant', 'bot:assistant.queued'])
  await page.scrollToActive()
  await page.page.setViewportSize({ width: 700, height: 500 })
  await expect.poll(() => inView(queued)).toBe(true)
})

test('on a phone a machine’s drawing opens at its beginning, large enough to be read', async () => {
  const { element, page } = await openDrawing(acme, { viewport: sizes.phone })
  expect((await element.locator('svg.frontdesk-machine').boundingBox())?.width).toBeCloseTo(
    acme.width * 0.6,
    0,
  )
  const dot = await element.locator('.beginning .dot').first().boundingBox()
  expect(dot?.x).toBeGreaterThan(0)
  expect(dot?.x).toBeLessThan(page.viewportSize()?.width ?? 0)
})

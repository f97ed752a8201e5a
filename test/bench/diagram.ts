import type { AnyStateMachine } from 'xstate'
import { chartOf } from '../../engine/machines/chart.ts'
import type { Drawing } from '../../schemas/protocol/drawing.ts'
import { Drawings } from '../../workers/diagram/drawings.ts'
import { launchBrowser } from '../browser/chromium/launch-browser.ts'
import { DrawingPage } from '../browser/pages/drawing-page.ts'
import { machines, topicsBot } from '../diagram/machines.ts'
import { percentile, print, readOptions, rounded } from './report.ts'

const usage = `npm run bench:diagram

Prints one JSON line per workload:
  layout    a machine laid out: the first of all (ELK starts in its thread), then from the cache
  longest   how long the program's own loop stood still meanwhile
  redraw    a step of a replay in a page, until it is painted, in Chromium`

readOptions(usage, {})

/** Sixty steps in twenty answers, which lead on, back, and to a person. */
const sixtySteps = topicsBot('sixty', 20, (index) => ({ 'Another topic': `topic${(index * 7 + 3) % 20}` }))

const drawings = new Drawings()
for (const [name, machine] of Object.entries({ sixtySteps, ...machines })) await layout(name, machine)
await redraw('sixtySteps', sixtySteps)

async function layout(name: string, machine: AnyStateMachine): Promise<void> {
  const definition = { name, machine }
  let stoodMs = 0
  let last = performance.now()
  const watch = setInterval(() => {
    stoodMs = Math.max(stoodMs, performance.now() - last - 5)
    last = performance.now()
  }, 5)
  const firstMs = await timeOf(() => drawings.of(definition))
  clearInterval(watch)
  const cachedMs = await timeOf(() => drawings.of(definition))
  const { states, arrows, width, height } = await drawings.of(definition)
  const size = { states: states.length, transitions: arrows.length, width, height }
  print({ workload: 'layout', machine: name, ...size, firstMs, cachedMs, stoodStillMs: rounded(stoodMs) })
}

async function redraw(name: string, machine: AnyStateMachine): Promise<void> {
  const drawing = await drawings.of({ name, machine })
  const browser = await launchBrowser()
  try {
    const page = new DrawingPage(await browser.newPage({ viewport: { width: 1280, height: 800 } }))
    await page.open(drawing)
    const times = await page.timesOf(stepsOf(machine, drawing))
    const at = (share: number) => percentile(times, share)
    print({
      workload: 'redraw',
      machine: name,
      states: drawing.states.length,
      steps: times.length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
    })
  } finally {
    await browser.close()
  }
}

/** As a replay has them: each transition with the states around the one that it leads to. */
function stepsOf(machine: AnyStateMachine, { arrows }: Drawing): { active: string[]; taken: string[] }[] {
  const around = new Map<string, string[]>()
  const visit = (state: ReturnType<typeof chartOf>['root'], outer: string[]) => {
    around.set(state.id, [...outer, state.id])
    for (const child of state.children) visit(child, [...outer, state.id])
  }
  visit(chartOf(machine).root, [])
  return arrows.map(({ id, from, to }) => ({ active: around.get(to ?? from) ?? [], taken: [id] }))
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return rounded(performance.now() - from)
}

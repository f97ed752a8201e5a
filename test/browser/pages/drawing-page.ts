import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Locator, Page } from 'playwright-core'
import type { Drawing } from '../../../schemas/protocol/drawing.ts'

const base = fileURLToPath(new URL('../../../workers/pages/base/', import.meta.url))
const tokens = ['tokens.css', 'page.css']
  .map((file) => readFileSync(`${base}styles/${file}`, 'utf8').replaceAll(':host', ':root'))
  .join('')

/** What `<frontdesk-machine>` is to a page that has it. */
interface MachineDrawing extends HTMLElement {
  drawing: Drawing
  updateComplete: Promise<boolean>
  scrollToActive(): void
}

/** A page with a machine's drawing and nothing else. */
export class DrawingPage {
  readonly page: Page
  readonly element: Locator
  readonly view: Locator

  constructor(page: Page) {
    this.page = page
    this.element = page.locator('frontdesk-machine')
    this.view = this.element.locator('.view')
  }

  async open(drawing: Drawing): Promise<void> {
    const { outputFiles } = await build({
      entryPoints: [`${base}drawing/machine-drawing.ts`],
      bundle: true,
      write: false,
      format: 'iife',
      loader: { '.css': 'text' },
    })
    await this.page.setContent(
      `<!doctype html><html lang="en"><title>A machine</title><meta name="color-scheme" content="light dark">
      <style>${tokens} body { margin: 0 } frontdesk-machine { height: 90vh }</style>
      <main><h1>A machine</h1><frontdesk-machine></frontdesk-machine></main>`,
    )
    await this.page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
    await this.element.evaluate(async (element, drawing) => {
      const machine = element as MachineDrawing
      machine.drawing = drawing
      await machine.updateComplete
    }, drawing)
  }

  async light(active: string[], taken: string[] = []): Promise<void> {
    await this.element.evaluate(
      async (element, { active, taken }) => {
        const machine = element as MachineDrawing
        Object.assign(machine, { active, taken })
        await machine.updateComplete
      },
      { active, taken },
    )
  }

  async scrollToActive(): Promise<void> {
    await this.element.evaluate((element) => (element as MachineDrawing).scrollToActive())
  }

  /** How long steps take, each until it is painted, in milliseconds. */
  async timesOf(steps: { active: string[]; taken: string[] }[]): Promise<number[]> {
    return await this.element.evaluate(async (element, steps) => {
      const machine = element as MachineDrawing
      const times: number[] = []
      for (const step of steps)
        await new Promise<void>((resolve) => {
          requestAnimationFrame(async () => {
            const from = performance.now()
            Object.assign(machine, step)
            await machine.updateComplete
            const { port1, port2 } = new MessageChannel()
            // A task that comes after the frame was painted.
            port1.onmessage = () => {
              times.push(performance.now() - from)
              resolve()
            }
            port2.postMessage(null)
          })
        })
      return times
    }, steps)
  }
}

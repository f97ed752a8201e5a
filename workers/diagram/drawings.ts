import { createHash } from 'node:crypto'
import { type Chart, chartOf } from '../../engine/machines/chart.ts'
import { definitionHash } from '../../engine/machines/definition-hash.ts'
import type { Definition } from '../../engine/machines/definitions.ts'
import type { Drawing } from '../../schemas/protocol/drawing.ts'
import { layOut } from './lay-out.ts'

/** The most drawings that are cached; the least recently used goes first. A large one takes about 200 kB. */
const drawingsMax = 200
/** The time before a failed drawing is tried again, in milliseconds: a failure may take many seconds. */
const failedForMs = 5 * 60_000

interface CachedDrawing {
  drawing: Promise<Drawing>
  /** How many wait for it. */
  waiting: number
  /** Ends its layout. */
  layout: AbortController
}

/** Drawings of machines: each version is laid out once, also for concurrent requests. */
export class Drawings {
  readonly #known = new Map<string, CachedDrawing>()

  /**
   * Throws LayoutFailed.
   *
   * @param signal aborts when the caller no longer waits; a layout without a caller is ended
   */
  async of({ name, machine }: Pick<Definition, 'name' | 'machine'>, signal?: AbortSignal): Promise<Drawing> {
    return await this.#drawing(`${name} ${definitionHash(machine)}`, () => chartOf(machine), signal)
  }

  /** Draws a chart. Throws LayoutFailed. */
  async ofChart(chart: Chart, signal?: AbortSignal): Promise<Drawing> {
    const key = createHash('sha256').update(JSON.stringify(chart)).digest('base64')
    return await this.#drawing(key, () => chart, signal)
  }

  async #drawing(key: string, chart: () => Chart, signal: AbortSignal | undefined): Promise<Drawing> {
    const cached = this.#known.get(key) ?? this.#begin(key, chart())
    // Moves the entry to the end, so that the first entry is the least recently used.
    this.#known.delete(key)
    this.#known.set(key, cached)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= drawingsMax) break
      this.#known.delete(oldest)
    }
    const leave = () => {
      if (--cached.waiting > 0) return
      cached.layout.abort()
      this.#forget(key, cached)
    }
    cached.waiting++
    signal?.addEventListener('abort', leave)
    try {
      return await cached.drawing
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }

  #begin(key: string, chart: Chart): CachedDrawing {
    const layout = new AbortController()
    const drawing = layOut(chart, layout.signal)
    const cached: CachedDrawing = { drawing, waiting: 0, layout }
    drawing.catch(() => setTimeout(() => this.#forget(key, cached), failedForMs).unref())
    return cached
  }

  #forget(key: string, cached: CachedDrawing): void {
    if (this.#known.get(key) === cached) this.#known.delete(key)
  }
}

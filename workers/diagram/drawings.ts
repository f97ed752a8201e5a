import { chartOf } from '../../engine/machines/chart.ts'
import { definitionHash } from '../../engine/machines/definition-hash.ts'
import type { Definition } from '../../engine/machines/definitions.ts'
import type { Drawing } from '../../schemas/protocol/drawing.ts'
import { layOut } from './lay-out.ts'

/** The most drawings that are cached; the least recently used goes first. A large one takes about 200 kB. */
const drawingsMax = 200
/** The time before a failed drawing is tried again, in milliseconds: a failure may take many seconds. */
const failedForMs = 5 * 60_000

/** Drawings of machines: each version is laid out once, also for concurrent requests. */
export class Drawings {
  readonly #known = new Map<string, Promise<Drawing>>()

  /** Throws LayoutFailed. */
  async of({ name, machine }: Pick<Definition, 'name' | 'machine'>): Promise<Drawing> {
    const key = `${name} ${definitionHash(machine)}`
    const isNew = !this.#known.has(key)
    const drawing = this.#known.get(key) ?? layOut(chartOf(machine))
    // Moves the entry to the end, so that the first entry is the least recently used.
    this.#known.delete(key)
    this.#known.set(key, drawing)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= drawingsMax) break
      this.#known.delete(oldest)
    }
    if (isNew) drawing.catch(() => setTimeout(() => this.#known.delete(key), failedForMs).unref())
    return drawing
  }
}

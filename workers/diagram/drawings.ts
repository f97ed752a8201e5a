import { chartOf } from '../../engine/machines/chart.ts'
import { definitionHash } from '../../engine/machines/definition-hash.ts'
import type { Definition } from '../../engine/machines/definitions.ts'
import type { Drawing } from '../../schemas/protocol/drawing.ts'
import { layOut } from './lay-out.ts'

/** So many drawings are kept, those that were asked for last. A large one takes some 200 kB. */
const drawingsMax = 200
/** So long is a machine that could not be drawn not tried again: it may take many seconds to fail. */
const failedForMs = 5 * 60_000

/** Drawings of machines: each version is laid out once, whoever asks meanwhile. */
export class Drawings {
  readonly #known = new Map<string, Promise<Drawing>>()

  /** Throws LayoutFailed. */
  async of({ name, machine }: Pick<Definition, 'name' | 'machine'>): Promise<Drawing> {
    const key = `${name} ${definitionHash(machine)}`
    const isNew = !this.#known.has(key)
    const drawing = this.#known.get(key) ?? layOut(chartOf(machine))
    // Behind all others: the first one is the one that was not asked for the longest.
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

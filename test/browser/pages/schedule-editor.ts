import type { Locator, Page } from 'playwright-core'

/** A weekday, 0 is Sunday, and an hour of it. */
type WeekPoint = [weekday: number, hour: number]

/** The editor of a schedule. */
export class ScheduleEditor {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  /** Hours on the drawn week, such as `Monday 09:00–17:00`. */
  block(name: string): Locator {
    return this.#page.getByRole('button', { name })
  }

  /** A point of the drawn week, in pixels of the window. */
  async point([weekday, hour]: WeekPoint): Promise<[x: number, y: number]> {
    const column = this.#page.locator(`[data-day="${weekday}"]`)
    await column.scrollIntoViewIfNeeded()
    const box = await column.boundingBox()
    if (!box) throw new Error('the week has no such column')
    return [box.x + box.width / 2, box.y + (box.height * hour) / 24]
  }

  /** `grip`: the pixels from the first point down to where the pointer takes hold. */
  async drag(from: WeekPoint, to: WeekPoint, grip = 0): Promise<void> {
    const [start, end] = [await this.point(from), await this.point(to)]
    const { mouse } = this.#page
    await mouse.move(start[0], start[1] + grip)
    await mouse.down()
    await mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, { steps: 3 })
    await mouse.move(...end, { steps: 3 })
    await mouse.up()
  }
}

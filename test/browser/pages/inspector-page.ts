import type { Locator, Page } from 'playwright-core'

/** An engineer at the inspector. */
export class InspectorPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** By a link with a one-time code. */
  async signIn(link: string): Promise<void> {
    await this.page.goto(link)
    await this.page.getByRole('navigation', { name: 'Inspector' }).waitFor()
  }

  async goTo(page: 'Conversations' | 'Waiting longest' | 'Refused most' | 'Dead letters'): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Inspector' }).getByRole('link', { name: page }).click()
    await this.page.getByRole('heading', { name: page, level: 1 }).waitFor()
  }

  /** A conversation, at an event or live. */
  async open(conversation: string, at?: number): Promise<void> {
    await this.page.evaluate(
      (hash) => {
        location.hash = hash
      },
      `#/c/${conversation}${at === undefined ? '' : `?at=${at}`}`,
    )
    await this.page.getByRole('heading', { name: conversation, level: 1 }).waitFor()
    await this.chosen.waitFor()
  }

  /** The list of events. */
  get events(): Locator {
    return this.page.getByRole('listbox', { name: 'Events' })
  }

  /** The event that is looked at, in the list. */
  get chosen(): Locator {
    return this.events.getByRole('option', { selected: true })
  }

  /** Whether all of it is in sight. */
  async isChosenSeen(): Promise<boolean> {
    const row = await this.chosen.boundingBox()
    const list = await this.events.boundingBox()
    if (!row || !list) return false
    // A border is half a pixel here and there.
    return row.y >= list.y - 1 && row.y + row.height <= list.y + list.height + 1
  }

  /** The event that is looked at, in detail. */
  get step(): Locator {
    return this.page.getByRole('region', { name: 'Event', exact: true })
  }

  get drawing(): Locator {
    return this.page.locator('frontdesk-machine')
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  /** The names of the states that are lit, outer ones first. */
  async active(): Promise<string[]> {
    return await this.drawing
      .locator('li[aria-current]')
      .evaluateAll((items) => items.map((item) => item.getAttribute('data-state') ?? ''))
  }

  /** Waits until it is this event that is looked at. */
  async shows(type: string): Promise<void> {
    await this.step.getByRole('heading', { name: type, level: 2, exact: true }).waitFor()
  }

  /** The place in the recording: `3 / 12`. */
  get position(): Locator {
    return this.page.locator('inspector-transport output')
  }
}

import type { Locator, Page } from 'playwright-core'

/** An administrator at the administration. */
export class AdminPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** By a link with a one-time code. */
  async signIn(link: string): Promise<void> {
    await this.page.goto(link)
    await this.page.getByRole('navigation', { name: 'Administration' }).waitFor()
  }

  async goTo(page: 'Channels' | 'Schedules' | 'Bots' | 'Keys'): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Administration' })
      .getByRole('link', { name: page })
      .click()
    await this.page.getByRole('heading', { name: page, level: 1 }).waitFor()
  }

  async openChannel(id: string): Promise<void> {
    await this.goTo('Channels')
    await this.page.getByRole('link', { name: id, exact: true }).click()
    await this.page.getByRole('heading', { name: id, level: 1 }).waitFor()
  }

  /** A field of a channel's response. */
  response(hours: 'During' | 'Outside', field: 'First message' | 'Follow-up message'): Locator {
    return this.page.getByRole('group', { name: `${hours} opening hours` }).getByLabel(field, { exact: true })
  }

  async newSchedule(name: string): Promise<void> {
    await this.goTo('Schedules')
    await this.page.getByRole('button', { name: 'New schedule' }).click()
    await this.page.getByRole('dialog').getByLabel('Name').fill(name)
    await this.page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click()
    await this.page.getByRole('heading', { name, level: 1 }).waitFor()
  }

  async newBot(name: string): Promise<void> {
    await this.goTo('Bots')
    await this.page.getByRole('button', { name: 'New bot' }).click()
    await this.page.getByRole('dialog').getByLabel('Name').fill(name)
    await this.page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click()
    await this.page.getByRole('heading', { name, level: 1 }).waitFor()
  }

  /** The text of a bot. */
  get botText(): Locator {
    return this.page.getByRole('textbox', { name: 'The bot, as text' })
  }

  /** The widget of a preview. */
  get preview(): Locator {
    return this.page.getByRole('complementary', { name: 'Preview' }).locator('frontdesk-widget')
  }

  /** Saves what is edited, and waits until it is. */
  async save(): Promise<void> {
    await this.page.getByRole('button', { name: 'Save', exact: true }).click()
    await this.page.getByText('Saved', { exact: true }).waitFor()
  }
}

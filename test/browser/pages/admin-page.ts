import type { Locator, Page } from 'playwright-core'
import { BotEditor } from './bot-editor.ts'
import { ScheduleEditor } from './schedule-editor.ts'

/** An administrator at the administration. */
export class AdminPage {
  readonly page: Page
  readonly schedule: ScheduleEditor
  readonly bot: BotEditor

  constructor(page: Page) {
    this.page = page
    this.schedule = new ScheduleEditor(page)
    this.bot = new BotEditor(page)
  }

  /** By a link with a one-time code. */
  async signIn(link: string): Promise<void> {
    await this.page.goto(link)
    await this.page.getByRole('navigation').first().waitFor()
  }

  /** To an address of the administration, such as `#/channels`. */
  async go(hash: string): Promise<void> {
    await this.page.evaluate((hash) => {
      location.hash = hash
    }, hash)
    await this.page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
  }

  async goTo(page: 'Channels' | 'Schedules' | 'Workspaces' | 'Bots' | 'Keys'): Promise<void> {
    await this.link(page).click()
    await this.title(page).waitFor()
  }

  title(name: string): Locator {
    return this.page.getByRole('heading', { name, level: 1 })
  }
  /** A link of the administration's navigation. */
  link(page: 'Channels' | 'Schedules' | 'Workspaces' | 'Bots' | 'Keys'): Locator {
    return this.page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: page })
  }
  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }
  group(name: string): Locator {
    return this.page.getByRole('group', { name, exact: true })
  }
  row(name: string | RegExp): Locator {
    return this.page.getByRole('row', { name })
  }

  /** A response of a channel. */
  response(hours: 'During' | 'Outside' = 'During'): Locator {
    return this.group(`${hours} opening hours`)
  }
  firstMessage(hours: 'During' | 'Outside' = 'During'): Locator {
    return this.response(hours).getByLabel('First message', { exact: true })
  }

  async openChannel(id: string): Promise<void> {
    await this.go(`#/channels/${id}/responses`)
    await this.title(id).waitFor()
    await this.firstMessage().waitFor()
  }

  async create(kind: 'schedule' | 'bot' | 'workspace', name: string): Promise<void> {
    await this.goTo(({ schedule: 'Schedules', bot: 'Bots', workspace: 'Workspaces' } as const)[kind])
    await this.button(`New ${kind}`).first().click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(name)
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await this.title(name).waitFor()
  }

  /** The widget of a preview. */
  get preview(): Locator {
    return this.page.getByRole('complementary', { name: 'Preview' }).locator('frontdesk-widget')
  }

  get saveButton(): Locator {
    return this.button('Save')
  }
  get saved(): Locator {
    return this.page.getByText('Saved', { exact: true })
  }
  /** The heading of the conflict with another administrator. */
  get conflict(): Locator {
    return this.page.getByRole('heading', { name: /^Somebody else has/ })
  }

  /** Saves what is edited, and waits until it is stored. */
  async save(): Promise<void> {
    await this.saveButton.click()
    await this.saved.waitFor()
  }

  /** Opens the question of a deletion, and returns it. */
  async askToDelete(kind: 'channel' | 'schedule' | 'calendar' | 'bot' | 'workspace'): Promise<Locator> {
    await this.button(`Delete ${kind}`).click()
    const question = this.group(`Delete ${kind}`)
    await question.waitFor()
    return question
  }
}

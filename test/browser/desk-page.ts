import type { Locator, Page } from 'playwright-core'

/** An agent at the desk. */
export class DeskPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** A request in the list. */
  request(customer: string): Locator {
    return this.page.getByRole('navigation').getByRole('button', { name: customer })
  }
  /** A conversation that is open. */
  pane(customer: string): Locator {
    return this.page.getByRole('main').getByRole('region', { name: customer })
  }
  get acceptButton(): Locator {
    return this.page.getByRole('button', { name: 'Accept', exact: true })
  }
  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Reply to/ })
  }

  /** By a link with a one-time code. */
  async signIn(link: string): Promise<void> {
    await this.page.goto(link)
    await this.page.getByRole('heading', { name: 'Waiting' }).waitFor()
  }

  async pick(customer: string): Promise<void> {
    await this.request(customer).click()
    await this.pane(customer).waitFor()
  }

  async accept(customer: string): Promise<void> {
    await this.pick(customer)
    await this.acceptButton.click()
    await this.composer.waitFor()
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  /** Waits until it is in a transcript. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByRole('log').getByText(text).first().waitFor()
  }
}

import type { Locator, Page } from 'playwright-core'

interface Details {
  name?: string
  email?: string
  topic?: string
}

/** A customer at the example shop. */
export class CustomerPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  get launcher(): Locator {
    return this.page.getByRole('button', { name: /^(Open|Close) chat/ }).last()
  }
  get log(): Locator {
    return this.page.getByRole('log')
  }
  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Write / })
  }
  get form(): { name: Locator; email: Locator; topic: Locator; send: Locator } {
    return {
      name: this.page.getByLabel('Name'),
      email: this.page.getByLabel('Email'),
      topic: this.page.getByLabel('Topic'),
      send: this.page.getByRole('button', { name: 'Send details' }),
    }
  }

  async visit(url: string, channel: string, more = ''): Promise<void> {
    await this.page.goto(`${url}?channel=${channel}${more}`)
  }

  async open(): Promise<void> {
    await this.launcher.click()
    await this.composer.waitFor()
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  /** Waits until it is in the transcript. */
  async sees(text: string | RegExp): Promise<void> {
    await this.log.getByText(text).first().waitFor()
  }

  /** What the customer has written, as it stands in the transcript. */
  line(text: string, delivery: 'Sending' | 'Sent' | 'Delivered' = 'Delivered'): Locator {
    return this.log.locator('.line', { hasText: `${text} ${delivery}` })
  }

  /** Waits until what was written is on the record. */
  async hasDelivered(text: string): Promise<void> {
    await this.line(text).waitFor()
  }

  async fill({ name, email, topic }: Details): Promise<void> {
    if (name !== undefined) await this.form.name.fill(name)
    if (email !== undefined) await this.form.email.fill(email)
    if (topic !== undefined) await this.form.topic.selectOption(topic)
  }

  async sendDetails(
    details: Details = { name: 'José', email: 'jose@example.com', topic: 'Support' },
  ): Promise<void> {
    await this.fill(details)
    await this.form.send.click()
  }

  /** From the first visit to waiting for an agent. */
  async waitInQueue(url: string, channel: string, need = 'My anvil is broken', name = 'José'): Promise<void> {
    await this.visit(url, channel)
    await this.open()
    await this.say(need)
    await this.sendDetails({ name, email: 'jose@example.com', topic: 'Support' })
    await this.page.getByText('in the queue').waitFor()
  }

  /** The conversation that this browser has stored; empty where there is none. */
  async conversation(): Promise<string> {
    return await this.page.evaluate(() => {
      const key = Object.keys(localStorage).find((one) => one.startsWith('frontdesk')) ?? ''
      return JSON.parse(localStorage.getItem(key) ?? '{}').conversation ?? ''
    })
  }
}

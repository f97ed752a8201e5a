import type { Locator, Page } from 'playwright-core'

/** The editor of a bot. */
export class BotEditor {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  /** The bot's document. */
  get text(): Locator {
    return this.#page.getByRole('textbox', { name: 'The bot, as text' })
  }
  get errors(): Locator {
    return this.#page.getByRole('region', { name: 'Errors' })
  }
  /** A line with the error beside it; assistive technology has the list of errors instead. */
  line(number: number, error: string): Locator {
    return this.#page.locator('[aria-hidden="true"]').getByText(new RegExp(`^${number}\\D.*${error}`))
  }

  async replace(from: string, to: string): Promise<void> {
    const text = await this.text.inputValue()
    if (!text.includes(from)) throw new Error(`the bot's text has no “${from}”: ${text}`)
    await this.text.fill(text.replace(from, to))
  }

  /** Waits until the text has been checked. */
  async hasNoErrors(): Promise<void> {
    await this.#page.getByText('No errors.').waitFor()
  }

  async selectedText(): Promise<string> {
    return await this.text.evaluate((field: HTMLTextAreaElement) =>
      field.value.slice(field.selectionStart, field.selectionEnd),
    )
  }
}

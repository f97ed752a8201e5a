import type { Locator, Page } from 'playwright-core'
import { languageTexts } from '../../../engine/texts/languages.ts'
import type { Channel } from '../../../schemas/configuration/channel.ts'

import { widget as arabic } from '../../../workers/pages/words/widget/ar.ts'
import { more, widget } from '../../../workers/pages/words/widget/en.ts'
import { widget as french } from '../../../workers/pages/words/widget/fr.ts'

/** The response of a channel that asks for details. */
export const asksForDetails = {
  firstMessage: 'Hi! This is Acme. How can we help?',
  customerDetails: [
    'name',
    'email',
    { id: 'topic', label: 'Topic', type: 'select', options: ['Sales', 'Support'] },
  ],
  followUpMessage: 'Thanks {{customer.name}}, an agent will be with you shortly.',
} satisfies Channel['duringHours']

interface Details {
  name?: string
  email?: string
  topic?: string
}

const complete: Details = { name: 'José', email: 'jose@example.com', topic: 'Support' }

/** The element's own methods, as a shop's page calls them. */
interface Widget extends HTMLElement {
  login(token: string): void
  logout(): void
  preview: object
}

const english = { ...widget, ...more }
const wordsOf = { en: english, fr: french, ar: arabic }

/** A customer at the example shop, in the language of the widget there. */
export class CustomerPage {
  readonly page: Page
  readonly words: typeof english

  constructor(page: Page, language: keyof typeof wordsOf = 'en') {
    this.page = page
    this.words = wordsOf[language]
  }

  get launcher(): Locator {
    const { open, close } = this.words
    return this.page.getByRole('button', { name: new RegExp(`^(${open}|${close})`) }).last()
  }
  get panel(): Locator {
    return this.page.getByRole('dialog')
  }
  get log(): Locator {
    return this.page.getByRole('log')
  }
  /** The scrolled part of the panel. */
  get transcript(): Locator {
    return this.panel.getByRole('region')
  }
  get composer(): Locator {
    const { write, writeAnew } = this.words
    return this.page.getByRole('textbox', { name: new RegExp(`^(${write}|${writeAnew})$`) })
  }
  get form(): { name: Locator; email: Locator; topic: Locator; send: Locator } {
    const { name, email } = languageTexts(this.words.language).detailLabels
    return {
      name: this.page.getByLabel(name),
      email: this.page.getByLabel(email),
      topic: this.page.getByLabel('Topic'),
      send: this.page.getByRole('button', { name: this.words.submit }),
    }
  }
  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }
  get isOffline(): Locator {
    return this.page.getByText('No connection just now')
  }

  /** `query`: more parameters of the page, such as `&lang=fr`. */
  async visit(url: string, channel: string, query = ''): Promise<void> {
    await this.page.goto(`${url}/?channel=${channel}${query}`)
  }

  /** Opens the panel, unless the page has opened it again after a reload. */
  async open(): Promise<void> {
    if ((await this.launcher.getAttribute('aria-expanded')) !== 'true') await this.launcher.click()
    await this.composer.waitFor()
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  /** Waits until the text is in the transcript. */
  async sees(text: string | RegExp): Promise<void> {
    await this.log.getByText(text).first().waitFor()
  }

  /** The list of former conversations, open. */
  async earlier(): Promise<Locator> {
    const list = this.page.getByRole('group').filter({ has: this.page.getByText(this.words.earlier) })
    if ((await list.getAttribute('open')) === null) await list.getByText(this.words.earlier).click()
    return list
  }

  /** The customer's own message, as it stands in the transcript. */
  line(text: string, delivery = this.words.delivered): Locator {
    return this.log.getByText(`${text} ${delivery}`)
  }

  /** Waits until the message is on the record. */
  async hasDelivered(text: string): Promise<void> {
    await this.line(text).waitFor()
  }

  async fill({ name, email, topic }: Details): Promise<void> {
    if (name !== undefined) await this.form.name.fill(name)
    if (email !== undefined) await this.form.email.fill(email)
    if (topic !== undefined) await this.form.topic.selectOption(topic)
  }

  async sendDetails(details: Details = complete): Promise<void> {
    await this.fill(details)
    await this.form.send.click()
  }

  /** From the closed widget to the queue. */
  async waitInQueue(need = 'My anvil is broken', name = 'José'): Promise<void> {
    await this.open()
    await this.say(need)
    await this.sendDetails({ ...complete, name })
    await this.page.getByText('in the queue').waitFor()
  }

  /** Ends the conversation, and confirms it. */
  async end(): Promise<void> {
    await this.button('End conversation').click()
    const question = this.page.getByRole('group', { name: 'End this conversation?' })
    await question.getByRole('button', { name: 'End conversation' }).click()
  }

  async login(token: string): Promise<void> {
    await this.page.evaluate(
      (jwt) => (document.querySelector('frontdesk-widget') as Widget).login(jwt),
      token,
    )
  }

  async logout(): Promise<void> {
    await this.page.evaluate(() => (document.querySelector('frontdesk-widget') as Widget).logout())
  }

  /** Shows these frames without a connection. */
  async preview(frames: object[]): Promise<void> {
    await this.page.evaluate((frames) => {
      ;(document.querySelector('frontdesk-widget') as Widget).preview = { frames }
    }, frames)
  }

  /** The session that this browser has stored; `null` where there is none. */
  async session(): Promise<{ session: string; conversation: string } | null> {
    return await this.page.evaluate(() => {
      const isSession = (name: string) => name.startsWith('frontdesk') && !name.endsWith(' former')
      const key = Object.keys(localStorage).find(isSession) ?? ''
      return JSON.parse(localStorage.getItem(key) ?? 'null')
    })
  }

  /** The conversation that this browser has stored; empty where there is none. */
  async conversation(): Promise<string> {
    return (await this.session())?.conversation ?? ''
  }
}

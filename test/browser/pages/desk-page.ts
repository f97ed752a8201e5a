import type { Locator, Page, WebSocketRoute } from 'playwright-core'

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
  /** A part of the list of requests. */
  section(name: 'Waiting' | 'Mine' | 'With colleagues'): Locator {
    return this.page.getByRole('region', { name })
  }
  /** The customer of the conversation that is shown, beside it or over it. */
  get about(): Locator {
    return this.page.getByRole('group', { name: 'Customer' })
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
  get note(): Locator {
    return this.page.getByRole('textbox', { name: /^Note on/ })
  }
  /** The account's menu, which has the agent's name. */
  account(agent: string): Locator {
    return this.page.getByRole('button', { name: agent })
  }
  get isOffline(): Locator {
    return this.page.getByText('The connection was lost')
  }

  /** By a link with a one-time code. */
  async signIn(link: string): Promise<void> {
    await this.page.goto(link)
    await this.page.getByRole('navigation').waitFor()
  }

  /** Waits until the list has come, and is empty. */
  async hasNobodyWaiting(): Promise<void> {
    await this.page.getByText('No one is waiting.').waitFor()
  }

  async pick(customer: string): Promise<void> {
    await this.request(customer).click()
    await this.pane(customer).waitFor()
  }

  async accept(customer: string): Promise<void> {
    await this.pick(customer)
    await this.pane(customer).getByRole('button', { name: 'Accept', exact: true }).click()
    await this.pane(customer).getByRole('textbox').waitFor()
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  /** Waits until the text is in a transcript. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByRole('log').getByText(text).first().waitFor()
  }

  /** Lists colleagues' conversations. */
  async showColleagues(): Promise<void> {
    await this.page.getByRole('button', { name: /^With colleagues/ }).click()
  }

  /** An action of the conversation's header. */
  async act(action: 'Transfer' | 'Release' | 'End' | 'Take over'): Promise<void> {
    await this.page.getByRole('main').getByRole('button', { name: action, exact: true }).first().click()
  }

  /** Opens the alerts, and returns the switch of one. */
  async alert(
    way: 'Sound' | 'Notification',
    kind: 'New requests' | 'Offers to me' | 'My conversations',
  ): Promise<Locator> {
    const alert = this.page.getByRole('switch', { name: `${way}: ${kind}` })
    if ((await alert.count()) === 0) await this.page.getByRole('button', { name: 'Alerts' }).click()
    return alert
  }

  async end(): Promise<void> {
    await this.act('End')
    await this.page.getByText('You have ended the conversation.').waitFor()
    // A page that is left sends the end at once: nobody waits for the seconds in which it can be undone.
    await this.page.evaluate(() => dispatchEvent(new Event('pagehide')))
  }
}

/** The five seconds of an end last until the page is left, however slow the machine is. */
export async function keepUndo(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { setTimeout } = window
    window.setTimeout = ((act: TimerHandler, ms?: number) =>
      setTimeout(act, ms === 5_000 ? 2 ** 30 : ms)) as typeof setTimeout
  })
}

/** Frames of the desk that are held back. */
interface HeldFrames {
  count(): number
  /** Sends them, and from now on all others at once. */
  release(): void
}

/** Holds back the desk's frames of a type, once the page has been loaded again. */
export async function holdFrames(page: Page, type: 'accept' | 'message'): Promise<HeldFrames> {
  const held: (() => void)[] = []
  let isHolding = true
  await page.routeWebSocket(/\/v1\/desk/, (socket: WebSocketRoute) => {
    const server = socket.connectToServer()
    socket.onMessage((frame) => {
      const send = () => server.send(frame)
      if (isHolding && String(frame).includes(`"type":"${type}"`)) held.push(send)
      else send()
    })
  })
  return {
    count: () => held.length,
    release: () => {
      isHolding = false
      for (const send of held.splice(0)) send()
    },
  }
}

/** The complaint of a browser that the tests open: it has no push. */
export const noPush = /Push API in incognito/

/** Counts the tones and the notifications of a page that somebody else's window covers. */
export async function hearAlerts(
  page: Page,
): Promise<() => Promise<{ tones: number; notified: string[]; asked: number }>> {
  await page.addInitScript(() => {
    const heard = { tones: 0, notified: [] as string[], asked: 0 }
    Object.assign(window, { heard })
    const { start } = OscillatorNode.prototype
    OscillatorNode.prototype.start = function (at) {
      heard.tones++
      start.call(this, at)
    }
    document.hasFocus = () => false
    window.Notification = class {
      static permission = 'granted'
      static requestPermission = async () => {
        heard.asked++
        return 'granted'
      }
      constructor(title: string) {
        heard.notified.push(title)
      }
    } as unknown as typeof Notification
  })
  return () => page.evaluate(() => (window as unknown as { heard: never }).heard)
}

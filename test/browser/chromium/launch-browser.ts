import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'
import { findChromium } from './find-chromium.ts'

export const sizes = {
  desktop: { width: 1280, height: 800 },
  wide: { width: 1680, height: 900 },
  phone: { width: 390, height: 844 },
}

export interface PageOptions extends BrowserContextOptions {
  /** The console messages and failed requests that the test expects: a connection that it cuts, a refused save. */
  allowed?: RegExp
}

export const phone: PageOptions = {
  viewport: sizes.phone,
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
}

/** A real Chromium that talks to nobody but the gateway. */
export async function launchBrowser(executablePath?: string): Promise<Browser> {
  return await chromium.launch({
    executablePath: executablePath ?? (await findChromium()),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Reports the errors of its pages, requests that failed, and requests to any other host. */
export async function openContext(
  browser: Browser,
  { allowed, ...options }: PageOptions,
  report: (complaint: string) => void,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: sizes.desktop,
    // Screenshots and axe see the final state, not an animation.
    reducedMotion: 'reduce',
    ...options,
  })
  const reportUnexpected = (complaint: string) => {
    if (!allowed?.test(complaint)) report(complaint)
  }
  const checkHost = (url: string) => {
    const { protocol, hostname } = new URL(url)
    if (!['data:', 'blob:', 'about:'].includes(protocol) && hostname !== '127.0.0.1')
      reportUnexpected(`a request to another host: ${url}`)
  }
  context.on('console', (message) => {
    if (message.type() === 'error') reportUnexpected(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => reportUnexpected(String(error.error().stack ?? error.error())))
  context.on('request', (request) => checkHost(request.url()))
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? ''
    // The page was left while the request was under way.
    if (reason !== 'net::ERR_ABORTED') reportUnexpected(`${request.method()} ${request.url()}: ${reason}`)
  })
  context.on('page', (page) => page.on('websocket', (socket) => checkHost(socket.url())))
  return context
}

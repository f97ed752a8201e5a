import type { Page, Worker } from 'playwright-core'
import { expect, test } from 'vitest'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { PushMessage } from '../../../schemas/protocol/desk.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'

const app = useFrontdesk()

/** A headless Chromium denies notifications, whatever a test grants. */
async function allowNotifications(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' })
    Notification.requestPermission = async () => 'granted'
  })
  await page.reload()
}

const kept = async (workspace: string) =>
  (await new Bucket(app.world.nats, 'secrets').list('push.*')).filter(({ value }) =>
    value.includes(`"workspace":"${workspace}"`),
  )

test('an agent is notified while the desk is closed, as long as they wish', async () => {
  const workspace = app.id
  const desk = await app.openDesk('Ann', workspace)
  const { page } = desk
  await allowNotifications(page)
  // A browser without a push service of its maker's: everything else is real.
  await page.evaluate(() => {
    const subscription = {
      endpoint: 'https://push.test/ann',
      options: {},
      toJSON: () => ({
        endpoint: 'https://push.test/ann',
        keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) },
      }),
      unsubscribe: async () => true,
    }
    let isSubscribed = false
    PushManager.prototype.subscribe = async () => {
      isSubscribed = true
      return subscription as unknown as PushSubscription
    }
    PushManager.prototype.getSubscription = async () =>
      isSubscribed ? (subscription as unknown as PushSubscription) : null
  })
  const cdp = await page.context().newCDPSession(page)
  const registered = new Promise<string>((resolve) =>
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [registration] = registrations
      if (registration) resolve(registration.registrationId)
    }),
  )
  await cdp.send('ServiceWorker.enable')

  const push = await desk.alert('Notification', 'New requests')
  await push.click()
  await expect.poll(() => push.getAttribute('aria-checked')).toBe('true')
  await expect.poll(() => kept(workspace)).toHaveLength(1)
  expect.soft(await axe(page)).toEqual([])

  const worker = page.context().serviceWorkers()[0] as Worker
  await worker.evaluate(() => {
    const scope = globalThis as unknown as { shown: unknown; registration: ServiceWorkerRegistration }
    scope.registration.showNotification = async (title, { body, tag } = {}) => {
      scope.shown = [title, body, tag]
    }
  })
  const message: PushMessage = { action: 'created', workspace, conversation: 'c1', name: 'José' }
  await cdp.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(page.url()).origin,
    registrationId: await registered,
    data: JSON.stringify(message),
  })
  await expect
    .poll(() => worker.evaluate(() => (globalThis as { shown?: unknown }).shown))
    .toEqual(['José waits for an agent', 'Open the desk to answer.', 'c1'])

  await push.click()
  await expect.poll(() => push.getAttribute('aria-checked')).toBe('false')
  await expect.poll(() => kept(workspace)).toEqual([])
})

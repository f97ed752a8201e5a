import type { PushMessage } from '../../../../schemas/protocol/desk.ts'
import { pushWords } from './push-words.ts'

// Notifies the agent while no desk is open: `/desk-push.js`, registered by the desk.

/** The parts of a service worker's scope that this one uses: its whole library contradicts the pages'. */
interface PushWorker {
  navigator: Navigator
  registration: ServiceWorkerRegistration
  clients: {
    matchAll(options: object): Promise<{ url: string; focus(): Promise<unknown> }[]>
    openWindow(url: URL): Promise<unknown>
  }
  addEventListener(type: 'push', listener: (event: Extended & { data?: { json(): unknown } }) => void): void
  addEventListener(
    type: 'notificationclick',
    listener: (event: Extended & { notification: Notification }) => void,
  ): void
}
interface Extended {
  waitUntil(work: Promise<unknown>): void
}

const worker = self as unknown as PushWorker

worker.addEventListener('push', (event) => {
  const message = event.data?.json() as PushMessage | undefined
  if (message) event.waitUntil(show(message))
})

worker.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { workspace, conversation } = event.notification.data as PushMessage
  event.waitUntil(open(workspace, conversation))
})

/** A new notification of a conversation replaces the one before. */
async function show(message: PushMessage): Promise<void> {
  const { action, conversation, name } = message
  const words = pushWords(worker.navigator.language)
  await worker.registration.showNotification(words.title(action, name ?? words.visitor), {
    body: words.body(action),
    tag: conversation,
    data: message,
  })
}

async function open(workspace: string, conversation: string): Promise<void> {
  const desks = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const url = new URL(`desk?workspace=${workspace}#${conversation}`, worker.registration.scope)
  const desk = desks.find(({ url: address }) => new URL(address).pathname === url.pathname)
  if (desk) await desk.focus()
  else await worker.clients.openWindow(url)
}

/// <reference lib="webworker" />
import type { PushMessage } from '../../../../schemas/protocol/desk.ts'
import { pushWords } from './push-words.ts'

// Notifies the agent while no desk is open: `/desk-push.js`, registered by the desk.

declare const self: ServiceWorkerGlobalScope

self.addEventListener('push', (event) => {
  const message = event.data?.json() as PushMessage | undefined
  if (message) event.waitUntil(show(message))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { workspace, conversation } = event.notification.data as PushMessage
  event.waitUntil(open(workspace, conversation))
})

/** A new notification of a conversation replaces the one before. */
async function show(message: PushMessage): Promise<void> {
  const { action, conversation, name } = message
  const words = pushWords(self.navigator.language)
  await self.registration.showNotification(words.title(action, name ?? words.visitor), {
    body: words.body(action),
    tag: conversation,
    data: message,
  })
}

async function open(workspace: string, conversation: string): Promise<void> {
  const desks = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const url = new URL(`desk?workspace=${workspace}#${conversation}`, self.registration.scope)
  const desk = desks.find(({ url: address }) => new URL(address).pathname === url.pathname)
  if (desk) await desk.focus()
  else await self.clients.openWindow(url)
}

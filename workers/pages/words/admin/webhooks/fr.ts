import type { webhooks as english } from './en.ts'

export const webhooks: typeof english = {
  newWebhook: 'Nouveau webhook',
}

/** The words of the administration for webhooks. */
export const webhooks = {
  newWebhook: 'New webhook',
}

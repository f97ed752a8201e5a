import { createHmac } from 'node:crypto'

/** The bytes of a key, as Standard Webhooks allows them. */
const keyBytesMin = 24
const keyBytesMax = 64
const keyPrefix = 'whsec_'

/**
 * The keys in the value of a secret: `whsec_` and base64, one, or the new and the old one with a space between.
 * `undefined` where one of them is not a key.
 */
export function keysIn(secret: string): Buffer[] | undefined {
  const keys = secret
    .trim()
    .split(/\s+/)
    .map((text) => (text.startsWith(keyPrefix) ? base64(text.slice(keyPrefix.length)) : undefined))
  const isKey = (key: Buffer | undefined): key is Buffer =>
    key !== undefined && key.length >= keyBytesMin && key.length <= keyBytesMax
  return keys.every(isKey) ? keys : undefined
}

/**
 * The headers of a webhook, by https://www.standardwebhooks.com.
 *
 * @param timestamp in seconds
 */
export function signedHeaders(
  keys: readonly Buffer[],
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): Record<string, string> {
  const signatures = keys.map((key) => {
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
    return `v1,${signature}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}

/** `undefined` where it is not base64: Node decodes any text. */
function base64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

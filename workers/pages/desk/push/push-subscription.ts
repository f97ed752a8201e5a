import type { PushKey } from '../../../../schemas/protocol/desk.ts'

// Web Push: the browser notifies the agent while no desk is open.

/** Whether this browser can. */
export const canPush = 'serviceWorker' in navigator && 'PushManager' in globalThis

/** The browser demands a trusted URL for a service worker's script. */
const scripts = (
  globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): Policy } }
).trustedTypes?.createPolicy('frontdesk-push', { createScriptURL: (url: string) => url })

interface Policy {
  createScriptURL(url: string): string
}

/**
 * Subscribes this browser for a workspace, or renews its subscription. Throws where the browser or the gateway refuses.
 *
 * @param root the gateway's root
 */
export async function subscribePush(root: string, workspace: string): Promise<void> {
  const { key } = (await asked(await fetch(`${root}v1/push/key`))) as PushKey
  const script = `${root}desk-push.js`
  const registration = await navigator.serviceWorker.register(scripts?.createScriptURL(script) ?? script)
  await navigator.serviceWorker.ready
  const { pushManager } = registration
  const known = await pushManager.getSubscription()
  // The subscription is for an installation that was set up anew since.
  if (known && keyOf(known) !== key) await known.unsubscribe()
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  await asked(await fetch(`${root}v1/push/subscriptions`, json('POST', { workspace, subscription })))
}

/** Ends it, for all workspaces: also before signing out. */
export async function unsubscribePush(root: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration(root)
  const subscription = await registration?.pushManager.getSubscription()
  if (!subscription) return
  const { endpoint } = subscription
  await subscription.unsubscribe()
  await fetch(`${root}v1/push/subscriptions`, json('DELETE', { endpoint }))
}

function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function json(method: string, body: object): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

async function asked(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`)
  return response.status === 204 ? undefined : response.json()
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import { ensureTopology } from '../../../engine/nats/ensure-topology.ts'
import { OneTimeCodes } from '../../gateway/identity/one-time-codes.ts'
import type { Principal } from '../../gateway/identity/principal.ts'
import type { Settings } from '../../settings/settings.ts'

const validSeconds = 600
const answerTimeoutMs = 2_000

/**
 * Makes a one-time code, with the URL of the gateway, and whether it answers: the gateway on this machine; or with
 * FRONTDESK_REMOTE_SIGN_IN the public URL, which this machine need not reach and which is not tried.
 */
export async function signInHere(
  nats: Nats,
  settings: Settings,
  principal: Principal,
): Promise<{ code: string; gateway: string; answers: boolean }> {
  await ensureTopology(nats, settings)
  const codes = new OneTimeCodes(new Bucket(nats, 'secrets'))
  const code = await codes.create(principal, validSeconds)
  const { publicUrl, remoteSignIn } = settings.gateway
  if (remoteSignIn && publicUrl !== undefined) return { code, gateway: publicUrl, answers: true }
  const gateway = await gatewayUrl(settings)
  return { code, gateway, answers: await doesAnswer(gateway) }
}

/** As this machine reaches it: a gateway may have had to take another port, which it then has written down. */
async function gatewayUrl({ data, gateway: { port, portIsGiven } }: Settings): Promise<string> {
  const written = portIsGiven ? '' : await readFile(join(data, 'gateway.url'), 'utf8').catch(() => '')
  const taken = URL.canParse(written.trim()) ? new URL(written.trim()).port || 80 : port
  return `http://127.0.0.1:${taken}`
}

async function doesAnswer(gateway: string): Promise<boolean> {
  // One that is not well, for want of an engine, signs in all the same.
  return fetch(`${gateway}/healthz`, { signal: AbortSignal.timeout(answerTimeoutMs) }).then(
    (response) => response.ok || response.status === 503,
    () => false,
  )
}

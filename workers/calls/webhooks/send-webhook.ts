import type { Webhook } from '../../../schemas/webhooks/webhook.ts'
import type { Attempted } from '../../../schemas/webhooks/webhook-state.ts'
import type { ApiClient } from '../client/api-client.ts'
import type { Secrets } from '../client/api-secrets.ts'
import { CallFailed, callFailed } from '../client/call-failed.ts'
import { keysIn, signedHeaders } from './signature.ts'

export interface WebhookMessage {
  /** The `webhook-id`, the same for all attempts. */
  id: string
  type: string
  /** ISO 8601. */
  timestamp: string
  /** JSON. */
  data: string
}

export interface SendDeps {
  client: ApiClient
  secrets: Secrets
  timeoutMs: number
  /** Abort: throws `signal.reason`. */
  signal: AbortSignal
}

/** The end of an attempt. */
export interface Sent extends Pick<Attempted, 'ms' | 'failure'> {
  /** The receiver asks for a pause before the next attempt, in milliseconds. */
  pauseMs?: number
}

/** Makes one attempt to deliver a message. */
export async function sendWebhook(webhook: Webhook, message: WebhookMessage, deps: SendDeps): Promise<Sent> {
  const startedAt = performance.now()
  const ms = () => Math.round(performance.now() - startedAt)
  const ended = new AbortController()
  const abort = () => ended.abort(deps.signal.reason)
  const timer = setTimeout(() => ended.abort(), deps.timeoutMs)
  deps.signal.addEventListener('abort', abort)
  try {
    deps.signal.throwIfAborted()
    const keys = await keysOf(webhook, deps.secrets)
    const { id, type, timestamp, data } = message
    const body = `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(timestamp)},"data":${data}}`
    const seconds = Math.floor(Date.now() / 1000)
    await deps.client.notify(
      {
        method: 'POST',
        url: new URL(webhook.url),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'frontdesk',
          ...signedHeaders(keys, { id, timestamp: seconds, body }),
        },
        secretHeaders: new Set(),
        body,
      },
      ended.signal,
    )
    return { ms: ms() }
  } catch (error) {
    deps.signal.throwIfAborted()
    if (error instanceof UnusableSecret) return { ms: ms(), failure: error.failure }
    const { failure, about } = ended.signal.aborted ? timedOut(deps.timeoutMs) : callFailed(error)
    const { status, reason, pauseMs } = about
    // The codes of calls that are about a response’s body do not occur: it is not read.
    const code = failure as 'refused' | 'unreachable' | 'timed_out' | 'host_not_allowed'
    return {
      ms: ms(),
      failure: { failure: code, reason, ...(status !== undefined && { status }) },
      ...(pauseMs !== undefined && { pauseMs }),
    }
  } finally {
    clearTimeout(timer)
    deps.signal.removeEventListener('abort', abort)
  }
}

class UnusableSecret extends Error {
  readonly failure: NonNullable<Attempted['failure']>

  constructor(failure: 'secret_unknown' | 'secret_unusable', reason: string) {
    super(reason)
    this.failure = { failure, reason }
  }
}

async function keysOf({ secret }: Webhook, secrets: Secrets): Promise<Buffer[]> {
  const value = await secrets.valueOf(secret)
  if (value === undefined)
    throw new UnusableSecret(
      'secret_unknown',
      `there is no secret ${secret}: npx frontdesk secrets set ${secret}`,
    )
  const keys = keysIn(value)
  if (!keys)
    throw new UnusableSecret(
      'secret_unusable',
      `the secret ${secret} must be whsec_ and base64 of 24 to 64 bytes; two such keys have a space between`,
    )
  return keys
}

function timedOut(timeoutMs: number): CallFailed {
  return new CallFailed('timed_out', { reason: `no answer within ${timeoutMs / 1000} s` })
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Call, CallAnswer } from '../../schemas/conversation/call.ts'
import { callSeconds, calls } from '../monitoring/metrics.ts'
import type { ApiClient, ApiRequest, ApiResponse } from './client/api-client.ts'
import { placedSecrets, type Secrets } from './client/api-secrets.ts'
import { CallFailed, callFailed } from './client/call-failed.ts'
import { savedValues } from './saved-values.ts'

export const attemptsMax = 3
/** The pause before the second attempt; each is about twice the one before. */
const firstPauseMs = 250

export interface CallDeps {
  client: ApiClient
  secrets: Secrets
  log: Logger
  /** Abort: throws `signal.reason`; the call stays queued for another caller. */
  signal: AbortSignal
}

/** Calls an API, with retries, and returns the answer for the conversation. A failed call is logged. */
export async function performCall(call: Call, deps: CallDeps): Promise<CallAnswer> {
  const startedAt = performance.now()
  const ended = new AbortController()
  const abort = () => ended.abort(deps.signal.reason)
  const timer = setTimeout(() => ended.abort(timedOut()), call.timeoutMs)
  deps.signal.addEventListener('abort', abort)
  const tally = { attempts: 0 }
  try {
    deps.signal.throwIfAborted()
    const { request, secrets } = await requestOf(call, deps.secrets)
    const { status, text } = await sent(request, tally, deps.client, startedAt + call.timeoutMs, ended.signal)
    const values = usableValues(text, call.save, secrets)
    calls.inc({ outcome: 'ok' })
    return { call: call.call, ok: true, status, values }
  } catch (error) {
    deps.signal.throwIfAborted()
    const { failure, about } = ended.signal.aborted ? timedOut() : callFailed(error)
    const { reason, status } = about
    calls.inc({ outcome: failure })
    const { conversation, bot, step } = call
    const { attempts } = tally
    const host = hostOf(call.url)
    const ms = Math.round(performance.now() - startedAt)
    deps.log.warn(
      { conversation, call: call.call, bot, step, failure, status, reason, attempts, host, ms },
      'a call of an API has failed',
    )
    return { call: call.call, ok: false, failure, ...(status !== undefined && { status }) }
  } finally {
    callSeconds.observe((performance.now() - startedAt) / 1_000)
    clearTimeout(timer)
    deps.signal.removeEventListener('abort', abort)
  }
}

function timedOut(): CallFailed {
  return new CallFailed('timed_out', { reason: 'the call took longer than its time-out' })
}

/** Sends the request, with as many attempts as it takes. */
async function sent(
  request: ApiRequest,
  tally: { attempts: number },
  client: ApiClient,
  endsAt: number,
  signal: AbortSignal,
): Promise<ApiResponse> {
  for (;;) {
    tally.attempts++
    try {
      return await client.send(request, signal)
    } catch (error) {
      signal.throwIfAborted()
      const failed = callFailed(error)
      const { isPassing, pauseMs = 0 } = failed.about
      const pause = Math.max(pauseMs, firstPauseMs * 2 ** (tally.attempts - 1) * (0.75 + Math.random() / 2))
      if (!isPassing || tally.attempts === attemptsMax || performance.now() + pause >= endsAt) throw failed
      await sleep(pause, undefined, { signal })
    }
  }
}

/** Headers that belong to the transfer of a request, and those that frontdesk sets itself. */
const ownHeaders = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'proxy-connection'],
  ...['upgrade', 'expect', 'te', 'trailer', 'accept-encoding', 'idempotency-key'],
])

/** The request of a call, with the values of its secrets. */
async function requestOf(call: Call, known: Secrets): Promise<{ request: ApiRequest; secrets: Set<string> }> {
  const headers = new Map([
    ['accept', 'application/json'],
    ['user-agent', 'frontdesk'],
  ])
  if (call.body !== undefined) headers.set('content-type', 'application/json')
  const secrets = new Set<string>()
  const secretHeaders = new Set<string>()
  for (const [given, template] of Object.entries(call.headers)) {
    const name = given.toLowerCase()
    if (ownHeaders.has(name)) continue
    const values = new Map<string, string>()
    for (const [, secret = ''] of template.matchAll(placedSecrets)) {
      const value = await known.valueOf(secret)
      if (value === undefined)
        throw new CallFailed('secret_unknown', {
          reason: `there is no secret ${secret}: npx frontdesk secrets set ${secret}`,
        })
      values.set(secret, value)
      secrets.add(value)
      secretHeaders.add(name)
    }
    headers.set(
      name,
      template.replace(placedSecrets, (_, secret: string) => values.get(secret) ?? ''),
    )
  }
  headers.set('accept-encoding', 'gzip')
  headers.set('idempotency-key', idempotencyKey(call))
  if (!URL.canParse(call.url)) throw new CallFailed('host_not_allowed', { reason: 'the URL is not valid' })
  const body = call.body === undefined ? undefined : JSON.stringify(call.body)
  const url = new URL(call.url)
  return {
    request: { method: call.method, url, headers: Object.fromEntries(headers), secretHeaders, body },
    secrets,
  }
}

/** One key for all attempts of all callers, so that an API which supports it acts once. */
export function idempotencyKey({ conversation, call }: Pick<Call, 'conversation' | 'call'>): string {
  return `${conversation}.call.${call}`
}

function usableValues(
  text: string,
  save: Record<string, string>,
  secrets: Set<string>,
): Record<string, string> {
  // Without variables to save any text is accepted: many APIs answer "ok".
  if (text === '' || Object.keys(save).length === 0) return {}
  const values = savedValues(parsed(text), save)
  for (const [variable, value] of Object.entries(values))
    for (const secret of secrets)
      if (value.includes(secret))
        throw new CallFailed('value_unusable', { reason: `${variable} would contain a secret` })
  return values
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Without the parser's message, which quotes the response.
    throw new CallFailed('not_json', { reason: 'the response is not valid JSON' })
  }
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined
}

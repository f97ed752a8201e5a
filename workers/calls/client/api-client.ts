import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Agent, buildConnector, type Dispatcher, request } from 'undici'
import type { Call } from '../../../schemas/conversation/call.ts'
import { type AllowedHosts, HostNotAllowed } from './allowed-hosts.ts'
import { CallFailed } from './call-failed.ts'

/** Less than 2 MB, uncompressed. */
export const responseBytesMax = 2 * 1024 * 1024 - 1
export const redirectsMax = 3
/** Connections to one host; further calls wait for one of them. */
export const connectionsPerHostMax = 16
const connectTimeoutMs = 10_000
/** The most bytes read of an ignored response, to reuse its connection; longer ones close it. */
const skippedBytesMax = 64 * 1024

export interface ApiRequest {
  method: Call['method']
  url: URL
  /** Names in lower case. */
  headers: Record<string, string>
  /** The headers that are for the first host only. */
  secretHeaders: ReadonlySet<string>
  body: string | Uint8Array | undefined
}

export interface ApiResponse {
  status: number
  text: string
}

/** The addresses of a host. */
export type Resolve = (hostname: string) => Promise<{ address: string; family: number }[]>

const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true })

/** Sends requests to allowed hosts. */
export class ApiClient {
  readonly #allowed: AllowedHosts
  readonly #agent: Agent

  constructor(allowed: AllowedHosts, resolve: Resolve = resolveBySystem) {
    this.#allowed = allowed
    this.#agent = new Agent({
      connections: connectionsPerHostMax,
      connect: checkedConnector(allowed, resolve),
      // A call has a single time-out for everything.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  /** Returns a response with status 2xx, after redirects. Throws CallFailed for any other, HostNotAllowed. */
  async send(first: ApiRequest, signal: AbortSignal): Promise<ApiResponse> {
    let asked = first
    for (let redirects = 0; ; redirects++) {
      const response = await this.#ask(asked, redirects, signal)
      const { statusCode: status, headers, body } = response
      if (status >= 200 && status < 300) return { status, text: await textOf(response) }
      await body.dump({ limit: skippedBytesMax, signal })
      if (!redirectStatuses.has(status)) throw refused(status, oneOf(headers['retry-after']))
      const location = oneOf(headers.location)
      if (location === undefined || !URL.canParse(location, asked.url.href))
        throw new CallFailed('refused', { status, reason: 'a redirect leads nowhere' })
      if (redirects === redirectsMax)
        throw new CallFailed('refused', { status, reason: `more than ${redirectsMax} redirects` })
      asked = redirected(asked, status, new URL(location, asked.url))
    }
  }

  /** Sends a request whose response nobody reads, without redirects. Throws as `send`. */
  async notify(asked: ApiRequest, signal: AbortSignal): Promise<void> {
    const { statusCode: status, headers, body } = await this.#ask(asked, 0, signal)
    // The status is the answer, whatever becomes of the rest.
    await body.dump({ limit: skippedBytesMax, signal }).catch(() => {})
    if (status < 200 || status >= 300) throw refused(status, oneOf(headers['retry-after']))
  }

  /** Aborts requests that are under way. */
  close(): Promise<void> {
    return this.#agent.destroy()
  }

  async #ask({ method, url, headers, body }: ApiRequest, redirects: number, signal: AbortSignal) {
    try {
      this.#allowed.checkUrl(url)
      return await request(url, { dispatcher: this.#agent, method, headers, body: body ?? null, signal })
    } catch (error) {
      // Without the URL: the host chooses it, and may put the request's data into it.
      if (error instanceof HostNotAllowed && redirects > 0)
        throw new HostNotAllowed('a redirect leads to where calls are not allowed', { cause: error })
      throw error
    }
  }
}

/**
 * Connects to allowed addresses only. It checks the very address that is connected to: after a check of the name, a
 * second lookup could return another address.
 */
function checkedConnector(allowed: AllowedHosts, resolve: Resolve): buildConnector.connector {
  return (options, connected) => {
    const { protocol, hostname } = options
    const port = Number(options.port) || (protocol === 'https:' ? 443 : 80)
    const resolveAllowed = async (name: string) => {
      const addresses = await resolve(name)
      for (const { address } of addresses) allowed.checkAddress(address, protocol, port)
      return addresses
    }
    const lookupAllowed: LookupFunction = (name, { all }, found) => {
      resolveAllowed(name).then(
        (addresses) => {
          const [{ address, family } = { address: '', family: 0 }] = addresses
          if (all) found(null, addresses)
          else found(null, address, family)
        },
        (error) => found(error, ''),
      )
    }
    try {
      // A literal address is not looked up.
      if (isIP(hostname)) allowed.checkAddress(hostname, protocol, port)
    } catch (error) {
      connected(error as Error, null)
      return
    }
    buildConnector({ timeout: connectTimeoutMs, lookup: lookupAllowed })(options, connected)
  }
}

async function textOf({ statusCode: status, headers, body }: Dispatcher.ResponseData): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  const collect = async (source: AsyncIterable<Uint8Array>) => {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > responseBytesMax) throw new RangeError('too many bytes')
      chunks.push(chunk)
    }
  }
  try {
    if (/^(x-)?gzip$/i.test(oneOf(headers['content-encoding']) ?? ''))
      await pipeline(body, createGunzip(), collect)
    else await pipeline(body, collect)
    return utf8.decode(Buffer.concat(chunks))
  } catch (error) {
    // The pipeline may throw another error, as a consequence of cutting the response off.
    if (bytes > responseBytesMax)
      throw new CallFailed('too_large', { status, reason: `more than ${responseBytesMax} bytes` })
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA' || code?.startsWith('Z_'))
      throw new CallFailed('not_json', { status, reason: code })
    throw error
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function refused(status: number, retryAfter: string | undefined): CallFailed {
  const isPassing = passingStatuses.has(status) || status >= 500
  return new CallFailed('refused', {
    status,
    reason: `status ${status}`,
    isPassing,
    ...(isPassing && retryAfter !== undefined && { pauseMs: pauseOf(retryAfter) }),
  })
}

/** Request timeout, too early, too many requests. */
const passingStatuses = new Set([408, 425, 429])

/** Seconds, or a date (RFC 9110 10.2.3). */
function pauseOf(retryAfter: string): number {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000
  const date = Date.parse(retryAfter)
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now())
}

const redirectStatuses = new Set([301, 302, 303, 307, 308])

/** The request that follows a redirect, by the rules of fetch (https://fetch.spec.whatwg.org/#http-redirect-fetch). */
function redirected({ method, url, headers, secretHeaders, body }: ApiRequest, status: number, target: URL) {
  const becomesGet =
    (status === 303 && method !== 'GET') || ((status === 301 || status === 302) && method === 'POST')
  const isElsewhere = target.origin !== url.origin
  const kept = Object.entries(headers).filter(
    ([name]) => !(becomesGet && ofBody.has(name)) && !(isElsewhere && isPrivate(name, secretHeaders)),
  )
  return {
    method: becomesGet ? ('GET' as const) : method,
    url: target,
    headers: Object.fromEntries(kept),
    secretHeaders,
    body: becomesGet ? undefined : body,
  }
}

const ofBody = new Set(['content-type', 'content-language', 'content-location'])

function isPrivate(name: string, secretHeaders: ReadonlySet<string>): boolean {
  return secretHeaders.has(name) || name === 'authorization' || name === 'cookie'
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

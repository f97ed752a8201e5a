import type { Problem } from '../../../schemas/problem.ts'
import type { ChangedMeanwhile } from '../../../schemas/protocol/admin.ts'
import { type Failure, failure, type Result, success } from '../../../schemas/result.ts'

/** The folder that this script was loaded from: the gateway's root, which a proxy may serve below a path. */
const root = new URL('.', import.meta.url)

/** The full URL of a path of the gateway's, such as `/v1/me`. */
export function gatewayUrl(path: string): string {
  return new URL(`.${path}`, root).href
}

/** As `gatewayUrl`, for a WebSocket. */
export function gatewaySocketUrl(path: string): string {
  return gatewayUrl(path).replace(/^http/, 'ws')
}

/** The gateway's refusal; its code is `offline` where no answer came. */
export interface Refusal extends Failure {
  /** The HTTP status; 0 where no answer came. */
  status: number
  /** The fields that cannot be accepted, with status 422. */
  problems?: readonly Problem[]
  /** The document that is stored now, with status 412. */
  changed?: ChangedMeanwhile
}

/** Called when the gateway answers that nobody is signed in. */
let signedOut = () => {}

export function onSignedOut(call: () => void): void {
  signedOut = call
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

interface AskOptions {
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Makes one request to the gateway that served this page, and returns the answer's body; never throws. */
export async function ask<T>(
  method: Method,
  path: string,
  options?: AskOptions,
): Promise<Result<T, Refusal>> {
  const answer = await request<T>(method, path, options)
  return answer.ok ? success(answer.value.body) : answer
}

/** As `ask`, with the answer's headers. */
export async function request<T>(
  method: Method,
  path: string,
  { body, headers, signal }: AskOptions = {},
): Promise<Result<{ body: T; headers: Headers }, Refusal>> {
  try {
    const response = await fetch(gatewayUrl(path), {
      method,
      cache: 'no-store',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
    const text = await response.text()
    const answer = text === '' ? {} : JSON.parse(text)
    if (response.ok) return success({ body: answer as T, headers: response.headers })
    const { status } = response
    if (status === 401) signedOut()
    const { code = 'failed', message = '', problems } = answer
    return failure({ code, message, status, problems, ...(status === 412 && { changed: answer }) })
  } catch (error) {
    return failure({ status: 0, code: 'offline', message: String(error) })
  }
}

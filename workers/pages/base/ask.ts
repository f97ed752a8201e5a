import type { Invalid } from '../../../schemas/problem.ts'
import type { ChangedMeanwhile } from '../../../schemas/protocol/admin.ts'

export type Answer<T> = { ok: true; body: T; headers?: Headers } | Refusal

/** The gateway's refusal; its code is `offline` where no answer came. */
export type Refusal =
  | ({ ok: false; status: 412 } & ChangedMeanwhile)
  | ({ ok: false; status: 422 } & Invalid)
  | { ok: false; status: number; code: string; message: string }

/** Called when the gateway answers that nobody is signed in. */
let signedOut = () => {}

export function onSignedOut(call: () => void): void {
  signedOut = call
}

/** One request to the gateway that this page came from; it never throws. */
export async function ask<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { body, headers, signal }: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
    const text = await response.text()
    const answer = text === '' ? {} : JSON.parse(text)
    if (response.ok) return { ok: true, body: answer as T, headers: response.headers }
    if (response.status === 401) signedOut()
    return { code: 'failed', message: '', ...answer, ok: false, status: response.status }
  } catch (error) {
    return { ok: false, status: 0, code: 'offline', message: String(error) }
  }
}

import type { Attachment } from '../../schemas/conversation/attachment.ts'

/** The gateway's refusal of a file: `file_too_large`, `file_type` and others of PROTOCOL.md; or `unavailable`. */
export class FileError extends Error {
  override readonly name = 'FileError'
  readonly code: string
  /** The HTTP status; 0 where no answer came. */
  readonly status: number

  constructor(code: string, message: string, status: number, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.status = status
  }
}

/**
 * Uploads a file of a customer's conversation. It goes with a message of the same conversation within 23 hours:
 * `client.send({ type: 'message', text: '', attachments: [attachment] })`. Throws FileError, and the signal's reason.
 *
 * @param session the token of the conversation
 */
export async function uploadFile(
  gateway: string,
  session: string,
  file: Blob,
  name: string,
  signal?: AbortSignal,
): Promise<Attachment> {
  const form = new FormData()
  form.set('file', file, name)
  const answer = await ask(gateway, '', session, signal, { method: 'POST', body: form })
  return (await answer.json()) as Attachment
}

/** Reads a file of a message of the conversation. Throws as `uploadFile`. */
export async function readFile(
  gateway: string,
  session: string,
  id: string,
  signal?: AbortSignal,
): Promise<Blob> {
  const answer = await ask(gateway, `/${encodeURIComponent(id)}`, session, signal)
  return answer.blob()
}

async function ask(
  gateway: string,
  path: string,
  session: string,
  signal: AbortSignal | undefined,
  init: RequestInit = {},
): Promise<Response> {
  const url = gateway.replace(/\/?$/, `/v1/files${path}`)
  const headers = { authorization: `Bearer ${session}` }
  const answer = await fetch(url, { ...init, headers, signal: signal ?? null }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw new FileError('unavailable', 'the gateway does not answer', 0, error)
  })
  if (answer.ok) return answer
  const refusal = (await answer.json().catch(() => ({}))) as { code?: string; message?: string }
  const { code = 'unavailable', message = `the gateway answers ${answer.status}` } = refusal
  throw new FileError(code, message, answer.status)
}

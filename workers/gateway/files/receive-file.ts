import type { FileStore, StoredFile } from '../../../engine/files.ts'
import type { Attachment } from '../../../schemas/conversation/attachment.ts'
import type { FileSettings } from '../../settings/files.ts'
import type { HttpRefusalCode } from '../http/refusals.ts'
import { fileName } from './file-name.ts'
import { fileTypeOf, headBytes, isAccepted } from './file-type.ts'
import { newFileId } from './files.ts'
import type { CountedUpload } from './upload-limits.ts'

const scanTimeoutMs = 60_000

/** A file that is not accepted. */
export class FileRefused extends Error {
  readonly code: HttpRefusalCode

  constructor(code: HttpRefusalCode, message?: string) {
    super(message)
    this.code = code
  }
}

/** An upload as it comes. */
export interface ReceivedFile {
  bytes: AsyncIterable<Uint8Array>
  /** As the sender names it. */
  name: string
  claimedType: string
}

/**
 * Stores a file as it comes, once the bytes at its beginning say what it is, and has it scanned. Throws FileRefused;
 * nothing is left of a file that is refused or cut off.
 */
export async function receiveFile(
  { bytes, name: given, claimedType }: ReceivedFile,
  whose: Pick<StoredFile, 'conversation' | 'side'>,
  store: FileStore,
  { bytesMax, types, scanner }: FileSettings,
  upload: CountedUpload,
  gone: AbortSignal,
): Promise<Attachment> {
  const parts = limited(bytes, bytesMax, upload, gone)[Symbol.asyncIterator]()
  const head = await headOf(parts)
  const found = await fileTypeOf(Buffer.concat(head), claimedType, given)
  if (!found || !isAccepted(found.type, types)) {
    await parts.return?.(undefined)
    throw new FileRefused('file_type', found ? `files of type ${found.type} are not accepted` : undefined)
  }
  const name = fileName(given, found.endings)
  const file = { id: newFileId(), ...whose, name, type: found.type }
  const whole = rejoined(head, parts)
  const size = await store.put(file, found.isText ? checkedText(whole) : whole)
  const stored = { id: file.id, name, type: file.type, size }
  if (scanner !== undefined) await scan(scanner, stored, store, gone)
  return stored
}

async function* limited(
  bytes: AsyncIterable<Uint8Array>,
  bytesMax: number,
  upload: CountedUpload,
  gone: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const part of bytes) {
    size += part.length
    if (size > bytesMax) throw new FileRefused('file_too_large', `a file has at most ${bytesMax} bytes`)
    if (!(await upload.turn(part.length, gone))) throw new FileRefused('too_many_file_bytes')
    gone.throwIfAborted()
    yield part
  }
  // A connection that is cut off may look like an end.
  gone.throwIfAborted()
}

async function headOf(parts: AsyncIterator<Uint8Array>): Promise<Uint8Array[]> {
  const head: Uint8Array[] = []
  for (let size = 0; size < headBytes; ) {
    const { done, value } = await parts.next()
    if (done) break
    head.push(value)
    size += value.length
  }
  return head
}

async function* rejoined(head: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

/** Refuses what is no UTF-8 text, wherever that shows. */
async function* checkedText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (part?: Uint8Array) => {
    try {
      if (decoder.decode(part, { stream: part !== undefined }).includes('\0')) throw new TypeError()
    } catch {
      throw new FileRefused('file_type', 'a text has to be UTF-8')
    }
  }
  for await (const part of bytes) {
    decode(part)
    yield part
  }
  decode()
}

/** Only a scanner's word that the file is clean counts: without an answer it is refused, too. */
async function scan(
  scanner: string,
  { id, name, type, size }: Attachment,
  store: FileStore,
  gone: AbortSignal,
): Promise<void> {
  const answer = await askScanner(scanner, store.read(id), {
    'content-type': type,
    'content-length': `${size}`,
    'x-file-id': id,
    'x-file-name': encodeURIComponent(name),
  }).catch(() => null)
  if (answer?.clean === true && !gone.aborted) return
  await store.remove(id)
  throw new FileRefused(answer ? 'file_refused' : 'file_unchecked')
}

async function askScanner(
  url: string,
  bytes: AsyncIterable<Uint8Array>,
  headers: Record<string, string>,
): Promise<{ clean?: unknown } | null> {
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body: bytes as unknown as ReadableStream,
    duplex: 'half',
    redirect: 'error',
    signal: AbortSignal.timeout(scanTimeoutMs),
  } as RequestInit)
  if (!answer.ok) return null
  const said: unknown = await answer.json()
  return typeof said === 'object' ? said : null
}

import { AwsClient } from 'aws4fetch'
import { z } from 'zod'
import type { FileStore, StoredFile } from '../../engine/files.ts'
import { NoAnswer } from '../../engine/nats/errors.ts'
import { parseJson } from '../../schemas/parse-json.ts'

/** The smallest part of an upload in parts; an upload has one in memory. */
const partBytes = 5 * 1024 * 1024
const answerTimeoutMs = 60_000
const retriesMax = 2

export interface S3Place {
  bucket: string
  /** Before every key, without slashes around it; empty: none. */
  prefix: string
  /** The URL of the service, such as `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

const metadata = z.object({
  conversation: z.string(),
  side: z.enum(['customer', 'agent']),
  name: z.string(),
  type: z.string(),
})
const metadataHeader = 'x-amz-meta-frontdesk'

/** Files in a bucket of S3, or of a service that speaks its protocol, under `<prefix>/<id>`. */
export class S3Files implements FileStore {
  readonly #client: AwsClient
  readonly #bucketUrl: string
  readonly #prefix: string

  constructor({ bucket, prefix, endpoint, region, accessKeyId, secretAccessKey }: S3Place) {
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: retriesMax })
    this.#bucketUrl = `${endpoint}/${bucket}`
    this.#prefix = prefix === '' ? '' : `${prefix}/`
  }

  async put(
    { id, conversation, side, name, type }: Omit<StoredFile, 'size'>,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<number> {
    const stored = JSON.stringify({ conversation, side, name, type })
    const headers = {
      'content-type': type,
      // Headers are ASCII.
      [metadataHeader]: Buffer.from(stored).toString('base64url'),
    }
    let upload: string | undefined
    let size = 0
    const etags: string[] = []
    try {
      for await (const { part, isLast } of partsOf(bytes)) {
        size += part.length
        if (isLast && !upload) {
          await this.#ask(this.#urlOf(id), { method: 'PUT', headers, body: part })
          return size
        }
        upload ??= textIn(
          await (await this.#ask(`${this.#urlOf(id)}?uploads`, { method: 'POST', headers })).text(),
          'UploadId',
        )[0] as string
        const query = new URLSearchParams({ partNumber: `${etags.length + 1}`, uploadId: upload })
        const answer = await this.#ask(`${this.#urlOf(id)}?${query}`, { method: 'PUT', body: part })
        etags.push(answer.headers.get('etag') ?? '')
      }
      const list = etags.map(
        (etag, n) => `<Part><PartNumber>${n + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
      )
      const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`
      const query = new URLSearchParams({ uploadId: upload as string })
      const done = await this.#ask(`${this.#urlOf(id)}?${query}`, { method: 'POST', body })
      // Its status is sent before it knows.
      if ((await done.text()).includes('<Error>'))
        throw new NoAnswer('the store of files could not join the parts')
      return size
    } catch (error) {
      if (upload !== undefined) await this.#abort(this.#urlOf(id), upload)
      throw error
    }
  }

  async find(id: string): Promise<StoredFile | null> {
    const answer = await this.#ask(this.#urlOf(id), { method: 'HEAD' }, [404])
    if (answer.status === 404) return null
    const header = answer.headers.get(metadataHeader) ?? ''
    const read = metadata.safeParse(parseJson(Buffer.from(header, 'base64url')))
    const size = Number(answer.headers.get('content-length'))
    return read.success ? { id, ...read.data, size } : null
  }

  async *read(id: string): AsyncGenerator<Uint8Array> {
    const { body } = await this.#ask(this.#urlOf(id), { method: 'GET' })
    if (body) yield* body as unknown as AsyncIterable<Uint8Array>
  }

  async remove(id: string): Promise<void> {
    await this.#ask(this.#urlOf(id), { method: 'DELETE' }, [404])
  }

  async *list(): AsyncGenerator<{ id: string; at: number }> {
    for (let next: string | undefined = ''; next !== undefined; ) {
      const query = new URLSearchParams({ 'list-type': '2', prefix: this.#prefix })
      if (next !== '') query.set('continuation-token', next)
      const text = await (await this.#ask(`${this.#bucketUrl}?${query}`, { method: 'GET' })).text()
      for (const entry of textIn(text, 'Contents')) {
        const [key = ''] = textIn(entry, 'Key')
        const [at = ''] = textIn(entry, 'LastModified')
        yield { id: key.slice(this.#prefix.length), at: Date.parse(at) }
      }
      next = textIn(text, 'NextContinuationToken')[0]
    }
  }

  async removeCut(before: number): Promise<void> {
    const query = new URLSearchParams({ uploads: '', prefix: this.#prefix })
    const text = await (await this.#ask(`${this.#bucketUrl}?${query}`, { method: 'GET' })).text()
    for (const entry of textIn(text, 'Upload')) {
      const [key = ''] = textIn(entry, 'Key')
      const [upload = ''] = textIn(entry, 'UploadId')
      const [at = ''] = textIn(entry, 'Initiated')
      if (Date.parse(at) < before) await this.#abort(`${this.#bucketUrl}/${key}`, upload)
    }
  }

  #urlOf(id: string): string {
    return `${this.#bucketUrl}/${this.#prefix}${id}`
  }

  /** Drops an upload; `removeCut` removes one later that cannot be dropped now. */
  async #abort(url: string, upload: string): Promise<void> {
    const query = new URLSearchParams({ uploadId: upload })
    await this.#ask(`${url}?${query}`, { method: 'DELETE' }, [404]).catch(() => {})
  }

  /** @param fine statuses besides 2xx that the caller understands */
  async #ask(url: string, init: RequestInit, fine: readonly number[] = []): Promise<Response> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), answerTimeoutMs)
    try {
      const answer = await this.#client.fetch(url, { ...init, signal: late.signal })
      if (answer.ok || fine.includes(answer.status)) return answer
      await answer.body?.cancel()
      throw new NoAnswer(`the store of files answers ${init.method} with ${answer.status}`)
    } catch (cause) {
      if (cause instanceof NoAnswer) throw cause
      throw new NoAnswer('the store of files does not answer', { cause })
    } finally {
      clearTimeout(timer)
    }
  }
}

/** The bytes in parts of equal size but the last one. */
async function* partsOf(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ part: Uint8Array<ArrayBuffer>; isLast: boolean }> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    held.push(chunk)
    size += chunk.length
    while (size > partBytes) {
      const all = Buffer.concat(held)
      yield { part: all.subarray(0, partBytes), isLast: false }
      held = [all.subarray(partBytes)]
      size -= partBytes
    }
  }
  yield { part: Buffer.concat(held), isLast: true }
}

/** The contents of the elements of a name, which S3 never nests. */
function textIn(xml: string, element: string): string[] {
  return xml
    .split(`<${element}>`)
    .slice(1)
    .map((rest) => rest.slice(0, rest.indexOf(`</${element}>`)).replaceAll('&amp;', '&'))
}

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

interface StoredObject {
  body: Buffer
  headers: Record<string, string>
  at: Date
}

/** As much of S3 as a store of files asks for. A request without a signature of its own is refused. */
export async function startS3Server(accessKeyId: string) {
  const objects = new Map<string, StoredObject>()
  const uploads = new Map<
    string,
    { key: string; parts: Buffer[]; headers: Record<string, string>; at: Date }
  >()
  let isDown = false
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3')
    const signature = request.headers.authorization ?? ''
    const isSigned =
      signature.startsWith(`AWS4-HMAC-SHA256 Credential=${accessKeyId}/`) &&
      /SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/.test(signature)
    const body = await read(request)
    const answer = (status: number, text = '', headers: Record<string, string> = {}) =>
      response.writeHead(status, headers).end(text)
    if (isDown) return answer(503)
    if (!isSigned) return answer(403)
    const uploadId = searchParams.get('uploadId')
    const upload = uploads.get(uploadId ?? '')
    if (searchParams.has('list-type')) {
      const after = searchParams.get('continuation-token') ?? ''
      const prefix = `/bucket/${searchParams.get('prefix')}`
      const all = [...objects].filter(([key]) => key.startsWith(prefix) && key > after).sort()
      // Two a page.
      const page = all.slice(0, 2)
      const entries = page.map(
        ([key, { at }]) =>
          `<Contents><Key>${key.slice('/bucket/'.length)}</Key><LastModified>${at.toISOString()}</LastModified></Contents>`,
      )
      const isMore = all.length > page.length
      const next = isMore ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : ''
      return answer(200, `<ListBucketResult>${next}${entries.join('')}</ListBucketResult>`)
    }
    if (searchParams.has('uploads')) {
      if (request.method === 'GET') {
        const entries = [...uploads].map(
          ([id, { key, at }]) =>
            `<Upload><Key>${key.slice('/bucket/'.length)}</Key><UploadId>${id}</UploadId><Initiated>${at.toISOString()}</Initiated></Upload>`,
        )
        return answer(200, `<ListMultipartUploadsResult>${entries.join('')}</ListMultipartUploadsResult>`)
      }
      const id = `u${uploads.size + 1}&+`
      uploads.set(id, { key: pathname, parts: [], headers: kept(request), at: new Date() })
      return answer(200, `<R><UploadId>${id.replace('&', '&amp;')}</UploadId></R>`)
    }
    if (uploadId !== null) {
      if (!upload) return answer(404)
      if (request.method === 'PUT') {
        upload.parts[Number(searchParams.get('partNumber')) - 1] = body
        return answer(200, '', { etag: `"${searchParams.get('partNumber')}"` })
      }
      uploads.delete(uploadId)
      if (request.method === 'DELETE') return answer(204)
      objects.set(upload.key, { body: Buffer.concat(upload.parts), headers: upload.headers, at: new Date() })
      return answer(200, '<CompleteMultipartUploadResult/>')
    }
    const object = objects.get(pathname)
    if (request.method === 'PUT') {
      objects.set(pathname, { body, headers: kept(request), at: new Date() })
      return answer(200)
    }
    if (!object) return answer(404)
    if (request.method === 'DELETE') {
      objects.delete(pathname)
      return answer(204)
    }
    response.writeHead(200, { ...object.headers, 'content-length': object.body.length })
    response.end(request.method === 'HEAD' ? undefined : object.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    uploads,
    setDown: (down: boolean) => {
      isDown = down
    },
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

function kept({ headers }: IncomingMessage): Record<string, string> {
  const names = Object.keys(headers).filter(
    (name) => name === 'content-type' || name.startsWith('x-amz-meta-'),
  )
  return Object.fromEntries(names.map((name) => [name, `${headers[name]}`]))
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

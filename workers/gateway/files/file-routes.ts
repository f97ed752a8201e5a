import { Readable } from 'node:stream'
import multipart, { type MultipartFile } from '@fastify/multipart'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { StoredFile } from '../../../engine/files.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import { readRequestForAgents } from '../../../engine/nats/views/open-requests.ts'
import { token } from '../../../schemas/token.ts'
import { addressOf } from '../http/address.ts'
import type { ChannelPages } from '../http/channel-pages.ts'
import { notFound, refuse } from '../http/refuse.ts'
import { isAllowedOrigin } from '../http/request-source.ts'
import type { Identity } from '../identity/identity.ts'
import type { Files } from './files.ts'
import { FileRefused, receiveFile } from './receive-file.ts'
import { UploadLimits } from './upload-limits.ts'

/** Types that a page may show as a picture: no browser runs anything in them. */
const inline = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

export interface FileRouteDeps {
  files: Files
  identity: Identity
  /** In the role of an agent workspace. */
  workspace: RoleConnection
  origins: string[]
  /** A page that only some channels let in has a conversation of these. */
  pages: Pick<ChannelPages, 'mayUseAny'>
  log: Logger
}

/** A sender of requests about files: a customer by the token of a session, or an agent. */
type Sender =
  | { side: 'customer'; conversation: string }
  | { side: 'agent'; workspaces: string[] | 'all'; agent: string }

/** `POST /v1/files` and `GET /v1/files/<id>`. */
export function fileRoutes({
  files,
  identity,
  workspace,
  origins,
  pages,
  log,
}: FileRouteDeps): FastifyPluginAsync {
  const limits = new UploadLimits(files.settings)

  /** Answers and returns `null` where the request comes from nobody who may ask. */
  async function senderOf(request: FastifyRequest, reply: FastifyReply): Promise<Sender | null> {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const session = bearer === undefined ? null : await identity.readSession(bearer)
    if (session) return { side: 'customer', conversation: session.conversation }
    const found = await identity.authenticate(request, 'agent')
    if (found.ok) return { side: 'agent', agent: found.value.id, workspaces: found.value.workspaces }
    refuse(reply, found.error.code, found.error.message)
    return null
  }

  /** Whether the sender is a side of the conversation; of an agent, whether a workspace of theirs has a request of it. */
  async function mayAccess(sender: Sender, conversation: string, query: unknown): Promise<boolean> {
    if (sender.side === 'customer') return sender.conversation === conversation
    const named = token.safeParse((query as { workspace?: string }).workspace ?? undefined).data
    const { workspaces } = sender
    const theirs = workspaces === 'all' ? [named ?? 'main'] : workspaces
    for (const each of theirs) {
      if (named !== undefined && named !== each) continue
      if (await readRequestForAgents(workspace, each, conversation)) return true
    }
    return false
  }

  async function upload(request: FastifyRequest, reply: FastifyReply) {
    const sender = await senderOf(request, reply)
    if (!sender) return reply
    if (!files.acceptedOf(sender.side)) return refuse(reply, 'files_off')
    const named = (request.query as { conversation?: string }).conversation
    const place = sender.side === 'customer' ? sender.conversation : (named ?? sender.agent)
    const counted = limits.begin(addressOf(request), `${sender.side}.${place}`)
    if (!counted) return refuse(reply, 'too_many_uploads')
    const gone = new AbortController()
    request.raw.once('aborted', () => gone.abort())
    reply.raw.once('close', () => gone.abort())
    let part: MultipartFile | undefined
    try {
      // The parser may not notice a client that leaves before the first part.
      part = await Promise.race([request.file(), aborted(gone.signal)])
      const conversation =
        sender.side === 'customer' ? sender.conversation : token.safeParse(named ?? fieldOf(part)).data
      if (!part || conversation === undefined) return refuse(reply, 'file_missing')
      if (!(await mayAccess(sender, conversation, request.query)))
        return notFound(reply, 'your workspaces have no request of this conversation')
      const received = { bytes: part.file, name: part.filename, claimedType: part.mimetype }
      const whose = { conversation, side: sender.side }
      const store = await files.store()
      return reply
        .code(201)
        .send(await receiveFile(received, whose, store, files.settings, counted, gone.signal))
    } catch (error) {
      if (gone.signal.aborted) return reply
      if (error instanceof FileRefused) return refuse(reply, error.code, error.message || undefined)
      if (isWeather(error)) throw error
      // The parser's: the form is broken.
      if (isFormError(error)) return refuse(reply, 'file_missing', 'the body is not a form with a file')
      throw error
    } finally {
      // The rest of a refused file is dropped. The parser lets go of the request once the file is closed; without a reader
      // the request would wait, and the connection's next one behind it.
      part?.file.once('close', () => request.raw.resume()).destroy()
      request.raw.resume()
      counted.end()
    }
  }

  async function download(request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) {
    const sender = await senderOf(request, reply)
    if (!sender) return reply
    const { data: id } = token.safeParse(request.params.id)
    const store = await files.store()
    const file = id === undefined ? null : await store.find(id)
    // The answers are the same, so that nobody learns which files there are.
    if (!file || !(await mayAccess(sender, file.conversation, request.query)))
      return notFound(reply, 'there is no such file')
    reply.headers({
      'content-type': file.type,
      'content-length': file.size,
      'content-disposition': disposition(file),
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, max-age=3600',
    })
    return reply.send(Readable.from(store.read(file.id), { objectMode: false, highWaterMark: 128 * 1024 }))
  }

  return async (fastify: FastifyInstance) => {
    await fastify.register(multipart, {
      limits: {
        files: 1,
        fields: 2,
        parts: 3,
        fieldSize: 200,
        fieldNameSize: 100,
        headerPairs: 20,
        fileSize: files.settings.bytesMax + 1,
      },
    })
    fastify.addHook('onClose', async () => limits.stop())
    fastify.addHook('onRequest', async (request, reply) => {
      const { origin } = request.headers
      reply.headers({ 'cache-control': 'no-store', vary: 'origin' })
      if (origin === undefined) return
      if (!isAllowedOrigin(origin, request.host, origins) && !pages.mayUseAny(origin)) {
        log.debug({ origin }, 'a page of another origin asks for files')
        return refuse(reply, 'origin_refused', `pages of ${origin} may not ask for files`)
      }
      // Without credentials: a cookie counts for the gateway's own pages only.
      reply.header('access-control-allow-origin', origin)
    })
    for (const url of ['/v1/files', '/v1/files/:id'])
      fastify.options(url, (_, reply) =>
        reply
          .headers({
            'access-control-allow-methods': 'GET, POST',
            'access-control-allow-headers': 'authorization, content-type',
            'access-control-max-age': '7200',
          })
          .code(204)
          .send(),
      )
    fastify.post('/v1/files', { config: { isUpload: true } }, upload)
    fastify.get('/v1/files/:id', download)
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function fieldOf(part: MultipartFile | undefined): unknown {
  const field = part?.fields.conversation
  return field && 'value' in field ? field.value : undefined
}

function isFormError(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return /^FST_(?!ERR)/.test(code ?? '') || /multipart|form|boundary|header/i.test(message ?? '')
}

/** A picture is shown in the page; anything else is only saved. RFC 6266. */
function disposition({ type, name }: StoredFile): string {
  const kind = inline.has(type) ? 'inline' : 'attachment'
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`
}

import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { checkDocument, readKind } from '../../../engine/core/read-document.ts'
import { Conflict } from '../../../engine/errors.ts'
import type { ConfigurationStore } from '../../../engine/nats/views/configuration-store.ts'
import { botKindOf } from '../../../schemas/configuration/bot.ts'
import {
  type Document,
  documentBytesMax,
  isKind,
  type Kind,
} from '../../../schemas/configuration/document.ts'
import { type Invalid, invalidOf, problemAt } from '../../../schemas/problem.ts'
import type { ChangedMeanwhile, StoredDocumentAnswer } from '../../../schemas/protocol/admin.ts'
import { failure, type Result } from '../../../schemas/result.ts'
import { token } from '../../../schemas/token.ts'
import { refusals } from '../http/refusals.ts'
import { invalid, notFound, refuse } from '../http/refuse.ts'
import { onSignInEnd, type SignedInStaff } from '../identity/principal.ts'
import { botText } from './bot-text.ts'
import { ChangeFeed } from './change-feed.ts'

/** Logs what an administrator has changed. */
export type Audit = (request: FastifyRequest, act: string, on: object) => void

/** The documents of the configuration: list, save, delete, and follow the changes. */
export function configurationRoutes(
  fastify: FastifyInstance,
  configuration: Pick<ConfigurationStore, 'get' | 'list' | 'put' | 'delete' | 'usersOf' | 'watch'>,
  { administratorOf, audit }: { administratorOf: (request: FastifyRequest) => SignedInStaff; audit: Audit },
): void {
  const changes = new ChangeFeed(configuration)
  fastify.addHook('preClose', async () => changes.close())

  fastify.get('/configuration', async () => {
    const documents = (await configuration.list()).flatMap((stored): StoredDocumentAnswer[] => {
      if (!isKind(stored.kind)) return []
      const checked = readKind(stored.kind, stored.document)
      const answer = { ...stored, ...asText(stored.kind, stored.document) }
      return checked.ok ? [answer] : [{ ...answer, problems: checked.error.problems }]
    })
    return { documents }
  })

  fastify.put('/configuration/:kind/:id', { bodyLimit: documentBytesMax }, async (request, reply) => {
    const { kind, id } = request.params as { kind: string; id: string }
    if (!isKind(kind)) return notFound(reply, `there is no kind ${kind}`)
    const revision = revisionOf(request)
    if (revision === undefined) return refuse(reply, 'revision_needed')
    const checked = checkNamed(kind, id, request.body)
    if (!checked.ok) return invalid(reply, checked.error.problems)
    try {
      const stored = await configuration.put(checked.value, revision)
      audit(request, 'saves a document', { kind, id, revision: stored.revision })
      return { revision: stored.revision }
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      const now = await configuration.get(kind, id)
      // The same document is stored: the answer to the first save was lost, and this is its retry.
      if (now && isDeepStrictEqual(now.document, JSON.parse(JSON.stringify(checked.value.document))))
        return { revision: now.revision }
      return changedMeanwhile(reply, kind, id, now)
    }
  })

  fastify.delete('/configuration/:kind/:id', async (request, reply) => {
    const { kind, id } = request.params as { kind: string; id: string }
    // In a bucket `*` would be the key of any.
    const isId = token.safeParse(id).success
    if (!isKind(kind) || !isId || !(await configuration.get(kind, id)))
      return notFound(reply, `there is no ${kind} ${id}`)
    const revision = revisionOf(request)
    if (!revision) return refuse(reply, 'revision_needed')
    try {
      await configuration.delete(kind, id, revision)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      return changedMeanwhile(reply, kind, id, await configuration.get(kind, id))
    }
    audit(request, 'deletes a document', { kind, id })
    return { users: await configuration.usersOf(kind, id) }
  })

  fastify.get('/changes', { exposeHeadRoute: false }, async (request, reply) => {
    const forget = onSignInEnd(administratorOf(request), () => reply.raw.end())
    reply.raw.on('close', forget)
    reply.hijack()
    await changes.follow(reply.raw)
  })
}

/** The revision that a change must follow; 0: the document must not exist. */
function revisionOf({ headers }: FastifyRequest): number | undefined {
  if (headers['if-none-match'] === '*') return 0
  const revision = /^"([1-9]\d{0,15})"$/.exec(headers['if-match'] ?? '')?.[1]
  return revision === undefined ? undefined : Number(revision)
}

/** Checks a document, which must have the id that it is saved under. */
function checkNamed(kind: Kind, id: string, body: unknown): Result<Document, Invalid> {
  const checked = checkDocument(kind, body)
  if (!checked.ok || checked.value.document.id === id) return checked
  return failure(invalidOf([problemAt(['id'], 'other_id', { id })]))
}

/** A bot is edited as text. */
function asText(kind: Kind, document: unknown): Pick<StoredDocumentAnswer, 'bot'> {
  return kind === 'bot' ? { bot: { kind: botKindOf(document), text: botText(document) } } : {}
}

function changedMeanwhile(
  reply: FastifyReply,
  kind: Kind,
  id: string,
  now: { revision: number; document: unknown } | undefined,
): FastifyReply {
  const answer: ChangedMeanwhile = {
    code: 'changed_meanwhile',
    message: `${kind} ${id} was ${now ? 'saved' : 'deleted'} by somebody else meanwhile`,
    revision: now?.revision ?? null,
    document: now?.document ?? null,
    ...(now && asText(kind, now.document)),
  }
  return reply.code(refusals.changed_meanwhile.statuses[0]).send(answer)
}

import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { checkDocument, readKind } from '../../../engine/core/read-document.ts'
import { Conflict } from '../../../engine/errors.ts'
import type { ConfigurationStore, DocumentRevision } from '../../../engine/nats/views/configuration-store.ts'
import { botKindOf } from '../../../schemas/configuration/bot.ts'
import {
  type Document,
  documentBytesMax,
  isKind,
  type Kind,
} from '../../../schemas/configuration/document.ts'
import { type Invalid, invalidOf, problemAt } from '../../../schemas/problem.ts'
import type {
  ChangedMeanwhile,
  DocumentChange,
  DocumentRevisionAnswer,
  StoredDocumentAnswer,
} from '../../../schemas/protocol/admin.ts'
import { failure, type Result } from '../../../schemas/result.ts'
import { token } from '../../../schemas/token.ts'
import { refusals } from '../http/refusals.ts'
import { invalid, notFound, refuse } from '../http/refuse.ts'
import { onSignInEnd, type SignedInStaff } from '../identity/principal.ts'
import type { Audit } from './audit-routes.ts'
import { botText } from './bot-text.ts'
import { ChangeFeed } from './change-feed.ts'

/** The configuration as administrators edit it. */
export type EditedConfiguration = Pick<
  ConfigurationStore,
  'get' | 'list' | 'revisions' | 'put' | 'delete' | 'usersOf' | 'watch'
>

/** The documents of the configuration: list, save, delete, and follow the changes. */
export function configurationRoutes(
  fastify: FastifyInstance,
  configuration: EditedConfiguration,
  { administratorOf, audit }: { administratorOf: (request: FastifyRequest) => SignedInStaff; audit: Audit },
): void {
  const changes = new ChangeFeed(configuration)
  fastify.addHook('preClose', async () => changes.close())

  fastify.get('/configuration', async () => {
    const documents = (await configuration.list()).flatMap((stored): StoredDocumentAnswer[] => {
      if (!isKind(stored.kind)) return []
      const checked = readKind(stored.kind, stored.document)
      const { kind, id, revision, document } = stored
      const answer = { kind, id, revision, document, ...changeOf(stored), ...asText(kind, document) }
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
      // A read may be stale, but never ahead: a refusal is not noted as an act.
      if (((await configuration.get(kind, id))?.revision ?? 0) > revision)
        throw new Conflict(`${kind} ${id} was changed meanwhile`)
      const by = administratorOf(request).name
      const before = (replaced: number) =>
        audit(request, 'saved', { kind, id, revision: replaced }, 'saves a document')
      const stored = await configuration.put(checked.value, { revision, by, before })
      return { revision: stored.revision }
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      const [now] = await configuration.revisions(kind, id)
      // The same document is stored: the answer to the first save was lost, and this is its retry.
      if (
        now &&
        !now.isDeletion &&
        isDeepStrictEqual(now.document, JSON.parse(JSON.stringify(checked.value.document)))
      )
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
      const before = (replaced: number) =>
        audit(request, 'deleted', { kind, id, revision: replaced }, 'deletes a document')
      await configuration.delete(kind, id, { revision, by: administratorOf(request).name, before })
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      const [now] = await configuration.revisions(kind, id)
      return changedMeanwhile(reply, kind, id, now)
    }
    return { users: await configuration.usersOf(kind, id) }
  })

  fastify.get('/configuration/:kind/:id/revisions', async (request, reply) => {
    const { kind, id } = request.params as { kind: string; id: string }
    const isId = token.safeParse(id).success
    if (!isKind(kind) || !isId) return notFound(reply, `there is no ${kind} ${id}`)
    const revisions = (await configuration.revisions(kind, id)).map(
      (one): DocumentRevisionAnswer => ({
        revision: one.revision,
        ...changeOf(one),
        document: one.document,
        ...(!one.isDeletion && asText(kind, one.document)),
      }),
    )
    return { revisions }
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

function changeOf({ at, by }: Pick<DocumentRevision, 'at' | 'by'>): DocumentChange {
  return { changedAt: new Date(at).toISOString(), ...(by !== undefined && { changedBy: by }) }
}

/** A bot is edited as text. */
function asText(kind: Kind, document: unknown): Pick<StoredDocumentAnswer, 'bot'> {
  return kind === 'bot' ? { bot: { kind: botKindOf(document), text: botText(document) } } : {}
}

function changedMeanwhile(
  reply: FastifyReply,
  kind: Kind,
  id: string,
  now: DocumentRevision | undefined,
): FastifyReply {
  const stored = now?.isDeletion ? undefined : now
  const answer: ChangedMeanwhile = {
    code: 'changed_meanwhile',
    message: `${kind} ${id} was ${stored ? 'saved' : 'deleted'} by somebody else meanwhile`,
    revision: stored?.revision ?? null,
    document: stored?.document ?? null,
    ...(now && changeOf(now)),
    ...(stored && asText(kind, stored.document)),
  }
  return reply.code(refusals.changed_meanwhile.statuses[0]).send(answer)
}

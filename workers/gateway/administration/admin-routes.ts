import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ScheduleHours } from '../../../engine/core/configuration.ts'
import { openingHours } from '../../../engine/core/opening-hours.ts'
import { checkDocument } from '../../../engine/core/read-document.ts'
import { Conflict } from '../../../engine/errors.ts'
import type { ConfigurationStore } from '../../../engine/nats/views/configuration-store.ts'
import type { Channel } from '../../../schemas/configuration/channel.ts'
import {
  type Document,
  documentBytesMax,
  isKind,
  type Kind,
} from '../../../schemas/configuration/document.ts'
import { textLengthMax } from '../../../schemas/conversation/event.ts'
import type { Problem } from '../../../schemas/problem.ts'
import {
  botDrawingQuestion,
  botPreviewQuestion,
  botQuestion,
  botTextBytesMax,
  type ChangedMeanwhile,
  type HoursAnswer,
  hoursQuestion,
  type ImportAnswer,
  importBytesMax,
  type KeyAnswer,
  newKey,
  previewEventsMax,
  previewQuestion,
  type StoredDocumentAnswer,
} from '../../../schemas/protocol/admin.ts'
import { token } from '../../../schemas/token.ts'
import { Drawings } from '../../diagram/drawings.ts'
import { schedulesFromZendesk } from '../../import/zendesk-schedules.ts'
import { readAsked } from '../http/read-question.ts'
import { invalid, notFound, refuse } from '../http/refuse.ts'
import { requireRole } from '../http/require-role.ts'
import type { Authentication } from '../identity/principal.ts'
import { refusals } from '../refusals.ts'
import { botText, readBotText } from './bot-text.ts'
import { ChangeFeed } from './change-feed.ts'
import { drawBot } from './draw-bot.ts'
import { preview } from './preview.ts'
import { botKindOf, previewBot } from './preview-bot.ts'

export interface AdminSide {
  configuration: Pick<ConfigurationStore, 'get' | 'list' | 'put' | 'delete' | 'usersOf' | 'watch'>
  /** The keys that sign customers' logins. */
  keys: {
    list(): Promise<KeyAnswer[]>
    create(name: string): Promise<KeyAnswer & { secret: string }>
    /** Whether there was one. */
    revoke(kid: string): Promise<boolean>
  }
  /** As an administrator. */
  authenticate(request: FastifyRequest): Promise<Authentication>
}

/** `/v1/admin`, as PROTOCOL.md says it. */
export function adminRoutes(side: AdminSide): FastifyPluginAsync {
  return async (fastify) => {
    await fastify.register(routes, { prefix: '/v1/admin', ...side })
  }
}

async function routes(
  fastify: FastifyInstance,
  { configuration, keys, authenticate }: AdminSide,
): Promise<void> {
  const changes = new ChangeFeed(configuration)
  const drawings = new Drawings()
  /** The hours of a channel's schedule, where it has one that workers take. */
  const scheduleOf = async ({ schedule: id }: Channel) => {
    const stored = id ? await configuration.get('schedule', id) : undefined
    const schedule = stored && checkDocument('schedule', stored.document)
    return schedule && !('problems' in schedule) ? hoursOf(schedule) : undefined
  }
  fastify.addHook('preClose', async () => changes.close())

  requireRole(fastify, authenticate)

  fastify.get('/configuration', async () => {
    const documents = (await configuration.list()).flatMap((stored): StoredDocumentAnswer[] => {
      if (!isKind(stored.kind)) return []
      const checked = checkDocument(stored.kind, stored.document)
      const answer = { ...stored, ...asText(stored.kind, stored.document) }
      return 'problems' in checked ? [{ ...answer, problems: checked.problems }] : [answer]
    })
    return { documents }
  })

  fastify.put('/configuration/:kind/:id', bodyOf(documentBytesMax), async (request, reply) => {
    const { kind, id } = request.params as { kind: string; id: string }
    if (!isKind(kind)) return notFound(reply, `there is no kind ${kind}`)
    const revision = revisionOf(request)
    if (revision === undefined) return revisionNeeded(reply)
    const checked = checkNamed(kind, id, request.body)
    if ('problems' in checked) return invalid(reply, checked.problems)
    try {
      const stored = await configuration.put(checked, revision)
      return { revision: stored.revision }
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      const now = await configuration.get(kind, id)
      // The same was saved a moment ago: a repeat whose answer was lost.
      if (now && isDeepStrictEqual(now.document, JSON.parse(JSON.stringify(checked.document))))
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
    if (!revision) return revisionNeeded(reply)
    try {
      await configuration.delete(kind, id, revision)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      return changedMeanwhile(reply, kind, id, await configuration.get(kind, id))
    }
    return { users: await configuration.usersOf(kind, id) }
  })

  fastify.get('/changes', { exposeHeadRoute: false }, async (_, reply) => {
    reply.hijack()
    await changes.follow(reply.raw)
  })

  fastify.post('/hours', bodyOf(questionBytesMax), async (request, reply) => {
    const asked = readAsked(hoursQuestion, request.body)
    if ('problems' in asked) return invalid(reply, asked.problems)
    const checked = checkDocument('schedule', asked.schedule)
    if ('problems' in checked) return invalid(reply, under('schedule', checked.problems))
    const at = asked.at === undefined ? Date.now() : Date.parse(asked.at)
    return hoursAt(hoursOf(checked).hours, at)
  })

  fastify.post('/preview', bodyOf(questionBytesMax), async (request, reply) => {
    const asked = readAsked(previewQuestion, request.body)
    if ('problems' in asked) return invalid(reply, asked.problems)
    const channel = channelOf(asked.channel)
    if ('problems' in channel) return invalid(reply, channel.problems)
    return preview(channel, await scheduleOf(channel), Date.now(), asked.locale)
  })

  // What is wrong is what is asked for here, so it is no refusal.
  fastify.post('/check-bot', bodyOf(botTextBytesMax), async (request, reply) => {
    const asked = readAsked(botQuestion, request.body)
    if ('problems' in asked) return invalid(reply, asked.problems)
    return readBotText(asked.text, asked.id)
  })

  fastify.post('/preview-bot', bodyOf(previewBytesMax), async (request, reply) => {
    const asked = readAsked(botPreviewQuestion, request.body)
    if ('problems' in asked) return invalid(reply, asked.problems)
    const bot = readBotText(asked.text)
    if ('problems' in bot) return invalid(reply, under('text', bot.problems))
    const channel = channelOf(asked.channel ?? { id: 'preview' })
    if ('problems' in channel) return invalid(reply, channel.problems)
    const { locale, hours, events, failing } = asked
    const schedule = await scheduleOf(channel)
    return previewBot(bot.document, { channel, schedule, at: Date.now(), locale, hours, events, failing })
  })

  fastify.post('/draw-bot', bodyOf(botTextBytesMax), async (request, reply) => {
    const asked = readAsked(botDrawingQuestion, request.body)
    if ('problems' in asked) return invalid(reply, asked.problems)
    const bot = readBotText(asked.text)
    if ('problems' in bot) return invalid(reply, under('text', bot.problems))
    return drawBot(bot.document, drawings)
  })

  fastify.post('/import/zendesk-schedules', bodyOf(importBytesMax), async (request, reply) => {
    try {
      const answer: ImportAnswer = schedulesFromZendesk(request.body)
      return answer
    } catch (error) {
      return invalid(reply, [{ path: [], message: (error as Error).message }])
    }
  })

  fastify.get('/keys', async () => ({ keys: await keys.list() }))

  fastify.post('/keys', bodyOf(documentBytesMax), async (request, reply) => {
    const asked = readAsked(newKey, request.body)
    if ('problems' in asked) return invalid(reply, asked.problems)
    return reply.code(201).send(await keys.create(asked.name))
  })

  fastify.delete('/keys/:kid', async (request, reply) => {
    const { kid } = request.params as { kid: string }
    if (!(await keys.revoke(kid))) return notFound(reply, `there is no key ${kid}`)
    return reply.code(204).send()
  })
}

/** A document, and what is asked about it. */
const questionBytesMax = documentBytesMax + 1024
/** A bot, its channel, and as many texts of a customer as there may be: a character takes up to 6 bytes of JSON. */
const previewBytesMax = botTextBytesMax + questionBytesMax + previewEventsMax * textLengthMax * 6

const bodyOf = (bodyLimit: number) => ({ bodyLimit })

/** The revision that a change has to follow; 0: there must be none. */
function revisionOf({ headers }: FastifyRequest): number | undefined {
  if (headers['if-none-match'] === '*') return 0
  const revision = /^"([1-9]\d{0,15})"$/.exec(headers['if-match'] ?? '')?.[1]
  return revision === undefined ? undefined : Number(revision)
}

/** Checks a document that has to bear the id that it is saved under. */
function checkNamed(kind: Kind, id: string, body: unknown): Document | { problems: readonly Problem[] } {
  const checked = checkDocument(kind, body)
  if ('problems' in checked || checked.document.id === id) return checked
  return { problems: [{ path: ['id'], message: `must be ${id}, as in the address` }] }
}

function under(field: string, problems: readonly Problem[]): Problem[] {
  return problems.map(({ path, message }) => ({ path: [field, ...path], message }))
}

function channelOf(asked: unknown): Channel | { problems: readonly Problem[] } {
  const checked = checkDocument('channel', asked)
  if ('problems' in checked) return { problems: under('channel', checked.problems) }
  return checked.document as Channel
}

/** A bot is edited as text. */
function asText(kind: Kind, document: unknown): Pick<StoredDocumentAnswer, 'bot'> {
  return kind === 'bot' ? { bot: { kind: botKindOf(document), text: botText(document) } } : {}
}

function hoursOf(checked: Document): ScheduleHours {
  const schedule = (checked as Extract<Document, { kind: 'schedule' }>).document
  return { timeZone: schedule.timeZone, hours: openingHours(schedule) }
}

function hoursAt(hours: ScheduleHours['hours'], at: number): HoursAnswer {
  const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())
  return {
    at: new Date(at).toISOString(),
    open: hours.isOpen(at),
    nextOpen: iso(hours.nextOpen(at)),
    nextClose: iso(hours.nextClose(at)),
  }
}

function revisionNeeded(reply: FastifyReply): FastifyReply {
  return refuse(reply, 'revision_needed')
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

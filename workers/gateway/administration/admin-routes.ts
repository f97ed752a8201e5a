import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ScheduleHours } from '../../../engine/core/configuration.ts'
import { openingHours } from '../../../engine/core/opening-hours.ts'
import { checkDocument } from '../../../engine/core/read-document.ts'
import { Conflict } from '../../../engine/errors.ts'
import type { ConfigurationStore } from '../../../engine/nats/views/configuration-store.ts'
import { botKindOf } from '../../../schemas/configuration/bot.ts'
import type { Channel } from '../../../schemas/configuration/channel.ts'
import {
  type Document,
  documentBytesMax,
  isKind,
  type Kind,
} from '../../../schemas/configuration/document.ts'
import type { Schedule } from '../../../schemas/configuration/schedule.ts'
import { previewEventsMax, textLengthMax } from '../../../schemas/limits.ts'
import { type Invalid, invalidOf, type Problem, parse, problem } from '../../../schemas/problem.ts'
import {
  botDrawingQuestion,
  botPreviewQuestion,
  botQuestion,
  botTextBytesMax,
  type ChangedMeanwhile,
  type CheckedBot,
  type HoursAnswer,
  hoursQuestion,
  type ImportAnswer,
  importBytesMax,
  type KeyAnswer,
  newKey,
  previewQuestion,
  type StoredDocumentAnswer,
} from '../../../schemas/protocol/admin.ts'
import { failure, type Result, success } from '../../../schemas/result.ts'
import { token } from '../../../schemas/token.ts'
import { Drawings } from '../../diagram/drawings.ts'
import { schedulesFromZendesk } from '../../import/zendesk-schedules.ts'
import { invalid, notFound, refuse } from '../http/refuse.ts'
import { requireRole } from '../http/require-role.ts'
import type { Authentication } from '../identity/principal.ts'
import { refusals } from '../refusals.ts'
import { botText, readBotText } from './bot-text.ts'
import { ChangeFeed } from './change-feed.ts'
import { drawBot } from './draw-bot.ts'
import { preview } from './preview.ts'
import { previewBot } from './preview-bot.ts'

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
    return schedule?.ok ? hoursOf(schedule.value.document) : undefined
  }
  fastify.addHook('preClose', async () => changes.close())

  requireRole(fastify, authenticate)

  fastify.get('/configuration', async () => {
    const documents = (await configuration.list()).flatMap((stored): StoredDocumentAnswer[] => {
      if (!isKind(stored.kind)) return []
      const checked = checkDocument(stored.kind, stored.document)
      const answer = { ...stored, ...asText(stored.kind, stored.document) }
      return checked.ok ? [answer] : [{ ...answer, problems: checked.error.problems }]
    })
    return { documents }
  })

  fastify.put('/configuration/:kind/:id', bodyOf(documentBytesMax), async (request, reply) => {
    const { kind, id } = request.params as { kind: string; id: string }
    if (!isKind(kind)) return notFound(reply, `there is no kind ${kind}`)
    const revision = revisionOf(request)
    if (revision === undefined) return revisionNeeded(reply)
    const checked = checkNamed(kind, id, request.body)
    if (!checked.ok) return invalid(reply, checked.error.problems)
    try {
      const stored = await configuration.put(checked.value, revision)
      return { revision: stored.revision }
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      const now = await configuration.get(kind, id)
      // The same was saved a moment ago: a repeat whose answer was lost.
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
    const asked = parse(hoursQuestion, request.body)
    if (!asked.ok) return invalid(reply, asked.error.problems)
    const checked = checkDocument('schedule', asked.value.schedule)
    if (!checked.ok) return invalid(reply, under('schedule', checked.error.problems))
    const at = asked.value.at === undefined ? Date.now() : Date.parse(asked.value.at)
    return hoursAt(hoursOf(checked.value.document).hours, at)
  })

  fastify.post('/preview', bodyOf(questionBytesMax), async (request, reply) => {
    const asked = parse(previewQuestion, request.body)
    if (!asked.ok) return invalid(reply, asked.error.problems)
    const channel = channelOf(asked.value.channel)
    if (!channel.ok) return invalid(reply, channel.error.problems)
    return preview(channel.value, await scheduleOf(channel.value), Date.now(), asked.value.locale)
  })

  // What is wrong is what is asked for here, so it is no refusal.
  fastify.post('/check-bot', bodyOf(botTextBytesMax), async (request, reply) => {
    const asked = parse(botQuestion, request.body)
    if (!asked.ok) return invalid(reply, asked.error.problems)
    const bot = readBotText(asked.value.text, asked.value.id)
    const answer: CheckedBot = bot.ok ? { document: bot.value } : { problems: bot.error.problems }
    return answer
  })

  fastify.post('/preview-bot', bodyOf(previewBytesMax), async (request, reply) => {
    const asked = parse(botPreviewQuestion, request.body)
    if (!asked.ok) return invalid(reply, asked.error.problems)
    const bot = readBotText(asked.value.text)
    if (!bot.ok) return invalid(reply, under('text', bot.error.problems))
    const channel = channelOf(asked.value.channel ?? { id: 'preview' })
    if (!channel.ok) return invalid(reply, channel.error.problems)
    const schedule = await scheduleOf(channel.value)
    const { locale, hours, events, failing } = asked.value
    const at = Date.now()
    return previewBot(bot.value, { channel: channel.value, schedule, at, locale, hours, events, failing })
  })

  fastify.post('/draw-bot', bodyOf(botTextBytesMax), async (request, reply) => {
    const asked = parse(botDrawingQuestion, request.body)
    if (!asked.ok) return invalid(reply, asked.error.problems)
    const bot = readBotText(asked.value.text)
    if (!bot.ok) return invalid(reply, under('text', bot.error.problems))
    return drawBot(bot.value, drawings)
  })

  fastify.post('/import/zendesk-schedules', bodyOf(importBytesMax), async (request, reply) => {
    const imported = schedulesFromZendesk(request.body)
    if (!imported.ok) return invalid(reply, [{ path: [], ...imported.error }])
    const answer: ImportAnswer = imported.value
    return answer
  })

  fastify.get('/keys', async () => ({ keys: await keys.list() }))

  fastify.post('/keys', bodyOf(documentBytesMax), async (request, reply) => {
    const asked = parse(newKey, request.body)
    if (!asked.ok) return invalid(reply, asked.error.problems)
    return reply.code(201).send(await keys.create(asked.value.name))
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
function checkNamed(kind: Kind, id: string, body: unknown): Result<Document, Invalid> {
  const checked = checkDocument(kind, body)
  if (!checked.ok || checked.value.document.id === id) return checked
  return failure(invalidOf([{ path: ['id'], ...problem('other_id', { id }) }]))
}

function under(field: string, problems: readonly Problem[]): Problem[] {
  return problems.map((found) => ({ ...found, path: [field, ...found.path] }))
}

function channelOf(asked: unknown): Result<Channel, Invalid> {
  const checked = checkDocument('channel', asked)
  if (!checked.ok) return failure(invalidOf(under('channel', checked.error.problems)))
  return success(checked.value.document)
}

/** A bot is edited as text. */
function asText(kind: Kind, document: unknown): Pick<StoredDocumentAnswer, 'bot'> {
  return kind === 'bot' ? { bot: { kind: botKindOf(document), text: botText(document) } } : {}
}

function hoursOf(schedule: Schedule): ScheduleHours {
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

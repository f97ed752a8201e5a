import { botKindOf } from '../../schemas/configuration/bot.ts'
import { channel } from '../../schemas/configuration/channel.ts'
import { conversationTextNames } from '../../schemas/configuration/conversation-texts.ts'
import {
  type Document,
  type DocumentOf,
  documentBytesMax,
  documentLevelsMax,
  isKind,
  type Kind,
  kinds,
} from '../../schemas/configuration/document.ts'
import { reply } from '../../schemas/configuration/reply.ts'
import { calendar, schedule } from '../../schemas/configuration/schedule.ts'
import { workspace } from '../../schemas/configuration/workspace.ts'
import { levelsOf } from '../../schemas/parse-json.ts'
import { type Invalid, invalidOf, type Problem, parse, problemAt } from '../../schemas/problem.ts'
import { failure, type Result, success } from '../../schemas/result.ts'
import { webhook } from '../../schemas/webhooks/webhook.ts'
import { readBot } from '../machines/bots/read-bot.ts'

const readers: { [K in Kind]: (value: unknown) => Result<DocumentOf<K>['document'], Invalid> } = {
  channel: (value) => parse(channel, value),
  schedule: (value) => parse(schedule, value),
  calendar: (value) => parse(calendar, value),
  bot: readBot,
  workspace: (value) => parse(workspace, value),
  reply: (value) => parse(reply, value),
  webhook: (value) => parse(webhook, value),
}

/** Reads the value of a key of that kind in the bucket. */
export function readDocument(kind: string, json: string): Result<Document> {
  if (!isKind(kind)) return failure(unknownKind([], kind))
  try {
    return readKind(kind, JSON.parse(json))
  } catch (error) {
    return failure({ code: 'not_json', message: (error as Error).message })
  }
}

/** Reads a stored document of a known kind. Fields that it has from another version of frontdesk are left out. */
export function readKind<K extends Kind>(kind: K, value: unknown): Result<DocumentOf<K>, Invalid> {
  // Before anything recurses.
  const levels = levelsOf(value)
  if (levels > documentLevelsMax)
    return failure(invalidOf([problemAt([], 'too_deep', { levels, max: documentLevelsMax })]))
  const read = readers[kind](value)
  if (!read.ok) return read
  const bytes = new TextEncoder().encode(JSON.stringify(read.value)).length
  if (bytes > documentBytesMax)
    return failure(invalidOf([problemAt([], 'too_large', { bytes, max: documentBytesMax })]))
  return success({ kind, document: read.value } as DocumentOf<K>)
}

/**
 * Checks a document of a known kind that is to be stored. An unknown field is a problem: a misread rule, such as a
 * holiday that was to come back each year, changes when a company is open.
 */
export function checkDocument<K extends Kind>(kind: K, value: unknown): Result<DocumentOf<K>, Invalid> {
  const read = readKind(kind, value)
  if (!read.ok) return read
  const { kind: _, ...given } = value as Record<string, unknown>
  const unknown = unknownFields(given, read.value.document)
  return unknown.length === 0 ? read : failure(invalidOf(unknown))
}

function unknownFields(given: unknown, known: unknown, path: string[] = []): Problem[] {
  if (typeof given !== 'object' || given === null || typeof known !== 'object' || known === null) return []
  return Object.entries(given).flatMap(([field, value]) =>
    Object.hasOwn(known, field)
      ? unknownFields(value, (known as Record<string, unknown>)[field], [...path, field])
      : [unknownField(path, field)],
  )
}

/** @param path the object that has the field */
function unknownField(path: string[], field: string): Problem {
  // Only a channel has texts by name.
  if (path.join('.') === 'texts')
    return problemAt([...path, field], 'unknown_text', { name: field, names: conversationTextNames })
  return problemAt([...path, field], 'unknown_field', { field })
}

/** Fields that only a workspace has. */
const workspaceFields = ['routing', 'offerTimeout', 'capacity', 'overflow']

/** The kind that a document says it is of, or that it looks like. */
export function kindOf(value: unknown): Result<Kind, Invalid> {
  const fields: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {}
  const { kind } = fields
  if (kind !== undefined)
    return typeof kind === 'string' && isKind(kind)
      ? success(kind)
      : failure(unknownKind(['kind'], JSON.stringify(kind)))
  if (fields.timeZone !== undefined) return success('schedule')
  if (fields.holidays !== undefined) return success('calendar')
  if (workspaceFields.some((field) => fields[field] !== undefined)) return success('workspace')
  if (fields.url !== undefined && fields.secret !== undefined) return success('webhook')
  if (fields.title !== undefined && fields.text !== undefined) return success('reply')
  const isBot = fields.answers !== undefined || botKindOf(value) !== 'flow'
  return success(isBot ? 'bot' : 'channel')
}

function unknownKind(path: string[], kind: string): Invalid {
  return invalidOf([problemAt(path, 'unknown_kind', { kind, kinds })])
}

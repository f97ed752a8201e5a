import { type ZodType, z } from 'zod'
import { channel } from '../../schemas/configuration/channel.ts'
import {
  type Document,
  documentBytesMax,
  isKind,
  type Kind,
  kinds,
} from '../../schemas/configuration/document.ts'
import { schedule } from '../../schemas/configuration/schedule.ts'
import { lineOf, type Problem } from '../../schemas/problem.ts'
import { bot } from '../machines/bots/read-bot.ts'

const schemas: Record<Kind, ZodType> = { channel, schedule, bot }

/** Reads what the bucket holds under a key of that kind. */
export function readDocument(kind: string, json: string): Document | { problem: string } {
  if (!isKind(kind)) return { problem: `there is no kind ${kind}; there are ${kinds.join(', ')}` }
  try {
    return checkDocument(kind, JSON.parse(json))
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

/** Checks a document of a known kind: what it is, or what is wrong with which field. */
export function checkDocument(
  kind: Kind,
  value: unknown,
): Document | { problem: string; problems: readonly Problem[] } {
  const parsed = schemas[kind].safeParse(value)
  if (!parsed.success) return refused(parsed.error.issues as Problem[])
  const bytes = new TextEncoder().encode(JSON.stringify(parsed.data)).length
  if (bytes > documentBytesMax)
    return refused([{ path: [], message: `has ${bytes} bytes; the limit is ${documentBytesMax}` }])
  return { kind, document: parsed.data } as Document
}

/** What a document says it is, or what it looks like. */
export function kindOf(value: unknown): Kind | { problem: string } {
  const { kind, timeZone, answers, external, machine } = z.looseObject({}).catch({}).parse(value)
  if (kind !== undefined)
    return typeof kind === 'string' && isKind(kind)
      ? kind
      : { problem: `kind: there is no kind ${JSON.stringify(kind)}; there are ${kinds.join(', ')}` }
  if (timeZone !== undefined) return 'schedule'
  return answers === undefined && external === undefined && machine === undefined ? 'channel' : 'bot'
}

function refused(problems: readonly Problem[]): { problem: string; problems: readonly Problem[] } {
  return {
    problem: problems.map(lineOf).join('; '),
    problems: problems.map(({ path, message }) => ({ path, message })),
  }
}

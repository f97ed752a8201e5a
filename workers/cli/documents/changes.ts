import { isDeepStrictEqual } from 'node:util'
import diff from 'microdiff'
import { type ConfigurationStore, referenceOf } from '../../../engine/nats/views/configuration-store.ts'
import { isFlow } from '../../../schemas/configuration/bot.ts'
import type { Document, Kind } from '../../../schemas/configuration/document.ts'
import { calendarsOf } from '../../../schemas/configuration/holiday-entry.ts'
import { jsonText } from '../shell/json.ts'
import { cutText, plainLine } from '../shell/text.ts'

/** The configuration without the functions that change it. */
export type ReadConfiguration = Pick<ConfigurationStore, 'get' | 'list' | 'usersOf'>

/** The configuration of a NATS on which frontdesk has never run: empty. */
export const noConfiguration: ReadConfiguration = {
  get: async () => undefined,
  list: async () => [],
  usersOf: async () => [],
}

const valueLengthMax = 200

/** Lists the changes that `config apply` would make to a document: `channel.web changed`, and a line for each field. */
export async function changesBy(
  configuration: ReadConfiguration,
  { kind, document }: Document,
): Promise<string[]> {
  const key = `${kind}.${document.id}`
  const stored = await configuration.get(kind, document.id)
  if (!stored) return [`${key} created`]
  // As it would be stored: JSON drops fields that are `undefined`.
  const after: unknown = JSON.parse(JSON.stringify(document))
  if (isDeepStrictEqual(stored.document, after)) return [`${key} unchanged`]
  return [`${key} changed`, ...differences(stored.document, after).map((line) => `  ${line}`)]
}

/** `duringHours.firstMessage: "Hi" → "Hello"`; a text where it is stored by hand is no object, and replaced whole. */
function differences(before: unknown, after: unknown): string[] {
  if (typeof before !== 'object' || before === null) return [`${shown(before)} → ${shown(after)}`]
  return diff(before as object, after as object, { cyclesFix: false }).map((change) => {
    const was = change.type === 'CREATE' ? 'nothing' : shown(change.oldValue)
    const is = change.type === 'REMOVE' ? 'nothing' : shown(change.value)
    return `${plainLine(change.path.join('.'))}: ${was} → ${is}`
  })
}

function shown(value: unknown): string {
  return cutText(plainLine(jsonText(value)), valueLengthMax)
}

/** The references of a document, without duplicates. */
export function referencesOf({ kind, document }: Document): [Kind, string][] {
  switch (kind) {
    case 'channel':
      return (['schedule', 'bot'] as const).flatMap((referenced): [Kind, string][] => {
        const id = referenceOf(document, referenced)
        return id === null ? [] : [[referenced, id]]
      })
    case 'bot': {
      const steps = isFlow(document) ? document.answers.flatMap((answer) => answer.steps) : []
      const schedules = steps.flatMap((step) => (step.type === 'hours' ? (step.schedule ?? []) : []))
      return [...new Set(schedules)].map((id) => ['schedule', id])
    }
    case 'workspace': {
      const { schedule, overflow } = document
      return [
        ...(schedule ? ([['schedule', schedule]] as [Kind, string][]) : []),
        ...(overflow ? ([['workspace', overflow.workspace]] as [Kind, string][]) : []),
      ]
    }
    case 'schedule':
      return calendarsOf(document).map((id) => ['calendar', id])
    case 'calendar':
    case 'reply':
    case 'webhook':
      return []
  }
}

/** A reference to a document that is not stored. */
export interface MissingReference {
  user: Document
  kind: Kind
  id: string
  /** The behaviour of the user meanwhile, a verb first: `counts it as open`. */
  effect: string | undefined
}

/** The effect of a missing document on one that refers to it. */
const effects: Partial<Record<Kind, string>> = {
  schedule: 'counts it as open',
  calendar: 'has none of its holidays',
  bot: 'works without it',
  workspace: 'moves requests there all the same',
}

/** The references of documents to others that are neither stored nor among them. */
export async function* missingReferences(
  configuration: ReadConfiguration,
  documents: readonly Document[],
): AsyncGenerator<MissingReference> {
  const given = new Set(documents.map(keyOf))
  for (const user of documents)
    for (const [kind, id] of referencesOf(user))
      if (!given.has(`${kind}.${id}`) && !(await configuration.get(kind, id)))
        yield { user, kind, id, effect: effects[kind] }
}

/** `channel.web` */
export function keyOf({ kind, document }: Document): string {
  return `${kind}.${document.id}`
}

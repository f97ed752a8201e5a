import type { Conversation, Incoming } from '../../../engine/core/conversation.ts'
import { hiddenPaths, personalPaths } from '../../../engine/machines/context.ts'
import { trim } from '../../../engine/texts/trim.ts'
import { type EventType, visibilityOf } from '../../../schemas/conversation/event.ts'
import type { Author, Message } from '../../../schemas/conversation/record.ts'
import type { Visibility } from '../../../schemas/conversation/visibility.ts'
import type { InspectedStep } from '../../../schemas/protocol/inspector.ts'
import type { HistoryStep } from './history.ts'
import { masked, maskWords, type Word, wordsIn } from './mask-words.ts'

/** The most texts of a developer's machine that are searched for; where it keeps more, all that it keeps is hidden. */
const ownTextsMax = 100
/** The authors whose texts are their own: those of bots and notices are the company's. */
const writers: ReadonlySet<Author['type']> = new Set(['customer', 'agent'])
/** The most chosen options that are remembered. */
const chosenMax = 100

/**
 * Hides what agents wrote, what a customer typed, and who they are, wherever it comes up: in their events, in the
 * machine's context, in a bot's texts, in the URL of a call. The context before and after each step holds it too, also where the log has
 * lost the event. The events' schemas (`visibility.ts`) and the context's `personalPaths` say what is hidden.
 */
export class Mask {
  readonly #ownTexts = new Set<string>()
  /** The company’s own texts, though they may have become the customer’s need. */
  readonly #chosen = new Set<string>()
  #isOwnHidden = false
  #joined = ''
  #words: Word[] = []

  /** Makes a step the present one, to which the next masked values belong. */
  update({ step, incoming, before, after }: HistoryStep): void {
    const { event } = incoming ?? {}
    const own = JSON.stringify(contextOf(after).own ?? null)
    // Texts of an event that is lost cannot be distinguished from the machine's own.
    if (!event && step.event.type.startsWith('session.')) this.#isOwnHidden = true
    const sent = textsBy(event, 'typed')
    for (const text of sent)
      if (own.includes(JSON.stringify(trim(text)).slice(1, -1))) this.#ownTexts.add(text)
    if (this.#ownTexts.size > ownTextsMax) this.#isOwnHidden = true
    if (step.outcome === 'applied')
      for (const text of textsBy(event, 'chosen')) if (this.#chosen.size < chosenMax) this.#chosen.add(text)
    const typed = [...sent, ...personalTexts(before), ...personalTexts(after), ...this.#shownOwnTexts()]
    const known = [...new Set(typed.map(trim))]
      .filter((text) => text !== '' && !this.#chosen.has(text))
      .join('\n\0')
    if (known === this.#joined) return
    this.#joined = known
    this.#words = known === '' ? [] : wordsIn(known.split('\n\0'))
  }

  /** A step as it may be shown. */
  shown(historyStep: HistoryStep): InspectedStep {
    this.update(historyStep)
    const { step, incoming } = historyStep
    const { event, messages, context, calls, rejected } = step
    const isChosen = step.outcome === 'applied' && textsBy(incoming?.event, 'chosen').length > 0
    return {
      ...step,
      event: { ...event, ...('payload' in event && { payload: this.#payload(step, incoming) }) },
      ...(messages && {
        messages: messages.map((message) =>
          // A chosen option is the company's text.
          writers.has(message.author.type) && !isChosen
            ? { ...message, ...maskedWords(message) }
            : { ...message, ...this.value(wordsOf(message)) },
        ),
      }),
      ...(rejected && { rejected: this.value(rejected) }),
      ...(calls && { calls: this.value(calls) }),
      context: context.map(({ path, ...change }) => ({
        path,
        ...('before' in change && { before: this.context(change.before, path) }),
        ...('after' in change && { after: this.context(change.after, path) }),
      })),
    }
  }

  /** Masks a context, or a part of one at `path`. */
  context(value: unknown, path = ''): unknown {
    const isHidden = maskedPaths.test(path) || (this.#isOwnHidden && ownPaths.test(path))
    if (isHidden) return value === null || this.#chosen.has(value as string) ? value : hidden(value)
    if (Array.isArray(value)) return value.map((item, index) => this.context(item, `${path}.${index}`))
    if (typeof value !== 'object' || value === null) return this.value(value)
    const entries = Object.entries(value)
    const below = (key: string) => (path === '' ? key : `${path}.${key}`)
    return Object.fromEntries(entries.map(([key, item]) => [key, this.context(item, below(key))]))
  }

  /** Anything with texts in it: keys, numbers and the like stay. */
  value<T>(value: T): T {
    if (typeof value === 'string') return this.#text(value) as T
    if (Array.isArray(value)) return value.map((item) => this.value(item)) as T
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.value(item)])) as T
  }

  #payload({ event, outcome }: InspectedStep, incoming: Incoming | undefined): unknown {
    const { payload } = event
    // An event that was not understood may hold anything.
    if (!incoming || typeof payload !== 'object' || payload === null) return hidden(payload)
    const { type } = incoming.event
    if (!/^(session|agent)\./.test(type) && type !== 'call.answered') return this.value(payload)
    return Object.fromEntries(
      Object.entries(payload).map(([field, value]) => {
        const visibility = visibilityOf(type, field)
        const isShown = visibility === 'shown' || (visibility === 'chosen' && outcome === 'applied')
        return [field, isShown ? value : hidden(value)]
      }),
    )
  }

  #text(text: string): string {
    return maskWords(text, this.#words)
  }

  #shownOwnTexts(): Iterable<string> {
    return this.#isOwnHidden ? [] : this.#ownTexts
  }
}

/** Keeps the keys and hides every value: any of them may be what somebody typed, whatever its type. */
export function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden)
  if (typeof value !== 'object' || value === null) return masked
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item)]))
}

const maskedPaths = new RegExp(
  `^(?:${[...personalPaths, ...hiddenPaths].map((path) => path.replace('.*', '\\..+')).join('|')})$`,
)
const ownPaths = /^own(?:\.|$)/

function contextOf({ record }: Conversation): Record<string, unknown> {
  return (record?.state.snapshot?.context ?? {}) as Record<string, unknown>
}

/** The texts at `personalPaths` of a conversation's context. */
function personalTexts(conversation: Conversation): string[] {
  const context = contextOf(conversation)
  const valuesAt = (path: string) =>
    path.split('.').reduce<unknown[]>(
      (values, key) =>
        values.flatMap((value) => {
          if (typeof value !== 'object' || value === null) return []
          return key === '*' ? Object.values(value) : [(value as Record<string, unknown>)[key]]
        }),
      [context],
    )
  return personalPaths.flatMap((path) => valuesAt(path).filter((value) => typeof value === 'string'))
}

/** The texts in those fields of a customer's event that have this visibility. */
function textsBy(event: Incoming['event'] | undefined, visibility: Visibility): string[] {
  if (!event?.type.startsWith('session.')) return []
  const { type, ...payload } = event
  const fields = type === 'session.details' && 'details' in payload ? payload.details : payload
  return Object.entries(fields).flatMap(([field, value]) =>
    visibilityOf(type as EventType, field) === visibility ? textsIn(value) : [],
  )
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** The text, and the names of files. */
function maskedWords({ text, attachments }: Message): Partial<Message> {
  return {
    ...(text !== undefined && { text: masked }),
    ...(attachments && { attachments: attachments.map((file) => ({ ...file, name: masked })) }),
  }
}

/** Neither the author nor the id. */
function wordsOf({ text, fields, options }: Message) {
  return { ...(text !== undefined && { text }), ...(fields && { fields }), ...(options && { options }) }
}

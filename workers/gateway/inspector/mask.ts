import type { Conversation, Incoming } from '../../../engine/core/conversation.ts'
import { trim } from '../../../engine/texts/trim.ts'
import type { Message } from '../../../schemas/conversation/record.ts'
import type { InspectedStep } from '../../../schemas/protocol/inspector.ts'
import type { Retold } from './history.ts'

/** What stands where a customer has typed something: it does not tell how long that was. */
export const masked = '•••••'

/** So many texts that a developer's machine keeps are looked for; of one that keeps more, nothing it keeps is shown. */
const ownTextsMax = 100
/** So many options that were chosen are known as such. */
const chosenMax = 100

/**
 * Hides what a customer has typed, and who they are, wherever it comes up: in what they sent, in what the machine
 * remembers, in the texts of a bot, in the address of a call. What there is to hide the conversation itself knows
 * before and after each step, also where the log does not have the event any more.
 */
export class Mask {
  readonly #ownTexts = new Set<string>()
  /** The company’s words, though they may have become the customer’s need. */
  readonly #chosen = new Set<string>()
  #isOwnHidden = false
  #known = ''
  #pattern: RegExp | undefined

  /** Takes note of a step: what is masked next is of this one. */
  learn({ step, incoming, before, after }: Retold): void {
    const { event } = incoming ?? {}
    const own = JSON.stringify(contextOf(after).own ?? null)
    // What it has kept of an event that is gone cannot be told from what it says itself.
    if (!event && step.event.type.startsWith('session.')) this.#isOwnHidden = true
    if (event?.type === 'session.message' && own.includes(JSON.stringify(trim(event.text)).slice(1, -1))) {
      this.#ownTexts.add(event.text)
      if (this.#ownTexts.size > ownTextsMax) this.#isOwnHidden = true
    }
    if (event?.type === 'session.option' && step.outcome === 'applied' && this.#chosen.size < chosenMax)
      this.#chosen.add(event.option)
    const typed = [...typedBy(event), ...typedIn(before), ...typedIn(after), ...this.#shownOwnTexts()]
    const known = [...new Set(typed.map(trim))]
      .filter((text) => text !== '' && !this.#chosen.has(text))
      .join('\n\0')
    if (known === this.#known) return
    this.#known = known
    this.#pattern = known === '' ? undefined : patternOf(known.split('\n\0'))
  }

  /** A step as it may be shown. */
  shown(retold: Retold): InspectedStep {
    this.learn(retold)
    const { step, incoming } = retold
    const { event, messages, context, calls, rejected } = step
    const isChosen = event.type === 'session.option' && step.outcome === 'applied'
    return {
      ...step,
      event: { ...event, ...('payload' in event && { payload: this.#payload(step, incoming) }) },
      ...(messages && {
        messages: messages.map((message) =>
          // An option is chosen, and not typed.
          message.author.type === 'customer' && !isChosen
            ? { ...message, ...(message.text !== undefined && { text: masked }) }
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

  /** A context, or a part of one from its path on. */
  context(value: unknown, path = ''): unknown {
    const isHidden = hiddenPaths.test(path) || (this.#isOwnHidden && ownPaths.test(path))
    if (isHidden) return value === null || this.#chosen.has(value as string) ? value : hidden(value)
    if (Array.isArray(value)) return value.map((one, index) => this.context(one, `${path}.${index}`))
    if (typeof value !== 'object' || value === null) return this.value(value)
    const entries = Object.entries(value)
    const below = (key: string) => (path === '' ? key : `${path}.${key}`)
    return Object.fromEntries(entries.map(([key, one]) => [key, this.context(one, below(key))]))
  }

  /** Anything with texts in it: keys, numbers and the like stay. */
  value<T>(value: T): T {
    if (typeof value === 'string') return this.#text(value) as T
    if (Array.isArray(value)) return value.map((one) => this.value(one)) as T
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.value(one)])) as T
  }

  #payload({ event, outcome }: InspectedStep, incoming: Incoming | undefined): unknown {
    const { type, payload } = event
    // Nobody knows what it is.
    if (!incoming || typeof payload !== 'object' || payload === null) return hidden(payload)
    const { channel, locale, option, call, ok, status, failure } = payload as Record<string, unknown>
    const all = hidden(payload) as object
    if (type === 'session.started') return { ...all, channel, ...(locale !== undefined && { locale }) }
    if (type === 'session.option' && outcome === 'applied') return { ...all, option }
    if (type === 'call.answered')
      return {
        ...all,
        call,
        ok,
        ...(status !== undefined && { status }),
        ...(failure !== undefined && { failure }),
      }
    return type.startsWith('session.') ? all : this.value(payload)
  }

  #text(text: string): string {
    return this.#pattern ? text.replace(this.#pattern, masked) : text
  }

  #shownOwnTexts(): Iterable<string> {
    return this.#isOwnHidden ? [] : this.#ownTexts
  }
}

/** With its keys, and nothing of its values: what stands there may be what somebody has typed, whatever its type. */
export function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden)
  if (typeof value !== 'object' || value === null) return masked
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hidden(one)]))
}

const hiddenPaths = /^(?:need|answers\..+|customer\.(?:name|email|externalId))$/
const ownPaths = /^own(?:\.|$)/

interface KnownContext {
  customer?: { name?: unknown; email?: unknown; externalId?: unknown }
  need?: unknown
  answers?: Record<string, unknown>
  own?: unknown
}

function contextOf({ record }: Conversation): KnownContext {
  return (record?.state.snapshot?.context ?? {}) as KnownContext
}

/** What a conversation knows of what its customer has typed. */
function typedIn(conversation: Conversation): string[] {
  const { customer, need, answers } = contextOf(conversation)
  return [
    customer?.name,
    customer?.email,
    customer?.externalId,
    need,
    ...Object.values(answers ?? {}),
  ].filter((value) => typeof value === 'string')
}

/** What an event brings, which may be said again at once. */
function typedBy(event: Incoming['event'] | undefined): string[] {
  if (event?.type === 'session.message') return [event.text]
  if (event?.type === 'session.details')
    return Object.values(event.details).filter((value) => typeof value === 'string')
  return []
}

/** Not who said it, nor under which id. */
function wordsOf({ text, fields, options }: Message) {
  return { ...(text !== undefined && { text }), ...(fields && { fields }), ...(options && { options }) }
}

/** What is as short stands in many words: it is looked for as a word of its own. */
const shortLength = 3
const withoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** The longest first, since one may hold another; each also as an address has it. */
function patternOf(typed: string[]): RegExp {
  const forms = typed.flatMap((text) => [text, encodeURIComponent(Buffer.from(text).toString())])
  const words = [...new Set(forms)]
    .sort((a, b) => b.length - a.length)
    .map((text) => {
      const word = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
      const isWord = [...text].length <= shortLength && !withoutSpaces.test(text)
      return isWord ? `(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}])` : word
    })
  return new RegExp(words.join('|'), 'giu')
}

import type { Incoming } from '../../../engine/core/conversation.ts'
import type { Difference, InspectedStep } from '../../../schemas/inspector-protocol.ts'
import type { Message } from '../../../schemas/record.ts'

/** What stands where a customer has typed something: it does not tell how long that was. */
export const masked = '•••••'

/**
 * Hides what a customer has typed, and who they are, wherever it comes up again in a conversation: in the texts of
 * a bot, in the context, in the address of a call.
 */
export class Mask {
  readonly #typed = new Set<string>()
  #pattern: RegExp | undefined

  /** Takes note of what an event brings, and of what it leaves in the context. */
  learn({ event }: Incoming, context: readonly Difference[]): void {
    // Only what is kept comes up again; all that somebody wrote in a long conversation would make each step slow.
    if (event.type === 'session.message' && isKept(event.text.trim(), context)) this.#add(event.text)
    if (event.type === 'session.details') for (const value of Object.values(event.details)) this.#add(value)
    if (event.type === 'session.started' || event.type === 'session.identified') {
      const { name, email, externalId } = event.customer ?? {}
      for (const value of [name, email, externalId]) this.#add(value)
    }
  }

  /** A step as it may be shown. */
  step(step: InspectedStep): InspectedStep {
    const { event, messages, context, calls, rejected } = step
    return {
      ...step,
      event: { ...event, ...('payload' in event && { payload: this.#payload(event.type, event.payload) }) },
      ...(messages && {
        // An option is chosen, and not typed.
        messages: messages.map((message) =>
          message.author.type === 'customer' && event.type !== 'session.option'
            ? { ...message, ...(message.text !== undefined && { text: masked }) }
            : { ...message, ...this.value(wordsOf(message)) },
        ),
      }),
      ...(rejected && { rejected: this.value(rejected) }),
      ...(calls && { calls: this.value(calls) }),
      context: context.map((change) => ({ ...change, ...this.value(valuesOf(change)) })),
    }
  }

  /** Anything with texts in it: keys, numbers and the like stay. */
  value<T>(value: T): T {
    if (typeof value === 'string') return this.#text(value) as T
    if (Array.isArray(value)) return value.map((one) => this.value(one)) as T
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.value(one)])) as T
  }

  #payload(type: string, payload: unknown): unknown {
    if (typeof payload !== 'object' || payload === null) return masked
    if (type === 'session.message') return { ...payload, text: masked }
    if (type === 'session.details')
      return Object.fromEntries(Object.keys(payload).map((field) => [field, masked]))
    return this.value(payload)
  }

  #text(text: string): string {
    if (this.#typed.size === 0) return text
    this.#pattern ??= patternOf(this.#typed)
    return text.replace(this.#pattern, masked)
  }

  #add(value: unknown): void {
    if (typeof value !== 'string') return
    const said = value.trim()
    // A form's values are written into texts, and encoded into addresses.
    for (const form of said === '' ? [] : [said, encodeURIComponent(Buffer.from(said).toString())]) {
      if (this.#typed.has(form)) continue
      this.#typed.add(form)
      this.#pattern = undefined
    }
  }
}

function isKept(text: string, context: readonly Difference[]): boolean {
  return context.some(({ after }) => JSON.stringify(after ?? '').includes(JSON.stringify(text).slice(1, -1)))
}

/** Not who said it, nor under which id. */
function wordsOf({ text, fields, options }: Message) {
  return { ...(text !== undefined && { text }), ...(fields && { fields }), ...(options && { options }) }
}

function valuesOf({ before, after }: { before?: unknown; after?: unknown }) {
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) }
}

/** Whole words: who has typed `a` has not typed every `a` of a text. The longest first, since one may hold another. */
function patternOf(typed: ReadonlySet<string>): RegExp {
  const words = [...typed]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`, 'gu')
}

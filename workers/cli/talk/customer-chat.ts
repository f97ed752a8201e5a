import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Nats } from '../../../engine/nats/connect.ts'
import { ConversationView } from '../../../engine/nats/views/conversation-view.ts'
import type { PublicRecord } from '../../../engine/nats/views/records.ts'
import { isErasure } from '../../../engine/nats/views/records.ts'
import { publishPresence } from '../../../engine/nats/views/signals.ts'
import type { CustomerTexts } from '../../../engine/texts/customers/customer-texts.ts'
import type { Customer } from '../../../schemas/conversation/customer.ts'
import type { EventType, Payload } from '../../../schemas/conversation/event.ts'
import { type CustomerPresence, presenceEveryMs } from '../../../schemas/conversation/presence.ts'
import type {
  EndReason,
  FormField,
  Message,
  Rejection,
  Status,
} from '../../../schemas/conversation/record.ts'
import { authorName, messageText, plainLine } from '../shell/text.ts'
import { FormFilling } from './form-filling.ts'
import { sendAndWait, type Talking } from './send-and-wait.ts'
import type { Terminal } from './terminal.ts'

/** At the end of a script's input, waits until nothing has arrived for this long. */
const settleMs = 500

export interface ChatStart {
  channel: string
  locale?: string
  customer?: Customer
}

/** How a chat was left. */
export type ChatEnd = 'ended' | 'left'

/** The customer's side of a conversation in a terminal. */
export class CustomerChat {
  readonly #terminal: Terminal
  readonly #texts: CustomerTexts
  readonly #words: CustomerTexts['chatTexts']
  readonly #ended = new AbortController()
  /** The ids of the events sent from here, whose lines are on the screen already. */
  readonly #sent = new Set<string>()
  #talking: Talking | undefined
  #status: Status | undefined
  /** The conversation has ended, and may be rated. */
  #asksRating = false
  readonly #unrated = new AbortController()
  #form: FormFilling | undefined
  #options: string[] = []
  #lastSeen = Date.now()

  constructor(terminal: Terminal, texts: CustomerTexts) {
    this.#terminal = terminal
    this.#texts = texts
    this.#words = texts.chatTexts
  }

  /** Begins a conversation, or comes back to one, and talks until it ends or is left. */
  async run(nats: Nats, conversation: string, start: ChatStart): Promise<ChatEnd> {
    const terminal = this.#terminal
    const { signal } = this.#ended
    const view = await ConversationView.open(nats, conversation, (record) => this.#showRecord(record))
    if (signal.reason === 'ended') throw new Error(this.#texts.refusals.conversation_ended)
    this.#talking = { nats, conversation, view, terminal, waiting: this.#words.waiting }
    const ended = new Promise<ChatEnd>((resolve) => {
      signal.addEventListener('abort', () => resolve(signal.reason))
    })
    const tell = (state: CustomerPresence['state']) => publishPresence(nats, conversation, state)
    tell('here')
    const telling = setInterval(() => tell('here'), presenceEveryMs)
    try {
      // Leaving does not wait for an answer.
      const end = await Promise.race([ended, this.#readLines(start)])
      if (end === 'ended' && this.#asksRating) await this.#rate()
      return end
    } finally {
      clearInterval(telling)
      tell('gone')
      view.close()
    }
  }

  /** Leaves the conversation open. */
  leave(): void {
    this.#ended.abort('left')
    this.#unrated.abort()
  }

  /** Asks for a rating until there is one, or an empty line or the end of the input. */
  async #rate(): Promise<void> {
    if (this.#terminal.isInteractive) this.#terminal.hint(this.#words.rate)
    // A script's input may stay open.
    else setTimeout(() => this.#unrated.abort(), settleMs).unref()
    for (;;) {
      const line = await this.#terminal.read(`${this.#words.you}> `, this.#unrated.signal)
      if (line === null || line.trim() === '') return
      const [, score, text] = /^\/rate\s+(\d+)\s*(.*)$/.exec(line) ?? []
      if (score === undefined) {
        this.#terminal.hint(this.#words.rate)
        continue
      }
      const { rejected } = await this.#send('session.rated', { score: Number(score), ...(text && { text }) })
      this.#terminal.hint(rejected ? this.#words.rate : this.#words.rated)
      if (!rejected) return
    }
  }

  async #readLines(start: ChatStart): Promise<ChatEnd> {
    const { rejected } = await this.#send('session.started', start)
    if (rejected) throw new Error(this.#explain(rejected))
    if (this.#terminal.isInteractive) this.#terminal.hint(this.#words.hint)
    for (;;) {
      const line = await this.#terminal.read(this.#prompt(), this.#ended.signal)
      if (this.#ended.signal.aborted) return this.#ended.signal.reason
      if (line === null && this.#terminal.isInteractive) await this.#send('session.ended', {})
      else if (line === null) return this.#settle()
      else await this.#handleLine(line)
    }
  }

  async #handleLine(line: string): Promise<void> {
    const command = /^\/(?!\/)(\S*)\s*$/.exec(line)?.[1]
    const text = line.startsWith('//') ? line.slice(1) : line
    switch (command) {
      case undefined:
        return this.#form?.field ? this.#answerForm(this.#form, text) : this.#sendText(text)
      case 'end':
        return void (await this.#send('session.ended', {}))
      case 'quit':
        return this.leave()
      case 'help':
        return this.#terminal.hint(this.#words.hint)
      default:
        this.#terminal.hint(this.#words.unknownCommand)
    }
  }

  async #sendText(text: string): Promise<void> {
    if (text.trim() === '') return
    const options = this.#options
    const option =
      options.find((known) => known.toLowerCase() === text.trim().toLowerCase()) ?? options[Number(text) - 1]
    const { rejected } =
      option === undefined
        ? await this.#send('session.message', { text })
        : await this.#send('session.option', { option })
    if (rejected) this.#terminal.hint(this.#explain(rejected))
  }

  async #answerForm(form: FormFilling, line: string): Promise<void> {
    const answered = form.answer(line)
    if (!answered.ok) return this.#terminal.hint(this.#texts.fieldErrors[answered.error.code])
    if (form.field) return this.#listOptions()
    const { rejected } = await this.#send('session.details', form.answers)
    if (!rejected) return
    const { fields = {}, limit = '' } = rejected
    for (const [id, error] of Object.entries(fields)) {
      const words = this.#texts.fieldErrors[error].replace('{{limit}}', String(limit))
      this.#terminal.hint(`${form.labelOf(id)}: ${words}`)
    }
    if (rejected.code !== 'details_invalid') return this.#terminal.hint(this.#explain(rejected))
    form.askAgain(Object.keys(fields))
    this.#listOptions()
  }

  #send<T extends EventType>(type: T, payload: Payload<T>): Promise<PublicRecord> {
    const id = randomUUID()
    this.#sent.add(id)
    return sendAndWait(this.#talking as Talking, type, payload, id)
  }

  #showRecord(record: PublicRecord): void {
    this.#lastSeen = Date.now()
    const { messages = [], status, event } = record
    for (const message of messages) this.#showMessage(message, event.id)
    if (status) this.#status = status
    if (record.asksRating) this.#asksRating = true
    const asked = messages.findLast(({ author }) => author.type === 'bot')
    if (asked?.fields) this.#beginForm(asked.fields)
    else if (asked || isFilled(record) || !asks(this.#status)) this.#form = undefined
    if (!asked?.options && messages.some(({ author }) => author.type === 'customer')) this.#options = []
    if (isErasure(record)) this.#end(this.#words.erased)
    else if (status?.state === 'ended' && status.reason)
      this.#end(messages.length > 0 ? '' : this.#endedWords(status.reason))
    // The line being typed may now answer a field, or no longer.
    else if (!this.#sent.has(event.id)) this.#terminal.askInstead(this.#prompt())
  }

  #showMessage(message: Message, event: string): void {
    const { author, type, options = [] } = message
    const isMine = author.type === 'customer'
    if (isMine && this.#terminal.isInteractive && this.#sent.has(event)) return
    const isForm = type === 'form' && this.#terminal.isInteractive
    const text = isForm ? messageText({ ...message, type: 'text' }) : messageText(message)
    if (type === 'notice') {
      this.#terminal.hint(text)
      return
    }
    const name = isMine ? this.#words.you : authorName(author)
    const color = { customer: 'bold', agent: 'green', bot: 'cyan', system: 'dim' } as const
    const indent = ' '.repeat(name.length + 2)
    this.#terminal.print(
      `${this.#terminal.style(color[author.type], `${name}:`)} ${text.replaceAll('\n', `\n${indent}`)}`,
    )
    if (type !== 'options') return
    this.#options = options
    this.#printOptions(options)
  }

  #beginForm(fields: FormField[]): void {
    this.#form = new FormFilling(fields)
    this.#listOptions()
  }

  /** Lists the options of the current field. */
  #listOptions(): void {
    const { options } = this.#form?.field ?? {}
    if (options) this.#printOptions(options)
  }

  #printOptions(options: string[]): void {
    for (const [i, option] of options.entries()) this.#terminal.print(`  ${i + 1}) ${plainLine(option)}`)
    this.#terminal.hint(this.#words.choose)
  }

  #prompt(): string {
    const { field } = this.#form ?? {}
    return field ? `${plainLine(field.label)}> ` : `${this.#words.you}> `
  }

  #end(words: string): void {
    if (words) this.#terminal.hint(words)
    this.#ended.abort('ended')
  }

  #endedWords(reason: EndReason): string {
    if (reason === 'customer') return this.#words.endedByYou
    const isSilence = reason === 'inactivity' || reason === 'abandoned'
    return isSilence ? this.#texts.texts.endedByInactivity : this.#words.ended
  }

  #explain({ code, message, limit }: Rejection): string {
    const { fieldErrors, refusals } = this.#texts
    if (code === 'too_long' && limit !== undefined)
      return fieldErrors.too_long.replace('{{limit}}', String(limit))
    // A newer engine may refuse with a code that we do not know.
    return (refusals as Partial<Record<string, string>>)[code] ?? plainLine(message)
  }

  async #settle(): Promise<ChatEnd> {
    this.#lastSeen = Date.now()
    while (!this.#ended.signal.aborted) {
      const left = this.#lastSeen + settleMs - Date.now()
      if (left <= 0) return 'left'
      await sleep(left)
    }
    return this.#ended.signal.reason
  }
}

/** Whether there may be a form to fill in. */
function asks(status: Status | undefined): boolean {
  return status?.state === 'collectingDetails' || status?.state === 'bot'
}

function isFilled({ event, outcome }: PublicRecord): boolean {
  return event.type === 'session.details' && outcome === 'applied'
}

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Nats } from '../../../engine/nats/connect.ts'
import { ConversationView } from '../../../engine/nats/views/conversation-view.ts'
import { PresentDesk } from '../../../engine/nats/views/present-desk.ts'
import type { PublicRecord } from '../../../engine/nats/views/records.ts'
import { isErasure } from '../../../engine/nats/views/records.ts'
import type { Agent, EventType, Payload } from '../../../schemas/conversation/event.ts'
import type { OpenRequest } from '../../../schemas/conversation/notification.ts'
import type { Message, Status } from '../../../schemas/conversation/record.ts'
import { token } from '../../../schemas/token.ts'
import { filledReply } from '../../pages/desk/replies/matching.ts'
import { authorName, messageText, plainLine, plainText } from '../shell/text.ts'
import { agentName, endedBy, explainAccept, headline } from './desk-words.ts'
import { type NumberedRequest, NumberedRequests } from './numbered-requests.ts'
import { requestLine } from './request-line.ts'
import { sendAndWait, type Talking } from './send-and-wait.ts'
import type { Terminal } from './terminal.ts'
import { findReplies } from './terminal-replies.ts'

/** A script may pick a request that has not arrived yet. */
const pickTimeoutMs = 30_000
const settleMs = 500

const listHelp =
  'A number picks a request; /take and a number takes over a colleague’s; Enter lists them again; /quit leaves.'
const talkHelp =
  'Type a message. /end ends it, /release puts it back in the queue, /transfer gives it to a colleague or a #workspace, /note is for agents only, /reply and a shortcut sends a saved reply, /back keeps it and shows the list.'
const waiting = 'No answer yet: this goes on as soon as something answers. Ctrl-C leaves.'

/** A conversation that the agent has accepted and is in. */
interface Talk {
  number: number
  talking: Talking
  isOver: boolean
}

/** The agent's desk in a terminal: the open requests of a workspace, and one conversation at a time. */
export class AgentDesk {
  readonly #terminal: Terminal
  readonly #nats: Nats
  readonly #agent: Agent
  readonly #workspace: string
  readonly #left = new AbortController()
  /** The ids of the events sent from here, whose lines are on the screen already. */
  readonly #sent = new Set<string>()
  #requests: NumberedRequests | undefined
  #talk: Talk | undefined
  #lastSeen = Date.now()

  constructor(terminal: Terminal, nats: Nats, agent: Agent, workspace: string) {
    this.#terminal = terminal
    this.#nats = nats
    this.#agent = agent
    this.#workspace = workspace
  }

  async run(): Promise<void> {
    const { signal } = this.#left
    const desk = new PresentDesk(this.#nats, this.#workspace, this.#agent)
    desk.setState('online')
    this.#requests = await NumberedRequests.watch(this.#nats, this.#workspace, (now, before) =>
      this.#showChange(now, before),
    )
    const left = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    try {
      await Promise.race([left, this.#readLines()])
    } finally {
      desk.close()
      this.#requests.close()
      this.#talk?.talking.view.close()
    }
  }

  /** Leaves everything as it is. */
  leave(): void {
    this.#left.abort()
  }

  async #readLines(): Promise<void> {
    this.#listRequests()
    if (this.#terminal.isInteractive) this.#terminal.hint(listHelp)
    for (;;) {
      const line = await this.#terminal.read(this.#prompt(), this.#left.signal)
      if (line === null) return this.#terminal.isInteractive ? this.leave() : this.#settle()
      if (this.#talk?.isOver) this.#closeTalk()
      await (this.#talk ? this.#handleLine(this.#talk, line) : this.#chooseRequest(line))
    }
  }

  async #chooseRequest(line: string): Promise<void> {
    const given = line.trim()
    const [, take, number] = /^(\/take\s+)?(\d{1,9})$/.exec(given) ?? []
    if (number !== undefined) return this.#accept(Number(number), take !== undefined)
    switch (given) {
      case '':
      case '/list':
        return this.#listRequests()
      case '/quit':
        return this.leave()
      default:
        this.#terminal.hint(listHelp)
    }
  }

  async #accept(number: number, takeOver: boolean): Promise<void> {
    const picked = await this.#waitForRequest(number)
    if (!picked) {
      if (!this.#terminal.isInteractive) throw new Error(`there is no request ${number}`)
      return this.#terminal.hint(`There is no request ${number}.`)
    }
    const { conversation, request } = picked.request
    const shown: PublicRecord[] = []
    let isShown = false
    const view = await ConversationView.open(this.#nats, conversation, (record) => {
      if (!isShown) shown.push(record)
      else {
        this.#showRecord(record)
        this.#showStatus(record)
      }
    })
    const talking = { nats: this.#nats, conversation, view, terminal: this.#terminal, waiting }
    const payload = { agent: this.#agent, request, atDesk: true as const, ...(takeOver && { takeOver }) }
    const { rejected } = await this.#send(talking, 'agent.accepted', payload)
    if (rejected) {
      view.close()
      return this.#terminal.hint(explainAccept(rejected))
    }
    this.#talk = { number, talking, isOver: false }
    this.#terminal.print(this.#terminal.style('bold', headline(picked.request)))
    const { details = {}, tags = [] } = picked.request
    if (tags.length > 0) this.#terminal.hint(`Tags: ${tags.map(plainLine).join(', ')}`)
    for (const [id, answer] of Object.entries(details))
      this.#terminal.hint(`${plainLine(id)}: ${plainLine(answer)}`)
    isShown = true
    for (const record of shown) this.#showRecord(record)
    if (this.#terminal.isInteractive && !this.#talk.isOver) this.#terminal.hint(talkHelp)
  }

  async #waitForRequest(number: number): Promise<NumberedRequest | undefined> {
    const until = Date.now() + (this.#terminal.isInteractive ? 0 : pickTimeoutMs)
    for (;;) {
      const found = this.#requests?.byNumber(number)
      if (found || Date.now() >= until) return found
      await sleep(20)
    }
  }

  async #handleLine(talk: Talk, line: string): Promise<void> {
    const [, command, rest = ''] = /^\/(?!\/)(\S*)\s*(.*)$/.exec(line) ?? []
    const text = line.startsWith('//') ? line.slice(1) : line
    const agent = { id: this.#agent.id }
    switch (command) {
      case undefined:
        if (text.trim() === '') return
        return this.#sendOrRefuse(talk, 'agent.message', { agent, text })
      case 'end':
        return this.#sendOrRefuse(talk, 'agent.ended', { agent })
      case 'release':
        await this.#sendOrRefuse(talk, 'agent.released', { agent, ...(rest && { reason: rest }) })
        return
      case 'transfer':
        return this.#transfer(talk, rest)
      case 'note':
        if (rest) await this.#sendOrRefuse(talk, 'agent.noted', { agent: this.#agent, text: rest })
        else this.#terminal.hint('/note and a text: for agents only.')
        return
      case 'reply':
        return this.#reply(talk, rest.trim())
      case 'back':
        this.#closeTalk()
        return this.#listRequests()
      case 'list':
        return this.#listRequests()
      case 'quit':
        return this.leave()
      default:
        this.#terminal.hint(talkHelp)
    }
  }

  async #transfer(talk: Talk, line: string): Promise<void> {
    const [, mark, name = '', note] = /^(#?)(\S+)\s*(.*)$/.exec(line) ?? []
    if (name === '' || (mark && !token.safeParse(name).success))
      return this.#terminal.hint('/transfer and an agent’s id, or # and a workspace’s, and perhaps a note.')
    const to = mark ? { workspace: name } : { agent: { id: name } }
    const payload = { agent: { id: this.#agent.id }, to, ...(note && { note }) }
    return this.#sendOrRefuse(talk, 'agent.transferred', payload)
  }

  /** Sends the saved reply of a shortcut; without one, or with another word, lists those that may be meant. */
  async #reply(talk: Talk, query: string): Promise<void> {
    const found = await findReplies(this.#nats, this.#workspace, query)
    if ('similar' in found) {
      const { similar } = found
      if (similar.length === 0) return this.#terminal.hint('There is no such saved reply.')
      for (const { shortcut, title } of similar)
        this.#terminal.hint(`${shortcut ? `/reply ${shortcut}` : '(no shortcut)'}  ${plainLine(title)}`)
      return
    }
    const request = this.#requests?.byNumber(talk.number)?.request ?? null
    const text = filledReply(found.exact, request, this.#agent.name ?? this.#agent.id)
    // Only typed text is on the screen already.
    if (this.#terminal.isInteractive) this.#terminal.print(plainText(text))
    return this.#sendOrRefuse(talk, 'agent.message', { agent: { id: this.#agent.id }, text })
  }

  async #sendOrRefuse<T extends EventType>(talk: Talk, type: T, payload: Payload<T>): Promise<void> {
    const { rejected } = await this.#send(talk.talking, type, payload)
    if (rejected) this.#terminal.hint(`Refused: ${plainLine(rejected.message)}.`)
  }

  #send<T extends EventType>(talking: Talking, type: T, payload: Payload<T>): Promise<PublicRecord> {
    const id = randomUUID()
    this.#sent.add(id)
    return sendAndWait(talking, type, payload, id)
  }

  #showRecord(record: PublicRecord): void {
    this.#lastSeen = Date.now()
    const { at, event, messages = [], notes = [] } = record
    for (const message of messages) this.#showMessage(at, message, event.id)
    for (const { author, text } of notes) {
      const note = `${authorName(author)} (note): ${plainText(text).replaceAll('\n', '\n      ')}`
      this.#terminal.print(
        `${this.#terminal.style('dim', timeOf(at))} ${this.#terminal.style('yellow', note)}`,
      )
    }
  }

  /** The conversation may be over for this agent, after a record that is new. */
  #showStatus(record: PublicRecord): void {
    const { event, status } = record
    if (isErasure(record)) this.#finish('This conversation was erased.')
    else if (status) this.#showEnd(status, this.#sent.has(event.id))
  }

  #showEnd({ state, reason, agent }: Status, isOurs: boolean): void {
    if (state === 'ended') {
      const subject = reason === 'agent' && isOurs ? 'You have' : endedBy[reason ?? 'customer']
      this.#finish(`${subject} ended the conversation.`)
    } else if (state === 'queued') this.#finish('Back in the queue.')
    else if (agent && agent.id !== this.#agent.id) this.#finish(`${agentName(agent)} has it now.`)
  }

  /** The conversation is over for this agent: the next line is for the list. */
  #finish(words: string): void {
    const talk = this.#talk
    if (!talk || talk.isOver) return
    talk.isOver = true
    this.#terminal.hint(words)
    this.#listRequests()
    this.#terminal.askInstead(this.#prompt())
  }

  #closeTalk(): void {
    this.#talk?.talking.view.close()
    this.#talk = undefined
  }

  #showMessage(sentAt: string, message: Message, event: string): void {
    const { author, type } = message
    if (author.type === 'agent' && this.#terminal.isInteractive && this.#sent.has(event)) return
    const time = timeOf(sentAt)
    const text = messageText(message).replaceAll('\n', '\n      ')
    if (type === 'notice') {
      this.#terminal.print(this.#terminal.style('dim', `${time} * ${text}`))
      return
    }
    const isMine = author.type === 'agent' && author.id === this.#agent.id
    const color = { customer: 'green', agent: 'bold', bot: 'cyan', system: 'dim' } as const
    const name = isMine ? 'You' : authorName(author)
    this.#terminal.print(
      `${this.#terminal.style('dim', time)} ${this.#terminal.style(color[author.type], `${name}:`)} ${text}`,
    )
  }

  #showChange({ number, request }: NumberedRequest, before: OpenRequest | null): void {
    this.#lastSeen = Date.now()
    if (this.#talk?.talking.conversation === request.conversation && !this.#talk.isOver) return
    const isNew = before?.state !== 'waiting' || before.request !== request.request
    const isOffered =
      request.offer?.agent.id === this.#agent.id && before?.offer?.until !== request.offer.until
    if (request.unattendedSince !== undefined && before?.unattendedSince === undefined) {
      this.#terminal.bell()
      this.#terminal.hint(`${number} waits for an answer by ${agentName(request.agent)}.`)
    } else if (request.state === 'waiting' && (isNew || isOffered)) {
      this.#terminal.bell()
      const name = isOffered ? 'for you' : before?.state === 'accepted' ? 'back' : 'new'
      const word = this.#terminal.style('yellow', name)
      this.#terminal.print(`${word} ${String(number).padStart(3)}  ${requestLine(request, Date.now())}`)
    } else if (before?.state === 'waiting' && request.state === 'accepted') {
      if (request.agent?.id !== this.#agent.id)
        this.#terminal.hint(`${number} was accepted by ${agentName(request.agent)}.`)
    } else if (before?.state === 'waiting' && request.state === 'withdrawn')
      this.#terminal.hint(`${number} is withdrawn: the customer has left.`)
  }

  #listRequests(): void {
    const now = Date.now()
    const show = ({ number, request }: NumberedRequest) =>
      this.#terminal.print(`${String(number).padStart(3)}  ${requestLine(request, now)}`)
    const waiting = this.#requests?.waiting() ?? []
    const mine = this.#requests?.acceptedBy(this.#agent.id) ?? []
    const talk = this.#talk?.talking.conversation
    const others = mine.filter(({ request }) => request.conversation !== talk)
    const colleagues = this.#requests?.acceptedByOthers(this.#agent.id) ?? []
    this.#terminal.print(
      this.#terminal.style(
        'bold',
        waiting.length > 0 ? `Waiting in ${this.#workspace}:` : `Nobody waits in ${this.#workspace}.`,
      ),
    )
    waiting.forEach(show)
    if (others.length > 0) this.#terminal.print(this.#terminal.style('bold', 'Yours:'))
    others.forEach(show)
    if (colleagues.length > 0) this.#terminal.print(this.#terminal.style('bold', 'With colleagues:'))
    colleagues.forEach(show)
  }

  #prompt(): string {
    if (this.#talk && !this.#talk.isOver) return `${plainLine(this.#agent.name ?? this.#agent.id)}> `
    return 'desk> '
  }

  /** At the end of a script, shows the messages that still arrive. */
  async #settle(): Promise<void> {
    this.#lastSeen = Date.now()
    for (let left = settleMs; left > 0; left = this.#lastSeen + settleMs - Date.now()) await sleep(left)
  }
}

function timeOf(at: string): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

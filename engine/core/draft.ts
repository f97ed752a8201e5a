import type { Call } from '../../schemas/conversation/call.ts'
import type {
  BotTurn,
  ConversationRecord,
  Note,
  Rejection,
  RequestAction,
  RequestChange,
} from '../../schemas/conversation/record.ts'
import { activeMs } from '../../schemas/limits.ts'
import type { Context, ConversationContext, Input } from '../machines/context.ts'
import type { Definition } from '../machines/definitions.ts'
import { delayMs, type Timers } from '../machines/migrate.ts'
import { bot, configured } from '../machines/says.ts'
import {
  type Action,
  type MachineSnapshot,
  restore,
  type Step,
  type StoredSnapshot,
  step,
  store,
} from '../machines/step.ts'
import { awaitsCall, type CallRequest, type GivenBack, type Say } from '../machines/vocabulary.ts'
import { contextOf, hasOpenRequest, isIdleTimer, type State, type Timer } from './conversation.ts'
import { remember, routedMax } from './recent.ts'
import { rejectionMessages } from './refused-value.ts'

/** Why something is refused; without a message of its own it has the code's. */
export type Refused = Omit<Rejection, 'message'> & { message?: string }

/**
 * The next record of a conversation while it is being decided. It starts as the state of the last record, the moves
 * below change it, and `recordOf` makes the record. Only the decision that made a draft ever sees it.
 *
 * All fields exist from the start, in one order: reading them is four times as fast as spreading those that are set.
 */
export class RecordDraft {
  readonly conversation: string
  /** The event that the record is about. */
  readonly event: ConversationRecord['event']
  /** The event's time on the conversation's clock, in epoch milliseconds. */
  readonly at: number

  // For those who follow the conversation.
  outcome: ConversationRecord['outcome'] = 'applied'
  says: Say[] = []
  notes: Omit<Note, 'id'>[] = []
  requests: ConversationRecord['requests']
  rejected: Rejection | undefined
  bot: BotTurn | undefined
  /** Why the request goes back to the queue, where its agent has not released it. */
  why: GivenBack['why']

  // The machine: where it was before the event, and where it is now.
  before: StoredSnapshot | undefined
  snapshot: MachineSnapshot | undefined

  // The next state, field by field.
  machine: State['machine']
  stored: State['snapshot']
  since: State['since']
  began: State['began']
  timers: Timer[]
  fired: State['fired']
  wake: State['wake']
  told: State['told']
  calls: Call[] | undefined
  called: State['called']
  awaits: State['awaits']
  desk: State['desk']
  files: State['files']
  rating: State['rating']
  events: State['events']
  recent: State['recent']
  routed: State['routed']
  erased: State['erased']

  #definition: Definition | undefined

  constructor(conversation: string, event: ConversationRecord['event'], at: number, state: State) {
    this.conversation = conversation
    this.event = event
    this.at = at
    this.machine = state.machine
    this.stored = state.snapshot
    this.since = state.since
    this.timers = state.timers ?? []
    this.fired = state.fired
    this.wake = state.wake
    this.told = state.told
    this.called = state.called
    this.awaits = state.awaits
    this.desk = state.desk
    this.files = state.files
    this.rating = state.rating
    this.events = state.events
    this.recent = state.recent
    this.routed = state.routed
  }

  refuse(refused: Refused): this {
    this.outcome = 'rejected'
    this.rejected = { ...refused, message: refused.message ?? rejectionMessages[refused.code] }
    return this
  }

  /** Takes a refusal back. */
  accept(): this {
    this.outcome = 'applied'
    this.rejected = undefined
    return this
  }

  ignore(): this {
    this.outcome = 'ignored'
    return this
  }

  /** Keeps the digest of the event, by which a repetition is recognised. */
  remember(digest: string): void {
    if (digest !== '') this.recent = remember(this.recent ?? '', digest)
  }

  /** As `remember`, for an event of the router's: these push out none of a customer or an agent. */
  rememberRouted(digest: string): void {
    if (digest !== '') this.routed = remember(this.routed ?? '', digest, routedMax)
  }

  /** The machine takes its first step. */
  begin(definition: Definition, first: Step): this {
    this.machine = definition.name
    return this.#follow(definition, first)
  }

  /** The machine continues from its present state. */
  resume(definition: Definition, snapshot: MachineSnapshot): void {
    this.before = this.snapshot = snapshot
    this.#definition = definition
  }

  /** Puts the conversation into a state of another machine: no step is taken, and no timer is started. */
  move(definition: Definition, snapshot: MachineSnapshot): void {
    this.before = this.stored
    this.snapshot = snapshot
    this.machine = definition.name
    this.stored = store(definition.machine, snapshot)
    this.#definition = definition
  }

  /** The machine continues by the channel's response for outside the hours. */
  close(input: Input): void {
    const { pinned, response } = input
    const { hours, opensAt } = pinned
    this.changeContext((context) => ({
      ...context,
      pinned: { ...context.pinned, hours, opensAt },
      response,
    }))
    this.before = this.snapshot
    this.began = input
  }

  /** The customer is active: the idle reminders begin anew, and count from the end of this sign of life. */
  restartIdle(): void {
    this.changeContext((context) => ({ ...context, idle: { since: this.at + activeMs, reminded: 0 } }))
    const { machine, snapshot } = this.#running()
    const delay = delayMs(machine, 'idle', snapshot.context, this.at)
    for (const { id, event = { type: id } } of this.timers.filter(isIdleTimer))
      this.startTimer(id, delay, event)
  }

  /** Changes what the machine remembers; it stays in its state, with its timers. */
  changeContext(change: (context: Context) => Context): void {
    const { machine, snapshot } = this.#running()
    const stored = store(machine, snapshot)
    this.stored = { ...stored, context: change(stored.context as Context) }
    this.snapshot = restore(machine, this.stored)
  }

  /** Says that the channel is closed, after the text that was written in spite of it. */
  sayClosed(): void {
    const text = configured(this.before?.context as Context, 'firstMessage')
    if (text !== '') this.says.splice(1, 0, bot(text))
  }

  /** The machine takes a step. If it refuses or ignores the event, nothing else of the step counts. */
  step(event: { type: string }): this {
    const { definition, machine, snapshot } = this.#running()
    return this.#follow(definition, step(machine, snapshot, { ...event, at: this.at }))
  }

  #running() {
    const definition = this.#definition
    if (!definition || !this.snapshot) throw new Error('the machine has not been resumed')
    return { definition, machine: definition.machine, snapshot: this.snapshot }
  }

  /** A timer comes due. A state that no longer uses it may refuse it, which does not refuse an event. */
  fire({ id, event }: Timer): void {
    this.timers = this.timers.filter((timer) => timer.id !== id)
    if (!event) this.fired = [...(this.fired ?? []), id]
    this.step(event ?? { type: id })
    this.accept()
  }

  /** Ends the conversation without a step of its machine. */
  end(context: ConversationContext): void {
    const snapshot: MachineSnapshot & StoredSnapshot = { value: 'ended', context, status: 'done' }
    this.before = this.stored
    this.stored = this.snapshot = snapshot
    this.dropTimers()
  }

  /** Takes over the timers that a migration has kept. */
  carryTimers({ timers, fired }: Timers): void {
    this.timers = timers
    this.fired = fired
  }

  /** Forgets what the machine was waiting for. */
  dropTimers(): void {
    this.timers = []
    this.fired = undefined
    this.awaits = undefined
  }

  #follow({ machine }: Definition, { snapshot, actions }: Step): this {
    for (const { type, params } of actions) {
      if (type === 'refuse') return this.refuse(params as Refused)
      if (type === 'ignore') return this.ignore()
    }
    // A machine that only acts keeps its snapshot; one that does nothing at all does not accept this event.
    if (snapshot === this.snapshot && actions.length === 0) return this.refuse({ code: 'not_allowed_now' })
    const context = contextOf(snapshot)
    for (const action of actions) this.#perform(action, context)
    // An empty list notifies nobody, and brings the open request up to date.
    const isNewCustomer = this.before && contextOf(this.before).customer !== context.customer
    if (isNewCustomer && hasOpenRequest(context)) this.requests ??= []
    if (this.awaits !== undefined && !snapshot.tags?.has(awaitsCall)) this.awaits = undefined
    this.snapshot = snapshot
    this.stored = store(machine, snapshot)
    return this
  }

  #perform({ type, params }: Action, context: ConversationContext): void {
    switch (type) {
      case 'say': {
        const say = params as Say
        // A text may consist of placeholders only, none of which has a value.
        if (say.text !== '' || say.type !== 'text' || say.attachments) this.says.push(say)
        if (say.attachments) this.files = [...(this.files ?? []), ...say.attachments.map(({ id }) => id)]
        return
      }
      case 'notify':
        this.notify((params as { action: RequestAction }).action, { request: context.request })
        return
      case 'call':
        this.called = this.awaits = (this.called ?? 0) + 1
        this.calls ??= []
        this.calls.push({ ...(params as CallRequest), conversation: this.conversation, call: this.called })
        return
      case 'tellBot':
        this.bot = turnOf(context)
        return
      case 'xstate.raise': {
        const { id, delay, event } = params as { id: string; delay: number; event: { type: string } }
        this.startTimer(id, delay, event)
        return
      }
      case 'xstate.cancel':
        this.stopTimer((params as { sendId: string }).sendId)
    }
  }

  /** Counts how often each action was notified of a request; a new request counts from the beginning. */
  notify(given: RequestAction, change: Partial<RequestChange> = {}): void {
    const { why } = this
    const action = given === 'released' && why === 'transferred' ? why : given
    const reason = action === 'released' && why !== 'transferred' ? why : undefined
    const n = action === 'created' ? 1 : (this.told?.[action] ?? 0) + 1
    this.told = action === 'created' ? { created: 1 } : { ...this.told, [action]: n }
    const request = change.request ?? contextOf(this.stored as StoredSnapshot).request
    this.requests ??= []
    const { agent, offerUntil, workspace } = change
    this.requests.push({ action, request, n: n > 1 ? n : undefined, reason, agent, offerUntil, workspace })
  }

  /** Starts a timer, or starts it anew; a delay that is not finite never comes due. */
  startTimer(id: string, delay: number, event: { type: string } = { type: id }): void {
    this.stopTimer(id)
    const due = this.at + Math.max(0, delay)
    if (Number.isFinite(delay)) this.timers.push(event.type === id ? { id, due } : { id, due, event })
  }

  // The list may be the stored record's: it is replaced, never changed.
  stopTimer(id: string): void {
    this.timers = this.timers.filter((timer) => timer.id !== id)
    this.fired = this.fired?.filter((timer) => timer !== id)
  }
}

function turnOf({ bot, pinned, customer, answers }: ConversationContext): BotTurn {
  const { channel, locale, hours } = pinned
  return { id: bot?.id ?? '', channel, locale, hours, customer, details: answers }
}

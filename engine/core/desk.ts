import type { Agent, Event } from '../../schemas/conversation/event.ts'
import type { ReleaseReason } from '../../schemas/conversation/record.ts'
import type { Context } from '../machines/context.ts'
import { joined } from '../machines/says.ts'
import type { StoredSnapshot } from '../machines/step.ts'
import type { MachineEvent } from '../machines/vocabulary.ts'
import { fill } from '../texts/fill.ts'
import { staffTexts } from '../texts/staff-languages.ts'
import { trim } from '../texts/trim.ts'
import { contextOf, type DeskState, hasOpenRequest, phaseOf, type Timer, timerName } from './conversation.ts'
import type { RecordDraft } from './draft.ts'
import { agentDues, escalatesAgain, nextEscalation, type World } from './running.ts'

// The agents' side of a conversation: the agent's clock, take-overs, transfers, offers and notes. These are the same
// for every machine, and a stored conversation of any machine and version has them: no chart contains them.

const unattended = 'desk.unattended'
const agentReleases = 'desk.release'
const offerEnds = 'desk.offer'

/** How long a request that is transferred to an agent is offered to them alone, in milliseconds. */
const transferOfferMs = 30_000

/**
 * Handles an event of the agents' side.
 *
 * @returns false where the machine has to handle it
 */
export function handleAtDesk(draft: RecordDraft, event: Event): boolean {
  switch (event.type) {
    case 'agent.accepted':
      return accept(draft, event)
    case 'session.rated':
      draft.refuse({ code: 'not_allowed_now', message: 'the conversation has not ended' })
      return true
    case 'agent.released':
      if (offeredTo(draft) !== event.agent.id) return false
      endOffer(draft)
      return true
    case 'agent.transferred':
      transfer(draft, event)
      return true
    case 'agent.left':
      leave(draft, event.agent.id)
      return true
    case 'agent.noted':
      addNote(draft, event.agent, event.text)
      if (hasOpenRequest(contextIn(draft))) draft.notify('noted')
      return true
    case 'mail.sent':
      draft.notes.push({
        author: { type: 'system' },
        text: fill(staffTexts(contextIn(draft).pinned.language).mailed, { address: event.to }),
      })
      return true
    case 'agent.corrected':
      correctName(draft, trim(event.name))
      return true
    case 'agent.tagged':
      draft.changeContext((context) => ({ ...context, tags: event.tags }))
      if (hasOpenRequest(contextIn(draft))) draft.requests ??= []
      return true
    case 'request.offered':
      if (isWaiting(draft, event.request) && !draft.desk?.offer) offer(draft, event.agent, event.milliseconds)
      else draft.ignore()
      return true
    case 'request.recalled':
      if (isWaiting(draft, event.request) && offeredTo(draft) === event.agent.id) endOffer(draft)
      else draft.ignore()
      return true
    case 'request.moved':
      if (isWaiting(draft, event.request) && event.workspace !== contextIn(draft).pinned.workspace) {
        endOffer(draft)
        draft.notify('transferred')
        moveTo(draft, event.workspace)
      } else draft.ignore()
      return true
    case 'request.held':
      if (isWaiting(draft, event.request) && event.held !== Boolean(draft.desk?.isHeld))
        hold(draft, event.held)
      else draft.ignore()
      return true
    default:
      return false
  }
}

/** Brings the agents' side up to date after an event, or after timers: the agent's clock, and what no longer holds. */
export function followDesk(draft: RecordDraft, world: World, event: Event): void {
  const { desk, outcome, before, says } = draft
  const phase = phaseIn(draft)
  if (phase !== 'queued' && phase !== 'withAgent') {
    // A request that is over leaves only where it was.
    if (desk) endDesk(draft)
    return
  }
  if (outcome !== 'applied') return
  if (event.type === 'agent.released' && event.reason) {
    const { agent } = contextOf(before as StoredSnapshot)
    addNote(draft, agent?.id === event.agent.id ? agent : event.agent, event.reason)
  }
  if (phase === 'queued') {
    stopClock(draft)
    if (before && phaseOf(before) === 'queued') followWait(draft, world, event)
    else if (desk?.isAtDesk) changeDesk(draft, { isAtDesk: undefined })
    // The router asks others before it asks the agent who had it.
    const former = before && contextOf(before).agent
    // A conversation that an earlier version began goes on as it did.
    if (former && contextIn(draft).pinned.timeouts.agent) changeDesk(draft, { asked: [former.id] })
    return
  }
  const context = contextIn(draft)
  if (before && phaseOf(before) === 'queued') {
    draft.stopTimer(offerEnds)
    draft.stopTimer(escalatesAgain)
    changeDesk(draft, { ...noWait, ...atDesk(event) })
    startClock(draft, world, context)
    return
  }
  if (event.type === 'agent.accepted') changeDesk(draft, atDesk(event))
  const isNewAgent = before !== undefined && contextOf(before).agent?.id !== context.agent?.id
  if (event.type === 'agent.message') stopClock(draft)
  else if (desk?.unanswered ? isNewAgent : says.some(({ author }) => author.type === 'customer'))
    startClock(draft, world, context)
}

/** An escalated wait is escalated again after a while, until somebody takes it. */
function followWait(draft: RecordDraft, world: World, event: Event): void {
  const { desk, fired = [], timers } = draft
  const isRecorded = !world.stored || world.stored.desk?.movedAt !== undefined
  if (event.type === 'request.moved' && isRecorded) changeDesk(draft, { movedAt: draft.at })
  const isEscalated = fired.some((id) => timerName({ id }) === 'escalate')
  if (!isEscalated || desk?.overdue !== undefined || timers.some(({ id }) => id === escalatesAgain)) return
  const escalations = (desk?.escalations ?? 0) + 1
  const due = nextEscalation(world, contextIn(draft).pinned, escalations, draft.at)
  if (due === null) return
  changeDesk(draft, { escalations })
  draft.startTimer(escalatesAgain, due - draft.at)
}

/** The fields of a wait, removed when it is over. */
const noWait = {
  offer: undefined,
  asked: undefined,
  isHeld: undefined,
  overdue: undefined,
  escalations: undefined,
  movedAt: undefined,
}

function atDesk(event: Event): { isAtDesk: true | undefined } {
  return { isAtDesk: (event.type === 'agent.accepted' && event.atDesk) || undefined }
}

/** Fires a timer of the agents' side; returns false for one of the machine's. */
export function fireAtDesk(draft: RecordDraft, timer: Timer): boolean {
  const { desk } = draft
  switch (timer.id) {
    case unattended:
      draft.stopTimer(timer.id)
      if (!desk?.unanswered) return true
      changeDesk(draft, { unanswered: { ...desk.unanswered, isTold: true } })
      draft.notify('unattended')
      return true
    case agentReleases: {
      draft.stopTimer(timer.id)
      const { agent } = contextIn(draft)
      if (agent && phaseIn(draft) === 'withAgent') giveBack(draft, agent, 'unattended')
      draft.accept()
      return true
    }
    case offerEnds:
      endOffer(draft)
      return true
    default:
      if (timerName(timer) !== 'escalate') return false
      if (desk?.isHeld) {
        draft.stopTimer(timer.id)
        changeDesk(draft, { overdue: timer.id })
        return true
      }
      if (timer.id !== escalatesAgain) return false
      draft.stopTimer(timer.id)
      draft.notify('escalated')
      return true
  }
}

/** Leaves an acceptance to the machine, but for a take-over, and for a request that is offered to somebody else. */
function accept(
  draft: RecordDraft,
  { agent, request, takeOver }: Extract<Event, { type: 'agent.accepted' }>,
): boolean {
  const context = contextIn(draft)
  if (takeOver) {
    const isAnothers = phaseIn(draft) === 'withAgent' && context.agent?.id !== agent.id
    // The machine refuses a former request.
    if (!isAnothers || (request !== undefined && request !== context.request)) return false
    draft.changeContext((before) => ({ ...before, agent }))
    draft.says.push(joined(contextIn(draft)))
    draft.notify('accepted')
    return true
  }
  const offered = offeredTo(draft)
  if (offered === undefined || offered === agent.id) return false
  draft.refuse({ code: 'offered_to_other', agent: draft.desk?.offer?.agent })
  return true
}

function transfer(
  draft: RecordDraft,
  { agent: { id }, to, note }: Extract<Event, { type: 'agent.transferred' }>,
): void {
  const { agent, pinned } = contextIn(draft)
  if (phaseIn(draft) !== 'withAgent' || agent?.id !== id) {
    draft.refuse({ code: 'not_the_agent' })
    return
  }
  giveBack(draft, agent, 'transferred')
  if (draft.outcome !== 'applied') return
  if (note) addNote(draft, agent, note)
  if (to.workspace !== undefined && to.workspace !== pinned.workspace) moveTo(draft, to.workspace)
  if (to.agent) offer(draft, to.agent, transferOfferMs)
}

function leave(draft: RecordDraft, id: string): void {
  const { agent } = contextIn(draft)
  if (phaseIn(draft) === 'withAgent' && agent?.id === id) {
    giveBack(draft, agent, 'agentAway')
    // A custom machine may not take it back.
    if (draft.outcome === 'rejected') draft.accept().ignore()
  } else if (offeredTo(draft) === id) endOffer(draft)
  else draft.ignore()
}

/** The machine puts the request back into the queue, with its place, as when its agent releases it. */
function giveBack(draft: RecordDraft, agent: Agent, why: ReleaseReason | 'transferred'): void {
  draft.why = why
  const event: Omit<Extract<MachineEvent, { type: 'agent.released' }>, 'at'> = {
    type: 'agent.released',
    agent,
    why,
  }
  draft.step(event)
}

/** Corrects the customer's name. The company's own word, which their next login repeats, is not the agent's to change. */
function correctName(draft: RecordDraft, name: string): void {
  const { customer } = contextIn(draft)
  if (customer.verified && customer.name !== null) {
    draft.refuse({ code: 'not_allowed_now' })
    return
  }
  draft.changeContext((context) => ({ ...context, customer: { ...context.customer, name } }))
  if (hasOpenRequest(contextIn(draft))) draft.requests ??= []
}

function addNote({ notes }: RecordDraft, { id, name }: Agent, text: string): void {
  notes.push({ author: { type: 'agent', id, name }, text })
}

function moveTo(draft: RecordDraft, workspace: string): void {
  const { pinned, request } = contextIn(draft)
  const left = pinned.workspace
  draft.changeContext((context) => ({ ...context, pinned: { ...context.pinned, workspace } }))
  const former = draft.desk?.formerWorkspaces ?? []
  changeDesk(draft, { formerWorkspaces: [...new Set([...former, left])] })
  draft.notify('withdrawn', { workspace: left, request })
}

function offer(draft: RecordDraft, { id, name }: Agent, milliseconds: number): void {
  const until = draft.at + milliseconds
  const agent = name === undefined ? { id } : { id, name }
  changeDesk(draft, { offer: { agent, until } })
  draft.startTimer(offerEnds, milliseconds)
  draft.notify('offered', { agent, offerUntil: new Date(until).toISOString() })
}

/** The offer is over: others may accept the request, and the router may offer it to the next agent. */
function endOffer(draft: RecordDraft): void {
  draft.stopTimer(offerEnds)
  const id = draft.desk?.offer?.agent.id
  if (id === undefined) return
  const asked = (draft.desk?.asked ?? []).filter((other) => other !== id)
  changeDesk(draft, { offer: undefined, asked: [...asked, id].slice(-askedMax) })
  draft.requests ??= []
}

/** Agents that a request remembers to have been offered to. */
const askedMax = 50

function hold(draft: RecordDraft, held: boolean): void {
  const overdue = draft.desk?.overdue
  changeDesk(draft, { isHeld: held || undefined, overdue: held ? overdue : undefined })
  draft.requests ??= []
  const timer = !held && overdue !== undefined && { id: overdue, due: draft.at }
  if (timer && !fireAtDesk(draft, timer)) draft.fire(timer)
}

function startClock(draft: RecordDraft, world: World, { pinned }: Context): void {
  const { agent } = pinned.timeouts
  // An earlier version began the conversation, which keeps what it began with.
  if (!agent) return
  stopClock(draft)
  const since = draft.at
  const { remind, release } = agentDues(world, pinned.channel, agent, since)
  changeDesk(draft, { unanswered: { since, remind, release } })
  if (remind !== null) draft.startTimer(unattended, remind - since)
  if (release !== null) draft.startTimer(agentReleases, release - since)
}

function stopClock(draft: RecordDraft): void {
  if (!draft.desk?.unanswered) return
  // Agents see since when it waits.
  if (draft.desk.unanswered.isTold) draft.requests ??= []
  draft.stopTimer(unattended)
  draft.stopTimer(agentReleases)
  changeDesk(draft, { unanswered: undefined })
}

function endDesk(draft: RecordDraft): void {
  for (const id of [unattended, agentReleases, offerEnds, escalatesAgain]) draft.stopTimer(id)
  const former = draft.desk?.formerWorkspaces
  draft.desk = former && { formerWorkspaces: former }
}

/** A field that is `undefined` is removed. */
function changeDesk(draft: RecordDraft, change: { [K in keyof DeskState]: DeskState[K] | undefined }): void {
  const changed = Object.entries({ ...draft.desk, ...change }).filter(([, value]) => value !== undefined)
  draft.desk = changed.length > 0 ? (Object.fromEntries(changed) as DeskState) : undefined
}

function offeredTo(draft: RecordDraft): string | undefined {
  return phaseIn(draft) === 'queued' ? draft.desk?.offer?.agent.id : undefined
}

function isWaiting(draft: RecordDraft, request: number): boolean {
  return phaseIn(draft) === 'queued' && contextIn(draft).request === request
}

function phaseIn({ snapshot, stored }: RecordDraft) {
  const present = snapshot ?? stored
  return present && phaseOf(present)
}

function contextIn({ snapshot, stored }: RecordDraft): Context {
  return (snapshot ?? stored)?.context as Context
}

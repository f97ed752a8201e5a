import { assign, not, setup } from 'xstate'
import type { ChannelText } from '../../schemas/configuration/channel-texts.ts'
import type { Agent } from '../../schemas/conversation/event.ts'
import type {
  EndReason,
  FormField,
  Rejection,
  RejectionCode,
  RequestAction,
} from '../../schemas/conversation/record.ts'
import { readDetails } from '../texts/details.ts'
import { fill } from '../texts/fill.ts'
import { textsFor } from '../texts/languages.ts'
import type { Texts } from '../texts/texts.ts'
import type { BotMemory, CallRequest, ConversationContext, MachineEvent, Pinned, Say } from './vocabulary.ts'

/** What the machine is told when a conversation begins; it is kept, whatever is configured later. */
export interface Input {
  pinned: PinnedResponse
  customer: ConversationContext['customer']
  response: Response
  /** Where a bot begins it. */
  bot?: BotMemory
}

export interface PinnedResponse extends Pinned {
  /** The language of the texts that nobody configured. */
  language: string
  timeouts: Timeouts
}

/** What the channel says and asks before an agent comes. */
export interface Response extends Record<ChannelText, string> {
  /** What stands for `{{nextOpen}}`: `Monday, June 8 at 9:00 AM`. */
  nextOpen: string
  /** The details that the channel asks for, in their order. */
  asks: FormField[]
}

/** In milliseconds; `null` (or an empty ladder): never. */
export interface Timeouts {
  unanswered: number | null
  escalate: number | null
  idleCustomer: number[]
  abandoned: number | null
}

export interface Context<Own = unknown> extends ConversationContext {
  pinned: PinnedResponse
  /** `null` once it has done its part: every later record would carry it along. */
  response: Response | null
  /** From when the present wait for an agent is measured, in epoch milliseconds. */
  waitingSince: number
  /** The agent's first message that the customer has not answered, in epoch milliseconds, and reminders since. */
  idle: { since: number; reminded: number }
  /** What a machine of a developer's own remembers besides. */
  own: Own
}

/**
 * What every conversation is made of, whatever machine it runs: guards, delays and actions by name, the states from
 * a channel's response to an agent and the end, and what is answered in any state. A machine takes what it needs.
 *
 * @typeParam Own what a machine of one's own keeps in `context.own`
 */
export function conversationParts<Own = undefined>() {
  const parts = setup({
    types: {
      context: {} as Context<Own>,
      events: {} as MachineEvent,
      input: {} as Input,
    },
    guards: {
      detailsAreMissing: ({ context }) => missingFields(context, context.response?.asks ?? []).length > 0,
      detailsAreValid: ({ context, event }) => !('code' in detailsOf(context, event)),
      isSameCustomer: ({ context, event }) =>
        context.customer.externalId === null ||
        context.customer.externalId === of(event, 'session.identified').customer.externalId,
      isTheAgent: ({ context, event }) => context.agent?.id === agentOf(event)?.id,
      isThisRequest: ({ context, event }) => {
        const { request } = of(event, 'agent.accepted')
        return request === undefined || request === context.request
      },
      isUntouched: ({ context }) => context.bot?.hasActed === false,
      isLastIdleStep: ({ context }) =>
        context.idle.reminded + 1 >= context.pinned.timeouts.idleCustomer.length,
    },
    delays: {
      unanswered: ({ context, event }) =>
        fromOpening(context, context.pinned.timeouts.unanswered) - timeOf({ context, event }),
      escalate: ({ context, event }) =>
        fromOpening(context, context.pinned.timeouts.escalate) - timeOf({ context, event }),
      abandoned: ({ context }) => context.pinned.timeouts.abandoned ?? Number.POSITIVE_INFINITY,
      idle: ({ context, event }) => {
        const step = context.pinned.timeouts.idleCustomer[context.idle.reminded]
        return step === undefined ? Number.POSITIVE_INFINITY : context.idle.since + step - event.at
      },
    },
    actions: {
      // Performed by the engine: data by the time it sees them.
      say: (_, _params: Say) => {},
      refuse: (_, _params: Rejection | { code: RejectionCode }) => {},
      ignore: () => {},
      notify: (_, _params: { action: RequestAction }) => {},
      call: (_, _params: CallRequest) => {},
      tellBot: () => {},

      keepNeed: assign(({ context, event }) => ({ need: context.need ?? of(event, 'session.message').text })),
      keepDetails: assign(({ context, event }) => {
        const details = detailsOf(context, event)
        if ('code' in details) return {}
        const { name, email, verified } = context.customer
        const typed = { name: details.name ?? name, email: details.email ?? email }
        return {
          // What the gateway has verified is not changed by what is typed.
          customer: {
            ...context.customer,
            ...(verified ? { name: name ?? typed.name, email: email ?? typed.email } : typed),
          },
          answers: { ...context.answers, ...details.answers },
        }
      }),
      keepIdentity: assign(({ context, event }) => {
        const { customer } = of(event, 'session.identified')
        return {
          customer: {
            name: customer.name || context.customer.name,
            email: customer.email || context.customer.email,
            externalId: customer.externalId,
            verified: true,
          },
        }
      }),
      makeRequest: assign(({ context, event }) => ({
        request: context.request + 1,
        queuedAt: timeOf({ context, event }),
        waitingSince: timeOf({ context, event }),
        response: null,
      })),
      waitAgain: assign(({ event }) => ({ agent: null, waitingSince: event.at })),
      keepAgent: assign(({ event }) => ({ agent: of(event, 'agent.accepted').agent })),
      startIdle: assign(({ event }) => ({ idle: { since: event.at, reminded: 0 } })),
      countIdleReminder: assign(({ context }) => ({
        idle: { ...context.idle, reminded: context.idle.reminded + 1 },
      })),
      keepTags: assign((_, params: { tags: string[] }) =>
        params.tags.length > 0 ? { tags: params.tags } : {},
      ),
      /** What a bot remembered goes; what was chosen is what the customer needs, where they typed nothing. */
      leaveBot: assign(({ context }) => ({ need: context.need ?? context.bot?.chosen ?? null, bot: null })),
      end: assign((_, params: { reason: EndReason }) => ({ reason: params.reason })),
    },
  })

  const greeting = parts.createStateConfig({
    on: {
      'session.message': [
        {
          guard: 'detailsAreMissing',
          target: 'collectingDetails',
          actions: [{ type: 'say', params: ({ event }) => customerText(event) }, 'keepNeed'],
        },
        {
          target: 'followUp',
          actions: [{ type: 'say', params: ({ event }) => customerText(event) }, 'keepNeed'],
        },
      ],
      // Coming back restarts the time after which a visitor counts as gone.
      'session.details': [
        { guard: 'detailsAreValid', target: 'greeting', reenter: true, actions: 'keepDetails' },
        { actions: { type: 'refuse', params: ({ context, event }) => refusedDetails(context, event) } },
      ],
      'session.identified': [
        { guard: 'isSameCustomer', target: 'greeting', reenter: true, actions: 'keepIdentity' },
        { actions: { type: 'refuse', params: { code: 'not_allowed_now' } } },
      ],
    },
    after: {
      abandoned: { target: 'ended', actions: { type: 'end', params: { reason: 'abandoned' } } },
    },
  })
  const collectingDetails = parts.createStateConfig({
    initial: 'asking',
    on: {
      'session.details': [
        { guard: 'detailsAreValid', target: 'followUp', actions: 'keepDetails' },
        { actions: { type: 'refuse', params: ({ context, event }) => refusedDetails(context, event) } },
      ],
      'agent.accepted': { actions: { type: 'refuse', params: { code: 'details_required' } } },
    },
    states: {
      asking: {
        entry: { type: 'say', params: ({ context }) => form(context) },
        always: 'waiting',
      },
      waiting: {
        on: {
          'session.message': {
            target: 'waiting',
            reenter: true,
            actions: { type: 'say', params: ({ event }) => customerText(event) },
          },
          'session.identified': [
            { guard: 'isSameCustomer', target: 'identified', actions: 'keepIdentity' },
            { actions: { type: 'refuse', params: { code: 'not_allowed_now' } } },
          ],
        },
        after: {
          abandoned: {
            target: '#ended',
            actions: { type: 'end', params: { reason: 'abandoned' } },
          },
        },
      },
      identified: {
        always: [{ guard: 'detailsAreMissing', target: 'waiting' }, { target: '#followUp' }],
      },
    },
  })
  const followUp = parts.createStateConfig({
    id: 'followUp',
    entry: { type: 'say', params: ({ context }) => bot(configured(context, 'followUpMessage')) },
    always: {
      target: 'queued',
      actions: ['makeRequest', { type: 'notify', params: { action: 'created' } }],
    },
  })
  const queued = parts.createStateConfig({
    on: {
      'session.ended': {
        target: 'ended',
        actions: [
          { type: 'notify', params: { action: 'withdrawn' } },
          { type: 'end', params: { reason: 'customer' } },
        ],
      },
      'agent.accepted': [
        {
          guard: 'isThisRequest',
          target: 'withAgent',
          actions: [
            'keepAgent',
            { type: 'say', params: ({ context }) => joined(context) },
            { type: 'notify', params: { action: 'accepted' } },
          ],
        },
        { actions: { type: 'refuse', params: { code: 'stale_request' } } },
      ],
    },
    after: {
      unanswered: { actions: { type: 'notify', params: { action: 'reminded' } } },
      escalate: { actions: { type: 'notify', params: { action: 'escalated' } } },
    },
  })
  const withAgent = parts.createStateConfig({
    initial: 'agentsTurn',
    on: {
      'session.ended': {
        target: 'ended',
        actions: [
          { type: 'notify', params: { action: 'ended' } },
          { type: 'end', params: { reason: 'customer' } },
        ],
      },
      'agent.accepted': [
        {
          guard: not('isThisRequest'),
          actions: { type: 'refuse', params: { code: 'stale_request' } },
        },
        { guard: 'isTheAgent', actions: 'ignore' },
        {
          actions: {
            type: 'refuse',
            params: ({ context }) => ({
              code: 'already_accepted' as const,
              ...(context.agent && { agent: context.agent }),
            }),
          },
        },
      ],
      'agent.message': {
        guard: 'isTheAgent',
        actions: { type: 'say', params: ({ context, event }) => agentText(context, event) },
      },
      'agent.released': {
        guard: 'isTheAgent',
        target: 'queued',
        actions: [
          'waitAgain',
          { type: 'say', params: ({ context }) => notice(textsOf(context).released) },
          { type: 'notify', params: { action: 'released' } },
        ],
      },
      'agent.ended': {
        guard: 'isTheAgent',
        target: 'ended',
        actions: [
          { type: 'say', params: ({ context }) => notice(textsOf(context).endedByAgent) },
          { type: 'notify', params: { action: 'ended' } },
          { type: 'end', params: { reason: 'agent' } },
        ],
      },
    },
    states: {
      agentsTurn: {
        on: {
          'agent.message': {
            guard: 'isTheAgent',
            target: 'customersTurn',
            actions: [
              { type: 'say', params: ({ context, event }) => agentText(context, event) },
              'startIdle',
            ],
          },
        },
      },
      customersTurn: {
        on: {
          'session.message': {
            target: 'agentsTurn',
            actions: { type: 'say', params: ({ event }) => customerText(event) },
          },
        },
        after: {
          idle: [
            {
              guard: 'isLastIdleStep',
              target: '#ended',
              actions: [
                { type: 'say', params: ({ context }) => notice(textsOf(context).endedByInactivity) },
                { type: 'notify', params: { action: 'ended' } },
                { type: 'end', params: { reason: 'inactivity' } },
              ],
            },
            {
              target: 'customersTurn',
              reenter: true,
              actions: [{ type: 'say', params: ({ context }) => idleReminder(context) }, 'countIdleReminder'],
            },
          ],
        },
      },
    },
  })
  const ended = parts.createStateConfig({ id: 'ended', type: 'final' })

  /** How the response begins, and what is answered in any state that has no words of its own for it. */
  const root = parts.createStateConfig({
    entry: { type: 'say', params: ({ context }) => bot(configured(context, 'firstMessage')) },
    on: {
      // What a state below does not allow in its own words.
      'session.started': { actions: 'ignore' },
      'session.message': { actions: { type: 'say', params: ({ event }) => customerText(event) } },
      'session.identified': [
        { guard: 'isSameCustomer', actions: 'keepIdentity' },
        { actions: { type: 'refuse', params: { code: 'not_allowed_now' } } },
      ],
      'session.ended': { target: '.ended', actions: { type: 'end', params: { reason: 'customer' } } },
      'agent.accepted': { actions: { type: 'refuse', params: { code: 'not_queued' } } },
      'agent.message': { actions: { type: 'refuse', params: { code: 'not_the_agent' } } },
      'agent.released': { actions: { type: 'refuse', params: { code: 'not_the_agent' } } },
      'agent.ended': { actions: { type: 'refuse', params: { code: 'not_the_agent' } } },
      'call.answered': { actions: 'ignore' },
    },
  })

  return {
    setup: parts,
    root,
    /** The channel's response. */
    responseStates: { greeting, collectingDetails, followUp },
    /** From the queue to the end. */
    agentStates: { queued, withAgent, ended },
  }
}

/** What a machine remembers at the beginning; `own` is what one of a developer's own does besides. */
export function beginningOf<Own = undefined>({ input }: { input: Input }, own?: Own): Context<Own> {
  return {
    ...input,
    answers: {},
    need: null,
    request: 0,
    queuedAt: null,
    waitingSince: 0,
    agent: null,
    idle: { since: 0, reminded: 0 },
    reason: null,
    own: own as Own,
  }
}

/** The details that are asked for and not known yet. */
export function missingFields(
  { customer, answers, response, bot }: Context,
  asks?: FormField[],
): FormField[] {
  // A field may be called `constructor`.
  const known = new Map<string, string | null>(Object.entries(answers))
  known.set('name', customer.name).set('email', customer.email)
  return (asks ?? bot?.form ?? response?.asks ?? []).filter((field) => !known.get(field.id))
}

/** The form that was filled in: what is asked and not known is required, the rest of what is asked is taken. */
export function detailsOf(context: Context, event: MachineEvent) {
  return readDetails(of(event, 'session.details').details, missingFields(context), context.bot?.form ?? [])
}

export function refusedDetails(context: Context, event: MachineEvent): Rejection {
  return detailsOf(context, event) as Rejection
}

/** An instant counted from the wait's beginning or the opening, whichever is later; never where none comes. */
function fromOpening(context: Context, timeout: number | null): number {
  const { hours, opensAt } = context.pinned
  const neverOpens = hours === 'outside' && opensAt === null
  if (timeout === null || neverOpens) return Number.POSITIVE_INFINITY
  return Math.max(context.waitingSince, opensAt ?? 0) + timeout
}

export function textsOf(context: Context): Texts {
  return textsFor(context.pinned.language)
}

/** A text of the channel's with what it refers to. */
function configured(context: Context, text: ChannelText): string {
  return context.response ? fill(context.response[text], valuesOf(context)) : ''
}

/** What the places in a text that a company wrote stand for. */
export function valuesOf({
  customer,
  answers,
  response,
  bot,
  pinned,
}: Context): Record<string, string | null> {
  const values: Record<string, string | null> = {
    ...bot?.values,
    'customer.name': customer.name,
    'customer.email': customer.email,
    'customer.externalId': customer.externalId,
    'customer.verified': String(customer.verified),
    locale: pinned.locale,
    channel: pinned.channel,
    nextOpen: response?.nextOpen ?? null,
  }
  for (const id of Object.keys(answers)) values[`details.${id}`] = answers[id] ?? null
  return values
}

export function bot(text: string): Say {
  return { author: { type: 'bot' }, type: 'text', text }
}

function notice(text: string): Say {
  return { author: { type: 'system' }, type: 'notice', text }
}

export function form(context: Context): Say {
  return {
    author: { type: 'bot' },
    type: 'form',
    text: textsOf(context).form,
    fields: missingFields(context),
  }
}

function joined(context: Context): Say {
  const texts = textsOf(context)
  return notice(fill(texts.joined, { 'agent.name': context.agent?.name || texts.anAgent }))
}

function idleReminder(context: Context): Say {
  const texts = textsOf(context)
  const beforeLast = context.idle.reminded + 2 === context.pinned.timeouts.idleCustomer.length
  return bot(beforeLast && context.idle.reminded > 0 ? texts.closingSoon : texts.stillThere)
}

export function customerText(event: MachineEvent): Say {
  return textOf({ type: 'customer' }, of(event, 'session.message'))
}

function agentText(context: Context, event: MachineEvent): Say {
  return textOf({ type: 'agent', ...(context.agent as Agent) }, of(event, 'agent.message'))
}

/** Somebody's own text, as they sent it. */
export function textOf(
  author: Say['author'],
  { text, clientId }: { text: string; clientId?: string | undefined },
): Say {
  return { author, type: 'text', text, ...(clientId !== undefined && { clientId }) }
}

/** When an event happened. The first of all is XState's own, which has no time: the conversation has just begun. */
export function timeOf({ context, event }: { context: ConversationContext; event: { at?: number } }): number {
  return event.at ?? context.pinned.at
}

function agentOf(event: MachineEvent): { id: string } | undefined {
  return 'agent' in event ? event.agent : undefined
}

/** The event as the one that it is: actions and guards are shared, and XState types them with all events. */
export function of<T extends MachineEvent['type']>(
  event: MachineEvent,
  type: T,
): Extract<MachineEvent, { type: T }> {
  if (event.type !== type) throw new Error(`expected ${type}, got ${event.type}`)
  return event as Extract<MachineEvent, { type: T }>
}

import { assign, not, setup } from 'xstate'
import type { EndReason, Rejection, RejectionCode, RequestAction } from '../../schemas/conversation/record.ts'
import type { Context, Input } from './context.ts'
import {
  agentText,
  bot,
  configured,
  customerText,
  detailsOf,
  form,
  givenBack,
  idleReminder,
  joined,
  missingFields,
  notice,
  refusedDetails,
  textsOf,
  wordsOf,
} from './says.ts'
import { type CallRequest, expectEvent, type MachineEvent, type Say, timeOf } from './vocabulary.ts'

/**
 * The parts of every conversation's machine: guards, delays and actions by name, the states from a channel's response
 * to an agent and the end, and the answers of any state. A machine uses those that it needs.
 *
 * @typeParam Own the type of `context.own`, a developer's memory
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
      detailsAreValid: ({ context, event }) => detailsOf(context, event).ok,
      isSameCustomer: ({ context, event }) =>
        context.customer.externalId === null ||
        context.customer.externalId === expectEvent(event, 'session.identified').customer.externalId,
      isTheAgent: ({ context, event }) => context.agent?.id === agentOf(event)?.id,
      isThisRequest: ({ context, event }) => {
        const { request } = expectEvent(event, 'agent.accepted')
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

      keepNeed: assign(({ context, event }) => ({
        need: context.need ?? wordsOf(expectEvent(event, 'session.message')),
      })),
      keepDetails: assign(({ context, event }) => {
        const filled = detailsOf(context, event)
        if (!filled.ok) return {}
        const details = filled.value
        const { name, email, verified } = context.customer
        const typed = { name: details.name ?? name, email: details.email ?? email }
        return {
          // Details from a form never replace verified ones.
          customer: {
            ...context.customer,
            ...(verified ? { name: name ?? typed.name, email: email ?? typed.email } : typed),
          },
          answers: { ...context.answers, ...details.answers },
        }
      }),
      keepIdentity: assign(({ context, event }) => {
        const { customer } = expectEvent(event, 'session.identified')
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
      keepAgent: assign(({ event }) => ({ agent: expectEvent(event, 'agent.accepted').agent })),
      startIdle: assign(({ event }) => ({ idle: { since: event.at, reminded: 0 } })),
      countIdleReminder: assign(({ context }) => ({
        idle: { ...context.idle, reminded: context.idle.reminded + 1 },
      })),
      keepTags: assign((_, params: { tags: string[] }) =>
        params.tags.length > 0 ? { tags: params.tags } : {},
      ),
      /** Drops the bot's memory; the chosen option becomes the need of a customer who has typed nothing. */
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
          { type: 'say', params: ({ context, event }) => notice(givenBack(context, event)) },
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

  /** The beginning of the response, and the answers to events that a state does not handle itself. */
  const root = parts.createStateConfig({
    entry: { type: 'say', params: ({ context }) => bot(configured(context, 'firstMessage')) },
    on: {
      // A state below may answer these otherwise.
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

/** An instant counted from the wait's beginning or the opening, whichever is later; Infinity without an opening. */
function fromOpening(context: Context, timeout: number | null): number {
  const { hours, opensAt } = context.pinned
  const neverOpens = hours === 'outside' && opensAt === null
  if (timeout === null || neverOpens) return Number.POSITIVE_INFINITY
  return Math.max(context.waitingSince, opensAt ?? 0) + timeout
}

function agentOf(event: MachineEvent): { id: string } | undefined {
  return 'agent' in event ? event.agent : undefined
}

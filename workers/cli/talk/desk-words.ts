import type { Agent } from '../../../schemas/conversation/event.ts'
import type { OpenRequest } from '../../../schemas/conversation/notification.ts'
import type { Rejection } from '../../../schemas/conversation/record.ts'
import { plainLine } from '../shell/text.ts'
import { customerLine } from './request-line.ts'

export const endedBy = {
  customer: 'The customer has',
  agent: 'The agent has',
  inactivity: 'The customer’s silence has',
  abandoned: 'The customer’s silence has',
  bot: 'The bot has',
} as const

export function headline(request: OpenRequest): string {
  const { channel, hours, conversation, customer } = request
  const name = customerLine(request) + (customer.verified ? ' (logged in)' : '')
  return `— ${name} · ${channel} · ${hours === 'during' ? 'in hours' : 'out of hours'} · ${conversation} —`
}

export function explainAccept({ code, message, agent }: Rejection): string {
  switch (code) {
    case 'already_accepted':
      return `${agentName(agent)} has accepted this request already.`
    case 'offered_to_other':
      return `This request is offered to ${agentName(agent)}.`
    case 'conversation_ended':
      return 'This conversation has ended.'
    case 'not_queued':
      return 'This request does not wait any more.'
    default:
      return `Refused: ${plainLine(message)}.`
  }
}

export function agentName(agent: Agent | OpenRequest['agent'] | undefined): string {
  return plainLine(agent?.name || agent?.id || '') || 'another agent'
}

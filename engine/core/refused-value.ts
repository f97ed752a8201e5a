import { type Customer, emailLengthMax, externalIdLengthMax, nameLengthMax } from '../../schemas/customer.ts'
import { agentFieldLengthMax, clientIdLengthMax, type Event, textLengthMax } from '../../schemas/event.ts'
import type { Rejection } from '../../schemas/record.ts'
import { codePoints } from '../../schemas/token.ts'
import { trim } from './trim.ts'

/** Why an event's values are refused in any state of any conversation; `null` where they are not. */
export function refusedValue(event: Event): Rejection | null {
  switch (event.type) {
    case 'session.started':
      return event.customer ? refusedCustomer(event.customer) : null
    case 'session.identified':
      return refusedCustomer(event.customer)
    case 'session.message':
      return refusedText(event.text) ?? tooLong('clientId', event.clientId, clientIdLengthMax)
    case 'agent.message':
      return refusedText(event.text) ?? tooLong('clientId', event.clientId, clientIdLengthMax)
    case 'agent.accepted':
      return (
        tooLong('agent.id', event.agent.id, agentFieldLengthMax) ??
        tooLong('agent.name', event.agent.name, agentFieldLengthMax)
      )
    case 'agent.released':
      return tooLong('reason', event.reason, agentFieldLengthMax)
    default:
      return null
  }
}

function refusedText(text: string): Rejection | null {
  if (trim(text) === '') return { code: 'text_invalid', message: 'text: is empty' }
  return tooLong('text', text, textLengthMax)
}

function refusedCustomer(customer: Customer): Rejection | null {
  if (customer.externalId === '') return { code: 'text_invalid', message: 'customer.externalId: is empty' }
  return (
    tooLong('customer.externalId', customer.externalId, externalIdLengthMax) ??
    tooLong('customer.name', customer.name, nameLengthMax) ??
    tooLong('customer.email', customer.email, emailLengthMax)
  )
}

function tooLong(field: string, value: string | undefined, limit: number): Rejection | null {
  if (value === undefined || codePoints(value) <= limit) return null
  return { code: 'too_long', message: `${field}: must have at most ${limit} characters`, limit }
}

import { addressOf } from '../../../engine/core/read-event.ts'
import type { ConversationContext } from '../../../engine/machines/context.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import { readLastRecords } from '../../../engine/nats/engine/last-records.ts'
import { deadLetter, deadLetters } from '../../../engine/nats/operations/dead-letters.ts'
import type { StreamName } from '../../../engine/nats/operations/stream-state.ts'
import { readEvents } from '../../../engine/nats/operations/traces.ts'
import type { RetryOptions } from '../../../engine/nats/retry.ts'
import { trim } from '../../../engine/texts/trim.ts'
import { parseJson } from '../../../schemas/parse-json.ts'

/** The names of a customer, from a verified login, from a form, or from both. */
export interface NamedCustomer {
  email?: string | undefined
  externalId?: string | undefined
}

/** Reports the progress of the search: the stream, and the sequence in it. */
export type Looked = (stream: StreamName, seq: number) => void

/** Matches customers with this e-mail address, in any spelling, or this external id. */
export function isNamed(wanted: string): (identity: NamedCustomer) => boolean {
  const email = folded(wanted)
  return (identity) =>
    identity.externalId === wanted || (identity.email !== undefined && folded(identity.email) === email)
}

function folded(email: string): string {
  return trim(email).normalize('NFC').toLowerCase()
}

/**
 * Finds all conversations that name the customer, in the order of the log: in an event, even a refused one or a dead
 * letter, or in the conversation's own state, in case the event has aged out of the log.
 */
export async function conversationsOf(
  nats: Nats,
  retryOptions: RetryOptions,
  isTheirs: (identity: NamedCustomer) => boolean,
  looked: Looked,
): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const { subject, seq, body } of readEvents(nats, naming)) {
    looked('events', seq)
    const { conversation, type } = addressOf(subject)
    if (isTheirs(namedIn(type, body))) found.add(conversation)
  }
  for await (const { conversation, sequence, record } of readLastRecords(nats, retryOptions)) {
    looked('conversations', sequence)
    const context = record.state.snapshot?.context as ConversationContext | undefined
    if (context && isTheirs(knownIn(context))) found.add(conversation)
  }
  for await (const { seq, conversation, type } of deadLetters(nats)) {
    looked('deadletters', seq)
    if (found.has(conversation) || !isNaming(type)) continue
    const letter = await deadLetter(nats, seq)
    if (letter && isTheirs(namedIn(type, letter.body))) found.add(conversation)
  }
  return found
}

const naming = ['session.started', 'session.identified', 'session.details']

export function isNaming(type: string): boolean {
  return naming.includes(type)
}

/** Reads the names in an event, as far as possible: it may be invalid. */
export function namedIn(type: string, body: Uint8Array): NamedCustomer {
  const payload = fieldsIn(parseJson(body))
  if (type === 'session.details') return identity(payload.email, null)
  const customer = fieldsIn(payload.customer)
  return identity(customer.email, customer.externalId)
}

export function knownIn({ customer }: ConversationContext): NamedCustomer {
  return identity(customer.email, customer.externalId)
}

function identity(email: unknown, externalId: unknown): NamedCustomer {
  return {
    ...(typeof email === 'string' && email !== '' && { email }),
    ...(typeof externalId === 'string' && externalId !== '' && { externalId }),
  }
}

function fieldsIn(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

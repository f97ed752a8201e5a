import type { Customer } from '../../../schemas/conversation/customer.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { contextOf, isRunning } from '../../core/conversation.ts'
import { addressOf } from '../../core/read-event.ts'
import { readRecord } from '../../core/record.ts'
import type { Context } from '../../machines/context.ts'
import { checkEmail } from '../../texts/email.ts'
import { trim } from '../../texts/trim.ts'
import type { RoleConnection } from '../connect.ts'
import { directGet } from '../direct-get.ts'
import { streams, subjects } from '../topology.ts'

/** Large batches: a conversation is read whole. */
const batchBytes = 1024 * 1024

/** A message of an agent. */
export interface AgentWords {
  /** The sequence of its record. */
  sequence: number
  /** In epoch milliseconds. */
  at: number
  /** The agent's name, where it is known. */
  agent: string | undefined
  text: string
}

/** A conversation as the mailer needs it. */
export interface MailedConversation {
  channel: string
  /** The language of the conversation's own texts. */
  language: string
  /** The page where it began, by the visitor's word. */
  page: string | undefined
  isEnded: boolean
  /** The address that the customer gave in a form, or that their verified identity has verified. */
  address: string | undefined
  words: AgentWords[]
  /** The sequence of the record of the customer's last event: all before it was seen. */
  seen: number
  /** The sequence of its last record. */
  last: number
}

/** Reads a conversation; `null` where there is none, or it was erased. */
export async function readMailedConversation(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string,
): Promise<MailedConversation | null> {
  const given = await readGivenAddresses(role, conversation)
  let context: Context | undefined
  let isEnded = false
  let address: string | undefined
  let words: AgentWords[] = []
  let seen = 0
  let last = 0
  const subject = subjects.conversation(conversation)
  for await (const { seq, body } of directGet(role, streams.conversations, subject, 0, batchBytes)) {
    last = seq
    const record = readRecord(Buffer.from(body).toString())
    if (!record) continue
    const { event, outcome, state, messages = [], at } = record
    if (state.erased) return null
    if (isRunning(state)) {
      context = contextOf(state.snapshot) as Context
      isEnded = state.snapshot.status === 'done'
    }
    if (outcome !== 'applied') continue
    if (event.type.startsWith('session.')) {
      seen = seq
      words = []
      const email = given.get(event.seq)
      // The form's address counts as the decision has read it.
      if (email !== undefined && email === context?.customer.email) address = email
    }
    for (const { author, type, text, attachments = [] } of messages) {
      if (author.type !== 'agent' || type !== 'text') continue
      // Files are behind the link.
      const said = [text, ...attachments.map(({ name }) => `[${name}]`)].filter(Boolean).join('\n')
      words.push({ sequence: seq, at: Date.parse(at), agent: author.name, text: said })
    }
  }
  if (!context) return null
  const { channel, language, page } = context.pinned
  // A form or a login later than the one that gave the address may have replaced it.
  const isPresent = address !== undefined && address === context.customer.email
  return {
    channel,
    language,
    page: page?.url,
    isEnded,
    address: isPresent && checkEmail(address as string).ok ? address : undefined,
    words,
    seen,
    last,
  }
}

/** The addresses in the conversation's events that may be written to, by the event's sequence. */
async function readGivenAddresses(
  role: Pick<RoleConnection, 'publisher'>,
  conversation: string,
): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  const read = async (type: string, emailIn: (payload: Record<string, unknown>) => unknown) => {
    const subject = `frontdesk.event.*.${conversation}.${type}`
    for await (const message of directGet(role, streams.events, subject)) {
      if (addressOf(message.subject).conversation !== conversation) continue
      const email = emailIn((parseJson(message.body) ?? {}) as Record<string, unknown>)
      if (typeof email === 'string') found.set(message.seq, trim(email))
    }
  }
  const verified = ({ customer }: { customer?: Customer }) =>
    customer?.emailVerified ? customer.email : undefined
  await read('session.started', verified)
  await read('session.identified', verified)
  await read('session.details', ({ email }) => email)
  return found
}

import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { Conflict } from '../../engine/errors.ts'
import type { Nats } from '../../engine/nats/connect.ts'
import { publishEvent } from '../../engine/nats/inbox.ts'
import type { CustomersSeen } from '../../engine/nats/mail/customers-seen.ts'
import {
  lettersOf,
  type MailThread,
  type MailThreads,
  threadDigest,
} from '../../engine/nats/mail/mail-threads.ts'
import {
  type AgentWords,
  type MailedConversation,
  readMailedConversation,
} from '../../engine/nats/mail/mailed-conversation.ts'
import type { QueuedMail } from '../../engine/nats/queues/mail-queue.ts'
import { type RetryOptions, retry } from '../../engine/nats/retry.ts'
import { mails } from '../monitoring/metrics.ts'
import { maskedAddress } from './compose-mail.ts'

/** In milliseconds. */
export interface MailTimes {
  /** How long after an agent's message its customer may still come back and read it. */
  delay: number
  /** The least time between two e-mails of a conversation. */
  pause: number
  /** How long an attempt to send may take; after that another mailer repeats it. */
  lease: number
  /** How often it is looked whether a customer who is away has gone. */
  look: number
  /** The pause after the first attempt; then twice as long each time, at most 30 minutes. */
  retry: number
  /** A message of an agent that could not be mailed for this long is given up. */
  giveUp: number
}

export const mailTimes: Omit<MailTimes, 'delay'> = {
  pause: 10 * 60_000,
  lease: 60_000,
  look: 60_000,
  retry: 30_000,
  giveUp: 3 * 24 * 3_600_000,
}
const retryMsMax = 30 * 60_000
const secretLength = 24

/** `refused`: the mail server will never accept it. `failed`: another attempt may succeed. */
export type SendResult = 'sent' | 'refused' | 'failed'

/** An e-mail that is decided; sent twice, it is the same e-mail. */
export interface DecidedMail {
  thread: MailThread
  conversation: MailedConversation
  address: string
  words: readonly AgentWords[]
  /** The sequence of the last record in it. */
  upTo: number
}

export interface MailDeps {
  nats: Nats
  threads: MailThreads
  customers: CustomersSeen
  times: MailTimes
  retryOptions: RetryOptions
  log: Logger
  isUnsubscribed(address: string): Promise<boolean>
  /** Settles within the lease. */
  send(mail: DecidedMail): Promise<SendResult>
}

/**
 * Sends the e-mail of a queued conversation, if it is due and needed. Returns when to look again, in milliseconds;
 * `undefined`: the queue may forget the conversation until the agent's next message.
 *
 * 1. The content is decided and claimed by compare-and-set, before anything is sent.
 * 2. The mail server accepts it. A mailer that dies here leaves the claim: another one sends the same e-mail again,
 *    with the same Message-ID, once the lease has run out.
 * 3. The conversation gets its event `mail.sent`, whose id a repeat has, too.
 * 4. The thread notes that it is done.
 */
export async function sendDueMail(queued: QueuedConversation, deps: MailDeps): Promise<number | undefined> {
  const { conversation: id, record } = queued
  const { nats, threads, customers, times, retryOptions } = deps
  const now = Date.now()
  const digest = threadDigest(id)
  const { thread, revision } = await retry('a thread of e-mails', retryOptions, () => threads.load(digest))
  if (thread?.claim) {
    if (thread.claim.until > now) return thread.claim.until - now
    return sendClaimed(queued, { ...thread, claim: thread.claim }, revision, deps)
  }
  if (thread && thread.done >= record) return undefined
  const whereabouts = customers.whereabouts(id, now)
  if (whereabouts === 'unknown') return Math.min(customers.knownFrom - now, times.look)
  const conversation = await retry('a conversation', retryOptions, () => readMailedConversation(nats, id))
  if (!conversation) return undefined
  // A slow replica may not have the record yet.
  if (conversation.last < record) return times.look
  const { done, mailedAt = 0 } = thread ?? { done: 0 }
  const [first] = conversation.words.filter(
    ({ sequence, at }) => sequence > done && at > customers.hereUntil(id),
  )
  if (!first) return undefined
  const dueAt = Math.max(first.at + times.delay, mailedAt + times.pause)
  if (dueAt > now) return dueAt - now
  if (whereabouts !== 'gone') return times.look
  const upTo = conversation.words.at(-1)?.sequence ?? first.sequence
  const claim = { after: first.sequence - 1, upTo, until: now, attempts: 0 }
  const begun = thread ?? { conversation: id, secret: lettersOf(randomBytes(secretLength)), done }
  return sendClaimed(queued, { ...begun, claim }, revision, deps)
}

type QueuedConversation = Pick<QueuedMail, 'conversation' | 'record'>
type ClaimedThread = Omit<MailThread, 'claim'> & { claim: NonNullable<MailThread['claim']> }

/** Claims and sends what is decided. The claim may have been a mailer's that did not finish it. */
async function sendClaimed(
  { conversation: id, record }: QueuedConversation,
  { claim, ...thread }: ClaimedThread,
  revision: number,
  deps: MailDeps,
): Promise<number | undefined> {
  const { nats, times, retryOptions } = deps
  const claimed = {
    ...thread,
    claim: { ...claim, attempts: claim.attempts + 1, until: Date.now() + times.lease },
  }
  const own = await store(claimed, revision, deps)
  if (own === undefined) return times.look
  const conversation = await retry('a conversation', retryOptions, () => readMailedConversation(nats, id))
  const mail = conversation && decided(conversation, claimed, deps)
  const isWanted =
    mail && !(await retry('an unsubscription', retryOptions, () => deps.isUnsubscribed(mail.address)))
  const result = isWanted ? await deps.send(mail) : 'refused'
  if (isWanted) mails.inc({ outcome: result })
  if (result === 'failed') {
    const pause = Math.min(times.retry * 2 ** claim.attempts, retryMsMax)
    await store({ ...claimed, claim: { ...claimed.claim, until: Date.now() + pause } }, own, deps)
    return pause
  }
  if (mail && result === 'sent')
    await retry('the note of an e-mail', retryOptions, () =>
      publishEvent(nats, id, 'mail.sent', { to: maskedAddress(mail.address) }, `mail.sent.${claim.upTo}`),
    )
  const done = { ...thread, done: claim.upTo, ...(result === 'sent' && { mailedAt: Date.now() }) }
  await store(done, own, deps)
  // The agent may have written since.
  return record > claim.upTo ? Math.min(times.look, times.pause) : undefined
}

/** The e-mail of a claim; `undefined`: the customer has come back, or has no address, or it is too late. */
function decided(
  conversation: MailedConversation,
  thread: ClaimedThread,
  { log, times }: MailDeps,
): DecidedMail | undefined {
  const { after, upTo } = thread.claim
  const words = conversation.words.filter(({ sequence }) => sequence > after && sequence <= upTo)
  const [first] = words
  const { address } = conversation
  if (!first || address === undefined) return undefined
  if (first.at + times.giveUp < Date.now()) {
    log.error(
      { conversation: thread.conversation },
      'an e-mail to a customer could not be sent: giving it up',
    )
    return undefined
  }
  return { thread, conversation, address, words, upTo }
}

/** Returns the new revision; `undefined`: another mailer was faster. */
async function store(changed: MailThread, revision: number, { threads, retryOptions }: MailDeps) {
  try {
    return await retry('a thread of e-mails', retryOptions, () => threads.store(changed, revision))
  } catch (error) {
    if (error instanceof Conflict) return undefined
    throw error
  }
}

import type { Logger } from 'pino'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { Nats } from '../../engine/nats/connect.ts'
import type { Worker } from '../../engine/nats/engine/start-worker.ts'
import { CustomersSeen } from '../../engine/nats/mail/customers-seen.ts'
import { MailThreads } from '../../engine/nats/mail/mail-threads.ts'
import { MailQueue, type QueuedMail } from '../../engine/nats/queues/mail-queue.ts'
import { SigningKeys } from '../gateway/identity/signing-keys.ts'
import { Unsubscribes } from '../gateway/identity/unsubscribes.ts'
import type { MailSettings } from '../settings/mail.ts'
import { InboundListener } from './inbound/inbound-listener.ts'
import { type MailTimes, mailTimes, sendDueMail } from './send-due-mail.ts'
import { SmtpSender } from './smtp-sender.ts'

/** Conversations that are looked at at once; others wait in the stream, for any mailer. */
const atOnceMax = 8
/** After a failure of NATS that is no transient one. */
const failedMs = 1_000
const stopTimeoutMs = 3_000

export interface MailerOptions {
  settings: MailSettings
  times?: Partial<MailTimes>
  /** Since when presence was heard, in epoch milliseconds, for tests: now by default. */
  listeningSince?: number
}

/** Starts a mailer, which shares the e-mails to customers who have left with the other mailers on the same NATS. */
export async function startMailer(
  nats: Nats,
  log: Logger,
  { settings, times, listeningSince = Date.now() }: MailerOptions,
): Promise<Pick<Worker, 'stop' | 'failed'> & { inboundPort: number | undefined }> {
  const giveUp = new AbortController()
  const retryOptions = { log, signal: giveUp.signal }
  const customers = new CustomersSeen(listeningSince)
  const stopListening = customers.listen(nats)

  const secrets = new Bucket(nats, 'secrets')
  const keys = await SigningKeys.open(secrets, log)
  const unsubscribes = new Unsubscribes(keys, secrets)
  const threads = new MailThreads(nats)
  const sender = new SmtpSender(
    settings,
    { keys, unsubscribes, channels: new Bucket(nats, 'configuration') },
    log,
  )
  const queue = new MailQueue(nats, retryOptions)
  const deps = {
    nats,
    threads,
    customers,
    times: { ...mailTimes, delay: settings.delay * 1_000, ...times },
    retryOptions,
    log,
    isUnsubscribed: (address: string) => unsubscribes.has(address),
    send: sender.send,
  }
  const inbound = settings.inbound && (await InboundListener.listen(settings.inbound, { nats, threads, log }))

  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = (error) => giveUp.signal.aborted || reject(error)
  })
  failed.catch(() => {})
  const running = new Set<Promise<void>>()
  const deal = async (queued: QueuedMail) => {
    try {
      const againMs = await sendDueMail(queued, deps)
      if (againMs === undefined) await queued.done()
      else queued.putOff(againMs)
    } catch (error) {
      queued.putOff(failedMs)
      throw error
    }
  }
  let isStopping = false
  const sendAll = async () => {
    while (!isStopping) {
      if (running.size >= atOnceMax) await Promise.race(running)
      for await (const queued of queue.pull(atOnceMax - running.size)) {
        if (isStopping) {
          queued.putOff(0)
          continue
        }
        const run: Promise<void> = deal(queued)
          .catch(fail)
          .finally(() => running.delete(run))
        running.add(run)
      }
    }
  }
  await queue.open()
  const working = [queue.fill((conversation) => threads.forget(conversation)), sendAll()].map((work) =>
    work.catch(fail),
  )
  return {
    failed,
    inboundPort: inbound?.port,
    stop: async () => {
      isStopping = true
      queue.stop()
      await inbound?.close()
      const timer = setTimeout(() => giveUp.abort(new Error('the mailer stops')), stopTimeoutMs)
      const aborted = new Promise((resolve) => giveUp.signal.addEventListener('abort', resolve))
      await Promise.race([Promise.all([...working, ...running]), aborted])
      clearTimeout(timer)
      giveUp.abort(new Error('the mailer has stopped'))
      stopListening()
      keys.stop()
      sender.close()
      await nats.flush().catch(() => {})
    },
  }
}

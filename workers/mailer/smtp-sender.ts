import { createTransport, type Transporter } from 'nodemailer'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Bucket } from '../../engine/nats/bucket.ts'
import { threadDigest } from '../../engine/nats/mail/mail-threads.ts'
import { parseJson } from '../../schemas/parse-json.ts'
import type { SigningKeys } from '../gateway/identity/signing-keys.ts'
import type { Unsubscribes } from '../gateway/identity/unsubscribes.ts'
import { unsubscribePath } from '../gateway/mail/unsubscribe-routes.ts'
import type { MailSettings } from '../settings/mail.ts'
import { composeMail } from './compose-mail.ts'
import { resumeLink } from './resume-link.ts'
import type { DecidedMail, SendResult } from './send-due-mail.ts'

/** How long the link in an e-mail opens its conversation. */
const linkDays = 7
const dayMs = 86_400_000
const connectionsMax = 4
const connectTimeoutMs = 10_000
const idleTimeoutMs = 20_000
/** Below the lease of an attempt. */
const sendTimeoutMs = 45_000

const namedChannel = z.object({ name: z.string().optional() })

interface SenderDeps {
  keys: SigningKeys
  unsubscribes: Unsubscribes
  /** The bucket of the configuration. */
  channels: Bucket
}

/** Composes e-mails and gives them to the mail server. */
export class SmtpSender {
  readonly #settings: MailSettings
  readonly #deps: SenderDeps
  readonly #log: Logger
  readonly #transport: Transporter

  constructor(settings: MailSettings, deps: SenderDeps, log: Logger) {
    this.#settings = settings
    this.#deps = deps
    this.#log = log
    this.#transport = createTransport({
      url: settings.smtpUrl,
      pool: true,
      maxConnections: connectionsMax,
      connectionTimeout: connectTimeoutMs,
      greetingTimeout: connectTimeoutMs,
      socketTimeout: idleTimeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  readonly send = async (mail: DecidedMail): Promise<SendResult> => {
    const { conversation } = mail.thread
    try {
      const composed = await this.#compose(mail)
      await withTimeout(this.#transport.sendMail(composed))
      this.#log.info({ conversation, messageId: composed.messageId }, 'e-mail sent')
      return 'sent'
    } catch (error) {
      const { code, responseCode, message } = error as { code?: string; responseCode?: number } & Error
      // The server refuses this e-mail; a login that it refuses concerns all of them, and may be mended.
      const isFinal = code !== 'EAUTH' && responseCode !== undefined && responseCode >= 500
      const reason = withoutAddresses(message)
      this.#log.warn(
        { conversation, code, responseCode, reason },
        isFinal ? 'the mail server refuses an e-mail' : 'an e-mail could not be sent: trying again later',
      )
      return isFinal ? 'refused' : 'failed'
    }
  }

  close(): void {
    this.#transport.close()
  }

  async #compose({ thread, conversation, address, words, upTo }: DecidedMail) {
    const { from, publicUrl, origins, inbound } = this.#settings
    const { channel, language, isEnded } = conversation
    const digest = threadDigest(thread.conversation)
    const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
    // Without a customer: it opens this conversation, and no other of theirs.
    const session = await this.#deps.keys.sign(
      'session',
      { conversation: thread.conversation, channel, customer: null },
      Date.now() + linkDays * dayMs,
    )
    const token = await this.#deps.unsubscribes.tokenFor(address)
    return composeMail({
      from,
      to: address,
      replyTo: inbound && replyAddress(inbound.address, digest, thread.secret),
      messageId: `<${digest}.${upTo}@${domain}>`,
      thread: `<${digest}@${domain}>`,
      language,
      company: (await this.#nameOf(channel)) || from.name || domain,
      words,
      isEnded,
      link: resumeLink({ publicUrl, origins }, conversation, session),
      linkDays,
      unsubscribeLink: `${publicUrl}${unsubscribePath}?${new URLSearchParams({ lang: language, token })}`,
    })
  }

  async #nameOf(channel: string): Promise<string | undefined> {
    const entry = await this.#deps.channels.get(`channel.${channel}`)
    return entry && namedChannel.safeParse(parseJson(entry.value)).data?.name
  }
}

/** `reply+<token>@example.com` */
function replyAddress(inbound: string, digest: string, secret: string): string {
  return inbound.replace(/@/, `+${digest}${secret}@`)
}

/** A mail server’s words may name the recipient. */
function withoutAddresses(text: string): string {
  return text.replace(/[^\s<>:;,"]+@[^\s<>:;,"]+/g, '•••')
}

async function withTimeout(sending: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${sendTimeoutMs} ms`)), sendTimeoutMs)
  })
  await Promise.race([sending, late]).finally(() => clearTimeout(timer))
}

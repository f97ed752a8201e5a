import { timingSafeEqual } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Logger } from 'pino'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { Nats } from '../../../engine/nats/connect.ts'
import { isWeather } from '../../../engine/nats/errors.ts'
import { publishEvent } from '../../../engine/nats/inbox.ts'
import { type MailThreads, threadDigest } from '../../../engine/nats/mail/mail-threads.ts'
import { readMailedConversation } from '../../../engine/nats/mail/mailed-conversation.ts'
import { languageTexts } from '../../../engine/texts/languages.ts'
import { Unanswered } from '../../diagram/worker-thread.ts'
import type { InboundMail } from '../../settings/mail.ts'
import { HtmlReader, HtmlRefused } from './html-reader.ts'
import { partsMax, readReply } from './read-reply.ts'

/** Files are left out, but mails with photographs should come through. */
const bytesMax = 25 * 1024 * 1024
const clientsMax = 50
const idleTimeoutMs = 30_000
/** For one mail, from its first byte until it is stored. */
const mailTimeoutMs = 120_000
const closeTimeoutMs = 2_000
const digestLength = threadDigest('').length

interface InboundDeps {
  nats: Nats
  threads: MailThreads
  log: Logger
}

/**
 * Accepts replies by SMTP, for addresses with the token of a thread only. A mail is acknowledged once its event is
 * stored; until then its sender's server keeps it and tries again.
 */
export class InboundListener {
  readonly #deps: InboundDeps
  readonly #server: SMTPServer
  readonly #html = new HtmlReader()
  /** The recipient of each session, by session id. */
  readonly #recipients = new Map<string, Recipient>()

  private constructor({ address }: InboundMail, deps: InboundDeps) {
    this.#deps = deps
    this.#server = new SMTPServer({
      name: address.slice(address.lastIndexOf('@') + 1),
      banner: 'frontdesk',
      size: bytesMax,
      // It stands behind the company's own mail server, which encrypts and filters.
      disabledCommands: ['AUTH', 'STARTTLS'],
      // Exim sends QUIT along with the end of the mail and closes its side; the answer would not be sent any more.
      hidePIPELINING: true,
      disableReverseLookup: true,
      maxClients: clientsMax,
      socketTimeout: idleTimeoutMs,
      closeTimeout: closeTimeoutMs,
      onRcptTo: ({ address: to }, session, done) => void this.#accept(address, to, session).then(done, done),
      onData: (stream, session, done) => void this.#receive(stream, session).then(() => done(), done),
      onClose: ({ id }) => void this.#recipients.delete(id),
    })
    // An error of one connection.
    this.#server.on('error', (error) => deps.log.debug({ err: error }, 'an SMTP connection failed'))
  }

  static async listen(settings: InboundMail, deps: InboundDeps): Promise<InboundListener> {
    const listener = new InboundListener(settings, deps)
    const { host, port } = settings
    await new Promise<void>((resolve, reject) => {
      listener.#server.once('error', reject)
      listener.#server.listen(port, host, () => {
        listener.#server.off('error', reject)
        resolve()
      })
    })
    return listener
  }

  get port(): number {
    const address = this.#server.server.address()
    return address && typeof address === 'object' ? address.port : 0
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve))
  }

  /** Settles with an error that refuses the recipient. */
  async #accept(inbound: string, to: string, session: SMTPServerSession): Promise<SmtpError | undefined> {
    const unknown = new SmtpError(550, 'there is no such address here')
    const token = tokenIn(inbound, to)
    if (token === undefined) return unknown
    const digest = token.slice(0, digestLength)
    try {
      const { thread } = await this.#deps.threads.load(digest)
      if (!thread || !isSame(token.slice(digestLength), thread.secret)) return unknown
      const conversation = await readMailedConversation(this.#deps.nats, thread.conversation)
      // The sender's mail server tells the customer.
      if (!conversation || conversation.isEnded)
        return new SmtpError(550, 'this conversation has ended: please start a new one')
      const other = this.#recipients.get(session.id)
      if (other !== undefined && other.conversation !== thread.conversation)
        return new SmtpError(452, 'one conversation at a time')
      const { language } = conversation
      this.#recipients.set(session.id, { conversation: thread.conversation, language })
      return undefined
    } catch (error) {
      return this.#failed(error)
    }
  }

  /** Throws an error that refuses the mail. */
  async #receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const recipient = this.#recipients.get(session.id)
    this.#recipients.delete(session.id)
    const { mailFrom } = session.envelope
    const timer = setTimeout(() => stream.destroy(new Error('the mail took too long')), mailTimeoutMs)
    try {
      // RFC 5321 4.5.5: a bounce has no sender.
      const isBounce = mailFrom === false || mailFrom.address === ''
      const reply = await readReply(stream as Readable, (html) => this.#html.read(html))
      if (stream.sizeExceeded) throw new SmtpError(552, `the mail is too large: at most ${bytesMax} bytes`)
      if (!recipient) throw new SmtpError(503, 'no recipient')
      const { conversation, language } = recipient
      if (isBounce || reply.isAutomatic) {
        this.#deps.log.info({ conversation }, 'dropped an automatic answer to an e-mail')
        return
      }
      const { filesLeftOut } = languageTexts(language).mailTexts
      const texts = [...reply.parts, ...(reply.files > 0 ? [filesLeftOut] : [])]
      if (texts.length === 0) throw new SmtpError(554, 'there is no text in this mail')
      if (reply.parts.length > partsMax) throw new SmtpError(552, 'the text of this mail is too long')
      for (const [n, text] of texts.entries())
        await publishEvent(
          this.#deps.nats,
          conversation,
          'session.message',
          { text, via: 'email' },
          `mail.${reply.id}.${n}`,
        )
      this.#deps.log.info({ conversation }, 'a reply by e-mail was stored')
    } catch (error) {
      throw this.#failed(error)
    } finally {
      clearTimeout(timer)
      // An unread rest would hold the connection.
      stream.resume()
    }
  }

  #failed(error: unknown): SmtpError {
    if (error instanceof SmtpError) return error
    if (error instanceof HtmlRefused) return new SmtpError(554, error.message)
    if (error instanceof Unanswered && error.reason === 'busy')
      return new SmtpError(451, 'too many mails are being read: please try again later')
    if (isWeather(error))
      return new SmtpError(451, 'it cannot be stored at the moment: please try again later')
    this.#deps.log.warn({ err: error }, 'a mail could not be read')
    return new SmtpError(554, 'this mail cannot be read')
  }
}

interface Recipient {
  conversation: string
  language: string
}

/** Its message and code are the answer to the sender's server. */
class SmtpError extends Error {
  readonly responseCode: number

  constructor(responseCode: number, message: string) {
    super(message)
    this.responseCode = responseCode
  }
}

/** The token in `reply+<token>@example.com`, in lower case, where the address is one of ours. */
function tokenIn(inbound: string, to: string): string | undefined {
  const [local = '', domain = ''] = inbound.toLowerCase().split('@')
  const [given = '', ...rest] = to.toLowerCase().split('@')
  if (rest.length !== 1 || rest[0] !== domain || !given.startsWith(`${local}+`)) return undefined
  return given.slice(local.length + 1)
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

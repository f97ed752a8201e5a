import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** A mail as the server has got it. */
export interface GotMail {
  to: string[]
  raw: string
  mail: ParsedMail
}

export interface TestMailServer {
  url: string
  port: number
  /** Each mail that was accepted, in order. */
  got: GotMail[]
  /** The transactions that began. */
  begun(): number
  close(): Promise<void>
}

export interface TestMailServerOptions {
  port?: number
  /** Called for each transaction with its number, from 1; what it throws is the answer to the recipient. */
  recipient?(n: number): Promise<void> | void
  /** Called with the whole mail, before it is acknowledged. */
  got?(mail: GotMail): Promise<void> | void
}

/** A mail server on this machine that accepts everything. */
export async function startTestMailServer(options: TestMailServerOptions = {}): Promise<TestMailServer> {
  const got: GotMail[] = []
  let begun = 0
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onRcptTo: (_address, _session, done) => {
      void Promise.resolve(++begun)
        .then((n) => options.recipient?.(n))
        .then(() => done(), done)
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks).toString()
        const to = session.envelope.rcptTo.map(({ address }) => address)
        const mail: GotMail = { to, raw, mail: await simpleParser(raw) }
        got.push(mail)
        await options.got?.(mail)
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const address = server.server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    got,
    begun: () => begun,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

export function addressesOf(header: AddressObject | AddressObject[] | undefined): string[] {
  return [header ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address ?? ''))
}

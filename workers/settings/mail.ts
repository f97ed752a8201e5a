import { z } from 'zod'
import { checkEmail } from '../../engine/texts/email.ts'
import { readGatewaySettings } from './gateway.ts'
import { port, readValues, type Values, type Variable, WrongSetting, wholeNumber } from './variable.ts'

/** An address with the name of its sender. */
export interface MailSender {
  name: string
  address: string
}

/** E-mails to customers who have left. */
export interface MailSettings {
  smtpUrl: string
  from: MailSender
  /** How long after an agent's message, in seconds. */
  delay: number
  /** How people reach the gateway: links lead there. */
  publicUrl: string
  /** Sites that links may lead to, besides the gateway. */
  origins: string[]
  /** Replies by e-mail; `undefined`: they go to the sender, whoever reads that. */
  inbound: InboundMail | undefined
}

export interface InboundMail {
  /** `reply@example.com`: replies go to `reply+<token>@example.com`. */
  address: string
  host: string
  port: number
}

const sender = z
  .string()
  .transform((text) => /^(?:"?([^"<>]*?)"?\s*<)?([^<>\s]+?)>?$/.exec(text.trim()) ?? [])
  .refine(([, name = '', address = '']) => checkEmail(address).ok && !/\p{Cc}/u.test(name))
  .transform(([, name = '', address = '']): MailSender => ({ name, address }))

/** RFC 5321 4.5.3.1.1: a local part has 64 octets; the token and its plus sign take 41. */
const inboundLocalLengthMax = 23

const mailVariables = {
  smtpUrl: {
    name: 'FRONTDESK_SMTP_URL',
    help: 'the mail server for e-mails to customers who have left, as smtp[s]://[user:password@]host[:port]; default: no e-mails',
    allowed: 'a URL such as smtp://user:password@mail.example.com:587 or smtps://mail.example.com',
    schema: z
      .string()
      .refine((url) => URL.canParse(url) && /^smtps?:\/\/[^/]/.test(url))
      .optional(),
    isSecret: true,
  },
  from: {
    name: 'FRONTDESK_MAIL_FROM',
    help: 'their sender; an engine of which it is set says outside the hours that the answer also comes by e-mail',
    allowed: 'an e-mail address such as chat@example.com, or Acme <chat@example.com>',
    schema: sender.optional(),
  },
  delay: wholeNumber(
    'FRONTDESK_MAIL_DELAY',
    [0, 86_400],
    120,
    'seconds after an agent’s message that its customer may still come back and read it; default 120',
  ),
  inbound: {
    name: 'FRONTDESK_MAIL_INBOUND',
    help: 'address for replies, such as reply@example.com, whose mail with +<token> the mailer gets; default: no replies',
    allowed: `an e-mail address with at most ${inboundLocalLengthMax} characters before the @`,
    schema: z
      .string()
      .refine((address) => checkEmail(address).ok && address.indexOf('@') <= inboundLocalLengthMax)
      .optional(),
  },
  inboundHost: {
    name: 'FRONTDESK_MAIL_INBOUND_HOST',
    help: 'address that the mailer listens on for them; default 127.0.0.1, this machine only',
    allowed: 'an address or a name of this machine',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9.:_-]+$/)
      .default('127.0.0.1'),
  },
  inboundPort: port('FRONTDESK_MAIL_INBOUND_PORT', 2525, 'and the port, for SMTP; default 2525'),
} satisfies Record<string, Variable>

export const mailVariableList: Variable[] = Object.values(mailVariables)
/** For engines, which only need to know whether e-mails are sent. */
export const mailFromVariable: Variable = mailVariables.from

/** Whether e-mails to customers are configured, for what engines promise. */
export function promisesMail(env: NodeJS.ProcessEnv): boolean {
  return readValues({ from: mailVariables.from }, env).from !== undefined
}

/** `undefined` where no mail server is configured. Throws WrongSetting. */
export function readMailSettings(env: NodeJS.ProcessEnv): MailSettings | undefined {
  const { smtpUrl, from, delay, inbound, inboundHost, inboundPort }: Values<typeof mailVariables> =
    readValues(mailVariables, env)
  if (smtpUrl === undefined) return undefined
  const { publicUrl, origins } = readGatewaySettings(env)
  if (from === undefined || publicUrl === undefined)
    throw new WrongSetting(
      'FRONTDESK_SMTP_URL needs FRONTDESK_MAIL_FROM, the sender, and FRONTDESK_PUBLIC_URL, which links lead to',
    )
  return {
    smtpUrl,
    from,
    delay,
    publicUrl,
    origins,
    inbound: inbound === undefined ? undefined : { address: inbound, host: inboundHost, port: inboundPort },
  }
}

import type { ChannelText } from '../../../schemas/configuration/channel-texts.ts'
import type { ConversationText } from '../../../schemas/configuration/conversation-texts.ts'
import type { RejectionCode } from '../../../schemas/conversation/record.ts'
import type { FieldError } from '../../../schemas/field-types.ts'

/** The exports of a customers' language. Each is an export of its own, so that a page bundles only those it shows. */
export interface CustomerTexts {
  texts: Texts
  /** The defaults of the texts that an administrator can change, within and outside the opening hours. */
  channelTexts: Record<ChannelText, { during: string; outside: string }>
  /** The labels of the details that a form knows without one. */
  detailLabels: Record<'name' | 'email', string>
  /** A customer's message, for previews. */
  exampleMessage: string
  /** For the customer who fills the form in. `{{limit}}`: the most characters. */
  fieldErrors: Record<FieldError, string>
  /** For the customer whose event was refused. */
  refusals: Record<CustomerRejection, string>
  /** For the customer in a terminal, `frontdesk chat`. */
  chatTexts: ChatTexts
  /** E-mails to customers who have left, and the page that ends them. */
  mailTexts: MailTexts
}

/** The codes with which a customer's event is refused. */
export type CustomerRejection = Extract<
  RejectionCode,
  | 'details_invalid'
  | 'text_invalid'
  | 'too_long'
  | 'unknown_conversation'
  | 'unknown_channel'
  | 'conversation_ended'
  | 'conversation_full'
  | 'not_allowed_now'
  | 'id_reused'
>

/** `{{company}}`: the channel's name. */
export interface MailTexts {
  /** Follows the follow-up message outside the opening hours, where e-mails are sent. */
  promise: string
  subject: string
  intro: string
  /** The link back to the conversation, and to read one that has ended. */
  resume: string
  read: string
  /** `{{days}}` */
  linkValid: string
  /** Only if replies by e-mail are accepted. */
  reply: string
  /** Begins the line that quoted text in replies is cut at. */
  replyAbove: string
  reason: string
  unsubscribe: string
  /** The page of that link. */
  unsubscribeTitle: string
  unsubscribeAsk: string
  unsubscribed: string
  unsubscribeInvalid: string
  /** Added to a reply by e-mail with files. */
  filesLeftOut: string
}

export interface ChatTexts {
  you: string
  hint: string
  unknownCommand: string
  /** After a list of numbered options. */
  choose: string
  /** The customer has left; a command to return follows. */
  left: string
  waiting: string
  endedByYou: string
  ended: string
  erased: string
  /** After the end, where the conversation may be rated. */
  rate: string
  rated: string
}

/** The messages of a conversation that nobody configures. */
export type Texts = Record<ConversationText, string>

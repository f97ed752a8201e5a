import type { ChannelText } from '../../schemas/configuration/channel-texts.ts'
import type { RejectionCode } from '../../schemas/conversation/record.ts'
import type { FieldError, FieldType } from '../../schemas/field-types.ts'

/** The exports of a language's file. Each is an export of its own, so that a page bundles only those it shows. */
export interface LanguageTexts {
  texts: Texts
  channelTexts: Record<ChannelText, ChannelTextWords>
  /** The labels of the details that a form knows without one. */
  detailLabels: Record<'name' | 'email', string>
  /** The names of the field types, for those who write forms. */
  fieldTypeLabels: Record<FieldType, string>
  /** A customer's message, for previews. */
  exampleMessage: string
  /** For those who look at a bot as a drawing. */
  outline: Record<'freeText' | 'otherwise' | 'open' | 'closed' | 'success' | 'failure' | 'end', string>
  /** For the customer who fills the form in. `{{limit}}`: the most characters. */
  fieldErrors: Record<FieldError, string>
  /** For the customer or the agent whose event was refused. */
  refusals: Record<RejectionCode, string>
  /** For the customer in a terminal, `frontdesk chat`. */
  chatTexts: ChatTexts
}

/** A text that an administrator can change: the defaults within and outside the opening hours, and its field. */
export interface ChannelTextWords {
  during: string
  outside: string
  label: string
  hint: string
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
}

/** The messages of a conversation that nobody configures. */
export interface Texts {
  /** Over a form with the customer's name or an e-mail address among its fields. */
  contactForm: string
  /** Over any other form. */
  form: string
  /** Asks whether the customer has what they came for. */
  resolved: string
  yes: string
  no: string
  joined: string
  anAgent: string
  released: string
  /** The agent passes the conversation on. */
  transferred: string
  stillThere: string
  closingSoon: string
  endedByAgent: string
  endedByInactivity: string
  /** The conversation's machine was retired. */
  retired: string
  /** Replaces `{{nextOpen}}` where the channel never opens again. */
  neverOpens: string
}

/**
 * The texts that a conversation says by itself, each settable in `channel.texts`: its placeholders besides those of every text.
 * The defaults are in engine/texts/customers, one file for each language.
 */
export const conversationTexts = {
  /** Over a form with the customer's name or an e-mail address among its fields. */
  contactForm: [],
  /** Over any other form. */
  form: [],
  /** Asks whether the customer has what they came for. */
  resolved: [],
  yes: [],
  no: [],
  joined: ['agent.name'],
  /** Replaces `{{agent.name}}` of an agent without a name. */
  anAgent: [],
  released: [],
  /** The agent passes the conversation on. */
  transferred: [],
  stillThere: [],
  closingSoon: [],
  endedByAgent: [],
  endedByInactivity: [],
  /** The conversation's machine was retired. */
  retired: [],
  /** Replaces `{{nextOpen}}` where the channel never opens again. */
  neverOpens: [],
} as const satisfies Record<string, readonly string[]>

export type ConversationText = keyof typeof conversationTexts

export const conversationTextNames = Object.keys(conversationTexts) as ConversationText[]

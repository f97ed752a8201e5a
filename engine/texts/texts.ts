import type { RejectionCode } from '../../schemas/conversation/record.ts'

/** What frontdesk says where the administrator has set nothing, in one language. */
export interface Texts {
  firstMessageDuring: string
  firstMessageOutside: string
  followUpDuring: string
  followUpOutside: string
  form: string
  name: string
  email: string
  /** Whether the customer has what they came for. */
  resolved: string
  yes: string
  no: string
  joined: string
  anAgent: string
  released: string
  stillThere: string
  closingSoon: string
  endedByAgent: string
  endedByInactivity: string
  /** The conversation's machine is not in use any more. */
  retired: string
  /** Stands for `{{nextOpen}}` where the channel never opens again. */
  neverOpens: string
}

const english: Texts = {
  firstMessageDuring: 'Hi! How can we help?',
  firstMessageOutside: 'We’re closed until {{nextOpen}}. Leave us a message and we’ll get back to you.',
  followUpDuring: 'Thanks {{customer.name}}, an agent will be with you shortly.',
  followUpOutside: 'Thanks {{customer.name}}, an agent will get back to you when we’re open.',
  form: 'Please tell us how to reach you:',
  name: 'Name',
  email: 'Email',
  resolved: 'Did this answer your question?',
  yes: 'Yes',
  no: 'No',
  joined: '{{agent.name}} has joined.',
  anAgent: 'An agent',
  released: 'You’re back in the queue and keep your place. Another agent will be with you.',
  stillThere: 'Are you still there?',
  closingSoon: 'We’ll close this conversation soon if we don’t hear from you.',
  endedByAgent: 'The agent has ended the conversation.',
  endedByInactivity: 'The conversation has ended, as we haven’t heard from you.',
  retired: 'This conversation has ended. Write to us again, and we’ll start a new one.',
  neverOpens: 'further notice',
}

// In French a line does not break before a sign of two parts.
const french: Texts = {
  firstMessageDuring: 'Bonjour\u00a0! Comment pouvons-nous vous aider\u00a0?',
  firstMessageOutside:
    'Nous sommes fermés jusqu’à {{nextOpen}}. Laissez-nous un message, nous vous répondrons.',
  followUpDuring: 'Merci {{customer.name}}, un agent va vous répondre dans un instant.',
  followUpOutside: 'Merci {{customer.name}}, un agent vous répondra dès notre réouverture.',
  form: 'Dites-nous comment vous joindre\u00a0:',
  name: 'Nom',
  email: 'E-mail',
  resolved: 'Avez-vous trouvé la réponse à votre question\u00a0?',
  yes: 'Oui',
  no: 'Non',
  joined: '{{agent.name}} a rejoint la conversation.',
  anAgent: 'Un agent',
  released: 'Vous êtes de retour dans la file et gardez votre place. Un autre agent va vous répondre.',
  stillThere: 'Êtes-vous toujours là\u00a0?',
  closingSoon: 'Sans nouvelles de votre part, nous fermerons bientôt cette conversation.',
  endedByAgent: 'L’agent a mis fin à la conversation.',
  endedByInactivity: 'La conversation est terminée, faute de nouvelles de votre part.',
  retired: 'Cette conversation est terminée. Écrivez-nous à nouveau, nous en commencerons une autre.',
  neverOpens: 'nouvel ordre',
}

const languages: Record<string, Texts> = { en: english, fr: french }

/** The texts of a locale's language; English where we do not have it. */
export function textsFor(locale: string): Texts {
  return isTranslated(locale) ? (languages[languageOf(locale)] as Texts) : english
}

/** Whether there are texts in the locale's language. */
export function isTranslated(locale: string): boolean {
  return Object.hasOwn(languages, languageOf(locale))
}

/** The language of a BCP 47 tag. */
function languageOf(locale: string): string {
  return locale.split('-', 1)[0] as string
}

// White space is looked through from its beginning only: from each place in it would be once for each.
const placeholder = /^\{\{\s*([\w.-]+)\s*\}\}(,?\s*)|(,\s*|(?<!\s)\s*|)\{\{\s*([\w.-]+)\s*\}\}/g

/**
 * Fills `{{path}}` in a text that an administrator wrote, in one pass: what is filled in, which a customer may
 * have typed, is never looked at again. A value that is missing takes the comma and the white space before it
 * along, or those after it at the beginning: "Thanks {{customer.name}}, …" becomes "Thanks, …".
 */
export function fill(template: string, values: Record<string, string | null | undefined>): string {
  return template
    .trimStart()
    .replace(placeholder, (_, first?: string, after = '', before = '', path = '') => {
      const value = Object.hasOwn(values, first ?? path) ? values[first ?? path] : undefined
      return value ? before + value + after : ''
    })
}

/** The same for what is no prose, such as an address: nothing but the placeholders changes. */
export function fillIn(template: string, values: Record<string, string | null | undefined>): string {
  return template.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (_, path: string) =>
    Object.hasOwn(values, path) ? (values[path] ?? '') : '',
  )
}

/** What a refusal says to a developer or in a terminal; a page has its own words for each code. */
export const rejectionMessages: Record<RejectionCode, string> = {
  details_invalid: 'some of the details cannot be accepted',
  details_required: 'the customer has not given the details that are asked for yet',
  text_invalid: 'the text is empty',
  too_long: 'the text is too long',
  unknown_conversation: 'there is no such conversation; a conversation begins with session.started',
  unknown_channel: 'there is no such channel',
  conversation_ended: 'the conversation has ended; start a new one',
  not_queued: 'the conversation is not waiting for an agent',
  already_accepted: 'another agent has accepted this request',
  stale_request: 'this is not the conversation’s present request',
  not_the_agent: 'only the agent who accepted the request can do this',
  not_allowed_now: 'this cannot be done at this point of the conversation',
  id_reused: 'this event id was used before with another content',
}

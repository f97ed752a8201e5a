import type { EndReason, RejectionCode } from '../../../schemas/conversation/record.ts'
import type { FieldError } from '../../../schemas/field-types.ts'

/** What `chat` itself says to its customer, in one language. */
export interface ChatWords {
  you: string
  hint: string
  /** After a list of numbered options. */
  choose: string
  ended: Record<EndReason, string>
  erased: string
  left: string
  waiting: string
  unknownCommand: string
  fieldErrors: Record<FieldError, string>
  rejections: Partial<Record<RejectionCode, string>>
  refused: string
}

const english: ChatWords = {
  you: 'You',
  hint: 'Type a message. /end ends the conversation, /quit leaves it open.',
  choose: 'Please choose a number or type one of these.',
  ended: {
    customer: 'You have ended the conversation.',
    agent: 'The conversation has ended.',
    inactivity: 'The conversation has ended, as nothing was heard from you.',
    abandoned: 'The conversation has ended, as nothing was heard from you.',
    bot: 'The conversation has ended.',
  },
  erased: 'This conversation was erased.',
  left: 'The conversation goes on without you. To come back:',
  waiting: 'No answer yet: this goes on as soon as something answers. Ctrl-C leaves.',
  unknownCommand:
    'There is no such command: /end, /quit or /help. To write a text that begins with /, type //.',
  fieldErrors: {
    required: 'This is needed.',
    too_long: 'This is too long: at most {{limit}} characters.',
    invalid: 'This cannot be used here.',
    email_accented: 'An e-mail address has no accents and no letters other than A to Z here.',
    email_invalid: 'This is not an e-mail address, such as name@example.com.',
    option_unknown: 'This is not one of the options.',
  },
  rejections: {
    too_long: 'This is too long: at most {{limit}} characters.',
    text_invalid: 'There is nothing in this message.',
    conversation_ended: 'This conversation has ended; start a new one.',
    unknown_channel: 'There is no such channel.',
    not_allowed_now: 'This cannot be done now.',
  },
  refused: 'This was refused: {{message}}.',
}

const french: ChatWords = {
  you: 'Vous',
  hint: 'Écrivez un message. /end met fin à la conversation, /quit la laisse ouverte.',
  choose: 'Choisissez un numéro ou écrivez l’une de ces réponses.',
  ended: {
    customer: 'Vous avez mis fin à la conversation.',
    agent: 'La conversation est terminée.',
    inactivity: 'La conversation est terminée, faute de nouvelles de votre part.',
    abandoned: 'La conversation est terminée, faute de nouvelles de votre part.',
    bot: 'La conversation est terminée.',
  },
  erased: 'Cette conversation a été effacée.',
  left: 'La conversation reste ouverte. Pour y revenir :',
  waiting: 'Pas encore de réponse : la suite viendra dès que possible. Ctrl-C pour quitter.',
  unknownCommand:
    'Cette commande n’existe pas : /end, /quit ou /help. Pour un texte qui commence par /, écrivez //.',
  fieldErrors: {
    required: 'Cette information est nécessaire.',
    too_long: 'C’est trop long : {{limit}} caractères au plus.',
    invalid: 'Cela ne peut pas être utilisé ici.',
    email_accented: 'Une adresse e-mail s’écrit ici sans accents, avec les lettres A à Z.',
    email_invalid: 'Ce n’est pas une adresse e-mail telle que nom@exemple.fr.',
    option_unknown: 'Ce n’est pas l’une des réponses proposées.',
  },
  rejections: {
    too_long: 'C’est trop long : {{limit}} caractères au plus.',
    text_invalid: 'Ce message est vide.',
    conversation_ended: 'Cette conversation est terminée ; commencez-en une autre.',
    unknown_channel: 'Ce canal n’existe pas.',
    not_allowed_now: 'Ce n’est pas possible en ce moment.',
  },
  refused: 'Refusé : {{message}}.',
}

/** In the language of a locale; English where we do not have it. */
export function chatWordsFor(locale: string | undefined): ChatWords {
  return locale?.toLowerCase().split(/[-_]/)[0] === 'fr' ? french : english
}

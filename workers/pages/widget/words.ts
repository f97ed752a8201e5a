import type { FieldError } from '../../../schemas/conversation/record.ts'

/** What the widget itself says, in one language. */
export interface Words {
  language: string
  title: string
  open: string
  close: string
  unread: (count: number) => string
  transcript: string
  you: string
  bot: string
  agent: string
  with: (name: string) => string
  write: string
  writeAnew: string
  send: string
  submit: string
  choose: string
  typing: (name: string) => string
  next: string
  place: (position: number) => string
  wait: (duration: string) => string
  pending: string
  stored: string
  delivered: string
  notSent: string
  connecting: string
  reconnecting: string
  newMessages: string
  end: string
  /** Its first word or words. */
  endShort: string
  endConfirm: string
  keep: string
  ended: string
  startAnew: string
  erased: string
  loginFailed: string
  fieldErrors: Record<FieldError, string>
}

const english: Words = {
  language: 'en',
  title: 'Chat with us',
  open: 'Open chat',
  close: 'Close chat',
  unread: (count) => (count === 1 ? '1 new message' : `${count} new messages`),
  transcript: 'Conversation',
  you: 'You',
  bot: 'Automatic message',
  agent: 'Agent',
  with: (name) => `You are talking with ${name}`,
  write: 'Write a message',
  writeAnew: 'Write to start a new conversation',
  send: 'Send',
  submit: 'Send details',
  choose: 'Please choose',
  typing: (name) => `${name} is typing`,
  next: 'You are next in the queue',
  place: (position) => `You are number ${position} in the queue`,
  wait: (duration) => `about ${duration}`,
  pending: 'Sending',
  stored: 'Sent',
  delivered: 'Delivered',
  notSent: 'This was not sent.',
  connecting: 'Connecting…',
  reconnecting: 'No connection just now. What you write is sent as soon as there is one.',
  newMessages: 'New messages',
  end: 'End conversation',
  endShort: 'End',
  endConfirm: 'End this conversation?',
  keep: 'Go on',
  ended: 'This conversation has ended.',
  startAnew: 'Start a new conversation',
  erased: 'Your earlier conversation was erased.',
  loginFailed: 'We could not log you in here. You can go on as a guest.',
  fieldErrors: {
    required: 'This is needed.',
    too_long: 'This is too long: at most {{limit}} characters.',
    invalid: 'This cannot be used here.',
    email_accented: 'Only A to Z here: an e-mail address has no accents.',
    email_invalid: 'This is not an e-mail address, such as name@example.com.',
    option_unknown: 'Please choose one of these.',
  },
}

const french: Words = {
  language: 'fr',
  title: 'Discutons',
  open: 'Ouvrir la discussion',
  close: 'Fermer la discussion',
  unread: (count) => (count === 1 ? '1 nouveau message' : `${count} nouveaux messages`),
  transcript: 'Conversation',
  you: 'Vous',
  bot: 'Message automatique',
  agent: 'Agent',
  with: (name) => `Vous discutez avec ${name}`,
  write: 'Écrivez un message',
  writeAnew: 'Écrivez pour recommencer',
  send: 'Envoyer',
  submit: 'Envoyer mes réponses',
  choose: 'Choisissez',
  typing: (name) => `${name} écrit`,
  next: 'C’est bientôt votre tour',
  place: (position) => `Vous êtes numéro ${position} dans la file`,
  wait: (duration) => `environ ${duration}`,
  pending: 'En cours d’envoi',
  stored: 'Envoyé',
  delivered: 'Reçu',
  notSent: 'Ce message n’a pas été envoyé.',
  connecting: 'Connexion…',
  reconnecting: 'Pas de connexion pour l’instant. Ce que vous écrivez partira dès son retour.',
  newMessages: 'Nouveaux messages',
  end: 'Terminer la conversation',
  endShort: 'Terminer',
  endConfirm: 'Terminer cette conversation ?',
  keep: 'Continuer',
  ended: 'Cette conversation est terminée.',
  startAnew: 'Commencer une nouvelle conversation',
  erased: 'Votre conversation précédente a été effacée.',
  loginFailed: 'Nous n’avons pas pu vous identifier ici. Vous pouvez continuer en tant que visiteur.',
  fieldErrors: {
    required: 'Cette information est nécessaire.',
    too_long: 'C’est trop long : {{limit}} caractères au plus.',
    invalid: 'Cela ne peut pas être utilisé ici.',
    email_accented: 'Uniquement les lettres A à Z : une adresse e-mail n’a pas d’accents.',
    email_invalid: 'Ce n’est pas une adresse e-mail telle que nom@exemple.fr.',
    option_unknown: 'Choisissez l’une de ces réponses.',
  },
}

/** In the language of a locale; English where we do not have it. */
export function wordsFor(locale: string): Words {
  return /^fr\b/i.test(locale) ? french : english
}

/** Whether a locale's language is written from right to left. */
export function isRightToLeft(locale: string): boolean {
  return /^(ar|arc|ckb|dv|fa|he|iw|ks|ps|sd|ug|ur|yi)\b/i.test(locale)
}

import type { CustomerTexts } from './customer-texts.ts'

// In French a line does not break before a sign of two parts.
export const texts: CustomerTexts['texts'] = {
  contactForm: 'Dites-nous comment vous joindre\u00a0:',
  form: 'Merci de nous indiquer\u00a0:',
  resolved: 'Avez-vous trouvé la réponse à votre question\u00a0?',
  yes: 'Oui',
  no: 'Non',
  joined: '{{agent.name}} a rejoint la conversation.',
  anAgent: 'Un agent',
  released: 'Vous êtes de retour dans la file et gardez votre place. Un autre agent va vous répondre.',
  transferred: 'Votre demande est transmise et vous gardez votre place. Quelqu’un va vous répondre.',
  stillThere: 'Êtes-vous toujours là\u00a0?',
  closingSoon: 'Sans nouvelles de votre part, nous fermerons bientôt cette conversation.',
  endedByAgent: 'L’agent a mis fin à la conversation.',
  endedByInactivity: 'La conversation est terminée, faute de nouvelles de votre part.',
  retired: 'Cette conversation est terminée. Écrivez-nous à nouveau, nous en commencerons une autre.',
  neverOpens: 'nouvel ordre',
}

export const channelTexts: CustomerTexts['channelTexts'] = {
  firstMessage: {
    during: 'Bonjour\u00a0! Comment pouvons-nous vous aider\u00a0?',
    outside: 'Nous sommes fermés jusqu’à {{nextOpen}}. Laissez-nous un message, nous vous répondrons.',
  },
  followUpMessage: {
    during: 'Merci {{customer.name}}, un agent va vous répondre dans un instant.',
    outside: 'Merci {{customer.name}}, un agent vous répondra dès notre réouverture.',
  },
}

export const detailLabels: CustomerTexts['detailLabels'] = { name: 'Nom', email: 'E-mail' }

export const exampleMessage = 'Bonjour, où en est ma commande\u00a0?'

export const fieldErrors: CustomerTexts['fieldErrors'] = {
  required: 'Cette information est nécessaire.',
  too_long: 'C’est trop long\u00a0: {{limit}} caractères au plus.',
  invalid: 'Cela ne peut pas être utilisé ici.',
  email_accented: 'Uniquement les lettres A à Z\u00a0: une adresse e-mail n’a pas d’accents.',
  email_invalid: 'Ce n’est pas une adresse e-mail telle que nom@exemple.fr.',
  option_unknown: 'Choisissez l’une de ces réponses.',
}

export const refusals: CustomerTexts['refusals'] = {
  details_invalid: 'Certaines informations ne peuvent pas être acceptées.',
  text_invalid: 'Ce message est vide.',
  too_long: 'Ce message est trop long.',
  unknown_conversation: 'Cette conversation n’existe pas.',
  unknown_channel: 'Ce canal n’existe pas.',
  conversation_ended: 'Cette conversation est terminée.',
  conversation_full: 'Cette conversation est devenue trop longue. Terminez-la et commencez-en une autre.',
  not_allowed_now: 'Ce n’est pas possible en ce moment.',
  id_reused: 'L’envoi a échoué. Reprenez le texte et envoyez-le de nouveau.',
}

export const chatTexts: CustomerTexts['chatTexts'] = {
  you: 'Vous',
  hint: 'Écrivez un message. /end met fin à la conversation, /quit la laisse ouverte.',
  unknownCommand:
    'Cette commande n’existe pas\u00a0: /end, /quit ou /help. Pour un texte qui commence par /, écrivez //.',
  choose: 'Choisissez un numéro ou écrivez l’une de ces réponses.',
  left: 'La conversation reste ouverte. Pour y revenir\u00a0:',
  waiting: 'Pas encore de réponse\u00a0: la suite viendra dès que possible. Ctrl-C pour quitter.',
  endedByYou: 'Vous avez mis fin à la conversation.',
  ended: 'La conversation est terminée.',
  erased: 'Cette conversation a été effacée.',
  rate: 'Notez la conversation avec /rate et 1 (très mal) à 5 (très bien), avec un texte si vous le souhaitez. Entrée pour quitter.',
  rated: 'Merci pour votre avis.',
}

export const mailTexts: CustomerTexts['mailTexts'] = {
  promise: 'La réponse vous parviendra aussi par e-mail.',
  subject: '{{company}}\u00a0: une réponse à votre message',
  intro: '{{company}} vous a répondu dans la discussion\u00a0:',
  resume: 'Reprendre la discussion',
  read: 'Lire la discussion',
  linkValid: 'Ce lien ouvre votre discussion pendant {{days}} jours. Merci de ne pas le transmettre.',
  reply: 'Vous pouvez aussi répondre directement à cet e-mail.',
  replyAbove: 'Merci d’écrire votre réponse au-dessus de cette ligne',
  reason: 'Vous recevez cet e-mail car vous avez donné cette adresse dans une discussion avec {{company}}.',
  unsubscribe: 'Se désabonner',
  unsubscribeTitle: 'E-mails des discussions',
  unsubscribeAsk:
    'Ne plus recevoir d’e-mail quand quelqu’un répond après votre départ d’une discussion\u00a0?',
  unsubscribed: 'Vous êtes désabonné. Vous ne recevrez plus d’e-mail des discussions.',
  unsubscribeInvalid: 'Ce lien n’est plus valable. Utilisez celui de l’e-mail le plus récent.',
  filesLeftOut:
    '(Les fichiers d’un e-mail ne peuvent pas être transmis. Merci de les envoyer dans la discussion.)',
}

import type { EndReason, RejectionCode } from '../../../schemas/conversation/record.ts'
import { textLengthMax } from './limits.ts'

/** What the desk itself says, in one language. What customers and agents wrote is in theirs. */
export interface Words {
  language: 'en' | 'fr'
  title: string
  loading: string
  workspace: string
  menu: string
  signedInAs: (name: string) => string
  signOut: string
  signOutFailed: string
  close: string

  requests: string
  waiting: string
  mine: string
  others: string
  noOneWaits: string
  noOneWaitsMore: string
  tryAsCustomer: string
  moreWait: (count: number) => string
  visitor: string
  outOfHours: string
  reminded: string
  escalated: string
  waitedFor: (time: string) => string
  unread: (count: number) => string
  noNeed: string
  newRequest: string
  announceNew: (name: string, waiting: number) => string

  pickOne: string
  pickOneMore: string
  openHere: string
  openHereMore: string
  openConversations: string
  closeTab: (name: string) => string
  back: string
  details: string
  name: string
  email: string
  verified: string
  verifiedMore: string
  externalId: string
  waitingSince: string
  opensAt: string
  conversationId: string
  tags: string

  transcript: string
  loadingTranscript: string
  nothingSaid: string
  newMessages: string
  typing: (name: string) => string
  you: string
  bot: string
  agent: string
  asksFor: string
  options: string
  sending: string
  stored: string
  delivered: string
  refused: string
  takeBack: string

  accept: string
  accepting: string
  acceptHint: string
  isAnswering: (name: string) => string
  lost: (name: string) => string
  another: string
  reply: string
  replyTo: (name: string) => string
  composerHint: string
  send: string
  charactersLeft: (count: number) => string
  tooLong: (count: number) => string
  release: string
  releasing: string
  releaseMore: string
  releaseReason: string
  releaseConfirm: string
  end: string
  ending: string
  endMore: string
  endConfirm: string
  cancel: string
  dismiss: string
  ended: Record<EndReason, string>
  endedByYou: string
  withdrawn: string
  over: string
  erased: string

  offline: string
  reconnecting: string
  unavailable: string
  notAllowed: (workspace: string) => string

  alerts: string
  sound: string
  notify: string
  notifyBlocked: string
  help: string
  shortcuts: [keys: string[], does: string][]

  signInTitle: string
  signInHere: string
  signInLink: string
  signInCompany: string
  signInRetry: string
  linkFailed: string
  /** `why` is the gateway's or the identity provider's word, in English. */
  signInFailed: (why: string) => string
  signInUnreachable: string
  sessionOver: string
  signedOut: string

  rejections: Partial<Record<RejectionCode | 'unknown_conversation' | 'too_many_open', string>>
  refusedBecause: (message: string) => string
}

const english: Words = {
  language: 'en',
  title: 'Desk',
  loading: 'Opening the desk…',
  workspace: 'Workspace',
  menu: 'Your account',
  signedInAs: (name) => `Signed in as ${name}`,
  signOut: 'Sign out',
  signOutFailed: 'The server does not answer: you are still signed in. Try again.',
  close: 'Close',

  requests: 'Requests',
  waiting: 'Waiting',
  mine: 'Mine',
  others: 'With others',
  noOneWaits: 'No one is waiting.',
  noOneWaitsMore: 'New requests appear here by themselves.',
  tryAsCustomer: 'Try it as a customer',
  moreWait: (count) => `${count} more wait behind these.`,
  visitor: 'Visitor',
  outOfHours: 'Out of hours',
  reminded: 'Waiting long',
  escalated: 'Waiting too long',
  waitedFor: (time) => `waiting for ${time}`,
  unread: (count) => (count === 1 ? '1 new message' : `${count} new messages`),
  noNeed: 'Nothing written yet',
  newRequest: 'New request',
  announceNew: (name, waiting) =>
    `New request from ${name}. ${waiting === 1 ? 'One customer waits.' : `${waiting} customers wait.`}`,

  pickOne: 'Pick a request to read it',
  pickOneMore: 'Reading does not accept it: the customer is told only once you accept.',
  openHere: 'Conversations open here',
  openHereMore: 'Several can be open side by side.',
  openConversations: 'Open conversations',
  closeTab: (name) => `Close ${name}`,
  back: 'Back to the requests',
  details: 'Details',
  name: 'Name',
  email: 'E-mail',
  verified: 'Verified',
  verifiedMore: 'This customer has logged in with the company',
  externalId: 'Customer number',
  waitingSince: 'Asked',
  opensAt: 'Opens',
  conversationId: 'Conversation',
  tags: 'Tags',

  transcript: 'Conversation',
  loadingTranscript: 'Fetching what was said…',
  nothingSaid: 'Nothing was said yet.',
  newMessages: 'New messages',
  typing: (name) => `${name} is typing…`,
  you: 'You',
  bot: 'Bot',
  agent: 'Agent',
  asksFor: 'Asks for',
  options: 'Offers',
  sending: 'Sending',
  stored: 'Stored',
  delivered: 'Delivered',
  refused: 'Not sent',
  takeBack: 'Edit again',

  accept: 'Accept',
  accepting: 'Accepting…',
  acceptHint: 'The customer is told that you have joined.',
  isAnswering: (name) => `${name} is answering.`,
  lost: (name) => `${name} accepted this request a moment ago.`,
  another: 'Another agent',
  reply: 'Reply',
  replyTo: (name) => `Reply to ${name}`,
  composerHint: 'Enter sends, Shift+Enter begins a new line',
  send: 'Send',
  charactersLeft: (count) => `${count} characters left`,
  tooLong: (count) =>
    `${count} ${count === 1 ? 'character' : 'characters'} too many: at most ${textLengthMax.toLocaleString('en')}`,
  release: 'Release',
  releasing: 'Putting it back…',
  releaseMore: 'Puts the customer back in the queue, where they keep their place. They are told.',
  releaseReason: 'Reason (optional)',
  releaseConfirm: 'Put back in the queue',
  end: 'End',
  ending: 'Ending…',
  endMore: 'Ends it for the customer, too. It cannot be opened again.',
  endConfirm: 'End conversation',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  ended: {
    customer: 'The customer has ended the conversation.',
    agent: 'The agent has ended the conversation.',
    inactivity: 'The conversation has ended: nothing was heard from the customer.',
    abandoned: 'The conversation has ended: nothing was heard from the customer.',
    bot: 'The bot has ended the conversation.',
  },
  endedByYou: 'You have ended the conversation.',
  withdrawn: 'The customer has left before an agent came.',
  over: 'This conversation is over.',
  erased: 'Everything of this conversation was erased.',

  offline: 'You are offline. What you write is kept and sent once you are back.',
  reconnecting: 'The connection was lost; trying again. What you write is kept and sent afterwards.',
  unavailable: 'The server cannot store anything just now; trying again. What you write is kept.',
  notAllowed: (workspace) =>
    workspace ? `You may not work in the workspace “${workspace}”.` : 'You may not work in any workspace.',

  alerts: 'Alerts',
  sound: 'Sound on a new request',
  notify: 'Notification on this computer',
  notifyBlocked: 'Blocked in the browser’s settings of this page',
  help: 'Keyboard',
  shortcuts: [
    [['Alt', '↑'], 'the conversation before'],
    [['Alt', '↓'], 'the next conversation'],
    [['Alt', 'L'], 'the list of requests'],
    [['Alt', 'A'], 'accept the request that is shown'],
    [['Alt', 'M'], 'write a reply'],
    [['↑', '↓'], 'move in the list; Enter opens'],
    [['Enter'], 'send the reply'],
    [['Shift', 'Enter'], 'a new line'],
    [['Esc'], 'cancel, close'],
  ],

  signInTitle: 'Sign in to the desk',
  signInHere: 'If frontdesk runs on this computer: npm start has printed a link. For another one, run',
  signInLink: 'and open the link that it prints.',
  signInCompany: 'If your company has a sign-in page of its own, come from there.',
  signInRetry: 'Try again',
  linkFailed: 'This link was used already, or is too old.',
  signInFailed: (why) => `You were not let in: ${why}.`,
  signInUnreachable: 'The server does not answer just now.',
  sessionOver: 'You were signed out: sign in again to go on. What you wrote is kept in this tab.',
  signedOut: 'You are signed out.',

  rejections: {
    already_accepted: 'Another agent has accepted this request.',
    conversation_ended: 'This conversation has ended.',
    not_queued: 'This request does not wait any more.',
    stale_request: 'This request does not wait any more: look at the list.',
    details_required: 'The customer has not given the details that are asked for yet.',
    not_the_agent: 'You are not on this conversation any more.',
    text_invalid: 'There is nothing in this message.',
    too_long: 'This message is too long.',
    unknown_conversation: 'There is no such conversation in this workspace.',
    too_many_open: 'Too many conversations are open: close one first.',
    id_reused: 'This could not be sent. Edit it and send it again.',
  },
  refusedBecause: (message) => `Refused: ${message}.`,
}

const french: Words = {
  language: 'fr',
  title: 'Espace agent',
  loading: 'Ouverture de l’espace agent…',
  workspace: 'Espace',
  menu: 'Votre compte',
  signedInAs: (name) => `Connecté en tant que ${name}`,
  signOut: 'Se déconnecter',
  signOutFailed: 'Le serveur ne répond pas : vous êtes toujours connecté. Réessayez.',
  close: 'Fermer',

  requests: 'Demandes',
  waiting: 'En attente',
  mine: 'Les miennes',
  others: 'Chez d’autres',
  noOneWaits: 'Personne n’attend.',
  noOneWaitsMore: 'Les nouvelles demandes apparaissent ici d’elles-mêmes.',
  tryAsCustomer: 'Essayer en tant que client',
  moreWait: (count) => `${count} autres attendent derrière celles-ci.`,
  visitor: 'Visiteur',
  outOfHours: 'Hors horaires',
  reminded: 'Longue attente',
  escalated: 'Attente trop longue',
  waitedFor: (time) => `attend depuis ${time}`,
  unread: (count) => (count === 1 ? '1 nouveau message' : `${count} nouveaux messages`),
  noNeed: 'Rien d’écrit pour l’instant',
  newRequest: 'Nouvelle demande',
  announceNew: (name, waiting) =>
    `Nouvelle demande de ${name}. ${waiting === 1 ? 'Un client attend.' : `${waiting} clients attendent.`}`,

  pickOne: 'Choisissez une demande pour la lire',
  pickOneMore: 'Lire n’est pas accepter : le client n’est averti qu’une fois la demande acceptée.',
  openHere: 'Les conversations s’ouvrent ici',
  openHereMore: 'Plusieurs peuvent l’être côte à côte.',
  openConversations: 'Conversations ouvertes',
  closeTab: (name) => `Fermer ${name}`,
  back: 'Retour aux demandes',
  details: 'Détails',
  name: 'Nom',
  email: 'E-mail',
  verified: 'Vérifié',
  verifiedMore: 'Ce client s’est identifié auprès de l’entreprise',
  externalId: 'Numéro de client',
  waitingSince: 'Demandé',
  opensAt: 'Ouverture',
  conversationId: 'Conversation',
  tags: 'Mots-clés',

  transcript: 'Conversation',
  loadingTranscript: 'Récupération de ce qui a été dit…',
  nothingSaid: 'Rien n’a encore été dit.',
  newMessages: 'Nouveaux messages',
  typing: (name) => `${name} écrit…`,
  you: 'Vous',
  bot: 'Bot',
  agent: 'Agent',
  asksFor: 'Demande',
  options: 'Propose',
  sending: 'Envoi',
  stored: 'Enregistré',
  delivered: 'Remis',
  refused: 'Non envoyé',
  takeBack: 'Reprendre',

  accept: 'Accepter',
  accepting: 'Un instant…',
  acceptHint: 'Le client apprend que vous êtes là.',
  isAnswering: (name) => `${name} répond.`,
  lost: (name) => `${name} vient d’accepter cette demande.`,
  another: 'Un autre agent',
  reply: 'Répondre',
  replyTo: (name) => `Répondre à ${name}`,
  composerHint: 'Entrée envoie, Maj+Entrée va à la ligne',
  send: 'Envoyer',
  charactersLeft: (count) => `${count} caractères restants`,
  tooLong: (count) =>
    `${count} ${count === 1 ? 'caractère' : 'caractères'} de trop : ${textLengthMax.toLocaleString('fr')} au plus`,
  release: 'Remettre',
  releasing: 'Remise en file…',
  releaseMore: 'Remet le client dans la file, où il garde sa place. Il en est averti.',
  releaseReason: 'Motif (facultatif)',
  releaseConfirm: 'Remettre dans la file',
  end: 'Terminer',
  ending: 'Fin en cours…',
  endMore: 'Met fin à la conversation, pour le client aussi. Elle ne pourra pas être rouverte.',
  endConfirm: 'Terminer la conversation',
  cancel: 'Annuler',
  dismiss: 'Masquer',
  ended: {
    customer: 'Le client a mis fin à la conversation.',
    agent: 'L’agent a mis fin à la conversation.',
    inactivity: 'La conversation est terminée, faute de nouvelles du client.',
    abandoned: 'La conversation est terminée, faute de nouvelles du client.',
    bot: 'Le bot a mis fin à la conversation.',
  },
  endedByYou: 'Vous avez mis fin à la conversation.',
  withdrawn: 'Le client est parti avant l’arrivée d’un agent.',
  over: 'Cette conversation est terminée.',
  erased: 'Tout ce qui concernait cette conversation a été effacé.',

  offline: 'Vous êtes hors ligne. Ce que vous écrivez est gardé et partira à votre retour.',
  reconnecting: 'Connexion perdue, nouvel essai en cours. Ce que vous écrivez est gardé et partira ensuite.',
  unavailable: 'Le serveur ne peut rien enregistrer pour l’instant. Ce que vous écrivez est gardé.',
  notAllowed: (workspace) =>
    workspace ? `L’espace « ${workspace} » ne vous est pas ouvert.` : 'Aucun espace ne vous est ouvert.',

  alerts: 'Alertes',
  sound: 'Son à chaque nouvelle demande',
  notify: 'Notification sur cet ordinateur',
  notifyBlocked: 'Bloquée dans les réglages du navigateur pour cette page',
  help: 'Clavier',
  shortcuts: [
    [['Alt', '↑'], 'la conversation précédente'],
    [['Alt', '↓'], 'la conversation suivante'],
    [['Alt', 'L'], 'la liste des demandes'],
    [['Alt', 'A'], 'accepter la demande affichée'],
    [['Alt', 'M'], 'écrire une réponse'],
    [['↑', '↓'], 'se déplacer dans la liste ; Entrée ouvre'],
    [['Entrée'], 'envoyer la réponse'],
    [['Maj', 'Entrée'], 'aller à la ligne'],
    [['Échap'], 'annuler, fermer'],
  ],

  signInTitle: 'Se connecter à l’espace agent',
  signInHere: 'Si frontdesk tourne sur cet ordinateur : npm start a affiché un lien. Pour un autre, lancez',
  signInLink: 'et ouvrez le lien affiché.',
  signInCompany: 'Si votre entreprise a sa propre page de connexion, passez par elle.',
  signInRetry: 'Réessayer',
  linkFailed: 'Ce lien a déjà servi ou est trop ancien.',
  signInFailed: (why) => `Connexion refusée : ${why}.`,
  signInUnreachable: 'Le serveur ne répond pas pour l’instant.',
  sessionOver: 'Vous avez été déconnecté : reconnectez-vous pour continuer. Vos textes sont gardés ici.',
  signedOut: 'Vous êtes déconnecté.',

  rejections: {
    already_accepted: 'Un autre agent a accepté cette demande.',
    conversation_ended: 'Cette conversation est terminée.',
    not_queued: 'Cette demande n’attend plus.',
    stale_request: 'Cette demande n’attend plus : voyez la liste.',
    details_required: 'Le client n’a pas encore donné les informations demandées.',
    not_the_agent: 'Cette conversation n’est plus la vôtre.',
    text_invalid: 'Ce message est vide.',
    too_long: 'Ce message est trop long.',
    unknown_conversation: 'Il n’y a pas de telle conversation dans cet espace.',
    too_many_open: 'Trop de conversations sont ouvertes : fermez-en une.',
    id_reused: 'L’envoi a échoué. Reprenez le texte et envoyez-le de nouveau.',
  },
  refusedBecause: (message) => `Refusé : ${message}.`,
}

/** In the language of a locale; English where we do not have it. */
export function wordsFor(locale: string): Words {
  return locale.toLowerCase().split(/[-_]/)[0] === 'fr' ? french : english
}

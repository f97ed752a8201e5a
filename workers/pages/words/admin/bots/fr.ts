import type { bots as english } from './en.ts'

export const bots: typeof english = {
  bots: 'Bots',
  bot: 'Bot',
  botsLead: 'Ce qui parle aux clients avant un agent, sur les canaux où vous le choisissez.',
  newBot: 'Nouveau bot',
  noBots: 'Pas encore de bots',
  noBotsHelp:
    'Sans bot, un canal dit sa réponse. Créez-en un qui demande, répond et cherche des informations, puis choisissez-le sur un canal.',
  kind: 'Sorte',
  botKinds: {
    flow: 'Des réponses et des étapes',
    external: 'Un programme ailleurs',
    machine: 'Une machine à vous',
  },
  botKindHints: {
    flow: 'écrit ici, comme texte.',
    external: 'il dit ce que dit le bot, par NATS.',
    machine: 'un diagramme d’états qu’un développeur a donné au moteur.',
  },
  botTemplate: {
    greeting: 'Bonjour\u00a0! Je suis là pour vous aider.',
    question: 'De quoi s’agit-il\u00a0?',
    first: 'Horaires',
    answer: 'Nous sommes là du lundi au vendredi, de 9 h à 17 h.',
    second: 'Parler à quelqu’un',
  },
  botAsText: 'Le bot, comme texte',
  botTextHint:
    'En YAML. Indentez avec des espaces\u00a0: Tab passe aux erreurs, dont chacune mène à sa ligne. Des suggestions viennent pendant la saisie, ou par Ctrl+Espace\u00a0: les flèches en choisissent une, Entrée la prend.',
  suggestions: 'Suggestions',
  suggested: (n: number) =>
    n === 1
      ? 'Une suggestion. La flèche vers le bas la choisit.'
      : `${n} suggestions. La flèche vers le bas en choisit une.`,
  commentsHint:
    'Un bot est enregistré comme données\u00a0: les commentaires (# …) et la mise en forme du texte ne sont pas gardés. Notez ailleurs ce dont vous voulez vous souvenir.',
  stepList: 'Réponses et étapes',
  stepHelp: 'Les étapes et leurs champs',
  insertStep: 'Choisissez une étape pour l’écrire dans le texte, après celle où se trouve le curseur.',
  stepHelpHint:
    'Un champ avec ? peut manquer. Chaque étape peut avoir un nom (name), unique dans sa réponse.',
  stepEffects: {
    message: 'Dit le texte.',
    options:
      'Laisse le client choisir\u00a0: chaque option a un label et un goTo. Les autres textes vont à freeText.',
    details:
      'Demande ceux de ses champs qui ne sont pas encore connus\u00a0: name, email, ou {id, label, type}.',
    branch: 'Va au premier cas dont toutes les conditions (when) sont remplies.',
    hours: 'Va à open ou à closed, selon l’horaire du canal ou celui qui est nommé.',
    set: 'Donne une valeur à une variable.',
    api: 'Appelle une API, garde des valeurs de sa réponse, et va à success ou à failure.',
    resolved: 'Demande si c’était la réponse. Sans yes, un oui termine la conversation.',
    link: 'Va à une autre réponse.',
    transfer: 'Annonce un agent, et met la conversation en attente.',
    end: 'Termine la conversation.',
  },
  wholeGuide: 'Le guide des bots, en anglais',
  closeHelp: 'Fermer',
  noErrors: 'Aucune erreur.',
  errorsFrom: (n, line) =>
    n === 1 ? `Une erreur, à la ligne ${line}.` : `${n} erreurs, la première à la ligne ${line}.`,
  errors: 'Erreurs',
  line: (line) => `Ligne ${line}`,
  answerOf: (answer) => `réponse «\u00a0${answer}\u00a0»`,
  stepOf: (step) => `étape «\u00a0${step}\u00a0»`,
  mendFirst: 'Corrigez les erreurs pour enregistrer',
  deleteBot: 'Supprimer le bot',
  deleteUnusedBot: 'Aucun canal n’utilise ce bot. Les conversations en cours le gardent.',
  deleteUsedBot: (users) =>
    users.length === 1
      ? `Le canal ${users[0]} l’utilise, et dira de nouveau sa réponse. Les conversations en cours gardent le bot.`
      : `Les canaux ${new Intl.ListFormat('fr').format(users)} l’utilisent, et diront de nouveau leurs réponses. Les conversations en cours gardent le bot.`,
  noBot: 'Aucun bot\u00a0: la réponse du canal',
  noBotHint: 'Les clients reçoivent la réponse ci-dessous. Avec un bot, elle prend le relais s’il échoue.',
  botHint:
    'Les nouvelles conversations sont celles du bot. La réponse ci-dessous reste telle quelle, et les conversations en cours gardent ce avec quoi elles ont commencé.',
  missingBotHint: (id) =>
    `Le bot «\u00a0${id}\u00a0» n’existe pas (ou plus). Les clients reçoivent la réponse ci-dessous tant que vous n’en choisissez pas un autre, ou aucun.`,
  brokenBotHint:
    'Ce bot n’est pas en vigueur tel qu’il est enregistré. Les clients reçoivent la réponse ci-dessous, ou le bot tel qu’il était avant.',
  editBot: 'Modifier le bot',
  switchOff: 'Désactiver',
  responseFallback: 'Ce qui prend le relais si le bot échoue ou disparaît.',
  playHint:
    'Soyez le client\u00a0: choisissez, écrivez, remplissez le formulaire. Rien n’est enregistré, et aucune API n’est appelée.',
  playedBefore: 'Le texte a des erreurs\u00a0: voici le bot tel qu’il était avant.',
  botDrawn: 'Le bot, dessiné',
  drawnHint: 'Ce qui mène où, de la première réponse à un agent ou à la fin.',
  drawnElsewhere: {
    external: 'Ce bot est un programme ailleurs\u00a0: ses étapes ne peuvent pas être dessinées ici.',
    machine:
      'Ce bot est une machine à vous, dont le code n’est pas ici\u00a0: npx frontdesk diagram la dessine là où elle est.',
  },
  notDrawn: 'Ce bot est trop grand pour être dessiné ici.',
  drawing: {
    statechartOf: (machine) => `Diagramme d’états de ${machine}`,
    active: (states) => `actifs\u00a0: ${states}`,
    states: 'Les états et ce qui en part',
    move: 'Dessin\u00a0: les flèches le déplacent, plus et moins l’agrandissent et le réduisent, 0 l’ajuste à la largeur, 1 l’affiche en entier',
    zoomIn: 'Agrandir',
    zoomOut: 'Réduire',
    fit: 'Ajuster à la largeur',
    fitAll: 'Tout afficher',
  },
  openOrClosed: 'Heures d’ouverture',
  playedAfter: 'Cela s’affiche quand le texte n’a pas d’erreurs.',
  startAgain: 'Recommencer',
  handedOver: 'Le bot a passé la main\u00a0: les agents voient la demande.',
  hasEnded: 'La conversation est terminée.',
  hasFallenBack: 'Le bot a échoué\u00a0: la réponse du canal prend le relais.',
  playedEnough: 'L’aperçu ne va pas plus loin. Recommencez.',
  apiCalls: 'Appels d’API',
  wouldCall: 'Appellerait',
  takenAs: (call) => `${call}\u00a0: considéré comme`,
  callOutcomes: { success: 'Réussi', failure: 'Échoué' },
  valuesUnknown: 'Ce que répondrait une API est entre chevrons\u00a0: ‹…›.',
  notPlayed: {
    external:
      'Ce bot est un programme ailleurs\u00a0: ce qu’il dit ne peut pas être montré ici. S’il se tait trop longtemps, la réponse du canal prend le relais.',
    machine:
      'Ce bot est une machine à vous, que seul le moteur possède\u00a0: il ne peut pas être montré ici.',
  },
}

import type { replies as english } from './en.ts'

export const replies: typeof english = {
  replies: 'Réponses enregistrées',
  repliesLead:
    'Ce que les agents disent souvent\u00a0: ils tapent / à leur poste, en choisissent une et la modifient avant de l’envoyer.',
  newReply: 'Nouvelle réponse enregistrée',
  noReplies: 'Aucune réponse enregistrée',
  noRepliesHelp: 'Enregistrez ce que vos agents écrivent sans cesse, comme l’adresse où renvoyer un colis.',
  title: 'Titre',
  titleHint: 'Par lequel les agents la trouvent. Les clients ne le voient pas.',
  replyIdHint: 'Pour les fichiers et la ligne de commande. Il ne peut pas être modifié ensuite.',
  shortcut: 'Raccourci',
  shortcutHint: 'Trouvée en premier par / et ces lettres\u00a0: /remboursement.',
  replyText: 'Texte',
  replyTextHint:
    'Les champs variables sont remplis quand l’agent l’insère. Les listes, **gras**, *italique* et `code` sont affichés comme tels.',
  replyWorkspace: 'Espace de travail',
  everyWorkspace: 'Tous les espaces de travail',
  replyPlaceholders: {
    'customer.name': 'le nom du client, s’il est connu',
    'customer.email': 'l’adresse e-mail du client, si elle est connue',
    'customer.externalId': 'le numéro du client, s’il est connu',
    'agent.name': 'le nom de l’agent',
    channel: 'l’identifiant du canal',
  },
  replyPreview: 'Comme un client la lit',
  deleteReply: 'Supprimer la réponse enregistrée',
  deleteReplyEffect: (title) =>
    `«\u00a0${title}\u00a0» disparaît de tous les postes. Ce qui a été envoyé reste.`,
}

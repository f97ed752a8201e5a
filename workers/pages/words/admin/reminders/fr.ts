import type { reminders as en } from './en.ts'

export const reminders: typeof en = {
  whileWaiting: 'Pendant qu’un client attend un agent',
  whileUnanswered: 'Pendant qu’un client attend la réponse de son agent',
  whileSilent: 'Pendant que le client se tait',
  timeouts: {
    unanswered: 'Rappeler les agents',
    escalate: 'Escalader',
    remind: 'Rappeler l’agent',
    release: 'Remettre le client dans la file d’attente',
    idleCustomer: 'Le client ne répond pas à un agent',
    abandoned: 'Un visiteur ne va pas jusqu’à la demande',
  },
  timeoutHints: {
    unanswered:
      'Après la demande, si personne ne l’a acceptée. En dehors des heures d’ouverture, compté à partir de l’ouverture.',
    escalate:
      'Compté de même. La demande reste\u00a0; les agents voient qu’elle est urgente et sont prévenus de nouveau à intervalles croissants, jusqu’à une heure.',
    remind:
      'Après le premier message du client auquel l’agent n’a pas répondu, ou après que l’agent a accepté. En dehors des heures d’ouverture, compté à partir de l’ouverture.',
    release:
      'Compté de même. Le client garde sa place et en est informé, et d’autres agents peuvent accepter.',
    idleCustomer:
      'Compté à partir du premier message de l’agent après le dernier du client. Qui écrit n’est pas relancé. La dernière étape met fin à la conversation.',
    abandoned: 'La conversation prend fin, et aucun agent n’en entend parler.',
  },
  neverReminded: 'Jamais\u00a0: la conversation reste ouverte jusqu’à ce que quelqu’un y mette fin.',
  ladderStep: (n) => `Relance ${n}`,
  ladderEnd: 'Fin',
  addStep: 'Étape',
  countOf: (label) => `${label}\u00a0: nombre`,
  unitOf: (label) => `${label}\u00a0: unité`,
  units: { seconds: 'secondes', minutes: 'minutes', hours: 'heures', days: 'jours' },
}

import type { numbers as english } from './en.ts'

/** The words of the numbers in French. */
export const numbers: typeof english = {
  language: 'fr',
  title: 'Chiffres',
  desk: 'Espace agent',
  administration: 'Administration',
  lead: 'L’attente des clients, pendant les heures d’ouverture et sans le temps du bot. Les conversations effacées ne comptent pas.',
  loading: 'Calcul en cours…',
  progress: (read, total) =>
    `Calcul en cours : ${read.toLocaleString('fr')} enregistrements sur ${total.toLocaleString('fr')}…`,
  failed: (why) => `Les chiffres ne peuvent pas être lus pour le moment : ${why}. Nouvel essai en cours.`,
  cut: (since) => `Il y a trop d’enregistrements pour toute la période : le calcul commence le ${since}.`,
  period: 'Période',
  periods: { 1: 'Aujourd’hui', 7: '7 derniers jours' },
  workspace: 'Espace de travail',
  allWorkspaces: 'Tous les espaces',
  csv: 'Télécharger en CSV',
  empty: 'Rien à compter pour l’instant',
  emptyMore: 'Dès qu’un agent prend une demande ou répond à un client, les temps apparaissent ici.',
  figures: 'Chiffres clés',
  names: {
    accept: 'Prise en charge',
    wait: 'Attente d’un agent',
    firstReply: 'Première réponse',
    reply: 'Chaque réponse',
    abandoned: 'Abandons',
  },
  explained: {
    accept: 'Du début de chaque attente jusqu’à ce qu’un agent prenne la demande, aussi après un transfert.',
    wait: 'De la demande jusqu’à ce qu’un premier agent la prenne.',
    firstReply: 'De la demande jusqu’au premier message de l’agent.',
    reply: 'De ce que le client a écrit, ou de la prise en charge, jusqu’au message suivant de l’agent.',
    abandoned: 'L’attente des clients qui ont terminé la conversation pendant qu’ils attendaient.',
  },
  legend: 'Barre : la médiane. Trait : neuf sur dix n’attendent pas plus. En dessous : combien.',
  nineOfTen: (time, count) => `9 sur 10 en ${time} · ${count}`,
  abandonedAfter: (time) => `après ${time} (médiane)`,
  none: 'aucun',
  byHour: 'Par heure de la journée',
  byDay: 'Par jour',
  clock: (zones) =>
    zones.length === 1
      ? `Heures et jours du fuseau ${zones[0]}.`
      : `Heures et jours du fuseau de chaque canal : ${zones.join(', ')}.`,
  bar: (name, median, p90, count) => `${name} : médiane ${median}, 9 sur 10 en ${p90}, ${count} en tout`,
  asTable: 'Afficher en tableau',
  median: 'Médiane',
  p90: '9 sur 10 en',
  count: 'Combien',
  byChannel: 'Par canal',
  byChannelMore: 'Les médianes, les abandons et les notes des clients, sur 5 (nombre d’avis).',
  rating: 'Note',
  channel: 'Canal',
}

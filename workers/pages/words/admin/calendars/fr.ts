import type { calendars as english } from './en.ts'

export const calendars: typeof english = {
  calendars: 'Calendriers',
  calendar: 'Calendrier',
  calendarsLead: 'Les jours fériés que plusieurs horaires partagent.',
  newCalendar: 'Nouveau calendrier',
  noCalendars: 'Pas encore de calendrier',
  noCalendarsHelp:
    'Un horaire a ses propres jours fériés. Créez un calendrier pour ceux que plusieurs horaires partagent, ou importez-en un qui est publié.',
  deleteCalendar: 'Supprimer le calendrier',
  deleteUnusedCalendar: 'Aucun horaire n’utilise ce calendrier.',
  deleteUsedCalendar: (users: string[]) =>
    users.length === 1
      ? `L’horaire ${users[0]} l’utilise, et sera ouvert ses jours fériés.`
      : `Les horaires ${new Intl.ListFormat('fr').format(users)} l’utilisent, et seront ouverts ses jours fériés.`,
  calendarIdHint: 'Le nom que les horaires emploient. Il ne peut pas changer ensuite.',
  comingHolidays: (n: number) => `${n} à venir`,
  nextHoliday: (when: string) => `Prochain : ${when}`,
  sharedCalendars: 'Calendriers partagés',
  sharedCalendarsHint: 'Leurs jours fériés comptent comme s’ils étaient ci-dessous.',
  everyYear: 'Chaque année',
  importIcs: 'Importer un .ics',
  icsLead:
    'Ajoute les jours fériés d’un fichier de calendrier (.ics). Rien n’est enregistré avant que vous n’enregistriez.',
  icsAdded: (n: number) => (n === 1 ? '1 jour férié ajouté' : `${n} jours fériés ajoutés`),
  icsNothingNew: 'Le fichier n’a aucun jour férié qui ne soit déjà ici.',
  icsNotes: 'À propos du fichier',
  icsRefused: 'Le fichier ne peut pas être importé',
  icsLine: (line: number, name: string) => (name ? `Ligne ${line}, ${name}` : `Ligne ${line}`),
  zoneData: (version: string) => `Données des fuseaux horaires : ${version}`,
  zoneDataOld: (version: string) =>
    `Les données des fuseaux horaires sont de la version ${version}, vieille de plus d’un an : mettez frontdesk à jour, car certains fuseaux peuvent être faux.`,
}

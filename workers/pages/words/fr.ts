import type { ProblemWords, ValueType } from '../../../schemas/problem.ts'
import type * as english from './en.ts'

export const shell: typeof english.shell = {
  skip: 'Aller au contenu',
  loading: 'Chargement…',
  tryAgain: 'Réessayer',
  signOut: 'Se déconnecter',
  signInTitle: {
    agent: 'Se connecter à l’espace agent',
    administrator: 'Connexion à l’administration',
    engineer: 'Connexion à l’inspecteur',
  },
  signedInElsewhere: (name) => `Vous êtes connecté en tant que ${name}, mais pas à cette page.`,
  goTo: {
    agent: 'Aller à l’espace agent',
    administrator: 'Aller à l’administration',
    engineer: 'Aller à l’inspecteur',
  },
  signInHere: 'Sur l’ordinateur où tourne frontdesk, cette commande affiche un lien de connexion\u00a0:',
  yourName: '<votre nom>',
  signInCompany: 'Si votre entreprise a une page de connexion à frontdesk, allez-y.',
  linkFailed:
    'Ce lien a déjà servi ou est trop ancien\u00a0: un lien vaut 10 minutes, ceux de npm start une heure. Créez-en un autre.',
  signInFailed: (why) => `Connexion refusée\u00a0: ${why}.`,
  replaceSignIn: (name) =>
    `Vous êtes connecté en tant que ${name}. Ce lien connecte quelqu’un d’autre. Se connecter à sa place\u00a0?`,
  sessionOver:
    'Votre session a pris fin. Ouvrez un nouveau lien de connexion dans un autre onglet, puis revenez\u00a0: rien n’est perdu ici.',
  unreachable: 'frontdesk est injoignable',
  unreachableHelp: 'Vérifiez votre connexion, et que la passerelle tourne.',
  leavingTitle: 'Vos modifications ne sont pas enregistrées',
  leavingHelp: 'Si vous partez maintenant, elles sont perdues.',
  stay: 'Rester ici',
  leaveWithout: 'Partir sans enregistrer',
  saveAndLeave: 'Enregistrer et partir',
}

/** The words for each problem with a field of a document, in the administration. */
export const problems: ProblemWords = {
  required: () => 'Manque',
  wrong_type: ({ expected }) => `Doit être ${types[expected]}`,
  not_one_of: ({ values }) => `Doit être l’un de ${values.join(', ')}`,
  no_variant: ({ values, types: named }) =>
    `Doit être ${[...values, ...named.map((type) => types[type])].join(' ou ')}`,
  unknown_type: (step) => `Cette sorte d’étape n’existe pas. Il y a ${step.types.join(', ')}`,
  unknown_field: ({ field }) => `Il n’y a pas de champ «\u00a0${field}\u00a0» ici`,
  reserved_name: () => 'Ne doit pas être __proto__',
  invalid: () => 'N’est pas valable',
  empty: () => 'Ne doit pas être vide',
  too_long: ({ max }) => `${max} caractères au plus`,
  too_few: ({ min }) => `Au moins ${min}`,
  too_many: ({ max }) => `${max} entrées au plus`,
  too_low: ({ min }) => `Au moins ${min}`,
  too_high: ({ max }) => `${max} au plus`,
  too_large: ({ max }) => `Trop grand\u00a0: ${max} octets au plus en tout`,
  too_deep: ({ max }) => `Trop de niveaux imbriqués\u00a0: ${max} au plus`,
  not_a_token: () => '1 à 64 caractères\u00a0: A à Z, a à z, 0 à 9, _ et -',
  not_a_date: () => 'Une date manque',
  not_an_instant: () => 'Doit être un instant tel que 2026-06-05T15:00:00Z',
  not_a_duration: ({ daysMax }) => `Une durée non nulle, de ${daysMax} jours au plus`,
  not_a_time_zone: () => 'Ce fuseau n’existe pas\u00a0: choisissez-en un dans la liste, comme Europe/Paris',
  unknown_kind: ({ kind, kinds }) => `La sorte ${kind} n’existe pas. Il y a ${kinds.join(', ')}`,
  other_id: ({ id }) => `Doit être ${id}\u00a0: un identifiant ne peut pas être changé`,
  not_a_language: () => 'Doit être le code d’une langue, comme fr ou pt-BR',
  unknown_text: ({ name, names }) =>
    `Le texte «\u00a0${name}\u00a0» n’existe pas. Il y a ${names.join(', ')}`,
  select_without_options: () => 'Un choix a besoin d’au moins une option',
  asked_twice: () => 'Demandé deux fois\u00a0: donnez à chacun son identifiant, autre que name et email',
  not_ascending: () => 'Chaque étape doit venir après la précédente',
  not_after: () => 'Finit avant de commencer',
  before: () => 'Finit avant de commencer',
  longer_than_a_year: () => 'Doit durer moins d’un an : il revient chaque année',
  not_a_calendar: () => 'Doit être un jour férié ou calendar.<id>',
  too_many_calendars: ({ max }) => `Au plus ${max} calendriers`,
  not_an_origin: () => 'Doit être une origine comme https://www.example.com, sans chemin',
  not_a_colour: () => 'Doit être une couleur comme #0f6f68',
  not_an_image_url: () => 'Doit être l’adresse https d’une image',
  not_a_webhook_url: () => 'Doit être une adresse http ou https, sans utilisateur et sans #',
  own_overflow: () => 'Doit être un autre espace de travail',
  duplicate_label: () => 'Deux options ont le même libellé',
  not_one_comparison: () => 'Doit avoir l’un de is, isNot, contains, startsWith, isKnown',
  not_an_api_url: () => 'Doit être une adresse http ou https dont l’hôte n’a pas de {{…}}, sans utilisateur',
  not_a_header_name: () => 'Ce nom ne peut pas être utilisé ici',
  not_a_header_value: () => 'Doit être en ASCII, sur une ligne',
  not_a_result_path: () => 'Doit être un chemin tel que order.items.0.name',
  not_a_call_timeout: ({ secondsMax }) => `Des millisecondes entières, ${secondsMax} secondes au plus`,
  duplicate_answer: ({ answer }) => `Il y a deux réponses «\u00a0${answer}\u00a0»`,
  duplicate_step: ({ step }) => `Il y a deux étapes «\u00a0${step}\u00a0» dans cette réponse`,
  unreachable_step: ({ after }) =>
    `N’est jamais atteinte\u00a0: l’étape «\u00a0${after}\u00a0» mène ailleurs`,
  unreachable_answer: () => 'N’est jamais atteinte\u00a0: rien ne mène à sa réponse',
  dead_end: () => 'Est une impasse\u00a0: rien ne suit. Ajoutez une étape telle que link, transfer ou end',
  unknown_answer: ({ answer }) => `Il n’y a pas de réponse «\u00a0${answer}\u00a0» où aller`,
  endless_circle: () =>
    'Ne fait que tourner en rond\u00a0: le client n’est jamais interrogé, et on n’arrive ni à un agent ni à une fin',
  circle_too_large: ({ bytes, max }) =>
    `Dit ${bytes} octets et peut se répéter aussitôt\u00a0: ${max} au plus sont permis`,
  too_many_variables: ({ count, max }) => `${count} variables, c’est trop\u00a0: ${max} au plus`,
  too_many_details: ({ count, max }) => `${count} informations, c’est trop\u00a0: ${max} au plus`,
  unknown_variable: ({ name }) =>
    `Il n’y a pas de variable «\u00a0${name}\u00a0»\u00a0: aucune étape ne la définit`,
  unknown_detail: ({ name }) => `Aucune étape ne demande l’information «\u00a0${name}\u00a0»`,
  unknown_option: ({ name }) => `Il n’y a pas d’étape options du nom «\u00a0${name}\u00a0»`,
  unknown_placeholder: ({ name, known }) =>
    `Il n’y a rien du nom «\u00a0${name}\u00a0» à insérer. Il y a ${known.join(', ')}`,
  too_many_placeholders: ({ count, max }) => `${count} insertions, c’est trop\u00a0: ${max} au plus`,
  misplaced_placeholder: () => 'S’affiche tel quel\u00a0: rien ne peut être inséré ici',
  misplaced_secret: () => 'Un secret n’a sa place que dans un en-tête d’appel',
  not_a_secret: () => 'Un en-tête n’accepte que {{secret.<nom>}}',
  not_a_zendesk_response: () =>
    'Ce n’est pas une réponse de l’API Schedules de Zendesk\u00a0: il n’y a pas de liste «\u00a0schedules\u00a0»',
  not_a_zendesk_zone: () =>
    'Ni un fuseau horaire de Zendesk, comme «\u00a0Paris\u00a0», ni un fuseau comme Europe/Paris',
  duplicate_id: () => 'Un autre horaire a le même identifiant',
  never_opens: () => 'Aucune heure\u00a0: il n’ouvre jamais',
  not_ics: () => 'Ce n’est pas un fichier de calendrier : il lui faut une ligne BEGIN:VCALENDAR',
  no_events: () => 'Il n’a aucun événement',
  not_an_event: ({ reason }) => `L’événement n’est pas valable : ${reason}`,
  not_whole_days: ({ from, to }) =>
    `Pas des jours entiers, mais de ${from} à ${to} : laissé de côté. Ajoutez-le à la main, avec ses heures d’ouverture`,
  event_cancelled: () => 'Annulé : laissé de côté',
  rule_expanded: ({ from, to, count }) =>
    `Ses dates changent d’une année à l’autre : il est devenu ${count} dates de ${from} à ${to}. Importez-le de nouveau avant la fin`,
  rule_not_supported: ({ rule }) => `Sa règle n’est pas prise en charge : ${rule}`,
  rule_too_long: ({ max }) => `Sa règle a plus de ${max} dates`,
  spans_days: () =>
    'Dure plusieurs jours, jour et nuit. Si c’étaient les heures de chaque jour, corrigez-le une fois enregistré',
  no_timer: () => 'Aucun minuteur ne tourne ici',
  yaml_tab: () => 'Indentez avec des espaces, pas avec des tabulations',
  yaml_indentation: () =>
    'Ici, ou juste avant, l’indentation n’est pas juste, ou un texte avec deux-points demande des guillemets',
  yaml_missing_character: () =>
    'Ici, ou juste avant, il manque deux-points, une virgule, un guillemet ou un crochet fermant, ou l’indentation',
  yaml_duplicate_key: () => 'Ce champ est ici deux fois',
  yaml_unknown_alias: ({ alias }) => `Il n’y a pas de &${alias} avant *${alias}`,
  yaml_too_many_aliases: () => 'Se répète trop par des alias (*)',
  yaml_too_deep: ({ max }) => `Plus de ${max} niveaux imbriqués`,
  yaml_complex_key: () => 'Le nom d’un champ doit être un simple texte',
  yaml_several_documents: () => 'Un bot est un seul document\u00a0: rien ne peut suivre ---',
  not_yaml: ({ reason }) => `YAML incorrect\u00a0: ${reason}`,
  takes_too_long: ({ secondsMax }) => `La lecture prend plus de ${secondsMax} secondes`,
}

const types: Record<ValueType, string> = {
  string: 'un texte, au besoin entre guillemets',
  number: 'un nombre',
  integer: 'un nombre entier',
  boolean: 'true ou false',
  array: 'une liste',
  object: 'un objet avec des champs',
  null: 'null',
}

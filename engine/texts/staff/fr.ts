import { refusals as customerRefusals } from '../customers/fr.ts'
import type { StaffTexts } from './staff-texts.ts'

export { detailLabels } from '../customers/fr.ts'

export const channelTextFields: StaffTexts['channelTextFields'] = {
  firstMessage: {
    label: 'Premier message',
    hint: 'Dit quand le client ouvre la discussion.',
  },
  followUpMessage: {
    label: 'Message suivant',
    hint: 'Dit quand le client a écrit et, s’il y en a un, rempli le formulaire.',
  },
}

export const conversationTextLabels: StaffTexts['conversationTextLabels'] = {
  contactForm: 'Au-dessus d’un formulaire avec nom ou e-mail',
  form: 'Au-dessus d’un autre formulaire',
  resolved: 'Un bot demande s’il a pu aider',
  yes: 'Oui',
  no: 'Non',
  joined: 'Un agent a rejoint la conversation',
  anAgent: 'Un agent sans nom',
  released: 'De retour dans la file',
  transferred: 'Transmis à un autre agent',
  stillThere: 'Premier rappel au client silencieux',
  closingSoon: 'Dernier rappel au client silencieux',
  endedByAgent: 'Terminée par l’agent',
  endedByInactivity: 'Terminée, le client étant silencieux',
  retired: 'Terminée, son bot n’existant plus',
  neverOpens: 'Pour {{nextOpen}}, si le canal n’ouvre plus',
}

export const fieldTypeLabels: StaffTexts['fieldTypeLabels'] = {
  text: 'Texte',
  email: 'E-mail',
  select: 'Choix',
}

export const outline: StaffTexts['outline'] = {
  freeText: 'autre chose',
  otherwise: 'sinon',
  open: 'ouvert',
  closed: 'fermé',
  success: 'réussi',
  failure: 'échoué',
  end: 'La fin',
}

export const refusals: StaffTexts['refusals'] = /* @__PURE__ */ Object.assign({}, customerRefusals, {
  details_required: 'Le client n’a pas encore donné les informations demandées.',
  not_queued: 'Cette demande n’attend plus.',
  already_accepted: 'Un autre agent a accepté cette demande.',
  offered_to_other: 'Cette demande est proposée à un autre agent.',
  stale_request: 'Cette demande n’attend plus\u00a0: voyez la liste.',
  not_the_agent: 'Cette conversation n’est plus la vôtre.',
})

export const mailed = 'Un e-mail avec les messages de l’agent a été envoyé à {{address}}.'

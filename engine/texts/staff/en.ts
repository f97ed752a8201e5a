import { refusals as customerRefusals } from '../customers/en.ts'
import type { StaffTexts } from './staff-texts.ts'

export { detailLabels } from '../customers/en.ts'

export const channelTextFields: StaffTexts['channelTextFields'] = {
  firstMessage: {
    label: 'First message',
    hint: 'Said when the customer opens the chat.',
  },
  followUpMessage: {
    label: 'Follow-up message',
    hint: 'Said once the customer has written, and filled the form if there is one.',
  },
}

export const conversationTextLabels: StaffTexts['conversationTextLabels'] = {
  contactForm: 'Above a form with name or e-mail',
  form: 'Above any other form',
  resolved: 'A bot asks whether it could help',
  yes: 'Yes',
  no: 'No',
  joined: 'An agent has joined',
  anAgent: 'An agent without a name',
  released: 'Back in the queue',
  transferred: 'Passed on to another agent',
  stillThere: 'First reminder of a silent customer',
  closingSoon: 'Last reminder of a silent customer',
  endedByAgent: 'Ended by the agent',
  endedByInactivity: 'Ended, as the customer was silent',
  retired: 'Ended, as its bot is gone',
  neverOpens: 'For {{nextOpen}}, where it never opens',
}

export const fieldTypeLabels: StaffTexts['fieldTypeLabels'] = {
  text: 'Text',
  email: 'Email',
  select: 'Choice',
}

export const outline: StaffTexts['outline'] = {
  freeText: 'anything else',
  otherwise: 'otherwise',
  open: 'open',
  closed: 'closed',
  success: 'successful',
  failure: 'failed',
  end: 'The end',
}

export const refusals: StaffTexts['refusals'] = /* @__PURE__ */ Object.assign({}, customerRefusals, {
  details_required: 'The customer has not given the details that are asked for yet.',
  not_queued: 'This request does not wait any more.',
  already_accepted: 'Another agent has accepted this request.',
  offered_to_other: 'This request is being offered to another agent.',
  stale_request: 'This request does not wait any more: look at the list.',
  not_the_agent: 'You are not on this conversation any more.',
})

export const mailed = 'An e-mail with the agent’s messages was sent to {{address}}.'

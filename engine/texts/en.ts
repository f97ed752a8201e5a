import type { LanguageTexts } from './texts.ts'

export const texts: LanguageTexts['texts'] = {
  contactForm: 'Please tell us how to reach you:',
  form: 'Please tell us:',
  resolved: 'Did this answer your question?',
  yes: 'Yes',
  no: 'No',
  joined: '{{agent.name}} has joined.',
  anAgent: 'An agent',
  released: 'You’re back in the queue and keep your place. Another agent will be with you.',
  transferred: 'You’re being passed on and keep your place. Somebody will be with you shortly.',
  stillThere: 'Are you still there?',
  closingSoon: 'We’ll close this conversation soon if we don’t hear from you.',
  endedByAgent: 'The agent has ended the conversation.',
  endedByInactivity: 'The conversation has ended, as we haven’t heard from you.',
  retired: 'This conversation has ended. Write to us again, and we’ll start a new one.',
  neverOpens: 'further notice',
}

export const channelTexts: LanguageTexts['channelTexts'] = {
  firstMessage: {
    during: 'Hi! How can we help?',
    outside: 'We’re closed until {{nextOpen}}. Leave us a message and we’ll get back to you.',
    label: 'First message',
    hint: 'Said when the customer opens the chat.',
  },
  followUpMessage: {
    during: 'Thanks {{customer.name}}, an agent will be with you shortly.',
    outside: 'Thanks {{customer.name}}, an agent will get back to you when we’re open.',
    label: 'Follow-up message',
    hint: 'Said once the customer has written, and filled the form if there is one.',
  },
}

export const detailLabels: LanguageTexts['detailLabels'] = { name: 'Name', email: 'Email' }

export const fieldTypeLabels: LanguageTexts['fieldTypeLabels'] = {
  text: 'Text',
  email: 'Email',
  select: 'Choice',
}

export const exampleMessage = 'Hello, where is my order?'

export const outline: LanguageTexts['outline'] = {
  freeText: 'anything else',
  otherwise: 'otherwise',
  open: 'open',
  closed: 'closed',
  success: 'successful',
  failure: 'failed',
  end: 'The end',
}

export const fieldErrors: LanguageTexts['fieldErrors'] = {
  required: 'This is needed.',
  too_long: 'This is too long: at most {{limit}} characters.',
  invalid: 'This cannot be used here.',
  email_accented: 'Only A to Z here: an e-mail address has no accents.',
  email_invalid: 'This is not an e-mail address, such as name@example.com.',
  option_unknown: 'Please choose one of these.',
}

export const refusals: LanguageTexts['refusals'] = {
  details_invalid: 'Some of the details cannot be accepted.',
  details_required: 'The customer has not given the details that are asked for yet.',
  text_invalid: 'There is nothing in this message.',
  too_long: 'This message is too long.',
  unknown_conversation: 'There is no such conversation.',
  unknown_channel: 'There is no such channel.',
  conversation_ended: 'This conversation has ended.',
  conversation_full: 'This conversation has become too long. End it and begin a new one.',
  not_queued: 'This request does not wait any more.',
  already_accepted: 'Another agent has accepted this request.',
  offered_to_other: 'This request is being offered to another agent.',
  stale_request: 'This request does not wait any more: look at the list.',
  not_the_agent: 'You are not on this conversation any more.',
  not_allowed_now: 'This cannot be done now.',
  id_reused: 'This could not be sent. Edit it and send it again.',
}

export const chatTexts: LanguageTexts['chatTexts'] = {
  you: 'You',
  hint: 'Type a message. /end ends the conversation, /quit leaves it open.',
  unknownCommand:
    'There is no such command: /end, /quit or /help. To write a text that begins with /, type //.',
  choose: 'Please choose a number or type one of these.',
  left: 'The conversation goes on without you. To come back:',
  waiting: 'No answer yet: this goes on as soon as something answers. Ctrl-C leaves.',
  endedByYou: 'You have ended the conversation.',
  ended: 'The conversation has ended.',
  erased: 'This conversation was erased.',
}

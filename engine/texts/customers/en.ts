import type { CustomerTexts } from './customer-texts.ts'

export const texts: CustomerTexts['texts'] = {
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

export const channelTexts: CustomerTexts['channelTexts'] = {
  firstMessage: {
    during: 'Hi! How can we help?',
    outside: 'We’re closed until {{nextOpen}}. Leave us a message and we’ll get back to you.',
  },
  followUpMessage: {
    during: 'Thanks {{customer.name}}, an agent will be with you shortly.',
    outside: 'Thanks {{customer.name}}, an agent will get back to you when we’re open.',
  },
}

export const detailLabels: CustomerTexts['detailLabels'] = { name: 'Name', email: 'Email' }

export const exampleMessage = 'Hello, where is my order?'

export const fieldErrors: CustomerTexts['fieldErrors'] = {
  required: 'This is needed.',
  too_long: 'This is too long: at most {{limit}} characters.',
  invalid: 'This cannot be used here.',
  email_accented: 'Only A to Z here: an e-mail address has no accents.',
  email_invalid: 'This is not an e-mail address, such as name@example.com.',
  option_unknown: 'Please choose one of these.',
}

export const refusals: CustomerTexts['refusals'] = {
  details_invalid: 'Some of the details cannot be accepted.',
  text_invalid: 'There is nothing in this message.',
  too_long: 'This message is too long.',
  unknown_conversation: 'There is no such conversation.',
  unknown_channel: 'There is no such channel.',
  conversation_ended: 'This conversation has ended.',
  conversation_full: 'This conversation has become too long. End it and begin a new one.',
  not_allowed_now: 'This cannot be done now.',
  id_reused: 'This could not be sent. Edit it and send it again.',
}

export const chatTexts: CustomerTexts['chatTexts'] = {
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
  rate: 'Rate the conversation with /rate and 1 (very bad) to 5 (very good), with a text if you like. Enter leaves.',
  rated: 'Thank you for your rating.',
}

export const mailTexts: CustomerTexts['mailTexts'] = {
  promise: 'The answer also comes to you by e-mail.',
  subject: '{{company}}: an answer to your message',
  intro: '{{company}} has answered you in the chat:',
  resume: 'Continue the conversation',
  read: 'Read the conversation',
  linkValid: 'This link opens your conversation for {{days}} days. Please do not pass it on.',
  reply: 'Or just reply to this e-mail.',
  replyAbove: 'Please write your reply above this line',
  reason: 'You get this e-mail because you gave this address in a chat with {{company}}.',
  unsubscribe: 'Unsubscribe',
  unsubscribeTitle: 'E-mails from chats',
  unsubscribeAsk: 'Do you want no more e-mails when you have left a chat and somebody answers?',
  unsubscribed: 'You are unsubscribed. You will get no more e-mails from chats.',
  unsubscribeInvalid: 'This link is not valid any more. Use the one in the latest e-mail.',
  filesLeftOut: '(Files in an e-mail cannot be passed on. Please send them in the chat.)',
}

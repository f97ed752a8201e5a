import { fieldErrors } from '../../../../engine/texts/customers/en.ts'

/** A text for each plural category; `{{count}}`: the number. */
type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>

/** The words of the widget, for customers. Plain data: the gateway serves each language as JSON. */
export const widget = {
  language: 'en',
  title: 'Chat with us',
  open: 'Open chat',
  close: 'Close chat',
  /** For each plural category of the language (CLDR) that whole numbers have. */
  unread: { one: '1 new message', other: '{{count}} new messages' } as Plural,
  transcript: 'Conversation',
  you: 'You',
  bot: 'Automatic message',
  agent: 'Agent',
  with: 'You are talking with {{name}}',
  write: 'Write a message',
  writeAnew: 'Write to start a new conversation',
  send: 'Send',
  pending: 'Sending',
  stored: 'Sent',
  delivered: 'Delivered',
  notSent: 'This was not sent.',
  connecting: 'Connecting…',
  reconnecting: 'No connection just now. What you write is sent as soon as there is one.',
  newMessages: 'New messages',
  end: 'End conversation',
  /** A part of `end`. */
  endShort: 'End',
  erased: 'Your earlier conversation was erased.',
  refused: 'Chat is not available here.',
  loginFailed: 'We could not log you in here. You can go on as a guest.',
}

/** The words of the widget's second script, which has them in English; other languages' JSON has all. */
export const more = {
  submit: 'Send details',
  choose: 'Please choose',
  typing: '{{name}} is typing',
  next: 'You are next in the queue',
  place: 'You are number {{position}} in the queue',
  wait: 'about {{duration}}',
  endConfirm: 'End this conversation?',
  keep: 'Go on',
  ended: 'This conversation has ended.',
  startAnew: 'Start a new conversation',
  rate: 'How was this conversation?',
  score1: 'Very bad',
  score2: 'Bad',
  score3: 'Okay',
  score4: 'Good',
  score5: 'Very good',
  rateMore: 'Anything to add? (optional)',
  rated: 'Thank you for your rating.',
  earlier: 'Earlier conversations',
  fieldErrors,
  noFiles: 'Files cannot be sent here.',
  attach: 'Add a file',
  remove: 'Remove',
  retry: 'Try again',
  fileTooLarge: 'Files may have at most {{size}}.',
  fileType: 'Files of this kind cannot be sent.',
  fileFailed: 'The file did not arrive.',
  closeFile: 'Close the picture',
}

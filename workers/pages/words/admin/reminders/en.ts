/** The words of the administration for a channel’s reminders. */
export const reminders = {
  whileWaiting: 'While a customer waits for an agent',
  whileUnanswered: 'While a customer waits for their agent’s answer',
  whileSilent: 'While the customer is silent',
  timeouts: {
    unanswered: 'Remind the agents',
    escalate: 'Escalate',
    remind: 'Remind the agent',
    release: 'Put the customer back in the queue',
    idleCustomer: 'The customer does not answer an agent',
    abandoned: 'A visitor never gets as far as a request',
  },
  timeoutHints: {
    unanswered:
      'After the request was made, where nobody has accepted it. Outside opening hours, counted from the opening.',
    escalate:
      'Counted likewise. The request stays; agents see that it is urgent, and are told again at growing intervals, up to an hour.',
    remind:
      'After the customer’s first message that the agent has not answered, or after the agent has accepted. Outside opening hours, counted from the opening.',
    release: 'Counted likewise. The customer keeps their place and is told, and other agents may accept.',
    idleCustomer:
      'Counted from the agent’s first message after the customer’s last. One who types is not reminded. The last step ends the conversation.',
    abandoned: 'Then the conversation ends, and no agent hears of it.',
  },
  neverReminded: 'Never: the conversation stays open until somebody ends it.',
  ladderStep: (n: number) => `Reminder ${n}`,
  ladderEnd: 'End',
  addStep: 'Step',
  countOf: (label: string) => `${label}: number`,
  unitOf: (label: string) => `${label}: unit`,
  units: { seconds: 'seconds', minutes: 'minutes', hours: 'hours', days: 'days' },
}

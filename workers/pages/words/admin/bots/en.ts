/** The words of the administration for bots. */
export const bots = {
  bots: 'Bots',
  bot: 'Bot',
  botsLead: 'What talks to customers before an agent does. It does so on the channels where you choose it.',
  newBot: 'New bot',
  noBots: 'No bots yet',
  noBotsHelp:
    'Without a bot a channel says its response. Make one that asks, answers and looks things up, then choose it on a channel.',
  kind: 'Kind',
  botKinds: { flow: 'Answers and steps', external: 'A program elsewhere', machine: 'A machine of your own' },
  botKindHints: {
    flow: 'written here, as text.',
    external: 'it says what the bot says, over NATS.',
    machine: 'a statechart that a developer has given to the engine.',
  },
  botTemplate: {
    greeting: 'Hi! I’m here to help.',
    question: 'What is it about?',
    first: 'Opening hours',
    answer: 'We are here from Monday to Friday, 9 to 17.',
    second: 'Talk to a person',
  },
  botAsText: 'The bot, as text',
  botTextHint:
    'In YAML. Indent with spaces: Tab goes on to the errors, each of which leads to its line. Suggestions come as you type, or with Ctrl+Space: the arrow keys choose one, Enter takes it.',
  suggestions: 'Suggestions',
  suggested: (n: number) =>
    n === 1 ? 'One suggestion. Arrow down chooses it.' : `${n} suggestions. Arrow down chooses one.`,
  commentsHint:
    'A bot is stored as data: comments (# …) and the way the text is laid out are not kept. Keep what you want to remember elsewhere.',
  stepList: 'Answers and steps',
  stepHelp: 'Steps and their fields',
  insertStep: 'Choose a step to write it into the text, behind the one where the cursor is.',
  stepHelpHint: 'A field with ? may be left out. Every step may have a name, which is unique in its answer.',
  stepEffects: {
    message: 'Says the text.',
    options: 'Lets the customer choose: each option has a label and a goTo. Other texts go to freeText.',
    details: 'Asks for those of its fields that are not known yet: name, email, or {id, label, type}.',
    branch: 'Goes to the first case whose conditions (when) all hold.',
    hours: 'Goes to open or closed, by the channel’s schedule or the one that is named.',
    set: 'Sets a variable.',
    api: 'Calls an API, saves values of its answer, and goes to success or failure.',
    resolved: 'Asks whether that was the answer. Without yes, a yes ends the conversation.',
    link: 'Goes to another answer.',
    transfer: 'Announces an agent, and queues the conversation.',
    end: 'Ends the conversation.',
  },
  wholeGuide: 'The guide to bots',
  closeHelp: 'Close',
  noErrors: 'No errors.',
  errorsFrom: (n: number, line: number) =>
    n === 1 ? `One error, in line ${line}.` : `${n} errors, the first in line ${line}.`,
  errors: 'Errors',
  line: (line: number) => `Line ${line}`,
  answerOf: (answer: string) => `answer “${answer}”`,
  stepOf: (step: string) => `step “${step}”`,
  mendFirst: 'Mend the errors to save',
  deleteBot: 'Delete bot',
  deleteUnusedBot: 'No channel uses this bot. Conversations that are running keep it.',
  deleteUsedBot: (users: string[]) =>
    users.length === 1
      ? `The channel ${users[0]} uses it, and will say its response again. Conversations that are running keep the bot.`
      : `The channels ${new Intl.ListFormat('en-GB').format(users)} use it, and will say their responses again. Conversations that are running keep the bot.`,
  noBot: 'No bot: the channel’s response',
  noBotHint: 'Customers get the response below. With a bot, it is what the bot falls back to.',
  botHint:
    'New conversations are the bot’s. The response below stays as it is, and running conversations keep what they began with.',
  missingBotHint: (id: string) =>
    `The bot “${id}” does not exist (any more). Customers get the response below until you choose another one, or none.`,
  brokenBotHint:
    'This bot is not in force as it is stored. Customers get the response below, or the bot as it was before.',
  editBot: 'Edit bot',
  switchOff: 'Switch off',
  responseFallback: 'What the bot falls back to where it fails or disappears.',
  playHint: 'Be the customer: choose, write, fill in the form. Nothing is stored, and no API is called.',
  playedBefore: 'The text has errors: this is the bot as it was before them.',
  botDrawn: 'The bot, drawn',
  drawnHint: 'What leads where, from the first answer to an agent or the end.',
  drawnElsewhere: {
    external: 'This bot is a program elsewhere, so its steps cannot be drawn here.',
    machine:
      'This bot is a machine of your own, whose code is not here: npx frontdesk diagram draws it where it is.',
  },
  notDrawn: 'This bot is too large to be drawn here.',
  drawing: {
    statechartOf: (machine: string) => `Drawing of ${machine}`,
    active: (states: string) => `active: ${states}`,
    states: 'States and what leads from them',
    move: 'Drawing: arrow keys move it, plus and minus zoom, 0 fits it to the width, 1 shows all of it',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Fit to width',
    fitAll: 'Show all',
  },
  openOrClosed: 'Opening hours',
  playedAfter: 'This shows once the text has no errors.',
  startAgain: 'Start again',
  handedOver: 'The bot has handed over: agents see the request.',
  hasEnded: 'The conversation has ended.',
  hasFallenBack: 'The bot has failed: the channel’s response goes on.',
  playedEnough: 'This is as far as a preview goes. Start again.',
  apiCalls: 'Calls of APIs',
  wouldCall: 'Would call',
  takenAs: (call: string) => `${call}: taken as`,
  callOutcomes: { success: 'Successful', failure: 'Failed' },
  valuesUnknown: 'What an API would answer stands in marks: ‹…›.',
  notPlayed: {
    external:
      'This bot is a program elsewhere, so what it says cannot be shown here. Where it is silent for too long, the channel’s response goes on.',
    machine: 'This bot is a machine of your own, which only the engine has, so it cannot be shown here.',
  },
}

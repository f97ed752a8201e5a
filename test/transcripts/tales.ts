import {
  accepted,
  answered,
  botDid,
  chose,
  closed,
  erased,
  filled,
  left,
  loggedIn,
  paris,
  passes,
  reconfigured,
  released,
  said,
  started,
  steppedBack,
  until,
  withId,
  woken,
  wrote,
} from '../behaviour/given.ts'
import { assistant } from '../machines/assistant.ts'
import type { Tale } from './render.ts'

export const tales: Tale[] = [
  {
    name: 'default-channel',
    title: 'A channel that nobody configured',
    about: 'It greets, asks what the customer needs, says that an agent will come, and queues.',
    scenes: [
      ['The customer opens the widget and writes.', started(), passes('PT10S'), wrote('My order is broken')],
      ['They go on writing while they wait.', passes('PT20S'), wrote('Number 4711', 'widget-7')],
      ['Ann takes it; the two talk.', passes('PT30S'), accepted('ann', 'Ann'), said('ann', 'Hello!')],
      ['', passes('PT5S'), wrote('Hi Ann'), passes('PT1M'), said('ann', 'Sent a new one.'), wrote('Thanks!')],
      ['Ann ends the conversation.', passes('PT10S'), closed('ann')],
      ['Nothing is left that could wake it up.', passes('P2D')],
    ],
  },
  {
    name: 'details',
    title: 'The channel asks for details',
    about:
      'No request reaches agents before the form is filled; a text sent before that is kept and brings no second form.',
    given: {
      channel: {
        duringHours: {
          firstMessage: 'Welcome to Acme!',
          customerDetails: [
            'name',
            'email',
            { id: 'topic', label: 'Topic', type: 'select', options: ['Sales', 'Support'] },
          ],
          followUpMessage: 'Thanks {{customer.name}}, {{details.topic}} will be with you shortly.',
        },
      },
    },
    scenes: [
      ['The first text brings the form.', started(), passes('PT5S'), wrote('help')],
      ['An agent is too early, the customer impatient.', accepted('ann'), wrote('please')],
      [
        'What is wrong with the form is said field by field, and the state is kept.',
        passes('PT30S'),
        filled({ name: ' ', email: 'josé@example.com', topic: 'Other' }),
      ],
      [
        'Filled well, it is trimmed and accepted.',
        filled({ name: ' José ', email: ' jose@example.com\u200B', topic: 'Support' }),
      ],
      ['The widget sends it once more.', filled({ name: 'José', email: 'jose@example.com', topic: 'Sales' })],
    ],
  },
  {
    name: 'identified',
    title: 'The customer logs in while the form is open',
    about: 'Who is known is not asked any more and not greeted again; another identity is refused.',
    given: { channel: { duringHours: { customerDetails: ['name', 'email'] } } },
    scenes: [
      ['The form is open.', started(), wrote('help')],
      [
        'A login that says only the name leaves the e-mail to ask.',
        loggedIn({ externalId: 'u1', name: 'José' }),
      ],
      ['Somebody else logs in on the same page.', loggedIn({ externalId: 'u2', name: 'Mallory' })],
      [
        'The first logs in again, now with an e-mail.',
        loggedIn({ externalId: 'u1', email: 'jose@example.com' }),
      ],
    ],
  },
  {
    name: 'french-outside-hours',
    title: 'A Friday evening in French',
    about:
      'The office in Paris closes at 17:00 (15:00 UTC). The verdict and the texts are decided at the start and kept; the reminder and the escalation count from the opening on Monday.',
    given: {
      at: '2026-06-05T15:00:00.000Z',
      schedules: [paris],
      channel: { schedule: 'paris', locale: 'fr', outsideHours: { customerDetails: ['email'] } },
    },
    scenes: [
      ['A customer writes.', started({ locale: 'fr' }), passes('PT1M'), wrote('Bonsoir !')],
      ['', passes('PT1M'), filled({ email: 'josé@exemple.fr' }), filled({ email: 'jose@exemple.fr' })],
      ['The weekend passes; the administrator even removes the schedule.', reconfigured({ channel: {} })],
      ['On Monday nobody answers.', until('2026-06-08T07:30:00.000Z')],
      ['Then somebody does.', accepted('ann', 'Anne'), said('ann', 'Bonjour !')],
    ],
  },
  {
    name: 'two-agents-race',
    title: 'Two agents accept at once',
    about: 'One wins, the other is told who, and the customer sees one "joined".',
    scenes: [
      ['A customer waits.', started(), wrote('help')],
      [
        'Both press the button.',
        withId('a1', accepted('ann', 'Ann', 1)),
        withId('b1', accepted('bob', 'Bob', 1)),
      ],
      [
        'Ann’s network repeats her accept; then she presses again.',
        withId('a1', accepted('ann', 'Ann', 1)),
        accepted('ann', 'Ann', 1),
      ],
      [
        'Bob tries to speak for the request nevertheless.',
        said('bob', 'Hi!'),
        released('bob'),
        closed('bob'),
      ],
      ['An accept of a request that never was.', accepted('bob', 'Bob', 2)],
      ['After the end.', left(), accepted('bob', 'Bob', 1)],
    ],
  },
  {
    name: 'release',
    title: 'An agent gives the request back',
    about:
      'It returns to the queue with its original place; reminders count anew from the release, and say which time it is.',
    scenes: [
      ['Nobody answers for two minutes.', started(), wrote('help'), passes('PT2M')],
      [
        'Ann takes it, and gives it back.',
        accepted('ann', 'Ann'),
        said('ann', 'One moment'),
        passes('PT3M'),
        released('ann', 'lunch'),
      ],
      ['The others are as slow.', passes('PT10M')],
      ['The customer gives up.', left()],
    ],
  },
  {
    name: 'idle-ladder',
    title: 'The customer falls silent',
    about:
      'Reminders count from the first agent message after the customer’s last; theirs cancels all; the last step ends. One wake-up serves: it is put off rather than cancelled.',
    scenes: [
      [
        'Ann asks, the customer is silent for six minutes, then answers.',
        started(),
        wrote('help'),
        accepted('ann', 'Ann'),
        said('ann', 'Which order?'),
        passes('PT6M'),
        wrote('4711'),
      ],
      [
        'Ann asks again, twice. Only the first counts.',
        passes('PT1M'),
        said('ann', 'Which colour?'),
        passes('PT1M'),
        said('ann', 'Red?'),
      ],
      ['Now the silence lasts.', passes('PT15M')],
      ['Too late.', wrote('red'), started()],
    ],
  },
  {
    name: 'late-wake-ups',
    title: 'Wake-ups that come late, early or twice',
    about:
      'Timers are measured from their event, whenever the wake-up arrives; what is due together is one record.',
    given: { late: 900_000 },
    scenes: [
      [
        'A quarter of an hour’s outage: reminder and escalation come together.',
        started(),
        wrote('help'),
        passes('PT20M'),
      ],
      [
        'Wake-ups that another has replaced, and one that the record does not know of yet.',
        woken(1),
        woken(2),
        woken(9),
      ],
      [
        'The log’s clock steps back for an event; the conversation’s does not.',
        steppedBack('PT1H', accepted('ann', 'Ann')),
      ],
      ['The whole idle ladder in one record.', said('ann', 'Hello?'), passes('PT1H')],
    ],
  },
  {
    name: 'abandoned',
    title: 'A visitor who never comes as far as a request',
    about: 'They expire a day after their last sign, without a request and without a word.',
    given: { channel: { duringHours: { customerDetails: ['email'] } } },
    scenes: [
      [
        'They open the widget, look at it twice, and write half a day later.',
        started(),
        started(),
        passes('PT12H'),
        wrote('hm'),
      ],
      ['They never fill the form.', passes('P2D')],
      ['They come back.', wrote('hello again'), left()],
    ],
  },
  {
    name: 'erase',
    title: 'A conversation is erased',
    about: 'A tombstone without personal data stays, so that nothing late brings the conversation back.',
    scenes: [
      [
        'A customer with a name waits.',
        started({ customer: { externalId: 'u1', name: 'José', email: 'jose@example.com' } }),
        wrote('my secret'),
      ],
      ['Administration erases it, twice.', erased(), erased()],
      [
        'Late events, a repeated one too, and a wake-up.',
        wrote('hello?'),
        withId('e1', started()),
        accepted('ann'),
        passes('PT1H'),
      ],
    ],
  },
  {
    name: 'refusals',
    title: 'What is refused, and what changes nothing',
    about: 'A refusal is one record that changes nothing; a repeat is none.',
    given: { channel: {}, strictChannels: true },
    scenes: [
      ['Before there is a conversation.', wrote('hello?'), started({ channel: 'nowhere' })],
      ['', started()],
      ['No request yet, no bot, and nothing to say.', accepted('ann'), chose('yes'), wrote(' \n')],
      [
        'The longest text has 4096 characters; this has one more, of two UTF-16 units each.',
        wrote('👍'.repeat(4097)),
      ],
      [
        'An id with its body again, and with another.',
        withId('m1', wrote('help')),
        withId('m1', wrote('help')),
        withId('m1', wrote('HELP')),
      ],
      ['In the queue.', said('ann', 'hi'), filled({ name: 'José' }), accepted('ann', 'Ann', 3)],
      [
        'What cannot be understood holds nobody up.',
        filled({ name: 5 }),
        { ...wrote(''), payload: { txt: 'typo' } },
      ],
      ['Ended is ended.', left(), left(), wrote('one more thing')],
    ],
  },
  {
    name: 'bot-finds-an-order',
    title: 'The example company’s assistant finds an order',
    about:
      'Each step of a bot is a state; a call of an API is an effect, and its answer an event. The same bot hands over where it cannot help.',
    given: { channel: { bot: 'assistant' }, schedules: [paris], bots: [assistant] },
    scenes: [
      [
        'The assistant greets, in place of the channel’s response; the customer types what one of the options says.',
        started({ customer: { externalId: 'u1', name: 'José' } }),
        passes('PT5S'),
        wrote('where is my order?'),
      ],
      [
        'A text is kept while the form is open. What is wrong with the form is said.',
        wrote('the anvil'),
        filled({ email: 'josé@example.com', orderNumber: '4711/a' }),
      ],
      [
        'The details are enough to look. The call names a secret, and has none in it.',
        passes('PT20S'),
        filled({ email: 'jose@example.com', orderNumber: '4711/a' }),
      ],
      [
        'The API answers; a second answer to the same call changes nothing.',
        passes('PT1S'),
        answered(1, { status: 'on the lorry', day: 'Monday' }),
        answered(1, { status: 'lost', day: 'never' }),
      ],
      ['That does not help.', passes('PT10S'), chose('No'), passes('PT1M'), accepted('ann', 'Ann')],
      ['The assistant’s options are history now.', chose('Yes'), said('ann', 'Hi José, I see it.')],
    ],
  },
  {
    name: 'bot-fails-over',
    title: 'A bot elsewhere falls silent',
    about:
      'The channel’s response takes over where the customer is: nobody is stranded, and what the bot says later is refused.',
    given: {
      channel: {
        bot: 'helper',
        duringHours: { customerDetails: ['email'], followUpMessage: 'An agent will take over.' },
      },
      bots: [{ id: 'helper', external: { silence: 'PT30S' } }],
    },
    scenes: [
      [
        'The bot greets and asks.',
        started(),
        botDid('bot.message', { text: 'Hello, I’m the helper.' }),
        botDid('bot.options', { text: 'What is it about?', options: ['A bill', 'Something else'] }),
      ],
      ['The customer chooses; the bot has died.', passes('PT20S'), chose('A bill')],
      ['What they add does not buy it more time.', passes('PT20S'), wrote('Number 4711')],
      ['After thirty seconds the response asks for its details.', passes('PT10S')],
      [
        'The bot is back, too late.',
        passes('PT5S'),
        botDid('bot.message', { text: 'Sorry, here I am again.' }),
        filled({ email: 'jose@example.com' }),
        botDid('bot.handoff', {}),
      ],
      ['Ann takes it.', passes('PT1M'), accepted('ann', 'Ann')],
    ],
  },
]

import { type EventType, payloads } from '../../../schemas/conversation/event.ts'
import type { NatsRole } from '../../../schemas/roles.ts'
import { pascal } from './component-schemas.ts'

/** A subject of NATS that clients outside the engine use. */
export interface NatsChannel {
  /** Its key among the channels. */
  id: string
  /** The subject, with `{conversation}` and the like for its variable tokens. */
  address: string
  summary: string
  description?: string
  /** As frontdesk sees it. */
  action: 'receive' | 'send'
  /** The name of the schema of the body; absent: there is none. */
  schema?: string
  headers?: string
  /** The names of the schemas of the answers, where each message is a request. */
  answers?: string[]
  /** The accounts that may use it, besides the engine's. */
  roles: readonly NatsRole[]
  group: 'Events' | 'Records' | 'Requests' | 'Signals' | 'Configuration' | 'Questions'
}

/** The meaning of each event; the internal ones are not here: no role may publish them. */
const events: Partial<Record<EventType, string>> = {
  'session.started': 'A customer begins a conversation, on a channel.',
  'session.message': 'The customer writes.',
  'session.details': 'The customer fills in a form: an answer for each field, by its id.',
  'session.option': 'The customer chooses one of the options that were offered.',
  'session.identified': 'The customer has logged in with the company: the gateway has verified who they are.',
  'session.ended': 'The customer ends the conversation.',
  'session.active':
    'The customer is active. It counts for a minute: publish one a minute at most, without an id.',
  'session.rated': 'The customer rates the conversation after its end, once, within seven days.',
  'agent.accepted':
    'An agent accepts a request. Without `request` the present one; another number than the present one’s is refused (`stale_request`). A request keeps its number when it is released.',
  'agent.message': 'The agent writes.',
  'agent.released': 'The agent gives the request back to the queue, where it keeps its place.',
  'agent.ended': 'The agent ends the conversation.',
  'agent.transferred': 'The agent passes the request on to another agent or workspace.',
  'agent.noted': 'An agent notes something for other agents, in any state.',
  'agent.corrected': 'The agent corrects the customer’s name.',
  'agent.tagged': 'The agent replaces the request’s tags.',
  'agent.left': 'The agent has gone: what they have or are offered goes back to the queue.',
  'bot.message': 'The bot elsewhere whose turn it is writes.',
  'bot.options': 'The bot offers options. The one that is chosen comes as a message of the customer.',
  'bot.form':
    'The bot asks for details. All fields are required, and their types are those of `FormField`: any other form is a dead letter, which the bot is not told of.',
  'bot.handoff': 'The bot hands the conversation over to agents.',
  'bot.done': 'The bot ends the conversation.',
  'admin.erased': 'All data of the conversation is erased.',
}

const publishers: Record<string, NatsRole> = {
  session: 'widget',
  agent: 'workspace',
  bot: 'bot',
  admin: 'administration',
}

const inbox = (Object.keys(payloads) as EventType[]).flatMap((type): NatsChannel[] => {
  const summary = events[type]
  const role = publishers[type.split('.')[0] as string]
  if (summary === undefined || role === undefined) return []
  return [
    {
      id: type,
      address: `frontdesk.inbox.{conversation}.${type}`,
      summary,
      action: 'receive',
      schema: pascal(type),
      headers: 'EventHeaders',
      roles: [role],
      group: 'Events',
    },
  ]
})

const readers: readonly NatsRole[] = ['widget', 'workspace', 'inspector', 'bot']
const read =
  'Each answer is a stored message with its headers; the last one has no body, and status 204 with `Nats-Num-Pending`, or 404 where there is nothing. 400: the read is not allowed; 503: no engine and no notifier runs; 504: the stream does not answer. Try the last two again.'

const records: NatsChannel[] = [
  {
    id: 'live',
    address: 'frontdesk.live.{conversation}',
    summary: 'A record: everything that follows from one event.',
    description:
      'Published once it is stored, at most once to a subscriber. If `Nats-Last-Sequence` is not the last sequence that you have seen, read what you missed from the stream (`readRecords`), also after each reconnect. An external bot answers a record with the field `bot`.',
    action: 'send',
    schema: 'ConversationRecord',
    headers: 'RecordHeaders',
    roles: readers,
    group: 'Records',
  },
  {
    id: 'readRecords',
    address: '$JS.API.DIRECT.GET.CONVERSATIONS',
    summary: 'Reads stored records: those of `frontdesk.conversation.<conversation>`, from a sequence on.',
    description: read,
    action: 'receive',
    schema: 'DirectGet',
    answers: ['ConversationRecord'],
    roles: readers,
    group: 'Records',
  },
  {
    id: 'lastRecord',
    address: '$JS.API.DIRECT.GET.CONVERSATIONS.frontdesk.conversation.{conversation}',
    summary: 'Reads the last record of a conversation.',
    action: 'receive',
    answers: ['ConversationRecord'],
    roles: readers,
    group: 'Records',
  },
]

const requests: NatsChannel[] = [
  {
    id: 'notifications',
    address: 'frontdesk.workspace.{workspace}.request.{action}',
    summary: 'A workspace is told what became of a request.',
    description:
      'To a role it is a plain message: at most once. To miss nothing, follow the requests themselves (`changedRequests`, `readRequests`). With the engine’s account the stream WORKSPACE has the notifications of 30 days.',
    action: 'send',
    schema: 'Notification',
    headers: 'NotificationHeaders',
    roles: ['workspace'],
    group: 'Requests',
  },
  {
    id: 'changedRequests',
    address: 'frontdesk.changed.frontdesk_requests.{workspace}.{conversation}',
    summary: 'The new state of a request, once it is stored.',
    description: 'Of two states of a request, the one with the higher `record` is newer.',
    action: 'send',
    schema: 'OpenRequest',
    headers: 'ChangeHeaders',
    roles: ['workspace'],
    group: 'Requests',
  },
  {
    id: 'readRequests',
    address: '$JS.API.DIRECT.GET.KV_frontdesk_requests',
    summary: 'Reads requests: those of `$KV.frontdesk_requests.<workspace>.*`.',
    description: read,
    action: 'receive',
    schema: 'DirectGet',
    answers: ['OpenRequest'],
    roles: ['workspace'],
    group: 'Requests',
  },
  {
    id: 'readNotifications',
    address: '$JS.API.DIRECT.GET.WORKSPACE',
    summary: 'Reads the notifications of the last 30 days.',
    description: read,
    action: 'receive',
    schema: 'DirectGet',
    answers: ['Notification'],
    roles: ['workspace'],
    group: 'Requests',
  },
]

const signals: NatsChannel[] = [
  {
    id: 'queue',
    address: 'frontdesk.queue.{conversation}',
    summary: 'The place of a waiting conversation, whenever it changes.',
    action: 'send',
    schema: 'QueuePlace',
    roles: ['widget'],
    group: 'Signals',
  },
  {
    id: 'position',
    address: 'frontdesk.position.{conversation}',
    summary: 'Asks for the present place of a conversation in its queue.',
    action: 'receive',
    answers: ['QueuePlace'],
    roles: ['widget'],
    group: 'Signals',
  },
  {
    id: 'customerPresence',
    address: 'frontdesk.presence.{conversation}.customer',
    summary: 'Whether the customer is there: by a widget gateway, on change and every 30 s.',
    description: 'The last message holds; a customer of whom nothing was heard for 75 s is gone.',
    action: 'receive',
    schema: 'CustomerPresence',
    roles: ['widget', 'workspace'],
    group: 'Signals',
  },
  {
    id: 'deskPresence',
    address: 'frontdesk.desk.{workspace}',
    summary: 'Whether an agent is there, at one desk: by each desk, on change and every 10 s.',
    description: 'A desk of which nothing was heard for 30 s is gone.',
    action: 'receive',
    schema: 'DeskPresence',
    roles: ['workspace'],
    group: 'Signals',
  },
  {
    id: 'team',
    address: 'frontdesk.team.{workspace}',
    summary: 'The agents of a workspace who are there, when they change.',
    action: 'send',
    schema: 'Team',
    roles: ['workspace'],
    group: 'Signals',
  },
  {
    id: 'roster',
    address: 'frontdesk.roster.{workspace}',
    summary: 'Asks for the agents of a workspace who are there now.',
    action: 'receive',
    answers: ['Team'],
    roles: ['workspace'],
    group: 'Signals',
  },
  ...(['customer', 'agent'] as const).map(
    (party): NatsChannel => ({
      id: `${party}Typing`,
      address: `frontdesk.typing.{conversation}.${party}`,
      summary: `The ${party} is typing; counts for 5 s.`,
      action: 'receive',
      schema: 'Typist',
      roles: ['widget', 'workspace'],
      group: 'Signals',
    }),
  ),
]

const documents = ['channel', 'schedule', 'calendar', 'bot', 'workspace', 'reply', 'webhook'].flatMap(
  (kind): NatsChannel[] => [
    {
      id: `${kind}Document`,
      address: `$KV.frontdesk_config.${kind}.{id}`,
      summary: `Stores or deletes a ${kind}.`,
      description:
        'Acknowledged by JetStream with its revision, the `seq`. Prefer the gateway’s HTTP, which checks the document: workers pass over one that is not valid.',
      action: 'receive',
      schema: pascal(kind),
      headers: 'DocumentHeaders',
      roles: ['administration'],
      group: 'Configuration',
    },
    {
      id: `${kind}Changed`,
      address: `frontdesk.changed.frontdesk_config.${kind}.{id}`,
      summary: `A ${kind} was stored or deleted.`,
      action: 'send',
      schema: pascal(kind),
      headers: 'ChangeHeaders',
      roles: ['administration'],
      group: 'Configuration',
    },
  ],
)

const question = (
  id: string,
  summary: string,
  schema: string | undefined,
  answer: string | undefined,
  ...roles: NatsRole[]
): NatsChannel => ({
  id: `${id}Question`,
  address: `frontdesk.inspection.${id}`,
  summary,
  description: 'A notifier answers, or refuses with `{code, message}`.',
  action: 'receive',
  ...(schema !== undefined && { schema }),
  answers: [...(answer === undefined ? [] : [answer]), 'NotifierRefusal'],
  roles,
  group: 'Questions',
})

const questions: NatsChannel[] = [
  question(
    'numbers',
    'Asks how long customers waited.',
    'NumbersQuestion',
    'NumbersAnswer',
    'workspace',
    'inspector',
  ),
  question(
    'search',
    'Finds conversations of workspaces.',
    'SearchQuestion',
    'SearchAnswer',
    'workspace',
    'inspector',
  ),
  question(
    'own',
    'Asks for the conversations of a customer.',
    'OwnConversationsQuestion',
    'OwnConversationsAnswer',
    'workspace',
    'inspector',
  ),
  question('find', 'Finds conversations for engineers.', 'FindQuestion', 'FindAnswer', 'inspector'),
  question('stuck', 'Asks for the conversations that wait longest.', undefined, 'StuckAnswer', 'inspector'),
  question('refusals', 'Counts refusals.', 'RefusalsQuestion', 'RefusalsAnswer', 'inspector'),
  question('deadletters', 'Lists dead letters.', undefined, 'DeadLettersAnswer', 'inspector'),
  question('deadletter', 'Reads a dead letter.', 'DeadLetterQuestion', 'DeadLetterAnswer', 'inspector'),
  question('requeue', 'Publishes a dead letter again.', 'DeadLetterQuestion', undefined, 'inspector'),
  question('discard', 'Removes a dead letter.', 'DeadLetterQuestion', undefined, 'inspector'),
  {
    id: 'audit',
    address: 'frontdesk.audit.{action}',
    summary: 'Notes what a person is about to do, for those who have to answer for it.',
    action: 'receive',
    schema: 'AuditEntry',
    roles: ['administration', 'inspector'],
    group: 'Questions',
  },
]

/** Every subject for clients outside the engine, by group. */
export const natsChannels: readonly NatsChannel[] = [
  ...inbox,
  ...records,
  ...requests,
  ...signals,
  ...documents,
  ...questions,
]

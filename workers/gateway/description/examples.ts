/** Examples of what is sent, by the name of its schema. A test holds each against its schema. */

const at = '2026-06-05T15:00:00.000Z'
const conversation = 'c2'
const clientId = '6f1c1d0e-9a51-4c9e-8b1f-5d0a4be7f3f1'
const ann = { id: 'ann', name: 'Ann' }
const customer = { name: 'Camille', email: 'camille@example.com', externalId: null, verified: false }
const attachment = { id: 'YkZ3c1Q', name: 'receipt.pdf', type: 'application/pdf', size: 48_213 }
const ended = { state: 'ended', request: 1, agent: ann, reason: 'customer' }

const greeting = {
  id: 'c2.41.1',
  author: { type: 'bot' },
  type: 'form',
  text: 'Hello! Please tell us how we can reach you.',
  fields: [{ id: 'email', label: 'E-mail', type: 'email', required: true }],
}

const request = {
  workspace: 'main',
  conversation,
  request: 1,
  record: 118,
  at,
  queuedAt: at,
  channel: 'web',
  locale: 'en',
  hours: 'during',
  opensAt: null,
  customer,
  need: 'My order has not arrived',
  tags: ['orders'],
}

const events = {
  SessionStarted: { channel: 'web', locale: 'en', page: { url: 'https://shop.example/orders' } },
  SessionMessage: { text: 'My order has not arrived', clientId },
  SessionDetails: { name: 'Camille', email: 'camille@example.com' },
  SessionOption: { option: 'Orders' },
  SessionIdentified: { customer: { externalId: '4711', name: 'Camille', email: 'camille@example.com' } },
  SessionEnded: {},
  SessionActive: {},
  SessionRated: { score: 5, text: 'Thank you!' },
  AgentAccepted: { agent: ann, request: 1 },
  AgentMessage: { agent: { id: 'ann' }, text: 'I am looking into it.' },
  AgentReleased: { agent: { id: 'ann' }, reason: 'End of my shift' },
  AgentEnded: { agent: { id: 'ann' } },
  AgentTransferred: { agent: { id: 'ann' }, to: { workspace: 'billing' }, note: 'Asks for an invoice' },
  AgentNoted: { agent: ann, text: 'Has ordered twice' },
  AgentCorrected: { agent: { id: 'ann' }, name: 'Camille Martin' },
  AgentTagged: { agent: { id: 'ann' }, tags: ['orders', 'late'] },
  AgentLeft: { agent: { id: 'ann' } },
  BotMessage: { text: 'One moment, please.' },
  BotOptions: { text: 'What is it about?', options: ['Orders', 'Invoices'] },
  BotForm: {
    text: 'Which order?',
    fields: [{ id: 'order', label: 'Order number', type: 'text', required: true }],
  },
  BotHandoff: { text: 'An agent will help you.', tags: ['orders'] },
  BotDone: { text: 'Goodbye!' },
  AdminErased: {},
}

const nats = {
  EventHeaders: { 'Nats-Msg-Id': clientId },
  RecordHeaders: { 'Nats-Sequence': '118', 'Nats-Last-Sequence': '96' },
  NotificationHeaders: { 'Nats-Msg-Id': 'c2.118.1' },
  ChangeHeaders: { 'Nats-Sequence': '12' },
  DocumentHeaders: { 'Nats-Expected-Last-Subject-Sequence': '12' },
  ConversationRecord: {
    at,
    event: { id: clientId, type: 'session.started', seq: 41 },
    outcome: 'applied',
    messages: [greeting],
    status: { state: 'collectingDetails' },
    state: {},
  },
  Notification: { ...request, action: 'created' },
  OpenRequest: { ...request, state: 'waiting' },
  DirectGet: { seq: 97, next_by_subj: 'frontdesk.conversation.c2', batch: 100 },
  CustomerPresence: { state: 'here', at, gateway: 'gw-1' },
  DeskPresence: { desk: 'd-81f2', agent: ann, state: 'online' },
  Team: {
    agents: [{ ...ann, state: 'online', accepted: 2, offered: 0 }],
    waiting: 5,
    workspaces: [{ id: 'billing', online: 3, waiting: 1 }],
  },
  Typist: { name: 'Ann' },
  QueuePlace: { position: 2, waiting: 5, waitSeconds: 240 },
  NumbersQuestion: { workspaces: ['main'], days: 7 },
  SearchQuestion: { workspaces: ['main'], text: 'invoice', limit: 20 },
  OwnConversationsQuestion: { externalId: '4711', limit: 20 },
  FindQuestion: { state: 'queued', limit: 50 },
  RefusalsQuestion: { since: at },
  DeadLetterQuestion: { seq: 7 },
  AuditEntry: {
    by: { id: 'admin', name: 'Administrator', role: 'administrator' },
    on: { kind: 'channel', id: 'web', revision: 12 },
  },
}

const documents = {
  Channel: { id: 'web', schedule: 'office', timeouts: { unanswered: 'PT2M' } },
  Schedule: {
    id: 'office',
    timeZone: 'Europe/Paris',
    intervals: [{ start: 1980, end: 2460 }],
    holidays: ['calendar.france'],
  },
  Calendar: {
    id: 'france',
    holidays: [{ name: 'Noël', startDate: '2026-12-25', endDate: '2026-12-25', yearly: true }],
  },
  Bot: { id: 'assistant', external: { silence: 'PT30S' } },
  Workspace: { id: 'main', routing: 'assigned', capacity: 3 },
  Webhook: {
    id: 'crm',
    url: 'https://crm.example.com/hooks/frontdesk',
    secret: 'crm',
    actions: ['created', 'ended'],
  },
  Reply: { id: 'thanks', title: 'Thanks', text: 'Thank you for waiting, {{customer.name}}.' },
}

const widget = {
  WidgetHello: { type: 'hello', channel: 'web', locale: 'en' },
  WidgetMessage: { type: 'message', clientId, text: 'My order has not arrived' },
  WidgetDetails: { type: 'details', clientId, details: { email: 'camille@example.com' } },
  WidgetOption: { type: 'option', clientId, option: 'Orders' },
  WidgetEnd: { type: 'end', clientId },
  WidgetRate: { type: 'rate', clientId, score: 5 },
  WidgetTyping: { type: 'typing' },
  WidgetPresence: { type: 'presence', state: 'away' },
  WidgetLogin: { type: 'login', token: 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.eyJ9.sig' },
  WidgetLogout: { type: 'logout' },
  WidgetConversations: { type: 'conversations' },
  WidgetContinue: { type: 'continue', conversation },
  WidgetPing: { type: 'ping' },
  ToWidgetWelcome: { type: 'welcome', session: 'eyJ…', conversation, customer: null },
  ToWidgetRecord: {
    type: 'record',
    sequence: 118,
    at,
    messages: [greeting],
    status: { state: 'collectingDetails' },
  },
  ToWidgetRejected: {
    type: 'rejected',
    sequence: 119,
    at,
    clientId,
    code: 'details_invalid',
    message: 'email: is not an e-mail address',
    fields: { email: 'email_invalid' },
  },
  ToWidgetReady: { type: 'ready' },
  ToWidgetStored: { type: 'stored', clientId },
  ToWidgetQueue: { type: 'queue', position: 2, waiting: 5, waitSeconds: 240 },
  ToWidgetTyping: { type: 'typing', agent: { name: 'Ann' } },
  ToWidgetLogin: { type: 'login', ok: false, code: 'login_expired', message: 'exp has passed' },
  ToWidgetConversations: {
    type: 'conversations',
    conversations: [{ conversation, state: 'ended', at, text: 'My order has not arrived' }],
    isComplete: true,
  },
  ToWidgetSession: { type: 'session', conversation, session: 'eyJ…' },
  ToWidgetError: { type: 'error', code: 'frame_invalid', message: 'is missing', clientId, field: 'text' },
  ToWidgetPong: { type: 'pong' },
}

const desk = {
  DeskOpen: { type: 'open', conversation, after: 0 },
  DeskClose: { type: 'close', conversation },
  DeskAccept: { type: 'accept', conversation, clientId, request: 1 },
  DeskMessage: { type: 'message', conversation, clientId, text: 'I am looking into it.' },
  DeskRelease: { type: 'release', conversation, clientId, reason: 'End of my shift' },
  DeskEnd: { type: 'end', conversation, clientId },
  DeskTransfer: { type: 'transfer', conversation, clientId, to: { agent: { id: 'ben' } } },
  DeskNote: { type: 'note', conversation, clientId, text: 'Has ordered twice' },
  DeskCorrect: { type: 'correct', conversation, clientId, name: 'Camille Martin' },
  DeskTag: { type: 'tag', conversation, clientId, tags: ['orders'] },
  DeskTyping: { type: 'typing', conversation },
  DeskState: { type: 'state', state: 'away' },
  DeskLeave: { type: 'leave' },
  DeskPing: { type: 'ping' },
  ToDeskWelcome: { type: 'welcome', agent: ann, workspace: 'main' },
  ToDeskRequest: { type: 'request', request: { ...request, state: 'waiting' } },
  ToDeskGone: { type: 'gone', conversation },
  ToDeskReady: { type: 'ready' },
  ToDeskRecord: { type: 'record', conversation, sequence: 131, at, status: ended },
  ToDeskStored: { type: 'stored', conversation, clientId },
  ToDeskRejected: {
    type: 'rejected',
    conversation,
    clientId,
    code: 'already_accepted',
    message: 'another agent has accepted it',
    agent: { id: 'ben', name: 'Ben' },
  },
  ToDeskTyping: { type: 'typing', conversation },
  ToDeskPresence: { type: 'presence', conversation, state: 'here', at },
  ToDeskTeam: { type: 'team', ...nats.Team },
  ToDeskReplies: {
    type: 'replies',
    replies: [{ id: 'thanks', title: 'Thanks', text: 'Thank you for waiting.' }],
  },
  ToDeskLeft: { type: 'left' },
  ToDeskError: {
    type: 'error',
    code: 'unknown_conversation',
    message: 'this workspace has no request of this conversation',
    conversation,
  },
  ToDeskPong: { type: 'pong' },
}

const wireHead = {
  rootId: conversation,
  sessionId: conversation,
  createdAt: '1780671600000',
  _version: '0.7.2',
}
const snapshot = { status: 'active', value: 'queued', context: {} }
const stately = {
  ToStatelyXstateActor: {
    ...wireHead,
    id: '41.actor',
    type: '@xstate.actor',
    name: conversation,
    definition: '{"id":"messagingResponse"}',
    snapshot,
  },
  ToStatelyError: { type: 'error', code: 'sign_in_needed', message: 'sign in again' },
  ToStatelyXstateEvent: {
    ...wireHead,
    id: '41.event',
    type: '@xstate.event',
    event: { type: 'session.message', text: '•••' },
  },
  ToStatelyXstateSnapshot: {
    ...wireHead,
    id: '41.snapshot',
    type: '@xstate.snapshot',
    event: { type: 'session.message' },
    snapshot,
  },
}

const http = {
  Attachment: attachment,
  SignInQuestion: { code: 'N1xk…' },
  SignInAnswer: { ...ann, roles: ['agent'] },
  HealthAnswer: { status: 'ok' },
  HoursQuestion: { schedule: documents.Schedule, at },
  BotQuestion: { text: 'id: assistant\nexternal: {silence: PT30S}\n' },
  NewKey: { name: 'shop.example' },
  PersonQuestion: { id: 'ann' },
  TicketQuestion: { conversation, reveal: false },
  WhatIfQuestion: { after: 41, events: [{ type: 'next timer' }] },
  Invalid: {
    code: 'invalid',
    message: 'some fields are not valid',
    problems: [{ path: ['timeZone'], code: 'required', message: 'is missing' }],
  },
}

export const examples: Record<string, [object]> = Object.fromEntries(
  Object.entries({ ...events, ...nats, ...documents, ...widget, ...desk, ...stately, ...http }).map(
    ([name, example]) => [name, [example]],
  ),
)

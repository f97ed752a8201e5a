import { kinds } from '../../../schemas/configuration/document.ts'
import type { HttpOperation, Parameter } from './http-operation.ts'

const of = '/v1/admin'
const kind: Parameter = {
  name: 'kind',
  in: 'path',
  description: 'The kind of the document.',
  schema: { enum: [...kinds] },
}
const ifMatch: Parameter = {
  name: 'if-match',
  in: 'header',
  description: 'The revision that was edited, in quotes: `"12"`.',
}
const administrator = { tag: 'Administration', senders: ['administrator'] } as const

/** A question about a document that need not be stored: a body, an answer, nothing else. */
function question(path: string, id: string, summary: string, body: string, answer: string): HttpOperation {
  return {
    ...administrator,
    method: 'post',
    path: of + path,
    id,
    summary,
    body,
    answers: [{ status: 200, description: 'Nothing is stored.', schema: answer }],
    refusals: ['busy'],
  }
}

export const administratorOperations: HttpOperation[] = [
  {
    ...administrator,
    method: 'get',
    path: `${of}/configuration`,
    id: 'listDocuments',
    summary: 'All documents of the configuration.',
    answers: [{ status: 200, description: 'With the last change of each.', schema: 'StoredDocumentsAnswer' }],
  },
  {
    ...administrator,
    method: 'put',
    path: `${of}/configuration/{kind}/{id}`,
    id: 'saveDocument',
    summary: 'Saves a document.',
    description:
      'Of the kind `channel` it is a `Channel`, and so on. `If-Match` or `If-None-Match: *` is needed. A repeat of what is stored already is answered as the first time.',
    parameters: [
      kind,
      ifMatch,
      { name: 'if-none-match', in: 'header', description: '`*`: the document is new.' },
    ],
    body: 'Document',
    answers: [{ status: 200, description: 'Saved.', schema: 'SavedAnswer' }],
    refusals: ['not_found', 'revision_needed', 'changed_meanwhile'],
  },
  {
    ...administrator,
    method: 'delete',
    path: `${of}/configuration/{kind}/{id}`,
    id: 'deleteDocument',
    summary: 'Deletes a document.',
    parameters: [kind, ifMatch],
    answers: [
      { status: 200, description: 'Deleted; with those that referred to it.', schema: 'DeletedAnswer' },
    ],
    refusals: ['origin_refused', 'not_found', 'revision_needed', 'changed_meanwhile'],
  },
  {
    ...administrator,
    method: 'get',
    path: `${of}/configuration/{kind}/{id}/revisions`,
    id: 'listRevisions',
    summary: 'The last 20 changes of a document, the latest first.',
    parameters: [kind],
    answers: [
      { status: 200, description: '`document` is `null` where it was deleted.', schema: 'RevisionsAnswer' },
    ],
    refusals: ['not_found'],
  },
  {
    ...administrator,
    method: 'get',
    path: `${of}/changes`,
    id: 'followChanges',
    summary: 'Follows the changes of documents.',
    description: 'Server-sent events, each with the JSON of a `ChangedDocument`.',
    answers: [
      { status: 200, description: 'The events.', type: 'text/event-stream', schema: 'ChangedDocument' },
    ],
  },
  question(
    '/hours',
    'askHours',
    'Whether a schedule is open, and when next.',
    'HoursQuestion',
    'HoursAnswer',
  ),
  question(
    '/preview',
    'previewChannel',
    'What customers of a channel read.',
    'PreviewQuestion',
    'PreviewAnswer',
  ),
  question(
    '/check-bot',
    'checkBot',
    'Reads the text of a bot: the bot, or its problems.',
    'BotQuestion',
    'CheckedBot',
  ),
  question(
    '/preview-bot',
    'previewBot',
    'A conversation with a bot.',
    'BotPreviewQuestion',
    'BotPreviewAnswer',
  ),
  question('/draw-bot', 'drawBot', 'Draws a bot as a statechart.', 'BotDrawingQuestion', 'BotDrawingAnswer'),
  question(
    '/import/ics',
    'importIcs',
    'Makes a calendar of an iCalendar file.',
    'IcsQuestion',
    'CalendarImport',
  ),
  question(
    '/import/zendesk-schedules',
    'importZendeskSchedules',
    'Makes schedules of a response of the Zendesk Schedules API.',
    'Anything',
    'ImportAnswer',
  ),
  {
    ...administrator,
    method: 'get',
    path: `${of}/keys`,
    id: 'listKeys',
    summary: 'The keys that sign customers’ logins.',
    answers: [{ status: 200, description: 'Without their secrets.', schema: 'KeysAnswer' }],
  },
  {
    ...administrator,
    method: 'post',
    path: `${of}/keys`,
    id: 'createKey',
    summary: 'Makes a key.',
    body: 'NewKey',
    answers: [
      { status: 201, description: 'The only time that the secret is shown.', schema: 'NewKeyAnswer' },
    ],
    refusals: ['too_many_keys'],
  },
  {
    ...administrator,
    method: 'delete',
    path: `${of}/keys/{kid}`,
    id: 'revokeKey',
    summary: 'Revokes a key: tokens that are signed with it are refused.',
    answers: [{ status: 204, description: 'Revoked.' }],
    refusals: ['origin_refused', 'not_found'],
  },
  {
    ...administrator,
    method: 'get',
    path: `${of}/people`,
    id: 'listPeople',
    summary: 'The people who have signed in, or were at a desk, in the last 90 days.',
    answers: [{ status: 200, description: 'Those who are at a desk now included.', schema: 'PeopleAnswer' }],
  },
  {
    ...administrator,
    method: 'post',
    path: `${of}/people/sign-out`,
    id: 'signOutPerson',
    summary: 'Ends all sign-ins of a person.',
    body: 'PersonQuestion',
    answers: [{ status: 204, description: 'Ended.' }],
  },
  {
    ...administrator,
    method: 'get',
    path: `${of}/audit`,
    id: 'readAudit',
    summary: 'Who changed, revealed, erased or exported what, the latest first.',
    query: 'AuditQuestion',
    answers: [{ status: 200, description: 'A page of the log.', schema: 'AuditAnswer' }],
    refusals: ['invalid'],
  },
  {
    ...administrator,
    method: 'get',
    path: `${of}/audit.csv`,
    id: 'readAuditCsv',
    summary: 'The same as CSV.',
    query: 'AuditQuestion',
    answers: [{ status: 200, description: 'A file.', type: 'text/csv' }],
    refusals: ['invalid'],
  },
]

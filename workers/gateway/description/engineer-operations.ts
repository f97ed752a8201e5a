import type { HttpOperation, Parameter } from './http-operation.ts'

const of = '/v1/inspector'
const engineer = { tag: 'Inspector', senders: ['engineer'] } as const
const reveal: Parameter = {
  name: 'reveal',
  in: 'query',
  description: '`1` shows what customers and agents wrote; it is logged.',
}
const seq: Parameter = {
  name: 'seq',
  in: 'path',
  description: 'Its sequence in the stream.',
  schema: { type: 'integer', minimum: 1 },
}

export const engineerOperations: HttpOperation[] = [
  {
    ...engineer,
    method: 'get',
    path: `${of}/conversations`,
    id: 'findConversations',
    summary: 'Finds conversations, the latest first.',
    query: 'FindQuestion',
    answers: [{ status: 200, description: 'What is known so far.', schema: 'FindAnswer' }],
    refusals: ['invalid', 'busy', 'too_large'],
  },
  {
    ...engineer,
    method: 'get',
    path: `${of}/stuck`,
    id: 'findStuck',
    summary: 'The conversations that have waited longest in each state.',
    answers: [{ status: 200, description: 'What is known so far.', schema: 'StuckAnswer' }],
    refusals: ['busy', 'too_large'],
  },
  {
    ...engineer,
    method: 'get',
    path: `${of}/refusals`,
    id: 'countRefusals',
    summary: 'The most frequent refusals of events.',
    query: 'RefusalsQuestion',
    answers: [{ status: 200, description: 'What is known so far.', schema: 'RefusalsAnswer' }],
    refusals: ['invalid', 'busy', 'too_large'],
  },
  {
    ...engineer,
    method: 'get',
    path: `${of}/dead-letters`,
    id: 'listDeadLetters',
    summary: 'The latest dead letters: events that could not be read or applied.',
    answers: [{ status: 200, description: 'Without headers and bodies.', schema: 'DeadLettersAnswer' }],
    refusals: ['busy', 'too_large'],
  },
  {
    ...engineer,
    method: 'get',
    path: `${of}/dead-letters/{seq}`,
    id: 'readDeadLetter',
    summary: 'A dead letter.',
    parameters: [seq, reveal],
    answers: [{ status: 200, description: 'With the first 64 KiB of its body.', schema: 'DeadLetterAnswer' }],
    refusals: ['invalid', 'not_found', 'busy', 'too_large'],
  },
  ...(['requeue', 'discard'] as const).map(
    (act): HttpOperation => ({
      ...engineer,
      method: 'post',
      path: `${of}/dead-letters/{seq}/${act}`,
      id: `${act}DeadLetter`,
      summary:
        act === 'requeue' ? 'Publishes a dead letter again, and removes it.' : 'Removes a dead letter.',
      parameters: [seq],
      answers: [{ status: 204, description: 'Done.' }],
      refusals: ['origin_refused', 'invalid', 'not_found', 'no_address', 'busy', 'not_json'],
    }),
  ),
  {
    ...engineer,
    method: 'get',
    path: `${of}/conversations/{id}/steps`,
    id: 'followSteps',
    summary: 'Follows what events did to a conversation, from its beginning.',
    description:
      'Server-sent events, each with the JSON of an `InspectorFrame`, until the sign-in ends. `Last-Event-ID`, or `after`, is the `seq` to go on behind.',
    parameters: [
      reveal,
      {
        name: 'after',
        in: 'query',
        description: 'The sequence to go on behind.',
        schema: { type: 'integer' },
      },
      { name: 'last-event-id', in: 'header', description: 'As `after`: browsers send it.' },
    ],
    answers: [
      { status: 200, description: 'The events.', type: 'text/event-stream', schema: 'InspectorFrame' },
    ],
    refusals: ['not_found', 'too_many'],
  },
  {
    ...engineer,
    method: 'get',
    path: `${of}/conversations/{id}/steps/{seq}`,
    id: 'readStep',
    summary: 'The whole context before and after an event.',
    parameters: [seq, reveal],
    answers: [{ status: 200, description: 'Masked unless it is revealed.', schema: 'StepAnswer' }],
    refusals: ['not_found'],
  },
  {
    ...engineer,
    method: 'post',
    path: `${of}/conversations/{id}/what-if`,
    id: 'whatIf',
    summary: 'What would have become of a conversation with other events; nothing is stored.',
    parameters: [reveal],
    body: 'WhatIfQuestion',
    answers: [{ status: 200, description: 'A step for each event.', schema: 'WhatIfAnswer' }],
    refusals: ['not_found', 'no_machine'],
  },
  {
    ...engineer,
    method: 'get',
    path: `${of}/machines/{name}/drawing`,
    id: 'drawMachine',
    summary: 'A machine as a drawing.',
    parameters: [{ name: 'name', in: 'path', description: '`<id>@<version>`' }],
    answers: [{ status: 200, description: 'The drawing.', schema: 'Drawing' }],
    refusals: ['not_found', 'not_drawn'],
  },
  {
    ...engineer,
    method: 'post',
    path: `${of}/tickets`,
    id: 'createTicket',
    summary: 'Lets a program without a cookie follow one conversation.',
    body: 'TicketQuestion',
    answers: [{ status: 200, description: 'Valid for 10 minutes, at this gateway.', schema: 'TicketAnswer' }],
  },
]

import { describe, expect, test } from 'vitest'
import type { Message } from '../../schemas/conversation/record.ts'
import type { CustomerEvent, GatewayFrame, RecordFrame } from '../../schemas/protocol/widget.ts'
import { fold, nothingShown, type ShownConversation, send } from '../../workers/client/conversation.ts'

const at = '2026-06-05T14:00:00.000Z'
const fields = [{ id: 'email', label: 'Email', type: 'email' as const, required: true as const }]

function messageOf(author: Message['author']['type'], text: string, more: Partial<Message> = {}): Message {
  return { id: text, author: { type: author }, type: 'text', text, ...more }
}

function record(sequence: number, more: Partial<RecordFrame> = {}): RecordFrame {
  return { type: 'record', sequence, at, ...more }
}

function foldAll(...frames: GatewayFrame[]): ShownConversation {
  return frames.reduce(fold, nothingShown)
}

const message = (clientId: string, text = clientId): CustomerEvent => ({ type: 'message', clientId, text })
const texts = ({ lines }: ShownConversation) => lines.map(({ text }) => text)

const asked = record(5, {
  messages: [messageOf('bot', 'How to reach you:', { type: 'form', fields })],
  status: { state: 'collectingDetails' },
})

describe('a message', () => {
  test('is shown once, in the order of the records', () => {
    const first = record(3, { messages: [messageOf('bot', 'Hi'), messageOf('customer', 'help')] })
    const second = record(7, { messages: [messageOf('agent', 'Hello')] })
    expect(texts(foldAll(first, second, first, second))).toEqual(['Hi', 'help', 'Hello'])
  })

  test('of the customer’s is shown last, until its own record replaces it', () => {
    const sent = send(send(foldAll(record(1)), message('a'), at), message('b'), at)
    const stored = fold(sent, { type: 'stored', clientId: 'a' })
    expect(stored.sent.map(({ isStored }) => isStored)).toEqual([true, false])
    const shown = fold(stored, record(2, { clientId: 'a', messages: [messageOf('customer', 'a')] }))
    expect(texts(shown)).toEqual(['a'])
    expect(shown.sent.map(({ event }) => event.clientId)).toEqual(['b'])
  })

  test('that is refused stays on the screen, marked', () => {
    const refused = fold(send(nothingShown, message('a'), at), {
      type: 'rejected',
      sequence: 2,
      at,
      clientId: 'a',
      code: 'too_long',
      message: '',
      limit: 4096,
    })
    expect(refused.sent).toMatchObject([{ refused: 'too_long' }])
  })

  test('is still pending while NATS is unavailable', () => {
    const sent = send(nothingShown, message('a'), at)
    const error = { type: 'error', message: '', clientId: 'a' } as const
    expect(fold(sent, { ...error, code: 'unavailable' })).toEqual(sent)
    expect(fold(sent, { ...error, code: 'frame_invalid' }).sent).toMatchObject([{ refused: 'frame_invalid' }])
  })
})

describe('a form', () => {
  test('is open while details are collected', () => {
    expect(foldAll(asked).form).toEqual(fields)
    expect(foldAll(asked, record(6, { messages: [messageOf('customer', 'wait')] })).form).toEqual(fields)
    expect(foldAll(asked, record(6, { status: { state: 'queued' } })).form).toEqual([])
  })

  test('leaves what was filled into it as a text of the customer, before what follows', () => {
    const followUp = messageOf('bot', 'Thanks')
    const details = { email: 'a@example.com', name: 'Known before' }
    const filled = foldAll(asked, record(6, { details, messages: [followUp], status: { state: 'queued' } }))
    expect(filled.lines.slice(-2)).toMatchObject([
      { author: { type: 'customer' }, text: 'Email: a@example.com' },
      { author: { type: 'bot' }, text: 'Thanks' },
    ])
    expect(filled.form).toEqual([])
  })

  test('shows its errors until it is sent again', () => {
    const refused = foldAll(asked, {
      type: 'rejected',
      sequence: 6,
      at,
      clientId: 'a',
      code: 'details_invalid',
      message: '',
      fields: { email: 'email_accented' },
    })
    expect(refused.fieldErrors).toEqual({ email: 'email_accented' })
    expect(refused.form).toEqual(fields)
    expect(send(refused, { type: 'details', clientId: 'b', details: {} }, at).fieldErrors).toEqual({})
  })
})

describe('a bot’s form', () => {
  const form = record(5, {
    messages: [messageOf('bot', 'Which order?', { type: 'form', fields })],
    status: { state: 'bot' },
  })

  test('stays open while the customer writes, until it is filled in', () => {
    expect(foldAll(form).form).toEqual(fields)
    const wrote = foldAll(form, record(6, { clientId: 'a', messages: [messageOf('customer', 'a moment')] }))
    expect(wrote.form).toEqual(fields)
    expect(fold(wrote, record(7, { clientId: 'b', details: { email: 'a@example.com' } })).form).toEqual([])
  })

  test('stays open until the bot’s next message', () => {
    expect(foldAll(form, record(6, { messages: [messageOf('bot', 'Never mind.')] })).form).toEqual([])
    const another = [{ ...fields[0], id: 'order' }] as typeof fields
    const asked = record(6, { messages: [messageOf('bot', 'And?', { type: 'form', fields: another })] })
    expect(foldAll(form, asked).form).toEqual(another)
  })

  test('closes when the bot hands over', () => {
    expect(foldAll(form, record(6, { status: { state: 'queued', request: 1 } })).form).toEqual([])
  })
})

test('options can be chosen until the next message; a notice does not count', () => {
  const offered = foldAll(
    record(1, { messages: [messageOf('bot', 'Which?', { type: 'options', options: ['A'] })] }),
  )
  expect(offered.options).toEqual(['A'])
  const notice = messageOf('system', 'Ann has joined.', { type: 'notice' })
  expect(fold(offered, record(2, { messages: [notice] })).options).toEqual(['A'])
  expect(fold(offered, record(2, { messages: [messageOf('customer', 'A')] })).options).toEqual([])
})

test('the place in the queue disappears when the wait ends', () => {
  const waiting = foldAll(record(1, { status: { state: 'queued' } }), {
    type: 'queue',
    position: 2,
    waiting: 3,
  })
  expect(waiting.place).toMatchObject({ position: 2 })
  expect(fold(waiting, { type: 'queue', position: null }).place).toBeUndefined()
  expect(fold(waiting, record(2, { status: { state: 'withAgent' } })).place).toBeUndefined()
})

test('a message ends the typing indicator', () => {
  const typing = foldAll({ type: 'typing', agent: { name: 'Ann' } })
  expect(typing.typing).toEqual({ name: 'Ann' })
  expect(fold(typing, record(1, { messages: [messageOf('agent', 'Hi')] })).typing).toBeUndefined()
})

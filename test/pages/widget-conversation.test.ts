import { describe, expect, test } from 'vitest'
import type { Message } from '../../schemas/conversation/record.ts'
import type { CustomerEvent, GatewayFrame, RecordFrame } from '../../schemas/protocol/widget.ts'
import { fold, nothingShown, type ShownConversation, send } from '../../workers/pages/widget/conversation.ts'

const at = '2026-06-05T14:00:00.000Z'
const fields = [{ id: 'email', label: 'Email', type: 'email' as const, required: true as const }]

function said(author: Message['author']['type'], text: string, more: Partial<Message> = {}): Message {
  return { id: text, author: { type: author }, type: 'text', text, ...more }
}

function record(sequence: number, more: Partial<RecordFrame> = {}): RecordFrame {
  return { type: 'record', sequence, at, ...more }
}

function folded(...frames: GatewayFrame[]): ShownConversation {
  return frames.reduce(fold, nothingShown)
}

const message = (clientId: string, text = clientId): CustomerEvent => ({ type: 'message', clientId, text })
const texts = ({ lines }: ShownConversation) => lines.map(({ text }) => text)

const asked = record(5, {
  messages: [said('bot', 'How to reach you:', { type: 'form', fields })],
  status: { state: 'collectingDetails' },
})

describe('what was said', () => {
  test('stands in the order of the records, each once', () => {
    const first = record(3, { messages: [said('bot', 'Hi'), said('customer', 'help')] })
    const second = record(7, { messages: [said('agent', 'Hello')] })
    expect(texts(folded(first, second, first, second))).toEqual(['Hi', 'help', 'Hello'])
  })

  test('by the customer waits after the records, until its own record takes its place', () => {
    const sent = send(send(folded(record(1)), message('a'), at), message('b'), at)
    const stored = fold(sent, { type: 'stored', clientId: 'a' })
    expect(stored.sent.map(({ isStored }) => isStored)).toEqual([true, false])
    const shown = fold(stored, record(2, { clientId: 'a', messages: [said('customer', 'a')] }))
    expect(texts(shown)).toEqual(['a'])
    expect(shown.sent.map(({ event }) => event.clientId)).toEqual(['b'])
  })

  test('and refused stays on the screen, marked', () => {
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

  test('is not given up where NATS does not answer', () => {
    const sent = send(nothingShown, message('a'), at)
    const error = { type: 'error', message: '', clientId: 'a' } as const
    expect(fold(sent, { ...error, code: 'unavailable' })).toEqual(sent)
    expect(fold(sent, { ...error, code: 'frame_invalid' }).sent).toMatchObject([{ refused: 'frame_invalid' }])
  })
})

describe('a form', () => {
  test('is open as long as details are collected', () => {
    expect(folded(asked).form).toEqual(fields)
    expect(folded(asked, record(6, { messages: [said('customer', 'wait')] })).form).toEqual(fields)
    expect(folded(asked, record(6, { status: { state: 'queued' } })).form).toEqual([])
  })

  test('says what is wrong, until it is sent again', () => {
    const refused = folded(asked, {
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
    messages: [said('bot', 'Which order?', { type: 'form', fields })],
    status: { state: 'bot' },
  })

  test('is open while the customer writes, until it is filled in', () => {
    expect(folded(form).form).toEqual(fields)
    const wrote = folded(form, record(6, { clientId: 'a', messages: [said('customer', 'a moment')] }))
    expect(wrote.form).toEqual(fields)
    expect(fold(wrote, record(7, { clientId: 'b' })).form).toEqual([])
  })

  test('is open until the bot says something else', () => {
    expect(folded(form, record(6, { messages: [said('bot', 'Never mind.')] })).form).toEqual([])
    const another = [{ ...fields[0], id: 'order' }] as typeof fields
    const asked = record(6, { messages: [said('bot', 'And?', { type: 'form', fields: another })] })
    expect(folded(form, asked).form).toEqual(another)
  })

  test('is over where the bot hands over', () => {
    expect(folded(form, record(6, { status: { state: 'queued', request: 1 } })).form).toEqual([])
  })
})

test('options can be chosen until something else is said; a notice is nothing said', () => {
  const offered = folded(
    record(1, { messages: [said('bot', 'Which?', { type: 'options', options: ['A'] })] }),
  )
  expect(offered.options).toEqual(['A'])
  const notice = said('system', 'Ann has joined.', { type: 'notice' })
  expect(fold(offered, record(2, { messages: [notice] })).options).toEqual(['A'])
  expect(fold(offered, record(2, { messages: [said('customer', 'A')] })).options).toEqual([])
})

test('a place in the queue is forgotten with the wait', () => {
  const waiting = folded(record(1, { status: { state: 'queued' } }), {
    type: 'queue',
    position: 2,
    waiting: 3,
  })
  expect(waiting.place).toMatchObject({ position: 2 })
  expect(fold(waiting, { type: 'queue', position: null }).place).toBeUndefined()
  expect(fold(waiting, record(2, { status: { state: 'withAgent' } })).place).toBeUndefined()
})

test('whoever was typing has stopped where a message comes', () => {
  const typing = folded({ type: 'typing', agent: { name: 'Ann' } })
  expect(typing.typing).toEqual({ name: 'Ann' })
  expect(fold(typing, record(1, { messages: [said('agent', 'Hi')] })).typing).toBeUndefined()
})

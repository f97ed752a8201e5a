import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEvent } from '../../engine/core/read-event.ts'
import { payloadBytesMax, payloads } from '../../schemas/conversation/event.ts'
import { failure, unwrap } from '../../schemas/result.ts'
import { codePoints, token } from '../../schemas/token.ts'

const runs = Number(process.env.FRONTDESK_RUNS ?? 1)
const types = Object.keys(payloads)
const reasons = ['bad_token', 'unknown_type', 'too_large', 'not_json', 'invalid']

const read = (type: string, body: string | Uint8Array, conversation = 'c1', id = '') =>
  readEvent({
    subject: `frontdesk.event.3.${conversation}.${type}`,
    seq: 7,
    at: 1_780_000_000_000,
    id,
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    headers: {},
  })

describe('an event is read once', () => {
  it('with its place and time in the log, and the id that its publisher gave it', () => {
    expect(unwrap(read('session.message', '{"text":"hi","extra":1}', 'c1', 'm1'))).toEqual({
      conversation: 'c1',
      seq: 7,
      id: 'm1',
      at: 1_780_000_000_000,
      event: { type: 'session.message', text: 'hi' },
      digest: expect.stringMatching(/^.{12}$/),
    })
  })

  it('without an id it gets one from its sequence, and is not remembered', () => {
    expect(unwrap(read('session.ended', '{}'))).toMatchObject({ id: 'seq-7', digest: '' })
  })

  it('the fields of a form are kept apart from those of the event', () => {
    const form = '{"type":"agent.ended","at":5,"name":"José","custom":["x"],"__proto__":{"polluted":1}}'
    const incoming = unwrap(read('session.details', form))
    expect(incoming).toMatchObject({
      at: 1_780_000_000_000,
      event: {
        type: 'session.details',
        details: { type: 'agent.ended', at: 5, name: 'José', custom: ['x'] },
      },
    })
    expect({}).not.toHaveProperty('polluted')
  })

  it('a field of a payload does not change its type', () => {
    expect(unwrap(read('session.message', '{"text":"hi","type":"session.ended"}'))).toMatchObject({
      event: { type: 'session.message' },
    })
  })

  it.each([
    ['session.started', { channel: 'web' }],
    [
      'session.started',
      { channel: 'web', locale: 'fr', customer: { externalId: 'u1' }, page: { url: 'https://example.com' } },
    ],
    ['session.message', { text: '' }],
    ['session.details', {}],
    ['session.option', { option: 'yes' }],
    ['session.identified', { customer: { externalId: 'u1', name: 'José', email: 'x', emailVerified: true } }],
    ['session.ended', {}],
    ['session.active', {}],
    ['agent.accepted', { agent: { id: 'ann', name: 'Ann' }, request: 1 }],
    ['agent.message', { agent: { id: 'ann' }, text: 'hi', clientId: 'x' }],
    ['agent.released', { agent: { id: 'ann' }, reason: 'lunch' }],
    ['agent.ended', { agent: { id: 'ann' } }],
    ['admin.erased', {}],
    ['timer.due', { generation: 3 }],
  ])('%s %j is valid, also with unknown fields', (type, payload) => {
    expect(read(type, JSON.stringify(payload))).toHaveProperty('value.event.type', type)
    expect(read(type, JSON.stringify({ ...payload, 'un known': [null] }))).toHaveProperty(
      'value.event.type',
      type,
    )
  })
})

describe('an unreadable event has a reason', () => {
  it.each([
    ['bad_token', 'session.ended', '{}', ''],
    ['bad_token', 'session.ended', '{}', 'c'.repeat(65)],
    ['bad_token', 'session.ended', '{}', 'é'],
    ['unknown_type', 'session.typing', '{}', 'c1'],
    ['unknown_type', 'toString.constructor', '{}', 'c1'],
    ['unknown_type', 'session', '{}', 'c1'],
    ['not_json', 'session.ended', '', 'c1'],
    ['not_json', 'session.ended', '{', 'c1'],
    ['not_json', 'session.ended', "{'a':1}", 'c1'],
    ['not_json', 'session.ended', `${'['.repeat(60_000)}`, 'c1'],
    ['invalid', 'session.ended', '[]', 'c1'],
    ['invalid', 'session.ended', 'null', 'c1'],
    ['invalid', 'session.ended', '"x"', 'c1'],
    ['invalid', 'session.ended', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'c1'],
    ['invalid', 'session.message', '{"text":null}', 'c1'],
    ['invalid', 'session.message', '{"text":["a"]}', 'c1'],
    ['invalid', 'session.message', '{"text":"a","clientId":5}', 'c1'],
    ['invalid', 'session.started', '{"channel":"a b"}', 'c1'],
    ['invalid', 'session.started', '{"channel":""}', 'c1'],
    ['invalid', 'session.started', '{"channel":"web","customer":{}}', 'c1'],
    ['invalid', 'session.identified', '{}', 'c1'],
    ['invalid', 'agent.accepted', '{"agent":{"id":""}}', 'c1'],
    ['invalid', 'agent.accepted', '{"agent":{"id":"ann"},"request":"1"}', 'c1'],
    ['invalid', 'agent.accepted', '{"agent":{"id":"ann"},"request":1.5}', 'c1'],
    ['invalid', 'timer.due', '{"generation":0}', 'c1'],
    ['invalid', 'session.details', '{"email":{}}', 'c1'],
  ])('%s: %s %s', (code, type, body, conversation) => {
    expect(read(type, body, conversation)).toEqual(failure({ code, message: expect.stringMatching(/./) }))
  })

  it('too_large: more than 64 KiB, in bytes', () => {
    const body = (bytes: number) => `"${'é'.repeat((bytes - 2) / 2)}"`
    expect(read('session.ended', body(payloadBytesMax))).toMatchObject({ error: { code: 'invalid' } })
    expect(read('session.ended', body(payloadBytesMax + 2))).toMatchObject({ error: { code: 'too_large' } })
  })

  it('not_json: invalid UTF-8 is not replaced', () => {
    expect(
      read('session.message', Uint8Array.of(...Buffer.from('{"text":"'), 0xe9, 0x22, 0x7d)),
    ).toMatchObject({
      error: { code: 'not_json' },
    })
  })
})

describe('any publication', () => {
  const anyType = fc.oneof(fc.constantFrom(...types), fc.string(), fc.constantFrom('', '.', '..', 'a.b.c'))
  const valid = fc.constantFrom(
    { channel: 'web', customer: { externalId: 'u1', name: 'José' }, page: { url: 'x' }, locale: 'fr' },
    { text: 'hi', clientId: 'x', option: 'yes', generation: 4 },
    { agent: { id: 'ann', name: 'Ann' }, request: 1, reason: 'x', text: 'hi' },
    { customer: { externalId: 'u1', emailVerified: true }, name: 'José', email: 'x' },
  )
  /** Something valid with one of its parts, at any depth, replaced. */
  const damaged = fc.tuple(valid, fc.nat(), fc.anything({ maxDepth: 2 })).map(([value, at, part]) => {
    let count = 0
    return JSON.stringify(value, (key, inner) => (key !== '' && count++ === at % 8 ? part : inner))
  })
  const body = fc.oneof(
    damaged.map((text) => new TextEncoder().encode(text)),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
    fc.tuple(valid, fc.nat()).map(([value, cut]) => {
      const whole = new TextEncoder().encode(JSON.stringify(value))
      return whole.slice(0, cut % whole.length)
    }),
  )
  const conversation = fc.oneof(
    { weight: 9, arbitrary: fc.constant('c1') },
    { weight: 1, arbitrary: fc.string() },
  )

  it('is read, or buried for one of five reasons, and the same each time', () => {
    const met = new Set<string>()
    fc.assert(
      fc.property(anyType, body, conversation, (type, body, conversation) => {
        const once = read(type, body, conversation)
        expect(read(type, body, conversation)).toEqual(once)
        if (once.ok) {
          expect(types).toContain(once.value.event.type)
          expect(token.safeParse(once.value.conversation).success).toBe(true)
        } else {
          expect(reasons).toContain(once.error.code)
          expect(typeof once.error.message).toBe('string')
        }
        met.add(once.ok ? 'understood' : once.error.code)
      }),
      { numRuns: 30_000 * runs },
    )
    for (const outcome of ['understood', 'bad_token', 'unknown_type', 'not_json', 'invalid'])
      expect(met).toContain(outcome)
  })
})

describe('a token', () => {
  it.each(['a', 'A-Z_09', '-', '_', 'x'.repeat(64)])('%s', (id) => {
    expect(token.safeParse(id).success).toBe(true)
  })

  it.each(['', 'x'.repeat(65), 'a.b', 'a*', '>', 'a b', 'é', 'a\n', ' a'])('never %j', (id) => {
    expect(token.safeParse(id).success).toBe(false)
  })
})

describe('characters', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 2],
    ['👍', 1],
    ['👍🏽', 2],
    ['\uD800', 1],
  ])('%j are %i code points', (text, count) => {
    expect(codePoints(text)).toBe(count)
  })
})

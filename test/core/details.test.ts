import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDetails } from '../../engine/texts/details.ts'
import type { Details } from '../../schemas/conversation/event.ts'
import type { FormField } from '../../schemas/conversation/record.ts'
import { fieldErrors } from '../../schemas/field-types.ts'
import { unwrap } from '../../schemas/result.ts'

const name: FormField = { id: 'name', label: 'Name', type: 'text', required: true }
const email: FormField = { id: 'email', label: 'Email', type: 'email', required: true }
const order: FormField = { id: 'order', label: 'Order', type: 'text', required: true }
const topic: FormField = {
  id: 'topic',
  label: 'Topic',
  type: 'select',
  required: true,
  options: ['Sales', ' Support '],
}

const errorsOf = (details: Details, ...asked: FormField[]) => {
  const read = readDetails(details, asked)
  return read.ok ? null : read.error.fields
}

describe('a filled form', () => {
  it('gives the trimmed values', () => {
    const details = { name: ' José\u200B', email: '\tJose@Example.com ', order: ' 4711\n', topic: 'Sales' }
    expect(unwrap(readDetails(details, [name, email, order, topic]))).toEqual({
      name: 'José',
      email: 'Jose@Example.com',
      answers: { order: '4711', topic: 'Sales' },
    })
  })

  it('fields that were not asked are ignored, but for a name and an e-mail', () => {
    expect(readDetails({ name: 'José', order: '4711', x: [1] }, [email])).toMatchObject({
      error: { code: 'details_invalid' },
    })
    expect(unwrap(readDetails({ name: 'José', email: 'a@b.co', order: '4711' }, []))).toEqual({
      name: 'José',
      email: 'a@b.co',
      answers: {},
    })
    expect(unwrap(readDetails({ name: '  ' }, []))).toEqual({ answers: {} })
  })

  it('a name or an e-mail that was not asked is checked as well', () => {
    expect(errorsOf({ email: 'x' })).toEqual({ email: 'email_invalid' })
    expect(errorsOf({ name: 'a\nb' })).toEqual({ name: 'invalid' })
  })

  it.each([
    ['missing', {}, 'required'],
    ['null', { order: null }, 'required'],
    ['empty', { order: '' }, 'required'],
    ['blank', { order: ' \u200B' }, 'required'],
    ['a number', { order: 4711 }, 'invalid'],
    ['a list', { order: ['4711'] }, 'invalid'],
    ['an object', { order: {} }, 'invalid'],
    ['true', { order: true }, 'invalid'],
    ['of 1001 characters', { order: 'o'.repeat(1001) }, 'too_long'],
  ])('a field that is %s is refused', (_, details, error) => {
    expect(errorsOf(details, order)).toEqual({ order: error })
  })

  it('an e-mail that is missing or blank is required', () => {
    for (const given of [{}, { email: '' }, { email: ' \u200B ' }])
      expect(errorsOf(given, email)).toEqual({ email: 'required' })
  })

  it('a field of the company’s own may have several lines', () => {
    expect(unwrap(readDetails({ order: '1\n2' }, [order]))).toEqual({ answers: { order: '1\n2' } })
  })

  it('a line break or another control character in a name is refused', () => {
    for (const odd of ['a\nb', 'a\r\nb', 'a\tb', 'a\0b', 'a\u0085b'])
      expect(errorsOf({ name: odd }, name)).toEqual({ name: 'invalid' })
  })

  it('an option must be one of those that are offered, as they are shown', () => {
    expect(errorsOf({ topic: 'Support' }, topic)).toBeNull()
    expect(errorsOf({ topic: ' Support ' }, topic)).toBeNull()
    expect(errorsOf({ topic: 'support' }, topic)).toEqual({ topic: 'option_unknown' })
  })

  it('lengths are counted in code points, and the lowest limit that was passed is said', () => {
    expect(errorsOf({ name: '👍'.repeat(255) }, name)).toBeNull()
    expect(readDetails({ name: 'n'.repeat(256), order: 'o'.repeat(1001) }, [name, order])).toMatchObject({
      error: {
        fields: { name: 'too_long', order: 'too_long' },
        limit: 255,
        message: 'name: must have at most 255 characters; order: must have at most 1000 characters',
      },
    })
    expect(readDetails({ email: `${'a'.repeat(250)}@b.co` }, [email])).toMatchObject({
      error: { fields: { email: 'too_long' }, limit: 254 },
    })
    const backup: FormField = { ...email, id: 'backup' }
    expect(readDetails({ backup: `${'a'.repeat(255)}@b.co` }, [backup])).toMatchObject({
      error: { message: 'backup: must have at most 254 characters', limit: 254 },
    })
  })

  it('a field may be named as what every object has', () => {
    const odd: FormField = { ...order, id: 'toString' }
    expect(errorsOf({}, odd)).toEqual({ toString: 'required' })
    expect(readDetails({ toString: 'x' }, [odd])).toMatchObject({ value: { answers: { toString: 'x' } } })
  })

  it('64 KiB of white space take no time to speak of', () => {
    expect(errorsOf({ order: `${' '.repeat(65_000)}x${' '.repeat(5)}` }, order)).toBeNull()
    expect(errorsOf({ order: `x${' '.repeat(65_000)}x` }, order)).toEqual({ order: 'too_long' })
  })

  it('whatever is filled in, it is taken whole or refused by field, with errors of the contract', () => {
    const details = fc.dictionary(
      fc.constantFrom('name', 'email', 'order', 'topic', '__proto__'),
      fc.anything(),
    )
    fc.assert(
      fc.property(details, fc.subarray([name, email, order, topic]), (details, asked) => {
        const read = readDetails(details as Details, asked)
        if (!read.ok) {
          const { fields = {} } = read.error
          expect(Object.keys(fields).length).toBeGreaterThan(0)
          for (const error of Object.values(fields)) expect(fieldErrors).toContain(error)
        } else {
          const { answers, ...others } = read.value
          const known: Record<string, unknown> = { ...answers, ...others }
          for (const { id } of asked) expect(known[id]).toMatch(/\S/)
        }
      }),
      { numRuns: 2000 * Number(process.env.FRONTDESK_RUNS ?? 1) },
    )
  })
})

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lineOf, parse, problem, zodIssue } from '../../schemas/problem.ts'
import { shortText, token } from '../../schemas/token.ts'

/** All that is wrong with a value. */
function problemsOf(schema: z.ZodType, value: unknown) {
  const read = parse(schema, value)
  return read.ok ? [] : read.error.problems
}

describe('a problem has a code that stays the same and the figures of its message', () => {
  const list = z.array(z.string()).min(1).max(2)
  const either = z.union([z.enum(['name', 'email']), z.object({ id: token, label: z.string() })])
  const tagged = z.discriminatedUnion('type', [
    z.object({ type: z.literal('a') }),
    z.object({ type: z.literal('b') }),
  ])

  it.each<[string, z.ZodType, unknown, object | undefined, string]>([
    ['required', z.string(), undefined, undefined, 'is missing'],
    ['wrong_type', z.string(), null, { expected: 'string' }, 'must be a text'],
    ['wrong_type', z.int(), 1.5, { expected: 'integer' }, 'must be a whole number'],
    ['wrong_type', z.record(z.string(), z.string()), [], { expected: 'object' }, 'must be an object'],
    ['wrong_type', list, {}, { expected: 'array' }, 'must be a list'],
    ['not_one_of', z.enum(['a', 'b']), 'c', { values: ['a', 'b'] }, 'must be one of a, b'],
    ['not_one_of', z.literal('bot'), 'channel', { values: ['bot'] }, 'must be bot'],
    [
      'no_variant',
      either,
      'phone',
      { values: ['name', 'email'], types: ['object'] },
      'must be "name" or "email" or an object',
    ],
    ['unknown_field', z.strictObject({}), { a: 1 }, { field: 'a' }, 'Unrecognized key: "a"'],
    ['empty', z.string().min(1), '', undefined, 'must not be empty'],
    ['too_long', z.string().max(2), 'abc', { max: 2 }, 'must have at most 2 characters'],
    ['too_long', shortText(2), '👍👍👍', { max: 2 }, 'must have at most 2 characters'],
    ['too_few', list, [], { min: 1 }, 'must have at least 1 entry'],
    ['too_many', list, ['a', 'b', 'c'], { max: 2 }, 'must have at most 2 entries'],
    ['too_low', z.int().positive(), 0, { min: 1 }, 'must be at least 1'],
    ['too_high', z.int().max(5), 6, { max: 5 }, 'must be at most 5'],
    ['not_a_token', token, 'a b', undefined, 'must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -'],
    ['not_a_date', z.iso.date(), '2026-02-30', undefined, 'must be a date that exists, written YYYY-MM-DD'],
    [
      'not_an_instant',
      z.iso.datetime(),
      'now',
      undefined,
      'must be a time in ISO 8601, such as 2026-06-05T15:00:00Z',
    ],
    ['invalid', z.url(), 'x', undefined, 'is not valid'],
    [
      'too_large',
      z.string().refine(() => false, zodIssue('too_large', { max: 7 })),
      '',
      { max: 7 },
      'must have at most 7 bytes of JSON',
    ],
  ])('%s: %s %j', (code, schema, value, params, message) => {
    expect(problemsOf(schema, value)).toEqual([{ path: [], code, ...(params && { params }), message }])
  })

  it('unknown_type names the field, and the types that there are', () => {
    expect(problemsOf(tagged, { type: 'c' })).toEqual([
      { path: ['type'], code: 'unknown_type', params: { types: ['a', 'b'] }, message: 'must be one of a, b' },
    ])
  })

  it('a schema may say more than the code', () => {
    const minutes = z.int({ error: 'must be a whole number of minutes' })
    expect(problemsOf(z.object({ start: minutes }), { start: 1.5 })).toEqual([
      {
        path: ['start'],
        code: 'wrong_type',
        params: { expected: 'integer' },
        message: 'must be a whole number of minutes',
      },
    ])
  })

  it('the fields of the variant that was meant, and the names of fields, have problems of their own', () => {
    expect(problemsOf(z.array(either), [{ id: 'a b' }])).toMatchObject([
      { path: [0, 'id'], code: 'not_a_token' },
      { path: [0, 'label'], code: 'required' },
    ])
    expect(problemsOf(z.record(token, z.string()), { 'a b': 'x' })).toMatchObject([
      { path: ['a b'], code: 'not_a_token' },
    ])
    expect(problemsOf(z.strictObject({}), { a: 1, b: 2 })).toMatchObject([
      { params: { field: 'a' } },
      { params: { field: 'b' } },
    ])
  })

  it('is a line with its place', () => {
    expect(lineOf({ path: [], ...problem('empty') })).toBe('must not be empty')
    expect(lineOf({ path: ['a', 0], ...problem('empty') })).toBe('a.0: must not be empty')
    expect(lineOf({ path: ['a', 0], ...problem('empty'), answer: 'w', step: 's' })).toBe(
      'a.0: answer "w", step "s": must not be empty',
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkEmail } from '../../engine/texts/email.ts'

const runs = Number(process.env.FRONTDESK_RUNS ?? 1)
const label63 = 'a'.repeat(63)

function errorOf(email: string): string | undefined {
  const checked = checkEmail(email)
  return checked.ok ? undefined : checked.error.code
}

describe('an e-mail address that is accepted', () => {
  it.each([
    'jose@example.com',
    'jose+tag@example.com',
    "o'brien@example.ie",
    'JOSE@EXAMPLE.COM',
    'first.last@sub.domain.example.co.uk',
    'user@xn--mnchen-3ya.de',
    'user@example.xn--p1ai',
    '1@2.example',
    'a@b.co',
    '_@example.com',
    "!#$%&'*+/=?^_`{|}~-@example.com",
    'a-b@a-b.example',
    `${'a'.repeat(64)}@example.com`,
    `a@${label63}.com`,
    `${'a'.repeat(64)}@${label63}.${label63}.${'b'.repeat(57)}.com`,
  ])('%s', (email) => {
    expect(checkEmail(email)).toEqual({ ok: true, value: email })
  })
})

describe('email_accented: anything that is not ASCII, whatever script', () => {
  it.each([
    'josé@example.com',
    'jose\u0301@example.com',
    'user@münchen.de',
    'user@mu\u0308nchen.de',
    'аdmin@example.com',
    'admin@ехample.com',
    'jose＠example.com',
    'jose@example。com',
    'jose@example.com\u200Bx',
    'jo\u00ADse@example.com',
    '李@example.com',
    '😀@example.com',
    'jose\u00A0@example.com',
    'jose\u2028@example.com',
  ])('%j', (email) => {
    expect(errorOf(email)).toBe('email_accented')
  })
})

describe('email_invalid: bad shapes, control characters and header injection', () => {
  it.each([
    '@',
    'jose',
    'jose@',
    '@example.com',
    'jose@example',
    'jose@@example.com',
    'jose@exam@ple.com',
    '.jose@example.com',
    'jose.@example.com',
    'jo..se@example.com',
    'jo se@example.com',
    'jose@exa mple.com',
    'jose@.example.com',
    'jose@example.com.',
    'jose@example..com',
    'jose@-example.com',
    'jose@example-.com',
    'jose@exa_mple.com',
    'jose@example.c',
    'jose@example.123',
    'jose@127.0.0.1',
    'jose@[127.0.0.1]',
    '"jose"@example.com',
    'José <jose@example.com>'.replace('é', 'e'),
    'jose@example.com,eve@example.com',
    'jose@example.com;eve@example.com',
    'jose@example.com\nBcc: eve@example.com',
    'jose@example.com\r\nBcc: eve@example.com',
    'jose\0@example.com',
    'jose\t@example.com',
    'jose\u007F@example.com',
    'jose\u0085@example.com',
    'é\n@example.com',
    'mailto:jose@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'a'.repeat(64)}.com`,
  ])('%j', (email) => {
    expect(errorOf(email)).toBe('email_invalid')
  })
})

describe('too_long', () => {
  it('more than 254 characters, whatever they are', () => {
    expect(errorOf(`${'a'.repeat(64)}@${label63}.${label63}.${'b'.repeat(58)}.com`)).toBe('too_long')
    expect(errorOf('é'.repeat(255))).toBe('too_long')
    expect(errorOf('\n'.repeat(60_000))).toBe('too_long')
  })
})

it('whatever is typed is accepted or refused for one of three reasons; what is accepted is plain', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '.', '-', '+', '@', 'é', '\n', ' ', "'") })
  fc.assert(
    fc.property(
      fc.oneof(
        part,
        fc.tuple(part, part).map((parts) => `${parts.join('@')}.com`),
      ),
      (email) => {
        const error = errorOf(email)
        expect([undefined, 'email_accented', 'email_invalid', 'too_long']).toContain(error)
        if (error === undefined) expect(email).toMatch(/^[!-~]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,}$/)
      },
    ),
    { numRuns: 5000 * runs },
  )
})

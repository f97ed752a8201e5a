import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Incoming } from '../../../engine/core/conversation.ts'
import type { Event } from '../../../schemas/event.ts'
import { Mask, masked } from '../../../workers/gateway/inspector/mask.ts'

function maskThat(event: Event, kept: unknown = {}): Mask {
  const mask = new Mask()
  mask.learn({ event } as Incoming, [{ path: 'need', after: kept }])
  return mask
}

const details = (values: Record<string, string>) => maskThat({ type: 'session.details', details: values })

describe('a mask', () => {
  it('hides a value wherever it stands as a word of its own', () => {
    const mask = details({ name: 'Ann' })
    expect(mask.value('Hello Ann, Anna is (Ann).')).toBe(`Hello ${masked}, Anna is (${masked}).`)
    expect(mask.value({ Ann: ['Ann', 7, null, { deep: 'to Ann' }] })).toEqual({
      Ann: [masked, 7, null, { deep: `to ${masked}` }],
    })
  })

  it('hides the longest of two, and what an address has of it', () => {
    const mask = details({ first: 'Ann', whole: 'Ann Lee & Co' })
    expect(mask.value('Ann Lee & Co and Ann')).toBe(`${masked} and ${masked}`)
    expect(mask.value('https://api.example.com/?of=Ann%20Lee%20%26%20Co')).toBe(
      `https://api.example.com/?of=${masked}`,
    )
  })

  it('hides a text that is kept, and does not look for one that is not', () => {
    const text = 'It is "broken"\nagain'
    const event: Event = { type: 'session.message', text: ` ${text} ` }
    expect(maskThat(event, { need: text }).value(`need: ${text}`)).toBe(`need: ${masked}`)
    expect(maskThat(event, 'something else').value(`need: ${text}`)).toBe(`need: ${text}`)
  })

  it('hides who a company’s own user is', () => {
    const customer = { externalId: 'u-1', name: 'José', email: 'jose@example.com' }
    const mask = maskThat({ type: 'session.identified', customer })
    expect(mask.value(Object.values(customer))).toEqual([masked, masked, masked])
  })

  it('hides whatever was typed, with whatever characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (typed) => {
        fc.pre(typed.trim() !== '')
        const said = details({ field: typed }).value(`You said ${typed}.`)
        expect(said.split(masked).join('')).toMatch(/^You said\s*\.$/)
      }),
      { numRuns: 300 },
    )
  })
})

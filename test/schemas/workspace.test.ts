import { describe, expect, it } from 'vitest'
import { checkDocument, kindOf } from '../../engine/core/read-document.ts'
import { lineOf } from '../../schemas/problem.ts'

/** The refused fields, as `field: message`. */
function refusals(change: object): string[] {
  const checked = checkDocument('workspace', { id: 'main', ...change })
  return checked.ok ? [] : checked.error.problems.map(lineOf)
}

describe('a workspace', () => {
  it('may have everything, or only its id', () => {
    const whole = {
      name: 'Support',
      routing: 'assigned',
      offerTimeout: 'PT30S',
      capacity: 3,
      schedule: 'paris',
      overflow: { workspace: 'billing', queue: 20, wait: 'PT10M' },
    }
    expect(refusals(whole)).toEqual([])
    expect(refusals({})).toEqual([])
    expect(refusals({ schedule: null, overflow: null })).toEqual([])
  })

  it('names each field that cannot be accepted, and unknown ones', () => {
    const wrong = {
      routing: 'random',
      offerTimeout: 'P2D',
      capacity: 0,
      overflow: { workspace: 'a b', queue: -1, wait: '10m' },
    }
    expect(refusals(wrong)).toEqual([
      'routing: must be one of broadcast, assigned',
      'offerTimeout: must be an ISO 8601 duration such as PT2M, longer than nothing and at most 1 days',
      'capacity: must be at least 1',
      'overflow.workspace: must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -',
      'overflow.queue: must be at least 0',
      'overflow.wait: must be an ISO 8601 duration such as PT2M, longer than nothing and at most 366 days',
    ])
    expect(refusals({ capacity: 101 })).toEqual(['capacity: must be at most 100'])
    expect(refusals({ overflow: { workspace: 'billing', after: 'PT1M' }, agents: 3 })).toEqual([
      'overflow.after: Unrecognized key: "after"',
      'agents: Unrecognized key: "agents"',
    ])
  })

  it('does not overflow into itself', () => {
    expect(refusals({ overflow: { workspace: 'main' } })).toEqual([
      'overflow.workspace: must be another workspace',
    ])
  })

  it('is known by its own fields where it does not say its kind', () => {
    for (const field of ['routing', 'offerTimeout', 'capacity', 'overflow'])
      expect(kindOf({ id: 'main', [field]: null })).toEqual({ ok: true, value: 'workspace' })
    expect(kindOf({ id: 'main', name: 'Support' })).toEqual({ ok: true, value: 'channel' })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Incoming } from '../../../engine/core/conversation.ts'
import type { Event } from '../../../schemas/conversation/event.ts'
import type { InspectedStep } from '../../../schemas/protocol/inspector.ts'
import type { HistoryStep } from '../../../workers/gateway/inspector/history.ts'
import { hidden, Mask } from '../../../workers/gateway/inspector/mask.ts'
import { masked } from '../../../workers/gateway/inspector/mask-words.ts'

interface Happens {
  event?: Event
  type?: string
  payload?: unknown
  context?: object
  outcome?: InspectedStep['outcome']
}

/** A step that leaves this context; without an event it is not in the log any more. */
function step({
  event,
  type = event?.type ?? 'session.details',
  payload,
  context = {},
  outcome,
}: Happens): HistoryStep {
  const conversation = { record: { state: { snapshot: { context } } } }
  return {
    step: { event: { id: 'e', type, payload }, outcome: outcome ?? 'applied', context: [], timers: [] },
    incoming: event && ({ event } as Incoming),
    before: { record: null },
    after: conversation,
  } as unknown as HistoryStep
}

function maskAfter(...happens: Happens[]): Mask {
  const mask = new Mask()
  for (const one of happens) mask.update(step(one))
  return mask
}

const answers = (values: Record<string, string>) => maskAfter({ context: { answers: values } })

describe('a mask', () => {
  it('hides the values of the customer’s attributes, in the context and in events', () => {
    const attributes = [
      { name: 'plan', value: 'Gold 4711', verified: true },
      { name: 'orders', value: 12, verified: false },
    ]
    const mask = maskAfter({ context: { attributes } })
    expect(mask.context({ attributes })).toEqual({
      attributes: [
        { name: 'plan', value: masked, verified: true },
        { name: 'orders', value: masked, verified: false },
      ],
    })
    const payloads = {
      'session.started': { channel: 'web', attributes: { plan: 'Gold 4711' } },
      'session.identified': { customer: { externalId: 'u-1', attributes: { plan: 'Gold 4711' } } },
    }
    for (const [type, payload] of Object.entries(payloads)) {
      const event = { type, payload } as unknown as Event
      const shown = mask.shown(step({ event, payload }))
      expect(JSON.stringify(shown)).not.toContain('4711')
      expect(JSON.stringify(shown)).toContain('"plan"')
    }
  })

  it('hides the customer’s data, whether the log has the event or not', () => {
    const context = {
      need: 'It broke',
      answers: { topic: 'Anvils' },
      customer: { name: 'Ann', email: 'ann@example.com', externalId: 'u-1234', verified: true },
      pinned: { channel: 'web', page: { url: 'https://shop.example/?order=4711', title: 'Acme' } },
    }
    const mask = maskAfter({ context })
    expect(mask.value('Ann (ann@example.com, u-1234): It broke, anvils')).toBe(
      `${masked} (${masked}, ${masked}): ${masked}, ${masked}`,
    )
    expect(mask.context(context)).toEqual({
      need: masked,
      answers: { topic: masked },
      customer: { name: masked, email: masked, externalId: masked, verified: true },
      pinned: { channel: 'web', page: { url: masked, title: masked } },
    })
    expect(mask.value('Welcome to Acme')).toBe('Welcome to Acme')
    expect(mask.context({ need: null, customer: { name: null } })).toEqual({
      need: null,
      customer: { name: null },
    })
    expect(mask.context('It broke', 'need')).toBe(masked)
  })

  it('hides a value anywhere, a short one as a whole word only', () => {
    const mask = answers({ first: 'Ann', mail: 'jo@example.com', kanji: '山田' })
    expect(mask.value('Hello Ann, Anna is (Ann).')).toBe(`Hello ${masked}, Anna is (${masked}).`)
    expect(mask.value(['to:jo@example.comx', 7, null, { Ann: '山田様' }])).toEqual([
      `to:${masked}x`,
      7,
      null,
      { Ann: `${masked}様` },
    ])
  })

  it('hides the longest match, in any case, also percent-encoded in a URL', () => {
    const mask = answers({ first: 'Anna', whole: 'Anna Lee & Co' })
    expect(mask.value('ANNA Lee & Co and Anna')).toBe(`${masked} and ${masked}`)
    expect(mask.value('https://api.example.com/?of=Anna%20Lee%20%26%20Co')).toBe(
      `https://api.example.com/?of=${masked}`,
    )
  })

  it('hides an event’s texts, as typed and as stored', () => {
    const email = 'jose@example.com\u200B'
    const mask = maskAfter({ event: { type: 'session.details', details: { email } }, context: {} })
    expect(mask.value('Thanks jose@example.com.')).toBe(`Thanks ${masked}.`)
  })

  it('hides texts in a custom machine’s own context; all of it where the event is lost', () => {
    const text = 'It is "broken"\nagain'
    const kept = { event: { type: 'session.message', text } as Event, context: { own: { said: [text] } } }
    const later = { type: 'agent.accepted', event: { type: 'agent.accepted', agent: { id: 'a' } } as Event }
    const mask = maskAfter(kept, { ...later, context: kept.context })
    expect(mask.context({ own: { said: [text], stars: 'three' } })).toEqual({
      own: { said: [masked], stars: 'three' },
    })
    const without = maskAfter({ type: 'session.message', context: kept.context })
    expect(without.context({ own: { said: [text], stars: 'three' } })).toEqual({
      own: { said: [masked], stars: masked },
    })
  })

  it('shows a chosen option, even as the customer’s need', () => {
    const chose = {
      event: { type: 'session.option', option: 'Orders' } as Event,
      context: { need: 'Orders' },
    }
    const mask = maskAfter(chose)
    expect(mask.value('What about Orders?')).toBe('What about Orders?')
    expect(mask.context({ need: 'Orders' })).toEqual({ need: 'Orders' })
    expect(maskAfter({ ...chose, outcome: 'rejected' }).context({ need: 'Orders' })).toEqual({ need: masked })
  })

  it('hides long texts of any characters, however many there are', () => {
    const texts = ['(?<=a'.repeat(819), '[\\'.repeat(2_048), '😀'.repeat(4_096), '+*{'.repeat(1_365)]
    const mask = maskAfter(
      ...texts.map((text): Happens => {
        const need = { need: text, answers: Object.fromEntries(texts.map((each, n) => [`a${n}`, each])) }
        return { event: { type: 'session.message', text }, context: need }
      }),
    )
    for (const text of texts) expect(mask.value(`You said: ${text}!`)).toBe(`You said: ${masked}!`)
  })

  it('hides a place that two texts share as one', () => {
    const mask = answers({ first: 'Anna Lee', second: 'Lee Smith' })
    expect(mask.value('Dear Anna Lee Smith, Lee Smith and ANNA LEE')).toBe(
      `Dear ${masked}, ${masked} and ${masked}`,
    )
  })

  it('has bounded memory, whatever a customer sends', () => {
    const mask = new Mask()
    for (let n = 0; n < 5_000; n++)
      mask.update(step({ event: { type: 'session.details', details: { email: `${n}@example.com` } } }))
    expect(mask.value('1@example.com, 4999@example.com')).toBe(`1@example.com, ${masked}`)
  })

  it('hides payloads except for the company’s texts', () => {
    const payload = (type: string, payload: unknown, more: Happens = {}) =>
      new Mask().shown(
        step({
          type,
          payload,
          event: { text: '', details: {}, ...(payload as object), type } as Event,
          ...more,
        }),
      ).event.payload
    const customer = { name: 'Ann', externalId: 7 }
    expect(payload('session.started', { channel: 'web', customer, page: { url: 'https://x/?t=1' } })).toEqual(
      {
        channel: 'web',
        customer: { name: masked, externalId: masked },
        page: { url: masked },
      },
    )
    expect(payload('session.message', { text: 'a', other: [1] })).toEqual({ text: masked, other: [masked] })
    expect(payload('session.option', { option: 'Orders' })).toEqual({ option: 'Orders' })
    expect(payload('session.option', { option: 'x' }, { outcome: 'rejected' })).toEqual({ option: masked })
    expect(payload('call.answered', { call: 1, ok: true, status: 200, values: { plan: 'gold' } })).toEqual({
      call: 1,
      ok: true,
      status: 200,
      values: { plan: masked },
    })
    const agent = { id: 'ann' }
    expect(payload('agent.message', { agent, text: 'Hi Sam' })).toEqual({ agent, text: masked })
    expect(payload('agent.released', { agent, reason: 'Sam pays' })).toEqual({ agent, reason: masked })
    expect(payload('agent.noted', { agent, text: 'Sam owes us money' })).toEqual({ agent, text: masked })
    const to = { agent: { id: 'b' }, workspace: 'billing' }
    expect(payload('agent.transferred', { agent, to, note: 'owes' })).toEqual({ agent, to, note: masked })
    expect(payload('agent.accepted', { agent, request: 1 })).toEqual({ agent, request: 1 })
    const { event: _, ...buried } = { event: undefined }
    expect(
      new Mask().shown(step({ ...buried, type: 'agent.message', payload: { text: 7 } })).event.payload,
    ).toEqual({
      text: masked,
    })
    expect(hidden('whatever')).toBe(masked)
  })

  it('hides any typed text, of any characters, anywhere', () => {
    const some = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 20 })
    fc.assert(
      fc.property(some, some, some, (typed, before, after) => {
        fc.pre([...typed.trim()].length > 3 && !before.includes('•') && !after.includes('•'))
        const mask = maskAfter({ event: { type: 'session.details', details: { field: typed } } })
        expect(mask.value(`${before}${typed}${after}`)).toContain(masked)
      }),
      { numRuns: 300 },
    )
  })
})

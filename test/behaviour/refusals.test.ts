import { describe, expect, it } from 'vitest'
import { rejectionCodes } from '../../schemas/conversation/record.ts'
import { conversationEventsMax } from '../../schemas/limits.ts'
import {
  accepted,
  chose,
  closed,
  filled,
  given,
  left,
  loggedIn,
  offered,
  released,
  said,
  started,
  withEvents,
  withId,
  wrote,
} from './given.ts'

const queued = () => given().when(started(), wrote('help'))
const withAnn = () => queued().when(accepted('ann'))
const asking = () => given({ channel: { duringHours: { customerDetails: ['email'] } } }).when(started())

const refusals = {
  details_invalid: asking().when(wrote('x'), filled({ email: 'x' })),
  details_required: asking().when(wrote('x'), accepted('ann')),
  text_invalid: given().when(started(), wrote(' ')),
  too_long: given().when(started(), wrote('x'.repeat(4097))),
  unknown_conversation: given().when(wrote('help')),
  unknown_channel: given({ strictChannels: true }).when(started()),
  conversation_ended: given().when(started(), left(), wrote('help')),
  conversation_full: withEvents(queued(), conversationEventsMax).when(wrote('more')),
  not_queued: given().when(started(), accepted('ann')),
  already_accepted: withAnn().when(accepted('bob')),
  offered_to_other: queued().when(offered('bob'), accepted('ann')),
  stale_request: queued().when(accepted('ann', undefined, 7)),
  not_the_agent: withAnn().when(said('bob', 'hi')),
  not_allowed_now: given().when(started(), chose('yes')),
  id_reused: given().when(withId('x', started()), withId('x', left())),
}

describe('every refusal', () => {
  it('has a story here', () => {
    expect(Object.keys(refusals).sort()).toEqual([...rejectionCodes].sort())
  })

  it.each(Object.entries(refusals))('%s: one record, which changes nothing', (code, story) => {
    const { last } = story
    expect(last).toMatchObject({ outcome: 'rejected', rejected: { code } })
    expect(last.rejected?.message).not.toBe('')
    for (const field of ['messages', 'status', 'requests']) expect(last).not.toHaveProperty(field)
    const before = story.records.at(-2)
    expect(last.state.snapshot).toEqual(before?.state.snapshot)
    expect(last.state.timers).toEqual(before?.state.timers)
  })
})

describe('too_long', () => {
  const emoji = '👍'
  it.each([
    ['4096 characters', 'x'.repeat(4096)],
    ['4096 emoji of two UTF-16 units each', emoji.repeat(4096)],
    ['4096 combining accents', '\u0301'.repeat(4096)],
  ])('%s are taken whole', (_, text) => {
    const story = given().when(started(), wrote(text))
    expect(story.messages[1]?.text).toBe(text)
    expect(story.request?.need).toBe(text)
    withAnn()
      .when(said('ann', text))
      .thenIt({ says: [`agent ann: ${text}`] })
  })

  it.each([
    ['a text of 4097', () => given().when(started(), wrote('x'.repeat(4097))), 4096],
    ['4097 emoji', () => given().when(started(), wrote(emoji.repeat(4097))), 4096],
    ['an agent’s text of 4097', () => withAnn().when(said('ann', 'x'.repeat(4097))), 4096],
    ['a client id of 256', () => given().when(started(), wrote('x', 'c'.repeat(256))), 255],
    [
      'an external id of 256',
      () => given().when(started({ customer: { externalId: 'u'.repeat(256) } })),
      255,
    ],
    [
      'a name of 256',
      () => given().when(started({ customer: { externalId: 'u', name: 'n'.repeat(256) } })),
      255,
    ],
    [
      'an e-mail of 255',
      () => given().when(started(), loggedIn({ externalId: 'u', email: 'e'.repeat(255) })),
      254,
    ],
    ['an agent’s id of 256', () => queued().when(accepted('a'.repeat(256))), 255],
    ['an agent’s name of 256', () => queued().when(accepted('ann', 'a'.repeat(256))), 255],
    ['a reason of 256', () => withAnn().when(released('ann', 'r'.repeat(256))), 255],
  ])('%s is refused with the limit', (_, story, limit) => {
    expect(story().last.rejected).toMatchObject({ code: 'too_long', limit })
  })
})

describe('text_invalid', () => {
  it.each(['', ' ', '\n\t', '\u00A0\u3000', '\u200B', '\u200B \uFEFF'])('%j is no text', (text) => {
    given()
      .when(started(), wrote(text))
      .thenIt({ refuses: ['text_invalid'], is: 'greeting' })
    withAnn()
      .when(said('ann', text))
      .thenIt({ refuses: ['text_invalid'] })
  })

  it.each(['.', '0', '👍', ' x ', '\u0000'])('%j is one, and stays as it was typed', (text) => {
    const story = given().when(started(), wrote(text))
    expect(story.messages[1]?.text).toBe(text)
  })

  it('an identity without an external id is none', () => {
    given()
      .when(started({ customer: { externalId: '' } }))
      .thenIt({ refuses: ['text_invalid'] })
  })
})

describe('unknown_conversation', () => {
  it.each([
    ['a message', wrote('help')],
    ['a form', filled({ name: 'Zoë' })],
    ['an option', chose('yes')],
    ['a login', loggedIn({ externalId: 'u1' })],
    ['an end', left()],
    ['an accept', accepted('ann')],
    ['an agent’s message', said('ann', 'hi')],
    ['a release', released('ann')],
    ['an agent’s end', closed('ann')],
    ['a text that would be refused', wrote('')],
  ])('%s before the start is refused, and the start is still a start', (_, early) => {
    given()
      .when(early)
      .thenIt({ refuses: ['unknown_conversation'], says: [] })
      .when(started())
      .thenIt({ outcomes: ['applied'], says: ['bot: Hi! How can we help?'], is: 'greeting' })
  })

  it('a start that was refused is none', () => {
    given()
      .when(started({ customer: { externalId: '' } }), wrote('help'))
      .thenIt({ refuses: ['text_invalid', 'unknown_conversation'] })
      .when(started())
      .thenIt({ is: 'greeting' })
  })
})

describe('unknown_channel', () => {
  it('only where strict channels are configured, and only for channels that are not', () => {
    given({ strictChannels: true })
      .when(started())
      .thenIt({ refuses: ['unknown_channel'] })
    given({ strictChannels: true, channel: {} }).when(started()).thenIt({ is: 'greeting' })
    given().when(started()).thenIt({ is: 'greeting' })
  })
})

describe('not_allowed_now', () => {
  it.each([
    ['greeting', given().when(started())],
    ['collectingDetails', asking().when(wrote('x'))],
    ['queued', queued()],
    ['withAgent', withAnn()],
  ])('an option where no bot has offered any, in %s', (_, story) => {
    story.when(chose('yes')).thenIt({ refuses: ['not_allowed_now'] })
  })

  it.each([
    ['queued', queued],
    ['withAgent', withAnn],
  ])('a form in %s', (_, story) => {
    story()
      .when(filled({ name: 'Zoë' }))
      .thenIt({ refuses: ['not_allowed_now'] })
  })
})

describe('ignored', () => {
  it.each([
    ['a second start', given().when(started(), started())],
    ['the same agent accepting again', withAnn().when(accepted('ann'))],
    ['a second end', given().when(started(), left(), left())],
  ])('%s says nothing and changes nothing', (_, story) => {
    const before = story.records.at(-2)
    expect(story.last.outcome).toBe('ignored')
    for (const field of ['messages', 'status', 'requests', 'rejected'])
      expect(story.last).not.toHaveProperty(field)
    expect(story.last.state.snapshot).toEqual(before?.state.snapshot)
  })
})

describe('what cannot be understood', () => {
  it.each([
    ['a number for a text', { ...wrote('x'), payload: { text: 5 } }],
    ['no text', { ...wrote('x'), payload: {} }],
    ['no channel', { ...started(), payload: {} }],
    ['a channel that is no token', { ...started(), payload: { channel: 'a.b' } }],
    ['a name that is no text', filled({ name: 5 })],
    ['an agent without an id', { ...accepted('x'), payload: { agent: {} } }],
  ])('%s makes no record and holds nobody up', (_, odd) => {
    const story = given().when(started()).when(odd).thenNothing()
    expect(story.buried).toEqual(['invalid'])
    story.when(wrote('help')).thenIt({ is: 'queued' })
  })

  it('unknown extra fields are ignored', () => {
    given()
      .when({ ...started(), payload: { channel: 'web', extra: { a: 1 } } })
      .thenIt({ is: 'greeting' })
      .when({ ...wrote('x'), payload: { text: 'help', extra: [1] } })
      .thenIt({ is: 'queued' })
  })
})

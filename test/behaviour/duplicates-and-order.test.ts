import { describe, expect, it } from 'vitest'
import {
  accepted,
  erased,
  given,
  left,
  passes,
  released,
  said,
  started,
  steppedBack,
  withId,
  woken,
  wrote,
} from './given.ts'

describe('the same event id', () => {
  it.each(['PT0.001S', 'PT1M', 'PT1H', 'P30D'])(
    'and body %s later changes nothing and makes no record',
    (later) => {
      given()
        .when(started(), withId('m1', wrote('help')), accepted('ann'), passes(later))
        .when(withId('m1', wrote('help')))
        .thenNothing()
    },
  )

  it('with another body is refused', () => {
    given()
      .when(started(), withId('m1', wrote('help')), withId('m1', wrote('hello')))
      .thenIt({ refuses: ['id_reused'], is: 'queued' })
  })

  it('with another type is refused', () => {
    given()
      .when(withId('x', started()), withId('x', left()))
      .thenIt({ refuses: ['id_reused'] })
  })

  it('of a refused event: the same body makes no record, another is refused', () => {
    given()
      .when(started(), withId('m1', wrote(' ')))
      .thenIt({ refuses: ['text_invalid'] })
      .when(withId('m1', wrote(' ')))
      .thenNothing()
      .when(withId('m1', wrote('help')))
      .thenIt({ refuses: ['id_reused'] })
  })

  it('of an event before the conversation began', () => {
    given()
      .when(withId('m1', wrote('help')))
      .thenIt({ refuses: ['unknown_conversation'] })
      .when(withId('m1', wrote('help')))
      .thenNothing()
      .when(started(), withId('m1', wrote('other')))
      .thenIt({ refuses: ['id_reused'] })
  })

  it('of an ignored event, and of one after the end', () => {
    given()
      .when(started(), withId('s2', started()), left(), withId('m1', wrote('x')))
      .when(withId('s2', started()), withId('m1', wrote('x')))
      .thenNothing()
  })

  it('a refusal for it changes nothing: the first body is still known', () => {
    given()
      .when(started(), withId('m1', wrote('a')), withId('m1', wrote('b')))
      .when(withId('m1', wrote('a')))
      .thenNothing()
      .when(withId('m1', wrote('b')))
      .thenIt({ refuses: ['id_reused'] })
  })

  const others = (count: number) => Array.from({ length: count }, (_, n) => withId(`o${n}`, wrote(`${n}`)))

  it('is remembered for the last 64 events of its conversation', () => {
    given()
      .when(started(), withId('m1', wrote('help')), ...others(63))
      .when(withId('m1', wrote('help')))
      .thenNothing()
      .when(withId('m1', wrote('other')))
      .thenIt({ refuses: ['id_reused'] })
  })

  it('and no longer', () => {
    given()
      .when(started(), withId('m1', wrote('help')), ...others(64))
      .when(withId('m1', wrote('other')))
      .thenIt({ says: ['customer: other'] })
  })

  it('wake-ups and events without an id are not counted', () => {
    given()
      .when(started(), withId('m1', wrote('help')), ...others(63), withId('', wrote('x')), passes('PT1H'))
      .when(withId('m1', wrote('help')))
      .thenNothing()
  })

  it('what is remembered stays small', () => {
    const story = given().when(started(), ...others(200))
    expect(story.last.state.recent).toHaveLength(64 * 12)
  })
})

describe('an event without an id', () => {
  it('is its own each time, named after its place in the log', () => {
    const story = given()
      .when(started(), withId('', wrote('hi')), withId('', wrote('hi')))
      .thenIt({ says: ['bot: Hi! How can we help?', 'customer: hi', thanks, 'customer: hi'] })
    expect(story.records.map(({ event }) => event.id)).toEqual(['e1', 'seq-2', 'seq-3'])
  })
})

const thanks = 'bot: Thanks, an agent will be with you shortly.'

describe('two starts at once', () => {
  it('make one conversation', () => {
    given()
      .when(started(), started())
      .thenIt({ outcomes: ['applied', 'ignored'], says: ['bot: Hi! How can we help?'] })
  })
})

describe('messages', () => {
  it('have ids made of the conversation, the event’s sequence and their place, which never change', () => {
    const story = given().when(started(), wrote('help', 'mine'))
    expect(story.messages.map(({ id, clientId }) => [id, clientId])).toEqual([
      ['c1.1.0', undefined],
      ['c1.2.0', 'mine'],
      ['c1.2.1', undefined],
    ])
  })
})

describe('time', () => {
  it('never goes back: an event stamped earlier happens at the last record’s time', () => {
    const story = given().when(started(), steppedBack('PT1H', wrote('help')), passes('PT1M'), accepted('ann'))
    expect(story.records.map(({ at }) => at.slice(11))).toEqual([
      '14:00:00.000Z',
      '14:00:00.000Z',
      '14:01:00.000Z',
    ])
  })

  it('after it stepped back reminders still come after their whole time', () => {
    given()
      .when(started(), steppedBack('PT1H', wrote('help')), passes('PT1M59.999S'))
      .thenIt({ tells: ['created'] })
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['reminded'] })
  })
})

describe('wake-ups', () => {
  it('one that came and had nothing to do is not counted on, though the clock has stepped back before it', () => {
    given()
      .when(
        started(),
        wrote('help'),
        accepted('ann'),
        passes('PT2M30S'),
        steppedBack('PT1M', released('ann')),
      )
      .thenIt({ tells: ['created', 'accepted', 'released'] })
      .when(passes('PT59.999S'))
      .thenNothing()
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['reminded'] })
  })

  it('one that comes early, as a forged one, does not put off what was counted on', () => {
    given({ channel: { timeouts: { unanswered: 'PT10M', escalate: null, idleCustomer: ['PT1H'] } } })
      .when(started(), wrote('help'), accepted('ann'), said('ann', 'hi'), passes('PT1M'), woken(2))
      .when(passes('PT1M'), released('ann'), passes('PT9M59.999S'))
      .thenIt({ tells: ['released'] })
      .when(passes('PT0.001S'))
      .thenIt({ tells: ['reminded'] })
  })

  it('an idle timer that every message resets costs one wake-up a period, not one a message', () => {
    const story = given().when(started(), wrote('help'), accepted('ann'))
    for (let n = 0; n < 100; n++) story.when(said('ann', 'so?'), passes('PT1S'), wrote('so'), passes('PT1S'))
    const armed = story.brought.flatMap(({ effects }) => effects.filter(({ kind }) => kind === 'wake'))
    expect(armed.length).toBeLessThan(6)
  })

  it('one before its timer comes again later, under the same generation', () => {
    const story = given()
      .when(started(), wrote('help'), accepted('ann'), said('ann', 'hi'), passes('PT4M'))
      .thenIt({ is: 'withAgent' })
    // It was armed for the reminder of the queue, which the accept made needless.
    expect(story.brought.at(-1)?.decision).toEqual({
      kind: 'rearm',
      generation: 2,
      at: Date.parse('2026-06-05T14:05:00.000Z'),
    })
    story.when(passes('PT1M')).thenIt({ says: ['bot: Are you still there?'] })
  })

  it('one put off counts no more for what comes then: the next record arms its own', () => {
    const story = given({ channel: { timeouts: { agent: null } } })
      .when(started(), wrote('help'), accepted('ann'), said('ann', 'hi'), passes('PT3M'))
      .when(wrote('yes'), said('ann', 'so'))
    expect(story.last.state.wake).toEqual({
      generation: 3,
      at: Date.parse('2026-06-05T14:08:00.000Z'),
      seq: 7,
    })
    story.when(passes('PT4M59.999S')).thenNothing()
    story.when(passes('PT0.001S')).thenIt({ says: ['bot: Are you still there?'] })
  })

  it('one that another has replaced does nothing', () => {
    given().when(started(), wrote('help'), woken(1)).when(woken(1)).thenNothing()
  })

  it('one that the conversation does not know of means that what was read is old', () => {
    const decisions = (story: ReturnType<typeof given>) => story.brought.at(-1)?.decision
    expect(decisions(given().when(started(), woken(2)))).toEqual({ kind: 'outdated' })
    expect(decisions(given().when(woken(1)))).toEqual({ kind: 'outdated' })
  })

  it('one after the end or after the conversation was erased does nothing', () => {
    given().when(started(), left()).when(woken(1)).thenNothing()
    given().when(started(), erased()).when(woken(1), woken(7)).thenNothing()
  })

  it('their records name the timer and the generation', () => {
    const story = given().when(started(), passes('P1D'))
    expect(story.last.event).toEqual({ id: 'wake-1', type: 'timer.abandoned', seq: 2 })
  })
})

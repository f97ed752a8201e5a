import { describe, expect, it } from 'vitest'
import { publicRecord } from '../../engine/nats/views/records.ts'
import {
  accepted,
  closed,
  erased,
  given,
  left,
  noted,
  passes,
  rated,
  released,
  said,
  started,
  withId,
  wrote,
} from './given.ts'

const withAnn = (setting: Parameters<typeof given>[0] = {}) =>
  given(setting).when(started(), wrote('help'), accepted('ann', 'Ann'), said('ann', 'hi'))
const ended = (setting: Parameters<typeof given>[0] = {}) => withAnn(setting).when(closed('ann'))
/** The frame of the last record, as a gateway sends it to the customer. */
const asks = (story: ReturnType<typeof given>) => publicRecord(JSON.stringify(story.last))?.asksRating

describe('a rating', () => {
  it('after the end is kept, told to the workspace, and in the request', () => {
    const story = ended()
      .when(rated(4, 'quick'))
      .thenIt({ tells: ['rated'], says: [], outcomes: ['applied'], is: 'ended' })
    expect(story.last.rating).toEqual({ score: 4, text: 'quick' })
    expect(story.request).toMatchObject({ state: 'ended', rating: { score: 4, text: 'quick' } })
    story.when(noted('ann', 'nice'))
    expect(story.last).not.toHaveProperty('rating')
    expect(story.last.state.rating).toEqual({ score: 4, text: 'quick' })
  })

  it('needs no text; a blank one is none', () => {
    expect(ended().when(rated(1)).last.rating).toEqual({ score: 1 })
    expect(ended().when(rated(5, ' \n')).last.rating).toEqual({ score: 5 })
  })

  it('counts once: a second one is ignored, a repeated one is nothing', () => {
    const story = ended()
      .when(withId('r1', rated(4)))
      .when(rated(1, 'no'))
      .thenIt({ outcomes: ['ignored'], tells: [] })
    expect(story.last.state.rating).toEqual({ score: 4 })
    story.when(withId('r1', rated(4))).thenNothing()
  })

  it('is taken for seven days, to the millisecond', () => {
    ended()
      .when(passes('P7D'), rated(3))
      .thenIt({ outcomes: ['applied'] })
    ended()
      .when(passes('P7D', 1), rated(3))
      .thenIt({ refuses: [{ code: 'not_allowed_now', message: expect.stringContaining('too long ago') }] })
  })

  it('is refused before the end, and where the conversation is unknown or erased', () => {
    given()
      .when(rated(3))
      .thenIt({ refuses: ['unknown_conversation'] })
    withAnn()
      .when(rated(3))
      .thenIt({ refuses: ['not_allowed_now'], is: 'withAgent' })
    given()
      .when(started(), rated(3))
      .thenIt({ refuses: ['not_allowed_now'], is: 'greeting' })
    ended()
      .when(erased(), rated(3))
      .thenIt({ refuses: ['unknown_conversation'] })
  })

  it('is refused where no agent ever had the conversation', () => {
    for (const story of [
      given().when(started(), passes('P1D')),
      given().when(started(), left()),
      given().when(started(), wrote('help'), left()),
    ]) {
      expect(asks(story)).toBeUndefined()
      story.when(rated(3)).thenIt({ refuses: ['not_allowed_now'] })
    }
  })

  it('is taken where an agent had it, whoever has ended it', () => {
    for (const story of [
      withAnn().when(left()),
      withAnn().when(passes('PT15M')),
      withAnn().when(released('ann'), left()),
    ]) {
      expect(asks(story)).toBe(true)
      story.when(rated(3)).thenIt({ tells: ['rated'] })
    }
  })

  it('is not asked for, and refused, where the channel has switched it off', () => {
    const story = ended({ channel: { rating: false } })
    expect(asks(story)).toBeUndefined()
    story.when(rated(3)).thenIt({ refuses: ['not_allowed_now'] })
    expect(asks(ended({ channel: { rating: true } }))).toBe(true)
  })

  it.each([0, 6, 2.5, -1, 1e9])('of %d is refused', (score) => {
    ended()
      .when(rated(score))
      .thenIt({ refuses: [{ code: 'text_invalid', message: 'score: must be a whole number from 1 to 5' }] })
  })

  it('takes 4096 characters and no more; refused, it may be given again', () => {
    expect(ended().when(rated(3, '😀'.repeat(4096))).last.outcome).toBe('applied')
    ended()
      .when(rated(3, 'x'.repeat(4097)))
      .thenIt({ refuses: [{ code: 'too_long', limit: 4096 }] })
      .when(rated(3))
      .thenIt({ tells: ['rated'] })
  })

  it('of another type cannot be understood', () => {
    const story = ended()
    story.when({ ...rated(3), payload: { score: '3' } })
    expect(story.buried).toEqual(['invalid'])
  })
})

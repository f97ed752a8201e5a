import { describe, expect, it } from 'vitest'
import { conversationEventsMax as max } from '../../schemas/limits.ts'
import {
  accepted,
  botDid,
  closed,
  erased,
  filled,
  given,
  left,
  passes,
  released,
  type Story,
  said,
  started,
  withEvents,
  wrote,
} from './given.ts'

const eventsOf = ({ known }: Story) => known.record?.state.events
const queued = () => given().when(started(), wrote('help'))
const withAnn = () => queued().when(accepted('ann'))
const refusal = { code: 'conversation_full', max } as const

describe('the events of a conversation', () => {
  it('are counted where they are of a customer, an agent or a bot, and applied', () => {
    const story = given().when(started(), wrote('help'), accepted('ann'), said('ann', 'hi'))
    expect(eventsOf(story)).toBe(4)
    expect(eventsOf(story.when(said('bob', 'hi'), wrote(' '), filled({}), passes('PT15M')))).toBe(4)
    expect(story.status.state).toBe('ended')
  })

  it('may be so many, and then nothing more is said', () => {
    const story = withEvents(withAnn(), max - 2)
    story.when(wrote('one'), said('ann', 'two')).thenIt({ outcomes: ['applied', 'applied'] })
    expect(eventsOf(story)).toBe(max)
    story
      .when(
        wrote('three'),
        said('ann', 'three'),
        filled({ name: 'José' }),
        botDid('bot.message', { text: 'x' }),
      )
      .thenIt({ refuses: [refusal, refusal, refusal, refusal], says: [] })
    expect(eventsOf(story)).toBe(max)
  })

  it('may be more where an earlier version began the conversation, which did not count them', () => {
    const story = withEvents(queued(), undefined)
    story.when(wrote('one'), wrote('two')).thenIt({ outcomes: ['applied', 'applied'] })
    expect(eventsOf(story)).toBeUndefined()
  })
})

describe('a full conversation', () => {
  const full = (story: Story) => withEvents(story, max)

  it('ends, by either side or by silence', () => {
    full(withAnn()).when(left()).thenIt({ is: 'ended' })
    full(withAnn()).when(closed('ann')).thenIt({ is: 'ended' })
    full(withAnn().when(said('ann', 'Hi')))
      .when(passes('PT15M'))
      .thenIt({ is: 'ended' })
  })

  it('is accepted, released and erased', () => {
    full(queued())
      .when(accepted('ann'), released('ann'), accepted('bob'))
      .thenIt({ tells: ['accepted', 'released', 'accepted.2'] })
    const story = full(queued()).when(erased())
    expect(story.last.state.erased).toBeDefined()
  })
})

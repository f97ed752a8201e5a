import { describe, expect, it } from 'vitest'
import { openingHours } from '../../engine/core/hours/opening-hours.ts'
import { withCalendars } from '../../engine/core/hours/with-calendars.ts'
import { type MeasuredPast, measure } from '../../engine/nats/notifier/counts/measures.ts'
import {
  accepted,
  chose,
  closed,
  erased,
  given,
  gone,
  left,
  moved,
  noted,
  paris,
  passes,
  released,
  type Story,
  said,
  started,
  takenOver,
  transferred,
  until,
  wrote,
} from './given.ts'

const noClock = { timeouts: { agent: null, idleCustomer: [] } }
const queued = (setting: Parameters<typeof given>[0] = { channel: noClock }) =>
  given(setting).when(started(), wrote('help'))
const inParis = { channel: { schedule: 'paris', ...noClock }, schedules: [paris] }

/** The measures of a story's records, all or the last ones: `accept 2`, in minutes. */
function measured({ records }: Story, hours = false, from = 0): string[] {
  const paris24 = openingHours(withCalendars(paris))
  let past: MeasuredPast | undefined
  return records.slice(from).flatMap((record) => {
    const step = measure(past, record, () => (hours ? paris24 : undefined))
    past = step.past
    return step.measures.map(({ name, ms }) => `${name} ${ms / 60_000}`)
  })
}

describe('the time to accept', () => {
  it('is from the request to the acceptance, and so is the first wait', () => {
    const story = queued().when(passes('PT2M'), accepted('ann'))
    expect(measured(story)).toEqual(['accept 2', 'wait 2'])
  })

  it('of a second wait counts from the release; the first wait stays the only one', () => {
    const story = queued().when(passes('PT2M'), accepted('ann'), passes('PT5M'), released('ann'))
    story.when(passes('PT3M'), accepted('bob'))
    expect(measured(story)).toEqual(['accept 2', 'wait 2', 'accept 3'])
  })

  it('counts after a transfer, and for the workspace that accepts', () => {
    const story = queued().when(passes('PT1M'), accepted('ann'))
    story.when(transferred('ann', { workspace: 'billing' }), passes('PT4M'), accepted('bob'))
    expect(measured(story)).toEqual(['accept 1', 'wait 1', 'accept 4'])
    const last = measure(undefined, story.last, () => undefined)
    expect(last.measures).toMatchObject([{ name: 'accept', workspace: 'billing', channel: 'web' }])
  })

  it('counts once where the agent is gone and another one accepts', () => {
    const story = queued().when(accepted('ann'), gone('ann'), passes('PT1M'), accepted('bob'))
    expect(measured(story)).toEqual(['accept 0', 'wait 0', 'accept 1'])
  })

  it('is not ended by a take-over, whether the beginning was read or not', () => {
    const story = queued().when(passes('PT2M'), accepted('ann'), passes('PT6M'), takenOver('bob'))
    expect(measured(story)).toEqual(['accept 2', 'wait 2'])
    expect(measured(story, false, -1)).toEqual([])
  })

  it('is known of a conversation whose beginning was not read', () => {
    const story = queued().when(
      passes('PT2M'),
      accepted('ann'),
      released('ann'),
      passes('PT3M'),
      accepted('bob'),
    )
    expect(measured(story, false, -1)).toEqual(['accept 3'])
  })

  it('is not ended by a refused acceptance', () => {
    const story = queued().when(passes('PT2M'), accepted('ann', 'Ann', 7), accepted('ann'), accepted('bob'))
    expect(measured(story)).toEqual(['accept 2', 'wait 2'])
  })

  it('is of the request’s present place: a move to another workspace does not begin it anew', () => {
    const story = queued().when(passes('PT2M'), moved('sales'), passes('PT1M'), accepted('ann'))
    expect(measured(story)).toEqual(['accept 3', 'wait 3'])
  })
})

describe('the bot’s time', () => {
  const bot = {
    id: 'help',
    answers: [
      {
        id: 'start',
        steps: [{ type: 'options', text: 'Which?', options: [{ label: 'Agent', goTo: 'agent' }] }],
      },
      { id: 'agent', steps: [{ type: 'transfer' }] },
    ],
  }

  it('counts in none', () => {
    const story = given({ channel: { bot: 'help', ...noClock }, bots: [bot] })
    story.when(started(), passes('PT10M'), chose('Agent')).thenIt({ is: 'queued' })
    story.when(passes('PT1M'), accepted('ann'), passes('PT1M'), said('ann', 'hi'))
    expect(measured(story)).toEqual(['accept 1', 'wait 1', 'firstReply 2', 'reply 1'])
  })
})

describe('opening hours', () => {
  // The story begins on a Friday, an hour before the channel closes until Monday at nine.
  it('are all that counts', () => {
    const story = queued(inParis).when(until('2026-06-08T07:10:00.000Z'), accepted('ann'))
    expect(measured(story, true)).toEqual(['accept 70', 'wait 70'])
    expect(measured(story)).toEqual(['accept 3910', 'wait 3910'])
  })

  it('are those of now: outside of them no time passes', () => {
    const story = queued(inParis).when(until('2026-06-06T10:00:00.000Z'), accepted('ann'))
    story.when(until('2026-06-07T10:00:00.000Z'), said('ann', 'hi'))
    expect(measured(story, true)).toEqual(['accept 60', 'wait 60', 'firstReply 60', 'reply 0'])
  })
})

describe('a reply', () => {
  const withAnn = () => queued().when(passes('PT2M'), accepted('ann'))

  it('the first counts from the request, and each from what it answers', () => {
    const story = withAnn().when(passes('PT1M'), said('ann', 'hi'), passes('PT9M'), wrote('one'))
    story.when(passes('PT2M'), wrote('two'), passes('PT2M'), said('ann', 'a'), said('ann', 'b'))
    expect(measured(story)).toEqual(['accept 2', 'wait 2', 'firstReply 3', 'reply 1', 'reply 4'])
  })

  it('is no note, no refused message, and not a stranger’s', () => {
    const story = withAnn().when(passes('PT1M'), noted('ann', 'a note'), said('ann', ' '), said('bob', 'hi'))
    expect(measured(story)).toEqual(['accept 2', 'wait 2'])
  })

  it('after a take-over counts from what the customer wrote', () => {
    const story = withAnn().when(said('ann', 'hi'), wrote('one'), passes('PT5M'), takenOver('bob'))
    story.when(passes('PT1M'), said('bob', 'sorry'))
    expect(measured(story).slice(2)).toEqual(['firstReply 2', 'reply 0', 'reply 6'])
  })

  it('that comes after a release counts from the next acceptance; the customer has waited meanwhile', () => {
    const story = withAnn().when(
      wrote('one'),
      passes('PT5M'),
      released('ann'),
      passes('PT1M'),
      accepted('bob'),
    )
    story.when(passes('PT3M'), said('bob', 'hi'))
    expect(measured(story).slice(2)).toEqual(['accept 1', 'firstReply 11', 'reply 3'])
  })

  it('of a conversation whose beginning was not read is known where the record says since when', () => {
    const story = withAnn().when(said('ann', 'hi'), wrote('one'), passes('PT2M'), noted('ann', 'look'))
    story.when(passes('PT2M'), said('ann', 'so'))
    expect(measured(story, false, -2)).toEqual(['reply 4'])
    expect(measured(story, false, -1)).toEqual([])
  })
})

describe('an abandonment', () => {
  it('counts how long the customer had waited', () => {
    expect(measured(queued().when(passes('PT8M'), left()))).toEqual(['abandoned 8'])
  })

  it('of a second wait counts the second', () => {
    const story = queued().when(passes('PT2M'), accepted('ann'), released('ann'), passes('PT8M'), left())
    expect(measured(story)).toEqual(['accept 2', 'wait 2', 'abandoned 8'])
  })

  it('is no end with an agent, and none before there is a request', () => {
    expect(measured(queued().when(accepted('ann'), left()))).toEqual(['accept 0', 'wait 0'])
    expect(measured(queued().when(accepted('ann'), closed('ann')))).toEqual(['accept 0', 'wait 0'])
    expect(measured(given({ channel: noClock }).when(started(), left()))).toEqual([])
  })

  it('is no transfer and no erasure', () => {
    const story = queued().when(passes('PT1M'), moved('sales'), erased())
    expect(measured(story)).toEqual([])
  })
})

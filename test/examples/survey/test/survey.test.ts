import { describe, expect, it } from 'vitest'
import {
  accepted,
  answered,
  chose,
  filled,
  given,
  passes,
  reconfigured,
  type Setting,
  started,
  wrote,
} from '../../../behaviour/given.ts'
import survey from '../survey.ts'
import before from './survey-1.ts'

/** The channel `web` with the survey, as it is configured. */
const configured: Setting = {
  channel: { bot: 'survey', timeouts: { abandoned: 'PT1H' } },
  bots: [{ id: 'survey', machine: 'survey' }],
  definitions: [survey],
}
const asked = given(configured)
const question = 'options: How was it? [Great, So-so, Bad]'

describe('the survey', () => {
  it('asks how it was and why, tells the API, and ends', () => {
    const story = given(configured)
      .when(started())
      .thenIt({ says: [question], is: 'bot' })
      .when(chose('Great'))
      .thenIt({ says: ['customer: Great', 'bot: What did you like?'] })
      .when(wrote('The anvil'))
      .thenIt({ says: ['customer: The anvil'] })
    expect(story.last.state.calls).toMatchObject([
      { conversation: 'c1', call: 1, method: 'POST', body: { rating: 'Great', comment: 'The anvil' } },
    ])
    story.when(answered(1)).thenIt({ says: ['bot: Thank you!'], is: 'ended', tells: [] })
  })

  it('takes what is typed for the option that it is', () => {
    asked.when(started(), wrote('hello'), wrote('so-so')).thenIt({
      says: [question, 'customer: hello', 'customer: so-so', 'bot: What went wrong?'],
    })
  })

  it('refuses an option that there is not', () => {
    given(configured)
      .when(started(), chose('Awful'))
      .thenIt({ says: [question], refuses: ['details_invalid'] })
  })

  it('reminds once, and ends where nobody answers', () => {
    given(configured)
      .when(started(), passes('PT59M'))
      .thenIt({ says: [question, 'bot: One tap is enough.'], is: 'bot' })
      .when(passes('PT1M'))
      .thenIt({ shows: { state: 'ended', reason: 'abandoned' } })
  })

  it('does without a comment, and without the API', () => {
    given(configured)
      .when(started(), chose('Great'), passes('PT30M'), passes('PT30S'))
      .thenIt({
        says: [question, 'customer: Great', 'bot: What did you like?', 'bot: Thank you!'],
        is: 'ended',
      })
  })

  it('calls an agent where it was bad', () => {
    given(configured)
      .when(started(), chose('Bad'), wrote('It was late'), answered(1))
      .thenIt({ is: 'queued', tells: ['created'] })
      .when(accepted('ann', 'Ann'))
      .thenIt({ is: 'withAgent' })
  })

  it('asks for the details that the channel wants before', () => {
    given({ ...configured, channel: { bot: 'survey', duringHours: { customerDetails: ['email'] } } })
      .when(started(), chose('Bad'), wrote('It was late'), answered(1))
      .thenIt({ is: 'collectingDetails', tells: [] })
      .when(filled({ email: 'jose@example.com' }))
      .thenIt({ is: 'queued', tells: ['created'] })
  })
})

describe('conversations that began with version 1', () => {
  const atVersion1 = { ...configured, definitions: [before] }
  const deployed = reconfigured(configured)

  it('are asked for a comment, too, where they have not rated yet', () => {
    given(atVersion1)
      .when(started())
      .thenIt({ says: ['bot: How many stars, from 1 to 5?'] })
      .when(deployed, chose('So-so'))
      .thenIt({ says: ['customer: So-so', 'bot: What went wrong?'] })
  })

  it('are not reminded a second time, and end when they would have', () => {
    given(atVersion1)
      .when(started(), passes('PT20M'))
      .thenIt({ says: ['bot: How many stars, from 1 to 5?', 'bot: One number is enough.'] })
      .when(deployed, wrote('hm'), passes('PT40M'))
      .thenIt({ says: ['customer: hm'], shows: { state: 'ended', reason: 'abandoned' } })
  })

  it('get the answer to a call that is under way', () => {
    given(atVersion1)
      .when(started(), wrote('5'))
      .when(deployed, answered(1))
      .thenIt({ says: ['bot: Thank you!'], is: 'ended' })
  })

  it('do without it, too: under its new name the state begins its time-out anew', () => {
    given(atVersion1)
      .when(started(), wrote('1'))
      .when(deployed, passes('PT1M'))
      .thenIt({ is: 'queued', tells: ['created'] })
  })
})

import { describe, expect, it } from 'vitest'
import { eventSeqIn, eventTypeIn, isErasedIn, machineIn } from '../../engine/core/record.ts'
import {
  accepted,
  chose,
  erased,
  given,
  left,
  type Story,
  started,
  withId,
  wrote,
} from '../behaviour/given.ts'

const heads = (story: Story) =>
  story.records
    .map((record) => JSON.stringify(record))
    .map((body) => [eventSeqIn(body), machineIn(body), isErasedIn(body)])

describe('the head of a stored record', () => {
  it('is read from its text as it was written', () => {
    const story = given().when(started(), wrote('Help'), accepted('ann'), left(), erased(), wrote('Late'))
    expect(heads(story)).toEqual([
      [1, 'messagingResponse@1', false],
      [2, 'messagingResponse@1', false],
      [3, 'messagingResponse@1', false],
      [4, 'messagingResponse@1', false],
      [5, undefined, true],
      [6, undefined, true],
    ])
  })

  it('is read before there is a machine, whatever the id of the event', () => {
    const story = given().when(withId('"}\\{"seq":7}', wrote('Too early')), withId('"state":{', chose('x')))
    expect(heads(story)).toEqual([
      [1, undefined, false],
      [2, undefined, false],
    ])
  })

  it('is not read from the texts of others', () => {
    const text = '"state":{"erased":{}} "state":{"machine":"other@1"} {"at":"","event":{"id":"","seq":7}'
    const story = given().when(started({ customer: { externalId: text } }), wrote(text))
    expect(heads(story)).toEqual([
      [1, 'messagingResponse@1', false],
      [2, 'messagingResponse@1', false],
    ])
  })

  it('has the type of its event, whatever the id of the event', () => {
    const story = given().when(started(), withId('"type":"agent.message","seq":7}', wrote('Help')))
    const types = story.records.map((record) => eventTypeIn(JSON.stringify(record)))
    expect(types).toEqual(['session.started', 'session.message'])
  })

  it('has no sequence where the text is not a record', () => {
    for (const body of ['', '{}', '{"event":{"seq":1}}', 'x']) expect(eventSeqIn(body)).toBeUndefined()
  })
})

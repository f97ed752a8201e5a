import { expect, it } from 'vitest'
import { decideAgain } from '../../engine/core/decide-again.ts'
import { readEvent } from '../../engine/core/read-event.ts'
import { UnknownMachine } from '../../engine/core/running.ts'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import { definitionOf, definitionsOf, type Registry, responseId } from '../../engine/machines/definitions.ts'
import { messagingResponse } from '../../engine/machines/messaging-response.ts'
import { unwrap } from '../../schemas/result.ts'
import { given, started, wrote } from '../behaviour/given.ts'

it('an event is decided by the machine that it was decided by, and by no later one', () => {
  const story = given().when(started())
  const known = story.known
  const { subject, at, id, body } = story.when(wrote('Help')).brought[1] as (typeof story.brought)[0]
  const event = unwrap(readEvent({ subject, seq: 2, at, id, body: Buffer.from(body), headers: {} }))
  const again = (definitions: Registry) => decideAgain({ definitions }, known, event, story.last)
  expect(again(definitionsOf(...builtIn))).toMatchObject({
    kind: 'record',
    record: { status: { state: 'queued' } },
  })
  const later = definitionOf(responseId, 2, messagingResponse, { 1: (stored) => stored })
  expect(() => again(definitionsOf(later))).toThrow(UnknownMachine)
  expect(() => again(definitionsOf({ id: responseId, retired: 'all' }))).toThrow(UnknownMachine)
})

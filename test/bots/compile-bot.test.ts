import { describe, expect, it } from 'vitest'
import type { AnyStateNode } from 'xstate'
import { compileBot } from '../../engine/machines/bots/compile.ts'
import { botDefinition, botNamed } from '../../engine/machines/bots/definition.ts'
import { definitionHash } from '../../engine/machines/definition-hash.ts'
import { botFlow } from '../../schemas/configuration/bot-flow.ts'
import { assistant } from '../machines/assistant.ts'
import { branch, flowOf, goodbye, message } from './flow.ts'

const { states } = compileBot(assistant).root
const answers = states.bot?.states as Record<string, AnyStateNode>

describe('the machine of a bot', () => {
  it('has a state for each answer, and in it one for each step, under the author’s names', () => {
    const drawn = Object.values(answers).map(({ key, states }) => [key, Object.keys(states)])
    expect(drawn).toEqual([
      ['welcome', ['topic']],
      ['order', ['number', 'find']],
      ['found', ['1-branch']],
      ['underWay', ['1-message', '2-link']],
      ['delivered', ['1-message', '2-link']],
      ['helped', ['1-resolved']],
      ['goodbye', ['1-end']],
      ['hours', ['1-hours']],
      ['openNow', ['1-message', '2-link']],
      ['closedNow', ['1-message', '2-link']],
      ['person', ['1-set', '2-transfer']],
    ])
    expect(states.bot?.initial.target.map(({ key }) => key)).toEqual(['welcome'])
  })

  it('has beside them what every conversation has', () => {
    expect(Object.keys(states)).toEqual([
      ...['bot', 'fallBack', 'greeting', 'collectingDetails', 'followUp', 'queued', 'withAgent', 'ended'],
    ])
  })

  it('says at its ways when each is taken', () => {
    const topic = answers.welcome?.states.topic as AnyStateNode
    const ways = topic.transitions
      .get('session.option')
      ?.map(({ description, target }) => [description, target?.[0]?.key])
    expect(ways).toEqual([
      ['Where is my order?', 'order'],
      ['Opening hours', 'hours'],
      ['Talk to a person', 'person'],
      [undefined, undefined],
    ])
    const found = answers.found?.states['1-branch']?.always?.map(({ description }) => description)
    expect(found).toEqual(['variables.status is “delivered”', 'otherwise'])
  })

  it('says all comparisons in words', () => {
    const when = [
      { value: 'locale', is: 'a' },
      { value: 'locale', isNot: 'b' },
      { value: 'locale', contains: 'c' },
      { value: 'locale', startsWith: 'd' },
      { value: 'locale', isKnown: true },
      { value: 'locale', isKnown: false },
    ]
    const flow = flowOf({
      start: [branch(when, 'end', 'end')],
      end: goodbye,
    })
    const { always } = compileBot(botFlow.parse(flow)).states.bot?.states.start?.states['1-branch'] ?? {}
    expect(always?.[0]?.description).toBe(
      'locale is “a” and locale is not “b” and locale contains “c” and locale starts with “d” ' +
        'and locale is known and locale is not known',
    )
  })
})

describe('a revision of a bot', () => {
  const revision = (change: object = {}) => botDefinition({ ...assistant, ...change })

  it('is known by the bot’s id and its content', () => {
    expect(revision().name).toBe(revision().name)
    expect(revision().name).toMatch(/^bot\.assistant\.[0-9a-f]{16}@1$/)
    expect(botNamed(revision().name)).toEqual({ id: 'assistant', revision: revision().id.split('.')[2] })
    expect(revision({ greeting: 'Hello!' }).name).not.toBe(revision().name)
    expect(botNamed('messagingResponse@1')).toBeUndefined()
  })

  it('has the hash of its structure: another step is another machine', () => {
    const hash = (change: object = {}) => definitionHash(revision(change).machine)
    const [welcome, ...others] = assistant.answers
    const hello = message('Hello!')
    expect(hash()).toBe(hash())
    expect(
      hash({ answers: [{ id: 'welcome', steps: [hello, ...(welcome?.steps ?? [])] }, ...others] }),
    ).not.toBe(hash())
  })
})

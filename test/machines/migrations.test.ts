import { describe, expect, it } from 'vitest'
import {
  assign,
  beginningOf,
  bot,
  conversationParts,
  customerText,
  type Definition,
  defineConversation,
  type OwnConversation,
  type Retirement,
  retireConversation,
  type Stored,
} from '../../engine/machines/define-conversation.ts'
import {
  accepted,
  closed,
  erased,
  given,
  left,
  passes,
  reconfigured,
  released,
  type Setting,
  said,
  started,
  wrote,
} from '../behaviour/given.ts'

const { setup, root, agentStates } = conversationParts<{ heard: number }>()

/** A machine that says which version it is, hears a text, and calls an agent at the second one. */
function version(
  number: number,
  migrations: OwnConversation['migrations'] = {},
  { state = 'hearing', nudgeMs = 60_000, waits = {} as object } = {},
): Definition {
  const own = setup.extend({
    guards: { hasHeard: ({ context }) => context.own.heard > 0 },
    delays: { nudge: nudgeMs, patience: 30 * 60_000 },
    actions: { hear: assign(({ context }) => ({ own: { heard: context.own.heard + 1 } })) },
  })
  const says = { type: 'say', params: ({ event }: { event: never }) => customerText(event) }
  const machine = own.createMachine({
    ...root,
    entry: [],
    id: 'own',
    context: ({ input }: { input: Parameters<typeof beginningOf>[0]['input'] }) =>
      beginningOf({ input }, { heard: 0 }),
    initial: state,
    states: {
      [state]: {
        on: {
          'session.message': [
            {
              guard: 'hasHeard',
              target: 'queued',
              actions: [says, 'makeRequest', { type: 'notify', params: { action: 'created' } }],
            },
            { actions: [says, 'hear', { type: 'say', params: bot(`version ${number}`) }] },
          ],
        },
        after: {
          nudge: { actions: { type: 'say', params: bot(`nudge ${number}`) } },
          abandoned: { target: '#ended', actions: { type: 'end', params: { reason: 'abandoned' } } },
        },
      },
      passing: { always: 'queued' },
      ...agentStates,
      queued: { ...agentStates.queued, after: { ...agentStates.queued.after, ...waits } },
    },
  } as never)
  return defineConversation({ id: 'own', version: number, machine, migrations })
}

const asIs = (stored: Stored) => stored

function running(...definitions: (Definition | Retirement)[]): Setting {
  return {
    channel: { bot: 'own', timeouts: { abandoned: 'PT1H', unanswered: 'PT2M', escalate: 'PT10M' } },
    bots: [{ id: 'own', machine: 'own' }],
    definitions,
  }
}
const deployed = (...definitions: (Definition | Retirement)[]) => reconfigured(running(...definitions))

const atVersion1 = () => given(running(version(1)))
const queued = () => atVersion1().when(started(), wrote('one'), wrote('two')).thenIt({ is: 'queued' })
const withAnn = () => queued().when(accepted('ann', 'Ann'), said('ann', 'Hello')).thenIt({ is: 'withAgent' })

describe('a version that is registered', () => {
  it('is kept by the conversations that began with it; new ones begin with the latest', () => {
    const both = [version(1), version(2, { 1: asIs })]
    const story = atVersion1()
      .when(started())
      .when(deployed(...both), wrote('hi'))
      .thenIt({ says: ['customer: hi', 'bot: version 1'] })
    expect(story.last.state.machine).toBe('own@1')
    given(running(...both))
      .when(started(), wrote('hi'))
      .thenIt({ says: ['customer: hi', 'bot: version 2'] })
  })
})

describe('a migration', () => {
  it('takes a conversation to the new version’s state, with what it remembers', () => {
    const next = version(
      2,
      {
        1: ({ value, context }: Stored<{ heard: number }>) => ({
          value: value === 'hearing' ? 'listening' : value,
          context: { ...context, own: { heard: context.own.heard - 1 } },
        }),
      },
      { state: 'listening' },
    )
    const story = atVersion1()
      .when(started(), wrote('one'))
      .thenIt({ says: ['customer: one', 'bot: version 1'] })
      .when(deployed(next), wrote('one again'))
      .thenIt({ says: ['customer: one again', 'bot: version 2'], outcomes: ['applied'] })
    expect(story.last.state).toMatchObject({ machine: 'own@2', snapshot: { value: 'listening' } })
    story.when(wrote('two')).thenIt({ is: 'queued', tells: ['created'] })
  })

  it('is done once, and kept also where its event is refused', () => {
    let times = 0
    const next = version(2, {
      1: (stored) => {
        times++
        return stored
      },
    })
    const story = atVersion1()
      .when(started())
      .when(deployed(next), accepted('ann'))
      .thenIt({ refuses: ['not_queued'] })
    expect(story.last.state).toMatchObject({ machine: 'own@2', snapshot: { value: 'hearing' } })
    // Each event of a story is decided three times.
    expect(times).toBe(3)
    story.when(wrote('hi')).thenIt({ says: ['customer: hi', 'bot: version 2'] })
    expect(times).toBe(3)
  })

  it('that leads to a state with another name to customers tells it, also where its event is refused', () => {
    const next = version(2, { 1: ({ context }) => ({ value: 'greeting', context }) }, { state: 'greeting' })
    atVersion1()
      .when(started())
      .thenIt({ shows: { state: 'bot' } })
      .when(deployed(next), accepted('ann'))
      .thenIt({ refuses: ['not_queued'], shows: { state: 'greeting' } })
  })

  it('keeps a request in the queue, of which nobody is told again', () => {
    queued()
      .when(deployed(version(2, { 1: asIs })), wrote('three'))
      .thenIt({ says: ['customer: three'], tells: [] })
      .when(accepted('ann', 'Ann', 1))
      .thenIt({
        tells: ['accepted'],
        shows: { state: 'withAgent', request: 1, agent: { id: 'ann', name: 'Ann' } },
      })
  })

  it('keeps the agent, who goes on', () => {
    withAnn()
      .when(deployed(version(2, { 1: asIs })), said('bob', 'Me too'))
      .thenIt({ refuses: [{ code: 'not_the_agent' }], says: [] })
      .when(said('ann', 'Which order?'), wrote('4711'))
      .thenIt({ says: ['agent ann: Which order?', 'customer: 4711'], tells: [] })
      .when(closed('ann'))
      .thenIt({ is: 'ended', tells: ['ended'] })
  })

  it('tells no status that has not changed', () => {
    const story = withAnn().when(deployed(version(2, { 1: asIs })), said('ann', 'Which order?'))
    expect(story.last.status).toBeUndefined()
  })

  it('may leave out which state within a state is first', () => {
    const story = withAnn()
      .when(deployed(version(2, { 1: ({ context }) => ({ value: 'withAgent', context }) })), wrote('hm'))
      .thenIt({ says: ['customer: hm'] })
    expect(story.last.state.snapshot?.value).toEqual({ withAgent: 'agentsTurn' })
  })

  it('may change what it was given in place', () => {
    const next = version(2, {
      1: (stored) => {
        ;(stored as Stored<{ heard: number }>).context.own.heard = 1
        return stored
      },
    })
    atVersion1().when(started()).when(deployed(next), wrote('hi')).thenIt({ is: 'queued' })
  })

  it('goes from any version to the one that there is', () => {
    const next = version(3, { 1: asIs, 2: asIs })
    const story = atVersion1()
      .when(started())
      .when(deployed(next), wrote('hi'))
      .thenIt({ says: ['customer: hi', 'bot: version 3'] })
    expect(story.last.state.machine).toBe('own@3')
    // And back.
    story.when(deployed(version(2, { 3: asIs })), wrote('two')).thenIt({ is: 'queued' })
    expect(story.last.state.machine).toBe('own@2')
  })
})

describe('timers, when a conversation is migrated', () => {
  it('that run keep their instant', () => {
    withAnn()
      .when(passes('PT4M'))
      .thenIt({ says: [] })
      .when(deployed(version(2, { 1: asIs })), accepted('ann'), passes('PT59S'))
      .thenIt({ says: [] })
      .when(passes('PT1S'))
      .thenIt({ says: ['bot: Are you still there?'] })
  })

  it('come due at their instant, whichever event migrates', () => {
    withAnn()
      .when(deployed(version(2, { 1: asIs })), passes('PT11M'))
      .thenIt({ is: 'ended', tells: ['ended'] })
    queued()
      .when(deployed(version(2, { 1: asIs })), passes('PT2M'))
      .thenIt({ tells: ['reminded'] })
      .when(passes('PT8M'))
      .thenIt({ tells: ['escalated'] })
  })

  it('that have come due in a state do not come due in it again', () => {
    queued()
      .when(passes('PT3M'))
      .thenIt({ tells: ['reminded'] })
      .when(deployed(version(2, { 1: asIs })), wrote('hello?'), passes('PT1H'))
      .thenIt({ tells: ['escalated', 'escalated.2'] })
    atVersion1()
      .when(started(), passes('PT1M'))
      .thenIt({ says: ['bot: nudge 1'] })
      .when(deployed(version(2, { 1: asIs })), accepted('ann'), passes('PT30M'))
      .thenIt({ says: [] })
  })

  it('do so where the state is entered again', () => {
    const left = queued().when(passes('PT3M'), accepted('ann'))
    expect(left.last.state.fired).toBeUndefined()
    queued()
      .when(passes('PT3M'))
      .when(deployed(version(2, { 1: asIs })), accepted('ann'), released('ann'), passes('PT2M'))
      .thenIt({ tells: ['accepted', 'released', 'reminded.2'] })
  })

  it('that the new version has besides start then', () => {
    const waits = { patience: { actions: { type: 'say', params: bot('Thank you for waiting') } } }
    queued()
      .when(passes('PT20M'))
      .when(deployed(version(2, { 1: asIs }, { waits })), wrote('hello?'), passes('PT29M'))
      .thenIt({ says: ['customer: hello?'] })
      .when(passes('PT1M'))
      .thenIt({ says: ['bot: Thank you for waiting'] })
  })

  it('that the new version has no more are gone, also where one of them wakes it', () => {
    const next = version(2, { 1: ({ context }) => ({ value: 'listening', context }) }, { state: 'listening' })
    const story = atVersion1()
      .when(started())
      .when(deployed(next), passes('PT1M'))
      .thenIt({ says: [], outcomes: ['applied'] })
    expect(story.last.state.timers?.map(({ id }) => id)).toEqual([
      'xstate.after.nudge.own.listening',
      'xstate.after.abandoned.own.listening',
    ])
    expect(story.last.state.fired).toBeUndefined()
    story.when(passes('PT1M')).thenIt({ says: ['bot: nudge 2'] })
  })

  it('have the new version’s delay from their next start on', () => {
    const next = version(2, { 1: asIs }, { nudgeMs: 5_000 })
    atVersion1()
      .when(started())
      .when(deployed(next), accepted('ann'), passes('PT59S'))
      .thenIt({ says: [] })
      .when(passes('PT1S'))
      .thenIt({ says: ['bot: nudge 2'] })
  })
})

describe('a migration that goes wrong', () => {
  const wrong: [what: string, migration: (stored: Stored) => never, said: string][] = [
    [
      'leads to a state that there is not',
      (({ context }: Stored) => ({ value: 'nowhere', context })) as never,
      'leads to "nowhere", which there is not',
    ],
    [
      'takes a waiting customer out of the queue',
      (({ context }: Stored) => ({ value: 'hearing', context })) as never,
      'leads from "queued" to "hearing": who waits goes on waiting',
    ],
    [
      'forgets the request',
      (({ value, context }: Stored) => ({ value, context: { ...context, request: 0 } })) as never,
      'must leave context.request, context.agent and context.reason as they are',
    ],
    [
      'makes what cannot be stored',
      (({ value, context }: Stored) => ({ value, context: { ...context, own: new Map() } })) as never,
      'makes a context that is not plain JSON: context.own is a Map',
    ],
    ['returns nothing', (() => undefined) as never, 'must return { value, context }'],
    [
      'throws',
      (() => {
        throw new Error('no luck')
      }) as never,
      'no luck',
    ],
  ]
  it.each(wrong)('since it %s fails, and leaves the conversation as it was', (_, migration, said) => {
    const story = queued()
    const before = story.known
    expect(() => story.when(deployed(version(2, { 1: migration })), wrote('hello?'))).toThrow(said)
    expect(story.known).toBe(before)
  })

  it('since it leads to a state that is left at once fails', () => {
    const next = version(2, { 1: ({ context }) => ({ value: 'passing', context }) })
    expect(() => atVersion1().when(started(), deployed(next), wrote('hi'))).toThrow(
      'leads to passing, which is left at once',
    )
  })
})

describe('a conversation whose version is to end', () => {
  const policies: [name: string, definitions: (Definition | Retirement)[]][] = [
    ['by its successor', [version(2, { 1: 'end' })]],
    ['since the machine is retired', [retireConversation('own')]],
    ['since the version is retired', [version(2), retireConversation('own', [1])]],
  ]
  const notice = 'notice: This conversation has ended. Write to us again, and we’ll start a new one.'

  describe.each(policies)('%s', (_, definitions) => {
    it('ends at its next event, with what the customer has just said', () => {
      atVersion1()
        .when(started())
        .when(deployed(...definitions), wrote('hello?'))
        .thenIt({
          says: ['customer: hello?', notice],
          shows: { state: 'ended', reason: 'bot' },
          tells: [],
          outcomes: ['applied'],
        })
        .when(wrote('still there?'))
        .thenIt({ refuses: ['conversation_ended'] })
    })

    it('has its request withdrawn, once', () => {
      const story = queued()
        .when(deployed(...definitions), wrote('hello?'))
        .thenIt({ tells: ['withdrawn'], is: 'ended' })
      expect(story.request).toMatchObject({ state: 'withdrawn', request: 1 })
      story.when(wrote('hello?'), left(), passes('P1D')).thenIt({ tells: [] })
    })

    it('has its request ended where an agent has it, whose last words are kept', () => {
      const story = withAnn()
        .when(deployed(...definitions), said('ann', 'Bye'))
        .thenIt({ says: ['agent ann: Bye', notice], tells: ['ended'], is: 'ended' })
      expect(story.request).toMatchObject({ state: 'ended', agent: { id: 'ann' } })
    })

    it('ends at a wake-up', () => {
      queued()
        .when(deployed(...definitions), passes('PT1H'))
        .thenIt({ says: [notice], tells: ['withdrawn'], is: 'ended' })
    })

    it('ends as its customer wishes', () => {
      queued()
        .when(deployed(...definitions), left())
        .thenIt({ says: [], tells: ['withdrawn'], shows: { state: 'ended', request: 1, reason: 'customer' } })
    })

    it('can be erased', () => {
      queued()
        .when(deployed(...definitions), erased())
        .thenIt({ tells: ['withdrawn'], outcomes: ['applied'] })
    })
  })

  it('goes on where another version is retired', () => {
    atVersion1()
      .when(started())
      .when(deployed(version(1), retireConversation('own', [2])), wrote('hi'))
      .thenIt({ says: ['customer: hi', 'bot: version 1'] })
    // A version that is registered is not retired.
    atVersion1()
      .when(started())
      .when(deployed(version(1), retireConversation('own')), wrote('hi'))
      .thenIt({ says: ['customer: hi', 'bot: version 1'] })
  })
})

describe('a conversation whose version nobody knows', () => {
  const gone = deployed()

  it('is never read as another', () => {
    expect(() => atVersion1().when(started()).when(gone, wrote('hi'))).toThrow(
      'the conversation runs own@1, which this engine does not have',
    )
    expect(() => queued().when(gone, passes('PT2M'))).toThrow('own@1')
    expect(() => queued().when(deployed(version(2)), wrote('hi'))).toThrow('own@1')
  })

  it('that has ended is ended all the same, and what is refused or repeated needs no machine', () => {
    const story = atVersion1().when(started(), left())
    story.when(gone, wrote('hi'), left()).thenIt({ refuses: ['conversation_ended'] })
    atVersion1()
      .when(started())
      .when(gone, wrote(' '))
      .thenIt({ refuses: ['text_invalid'] })
  })

  it('can be erased', () => {
    queued()
      .when(gone, erased(), wrote('hi'))
      .thenIt({ refuses: ['unknown_conversation'] })
  })
})

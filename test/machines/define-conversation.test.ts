import { describe, expect, it } from 'vitest'
import { raise, sendTo } from 'xstate'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import {
  assign,
  beginningOf,
  conversationParts,
  defineConversation,
  not,
  retireConversation,
} from '../../engine/machines/define-conversation.ts'
import { begin, step } from '../../engine/machines/step.ts'
import { given, passes, started, wrote as writes } from '../behaviour/given.ts'
import { inputs } from './messaging-response.ts'

const { setup, root, responseStates, agentStates } = conversationParts<{ since?: unknown }>()
const own = setup.extend({
  actions: { write: () => {}, count: assign(({ context }) => ({ own: context.own })) },
  guards: { isLate: () => true },
  delays: { soon: 1_000 },
})

/** A machine that is in order, but for what is changed in it. Written loosely: the types would catch most of it. */
function machine(changed: Record<string, unknown>, states: Record<string, unknown> = {}) {
  return own.createMachine({
    ...root,
    id: 'mine',
    context: ({ input }: { input: (typeof inputs)[0] }) => beginningOf({ input }, {}),
    initial: 'asking',
    ...changed,
    states: { asking: {}, ...responseStates, ...agentStates, ...states },
  } as never)
}

function problemOf(changed: Record<string, unknown>, states?: Record<string, unknown>) {
  try {
    defineConversation({ id: 'mine', version: 1, machine: machine(changed, states) })
    return 'none'
  } catch (error) {
    return (error as Error).message
  }
}

describe('a machine of one’s own', () => {
  it('is what conversations can run, under its id and version', () => {
    expect(defineConversation({ id: 'mine', version: 3, machine: machine({}) })).toMatchObject({
      id: 'mine',
      version: 3,
      name: 'mine@3',
      migrations: {},
    })
  })

  const wrong: [what: string, states: Record<string, unknown>, said: string][] = [
    ['invokes an actor', { asking: { invoke: { src: 'other' } } }, 'state asking invokes an actor'],
    ['has a history state', { asking: { type: 'history' } }, 'state asking is a history state'],
    ['spells a known state otherwise', { with_agent: {} }, 'state with_agent must be spelled withAgent'],
    ['ends elsewhere', { finished: { type: 'final' } }, 'state finished is final'],
    ['goes on after its end', { ended: { id: 'ended' } }, 'state ended must be final'],
    [
      'names an action that there is not',
      { asking: { entry: 'shout' } },
      'state asking: action “shout” is not implemented',
    ],
    [
      'does something itself',
      { asking: { entry: 'write' } },
      'state asking: action “write” is a function, which is never run',
    ],
    [
      'does something in place',
      { asking: { exit: () => {} } },
      'state asking: action written in place is a function, which is never run',
    ],
    [
      'sends to another actor',
      { asking: { entry: sendTo('other', { type: 'x' }) } },
      'is xstate.sendTo: there is nobody to receive it',
    ],
    [
      'raises later what has no id',
      { asking: { entry: raise({ type: 'x' } as never, { delay: 10 }) } },
      'raises an event later and has no id',
    ],
    [
      'names a guard that there is not',
      { asking: { on: { 'session.message': { guard: not('isTired' as never), target: 'ended' } } } },
      'state asking: guard “isTired” is not implemented',
    ],
    [
      'names a delay that there is not',
      { asking: { after: { PT2M: 'queued' } } },
      'state asking: delay “PT2M” is not implemented',
    ],
    [
      'ends without a reason',
      { asking: { on: { 'session.message': { target: 'ended', actions: 'ignore' } } } },
      'state asking: session.message leads to ended and does not say why',
    ],
    [
      'waits for an API without saying so',
      { asking: { on: { 'call.answered': 'queued' } } },
      'state asking waits for an API and does not say so: add tags: awaitsCall',
    ],
  ]
  it.each(wrong)('that %s is refused, by the name of the state', (_, states, said) => {
    expect(problemOf({}, states)).toContain(said)
  })

  it('that never ends is refused', () => {
    expect(problemOf({ on: {} })).toContain('state asking has no way to the end')
  })

  it('that is parallel as a whole is refused', () => {
    expect(problemOf({ type: 'parallel', initial: undefined })).toContain('the machine is parallel')
  })

  it('whose context does not begin as all do, or is no JSON, is refused', () => {
    expect(problemOf({ context: { own: {} } })).toContain('its context lacks pinned, customer, response')
    expect(
      problemOf({
        context: ({ input }: { input: (typeof inputs)[0] }) => beginningOf({ input }, { since: new Date(0) }),
      }),
    ).toContain('context.own.since is a Date')
  })

  it('that throws at its beginning is refused', () => {
    expect(
      problemOf({
        context: () => {
          throw new Error('no luck')
        },
      }),
    ).toContain('cannot begin: no luck')
  })

  it('has every problem said at once', () => {
    const said = problemOf({}, { asking: { entry: 'shout', after: { PT2M: 'queued' } } })
    expect(said).toMatch(/^mine@1: .*“shout”.*; .*“PT2M”/)
  })

  it('that circles without end is cut, and throws', () => {
    const circling = machine(
      {},
      {
        asking: { on: { 'session.message': 'round' } },
        round: { always: { guard: 'isLate', target: 'again' } },
        again: { always: { guard: 'isLate', target: 'round' } },
      },
    )
    const definition = defineConversation({ id: 'mine', version: 1, machine: circling })
    const { snapshot } = begin(definition.machine, inputs[0])
    expect(() =>
      step(definition.machine, snapshot, { type: 'session.message', text: 'x', at: 0 } as never),
    ).toThrow('Infinite loop')
  })
})

describe('a timer that is due again at once', () => {
  it('is cut, and throws', () => {
    const circling = machine({}, { asking: { after: { 0: { target: 'asking', reenter: true } } } })
    const definition = defineConversation({ id: 'mine', version: 1, machine: circling })
    const story = given({
      channel: { bot: 'mine' },
      bots: [{ id: 'mine', machine: 'mine' }],
      definitions: [definition],
    }).when(started())
    expect(() => story.when(passes('PT1S'))).toThrow('timers come due without end')
  })
})

describe('what a machine without types may do', () => {
  const wrote = (...actions: object[]) => {
    const definition = defineConversation({
      id: 'mine',
      version: 1,
      machine: machine({}, { asking: { on: { 'session.message': { actions } } } }),
    })
    const setting = { channel: { bot: 'mine' }, bots: [{ id: 'mine', machine: 'mine' }] }
    return given({ ...setting, definitions: [definition] }).when(started(), writes('x'))
  }

  it.each([
    ['say', { author: { type: 'assistant' }, type: 'text', text: 'Hello' }, 'author'],
    ['say', { author: { type: 'bot' }, type: 'text', text: 7 }, 'text'],
    ['notify', { action: 'shouted' }, 'action'],
    ['end', { reason: 'bored' }, 'reason'],
  ])('%s %j costs its event: a record with it could not be read again', (type, params, said) => {
    expect(() => wrote({ type, params })).toThrow(said)
  })

  it('calls nothing at an event that it refuses', () => {
    const call = { bot: 'mine', step: 'a', method: 'GET', url: 'https://example.com', headers: {}, save: {} }
    const { last } = wrote(
      { type: 'call', params: { ...call, timeoutMs: 1_000 } },
      { type: 'refuse', params: { code: 'not_allowed_now' } },
    )
    const { calls, called, awaits } = last.state
    expect({ outcome: last.outcome, calls, called, awaits }).toEqual({ outcome: 'rejected' })
  })
})

describe('its id and version', () => {
  const define = (id: string, version: number, machineId = id, migrations = {}) =>
    defineConversation({ id, version, machine: machine({ id: machineId }), migrations })

  it.each([
    ['a b', 1, 'id must be 1 to 64 characters'],
    ['mine', 0, 'version 0 must be a whole number from 1'],
    ['mine', 1.5, 'version 1.5 must be a whole number from 1'],
    ['externalBot', 2, 'id externalBot is frontdesk’s own'],
    ['messagingResponse', 1, 'version must be above 1'],
  ])('%s@%s is refused', (id, version, said) => {
    expect(() => define(id, version)).toThrow(said)
  })

  it('may be those of a later response of all channels', () => {
    expect(define('messagingResponse', 2).version).toBeGreaterThan(builtIn[0].version)
  })

  it('stand in the machine, too', () => {
    expect(() => define('mine', 1, 'other')).toThrow('createMachine must be given the id "mine"')
  })

  it('are not what a migration begins with', () => {
    expect(() => define('mine', 2, 'mine', { 2: 'end' })).toThrow('migrations: 2 must be another version')
    expect(() => define('mine', 2, 'mine', { 1: 'stop' })).toThrow(
      'migrations: 1 must be a function or "end"',
    )
    // From a later one, too: the way back of a deployment.
    expect(define('mine', 2, 'mine', { 1: 'end', 3: 'end' }).migrations).toEqual({ 1: 'end', 3: 'end' })
  })
})

describe('a retirement', () => {
  it('names an id and versions', () => {
    expect(retireConversation('mine')).toEqual({ id: 'mine', retired: 'all' })
    expect(retireConversation('bot.help.0123abcd', [1])).toEqual({ id: 'bot.help.0123abcd', retired: [1] })
    expect(() => retireConversation('')).toThrow('must have the id of a machine')
    expect(() => retireConversation('mine', [])).toThrow('whole numbers from 1')
  })
})

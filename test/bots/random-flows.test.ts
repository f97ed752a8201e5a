import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { inputOf } from '../../engine/core/configuration.ts'
import { openingHours } from '../../engine/core/hours/opening-hours.ts'
import { withCalendars } from '../../engine/core/hours/with-calendars.ts'
import { checkDocument } from '../../engine/core/read-document.ts'
import { compileBot } from '../../engine/machines/bots/compile.ts'
import { botDefinition, revisionOf } from '../../engine/machines/bots/definition.ts'
import type { Context, Input } from '../../engine/machines/context.ts'
import { definitionHash } from '../../engine/machines/definition-hash.ts'
import { type Action, begin, type MachineSnapshot, restore, step, store } from '../../engine/machines/step.ts'
import { awaitsCall, type CallRequest, type Say } from '../../engine/machines/vocabulary.ts'
import { activeNodes } from '../../engine/machines/xstate-internals.ts'
import type { BotFlow } from '../../schemas/configuration/bot-flow.ts'
import type { Channel } from '../../schemas/configuration/channel.ts'
import type { Event } from '../../schemas/conversation/event.ts'
import { lineOf } from '../../schemas/problem.ts'
import {
  accepted,
  answered,
  chose,
  failed,
  filled,
  type Happening,
  left,
  loggedIn,
  paris,
  passes,
  said,
  started,
  steppedBack,
  storyBegins,
  withId,
  wrote,
} from '../behaviour/given.ts'
import { givenBot } from './given-bot.ts'
import { anyFlow, garbledFlow, labels, validFlow } from './random-flow.ts'

/** FRONTDESK_RUNS=50 tries fifty times as many flows. */
const runs = Number(process.env.FRONTDESK_RUNS ?? 1)
/** Of one flow. */
const situationsMax = 150
/** Of one event: twenty links, each with a few steps. */
const microstepsMax = 500

/** The flow as it is read, or what is wrong with it. */
function read(flow: unknown): { bot: BotFlow } | { problems: string[] } {
  const read = checkDocument('bot', flow)
  return read.ok ? { bot: read.value.document as BotFlow } : { problems: read.error.problems.map(lineOf) }
}

const start = Date.parse(storyBegins)

/** Conversations of each kind with this bot: within the hours and outside, with and without what they fall back to. */
function inputsFor(bot: BotFlow): Input[] {
  const hours = openingHours(withCalendars(paris))
  const schedules = new Map([['paris', { timeZone: paris.timeZone, hours }]])
  const channels: Partial<Channel>[] = [
    { schedule: 'paris', timeouts: { abandoned: null } },
    { schedule: 'paris', outsideHours: { customerDetails: ['email'] } },
  ]
  return channels.map((channel, n) =>
    inputOf(
      {
        channels: new Map([['web', { id: 'web', bot: bot.id, ...channel }]]),
        schedules,
        bots: new Map([[bot.id, { document: bot, definition: botDefinition(bot) }]]),
        strictChannels: false,
      },
      { channel: 'web', ...(n > 0 && { customer: { externalId: 'u1', name: 'José' } }) },
      start + n * 86_400_000,
    ),
  )
}

/** What a conversation has come to. */
interface Situation {
  snapshot: MachineSnapshot
  /** The timers that run. */
  timers: Set<string>
  /** The last question: options, or a form. */
  asked: Say | undefined
  call: CallRequest | undefined
}

function after({ snapshot, actions }: { snapshot: MachineSnapshot; actions: Action[] }, before?: Situation) {
  const timers = new Set(before?.timers)
  let { asked, call } = before ?? {}
  for (const { type, params } of actions) {
    const { id, sendId, delay } = (params ?? {}) as { id?: string; sendId?: string; delay?: number }
    if (type === 'xstate.raise' && id && Number.isFinite(delay)) timers.add(id)
    if (type === 'xstate.cancel' && sendId) timers.delete(sendId)
    if (type === 'say' && /form|options/.test((params as Say).type)) asked = params as Say
    if (type === 'call') call = params as CallRequest
  }
  return { snapshot, timers, asked, call }
}

/** What may happen in a situation: what the customer does, what comes back, and the timers that run. */
function happenings({ snapshot, timers, asked, call }: Situation): (Event | { type: string })[] {
  return [
    { type: 'session.message', text: 'hello' },
    ...(asked?.options ?? []).map((option) => ({ type: 'session.option' as const, option })),
    { type: 'session.option', option: 'none of them' },
    { type: 'session.details', details: wellFilled(asked) },
    { type: 'session.details', details: { email: 'josé@example.com', order: 'x'.repeat(1001) } },
    { type: 'session.identified', customer: { externalId: 'u1', email: 'jose@example.com' } },
    ...(snapshot.tags?.has(awaitsCall)
      ? [
          { type: 'call.answered' as const, call: 1, ok: false, failure: 'refused' as const },
          {
            type: 'call.answered' as const,
            call: 1,
            ok: true,
            values: Object.fromEntries(Object.keys(call?.save ?? {}).map((name) => [name, '1'])),
          },
        ]
      : []),
    ...[...timers].map((type) => ({ type })),
  ]
}

function wellFilled(asked: Say | undefined): Record<string, string> {
  const answer = { text: 'x'.repeat(200), email: 'jose@example.com', select: 'L' }
  return Object.fromEntries((asked?.fields ?? []).map(({ id, type }) => [id, answer[type]]))
}

/** Goes wherever a conversation with this bot can come to, as far as there is room; every step is looked at. */
function explore(machine: AnyStateMachine, bot: BotFlow): { met: Set<string>; isWhole: boolean } {
  const met = new Set<string>()
  const seen = new Set<string>()
  const queue: Situation[] = []
  const come = (next: { snapshot: MachineSnapshot; actions: Action[] }, before?: Situation) => {
    const situation = after(next, before)
    const { snapshot, timers, asked } = situation
    const key = JSON.stringify([snapshot.value, snapshot.context, [...timers].sort(), asked])
    if (seen.has(key)) return
    seen.add(key)
    met.add(topOf(snapshot))
    expectNotStuck(machine, situation)
    // From there on it is any conversation.
    if (topOf(snapshot) === 'bot') queue.push(situation)
  }
  // What would go round without an end throws instead.
  Object.assign(machine.options, { maxIterations: microstepsMax })
  for (const input of inputsFor(bot)) come(begin(machine, input))
  for (let n = 0; n < Math.min(queue.length, situationsMax); n++) {
    const situation = queue[n] as Situation
    const restored = restore(machine, JSON.parse(JSON.stringify(store(machine, situation.snapshot))))
    for (const happening of happenings(situation)) {
      const event = { ...happening, at: start + 86_400_000 } as never
      const next = step(machine, situation.snapshot, event)
      const again = step(machine, restored, event)
      expect(again.actions, 'what was stored goes on the same').toEqual(next.actions)
      expect(stored(machine, again.snapshot)).toBe(stored(machine, next.snapshot))
      come(next, situation)
    }
  }
  return { met, isWhole: queue.length <= situationsMax }
}

function stored(machine: AnyStateMachine, snapshot: MachineSnapshot): string {
  return JSON.stringify(store(machine, snapshot))
}

function topOf({ value }: MachineSnapshot): string {
  return typeof value === 'string' ? value : (Object.keys(value as object)[0] ?? '')
}

/** It has ended, an agent is called, it is the response's, or it waits for what can come: an answer, or a timer. */
function expectNotStuck(machine: AnyStateMachine, situation: Situation): void {
  const { snapshot, timers, asked } = situation
  const top = topOf(snapshot)
  const context = snapshot.context as Context
  if (top === 'ended') {
    expect([snapshot.status, context.reason]).toEqual(['done', expect.stringMatching(/^(bot|abandoned)$/)])
    return
  }
  if (top === 'queued') {
    expect(context).toMatchObject({ request: 1, bot: null, queuedAt: expect.any(Number) })
    return
  }
  expect(['bot', 'greeting', 'collectingDetails']).toContain(top)
  if (top !== 'bot') return
  const [leaf] = leavesOf(snapshot)
  if (snapshot.tags?.has(awaitsCall)) {
    expect([...timers].some((id) => id.startsWith('xstate.after.callTimeout.'))).toBe(true)
    return
  }
  if (context.bot?.form) expect(asked?.fields?.length).toBeGreaterThan(0)
  else expect(asked?.options?.length).toBeGreaterThan(0)
  const answers = context.bot?.form
    ? [{ type: 'session.details', details: wellFilled(asked) }]
    : (asked?.options ?? []).map((option) => ({ type: 'session.option', option }))
  for (const answer of answers) {
    const { snapshot: next, actions } = step(machine, snapshot, { ...answer, at: start } as never)
    expect(
      actions.map(({ type }) => type),
      `${leaf?.id} takes ${JSON.stringify(answer)}`,
    ).not.toContain('refuse')
    expect(next, `${leaf?.id} goes on with ${JSON.stringify(answer)}`).not.toBe(snapshot)
  }
}

function leavesOf(snapshot: MachineSnapshot): AnyStateNode[] {
  return activeNodes(snapshot).filter(({ type }) => type === 'atomic')
}

describe('a random flow', { timeout: 120_000 * runs }, () => {
  it('that has nothing wrong is compiled, and gets nowhere stuck', () => {
    const met = new Set<string>()
    let whole = 0
    const check = (flow: unknown) => {
      const known = read(flow)
      if ('problems' in known) throw new Error(known.problems.join('\n'))
      const explored = explore(compileBot(known.bot), known.bot)
      for (const top of explored.met) met.add(top)
      if (explored.isWhole) whole++
    }
    fc.assert(fc.property(validFlow, check), { numRuns: 20 * runs })
    // Drawn the same each time: what they come to is no matter of luck.
    for (const flow of fc.sample(validFlow, { seed: 1, numRuns: 20 })) check(flow)
    // Flows that never get anywhere would prove nothing.
    expect([...met]).toEqual(expect.arrayContaining(['bot', 'collectingDetails', 'ended', 'queued']))
    expect(whole).toBeGreaterThan(0)
  })

  it('of any answers is refused with the name of a step, or compiled and gets nowhere stuck', () => {
    const outcomes = { refused: 0, compiled: 0 }
    fc.assert(
      fc.property(anyFlow, (flow) => {
        const known = read(flow)
        if ('problems' in known) {
          outcomes.refused++
          for (const problem of known.problems)
            expect(problem).toMatch(
              /^(greeting|answers\.\d+\.steps\.\d+(\.[^:]+)?: answer "\w+", step "[\w-]+"): \S/,
            )
        } else {
          outcomes.compiled++
          explore(compileBot(known.bot), known.bot)
        }
      }),
      { numRuns: 150 * runs },
    )
    expect(Math.min(outcomes.refused, outcomes.compiled)).toBeGreaterThan(0)
  })

  it('with anything in it that does not belong there is refused with its place, or compiled', () => {
    fc.assert(
      fc.property(garbledFlow, (flow) => {
        const known = read(flow)
        if ('bot' in known) botDefinition(known.bot)
        else for (const problem of known.problems) expect(problem).toMatch(placed)
      }),
      { numRuns: 300 * runs },
    )
  })

  it('gives the same machine each time', () => {
    fc.assert(
      fc.property(validFlow, (flow) => {
        const [one, other] = [read(flow), read(structuredClone(turned(flow)))]
        if (!('bot' in one && 'bot' in other)) throw new Error('it has nothing wrong')
        const [machine, again] = [compileBot(one.bot), compileBot(other.bot)]
        expect(JSON.stringify(again.config)).toBe(JSON.stringify(machine.config))
        expect(definitionHash(again)).toBe(definitionHash(machine))
        expect(revisionOf(other.bot)).toBe(revisionOf(one.bot))
        // It goes through the bucket as JSON.
        const stored = read(JSON.parse(JSON.stringify(one.bot)))
        expect('bot' in stored && revisionOf(stored.bot)).toBe(revisionOf(one.bot))
      }),
      { numRuns: 100 * runs },
    )
  })

  it('keeps its word in any story', () => {
    const seen = new Set<string>()
    const tale = fc.tuple(validFlow, channel, fc.array(happening, { maxLength: 40, size: 'max' }))
    const check = ([flow, channel, all]: typeof tale extends fc.Arbitrary<infer T> ? T : never) => {
      const story = givenBot(flow, { channel, schedules: [paris] }).when(started(), ...all)
      let handedOver = false
      for (const { messages = [], status, outcome, state, event } of story.records) {
        if (outcome !== 'applied') expect(messages).toEqual([])
        for (const { type, fields, options } of messages) {
          if (type === 'form') expect(fields).not.toEqual([])
          if (type === 'options') expect(options).not.toEqual([])
          if (handedOver) expect(type).not.toMatch(/form|options/)
        }
        if (handedOver) expect(state.calls).toBeUndefined()
        if (status && ['queued', 'withAgent', 'ended'].includes(status.state)) handedOver = true
        for (const met of [status?.state, outcome, event.type]) if (met) seen.add(met)
      }
      const told = story.records.flatMap(({ requests = [] }) => requests.map(({ action }) => action))
      expect(told.filter((action) => action === 'created').length).toBeLessThanOrEqual(1)
      expect(story.buried).toEqual([])
    }
    fc.assert(fc.property(tale, check), { numRuns: 100 * runs })
    for (const drawn of fc.sample(tale, { seed: 1, numRuns: 100 })) check(drawn)
    for (const met of ['bot', 'queued', 'withAgent', 'ended', 'call.answered', 'timer.callTimeout'])
      expect(seen, met).toContain(met)
  })
})

/** What is wrong with the whole, or with an answer or a step that is named. */
const placed =
  /^((id|kind|name|greeting(\.[^:]+)?|answers|answers\.\d+|external|machine): |Unrecognized key|answers\.\d+(\.[^:]+)?: answer "[^"]+"(, step "[^"]+")?: \S|has \d+ bytes|Invalid input)/

/** The same with the keys of its objects in another order, as another author may write them. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(turned) as T
  if (typeof value !== 'object' || value === null) return value
  // What a call saves is the author's own order.
  const entries = Object.entries(value).map(([key, below]) => [key, key === 'save' ? below : turned(below)])
  return Object.fromEntries(entries.reverse()) as T
}

const channel: fc.Arbitrary<Partial<Channel>> = fc.record(
  {
    schedule: fc.constant('paris'),
    locale: fc.constantFrom('en', 'fr'),
    duringHours: fc.constant({ customerDetails: ['email'] as ['email'] }),
  },
  { requiredKeys: [] },
)
const event = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom('hello', '{{variables.v}}', 'x'.repeat(281), '\uD800', ...labels)
      .map((text) => wrote(text)),
  },
  { weight: 8, arbitrary: fc.constantFrom(...labels, 'Oui', 'Non', 'none').map(chose) },
  {
    weight: 5,
    arbitrary: fc.constantFrom('4711', '..', '\uD800', 'x'.repeat(200)).map((order) =>
      filled({
        name: 'José',
        email: 'jose@example.com',
        order,
        work: 'j@acme.example',
        hasOwnProperty: 'L',
      }),
    ),
  },
  { weight: 1, arbitrary: fc.constant(filled({ email: 'josé@example.com' })) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.boolean())
      .map(([call, ok]) => (ok ? answered(call, { v: '1', w: '{{variables.v}}' }) : failed(call))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(loggedIn({ externalId: 'u1', email: 'jose@example.com' }), started(), left()),
  },
  { weight: 4, arbitrary: fc.constantFrom(accepted('ann'), said('ann', 'Hi')) },
)
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 20, arbitrary: event },
  { weight: 1, arbitrary: event.map((one) => withId('again', one)) },
  { weight: 1, arbitrary: event.map((one) => steppedBack('PT5S', one)) },
  { weight: 4, arbitrary: fc.constantFrom(passes('PT1S'), passes('PT15S'), passes('PT1M'), passes('P1D')) },
)

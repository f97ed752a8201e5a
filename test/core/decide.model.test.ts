import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { State } from '../../engine/core/conversation.ts'
import type { Context } from '../../engine/machines/context.ts'
import type { Channel } from '../../schemas/configuration/channel.ts'
import type { FormField } from '../../schemas/conversation/record.ts'
import {
  accepted,
  chose,
  closed,
  erased,
  filled,
  given,
  gone,
  type Happening,
  held,
  left,
  loggedIn,
  moved,
  noted,
  offered,
  paris,
  passes,
  reconfigured,
  released,
  type Setting,
  Story,
  said,
  started,
  steppedBack,
  tagged,
  takenOver,
  transferred,
  typed,
  withId,
  woken,
  wrote,
} from '../behaviour/given.ts'

/** FRONTDESK_RUNS=50 tells fifty times as many stories. */
const runs = 400 * Number(process.env.FRONTDESK_RUNS ?? 1)
const recordBytesMax = 64 * 1024

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('help', '{{customer.name}}', '<b>', 'é', '👍') },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '\u200B', 'x'.repeat(4097)) },
  { weight: 1, arbitrary: fc.constantFrom('👍'.repeat(4096), '\u0001'.repeat(4096), '\uD800') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
)
const agent = fc.constantFrom('ann', 'bob', 'eve')
const name = fc.constantFrom('José', 'Zoë', '', ' ', 'n'.repeat(256), 'a\nb')
const email = fc.constantFrom('jose@example.com', 'josé@example.com', '', 'x')
const customer = fc.record(
  { externalId: fc.constantFrom('u1', 'u2', ''), name, email },
  { requiredKeys: ['externalId'] },
)
const details = fc.oneof(
  fc.constant({ name: 'José', email: 'jose@example.com', topic: 'Sales', order: '4711' }),
  fc.record(
    {
      name,
      email,
      topic: fc.constantFrom('Sales', 'Support', 'Other'),
      order: fc.oneof(fc.constantFrom('4711', 'o'.repeat(1000), 'o'.repeat(1001)), fc.anything()),
    },
    { requiredKeys: [] },
  ),
)

const timeouts: fc.Arbitrary<NonNullable<Channel['timeouts']>> = fc.record(
  {
    unanswered: fc.constantFrom(null, 'PT1S', 'PT2M', 'PT20M'),
    escalate: fc.constantFrom(null, 'PT1S', 'PT10M'),
    idleCustomer: fc.constantFrom([], ['PT1S'], ['PT5M', 'PT10M', 'PT11M'], ['PT1M', 'PT2M', 'PT3M', 'P1D']),
    abandoned: fc.constantFrom(null, 'PT1S', 'PT30M', 'P1D'),
    agent: fc.constantFrom(null, {}, { remind: 'PT1S', release: 'PT1M' }, { remind: null, release: 'PT2M' }),
  },
  { requiredKeys: [] },
)
const topic = {
  id: 'topic',
  label: 'Topic',
  type: 'select' as const,
  options: ['Sales', 'Support'],
}
const response = fc.record(
  {
    firstMessage: fc.constantFrom('', 'Hi {{customer.name}}!', 'Until {{nextOpen}}.'),
    followUpMessage: fc.constantFrom('', 'Thanks {{customer.name}}, {{details.order}}'),
    customerDetails: fc.subarray<NonNullable<NonNullable<Channel['duringHours']>['customerDetails']>[number]>(
      ['name', 'email', topic, { id: 'order', label: 'Order', type: 'text' }],
    ),
  },
  { requiredKeys: [] },
)
const channel: fc.Arbitrary<Partial<Channel>> = fc.record(
  {
    schedule: fc.constantFrom(null, 'paris', 'never', 'nowhere'),
    locale: fc.constantFrom('en', 'fr', 'de', ''),
    workspace: fc.constantFrom('main', 'sales'),
    duringHours: response,
    outsideHours: response,
    timeouts,
  },
  { requiredKeys: [] },
)
const schedules = [paris, { ...paris, id: 'never', intervals: [] }]

const event = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ customer, locale: fc.constantFrom('fr-CA', 'en', 'x') }, { requiredKeys: [] })
      .map(started),
  },
  { weight: 8, arbitrary: text.map((typed) => wrote(typed)) },
  { weight: 5, arbitrary: details.map((typed) => filled(typed)) },
  { weight: 1, arbitrary: fc.constant(chose('yes')) },
  { weight: 2, arbitrary: customer.map(loggedIn) },
  { weight: 1, arbitrary: fc.constant(left()) },
  { weight: 4, arbitrary: fc.constant(typed()) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(agent, fc.constantFrom(undefined, 'Ann'), fc.constantFrom(undefined, undefined, 1, 2))
      .map(([id, name, request]) => accepted(id, name, request)),
  },
  { weight: 8, arbitrary: fc.tuple(agent, text).map(([id, typed]) => said(id, typed)) },
  { weight: 3, arbitrary: agent.map((id) => released(id)) },
  { weight: 4, arbitrary: agent.map(closed) },
  { weight: 2, arbitrary: agent.map((id) => takenOver(id)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(agent, agent, fc.constantFrom(undefined, 'sales'))
      .map(([from, to, workspace]) =>
        transferred(from, workspace ? { workspace } : { agent: { id: to } }, 'a note'),
      ),
  },
  { weight: 1, arbitrary: fc.tuple(agent, text).map(([id, typed]) => noted(id, typed)) },
  { weight: 1, arbitrary: agent.map((id) => tagged(id, 'vip')) },
  { weight: 2, arbitrary: agent.map(gone) },
  { weight: 3, arbitrary: agent.map((id) => offered(id)) },
  { weight: 1, arbitrary: fc.constantFrom('main', 'sales').map((workspace) => moved(workspace)) },
  { weight: 2, arbitrary: fc.boolean().map((is) => held(is)) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }).map(woken) },
)

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 40, arbitrary: event },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom('a', 'b', 'c'), event).map(([id, one]) => withId(id, one)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('PT0.05S', 'PT5S', 'PT1M'), event)
      .map(([by, one]) => steppedBack(by, one)),
  },
  {
    weight: 20,
    arbitrary: fc
      .oneof(fc.integer({ min: 0, max: 900_000 }), fc.constantFrom(1000, 120_000, 300_000, 86_400_000))
      .map((ms) => ({ passes: ms })),
  },
  { weight: 1, arbitrary: channel.map((channel) => reconfigured({ channel, schedules })) },
  { weight: 1, arbitrary: fc.constant(erased()) },
)

const setting: fc.Arbitrary<Setting> = fc.record(
  {
    at: fc.constantFrom('2026-06-05T14:59:30.000Z', '2026-06-05T15:00:00.000Z'),
    late: fc.constantFrom(0, 200, 600_000),
    channel,
    schedules: fc.constant(schedules),
    strictChannels: fc.boolean(),
  },
  { requiredKeys: ['at', 'schedules'] },
)

// A failure prints fast-check's seed and path, which repeat it.
it('whatever happens, in whatever order, the conversation keeps its word', () => {
  fc.assert(
    fc.property(setting, fc.array(happening, { maxLength: 60, size: 'max' }), (setting, happenings) =>
      keepsItsWord(new Story(setting).when(started(), ...happenings)),
    ),
    { numRuns: runs },
  )
})

/** Stories that reach every situation, the rare ones too: random stories may miss some in one run of many. */
const directed: [string, Story][] = [
  [
    'a form, an agent who is too late, and an end by the customer',
    given({ channel: { duringHours: { customerDetails: ['name', 'email'] } } }).when(
      started(),
      withId('a', wrote('help')),
      withId('a', wrote('something else')),
      accepted('ann'),
      filled({ name: 'José', email: 'x' }),
      filled({ name: 'José', email: 'jose@example.com' }),
      passes('PT15M'),
      accepted('ann'),
      accepted('bob'),
      left(),
      wrote('too late'),
    ),
  ],
  [
    'an agent who does not answer, a take-over, a transfer and an offer',
    given().when(
      started(),
      wrote('help'),
      accepted('ann'),
      passes('PT15M'),
      accepted('bob'),
      takenOver('ann'),
      transferred('ann', { agent: { id: 'eve' } }),
      accepted('bob'),
      passes('PT30S'),
      gone('eve'),
      left(),
    ),
  ],
  ['an end by the agent', given().when(started(), wrote('help'), accepted('ann'), closed('ann'))],
  [
    'a silent customer',
    given().when(started(), wrote('help'), accepted('ann'), said('ann', 'Hi'), passes('PT15M')),
  ],
  ['a visitor who is gone', given().when(started(), passes('P2D'))],
  ['an erasure', given().when(started(), wrote('help'), erased(), wrote('too late'))],
]

it.each(directed)('%s: the conversation keeps its word', (_, story) => {
  keepsItsWord(story)
})

it('these stories reach every situation', () => {
  const met = new Set(
    directed.flatMap(([, { records }]) =>
      records.flatMap(({ status, outcome, rejected, event }) => [
        status?.state,
        status?.reason,
        outcome,
        rejected?.code,
        event.type,
      ]),
    ),
  )
  expect([...met]).toEqual(
    expect.arrayContaining([
      ...['greeting', 'collectingDetails', 'queued', 'withAgent', 'ended'],
      ...['customer', 'agent', 'inactivity', 'abandoned'],
      ...['details_invalid', 'details_required', 'already_accepted', 'conversation_ended', 'id_reused'],
      ...['offered_to_other', 'timer.unattended', 'timer.release', 'timer.offer'],
      ...['timer.unanswered', 'timer.escalate', 'timer.idle', 'timer.abandoned', 'admin.erased'],
    ]),
  )
})

function keepsItsWord(story: Story): void {
  const { records } = story
  const messageIds = story.messages.map(({ id }) => id)
  expect(new Set(messageIds).size, 'message ids are unique').toBe(messageIds.length)

  const notifications = records.flatMap(({ requests = [] }) =>
    requests.map(({ request, action, n }) => `${request}.${action}.${n ?? 1}`),
  )
  const counted = notifications.filter((id) => !id.includes('withdrawn'))
  expect(new Set(counted).size, 'notifications are unique').toBe(counted.length)
  expect(notifications.filter((id) => id.includes('created')).length).toBeLessThanOrEqual(1)

  const joined = story.messages.filter(
    ({ type, text = '' }) => type === 'notice' && /has joined|a rejoint|ist jetzt für Sie da/.test(text),
  )
  expect(joined.length).toBe(notifications.filter((id) => id.includes('accepted')).length)

  let asks: FormField[] = []
  let hasEnded = false
  records.forEach((record, index) => {
    const before = records[index - 1]
    const { outcome, messages = [], status, requests = [], rejected, state } = record
    expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(recordBytesMax)
    expect(record.at >= (before?.at ?? '')).toBe(true)
    expect(record.event.seq).toBeGreaterThan(before?.event.seq ?? 0)
    expect(messages.map(({ id }) => id)).toEqual(messages.map((_, n) => `c1.${record.event.seq}.${n}`))
    expect(rejected !== undefined).toBe(outcome === 'rejected')
    if (outcome !== 'applied') {
      expect(state.snapshot).toEqual(before?.state.snapshot)
      expect(state.timers).toEqual(before?.state.timers)
      expect([messages, status, requests]).toEqual([[], undefined, []])
    }
    if (hasEnded) expect([messages, status, requests]).toEqual([[], undefined, []])
    expectOwner(state)
    const context = state.snapshot?.context as { response: { asks: FormField[] } | null } | undefined
    if (context?.response) asks = context.response.asks
    // The channel had closed before the first text.
    else if (state.began) asks = state.began.response.asks
    if (requests.some(({ action }) => action === 'created')) expectKnown(story, record.event.seq, asks)
    if (status?.state === 'ended') hasEnded = true
    if (hasEnded || state.erased) expect(state.timers ?? []).toEqual([])
  })
}

/** A customer who waits for an agent's answer has a running clock, where the channel has one; no other has. */
function expectOwner({ snapshot, timers = [], desk }: State): void {
  const ids = timers.map(({ id }) => id)
  const isWithAgent = typeof snapshot?.value === 'object' && 'withAgent' in (snapshot.value as object)
  if (!isWithAgent) expect(desk?.unanswered).toBeUndefined()
  const { remind, release, isTold } = desk?.unanswered ?? { remind: null, release: null, isTold: true }
  expect(ids.includes('desk.release')).toBe(release !== null)
  expect(ids.includes('desk.unattended')).toBe(remind !== null && !isTold)
  expect(ids.includes('desk.offer')).toBe(desk?.offer !== undefined)
  if (!snapshot || !isWithAgent) return
  const { timeouts } = (snapshot.context as Context).pinned
  const { withAgent } = snapshot.value as { withAgent: string }
  if (withAgent === 'agentsTurn' && timeouts.agent?.release) expect(desk?.unanswered).toBeDefined()
}

/** All that was asked is known to the agents when they hear of the request. */
function expectKnown(story: Story, seq: number, asks: FormField[]): void {
  const told = story.brought
    .flatMap(({ effects }) => effects)
    .flatMap((effect) =>
      effect.kind === 'notify' && effect.request.request.record === seq ? [effect.request] : [],
    )
  expect(told).toHaveLength(1)
  const { customer, details = {}, need } = told[0]?.request ?? {}
  const known: Record<string, unknown> = { ...details, ...customer }
  for (const { id } of asks) expect(known[id], id).toMatch(/./)
  expect(need).not.toBeNull()
}

import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import Fastify, { type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OperatorNeeded } from '../../../engine/errors.ts'
import { builtIn } from '../../../engine/machines/bots/built-in.ts'
import { definitionsOf } from '../../../engine/machines/definitions.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { storedBots } from '../../../engine/nats/engine/bot-revisions.ts'
import type { Worker } from '../../../engine/nats/engine/start-worker.ts'
import { streams } from '../../../engine/nats/topology.ts'
import type { InspectedStep, InspectorFrame } from '../../../schemas/protocol/inspector.ts'
import { success } from '../../../schemas/result.ts'
import type { SignedInStaff } from '../../../workers/gateway/identity/principal.ts'
import { followConversation, storedSteps } from '../../../workers/gateway/inspector/follow-conversation.ts'
import { History } from '../../../workers/gateway/inspector/history.ts'
import { masked } from '../../../workers/gateway/inspector/mask-words.ts'
import { inspectorRoutes } from '../../../workers/gateway/inspector/routes.ts'
import { flowOf, options, person } from '../../bots/flow.ts'
import { startTestWorld, type TestWorld, until } from '../../engine/test-world.ts'

let world: TestWorld
let engine: Worker
let inspector: RoleConnection
let http: FastifyInstance
let url: string
let count = 0
/** Each test has a conversation of its own. */
let c: string
let engineer: SignedInStaff
const logged: object[] = []

beforeAll(async () => {
  world = await startTestWorld()
  engine = await world.startEngine()
  inspector = await world.connect('inspector')
  const definitions = definitionsOf(...builtIn)
  http = Fastify({ forceCloseConnections: true })
  await http.register(
    inspectorRoutes({
      inspector,
      definitions,
      machines: storedBots(definitions, inspector),
      log: pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) }),
      authenticate: async () => success(engineer),
    }),
  )
  await http.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(http.server.address() as { port: number }).port}/v1/inspector`
})

afterAll(async () => {
  await http?.close()
  await world?.stop()
})

beforeEach(() => {
  c = `c${++count}`
  engineer = {
    role: 'engineer',
    id: 'eve',
    name: 'Eve',
    workspaces: 'all',
    expiresAt: Date.now() + 3_600_000,
  }
})

/** Sends events one after another, each once the one before has its record. */
async function happen(...events: [type: string, payload: unknown, id?: string][]): Promise<number[]> {
  const seqs: number[] = []
  for (const [type, payload, id] of events) {
    seqs.push(await world.publish(c, type, payload, id))
    // Not the last record: a timer may have come due since.
    await until(async () => (await world.records(c)).some(({ event }) => event.seq === seqs.at(-1)))
  }
  return seqs
}

const started: [string, object] = ['session.started', { channel: 'web', locale: 'en' }]
const said: [string, object] = ['session.message', { text: 'My anvil is broken' }]
const accepted: [string, object] = ['agent.accepted', { agent: { id: 'ann', name: 'Ann' } }]

/** The same event again, once the stream itself does not recognize it any more: till then it names the first one. */
async function twice(): Promise<void> {
  const publish = () => world.publish(c, 'session.message', { text: 'once' }, 'm1')
  const first = await publish()
  await until(async () => (await publish()) !== first)
}

/** Follows a conversation until all that it is told is enough. */
async function follow(
  isEnough: (steps: InspectedStep[], frames: InspectorFrame[]) => boolean,
  query = '',
  headers: Record<string, string> = {},
): Promise<{ steps: InspectedStep[]; frames: InspectorFrame[]; ids: number[] }> {
  const gone = new AbortController()
  const response = await fetch(`${url}/conversations/${c}/steps${query}`, { headers, signal: gone.signal })
  const frames: InspectorFrame[] = []
  const ids: number[] = []
  let text = ''
  const steps = () => frames.flatMap((frame) => (frame.type === 'steps' ? frame.steps : []))
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString()
    const blocks = text.split('\n\n')
    text = blocks.pop() as string
    for (const block of blocks)
      for (const line of block.split('\n')) {
        if (line.startsWith('id: ')) ids.push(Number(line.slice(4)))
        if (line.startsWith('data: ')) frames.push(JSON.parse(line.slice(6)))
      }
    if (isEnough(steps(), frames)) break
  }
  gone.abort()
  return { steps: steps(), frames, ids }
}

const isLive = (_: unknown, frames: InspectorFrame[]) => frames.some(({ type }) => type === 'live')

async function ask(method: 'GET' | 'POST', path: string, payload?: object) {
  const answer = await http.inject({ method, url: `/v1/inspector/${path}`, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json() }
}

describe('the steps of a conversation', () => {
  it('are its events in order, each with its effects', async () => {
    const seqs = await happen(started, said, accepted)
    const { steps, ids } = await follow(isLive)
    expect(steps.map(({ seq }) => seq)).toEqual(seqs)
    expect(ids).toEqual([seqs[2]])
    const [first, second, third] = steps as [InspectedStep, InspectedStep, InspectedStep]
    expect(first).toMatchObject({
      event: { type: 'session.started', payload: { channel: 'web' } },
      outcome: 'applied',
      machine: 'messagingResponse@1',
      active: ['messagingResponse', 'messagingResponse.greeting'],
      status: { state: 'greeting' },
      timers: [{ name: 'abandoned' }],
    })
    expect(first.messages).toHaveLength(1)
    expect(second).toMatchObject({
      active: ['messagingResponse', 'messagingResponse.queued'],
      requests: [{ action: 'created', request: 1, id: `${c}.1.created` }],
      timers: [{ name: 'unanswered' }, { name: 'escalate' }],
    })
    expect(second.machine).toBeUndefined()
    expect(second.taken).toEqual([
      'messagingResponse.greeting session.message 1',
      expect.stringContaining('followUp'),
    ])
    expect(second.context).toContainEqual({ path: 'request', before: 0, after: 1 })
    expect(third.active.at(-1)).toBe('messagingResponse.withAgent.agentsTurn')
    expect(third.timers.map(({ name }) => name)).toEqual(['unattended', 'release'])
    for (const { differs } of steps) expect(differs).toBeUndefined()
  })

  it('name each event’s outcome: refused, ignored, repeated, buried', async () => {
    await happen(started, said, accepted)
    await happen(['agent.accepted', { agent: { id: 'bob' } }])
    await happen(['agent.accepted', { agent: { id: 'ann' } }])
    await twice()
    await world.publish(c, 'session.message', { text: 7 })
    await world.publish(c, 'session.ended', {})
    const { steps } = await follow((told) => told.length === 9, '?reveal=1')
    expect(steps.slice(3).map(({ outcome, rejected }) => rejected?.code ?? outcome)).toEqual([
      'already_accepted',
      'ignored',
      'applied',
      'repeated',
      'buried',
      'applied',
    ])
    expect(steps[3]?.taken).toEqual([])
    expect(steps[7]?.event.payload).toEqual({ text: 7 })
  })

  it('show a wake-up as the timer that came due', async () => {
    await world.configure(`channel.${c}`, { id: c, timeouts: { unanswered: 'PT0.4S', escalate: null } })
    await happen(['session.started', { channel: c }], said)
    const { steps } = await follow((told) => told.length === 3)
    expect(steps[2]).toMatchObject({
      event: { type: 'timer.unanswered', payload: { generation: expect.any(Number) } },
      taken: ['messagingResponse.queued xstate.after.unanswered.messagingResponse.queued 0'],
      requests: [{ action: 'reminded', id: `${c}.1.reminded` }],
      timers: [],
    })
  })

  it('continue live after the stored ones, each once', async () => {
    await happen(started, said, accepted)
    const texts = Array.from({ length: 60 }, (_, n) => `text ${n}`)
    const sending = (async () => {
      for (const text of texts) await world.publish(c, 'session.message', { text })
    })()
    const { steps, frames } = await follow((told) => told.length === 63, '?reveal=1')
    await sending
    expect(frames.filter(({ type }) => type === 'live')).toHaveLength(1)
    expect(steps.slice(3).map(({ event }) => (event.payload as { text: string }).text)).toEqual(texts)
  })

  it('include an event without a record, which sends no live signal', async () => {
    await happen(started)
    await twice()
    const { steps } = await follow((told) => told.length === 3)
    expect(steps.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'repeated'])
  })

  it('resume after the last one received', async () => {
    const [, second, third] = await happen(started, said, accepted)
    expect((await follow(isLive, `?after=${second}`)).steps.map(({ seq }) => seq)).toEqual([third])
    const back = await follow(isLive, '', { 'last-event-id': `${third}` })
    expect(back.steps).toEqual([])
  })

  it('end when the engineer’s sign-in expires', async () => {
    await happen(started)
    let told: string[] = []
    // Longer where this machine takes longer to tell it all.
    for (let heldMs = 300; !told.includes('live'); heldMs *= 2) {
      engineer = { ...engineer, expiresAt: Date.now() + heldMs }
      told = (await follow(() => false)).frames.map(({ type }) => type)
    }
    expect(told).toEqual(['steps', 'live'])
  })

  it('include events that the log has lost, as far as their records have them', async () => {
    await happen(started, said, accepted)
    await world.nats.jsm.streams.purge(streams.events, { filter: `frontdesk.event.*.${c}.session.*` })
    const { steps } = await follow(isLive)
    expect(steps.map(({ event, outcome }) => [event.type, 'payload' in event, outcome])).toEqual([
      ['session.started', false, 'applied'],
      ['session.message', false, 'applied'],
      ['agent.accepted', true, 'applied'],
    ])
    expect(JSON.stringify(steps)).not.toContain('anvil')
  })

  it('wait for an event that a stale replica does not have yet', async () => {
    await happen(started, said, accepted)
    let behind = 3
    const { connection, publisher, close } = inspector
    const late = {
      connection,
      close,
      publisher: Object.assign(Object.create(publisher), {
        // An answer of a log that ends before the conversation's last event.
        requestMany: async (place: string, body: string, ...more: [number, () => boolean]) => {
          const answers = await publisher.requestMany(place, body, ...more)
          if (!place.endsWith(streams.events) || behind-- <= 0 || answers.length < 2) return answers
          const [first] = await publisher.requestMany(
            place,
            body.replace(/"batch":\d+/, '"batch":1'),
            ...more,
          )
          const end = answers.at(-1) as Msg
          const headers = end.headers as MsgHdrs
          headers.set('Nats-Last-Sequence', (first as Msg).headers?.last('Nats-Sequence') as string)
          return [first as Msg, end]
        },
      }),
    } as RoleConnection
    const known = { definitions: definitionsOf(...builtIn), machines: { load: async () => {} } }
    const told: InspectedStep[] = []
    const enough = new AbortController()
    for await (const retold of followConversation(late, c, known, enough.signal)) {
      if (retold === 'live') break
      told.push(retold.step)
    }
    expect(behind).toBeLessThan(1)
    expect(told.map(({ event }) => 'payload' in event)).toEqual([true, true, true])
  })

  it('show a payload that is nested too deeply as raw text', async () => {
    const deep = `{"text":"hi","x":${'['.repeat(9_000)}${']'.repeat(9_000)}}`
    const [first] = await happen(started)
    await world.publish(c, 'session.message', deep)
    await until(async () => (await world.records(c)).length === 2)
    const { steps } = await follow(isLive, '?reveal=1')
    expect(steps.map(({ seq, event }) => [seq > 0, event.payload])).toEqual([
      [true, { channel: 'web', locale: 'en' }],
      [true, deep],
    ])
    expect(first).toBe(steps[0]?.seq)
    expect((await follow(isLive)).steps[1]?.event.payload).toBe(masked)
  })

  it('of an unavailable machine show what their records have', async () => {
    await happen(started, said)
    const role = inspector
    const known = {
      definitions: definitionsOf(),
      machines: { load: () => Promise.reject(new OperatorNeeded('refused')) },
    }
    const told: InspectedStep[] = []
    for await (const { step } of storedSteps(role, c, new History(known))) told.push(step)
    expect(told.map(({ outcome, taken, active, status }) => [outcome, taken, active, status?.state])).toEqual(
      [
        ['applied', [], [], 'greeting'],
        ['applied', [], [], 'queued'],
      ],
    )
  })

  it('of an unknown conversation are refused', async () => {
    expect((await follow(isLive)).steps).toEqual([])
    c = 'no token'
    expect((await ask('GET', 'conversations/no%20token/steps')).status).toBe(404)
  })

  it('of a bot load its machine', async () => {
    const bot = flowOf(
      {
        welcome: [options('What?', { 'A person': 'person' }, { name: 'topic' })],
        person,
      },
      { id: c },
    )
    await world.configure(`bot.${c}`, bot)
    await world.configure(`channel.${c}`, { id: c, bot: c })
    const channel = c
    await happen(['session.started', { channel }])
    await happen(['session.option', { option: 'A person' }])
    const { steps } = await follow(isLive)
    // Chosen, and not typed.
    expect(steps[1]?.messages?.[0]).toMatchObject({ author: { type: 'customer' }, text: 'A person' })
    expect(steps[0]?.machine).toMatch(new RegExp(`^bot\\.${channel}\\.`))
    expect(steps[0]?.active.at(-1)).toContain('welcome/topic')
    expect(steps[1]?.active.at(-1)).toBe(`bot:${channel}.queued`)
    expect(steps[1]?.taken.length).toBeGreaterThan(1)
    for (const { differs } of steps) expect(differs).toBeUndefined()
  })
})

describe('what a customer typed', () => {
  const withEmail = async () => {
    await world.configure(`channel.${c}`, {
      id: c,
      duringHours: {
        customerDetails: ['email'],
        followUpMessage: 'We write to {{customer.email}}, yes {{customer.email}}.',
      },
    })
    await happen(['session.started', { channel: c }], said)
    return happen(['session.details', { email: 'jose@example.com' }], accepted, [
      'agent.message',
      { agent: { id: 'ann' }, text: 'An anvil at jose@example.com?' },
    ])
  }

  it('is masked wherever it appears', async () => {
    const seqs = await withEmail()
    const { steps } = await follow(isLive)
    const text = JSON.stringify(steps)
    expect(text).not.toContain('jose@')
    expect(text).not.toContain('My anvil')
    expect(steps[1]?.event.payload).toEqual({ text: masked })
    expect(steps[2]?.messages?.map((message) => message.text)).toContain(
      `We write to ${masked}, yes ${masked}.`,
    )
    expect(steps[4]?.event.payload).toMatchObject({ text: masked })
    const { body } = await ask('GET', `conversations/${c}/steps/${seqs[0]}`)
    expect(JSON.stringify(body)).not.toContain('jose@')
    expect(body.after).toMatchObject({
      need: masked,
      customer: { email: masked },
      pinned: { workspace: 'main' },
    })
  })

  it('is not in the log where the conversation cannot be inspected', async () => {
    await happen(started)
    const typed = '(my secret'
    const failing = Fastify({ forceCloseConnections: true })
    await failing.register(
      inspectorRoutes({
        inspector,
        definitions: definitionsOf(),
        machines: { load: async () => void new RegExp(typed) },
        log: pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) }),
        authenticate: async () => success(engineer),
      }),
    )
    const { body } = await failing.inject(`/v1/inspector/conversations/${c}/steps`)
    expect(body).toContain('failed')
    expect(logged.at(-1)).toMatchObject({ kind: 'SyntaxError', conversation: c })
    expect(JSON.stringify(logged)).not.toContain(typed)
    await failing.close()
  })

  it('is shown to an engineer who reveals it, which is logged', async () => {
    const [details] = await withEmail()
    const { steps } = await follow(isLive, '?reveal=1')
    expect(steps[1]?.event.payload).toEqual(said[1])
    expect(logged.at(-1)).toMatchObject({ engineer: 'eve', conversation: c })
    const { body } = await ask('GET', `conversations/${c}/steps/${details}?reveal=1`)
    expect(body.before).toMatchObject({ customer: { email: null } })
    expect(body.after).toMatchObject({ customer: { email: 'jose@example.com' } })
  })
})

describe('the context of a step', () => {
  it('is complete, before and after the step', async () => {
    const [first, second] = await happen(started, said)
    expect((await ask('GET', `conversations/${c}/steps/${first}`)).body).toMatchObject({
      before: null,
      value: 'greeting',
    })
    expect((await ask('GET', `conversations/${c}/steps/${second}`)).body).toMatchObject({
      before: { request: 0 },
      after: { request: 1 },
      value: 'queued',
    })
    expect((await ask('GET', `conversations/${c}/steps/1234567`)).status).toBe(404)
    expect((await ask('GET', 'conversations/none/steps/1')).status).toBe(404)
  })
})

describe('the drawing of a machine', () => {
  it('is read by the machine’s name, with the ids of states and transitions that steps have', async () => {
    await happen(started, said)
    const { steps } = await follow(isLive)
    const { status, body } = await ask('GET', 'machines/messagingResponse@1/drawing')
    expect(status).toBe(200)
    const states = body.states.map((state: { id: string }) => state.id)
    const arrows = body.arrows.map((arrow: { id: string }) => arrow.id)
    for (const { active, taken } of steps) {
      expect(states).toEqual(expect.arrayContaining(active))
      expect(arrows).toEqual(expect.arrayContaining(taken))
    }
    expect((await ask('GET', 'machines/nothing@1/drawing')).status).toBe(404)
  })
})

describe('what if', () => {
  const whatIf = (after: number, ...events: object[]) =>
    ask('POST', `conversations/${c}/what-if?reveal=1`, { after, events })

  it('another event had come, after any step', async () => {
    const [first, second] = await happen(started, said, accepted)
    const { body } = await whatIf(second as number, { type: 'session.ended', payload: {} })
    expect(body.steps).toMatchObject([
      {
        outcome: 'applied',
        status: { state: 'ended', reason: 'customer' },
        requests: [{ action: 'withdrawn' }],
      },
    ])
    const earlier = await whatIf(
      first as number,
      { type: 'agent.accepted', payload: { agent: { id: 'ann' } } },
      said[1] && { type: 'session.message', payload: { text: 'Hello?' } },
    )
    expect(earlier.body.steps).toMatchObject([
      { outcome: 'rejected', rejected: { code: 'not_queued' } },
      { outcome: 'applied', status: { state: 'queued' }, messages: [{ text: 'Hello?' }, {}] },
    ])
  })

  it('a payload that is nested too deeply is refused', async () => {
    await happen(started)
    const payload = JSON.parse(`${'['.repeat(65)}${']'.repeat(65)}`)
    expect(
      await whatIf(0, { type: 'session.message', payload: { text: 'Hi', other: payload } }),
    ).toMatchObject({
      status: 422,
      body: { problems: [{ code: 'too_deep', params: { max: 64 } }] },
    })
  })

  it('time had passed, up to the next timer and the one after', async () => {
    const [, second] = await happen(started, said)
    const next = { type: 'next timer' }
    const { body } = await whatIf(second as number, next, next)
    expect(body.steps).toMatchObject([
      { event: { type: 'timer.unanswered' }, requests: [{ action: 'reminded' }] },
      { event: { type: 'timer.escalate' }, requests: [{ action: 'escalated' }] },
    ])
    const none = await whatIf(second as number, next, next, next)
    expect(none).toMatchObject({ status: 422, body: { problems: [{ message: 'events.2: no timer runs' }] } })
  })

  it('it had begun differently, with the configuration of that time', async () => {
    await happen(started)
    const { body } = await whatIf(
      0,
      { type: 'session.message', payload: { text: 'too early' } },
      { type: 'session.started', payload: { channel: 'other' } },
    )
    expect(body.steps).toMatchObject([
      { rejected: { code: 'unknown_conversation' } },
      { outcome: 'applied', machine: 'messagingResponse@1' },
    ])
  })

  it('it had begun differently, even after a refused event', async () => {
    const channel = `${c}-own`
    await world.configure(`channel.${channel}`, { id: channel, duringHours: { firstMessage: 'Ahoy!' } })
    await happen(['session.message', { text: 'too early' }], ['session.started', { channel }])
    const start = { type: 'session.started', payload: { channel } }
    const [early] = await world.records(c)
    for (const after of [0, early?.event.seq as number])
      expect((await whatIf(after, start)).body.steps).toMatchObject([{ messages: [{ text: 'Ahoy!' }] }])
  })

  it('the event had been malformed', async () => {
    const [first] = await happen(started)
    const { body } = await whatIf(first as number, { type: 'session.message', payload: { text: 7 } })
    expect(body.steps).toMatchObject([{ outcome: 'buried' }])
  })

  it('stores nothing', async () => {
    const [first] = await happen(started)
    const before = await world.stored('conversations', '>')
    await whatIf(first as number, { type: 'session.message', payload: { text: 'Hello?' } })
    expect(await world.stored('conversations', '>')).toEqual(before)
  })

  it('is refused with the invalid field', async () => {
    await happen(started)
    expect(await ask('POST', `conversations/${c}/what-if`, { after: -1, events: [] })).toMatchObject({
      status: 422,
      body: { problems: [{ path: ['after'] }, { path: ['events'] }] },
    })
    c = 'nobody'
    expect((await whatIf(0, { type: 'session.ended', payload: {} })).status).toBe(404)
  })
})

it('an event of a stopped engine is shown once it has its record', async () => {
  await happen(started)
  await engine.stop()
  await world.publish(c, 'session.message', { text: 'Is somebody there?' })
  const following = follow((told) => told.length === 2)
  await follow(isLive).then(({ steps }) => expect(steps).toHaveLength(1))
  engine = await world.startEngine()
  const { steps, frames } = await following
  expect(steps[1]).toMatchObject({ outcome: 'applied', status: { state: 'queued' } })
  expect(frames.map(({ type }) => type)).toEqual(['steps', 'live', 'steps'])
})

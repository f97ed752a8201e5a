import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Worker } from '../../../engine/nats/engine/start-worker.ts'
import { subjects } from '../../../engine/nats/topology.ts'
import type {
  DeadLetterAnswer,
  DeadLettersAnswer,
  FindAnswer,
  RefusalsAnswer,
  StuckAnswer,
} from '../../../schemas/protocol/inspector.ts'
import type { Gateway } from '../../../workers/gateway/gateway.ts'
import { masked } from '../../../workers/gateway/inspector/mask-words.ts'
import { startTestWorld, type TestWorld, until } from '../../engine/test-world.ts'
import { signedIn, startTestGateway } from '../test-gateway.ts'

let world: TestWorld
let gateway: Gateway
let notifier: Worker
let engineer: Record<string, string>
const logged: object[] = []

beforeAll(async () => {
  world = await startTestWorld()
  await world.startEngine()
  notifier = await world.startNotifier()
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) })
  gateway = await startTestGateway({ ...world, log })
  engineer = await signedIn(gateway, 'engineer', 'eve')
})
afterAll(() => world?.stop())
beforeEach(() => {
  logged.length = 0
})

async function ask<T>(
  path: string,
  method = 'GET',
  headers = engineer,
): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${gateway.url}/v1/inspector/${path}`, { method, headers })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? (undefined as T) : JSON.parse(text) }
}

/** Publishes what cannot be understood; says its dead letter's sequence. */
async function bury(conversation: string, payload: string, id?: string): Promise<number> {
  await world.publish(conversation, 'session.message', payload, id)
  let seq: number | undefined
  await until(async () => {
    const { body } = await ask<DeadLettersAnswer>('dead-letters')
    seq = body.letters.find((letter) => letter.conversation === conversation)?.seq
    return seq !== undefined
  })
  return seq as number
}

describe('an engineer finds', () => {
  beforeAll(async () => {
    await world.publish('web-1', 'session.started', { channel: 'web' })
    await world.publish('web-1', 'session.message', { text: 'help' })
    // What two conversations do at once may be stored in any order.
    await until(async () => (await world.records('web-1')).length === 2)
    await world.publish('app-1', 'session.started', { channel: 'app' })
    await world.publish('nobody', 'session.message', { text: 'help' })
    await until(async () => {
      const [queued, all, refused] = await Promise.all([
        ask<FindAnswer>('conversations?state=queued'),
        ask<FindAnswer>('conversations'),
        ask<RefusalsAnswer>('refusals'),
      ])
      return queued.body.total === 1 && all.body.total === 2 && refused.body.refusals.length === 1
    })
  })

  it.each([
    ['', ['app-1', 'web-1']],
    ['id=web', ['web-1']],
    ['state=greeting', ['app-1']],
    ['channel=web&state=queued', ['web-1']],
    ['stuck=PT0.001S', ['web-1', 'app-1']],
    ['stuck=P1D', []],
    ['from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00%2B02:00', []],
    ['limit=1', ['app-1']],
    ['limit=1&offset=1', ['web-1']],
  ])('conversations by %j', async (query, ids) => {
    const { status, body } = await ask<FindAnswer>(`conversations?${query}`)
    expect(status).toBe(200)
    expect(body.conversations.map(({ conversation }) => conversation)).toEqual(ids)
  })

  it('the conversations that have waited longest, by state', async () => {
    const { body } = await ask<StuckAnswer>('stuck')
    expect(body.states.map(({ state, total }) => [state, total])).toEqual([
      ['greeting', 1],
      ['queued', 1],
    ])
  })

  it('the refusals', async () => {
    const { body } = await ask<RefusalsAnswer>('refusals?since=2020-01-01T00:00:00Z')
    expect(body.refusals).toMatchObject([
      { type: 'session.message', code: 'unknown_conversation', count: 1, last: { conversation: 'nobody' } },
    ])
  })

  it.each([
    ['conversations?limit=many', 'limit'],
    ['conversations?state=asleep', 'state'],
    ['conversations?stuck=1h', 'stuck'],
    ['conversations?from=monday', 'from'],
    ['conversations?channel=a.b', 'channel'],
    ['conversations?id=a&id=b', 'id'],
    ['refusals?since=', 'since'],
    ['dead-letters/0', 'seq'],
    ['dead-letters/x', 'seq'],
  ])('no result for the invalid question %s', async (path, field) => {
    const { status, body } = await ask(path)
    expect(status).toBe(422)
    expect(body).toMatchObject({
      code: 'invalid',
      problems: [{ path: [field], message: expect.any(String) }],
    })
  })
})

describe('a dead letter', () => {
  const secret = '{"text": 612345678, "by": ["José", {"iban": "FR76"}], "sure": true}'

  it('is shown masked', async () => {
    const seq = await bury('dead-1', secret)
    const { body } = await ask<DeadLetterAnswer>(`dead-letters/${seq}`)
    expect(body).toMatchObject({ seq, conversation: 'dead-1', type: 'session.message' })
    expect(JSON.parse(body.body ?? '')).toEqual({
      text: masked,
      by: [masked, { iban: masked }],
      sure: masked,
    })
    const noJson = await bury('dead-2', 'my number is 612345678')
    const letter = (await ask<DeadLetterAnswer>(`dead-letters/${noJson}`)).body
    expect(letter.body).toBe(masked)
    const listed = (await ask<DeadLettersAnswer>('dead-letters')).body
    for (const shown of [letter, listed]) expect(JSON.stringify(shown)).not.toContain('my number')
    expect(letter.explanation).toBe('payload: is not valid JSON')
    const older = 'payload: Unexpected token m in JSON at position 0, "my number" is not valid JSON'
    const thrown = 'TypeError: my number is wrong ⏎     at decide (/app/machine.ts:3:7)'
    const summary = 'TypeError ⏎     at decide (/app/machine.ts:3:7)'
    for (const [reason, explanation, more, shown] of [
      ['not_json', older, {}, masked],
      ['failed', thrown, {}, masked],
      ['failed', thrown, { 'Frontdesk-Summary': summary }, summary],
    ] as const) {
      const headers = { 'Frontdesk-Conversation': 'dead-4', 'Frontdesk-Explanation': explanation, ...more }
      await world.nats.publisher.publish(subjects.deadletter(reason), '{}', headers)
      const [first] = (await ask<DeadLettersAnswer>('dead-letters')).body.letters
      expect(JSON.stringify(first)).not.toContain('my number')
      expect(first?.explanation).toBe(shown)
    }
    const deep = await bury('dead-3', '['.repeat(50_000))
    expect((await ask<DeadLetterAnswer>(`dead-letters/${deep}`)).body.body).toBe(masked)
    expect(logged).toEqual([])
  })

  it('is shown in full to an engineer who reveals it, which is logged', async () => {
    const seq = await bury('dead-4', secret)
    const { body } = await ask<DeadLetterAnswer>(`dead-letters/${seq}?reveal=1`)
    expect(body.body).toBe(secret)
    expect(logged).toMatchObject([
      { engineer: 'eve', deadLetter: seq, msg: expect.stringContaining('revealed') },
    ])
  })

  it('is published again, which is logged', async () => {
    const seq = await bury('dead-5', '{"text": 7}', 'mine')
    expect(await ask(`dead-letters/${seq}/requeue`, 'POST')).toEqual({ status: 204, body: undefined })
    const again = await bury('dead-5', '{"text": 8}')
    expect(again).toBeGreaterThan(seq)
    const events = await world.stored('events', subjects.eventsOf('dead-5'))
    expect(events.map(({ headers, body }) => [headers['Nats-Msg-Id'], body])).toEqual([
      ['mine', '{"text": 7}'],
      ['mine', '{"text": 7}'],
      [undefined, '{"text": 8}'],
    ])
    expect(logged).toMatchObject([
      { engineer: 'eve', deadLetter: seq, msg: expect.stringContaining('requeues') },
    ])
  })

  it('is discarded, which is logged', async () => {
    const seq = await bury('dead-6', 'no JSON')
    expect((await ask(`dead-letters/${seq}/discard`, 'POST')).status).toBe(204)
    expect(logged).toMatchObject([
      { engineer: 'eve', deadLetter: seq, msg: expect.stringContaining('discards') },
    ])
    for (const [path, method] of [
      ['', 'GET'],
      ['/requeue', 'POST'],
      ['/discard', 'POST'],
    ])
      expect(await ask(`dead-letters/${seq}${path}`, method)).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
  })

  it('without a subject cannot be published again', async () => {
    const { seq } = await world.nats.publisher.publish(subjects.deadletter('test'), '{}')
    expect(await ask(`dead-letters/${seq}/requeue`, 'POST')).toMatchObject({
      status: 409,
      body: { code: 'no_address' },
    })
  })
})

describe('a request without the right', () => {
  const paths: [method: string, path: string][] = [
    ['GET', 'conversations'],
    ['GET', 'stuck'],
    ['GET', 'refusals'],
    ['GET', 'dead-letters'],
    ['GET', 'dead-letters/1?reveal=1'],
    ['POST', 'dead-letters/1/requeue'],
    ['POST', 'dead-letters/1/discard'],
    ['GET', 'nothing'],
  ]

  it.each(paths)('is refused: %s %s', async (method, path) => {
    expect(await ask(path, method, {})).toMatchObject({ status: 401, body: { code: 'sign_in_needed' } })
    for (const role of ['agent', 'administrator'] as const)
      expect((await ask(path, method, await signedIn(gateway, role, 'ann'))).status).toBe(401)
  })

  it.each(paths.filter(([method]) => method === 'POST'))(
    'is refused from a foreign origin: %s %s',
    async (method, path) => {
      const headers = { ...engineer, origin: 'https://evil.example' }
      expect(await ask(path, method, headers)).toMatchObject({
        status: 403,
        body: { code: 'origin_refused' },
      })
    },
  )

  it('has an answer that is not cached', async () => {
    const answer = await fetch(`${gateway.url}/v1/inspector/stuck`, { headers: engineer })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await ask('nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})

// Last: there is no notifier any more.
it('without a notifier the refusal names the command to run', async () => {
  await notifier.stop()
  for (const [method, path] of [
    ['GET', 'conversations'],
    ['GET', 'dead-letters'],
    ['POST', 'dead-letters/1/discard'],
  ] as const)
    expect(await ask(path, method)).toMatchObject({
      status: 503,
      body: { code: 'unavailable', message: expect.stringContaining('npx frontdesk notifier') },
    })
})

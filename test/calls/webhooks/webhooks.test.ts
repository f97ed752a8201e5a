import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Bucket } from '../../../engine/nats/bucket.ts'
import { EffectPerformer } from '../../../engine/nats/engine/effect-performer.ts'
import { removeMatching } from '../../../engine/nats/remove-messages.ts'
import { streams } from '../../../engine/nats/topology.ts'
import { until } from '../../engine/test-world.ts'
import { type Got, startTestApi } from '../test-api.ts'
import {
  answer,
  fast,
  idsOf,
  key,
  otherKey,
  startWebhookWorld,
  verified,
  type WebhookWorld,
} from './webhook-world.ts'

let world: WebhookWorld
/** The one that runs now. */
let caller: Awaited<ReturnType<WebhookWorld['caller']>>
beforeAll(async () => {
  world = await startWebhookWorld()
})
afterAll(() => world?.stop())

/** A webhook of a test's own, with its receiver. */
async function receiver(
  id: string,
  respond: (got: Got, count: number) => number | [number, object] = () => 200,
) {
  const api = await startTestApi((got, response, count) => {
    const [status, headers = {}] = [respond(got, count)].flat() as [number, object?]
    answer(response, status, headers)
  })
  await world.webhook(id, `${api.url}/hooks`, { workspace: id })
  return {
    ...api,
    notify: (conversation: string, action: Parameters<WebhookWorld['notify']>[1], n?: number) =>
      world.notify(conversation, action, n, id),
  }
}

const waitingOf = async (id: string) => (await world.state(id))?.waiting.length

describe('without a webhook', () => {
  test('a caller makes no consumer, no key and no message', async () => {
    const { stop } = await world.caller()
    await world.notify('n1', 'created')
    expect((await world.nats.jsm.streams.info('KV_frontdesk_webhooks')).state).toMatchObject({
      messages: 0,
      consumer_count: 0,
    })
    expect((await world.nats.jsm.streams.info(streams.workspace)).state.consumer_count).toBe(0)
    await stop()
  })
})

describe('a webhook', () => {
  beforeAll(async () => {
    caller = await world.caller()
  })

  test('gets what is notified since it was made, signed by Standard Webhooks', async () => {
    await world.notify('a0', 'created', 1, 'signed')
    const { got, notify } = await receiver('signed')
    await notify('a1', 'created')
    await until(() => got.length === 1)
    const [{ method, path, headers }] = got as [Got]
    expect([method, path, headers['content-type'], headers['webhook-id']]).toEqual([
      ...['POST', '/hooks', 'application/json', 'a1_1_created'],
    ])
    expect(verified(got[0] as Got)).toMatchObject({
      type: 'request.created',
      timestamp: '2026-06-05T15:00:10.000Z',
      data: { conversation: 'a1', action: 'created', customer: { name: 'José' } },
    })
  })

  test('signs with both keys while its secret has two', async () => {
    await world.secrets.set('rotated', `${otherKey} ${key}`)
    const { got, url, notify } = await receiver('rotated')
    await world.webhook('rotated', url, { workspace: 'rotated', secret: 'rotated' })
    await notify('r1', 'created')
    await until(() => got.length === 1)
    for (const secret of [key, otherKey])
      expect(verified(got[0] as Got, secret)).toMatchObject({ type: 'request.created' })
    await world.secrets.set('rotated', otherKey)
    await notify('r1', 'accepted')
    await until(() => got.length === 2)
    expect(() => verified(got[1] as Got, key)).toThrow()
    expect(verified(got[1] as Got, otherKey)).toMatchObject({ type: 'request.accepted' })
  })

  test('gets the actions of its workspace that it names', async () => {
    const { got, url, notify } = await receiver('some')
    await world.webhook('some', url, { workspace: 'some', actions: ['accepted', 'ended'] })
    for (const action of ['created', 'accepted', 'noted', 'ended'] as const) await notify('s1', action)
    await world.notify('s2', 'ended', 1, 'other')
    await notify('s3', 'ended')
    await until(() => got.length === 3)
    expect(idsOf(got).sort()).toEqual(['s1_1_accepted', 's1_1_ended', 's3_1_ended'])
  })

  test('gets all, in order in each conversation, from a receiver that fails often', async () => {
    const done: string[] = []
    // Every third request fails, whichever it is.
    const { notify } = await receiver('often', ({ headers }, count) => {
      if (count % 3 === 0) return 500
      done.push(String(headers['webhook-id']))
      return 200
    })
    const conversations = Array.from({ length: 20 }, (_, index) => `o${index}`)
    for (let n = 2; n < 7; n++)
      for (const conversation of conversations) await notify(conversation, 'noted', n)
    await until(() => new Set(done).size === 100)
    for (const conversation of conversations)
      expect([...new Set(done)].filter((id) => id.startsWith(`${conversation}_`))).toEqual(
        [2, 3, 4, 5, 6].map((n) => `${conversation}_1_noted_${n}`),
      )
  })

  test('that fails for one conversation goes on with others, and other webhooks do not wait', async () => {
    const down = await receiver('down', () => 503)
    const { got, notify } = await receiver('mixed', ({ headers }) =>
      String(headers['webhook-id']).startsWith('bad') ? 500 : 200,
    )
    for (let n = 2; n < 12; n++) await down.notify(`d${n}`, 'noted', n)
    await notify('bad', 'created')
    await notify('bad', 'accepted')
    for (let n = 2; n < 12; n++) await notify('good', 'noted', n)
    await until(() => idsOf(got).filter((id) => id.startsWith('good')).length === 10)
    expect(idsOf(got)).not.toContain('bad_1_accepted')
    await until(async () => (await waitingOf('mixed')) === 2)
    expect(await world.state('mixed')).toMatchObject({ waiting: [{}, {}] })
    expect(await world.state('down')).toMatchObject({ failingSince: expect.any(Number) })
  })

  test('that is asked to wait sends nothing meanwhile', async () => {
    const times: number[] = []
    const { got, notify } = await receiver('slower', (_, count) => {
      times.push(Date.now())
      return count === 1 ? [429, { 'retry-after': '1' }] : 200
    })
    await notify('w1', 'created')
    await until(() => got.length === 1)
    await notify('w2', 'created')
    await until(() => got.length === 3)
    const [first = 0, second = 0] = times
    expect(second - first).toBeGreaterThanOrEqual(1_000)
  })

  test('follows no redirect, and goes on as soon as it is saved with another address', async () => {
    const elsewhere = await startTestApi((_, response) => answer(response, 200))
    const { got, notify } = await receiver('moved', () => [308, { location: `${elsewhere.url}/` }])
    await notify('m1', 'created')
    await until(() => got.length >= 2)
    expect(elsewhere.got).toEqual([])
    await world.webhook('moved', elsewhere.url, { workspace: 'moved' })
    await until(() => elsewhere.got.length === 1)
    expect(idsOf(elsewhere.got)).toEqual(['m1_1_created'])
  })

  test('whose receiver is gone gets nothing until it is saved again', async () => {
    const { got, url, notify } = await receiver('gone', (_, count) => (count === 1 ? 410 : 200))
    await notify('g1', 'created')
    await until(async () => (await world.failures('gone')).length === 1)
    expect(await world.failures('gone')).toMatchObject([
      { id: 'g1_1_created', failure: 'refused', status: 410 },
    ])
    await until(async () => (await world.state('gone'))?.disabled !== undefined)
    await notify('g2', 'created')
    expect(await world.ask('gone', { replay: { failed: true } })).toEqual({ refused: 'disabled' })
    await world.webhook('gone', url, { workspace: 'gone' })
    await until(async () => (await world.state('gone'))?.disabled === undefined)
    await notify('g3', 'created')
    await until(() => got.length === 2)
    expect(idsOf(got)).toEqual(['g1_1_created', 'g3_1_created'])
  })

  test('that is deleted leaves nothing', async () => {
    const { notify } = await receiver('deleted', ({ headers }) =>
      headers['webhook-id'] === 'x1_1_created' ? 410 : 200,
    )
    await notify('x1', 'created')
    await until(async () => (await world.failures('deleted')).length === 1)
    await world.removeWebhook('deleted')
    await until(async () => {
      const { subjects } = (
        await world.nats.jsm.streams.info('KV_frontdesk_webhooks', {
          subjects_filter: '$KV.*.ticket.deleted',
        })
      ).state
      return subjects === undefined
    })
    expect(await world.state('deleted')).toBeUndefined()
    expect(await world.failures('deleted')).toEqual([])
  })

  test.each([
    ['unlisted', 'https://hooks.example.com/', {}, 'host_not_allowed'],
    ['private', 'https://169.254.169.254/', {}, 'host_not_allowed'],
    ['closed', 'http://127.0.0.1:9/', {}, 'unreachable'],
    ['unknown', 'http://127.0.0.1:9/', { secret: 'nobody' }, 'secret_unknown'],
    ['unusable', 'http://127.0.0.1:9/', { secret: 'plain' }, 'secret_unusable'],
  ])('that fails says why: %s', async (id, url, changes, failure) => {
    await world.secrets.set('plain', 'correct horse battery staple')
    await world.webhook(id, url, { workspace: id, ...changes })
    await until(async () => (await world.state(id)) !== undefined)
    const tested = { type: 'webhook.test', failure: { failure } }
    expect(await world.ask(id, { test: true })).toMatchObject({ tested })
    expect((await world.state(id))?.attempts).toBeDefined()
  })
})

describe('a delivery that was given up', () => {
  beforeAll(async () => {
    await caller.stop()
    caller = await world.caller({ ...fast, giveUp: 300 })
  })

  /** A webhook that was down for one notification of this conversation. */
  async function failedOnce(id: string) {
    let isDown = true
    const given = await receiver(id, () => (isDown ? 500 : 200))
    await given.notify(id, 'created')
    await until(async () => (await world.failures(id)).length === 1)
    return {
      ...given,
      recover: () => {
        isDown = false
        given.got.length = 0
      },
    }
  }

  test('is kept, and lets the next one of its conversation pass', async () => {
    const { got, notify, recover } = await failedOnce('kept')
    expect(await world.failures('kept')).toMatchObject([
      {
        id: 'kept_1_created',
        type: 'request.created',
        failure: 'refused',
        status: 500,
        attempts: expect.any(Number),
      },
    ])
    recover()
    await notify('kept', 'accepted')
    await until(() => idsOf(got).includes('kept_1_accepted'))
    expect(idsOf(got)).toEqual(['kept_1_accepted'])
  })

  test('is delivered again by a replay of all that failed, once', async () => {
    const { got, recover } = await failedOnce('again')
    recover()
    expect(await world.ask('again', { replay: { failed: true } })).toEqual({ replayed: 1 })
    await until(async () => got.length === 1 && (await world.failures('again')).length === 0)
    expect(await world.ask('again', { replay: { failed: true } })).toEqual({ replayed: 0 })
  })

  test('is delivered again by its id, and by its time', async () => {
    const { got, notify, recover } = await failedOnce('named')
    recover()
    expect(await world.ask('named', { replay: { id: 'named_1_created' } })).toEqual({ replayed: 1 })
    await until(() => got.length === 1)
    expect(await world.failures('named')).toEqual([])
    const since = new Date().toISOString()
    await notify('f2', 'created')
    await notify('f2', 'accepted')
    await until(() => got.length === 3)
    await world.ask('named', { replay: { since } })
    await until(() => got.length === 5)
    expect(idsOf(got).slice(3)).toEqual(['f2_1_created', 'f2_1_accepted'])
    const refused = { refused: 'no_such_notification' }
    expect(await world.ask('named', { replay: { id: 'f9_1_created' } })).toEqual(refused)
  })

  test('is forgotten with its conversation', async () => {
    await failedOnce('erased')
    const retryOptions = { log: world.log, signal: new AbortController().signal }
    const effect = { kind: 'forget', conversation: 'erased', seq: 0, record: 1 } as const
    await new EffectPerformer(world.nats, retryOptions).perform(effect)
    expect(await world.failures('erased')).toEqual([])
  })
})

describe('another caller', () => {
  test('goes on where one has stopped, without those that were erased meanwhile', async () => {
    await caller.stop()
    const first = await world.caller({ firstPause: 60_000 })
    let isDown = true
    const { got, notify } = await receiver('passed', () => (isDown ? 500 : 200))
    await notify('p1', 'created')
    await notify('p1', 'accepted')
    await notify('p2', 'created')
    await until(() => got.length === 2)
    await first.stop()
    expect(await waitingOf('passed')).toBe(3)
    await removeMatching(
      world.nats,
      streams.workspace,
      (headers) => headers.get('Nats-Msg-Id') === 'p2.1.created',
    )
    isDown = false
    got.length = 0
    caller = await world.caller()
    await until(() => got.length === 2)
    expect(idsOf(got)).toEqual(['p1_1_created', 'p1_1_accepted'])
    await until(async () => (await waitingOf('passed')) === 0)
  })

  test('takes over from one that was killed', async () => {
    const { got, notify } = await receiver('killed')
    await notify('k1', 'created')
    await until(() => got.length === 1)
    await caller.kill()
    await notify('k1', 'accepted')
    caller = await world.caller()
    await until(() => idsOf(got).includes('k1_1_accepted'))
  })

  test('ends the run of one that counted as gone', async () => {
    const { got, notify } = await receiver('both')
    await notify('b1', 'created')
    await until(() => got.length === 1)
    const state = await world.state('both')
    // As a successor does when it begins.
    await new Bucket(world.nats, 'webhooks').put('state.both', JSON.stringify({ ...state, owner: 'another' }))
    await notify('b1', 'accepted')
    // The former one ends, and the ticket comes again.
    await until(async () => !['another', state?.owner].includes((await world.state('both'))?.owner))
    await notify('b1', 'ended')
    await until(() => idsOf(got).includes('b1_1_ended'))
  })
})

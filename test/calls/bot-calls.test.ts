import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { streams } from '../../engine/nats/topology.ts'
import { ApiSecrets } from '../../workers/calls/client/api-secrets.ts'
import { end, flowOf, options } from '../bots/flow.ts'
import { type Running, startFrontdesk } from '../cli/frontdesk.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { json, startTestApi } from './test-api.ts'

let world: TestWorld
const running: Running[] = []
beforeEach(async () => {
  world = await startTestWorld()
})
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  await world?.stop()
})

/** The channel's bot: it looks a customer's order up, and says what it has found. */
async function configureBot(url: string) {
  await world.configure(
    'bot.shop',
    flowOf(
      {
        welcome: [
          options(
            'Which order?',
            { Other: 'failed' },
            { name: 'topic', freeText: { goTo: 'look', variable: 'order' } },
          ),
        ],
        look: [
          {
            type: 'api',
            name: 'find',
            method: 'POST',
            url: `${url}/orders/{{variables.order}}`,
            headers: { authorization: 'Bearer {{secret.shop}}' },
            body: { order: '{{variables.order}}' },
            timeout: 'PT20S',
            save: { status: 'order.status' },
            success: 'found',
            failure: 'failed',
          },
        ],
        found: [end('It is {{variables.status}}.')],
        failed: [end('We cannot look it up.')],
      },
      { id: 'shop' },
    ),
  )
  await world.configure('channel.web', { id: 'web', bot: 'shop' })
  await new ApiSecrets(new Bucket(world.nats, 'apiSecrets')).set('shop', 's3cr3t-of-the-shop')
}

async function startCaller(apiHosts = '127.0.0.1'): Promise<Running> {
  const env = { NATS_URL: world.server.url, FRONTDESK_PARTITIONS: '4', FRONTDESK_API_HOSTS: apiHosts }
  const caller = startFrontdesk(['caller'], { env })
  running.push(caller)
  await caller.logs('"msg":"ready"')
  return caller
}

async function asks(conversation: string, order: string) {
  await world.publish(conversation, 'session.started', { channel: 'web' })
  await world.publish(conversation, 'session.message', { text: order })
}

async function saidIn(conversation: string): Promise<(string | undefined)[]> {
  return (await world.records(conversation)).flatMap(({ messages = [] }) => messages.map(({ text }) => text))
}

const answered = async (conversation: string) =>
  (await world.records(conversation))
    .filter(({ event }) => event.type === 'call.answered')
    .map(({ outcome }) => outcome)

describe('a bot that calls an API', () => {
  test('continues with the answer; the secret is in the request only', async () => {
    const api = await startTestApi((_, response) => json(response, { order: { status: 'on its way' } }))
    await configureBot(api.url)
    await world.startEngine()
    const caller = await startCaller()
    await asks('c1', '47 11/?')
    await until(async () => (await saidIn('c1')).includes('It is on its way.'))
    expect(api.got).toMatchObject([
      {
        method: 'POST',
        path: '/orders/47%2011%2F%3F',
        body: '{"order":"47 11/?"}',
        headers: { authorization: 'Bearer s3cr3t-of-the-shop', 'idempotency-key': 'c1.call.1' },
      },
    ])
    const stored = await Promise.all(
      (['events', 'conversations', 'requests', 'deadletters'] as const).map((stream) => world.stored(stream)),
    )
    expect(JSON.stringify(stored) + caller.stderr()).not.toContain('s3cr3t')
  })

  test.each([
    ['fails', '127.0.0.1'],
    ['is not on the list', ''],
  ])('takes its failure branch if the API %s', async (_, apiHosts) => {
    const api = await startTestApi((_, response) => json(response, {}, 404))
    await configureBot(api.url)
    await world.startEngine()
    const caller = await startCaller(apiHosts)
    await asks('c1', '4711')
    await until(async () => (await saidIn('c1')).includes('We cannot look it up.'))
    expect(caller.stderr()).toMatch(/"conversation":"c1".*"step":"find"/)
    expect(api.got).toHaveLength(apiHosts === '' ? 0 : 1)
  })

  test('continues once if its caller is killed in the middle', async () => {
    const api = await startTestApi((_, response, count) => {
      if (count > 1) json(response, { order: { status: 'on its way' } })
    })
    await configureBot(api.url)
    await world.startEngine()
    const killed = await startCaller()
    await asks('c1', '4711')
    await until(() => api.got.length === 1)
    await startCaller()
    killed.child.kill('SIGKILL')
    await until(async () => (await saidIn('c1')).includes('It is on its way.'))
    await until(async () => (await world.nats.jsm.streams.info(streams.calls)).state.messages === 0)
    expect(api.got.map(({ headers }) => headers['idempotency-key'])).toEqual(['c1.call.1', 'c1.call.1'])
    expect(await answered('c1')).toEqual(['applied'])
  })

  test('continues once if its caller slept and answers after another one', async () => {
    let answerFirst = () => {}
    const api = await startTestApi((_, response, count) => {
      if (count > 1) json(response, { order: { status: 'on its way' } })
      else answerFirst = () => json(response, { order: { status: 'lost' } })
    })
    await configureBot(api.url)
    await world.startEngine()
    const asleep = await startCaller()
    await asks('c1', '4711')
    await until(() => api.got.length === 1)
    await startCaller()
    asleep.child.kill('SIGSTOP')
    await until(async () => (await saidIn('c1')).includes('It is on its way.'))
    answerFirst()
    asleep.child.kill('SIGCONT')
    await until(async () => (await answered('c1')).length === 2)
    expect(await answered('c1')).toEqual(['applied', 'ignored'])
    expect(await saidIn('c1')).not.toContain('It is lost.')
  })
})

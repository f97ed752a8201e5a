import { afterAll, beforeAll, expect, test } from 'vitest'
import { subjects } from '../../engine/nats/topology.ts'
import { startTestApi } from '../calls/test-api.ts'
import { answer, startWebhookWorld, type WebhookWorld } from '../calls/webhooks/webhook-world.ts'
import { until } from '../engine/test-world.ts'
import { commandHost } from './command-host.ts'

let world: WebhookWorld
const run = commandHost()
beforeAll(async () => {
  world = await startWebhookWorld()
})
afterAll(() => world?.stop())

const webhooks = (...args: string[]) => run(['webhooks', ...args], { env: { NATS_URL: world.server.url } })

test('webhooks are listed with what waits and why, and replayed', async () => {
  let isDown = true
  const api = await startTestApi((_, response) => answer(response, isDown ? 503 : 200, {}))
  await world.webhook('crm', `${api.url}/hooks`)
  expect(await webhooks()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^crm {2}127\.0\.0\.1:\d+ {2}new/),
  })
  expect((await webhooks('replay', 'crm')).stderr).toMatch(
    /^frontdesk: unavailable: no caller runs this webhook/,
  )

  const caller = await world.caller()
  await until(async () => (await world.state('crm')) !== undefined)
  await world.notify('c1', 'created')
  await until(async () => (await world.state('crm'))?.failingSince !== undefined)
  const listed = await webhooks('list')
  expect(listed.stdout).toMatch(
    /^crm {2}\S+ {2}failing since 2\S+Z {2}1 wait {2}nothing delivered yet {2}refused: /,
  )
  isDown = false
  await until(async () => (await world.state('crm'))?.deliveredAt !== undefined)
  const [json] = (await webhooks('list', '--json')).stdout.split('\n')
  expect(JSON.parse(json ?? '')).toMatchObject({ id: 'crm', state: 'delivering', waiting: 0 })

  const before = api.got.length
  expect((await webhooks('replay', 'crm', '--id', 'c1_1_created')).stdout).toBe(
    'crm: 1 notifications will be sent again\n',
  )
  await until(() => api.got.length === before + 1)
  expect(await webhooks('replay', 'crm', '--since', 'PT1H')).toMatchObject({ code: 0 })
  expect(await webhooks('replay', 'crm', '--id', 'nothing_1_created')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^frontdesk: no_such_notification: /),
  })
  expect(await webhooks('failed', 'crm')).toMatchObject({ code: 0, stdout: '' })
  const failure = { failure: 'refused', status: 503, reason: 'status 503' }
  const givenUp = { id: 'c2_1_created', type: 'request.created', notification: 9, attempts: 71, ...failure }
  await world.nats.publisher.publish(subjects.failedDelivery('crm', 'c2'), JSON.stringify(givenUp))
  expect((await webhooks('failed')).stdout).toMatch(
    /^2\S+Z {2}crm {2}c2_1_created {2}71 attempts {2}refused {2}status 503\n$/,
  )
  expect((await webhooks('failed', 'none')).stderr).toMatch(/^frontdesk: there is no webhook none/)
  expect((await webhooks('replay')).code).toBe(2)
  expect((await webhooks('list', '--id', 'x')).code).toBe(2)
  await caller.stop()
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import type { OpenRequest } from '../../schemas/conversation/notification.ts'
import { BegunRequests } from '../../workers/gateway/sockets/begun-requests.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'
import { waitingRequest } from '../waiting-request.ts'

let world: TestWorld
let begun: BegunRequests

beforeAll(async () => {
  world = await startTestWorld()
  const workspace = await world.connect('workspace')
  begun = new BegunRequests(workspace)
  await workspace.flush()
})

afterAll(async () => {
  begun?.stop()
  await world?.stop()
})

let record = 0
async function put(conversation: string, state: OpenRequest['state']) {
  const request = waitingRequest(conversation, ++record, { state, need: 'help' })
  await new Bucket(world.nats, 'openRequests').put(`main.${conversation}`, JSON.stringify(request))
}

test('the requests of an address are open from their first change to their end or erasure', async () => {
  const open = new Set<string>()
  for (const conversation of ['a', 'b', 'c']) begun.remember(conversation, open)
  await put('a', 'waiting')
  await put('b', 'accepted')
  await put('of-another-gateway', 'waiting')
  await put('c', 'waiting')
  await until(() => open.size === 3)
  await put('a', 'withdrawn')
  await put('b', 'ended')
  await until(() => open.size === 1)
  await new Bucket(world.nats, 'openRequests').purge('main.c')
  await until(() => open.size === 0)
})

test.skipIf(serverIsShared)(
  'after an outage, whose changes were missed, they count from their next change',
  async () => {
    const open = new Set<string>()
    for (const conversation of ['d', 'e']) begun.remember(conversation, open)
    await put('d', 'waiting')
    await put('e', 'waiting')
    await until(() => open.size === 2)
    await world.server.kill()
    await world.server.restart()
    await until(() => open.size === 0)
    await until(() =>
      put('e', 'accepted').then(
        () => open.size === 1,
        () => false,
      ),
    )
    expect([...open]).toEqual(['e'])
  },
)

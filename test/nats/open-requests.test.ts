import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectRole, type RoleConnection } from '../../engine/nats/connect.ts'
import { OpenRequests, readRequest } from '../../engine/nats/views/open-requests.ts'
import type { OpenRequest } from '../../schemas/conversation/notification.ts'
import { uniqueId } from '../cli/running-system.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'
import { waitingRequest } from '../waiting-request.ts'

let world: TestWorld
let role: RoleConnection
beforeAll(async () => {
  world = await startTestWorld()
  role = await world.connect('workspace')
})
afterAll(() => world?.stop())

let records = 0
const revisions = new Map<string, number>()

/** A later request of a workspace. */
function request(workspace: string, conversation: string, more: Partial<OpenRequest> = {}): OpenRequest {
  return waitingRequest(conversation, ++records, { workspace, ...more })
}

const subjectOf = ({ workspace, conversation }: Pick<OpenRequest, 'workspace' | 'conversation'>) =>
  `$KV.frontdesk_requests.${workspace}.${conversation}`

async function keep(kept: OpenRequest): Promise<OpenRequest> {
  const subject = subjectOf(kept)
  const headers = { 'Nats-Expected-Last-Subject-Sequence': String(revisions.get(subject) ?? 0) }
  revisions.set(subject, (await world.nats.publisher.publish(subject, JSON.stringify(kept), headers)).seq)
  return kept
}

async function watched(workspace: string, by: RoleConnection = role) {
  const told: string[] = []
  const open = await OpenRequests.watch(by, workspace, (now, before) => {
    const of = (now ?? before)?.conversation
    told.push(`${of}: ${before?.state ?? 'none'} → ${now?.state ?? 'none'}`)
  })
  return { open, told, waiting: () => open.waiting().map(({ conversation }) => conversation) }
}

const minute = (n: number) => new Date(Date.UTC(2026, 5, 5, 15, n)).toISOString()

describe('the open requests of a workspace', () => {
  test('are the waiting ones, the oldest first, and the accepted ones, by agent', async () => {
    const workspace = uniqueId('list')
    await keep(request(workspace, 'young', { queuedAt: minute(9) }))
    await keep(request(workspace, 'old', { queuedAt: minute(1) }))
    await keep(request(workspace, 'b-same', { queuedAt: minute(5) }))
    await keep(request(workspace, 'a-same', { queuedAt: minute(5) }))
    await keep(request(workspace, 'anns', { state: 'accepted', agent: { id: 'ann' } }))
    await keep(request(workspace, 'bobs', { state: 'accepted', agent: { id: 'bob' } }))
    await keep(request(workspace, 'over', { state: 'ended' }))
    await keep(request(`${workspace}-other`, 'elsewhere'))
    const { open, told, waiting } = await watched(workspace)
    expect(waiting()).toEqual(['old', 'a-same', 'b-same', 'young'])
    expect(open.accepted('ann').map(({ conversation }) => conversation)).toEqual(['anns'])
    expect(open.accepted()).toHaveLength(2)
    expect(open.get('bobs')?.agent?.id).toBe('bob')
    expect(open.get('over')).toBeUndefined()
    expect((await readRequest(role, workspace, 'over'))?.state).toBe('ended')
    expect(await readRequest(role, workspace, 'nobody')).toBeNull()
    expect(told).toEqual([])
    open.close()
  })

  test('report each change, and the removal of an erased one', async () => {
    const workspace = uniqueId('change')
    const { open, told } = await watched(workspace)
    const first = await keep(request(workspace, 'c1'))
    await until(() => told.length === 1)
    await keep(request(workspace, 'c1', { state: 'accepted', agent: { id: 'ann' } }))
    await until(() => told.length === 2)
    await keep(request(workspace, 'c1', { queuedAt: first.queuedAt }))
    await until(() => told.length === 3)
    await keep(request(workspace, 'c2'))
    await until(() => told.length === 4)
    await keep(request(workspace, 'c2', { state: 'ended' }))
    await until(() => told.length === 5)
    await new Bucket(world.nats, 'openRequests').purge(`${workspace}.c1`)
    await until(() => told.length === 6)
    expect(told).toEqual([
      'c1: none → waiting',
      'c1: waiting → accepted',
      'c1: accepted → waiting',
      'c2: none → waiting',
      'c2: waiting → ended',
      'c1: waiting → none',
    ])
    expect(open.waiting()).toEqual([])
    open.close()
  })

  test('never show an older state, whatever writes are refused', async () => {
    const workspace = uniqueId('refused')
    const { open, told } = await watched(workspace)
    const before = await keep(request(workspace, 'c1'))
    await keep(request(workspace, 'c1', { state: 'accepted', agent: { id: 'ann' } }))
    const late = world.nats.publisher.publish(subjectOf(before), JSON.stringify(before), {
      'Nats-Expected-Last-Subject-Sequence': '0',
    })
    await expect(late).rejects.toThrow('10071')
    await keep(request(workspace, 'c2'))
    await until(() => told.some((line) => line.startsWith('c2')))
    expect(open.get('c1')?.state).toBe('accepted')
    expect(told.filter((line) => line.startsWith('c1')).at(-1)).toMatch(/accepted$/)
    open.close()
  })

  test('never return to an earlier record that a stale replica lists', async () => {
    const workspace = uniqueId('behind')
    const earlier = request(workspace, 'c1')
    await keep(request(workspace, 'c1', { state: 'accepted', agent: { id: 'ann' } }))
    const { open, told } = await watched(workspace)
    await keep(earlier)
    await keep(request(workspace, 'c2'))
    await until(() => told.length > 0)
    expect(told).toEqual(['c2: none → waiting'])
    expect(open.get('c1')?.state).toBe('accepted')
    open.close()
  })

  test('are those of all workspaces with *', async () => {
    const prefix = uniqueId('all')
    const { open } = await watched('*')
    await keep(request(`${prefix}-1`, prefix))
    await keep(request(`${prefix}-2`, prefix))
    await until(() => open.waiting().filter(({ conversation }) => conversation === prefix).length === 2)
    open.close()
  })

  test('are listed in several batches', async () => {
    const workspace = uniqueId('many')
    const need = 'n'.repeat(900)
    const ids = Array.from({ length: 3_000 }, (_, i) => `c${i}`)
    await Promise.all(ids.map((id) => keep(request(workspace, id, { need }))))
    const { open, waiting } = await watched(workspace)
    expect(new Set(waiting())).toEqual(new Set(ids))
    open.close()
  })

  test('are up to date after a reconnect, whatever happened meanwhile', async () => {
    const workspace = uniqueId('reconnect')
    const own = await connectRole(world.server.roles.workspace, 'own')
    await keep(request(workspace, 'accepted-meanwhile'))
    await keep(request(workspace, 'erased-meanwhile'))
    await keep(request(workspace, 'stays'))
    const { told, waiting, open } = await watched(workspace, own)
    const reconnecting = own.connection.reconnect()
    await keep(request(workspace, 'accepted-meanwhile', { state: 'accepted', agent: { id: 'ann' } }))
    await keep(request(workspace, 'new'))
    // Not a trace is left of it, as of what expired long ago.
    const bucket = 'KV_frontdesk_requests'
    await world.nats.jsm.streams.purge(bucket, {
      filter: subjectOf({ workspace, conversation: 'erased-meanwhile' }),
    })
    await reconnecting
    await until(() => told.length === 3)
    expect(waiting().sort()).toEqual(['new', 'stays'])
    expect(new Set(told)).toEqual(
      new Set([
        'accepted-meanwhile: waiting → accepted',
        'erased-meanwhile: waiting → none',
        'new: none → waiting',
      ]),
    )
    open.close()
    await own.close()
  })

  test.skipIf(serverIsShared)('continue after the server was killed and restarted', async () => {
    const workspace = uniqueId('restart')
    await keep(request(workspace, 'before'))
    const { open, waiting } = await watched(workspace)
    await world.server.kill()
    await world.server.restart()
    // A write whose answer is lost cannot be repeated under its old revision: the server has to answer before.
    await until(async () => (await world.openRequest(workspace, 'before')) !== null)
    await keep(request(workspace, 'after'))
    await until(() => waiting().length === 2)
    expect(waiting().sort()).toEqual(['after', 'before'])
    open.close()
  })
})

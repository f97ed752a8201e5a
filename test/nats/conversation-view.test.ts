import { headers } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectNats, connectRole, type RoleConnection } from '../../engine/nats/connect.ts'
import { streams } from '../../engine/nats/topology.ts'
import { ConversationView } from '../../engine/nats/views/conversation-view.ts'
import { readRecords } from '../../engine/nats/views/records.ts'
import { uniqueId } from '../cli/running-system.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { serverIsShared } from '../test-server.ts'

let world: TestWorld
/** All that a gateway for customers may do. */
let role: RoleConnection
let roleReads: Reads
beforeAll(async () => {
  world = await startTestWorld(16)
  role = await world.connect('widget')
  roleReads = readsOf(role)
})
afterAll(() => world?.stop())

const recordOf = (id: string, more: object = {}) =>
  JSON.stringify({
    at: '2026-06-05T15:00:00.000Z',
    event: { id, type: 'session.message', seq: 1 },
    outcome: 'applied',
    state: { secret: 'of the engine' },
    ...more,
  })

const subjectOf = (conversation: string) => `frontdesk.conversation.${conversation}`

const store = (conversation: string, id: string) =>
  world.nats.publisher.publish(subjectOf(conversation), recordOf(id))

/** As many records as said, stored at once; what they are called. */
async function storeMany(conversation: string, count: number, from = 0): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => String(from + i))
  await Promise.all(ids.map((id) => store(conversation, id)))
  return ids
}

/** The reads of a connection that are over: the subject, and whether the stream has answered. */
type Reads = { subject: string; end: 'read' | 'failed' }[]

function readsOf({ publisher }: RoleConnection): Reads {
  const reads: Reads = []
  const requestMany = publisher.requestMany.bind(publisher)
  publisher.requestMany = async (place, body, ...rest) => {
    const over = (end: 'read' | 'failed') => reads.push({ subject: JSON.parse(body).next_by_subj, end })
    try {
      const answers = await requestMany(place, body, ...rest)
      // An engine says of a stream that does not answer that it does not.
      over(answers.at(-1)?.headers?.code === 504 ? 'failed' : 'read')
      return answers
    } catch (error) {
      over('failed')
      throw error
    }
  }
  return reads
}

const countReads = (reads: Reads, conversation: string, end: 'read' | 'failed') =>
  reads.filter((read) => read.subject === subjectOf(conversation) && read.end === end).length

/** Until the second read of every beginning is over: from then on it is only live, or a reconnect, that tells. */
const begun = (conversation: string, views = 1, reads = roleReads) =>
  until(() => countReads(reads, conversation, 'read') === 2 * views)

/** What a view is told, by the events' ids. */
async function watched(conversation: string, after = 0, by: RoleConnection = role) {
  const seen: string[] = []
  const sequences: number[] = []
  const view = await ConversationView.open(
    by,
    conversation,
    ({ event }, sequence) => {
      seen.push(event.id)
      sequences.push(sequence)
    },
    { after },
  )
  return { view, seen, sequences }
}

describe('a conversation that is followed', () => {
  it('has each record once and in order: stored, live, and missed live ones', async () => {
    const conversation = uniqueId('view')
    await store(conversation, '1')
    await world.nats.publisher.publish(subjectOf(conversation), 'no record')
    await store(conversation, '2')
    const { view, seen } = await watched(conversation)
    expect(seen).toEqual(['1', '2'])

    const outcome = view.outcomeOf('3')
    await store(conversation, '3')
    expect((await outcome).event.id).toBe('3')

    // As if a record of before came late, and one came whose predecessor never did.
    const { seq: missed } = await store(conversation, '4')
    await until(() => seen.length === 4)
    const live = headers()
    live.set('Nats-Sequence', String(missed))
    live.set('Nats-Last-Sequence', '1')
    world.nats.connection.publish(`frontdesk.live.${conversation}`, recordOf('4'), { headers: live })
    await storeMany(conversation, 3, 5)
    await until(() => seen.length === 7)
    expect(seen).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    view.close()
  })

  it('has records without their state, with their sequences', async () => {
    const conversation = uniqueId('public')
    const { seq: first } = await store(conversation, '1')
    const told: [object, number][] = []
    const view = await ConversationView.open(role, conversation, (...it) => void told.push(it))
    const { seq: second } = await store(conversation, '2')
    await until(() => told.length === 2)
    expect(told.map(([, sequence]) => sequence)).toEqual([first, second])
    for (const [record] of told) expect(record).not.toHaveProperty('state')
    view.close()
  })

  it('is read from the stream where a live record names another predecessor', async () => {
    const conversation = uniqueId('gap')
    const { view, seen } = await watched(conversation)
    const ahead = headers()
    // Live says that something was stored after what nobody has seen: the stream has it.
    ahead.set('Nats-Sequence', '999999999')
    ahead.set('Nats-Last-Sequence', '999999998')
    const other = await connectNats(world.server.url, 'other')
    await other.publisher.publish(subjectOf(conversation), recordOf('1'))
    world.nats.connection.publish(`frontdesk.live.${conversation}`, recordOf('not stored'), {
      headers: ahead,
    })
    await other.publisher.publish(subjectOf(conversation), recordOf('2'))
    await until(() => seen.length === 2)
    expect(seen).toEqual(['1', '2'])
    expect(view.last).toBeLessThan(999_999_998)
    view.close()
    await other.close()
  })

  it('is read to its end, in several batches, and from any sequence', async () => {
    const conversation = uniqueId('read')
    const seqs: number[] = []
    for (let i = 0; i < 300; i++) seqs.push((await store(conversation, `${i}`)).seq)
    const large = recordOf('large', { messages: [], state: { text: 'x'.repeat(60_000) } })
    for (let i = 0; i < 5; i++) await world.nats.publisher.publish(subjectOf(conversation), large)
    const read = async (after?: number) => {
      const ids: (string | undefined)[] = []
      for await (const { record } of readRecords(role, conversation, after)) ids.push(record?.event.id)
      return ids
    }
    const larges = Array.from({ length: 5 }, () => 'large')
    expect(await read()).toEqual([...Array.from({ length: 300 }, (_, i) => `${i}`), ...larges])
    expect(await read(seqs[297])).toEqual(['298', '299', ...larges])
    expect(await read((seqs[299] as number) + 5)).toEqual([])
    expect(await read(999_999_999)).toEqual([])
  })

  it('resumes after a sequence with exactly what was missed, in order, while more arrives', async () => {
    const conversation = uniqueId('resume')
    const before = await storeMany(conversation, 50)
    const first = await watched(conversation)
    first.view.close()
    const missed = await storeMany(conversation, 50, 50)
    const storing = storeMany(conversation, 50, 100)
    const second = await watched(conversation, first.view.last)
    await storing
    await until(() => second.seen.length >= 100)
    // They were stored at once, so in whatever order the stream took them.
    expect([...first.seen].sort()).toEqual([...before].sort())
    expect(new Set(second.seen)).toEqual(new Set([...missed, ...(await storing)]))
    expect(second.sequences).toEqual([...second.sequences].sort((a, b) => a - b))
    expect(Math.min(...second.sequences)).toBeGreaterThan(first.view.last)
    expect(second.seen).toHaveLength(100)
    second.view.close()
  })

  it('waits for a slow reader with a bounded buffer', async () => {
    const conversation = uniqueId('slow')
    const seen: string[] = []
    let isReading = false
    let overlaps = 0
    let goOn = () => {}
    const asleep = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const view = await ConversationView.open(role, conversation, async ({ event }) => {
      if (isReading) overlaps++
      isReading = true
      if (seen.length === 0) await asleep
      seen.push(event.id)
      isReading = false
    })
    await begun(conversation)
    const ids: string[] = []
    // More than it lets wait, several times over; the last is one that does not wait.
    for (let i = 0; i < 101 * 4 + 1; i++) ids.push(`${i}`)
    for (const id of ids) await store(conversation, id)
    expect(seen).toEqual([])
    goOn()
    await until(() => seen.length >= ids.length)
    expect(seen).toEqual(ids)
    expect(overlaps).toBe(0)
    await store(conversation, 'last')
    await until(() => seen.at(-1) === 'last')
    view.close()
  })

  it('continues after an erasure, also for a subscriber that was disconnected or slow', async () => {
    const conversation = uniqueId('erased')
    await storeMany(conversation, 5)
    const there = await watched(conversation)
    const lastBefore = there.view.last
    let goOn = () => {}
    const asleep = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const slow: string[] = []
    const slowView = new ConversationView(role, conversation, async ({ event }) => {
      slow.push(event.id)
      await asleep
    })
    await until(() => slow.length === 1)
    const erasure = recordOf('erasure', { event: { id: 'erasure', type: 'admin.erased', seq: 2 } })
    await world.nats.publisher.publish(subjectOf(conversation), erasure, { 'Nats-Rollup': 'sub' })
    await store(conversation, 'later')
    goOn()
    const away = await watched(conversation, lastBefore - 2)
    await until(() => there.seen.length === 7 && slow.at(-1) === 'later')
    expect(there.seen.slice(5)).toEqual(['erasure', 'later'])
    expect(away.seen).toEqual(['erasure', 'later'])
    expect(slow.slice(-2)).toEqual(['erasure', 'later'])
    for (const { view } of [there, away]) view.close()
    slowView.close()
  })

  it('does not stop before a live record if the answering replica is stale', async () => {
    const conversation = uniqueId('behind')
    const { config } = await world.nats.jsm.streams.info(streams.conversations)
    // A replica that has nothing of it yet answers for the stream.
    await world.nats.jsm.streams.update(streams.conversations, { ...config, allow_direct: false })
    const replica = world.nats.connection.subscribe(`$JS.API.DIRECT.GET.${streams.conversations}`, {
      callback: (_, message) => void message.respond('', { headers: headers(404, 'Message Not Found') }),
    })
    const { seq: first } = await store(conversation, '1')
    const { seq: second } = await store(conversation, '2')
    const { view, seen } = await watched(conversation)
    await begun(conversation)
    const live = headers()
    live.set('Nats-Sequence', String(second))
    live.set('Nats-Last-Sequence', String(first))
    world.nats.connection.publish(`frontdesk.live.${conversation}`, recordOf('2'), { headers: live })
    await until(() => countReads(roleReads, conversation, 'read') >= 4)
    expect(seen).toEqual([])
    replica.unsubscribe()
    await world.nats.jsm.streams.update(streams.conversations, { ...config, allow_direct: true })
    await until(() => seen.length === 2)
    expect(seen).toEqual(['1', '2'])
    view.close()
  })

  it('begins once NATS answers, and may be closed before', async () => {
    const conversation = uniqueId('unanswered')
    await store(conversation, '1')
    const { config } = await world.nats.jsm.streams.info(streams.conversations)
    await world.nats.jsm.streams.update(streams.conversations, { ...config, allow_direct: false })
    const given: string[] = []
    const givenUp = new ConversationView(role, conversation, ({ event }) => void given.push(event.id))
    const opening = watched(conversation)
    await until(() => countReads(roleReads, conversation, 'failed') >= 2)
    givenUp.close()
    await givenUp.caughtUp
    await world.nats.jsm.streams.update(streams.conversations, { ...config, allow_direct: true })
    const { view, seen } = await opening
    expect(seen).toEqual(['1'])
    expect(given).toEqual([])
    view.close()
  })

  it('reads what it missed after a reconnect', async () => {
    const conversation = uniqueId('reconnect')
    const own = await connectRole(world.server.roles.widget, 'own')
    const reads = readsOf(own)
    const views = await Promise.all(Array.from({ length: 20 }, () => watched(conversation, 0, own)))
    await store(conversation, '1')
    await until(() => views.every(({ seen }) => seen.length === 1))
    await begun(conversation, views.length, reads)
    const reconnecting = own.connection.reconnect()
    for (const id of ['2', '3', '4']) await store(conversation, id)
    await reconnecting
    await until(() => views.every(({ seen }) => seen.length === 4))
    for (const { seen, view } of views) {
      expect(seen).toEqual(['1', '2', '3', '4'])
      view.close()
    }
    await own.close()
  })

  it('tells after a reconnect that the stream has lost what was told', async () => {
    const conversation = uniqueId('lost')
    const own = await connectRole(world.server.roles.widget, 'own')
    const { seq: first } = await store(conversation, '1')
    const { seq } = await store(conversation, '2')
    let isTold = false
    const view = await ConversationView.open(own, conversation, () => {}, {
      after: first,
      isBeyondEnd: () => {
        isTold = true
      },
    })
    expect(view.last).toBe(seq)
    await world.nats.jsm.streams.deleteMessage(streams.conversations, seq)
    await own.connection.reconnect()
    await until(() => isTold)
    await own.close()
  })

  it.skipIf(serverIsShared)('continues after the server was killed and restarted', async () => {
    const conversation = uniqueId('restart')
    const { view, seen } = await watched(conversation)
    await store(conversation, '1')
    await world.server.kill()
    const away = watched(conversation)
    await world.server.restart()
    await until(() => store(conversation, '2').then(() => true))
    await until(() => seen.includes('2'))
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen[0]).toBe('1')
    const late = await away
    await until(() => late.seen.length === seen.length)
    expect(late.seen).toEqual(seen)
    view.close()
    late.view.close()
  })
})

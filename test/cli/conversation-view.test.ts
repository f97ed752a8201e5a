import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { ConversationView } from '../../engine/nats/conversation-view.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { storedRecords } from '../../engine/nats/stored-records.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { eventually, uniqueId } from './running-system.ts'

let server: TestServer
let nats: Nats
beforeAll(async () => {
  server = await startTestServer()
  nats = await connectNats(server.url, 'test')
  await ensureTopology(nats.connection, { partitions: 16, replicas: 1 })
})
afterAll(async () => {
  await nats.close()
  await server.stop()
})

const recordOf = (id: string) =>
  JSON.stringify({
    at: '2026-06-05T15:00:00.000Z',
    event: { id, type: 'session.message', seq: 1 },
    outcome: 'applied',
    state: {},
  })

describe('a conversation that is followed', () => {
  it('has each record once and in order: what was, what comes, and what live has missed', async () => {
    const conversation = uniqueId('view')
    const subject = `frontdesk.conversation.${conversation}`
    const store = (id: string) => nats.publisher.publish(subject, recordOf(id))
    await store('1')
    await nats.publisher.publish(subject, 'no record')
    await store('2')
    const seen: string[] = []
    const view = await ConversationView.open(nats, conversation, ({ event }) => seen.push(event.id))
    expect(seen).toEqual(['1', '2'])

    const outcome = view.outcomeOf('3')
    await store('3')
    expect((await outcome).event.id).toBe('3')

    // As if a record of before came late, and one came whose predecessor never did.
    const { seq: missed } = await store('4')
    await eventually(
      async () => seen.length,
      (count) => count === 4,
    )
    const live = await import('@nats-io/transport-node').then(({ headers }) => headers())
    live.set('Nats-Sequence', String(missed))
    live.set('Nats-Last-Sequence', '1')
    nats.connection.publish(`frontdesk.live.${conversation}`, recordOf('4'), { headers: live })
    await Promise.all(['5', '6', '7'].map(store))
    await eventually(
      async () => seen.length,
      (count) => count === 7,
    )
    expect(seen).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    view.close()
  })

  it('is read from the stream where live names another predecessor', async () => {
    const conversation = uniqueId('gap')
    const subject = `frontdesk.conversation.${conversation}`
    const seen: string[] = []
    const view = await ConversationView.open(nats, conversation, ({ event }) => seen.push(event.id))
    const { headers } = await import('@nats-io/transport-node')
    const ahead = headers()
    // Live says that something was stored after what nobody has seen: the stream has it.
    ahead.set('Nats-Sequence', '999999999')
    ahead.set('Nats-Last-Sequence', '999999998')
    const other = await connectNats(server.url, 'other')
    await other.publisher.publish(subject, recordOf('1'))
    nats.connection.publish(`frontdesk.live.${conversation}`, recordOf('not stored'), { headers: ahead })
    await other.publisher.publish(subject, recordOf('2'))
    await eventually(
      async () => seen.length,
      (count) => count === 2,
    )
    expect(seen).toEqual(['1', '2'])
    expect(view.last).toBeLessThan(999_999_998)
    view.close()
    await other.close()
  })

  it('is read to its end, and from where one likes', async () => {
    const conversation = uniqueId('read')
    const seqs: number[] = []
    for (let i = 0; i < 300; i++)
      seqs.push(
        (await nats.publisher.publish(`frontdesk.conversation.${conversation}`, recordOf(`${i}`))).seq,
      )
    const read = async (after?: number) => {
      const ids: (string | undefined)[] = []
      for await (const { record } of storedRecords(nats, conversation, after)) ids.push(record?.event.id)
      return ids
    }
    expect(await read()).toEqual(Array.from({ length: 300 }, (_, i) => `${i}`))
    expect(await read(seqs[297])).toEqual(['298', '299'])
    expect(await read(seqs[299])).toEqual([])
  })
})

import { headers } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { directGet, directGetLast, type StoredMessage } from '../../engine/nats/direct-get.ts'
import { NoAnswer } from '../../engine/nats/errors.ts'
import { uniqueId } from '../cli/running-system.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

let server: TestServer
let nats: Nats
const stream = uniqueId('STORED')
const subject = (tail: string) => `stored.${stream}.${tail}`

beforeAll(async () => {
  server = await startTestServer()
  nats = await connectNats(server.url, 'test')
  await nats.jsm.streams.add({ name: stream, subjects: [subject('>')], allow_direct: true })
})
afterAll(async () => {
  await nats.close()
  await server.stop()
})

const publish = async (tail: string, body: string, own?: Record<string, string>) =>
  (await nats.publisher.publish(subject(tail), body, own)).seq

async function read(filter: string, after?: number | Date, bytes?: number): Promise<StoredMessage[]> {
  const found: StoredMessage[] = []
  for await (const message of directGet(nats, stream, subject(filter), after, bytes)) found.push(message)
  return found
}

const bodies = (messages: StoredMessage[]) => messages.map(({ body }) => Buffer.from(body).toString())

describe('direct gets', () => {
  test('return messages in order, with their headers, times and sequences', async () => {
    const before = Date.now()
    const first = await publish('whole.a', 'one', { 'KV-Operation': 'X', 'Nats-Msg-Id': uniqueId('id') })
    const second = await publish('whole.b', '')
    const [one, two] = await read('whole.*')
    expect(one).toMatchObject({ seq: first, subject: subject('whole.a'), headers: { 'KV-Operation': 'X' } })
    expect(Object.keys(one?.headers ?? {})).toEqual(['KV-Operation', 'Nats-Msg-Id'])
    expect(Math.abs((one?.at ?? 0) - before)).toBeLessThan(60_000)
    expect(two).toMatchObject({ seq: second, subject: subject('whole.b'), headers: {} })
    expect(bodies([one, two] as StoredMessage[])).toEqual(['one', ''])
  })

  test('return everything in batches of any size, from a sequence or a time', async () => {
    const seqs: number[] = []
    for (let i = 0; i < 50; i++) {
      seqs.push(await publish('batches', `${i} ${'x'.repeat(100)}`))
      await publish('others', 'between')
    }
    const numbers = async (after?: number | Date, bytes?: number) =>
      bodies(await read('batches', after, bytes)).map((body) => Number(body.split(' ')[0]))
    const all = Array.from({ length: 50 }, (_, i) => i)
    for (const bytes of [1, 500, 64 * 1024]) expect(await numbers(0, bytes)).toEqual(all)
    expect(await numbers(seqs[29])).toEqual(all.slice(30))
    expect(await numbers(seqs[49])).toEqual([])
    expect(await numbers(new Date(Date.now() - 3_600_000), 500)).toEqual(all)
    expect(await numbers(new Date(Date.now() + 3_600_000))).toEqual([])
  })

  test('request the next batch only when the one before was consumed', async () => {
    for (let i = 0; i < 20; i++) await publish('pace', 'x'.repeat(100))
    let asked = 0
    const listening = nats.connection.subscribe(`$JS.API.DIRECT.GET.${stream}`, {
      callback: () => {
        asked++
      },
    })
    const reading = directGet(nats, stream, subject('pace'), 0, 500)
    await reading.next()
    await nats.connection.flush()
    expect(asked).toBe(1)
    await reading.return(undefined)
    expect(asked).toBe(1)
    listening.unsubscribe()
  })

  test('are not misled by headers that a publisher set', async () => {
    const forged = { 'Nats-Sequence': '999', 'Nats-Subject': 'elsewhere', 'Nats-Last-Sequence': '998' }
    const seqs = [await publish('forged', 'a', forged), await publish('forged', 'b', forged)]
    expect((await read('forged')).map(({ seq }) => seq)).toEqual(seqs)
    const last = await directGetLast(nats, stream, subject('forged'))
    expect(last).toMatchObject({ seq: seqs[1], subject: subject('forged') })
    expect(await directGetLast(nats, stream, subject('nothing'))).toBeNull()
  })

  test('fail where a part of a batch was lost', async () => {
    const lossy = uniqueId('LOSSY')
    const part = (seq: number, previous: number) => {
      const place = headers()
      place.set('Nats-Sequence', `${seq}`)
      place.set('Nats-Last-Sequence', `${previous}`)
      place.set('Nats-Subject', 'lost')
      place.set('Nats-Time-Stamp', new Date().toISOString())
      return place
    }
    const end = headers(204, 'EOB')
    end.set('Nats-Num-Pending', '0')
    end.set('Nats-Last-Sequence', '7')
    const whole = [part(3, 0), part(5, 3), part(7, 5)]
    let answers = whole
    nats.connection.subscribe(`$JS.API.DIRECT.GET.${lossy}`, {
      callback: (_, message) => {
        for (const answer of answers) message.respond('x', { headers: answer })
        message.respond('', { headers: end })
      },
    })
    const readAll = async () => {
      const seqs: number[] = []
      for await (const { seq } of directGet(nats, lossy, 'lost')) seqs.push(seq)
      return seqs
    }
    expect(await readAll()).toEqual([3, 5, 7])
    for (const lost of [0, 1, 2]) {
      answers = whole.filter((_, i) => i !== lost)
      await expect(readAll()).rejects.toThrow(NoAnswer)
    }
  })

  test('fail with JetStream’s error, or NoAnswer', async () => {
    const missing = directGet(nats, 'NO-SUCH-STREAM', 'x')
    await expect(missing.next()).rejects.toThrow(NoAnswer)
    const refused = uniqueId('REFUSED')
    nats.connection.subscribe(`$JS.API.DIRECT.GET.${refused}`, {
      callback: (_, message) => void message.respond('', { headers: headers(408, 'Bad Request') }),
    })
    await expect(directGet(nats, refused, 'x').next()).rejects.toThrow('Bad Request')
  })
})

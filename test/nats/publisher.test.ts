import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectRole, type RoleConnection } from '../../engine/nats/connect.ts'
import { NoAnswer } from '../../engine/nats/errors.ts'
import { headersIn } from '../../engine/nats/publisher.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

let server: TestServer
let asking: RoleConnection
let answering: RoleConnection
beforeAll(async () => {
  server = await startTestServer()
  asking = await connectRole(server.url, 'asking')
  answering = await connectRole(server.url, 'answering')
})
afterAll(async () => {
  await asking.close()
  await answering.close()
  await server.stop()
})

/** Answers each request with these, one message each. */
async function answer(subject: string, ...bodies: string[]) {
  answering.connection.subscribe(subject, {
    callback: (_, message) => {
      for (const body of bodies) message.respond(body)
    },
  })
  await answering.connection.flush()
}

describe('a request', () => {
  test('has one answer, or several up to the last', async () => {
    await answer('one', 'a', 'late')
    await answer('many', 'a', 'b', 'end', 'late')
    expect((await asking.publisher.request('one', '')).string()).toBe('a')
    const many = await asking.publisher.requestMany('many', '', 10, (one) => one.string() === 'end')
    expect(many.map((one) => one.string())).toEqual(['a', 'b', 'end'])
  })

  test('takes at most the given number of answers', async () => {
    await answer('endless', ...Array.from({ length: 50 }, () => 'more'))
    expect(await asking.publisher.requestMany('endless', '', 10, () => false)).toHaveLength(10)
  })

  test('fails without responders, and where the connection is lost meanwhile', async () => {
    const { connection, publisher } = asking
    await expect(publisher.request('nobody', '')).rejects.toThrow(NoAnswer)
    await expect(publisher.requestMany('nobody', '', 10, () => false)).rejects.toThrow(NoAnswer)
    answering.connection.subscribe('silent', { callback: () => {} })
    await answering.connection.flush()
    const before = publisher.request('silent', '')
    const reconnecting = connection.reconnect()
    // The client drops what it is given until it is connected again.
    const meanwhile = publisher.requestMany('one', '', 10, () => true)
    const lost = Promise.all([
      expect(before).rejects.toThrow('the connection was lost'),
      expect(meanwhile).rejects.toThrow('the connection was lost'),
    ])
    await reconnecting
    await lost
    expect((await publisher.request('one', '')).string()).toBe('a')
  })
})

test('headers arrive as they were given, and one with a line break is not sent', async () => {
  const { connection, publisher } = asking
  answering.connection.subscribe('headers', {
    callback: (_, message) => {
      message.respond(JSON.stringify(headersIn(message.headers)))
    },
  })
  await answering.connection.flush()
  const headers = { 'Nats-Msg-Id': 'an id: 1', 'Frontdesk-By': 'Zoë' }
  expect((await publisher.request('headers', '', headers)).json()).toEqual(headers)
  const forged = { 'Nats-Msg-Id': 'an id\r\nNats-Rollup: all' }
  await expect(publisher.request('headers', '', forged)).rejects.toThrow(NoAnswer)
  expect((await publisher.request('headers', '', {})).json()).toEqual({})
  expect(connection.isClosed()).toBe(false)
})

import pino from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import { customerOf, startGatewayWorld, startTestGateway, TestClient } from './test-gateway.ts'

let world: TestWorld
let gateway: Gateway

beforeAll(async () => {
  ;({ world, gateway } = await startGatewayWorld())
})

afterAll(() => world?.stop())

const lookOf = async (channel: string) => {
  const answer = await fetch(`${gateway.url}/v1/widget/look?channel=${channel}`, {
    headers: { origin: 'https://anywhere.example' },
  })
  return { answer, look: (await answer.json()) as object }
}

describe('the look of a channel', () => {
  test('is told to any page, from memory, and follows the configuration', async () => {
    expect((await lookOf('none')).look).toEqual({})
    const look = { accent: '#7a1fa2', title: 'Acme', side: 'left' }
    await world.configure('channel.purple', { id: 'purple', look })
    await until(async () => 'accent' in (await lookOf('purple')).look)
    const { answer, look: found } = await lookOf('purple')
    expect(found).toEqual(look)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
    await world.configure('channel.purple', { id: 'purple' })
    await until(async () => !('accent' in (await lookOf('purple')).look))
  })
})

describe('the origins of a channel', () => {
  test('let pages in to this channel only, to begin and to resume, and are named in the log once', async () => {
    const lines: { origin?: string; channel?: string; msg: string }[] = []
    const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })
    const strict = await startTestGateway({ ...world, log })
    onTestFinished(strict.stop)
    const origin = 'https://shop.example'
    const open = () => TestClient.open<GatewayFrame>(strict, '/v1/widget', { origin })
    await expect(open()).rejects.toThrow('403')
    await world.configure('channel.shop', { id: 'shop', origins: [origin] })
    await until(() =>
      open().then(
        (client) => {
          client.close()
          return true
        },
        () => false,
      ),
    )
    const client = await open()
    client.send({ type: 'hello', channel: 'shop' })
    const { session } = await client.first('welcome')
    client.close()

    const message = `pages of ${origin} may not use the channel other: add it to the channel’s origins, or to the gateway’s FRONTDESK_ORIGINS`
    const { session: others } = await customerOf(strict, { channel: 'other' })
    for (const hello of [{ channel: 'other' }, { session: others }]) {
      const refused = await open()
      refused.send({ type: 'hello', ...hello })
      expect(await refused.end()).toBe(4405)
      expect(await refused.first('error')).toMatchObject({ code: 'origin_refused', message })
    }
    expect(lines.filter(({ msg }) => msg === message)).toMatchObject([{ origin, channel: 'other' }])

    const back = await open()
    back.send({ type: 'hello', session })
    await back.first('ready')
    back.close()
    // Other clients are not asked: apps have no origin, and this machine may use any channel.
    const local = await TestClient.open<GatewayFrame>(strict, '/v1/widget', {
      origin: 'http://localhost:3000',
    })
    local.send({ type: 'hello', channel: 'other' })
    await local.first('welcome')
    local.close()
  })
})

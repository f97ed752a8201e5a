import pino from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { subjects } from '../../engine/nats/topology.ts'
import type { PersonAnswer } from '../../schemas/protocol/admin.ts'
import type { AuditAnswer } from '../../schemas/protocol/audit.ts'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import { takeViolations } from '../conformance/violations.ts'
import { type TestWorld, until } from '../engine/test-world.ts'
import {
  customerOf,
  openDesk,
  signedIn,
  startGatewayWorld,
  startTestGateway,
  TestClient,
} from './test-gateway.ts'

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

/** Asks the administration as somebody. */
async function ask<T>(headers: Record<string, string>, path: string, method = 'GET', body?: object) {
  const answer = await fetch(`${gateway.url}/v1/${path}`, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, text, body: (text.startsWith('{') ? JSON.parse(text) : undefined) as T }
}

describe('the audit log', () => {
  test('has who did what, before it is done, in pages and as CSV, and nothing of customers', async () => {
    const ada = await signedIn(gateway, 'administrator', 'ada')
    const eve = await signedIn(gateway, 'engineer', 'eve')
    const asNew = { ...ada, 'if-none-match': '*' }
    const saved = await ask<{ revision: number }>(asNew, 'admin/configuration/channel/audited', 'PUT', {
      id: 'audited',
    })
    const { revision } = saved.body
    // A change that is refused is none.
    expect(
      (await ask(asNew, 'admin/configuration/channel/audited', 'PUT', { id: 'audited', name: 'B' })).status,
    ).toBe(412)
    const follows = { ...ada, 'if-match': `"${revision}"` }
    await ask(follows, 'admin/configuration/channel/audited', 'DELETE')
    const key = await ask<{ kid: string; secret: string }>(ada, 'admin/keys', 'POST', { name: 'Shop' })
    const { kid, secret } = key.body
    await ask(ada, `admin/keys/${kid}`, 'DELETE')
    const { client, conversation } = await customerOf(gateway)
    client.send({ type: 'message', clientId: 'a', text: 'My secret need' })
    await client.first('record', ({ clientId }) => clientId === 'a')
    client.close()
    const [first] = await world.records(conversation)
    for (let times = 0; times < 2; times++)
      await ask(eve, `inspector/conversations/${conversation}/steps/${first?.event.seq}?reveal=1`)
    await ask(eve, 'inspector/tickets', 'POST', { conversation })

    const all = await ask<AuditAnswer>(ada, 'admin/audit')
    const acts = all.body.entries.map(({ action, by, on }) => [by.id, by.role, action, on])
    const conversed = { kind: 'conversation', id: conversation }
    expect(acts).toEqual([
      ['eve', 'engineer', 'ticketMade', conversed],
      ['eve', 'engineer', 'revealed', conversed],
      ['ada', 'administrator', 'keyRevoked', { kind: 'key', id: kid }],
      ['ada', 'administrator', 'keyMade', { kind: 'key', id: kid }],
      ['ada', 'administrator', 'deleted', { kind: 'channel', id: 'audited', revision }],
      ['ada', 'administrator', 'saved', { kind: 'channel', id: 'audited', revision: 0 }],
    ])
    expect(all.body.isMore).toBe(false)
    for (const text of [secret, 'My secret need']) expect(all.text).not.toContain(text)

    const latest = await ask<AuditAnswer>(ada, 'admin/audit?limit=2&by=ADA')
    expect(latest.body.entries.map(({ action }) => action)).toEqual(['keyRevoked', 'keyMade'])
    expect(latest.body.isMore).toBe(true)
    const before = latest.body.entries.at(-1)?.sequence
    const second = await ask<AuditAnswer>(ada, `admin/audit?limit=2&by=ADA&before=${before}`)
    expect(second.body.entries.map(({ action }) => action)).toEqual(['deleted', 'saved'])
    expect(second.body.isMore).toBe(false)
    const filtered = await ask<AuditAnswer>(
      ada,
      `admin/audit?action=revealed&kind=conversation&id=${conversation}`,
    )
    expect(filtered.body.entries).toHaveLength(1)
    expect((await ask<AuditAnswer>(ada, 'admin/audit?to=2020-01-01T00:00:00Z')).body.entries).toEqual([])
    expect((await ask(ada, 'admin/audit?from=yesterday')).status).toBe(422)
    expect((await ask(eve, 'admin/audit')).status).toBe(401)

    const csv = await ask(ada, 'admin/audit.csv?action=saved')
    expect(csv.text.split('\r\n')).toEqual([
      'at,by,name,role,action,kind,id,revision',
      expect.stringMatching(/Z,ada,Ada,administrator,saved,channel,audited,0$/),
      '',
    ])
  })

  test('has the other entries where one cannot be read', async () => {
    const ada = await signedIn(gateway, 'administrator', 'ada')
    const by = { id: 'zoe', role: 'operator' }
    const on = { kind: 'key', id: 'k' }
    const publish = (action: string, body: string) =>
      world.nats.publisher.publish(subjects.audit(action), body)
    await publish('keyMade', JSON.stringify({ by, on }))
    for (const body of [
      '',
      '{',
      'null',
      '[]',
      '{"by":"zoe","on":"k"}',
      JSON.stringify({ by: { ...by, role: 'x' }, on }),
    ])
      await publish('keyMade', body)
    // These six bodies break the schema on purpose.
    expect(takeViolations()).toHaveLength(6)
    await publish('unheardOf', JSON.stringify({ by, on }))
    const answer = await ask<AuditAnswer>(ada, 'admin/audit?by=zoe')
    expect(answer.body.entries.map(({ action }) => action)).toEqual(['unheardOf', 'keyMade'])
  })
})

describe('people', () => {
  const people = async (as: Record<string, string>) =>
    (await ask<{ people: PersonAnswer[] }>(as, 'admin/people')).body.people

  test('who has signed in or is at a desk are listed, and signed out everywhere', async () => {
    const boss = await signedIn(gateway, 'administrator', 'boss')
    const ann = await signedIn(gateway, 'agent', 'ann', ['main'])
    const copy = await signedIn(gateway, 'agent', 'ann', ['main'])
    const bob = await signedIn(gateway, 'agent', 'bob', ['main'])
    const desk = await openDesk(gateway, ann)
    const other = await openDesk(gateway, bob)
    const found = async (id: string) => (await people(boss)).find((person) => person.id === id)
    await until(async () => (await found('ann'))?.state === 'online')
    expect(await found('ann')).toEqual({
      id: 'ann',
      name: 'Ann',
      roles: ['agent'],
      workspaces: ['main'],
      seenAt: expect.any(String),
      state: 'online',
      desks: ['main'],
    })
    expect(await found('boss')).toMatchObject({ roles: ['administrator'], workspaces: 'all', state: 'gone' })

    const second = await startTestGateway(world)
    onTestFinished(second.stop)
    expect((await ask(boss, 'admin/people/sign-out', 'POST', { id: 'ann' })).status).toBe(204)
    expect(await desk.end()).toBe(4401)
    for (const headers of [ann, copy])
      await until(async () => {
        const me = await fetch(`${second.url}/v1/me?role=agent`, { headers: { cookie: headers.cookie } })
        return me.status === 401
      })
    expect((await ask(bob, 'me?role=agent')).status).toBe(200)
    expect(other.closed).toBe(0)
    other.close()
    const { body } = await ask<AuditAnswer>(boss, 'admin/audit?action=signedOut')
    expect(body.entries).toMatchObject([{ by: { id: 'boss' }, on: { kind: 'person', id: 'ann' } }])
    // A new sign-in is accepted.
    const again = await signedIn(gateway, 'agent', 'ann', ['main'])
    expect((await ask(again, 'me?role=agent')).status).toBe(200)
  })
})

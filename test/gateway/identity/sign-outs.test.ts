import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { DeskGatewayFrame } from '../../../schemas/protocol/desk.ts'
import { links } from '../../../workers/cli/run/links.ts'
import type { Gateway } from '../../../workers/gateway/gateway.ts'
import { frontdesk } from '../../cli/frontdesk.ts'
import { startTestWorld, type TestWorld, until } from '../../engine/test-world.ts'
import { postCode, roomy, signedIn, startTestGateway, TestClient } from '../test-gateway.ts'

let world: TestWorld
let gateway: Gateway
let other: Gateway
beforeAll(async () => {
  world = await startTestWorld()
  ;[gateway, other] = await Promise.all([startTestGateway(world), startTestGateway(world)])
})
afterAll(async () => {
  await Promise.all([gateway?.stop(), other?.stop()])
  await world?.stop()
})

let ann: { cookie: string; origin: string }
let boss: { cookie: string; origin: string }
beforeEach(async () => {
  ann = await signedIn(gateway, 'agent', 'ann')
  boss = await signedIn(gateway, 'administrator', 'boss')
})

const statusOf = async ({ url }: Gateway, path: string, { cookie }: { cookie: string }, method = 'GET') =>
  (await fetch(`${url}${path}`, { method, headers: { cookie, origin: url } })).status

const signOut = ({ url }: Gateway, { cookie }: { cookie: string }) =>
  statusOf({ url } as Gateway, '/v1/sign-out', { cookie }, 'POST')

describe('signing out', () => {
  it('ends a copy of the cookie, on every gateway', async () => {
    for (const each of [gateway, other]) expect(await statusOf(each, '/v1/admin/keys', boss)).toBe(200)
    expect(await signOut(gateway, boss)).toBe(204)
    expect(await statusOf(gateway, '/v1/admin/keys', boss)).toBe(401)
    await until(async () => (await statusOf(other, '/v1/admin/keys', boss)) === 401)
    const later = await startTestGateway(world)
    expect(await statusOf(later, '/v1/admin/keys', boss)).toBe(401)
    await later.stop()
  })

  it('ends no other sign-in, of the same person neither', async () => {
    const again = await signedIn(gateway, 'administrator', 'boss')
    await signOut(gateway, boss)
    expect(await statusOf(gateway, '/v1/admin/keys', again)).toBe(200)
    expect(await statusOf(gateway, '/v1/me?role=agent', ann)).toBe(200)
  })

  it('closes the desks that are open with it, on every gateway', async () => {
    const desks = await Promise.all(
      [gateway, other].map((each) =>
        TestClient.open<DeskGatewayFrame>(each, '/v1/desk', { ...ann, origin: each.url }),
      ),
    )
    for (const desk of desks) await desk.first('ready')
    await signOut(gateway, ann)
    for (const desk of desks) expect(await desk.end()).toBe(4401)
  })

  it('ends the streams that are open with it', async () => {
    const changes = await fetch(`${other.url}/v1/admin/changes`, { headers: boss })
    expect(changes.status).toBe(200)
    await signOut(gateway, boss)
    expect(await changes.text()).toContain('from here on')
  })

  it('stores nothing for somebody who is not signed in', async () => {
    const secrets = new Bucket(world.nats, 'secrets')
    const before = await secrets.list('signed-out.*')
    await signOut(gateway, { cookie: 'frontdesk_agent=nobody' })
    expect(await secrets.list('signed-out.*')).toEqual(before)
  })
})

describe('frontdesk sign-out --all', () => {
  it('ends every sign-in and every link that was not used, and none that follows', async () => {
    const desk = await TestClient.open<DeskGatewayFrame>(other, '/v1/desk', { ...ann, origin: other.url })
    await desk.first('ready')
    const unused = await gateway.identity.createCode(
      { role: 'agent', id: 'eve', name: 'Eve', workspaces: 'all' },
      60,
    )
    const env = { NATS_URL: world.server.url, FRONTDESK_PARTITIONS: '4' }
    expect(await frontdesk(['sign-out', '--all'], { env })).toMatchObject({
      code: 0,
      stdout: 'all signed out\n',
    })
    expect(await desk.end()).toBe(4401)
    await until(async () => (await statusOf(gateway, '/v1/admin/keys', boss)) === 401)
    expect((await postCode(unused, gateway.url)).status).toBe(401)
    const again = await signedIn(gateway, 'administrator', 'boss')
    expect(await statusOf(gateway, '/v1/admin/keys', again)).toBe(200)
    expect(await frontdesk(['sign-out'], { env })).toMatchObject({ code: 2, stdout: '' })
    expect(await frontdesk(['sign-out', 'ann'], { env })).toMatchObject({
      code: 0,
      stdout: 'ann signed out\n',
    })
    expect(await frontdesk(['sign-out', 'ann', '--all'], { env })).toMatchObject({ code: 2 })
    const audited = await frontdesk(['audit', '--since', 'PT1H'], { env })
    expect(audited.stdout.split('\n')).toEqual([
      expect.stringMatching(/Z {2}.+ \(operator\) {2}signedOut {2}person \*$/),
      expect.stringMatching(/Z {2}.+ \(operator\) {2}signedOut {2}person ann$/),
      '',
    ])
    const json = await frontdesk(['audit', '--json', '--since', '2020-01-01T00:00:00Z'], { env })
    expect(JSON.parse(json.stdout.split('\n')[1] ?? '')).toMatchObject({
      action: 'signedOut',
      by: { role: 'operator' },
      on: { kind: 'person', id: 'ann' },
    })
    expect(await frontdesk(['audit', '--since', 'soon'], { env })).toMatchObject({ code: 2 })
  })
})

describe('the links of a start at a terminal', () => {
  const settings = { gateway: roomy }
  const codesIn = (text: string) => [...text.matchAll(/#code=(\S+)/g)].map(([, code = '']) => code)

  it('sign in once each, and no longer after the next start', async () => {
    const first = codesIn(await links(gateway, settings, true))
    const second = codesIn(await links(other, settings, true))
    expect([first.length, second.length]).toEqual([3, 3])
    for (const code of first) expect((await postCode(code, gateway.url)).status).toBe(401)
    for (const code of second) {
      expect((await postCode(code, gateway.url)).status).toBe(200)
      expect((await postCode(code, gateway.url)).status).toBe(401)
    }
  })

  it('are not made where the output is kept', async () => {
    expect(codesIn(await links(gateway, settings, false))).toEqual([])
  })
})

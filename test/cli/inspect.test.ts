import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InspectedStep } from '../../schemas/protocol/inspector.ts'
import type { WireEvent } from '../../schemas/protocol/stately.ts'
import { postCode, TestClient } from '../gateway/test-gateway.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { commandHost } from './command-host.ts'
import { type Running, startFrontdesk } from './frontdesk.ts'
import { eventually, uniqueId } from './running-system.ts'

const frontdesk = commandHost()

// With a data folder of its own: there the gateway says where it is.
let server: TestServer
let data: string
let system: Running
let c: string

const env = () => ({ NATS_URL: server.url, FRONTDESK_DATA: data })
const run = (...args: string[]) => frontdesk(args, { env: env() })

beforeAll(async () => {
  server = await startTestServer()
  data = await mkdtemp(join(tmpdir(), 'frontdesk-test-'))
  system = startFrontdesk(['start'], { env: env() })
  await system.prints('ready ')
  c = uniqueId('c')
  await frontdesk(['chat', 'web', '--conversation', c], { env: env(), input: 'My anvil is broken\n' })
  await eventually(
    () => run('transcript', c),
    ({ stdout }) => stdout.includes('an agent will be with you shortly'),
  )
})
afterAll(async () => {
  system?.child.kill()
  await system?.ended
  await server?.stop()
  await rm(data, { recursive: true, force: true })
})

describe('inspect', () => {
  it('prints a link that signs an engineer in, once, and leads to the conversation', async () => {
    const { code, stdout, stderr } = await run('inspect', c)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [, gateway = '', oneTime, to] =
      /^(http:\/\/127\.0\.0\.1:\d+)\/inspector#code=([\w-]{43})&to=(\S+)\n$/.exec(stdout) ?? []
    expect(to).toBe(`/c/${c}`)
    const signIn = () => postCode(String(oneTime), gateway)
    expect(await (await signIn()).json()).toMatchObject({ roles: ['engineer'] })
    expect((await signIn()).status).toBe(401)
  })

  it('writes its steps as lines of JSON, masked unless they are revealed', async () => {
    const stepsOf = async (...args: string[]) => {
      const { code, stdout, stderr } = await run('inspect', c, '--json', ...args)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as InspectedStep)
    }
    const steps = await stepsOf()
    expect(steps.map(({ event, outcome }) => [event.type, outcome])).toEqual([
      ['session.started', 'applied'],
      ['session.message', 'applied'],
    ])
    expect(steps.at(-1)?.active).toContain('messagingResponse.queued')
    expect(JSON.stringify(steps)).not.toContain('anvil')
    expect((await stepsOf('--reveal')).at(-1)?.event.payload).toMatchObject({ text: 'My anvil is broken' })
  })

  it('passes nothing on to Stately before somebody has agreed', async () => {
    const { code, stdout, stderr } = await run('inspect', c, '--stately')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/masked, will leave this machine for Stately’s page at https:\/\/stately\.ai\./)
    expect((await run('inspect', c, '--stately', '--reveal')).stderr).toContain(
      'customer and agents wrote included',
    )
  })

  it('prints the address for receivers of the XState inspector’s protocol', async () => {
    for (const [reveal, text] of [
      [[], '•••••'],
      [['--reveal'], 'My anvil is broken'],
    ] as const) {
      const { code, stdout, stderr } = await run('inspect', c, '--stately', '--yes', ...reveal)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const [, socket = '', path = ''] =
        /(ws:\/\/127\.0\.0\.1:\d+)(\/\S+\?ticket=[\w-]{43}(?:&reveal=1)?)\n/.exec(stdout) ?? []
      const query = path.split('?')[1]
      expect(stdout).toContain(`/inspector/stately#conversation=${c}&${query}\n`)
      const client = await TestClient.open<WireEvent>({ url: socket }, path)
      const { event } = await client.first('@xstate.event', (one) => one.event.type === 'session.message')
      expect(event.text).toBe(text)
      client.close()
    }
  })

  it('fails if there is no such conversation', async () => {
    const none = uniqueId('c')
    for (const args of [[], ['--stately', '--yes']])
      expect(await run('inspect', none, ...args)).toEqual({
        code: 1,
        stdout: '',
        stderr: `frontdesk: there is no conversation ${none}\n`,
      })
  })

  it('fails if it was erased', async () => {
    const erased = uniqueId('c')
    await frontdesk(['chat', 'web', '--conversation', erased], { env: env(), input: 'Hi\n' })
    expect((await run('erase', erased, '--yes')).code).toBe(0)
    expect(await run('inspect', erased, '--json')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^frontdesk: conversation \S+ was erased at .*; nothing of it is left\n$/,
      ),
    })
  })

  it.each([
    ['no conversation', []],
    ['two', ['a', 'b']],
    ['one that can be none', ['a.b']],
    ['--json with --stately', ['a', '--json', '--stately']],
    ['--reveal for the page', ['a', '--reveal']],
  ])('refuses %s', async (_, args) => {
    expect(await run('inspect', ...args)).toMatchObject({ code: 2, stdout: '' })
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import {
  ApiSecrets,
  apiSecretLengthMax,
  apiSecretLengthMin,
  apiSecretsMax,
} from '../../workers/calls/client/api-secrets.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { commandHost } from './command-host.ts'

const frontdesk = commandHost()

// Nothing has ever run on this server: there may be secrets before.
let server: TestServer
let nats: Nats
beforeAll(async () => {
  server = await startTestServer()
  nats = await connectNats(server.url, 'test')
})
afterAll(async () => {
  await nats?.close()
  await server?.stop()
})

const run = (args: string[], input?: string) =>
  frontdesk(['secrets', ...args], { env: { NATS_URL: server.url }, ...(input !== undefined && { input }) })
const stored = () => new ApiSecrets(new Bucket(nats, 'apiSecrets'))

describe('frontdesk secrets', () => {
  it('sets from standard input, lists without values, and deletes', async () => {
    expect(await run(['set', 'shop'], 's3cr3t-of-the-shop\n')).toEqual({
      code: 0,
      stdout: 'shop set\n',
      stderr: '',
    })
    await run(['set', 'erp_2'], 'pa55word of the {{erp}}\r\n')
    expect(await stored().valueOf('shop')).toBe('s3cr3t-of-the-shop')
    expect(await stored().valueOf('erp_2')).toBe('pa55word of the {{erp}}')

    const listed = await run(['list'])
    expect(listed.code).toBe(0)
    expect(JSON.parse(listed.stdout)).toEqual([
      { name: 'erp_2', createdAt: expect.stringMatching(/^\d{4}-.*Z$/) },
      { name: 'shop', createdAt: expect.stringMatching(/^\d{4}-.*Z$/) },
    ])
    expect(await run(['delete', 'erp_2'])).toEqual({ code: 0, stdout: 'erp_2 deleted\n', stderr: '' })
    expect(await stored().valueOf('erp_2')).toBeUndefined()
    expect(JSON.parse((await run(['list'])).stdout)).toMatchObject([{ name: 'shop' }])
  })

  it('replaces the one of the same name', async () => {
    await run(['set', 'token'], 'the first one')
    await run(['set', 'token'], 'the second one')
    expect(await stored().valueOf('token')).toBe('the second one')
  })

  it.each([
    ['an empty value', 'shop', ''],
    ['a value that is too short', 'shop', 'x'.repeat(apiSecretLengthMin - 1)],
    ['a value that is too long', 'shop', 'x'.repeat(apiSecretLengthMax + 1)],
    ['two lines', 'shop', 's3cr3t-one\ns3cr3t-two\n'],
    ['letters that no header carries', 'shop', 's3cr3t-é-\u{1F600}'],
    ['a name that can be none', 'a.b', 's3cr3t-one'],
  ])('refuses %s in one line, without saying it', async (_, name, value) => {
    const { code, stdout, stderr } = await run(['set', name], value)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^frontdesk: .*\n$/)
    expect(stderr).not.toContain('s3cr3t')
  })

  it('explains wrong usage', async () => {
    expect(await run(['delete', 'nobodys'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'frontdesk: there is no secret nobodys\n',
    })
    // A value never stands among the arguments.
    for (const args of [[], ['frog'], ['set'], ['set', 'a', 'value'], ['delete'], ['list', 'x']])
      expect(await run(args)).toMatchObject({ code: 2, stdout: '' })
  })

  it('holds so many, and one that is there can be replaced all the same', async () => {
    const { length } = await stored().list()
    const names = Array.from({ length: apiSecretsMax - length }, (_, i) => `filler-${i}`)
    for (const name of names) await stored().set(name, 'a filler of the test')
    expect(await run(['set', 'one-more'], 's3cr3t-one')).toMatchObject({ code: 1 })
    expect(await run(['set', 'filler-0'], 's3cr3t-two')).toMatchObject({ code: 0 })
    for (const name of names) await stored().delete(name)
  })
})

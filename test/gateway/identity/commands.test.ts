import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bucket } from '../../../engine/nats/bucket.ts'
import { connectNats, connectRole, type Nats, type RoleConnection } from '../../../engine/nats/connect.ts'
import { serveRoleReads } from '../../../engine/nats/engine/role-reads.ts'
import { CustomerKeys } from '../../../workers/gateway/identity/customer-keys.ts'
import { OneTimeCodes } from '../../../workers/gateway/identity/one-time-codes.ts'
import { commandHost } from '../../cli/command-host.ts'
import { until } from '../../engine/test-world.ts'
import { freePort, startTestServer, type TestServer } from '../../test-server.ts'
import { log } from './secrets-world.ts'

const frontdesk = commandHost()

// No gateway and no engine has ever run on this server: there may be keys before.
let server: TestServer
let data: string
let role: RoleConnection
/** Answers roles' reads, as an engine does. */
let reader: Nats
beforeAll(async () => {
  server = await startTestServer()
  data = await mkdtemp(join(tmpdir(), 'frontdesk-test-'))
  reader = await connectNats(server.url, 'test')
  serveRoleReads(reader, log)
  role = await connectRole(server.roles.identity, 'test identity')
})
afterAll(async () => {
  await role?.close()
  await reader?.close()
  await server?.stop()
  await rm(data, { recursive: true, force: true })
})

const run = (args: string[], env: Record<string, string> = {}) =>
  frontdesk(args, { env: { NATS_URL: server.url, FRONTDESK_DATA: data, ...env } })

describe('frontdesk keys', () => {
  it('creates, lists and revokes keys on running gateways', async () => {
    const created = await run(['keys', 'create', 'Web shop'])
    expect({ code: created.code, stderr: created.stderr }).toEqual({ code: 0, stderr: '' })
    const { kid, name, createdAt, secret } = JSON.parse(created.stdout)
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const keys = await CustomerKeys.open(new Bucket(role, 'secrets'), log)
    expect(keys.secretOf(kid)).toBeDefined()

    const listed = await run(['keys', 'list'])
    expect(JSON.parse(listed.stdout)).toEqual([{ kid, name, createdAt }])
    expect(await run(['keys', 'revoke', kid])).toEqual({ code: 0, stdout: `${kid} revoked\n`, stderr: '' })
    expect(JSON.parse((await run(['keys', 'list'])).stdout)).toEqual([])
    await until(() => keys.secretOf(kid) === undefined)
    keys.stop()
  })

  it('prints an error in one line', async () => {
    expect(await run(['keys', 'revoke', 'nobody'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'frontdesk: there is no key nobody\n',
    })
    const tooLong = await run(['keys', 'create', 'x'.repeat(256)])
    expect(tooLong).toMatchObject({ code: 1, stdout: '' })
    expect(tooLong.stderr).toMatch(/^frontdesk: name: .*255.*\n$/)
    for (const args of [[], ['frog'], ['create'], ['create', 'a', 'b'], ['revoke'], ['list', 'x']])
      expect(await run(['keys', ...args])).toMatchObject({ code: 2, stdout: '' })
  })

  it('does not appear in frontdesk config', async () => {
    const { kid, secret } = JSON.parse((await run(['keys', 'create', 'Hidden'])).stdout)
    await run(['sign-in', 'Ann'])
    const all = await run(['config', 'get'])
    expect(all.code).toBe(0)
    expect(JSON.parse(all.stdout)).toEqual([])
    for (const kind of ['customer-key', 'signing', 'sign-in', 'revoked', 'secrets']) {
      const { code, stdout, stderr } = await run(['config', 'get', kind, kid])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).not.toContain(secret)
    }
    for (const kind of ['channel', 'schedule'])
      expect((await run(['config', 'get', kind, kid])).stdout).toBe('')
  })
})

describe('a secret', () => {
  it('is written to a file that only its owner can read, and not printed', async () => {
    const [key, link] = [join(data, 'key.json'), join(data, 'link')]
    expect(await run(['keys', 'create', 'Filed', '--file', key])).toEqual({
      code: 0,
      stdout: `${key}\n`,
      stderr: '',
    })
    expect(JSON.parse(await readFile(key, 'utf8'))).toMatchObject({
      name: 'Filed',
      secret: expect.any(String),
    })
    expect((await run(['sign-in', 'Ann', '--file', link])).stdout).toBe(`${link}\n`)
    expect(await readFile(link, 'utf8')).toMatch(/^http\S+#code=[\w-]{43}\n$/)
    for (const file of [key, link]) expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('is not made where its file cannot be', async () => {
    const file = join(data, 'taken')
    await writeFile(file, 'mine')
    const before = await run(['keys', 'list'])
    for (const path of [file, join(data, 'no', 'folder')])
      expect(await run(['keys', 'create', 'Unmade', '--file', path])).toMatchObject({ code: 2, stdout: '' })
    expect(await run(['keys', 'list'])).toEqual(before)
    expect(await readFile(file, 'utf8')).toBe('mine')
  })
})

describe('frontdesk sign-in', () => {
  const take = (code = '') => new OneTimeCodes(new Bucket(role, 'secrets')).redeem(code)
  const linkOf = (stdout: string) =>
    /^(https?:\/\/\S+)\/(desk|admin|inspector)#code=([\w-]{43})\n$/.exec(stdout)

  it('prints a link that signs an agent in once', async () => {
    // At the usual port another test's gateway may answer.
    const gateway = `http://127.0.0.1:${await freePort()}`
    const env = { FRONTDESK_PORT: new URL(gateway).port }
    const { code, stdout, stderr } = await run(['sign-in', ' Ann  Núñez '], env)
    expect(code).toBe(0)
    expect(stderr.startsWith(`frontdesk: warning: no gateway answers at ${gateway}: `)).toBe(true)
    const [, url, page, oneTime] = linkOf(stdout) ?? []
    expect({ url, page }).toEqual({ url: gateway, page: 'desk' })
    expect(await take(oneTime)).toEqual({
      role: 'agent',
      id: 'ann-núñez',
      name: 'Ann  Núñez',
      workspaces: 'all',
    })
    expect(await take(oneTime)).toBeNull()
  })

  it('signs in administrators, engineers and agents of some workspaces', async () => {
    const boss = linkOf((await run(['sign-in', 'Boss', '--role', 'administrator'])).stdout)
    expect(boss?.[2]).toBe('admin')
    expect(await take(boss?.[3])).toMatchObject({ role: 'administrator', name: 'Boss' })
    const eve = linkOf((await run(['sign-in', 'Eve', '--role', 'engineer'])).stdout)
    expect(eve?.[2]).toBe('inspector')
    expect(await take(eve?.[3])).toMatchObject({ role: 'engineer', name: 'Eve' })
    const bob = linkOf((await run(['sign-in', 'Bob', '--workspace', 'sales', '--workspace', 'main'])).stdout)
    expect(await take(bob?.[3])).toMatchObject({ id: 'bob', workspaces: ['sales', 'main'] })
  })

  it('prints the port of the running gateway, even if it had to use another one', async () => {
    const http = createServer((_, response) => response.end('{}'))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const { port } = http.address() as AddressInfo
    await writeFile(join(data, 'gateway.url'), `http://127.0.0.1:${port}\n`)
    const { stdout, stderr } = await run(['sign-in', 'Ann'])
    expect(linkOf(stdout)?.[1]).toBe(`http://127.0.0.1:${port}`)
    expect(stderr).toBe('')
    // Whoever names a port means it.
    expect(linkOf((await run(['sign-in', 'Ann'], { FRONTDESK_PORT: '8099' })).stdout)?.[1]).toBe(
      'http://127.0.0.1:8099',
    )
    http.close()
  })

  it('prints a link to the public URL with FRONTDESK_REMOTE_SIGN_IN, wherever it runs', async () => {
    const env = { FRONTDESK_REMOTE_SIGN_IN: '1', FRONTDESK_PUBLIC_URL: 'https://chat.example.com/support' }
    const { stdout, stderr } = await run(['sign-in', 'Ann'], env)
    expect({ url: linkOf(stdout)?.[1], stderr }).toEqual({ url: env.FRONTDESK_PUBLIC_URL, stderr: '' })
    expect(await take(linkOf(stdout)?.[3])).toMatchObject({ id: 'ann' })
  })

  it.each([
    ['no name', []],
    ['two names', ['Ann', 'Bob']],
    ['an empty name', [' ']],
    ['a name of 256 characters', ['x'.repeat(256)]],
    ['a role that there is not', ['Ann', '--role', 'king']],
    ['a workspace that can be none', ['Ann', '--workspace', 'a.b']],
  ])('refuses %s', async (_, args) => {
    expect(await run(['sign-in', ...args])).toMatchObject({ code: 2, stdout: '' })
  })
})

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nkeys } from '@nats-io/transport-node'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { connectNats, readServerInfo } from '../../engine/nats/connect.ts'
import type { NatsAccess } from '../../engine/nats/connect-options.ts'
import { natsRoles } from '../../schemas/roles.ts'
import { rolesConfig } from '../../workers/nats-server/roles.ts'
import { readNatsLogins } from '../../workers/settings/nats.ts'
import { commandHost } from '../cli/command-host.ts'
import { start } from '../cli/start/embedded.ts'
import { until } from '../engine/test-world.ts'
import { temporaryFolder } from '../nats-server/temporary-folder.ts'
import { freePort } from '../test-server.ts'
import { type BareServer, startBareServer } from './bare-server.ts'
import { operatorFiles } from './operator-files.ts'

const frontdesk = commandHost()

/** The paths of files that were made once for all tests. */
const files: Record<string, string> = {}
const anHourMs = 3_600_000

let folder: string
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frontdesk-test-'))
  const write = async (name: string, text: string) => {
    files[name] = join(folder, name)
    await writeFile(files[name], text, { mode: 0o600 })
  }
  const authority = async (name: string) => {
    const made = await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    })
    await write(`${name}.pem`, made.cert)
    return { key: made.private, cert: made.cert }
  }
  const certificate = async (
    name: string,
    ca: { key: string; cert: string },
    host: string,
    validMs = anHourMs,
  ) => {
    const made = await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca,
      notBeforeDate: new Date(Date.now() - 2 * anHourMs),
      notAfterDate: new Date(Date.now() + validMs),
      extensions: [
        { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
      ],
    })
    await write(`${name}.pem`, made.cert)
    await write(`${name}.key`, made.private)
  }
  const [ours, others] = [await authority('ours'), await authority('others')]
  await certificate('server', ours, 'localhost')
  await certificate('elsewhere', ours, 'nats.example.com')
  await certificate('client', ours, 'client')
  await certificate('expired', ours, 'localhost', -anHourMs)
  await certificate('stranger', others, 'client')
  await write('empty', '')
})

/** A server whose configuration has this, too. */
async function serverWith(
  configuration: string,
): Promise<BareServer & { configure(text: string): Promise<void> }> {
  const folder = await temporaryFolder()
  const file = join(folder, 'nats.conf')
  const configure = (text: string) => writeFile(file, text)
  await configure(configuration)
  await mkdir(join(folder, 'store'))
  const server = await startBareServer(join(folder, 'store'), '-c', file)
  onTestFinished(() => server.stop())
  return { ...server, configure }
}

const tls = (certificate: string, more = '') =>
  `tls { cert_file: "${files[`${certificate}.pem`]}", key_file: "${files[`${certificate}.key`]}", ca_file: "${files['ours.pem']}", ${more} }\n`

const newUser = () => {
  const pair = nkeys.createUser()
  return { user: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) }
}

describe('TLS', () => {
  it('carries everything, with a client certificate and an nkey of each role', async () => {
    const folder = await temporaryFolder()
    const env: Record<string, string> = {}
    let accounts = await rolesConfig()
    for (const name of ['frontdesk', ...natsRoles]) {
      const { user, seed } = newUser()
      const variable = name === 'frontdesk' ? 'NATS_NKEY' : `NATS_NKEY_${name.toUpperCase()}`
      env[variable] = join(folder, `${name}.nk`)
      await writeFile(env[variable], `${seed}\n`)
      accounts = accounts.replace(`user: ${name}, password: $${name.toUpperCase()}_PASSWORD`, `nkey: ${user}`)
    }
    const { port } = await serverWith(tls('server', 'verify: true') + accounts)
    const running = start(['start', '--hide-password'], {
      ...env,
      NATS_URL: `tls://localhost:${port}`,
      NATS_CA: files['ours.pem'] ?? '',
      NATS_CERT: files['client.pem'] ?? '',
      NATS_KEY: files['client.key'] ?? '',
      FRONTDESK_DATA: folder,
      FRONTDESK_PORT: String(await freePort()),
    })
    await running.prints('ready ')
    const [, nats, http] = /^ready nats=(\S+) http=(\S+)/m.exec(running.stdout()) ?? []
    expect(nats).toBe(`tls://localhost:${port}`)
    // It asks NATS for the heartbeat of an engine.
    expect((await fetch(`${http}/healthz`)).status).toBe(200)
    expect(running.stderr()).not.toContain('every part of the gateway may do everything')
  })

  it('may begin before the greeting', async () => {
    const { port } = await serverWith(tls('server', 'handshake_first: "500ms"'))
    const access = { url: `nats://localhost:${port}`, ca: files['ours.pem'], tlsFirst: true }
    expect(await readServerInfo(access)).toMatchObject({ hasJetStream: true })
  })
})

describe('a problem with a certificate', () => {
  const keysList = (port: number, env: Record<string, string | undefined>) =>
    frontdesk(['keys', 'list'], {
      env: { NATS_URL: `tls://localhost:${port}`, NATS_CA: files['ours.pem'], ...env } as Record<
        string,
        string
      >,
    })

  it.each([
    ['an unknown authority', 'server', { NATS_CA: 'others.pem' }, /unknown authority: NATS_CA names/],
    ['the authorities of Node alone', 'server', { NATS_CA: '' }, /unknown authority: NATS_CA names/],
    ['an expired certificate', 'expired', {}, /the server’s certificate has expired/],
    ['another name', 'elsewhere', {}, /for another name than the URL has/],
  ])('is said: %s', async (_, certificate, given, problem) => {
    const { port } = await serverWith(tls(certificate))
    const env = Object.fromEntries(Object.entries(given).map(([name, file]) => [name, files[file] ?? '']))
    const { code, stdout, stderr } = await keysList(port, env)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^frontdesk: .*\n$/)
    expect(stderr).toMatch(problem)
  })

  it('is said: a client without one, or with one that the server does not accept', async () => {
    const { port } = await serverWith(tls('server', 'verify: true'))
    expect(await keysList(port, {})).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/wants a certificate of the client: NATS_CERT and NATS_KEY/),
    })
    const stranger = { NATS_CERT: files['stranger.pem'], NATS_KEY: files['stranger.key'] }
    expect(await keysList(port, stranger)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/does not accept the client’s certificate, NATS_CERT/),
    })
  })

  it('is said: no TLS, before any password is sent', async () => {
    const { port } = await serverWith('authorization { user: jo, password: secret }')
    const url = `tls://jo:secret@localhost:${port}`
    const { code, stderr } = await frontdesk(['keys', 'list'], { env: { NATS_URL: url, LOG_LEVEL: 'debug' } })
    expect(code).toBe(1)
    expect(stderr).toMatch(/the server offers no TLS/)
    expect(stderr).not.toContain('secret')
  })
})

describe('a file that a variable names', () => {
  const check = (env: Record<string, string | undefined>) => () =>
    readNatsLogins({ NATS_URL: 'nats://127.0.0.1', ...env })

  it.each([
    ['NATS_CA', 'nowhere.pem', /^NATS_CA=.*nowhere\.pem cannot be read: ENOENT/],
    ['NATS_CA', 'empty', /^NATS_CA=.* is not certificates in PEM/],
    ['NATS_NKEY', 'client.pem', /^NATS_NKEY=.* is not the seed of an nkey/],
    ['NATS_NKEY_WIDGET', 'empty', /^NATS_NKEY_WIDGET=.* is not the seed/],
    ['NATS_CREDS', 'client.pem', /^NATS_CREDS=.* is not a file of credentials/],
    ['NATS_CREDS_IDENTITY', 'nowhere', /^NATS_CREDS_IDENTITY=.* cannot be read/],
    ['NATS_CERT', 'client.pem', /^NATS_KEY must be set too/],
    ['NATS_KEY', 'client.key', /^NATS_CERT must be set too/],
  ])('%s: %s', (name, file, problem) => {
    expect(check({ [name]: files[file] ?? join('/nowhere', file) })).toThrow(problem)
  })

  it('is checked with its pair, and for its time', () => {
    expect(check({ NATS_CERT: files['client.pem'], NATS_KEY: files['server.key'] })).toThrow(
      /^NATS_KEY=.* is not the key of the certificate NATS_CERT=/,
    )
    expect(check({ NATS_CERT: files['expired.pem'], NATS_KEY: files['expired.key'] })).toThrow(
      /^NATS_CERT=.* has expired, on 20/,
    )
  })

  it('is not needed without NATS_URL: the nats command line may use it', () => {
    expect(readNatsLogins({ NATS_CA: '/nowhere' }).engine).toEqual({})
  })
})

describe('a user', () => {
  it('is one of a URL, an nkey or credentials; a role has its own, or that of all', async () => {
    const folder = await temporaryFolder()
    const nkey = join(folder, 'seed.nk')
    await writeFile(nkey, newUser().seed)
    const env = { NATS_URL: 'nats://127.0.0.1', NATS_NKEY: nkey }
    const logins = readNatsLogins({ ...env, NATS_URL_WIDGET: 'nats://widget:w@127.0.0.1' })
    expect(logins.engine.nkey).toBe(nkey)
    expect(logins.roles.widget.nkey).toBeUndefined()
    expect(logins.roles.identity.nkey).toBe(nkey)
    expect(() => readNatsLogins({ ...env, NATS_URL: 'nats://jo:s3cret@127.0.0.1' })).toThrow(
      'only one of the user in NATS_URL and NATS_NKEY may be set',
    )
  })

  it('comes in by a file of credentials, on a server with an operator', async () => {
    const { configuration, creds } = operatorFiles()
    const folder = await temporaryFolder()
    const { port } = await serverWith(configuration)
    const file = join(folder, 'user.creds')
    await writeFile(file, creds())
    const env = { NATS_URL: `nats://127.0.0.1:${port}`, NATS_CREDS: file, FRONTDESK_DATA: folder }
    expect(await frontdesk(['keys', 'create', 'Shop'], { env })).toMatchObject({ code: 0, stderr: '' })
    // A worker of its own, to which the command's bucket is known now.
    const engine = start(['engine'], env)
    await engine.logs('"msg":"ready"')
  })

  it('is read again for each attempt to connect, so that its file may be replaced', async () => {
    const folder = await temporaryFolder()
    const seed = join(folder, 'seed.nk')
    const [first, next] = [newUser(), newUser()]
    await writeFile(seed, first.seed)
    const server = await serverWith(`authorization { users: [{ nkey: ${first.user} }] }`)
    const access: NatsAccess = { url: server.url, nkey: seed }
    const nats = await connectNats(access, 'test')
    onTestFinished(() => nats.close())
    await writeFile(seed, next.seed)
    await server.configure(`authorization { users: [{ nkey: ${next.user} }] }`)
    server.reload()
    const statuses = nats.connection.status()
    for await (const { type } of statuses) if (type === 'reconnect') break
    await until(async () => (await nats.jsm.getAccountInfo()) !== undefined)
    await writeFile(seed, first.seed)
    await expect(readServerInfo(access)).rejects.toThrow(/authorization/i)
  })
})

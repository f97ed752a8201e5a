import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectNats } from '../../engine/nats/connect.ts'
import { connectOptions } from '../../engine/nats/connect-options.ts'
import { natsRoles } from '../../schemas/roles.ts'
import { runningServer, startEmbeddedServer } from '../../workers/nats-server/embedded/embedded-server.ts'
import { findServer } from '../../workers/nats-server/resolve/find-server.ts'
import { resolveServer } from '../../workers/nats-server/resolve/resolve-server.ts'
import { makePasswords, urlsOf } from '../../workers/nats-server/roles.ts'
import { startBareServer } from '../nats/bare-server.ts'
import { freePort, startTestServer } from '../test-server.ts'
import { temporaryFolder } from './temporary-folder.ts'

let binary: string
beforeAll(async () => {
  binary = await findServer()
})

async function start(dataFolder: string, port: number) {
  const server = await startEmbeddedServer({ dataFolder, port, binary })
  onTestFinished(() => server.stop())
  return server
}

const passwordOf = (url: string) => connectOptions(url).pass ?? ''

test('each role has a password of its own, and nobody comes in without one', async () => {
  const server = await start(await temporaryFolder(), await freePort())
  const urls = [server.url, ...natsRoles.map((role) => server.roles[role])]
  expect(new Set(urls.map(passwordOf)).size).toBe(natsRoles.length + 1)
  for (const url of urls) await (await connect(connectOptions(url))).close()
  const address = `nats://127.0.0.1:${server.port}`
  for (const url of [
    address,
    server.url.replace('frontdesk:', 'frontdesk:x'),
    `nats://admin:s3cr3t!@${address.slice(7)}`,
  ])
    await expect(connect({ ...connectOptions(url), reconnect: false })).rejects.toThrow(/authorization/i)
})

test('passwords outlive a restart, and all that run on the data folder find them', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder, await freePort())
  const adopted = await start(folder, first.port)
  expect(adopted).toMatchObject({ owned: false, url: first.url, roles: first.roles })
  expect(await runningServer(folder)).toEqual({ url: first.url, roles: first.roles })
  await first.stop()
  expect(await start(folder, first.port)).toMatchObject({ url: first.url, roles: first.roles })
})

test('passwords are in two files that nobody else may read, one of them the server’s', async () => {
  const folder = await temporaryFolder()
  const server = await start(folder, await freePort())
  const files = ['nats.passwords.conf', 'nats.passwords.json']
  for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && (await readFile(path, 'utf8')).includes(passwordOf(server.roles.widget)))
      found.push(entry.name)
  }
  expect(found.sort()).toEqual(files)
})

test('passwords that others may read are taken from them', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'nats.passwords.json')
  await makePasswords(folder)
  const { roles } = await urlsOf(folder, 4222)
  for (const read of [() => urlsOf(folder, 4222), () => makePasswords(folder)]) {
    await chmod(file, 0o644)
    await read()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  }
  expect((await urlsOf(folder, 4222)).roles).toEqual(roles)
})

test('passwords may be given, whatever they look like to NATS', async () => {
  const folder = await temporaryFolder()
  const [frontdesk, widget, workspace] = ['12345', '$X "quoted\\', 'a#b {1e5} @:/']
  await writeFile(join(folder, 'nats.passwords.json'), JSON.stringify({ frontdesk, widget, workspace }))
  const server = await start(folder, await freePort())
  expect([server.url, server.roles.widget, server.roles.workspace].map(passwordOf)).toEqual([
    frontdesk,
    widget,
    workspace,
  ])
  for (const url of [server.url, ...Object.values(server.roles)])
    await (await connect(connectOptions(url))).close()
})

test('a role that is new to a data folder is given a password, and all others keep theirs', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'nats.passwords.json')
  const first = await start(folder, await freePort())
  await first.stop()
  const { bot: _, ...earlier } = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify(earlier))
  const again = await start(folder, first.port)
  const passwords = JSON.parse(await readFile(file, 'utf8'))
  expect(passwords).toEqual({ ...earlier, bot: expect.stringMatching(/^[\w-]{32}$/) })
  expect(again.roles).toEqual({ ...first.roles, bot: expect.stringContaining(passwords.bot) })
  await (await connect(connectOptions(again.roles.bot))).close()
})

test('a file of passwords that cannot be read is an error, and not replaced', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'nats.passwords.json')
  await writeFile(file, '{"frontdesk": "secret", ')
  await expect(start(folder, await freePort())).rejects.toThrow(
    /nats\.passwords\.json is not a file of passwords(?!.*secret)/,
  )
  expect(await readFile(file, 'utf8')).toBe('{"frontdesk": "secret", ')
})

test('streams of a store from before there were accounts are the engine’s', async () => {
  const folder = await temporaryFolder()
  const earlier = await startBareServer(join(folder, 'nats'))
  const before = await connectNats(earlier.url, 'test')
  await before.jsm.streams.add({ name: 'KEPT', subjects: ['kept'] })
  await before.publisher.publish('kept', 'still here')
  await before.close()
  await earlier.stop()

  const server = await start(folder, await freePort())
  const after = await connectNats(server.url, 'test')
  onTestFinished(() => after.close())
  expect((await after.jsm.streams.getMessage('KEPT', { seq: 1 }))?.string()).toBe('still here')
})

test('a server that is given is reached as NATS_URL says, by a role as its own variable says', async () => {
  const own = await startTestServer()
  onTestFinished(() => own.stop())
  const server = await resolveServer({ env: { NATS_URL: own.url, NATS_URL_WIDGET: own.roles.widget } })
  expect(server.url).toBe(own.url)
  expect(server.roles).toMatchObject({ widget: own.roles.widget, workspace: own.url, identity: own.url })
})

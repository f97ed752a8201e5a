import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectOptions } from '../../engine/nats/connect-options.ts'
import { startEmbeddedServer } from '../../workers/nats-server/embedded/embedded-server.ts'
import { lookAtProcess } from '../../workers/nats-server/embedded/look-at-process.ts'
import { findServer } from '../../workers/nats-server/resolve/find-server.ts'
import { readServerInfo } from '../../workers/nats-server/server-info.ts'
import { freePort } from '../test-server.ts'
import { type ListedProcess, listProcesses } from './list-processes.ts'
import { kill, startOwner } from './start-owner.ts'
import { temporaryFolder } from './temporary-folder.ts'

let binary: string
beforeAll(async () => {
  binary = await findServer()
})

async function start(dataFolder: string, port: number) {
  const reported: string[] = []
  const server = await startEmbeddedServer({
    dataFolder,
    port,
    binary,
    report: (line) => reported.push(line),
  })
  onTestFinished(() => server.stop())
  return { ...server, reported }
}

/** Every process whose command line names that folder: a server, and the two that supervise it. */
function processesOf(folder: string): ListedProcess[] {
  return listProcesses().filter(({ command }) => command.includes(join(folder, 'nats.conf')))
}

function find(pid: number | undefined): ListedProcess {
  const found = listProcesses().find((one) => one.pid === pid)
  if (!found) throw new Error(`no process ${pid}`)
  return found
}

test('a server answers with JetStream, on the loopback only, and nothing is left of it after stop', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  const server = await start(folder, port)
  expect(server.url).toMatch(new RegExp(`^nats://frontdesk:[\\w-]{32}@127\\.0\\.0\\.1:${port}$`))
  expect(server.owned).toBe(true)
  expect(await readServerInfo(port)).toMatchObject({ jetstream: true, max_payload: 1024 * 1024, port })
  expect(await readFile(join(folder, 'nats.log'), 'utf8')).toContain('Server is ready')

  await server.stop()
  expect((await server.exited).code).toBe(0)
  expect(processesOf(folder)).toEqual([])
})

test('data and URL survive a restart', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder, await freePort())
  const before = await connect(connectOptions(first.url))
  await (await jetstreamManager(before)).streams.add({ name: 'KEPT', subjects: ['kept'] })
  await jetstream(before).publish('kept', 'still here')
  await before.close()
  await first.stop()

  const second = await start(folder, first.port)
  expect(second.url).toBe(first.url)
  const after = await connect(connectOptions(second.url))
  const message = await (await jetstreamManager(after)).streams.getMessage('KEPT', { seq: 1 })
  await after.close()
  expect(message?.string()).toBe('still here')
})

test('where a stranger holds the port the next free one is taken, said and remembered', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  const stranger = createServer()
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve))
  const first = await start(folder, port)
  expect(first.port).toBeGreaterThan(port)
  expect(first.reported.join()).toContain(`port ${port} is taken`)
  await first.stop()

  await new Promise<void>((resolve) => stranger.close(() => resolve()))
  const second = await start(folder, port)
  expect(second.port).toBe(first.port)
  await second.stop()

  const elsewhere = await freePort()
  expect((await start(folder, elsewhere)).port).toBe(elsewhere)
})

test('the server of another data folder is a stranger', async () => {
  const one = await start(await temporaryFolder(), await freePort())
  const other = await start(await temporaryFolder(), one.port)
  expect(other.port).not.toBe(one.port)
})

test('two starts at the same moment make one server', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  const owners = await Promise.all([1, 2, 3].map(() => startOwner(folder, port)))
  expect(new Set(owners.map(({ server }) => server.pid)).size).toBe(1)
  expect(owners.filter(({ server }) => server.owned)).toHaveLength(1)
  const servers = processesOf(folder).filter(({ command }) => !command.includes('supervise-server'))
  expect(servers).toHaveLength(1)
})

test('two starts at the same moment after a crash make one server', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  const crashed = await startOwner(folder, port)
  await kill(crashed.process)
  const owners = await Promise.all([1, 2, 3].map(() => startOwner(folder, port)))
  expect(new Set(owners.map(({ server }) => server.pid)).size).toBe(1)
  expect(owners.filter(({ server }) => server.owned)).toHaveLength(1)
})

test('a server is shared while its owner lives, and a sharer does not stop it', async () => {
  const folder = await temporaryFolder()
  const owner = await startOwner(folder, await freePort())
  const sharer = await start(folder, owner.server.port)
  expect(sharer).toMatchObject({ url: owner.server.url, owned: false })
  expect(sharer.reported.join()).toContain(`process ${owner.process.pid}`)
  await sharer.stop()
  expect(await readServerInfo(owner.server.port)).toBeDefined()
})

test('a sharer notices that the server has ended', async () => {
  const folder = await temporaryFolder()
  const owner = await startOwner(folder, await freePort())
  const sharer = await start(folder, owner.server.port)
  await kill(owner.process)
  await sharer.exited
  expect(await lookAtProcess(owner.server.pid)).toBeUndefined()
})

test.each(['SIGKILL', 'SIGTERM'] as const)('the server goes with an owner that %s ends', async (signal) => {
  const folder = await temporaryFolder()
  const owner = await startOwner(folder, await freePort())
  expect(processesOf(folder)).toHaveLength(3)
  await kill(owner.process, signal)
  await expect.poll(() => lookAtProcess(owner.server.pid)).toBeUndefined()
  await expect.poll(() => processesOf(folder)).toEqual([])
})

test('a server whose owner and supervisor were both killed is stopped before the next one starts', async () => {
  const folder = await temporaryFolder()
  const owner = await startOwner(folder, await freePort())
  // Stopped, the owner cannot answer the end of the supervisor.
  process.kill(owner.process.pid ?? 0, 'SIGSTOP')
  for (const { pid } of processesOf(folder)) if (pid !== owner.server.pid) process.kill(pid, 'SIGKILL')
  await kill(owner.process)
  // Whatever could have ended it is gone.
  await expect.poll(() => processesOf(folder).map(({ pid }) => pid)).toEqual([owner.server.pid])
  expect(await readServerInfo(owner.server.port)).toBeDefined()

  const next = await start(folder, owner.server.port)
  expect(next.reported.join()).toContain(`process ${owner.server.pid}`)
  expect(await lookAtProcess(owner.server.pid)).toBeUndefined()
  expect(next).toMatchObject({ owned: true, port: owner.server.port })
})

test('a killed server is reported to its owner with its exit code', async () => {
  const server = await start(await temporaryFolder(), await freePort())
  process.kill(server.pid ?? 0, 'SIGKILL')
  expect(await server.exited).toEqual({ code: 128 + 9 })
})

test('a server whose supervisor was killed ends, and the folder is free again', async () => {
  const folder = await temporaryFolder()
  const server = await start(folder, await freePort())
  process.kill(find(server.pid).parent, 'SIGKILL')
  expect(await server.exited).toEqual({ code: null })
  expect((await start(folder, server.port)).owned).toBe(true)
})

test('a server that cannot start says why, with the end of its log', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  const starting = startEmbeddedServer({ dataFolder: folder, port, binary: '/bin/false' })
  await expect(starting).rejects.toThrow(/exit code 1.*nats\.log/s)
  expect((await start(folder, port)).owned).toBe(true)
})

test('every message is on the disk before its acknowledgement where that is asked for', async () => {
  const folder = await temporaryFolder()
  const server = await startEmbeddedServer({
    dataFolder: folder,
    port: await freePort(),
    binary,
    sync: 'always',
  })
  onTestFinished(() => server.stop())
  expect(await readFile(join(folder, 'nats.conf'), 'utf8')).toContain('\n  sync_interval: always\n')
})

test("the terminal's Ctrl-C does not reach the server: it is in a session of its own", async () => {
  const server = await start(await temporaryFolder(), await freePort())
  expect(find(server.pid).group).not.toBe(find(process.pid).group)
})

import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { fetchServer, NoServer } from '../../workers/nats-server/fetch/fetch-server.ts'
import { type FindOptions, findServer } from '../../workers/nats-server/resolve/find-server.ts'
import { fakeBinary } from './fake-binary.ts'
import { temporaryFolder } from './temporary-folder.ts'

let real: string
beforeAll(async () => {
  real = await findServer()
})

const fetched = async () => 'fetched'
const fetchesNothing = async () => {
  throw new Error('something was fetched')
}

async function find(options: FindOptions) {
  const reported: string[] = []
  const report = (line: string) => reported.push(line)
  const found = await findServer({ cache: await temporaryFolder(), fetch: fetched, report, ...options })
  return { found, reported: reported.join('\n') }
}

test('NATS_SERVER comes first', async () => {
  const PATH = await temporaryFolder()
  await fakeBinary(PATH, '2.99.0')
  expect((await find({ env: { NATS_SERVER: real, PATH } })).found).toBe(real)
})

test('a NATS_SERVER that is absent or too old is an error, not passed over', async () => {
  const absent = find({ env: { NATS_SERVER: '/nowhere/nats-server' } })
  await expect(absent).rejects.toThrow('NATS_SERVER=/nowhere/nats-server cannot be run as a nats-server')
  const old = await fakeBinary(await temporaryFolder(), '2.14.3')
  const tooOld = find({ env: { NATS_SERVER: old } })
  await expect(tooOld).rejects.toThrow(/is version 2\.14\.3; frontdesk needs 2\.14\.4 or newer/)
})

test('a nats-server on the PATH is taken where it is new enough', async () => {
  const PATH = await temporaryFolder()
  const binary = await fakeBinary(PATH, '2.14.4')
  expect(await find({ env: { PATH } })).toEqual({ found: binary, reported: '' })
})

test("Debian 12's own nats-server is passed over, and that is said", async () => {
  const old = await temporaryFolder()
  const binary = await fakeBinary(old, '2.9.10')
  const newer = await temporaryFolder()
  await fakeBinary(newer, '2.15.1')
  const { found, reported } = await find({ env: { PATH: `${old}:${newer}` } })
  expect(found).toBe(join(newer, 'nats-server'))
  expect(reported).toContain(`${binary} is version 2.9.10; frontdesk needs 2.14.4 or newer`)
})

test('where the disk must have every message, a server that may skip a sync is passed over', async () => {
  const PATH = await temporaryFolder()
  const cache = await temporaryFolder()
  const cached = join(cache, 'nats-server', '2.14.9')
  await mkdir(cached, { recursive: true })
  await fakeBinary(cached, '2.14.9')
  const binary = await fakeBinary(PATH, '2.14.9')
  expect(await find({ env: { PATH }, cache })).toEqual({ found: binary, reported: '' })
  const { found, reported } = await find({ env: { PATH }, cache, sync: 'always' })
  expect(found).toBe('fetched')
  expect(reported).toContain(`${binary} is version 2.14.9; "always" needs 2.15.0 or newer`)
})

test('the second start fetches nothing', async () => {
  const cache = await temporaryFolder()
  const env = { PATH: '' }
  const report = () => {}
  const fetch = () => fetchServer({ cache, env, report, sources: [async () => real] })
  const first = await find({ env, cache, fetch })
  const second = await find({ env, cache, fetch: fetchesNothing })
  expect(second).toEqual({ found: first.found, reported: '' })
  expect(second.found.startsWith(cache)).toBe(true)
})

test('the newest of the cache is taken, and what is broken there passed over', async () => {
  const cache = await temporaryFolder()
  for (const version of ['2.14.9', '2.15.1', '2.16.0']) {
    await mkdir(join(cache, 'nats-server', version), { recursive: true })
    await fakeBinary(join(cache, 'nats-server', version), version)
  }
  await writeFile(join(cache, 'nats-server', '2.16.0', 'nats-server'), 'half of a file')
  const { found } = await find({ env: { PATH: '' }, cache, fetch: fetchesNothing })
  expect(found).toBe(join(cache, 'nats-server', '2.15.1', 'nats-server'))
})

test('several that fetch at once do not get in each other’s way', async () => {
  const cache = await temporaryFolder()
  const copy = async (work: string) => {
    await copyFile(real, join(work, 'downloaded'))
    await chmod(join(work, 'downloaded'), 0o755)
    return join(work, 'downloaded')
  }
  const one = () => fetchServer({ cache, env: {}, report: () => {}, sources: [copy] })
  const paths = await Promise.all([one(), one(), one(), one()])
  expect(new Set(paths).size).toBe(1)
  expect(await find({ env: { PATH: '' }, cache, fetch: fetchesNothing })).toMatchObject({ found: paths[0] })
  expect(await readdir(join(cache, 'nats-server'))).toHaveLength(1)
})

test('a fetch that brings an old server installs nothing', async () => {
  const cache = await temporaryFolder()
  const old = await fakeBinary(await temporaryFolder(), '2.9.10')
  const fetching = fetchServer({ cache, env: {}, report: () => {}, sources: [async () => old] })
  await expect(fetching).rejects.toThrow('2.9.10')
  expect(await readdir(join(cache, 'nats-server'))).toEqual([])
})

test('where nothing is available the error says how to install it, one line a system', async () => {
  const options = { cache: await temporaryFolder(), env: {}, report: () => {} }
  const error = await fetchServer({ ...options, sources: [async () => {}] }).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(NoServer)
  for (const system of ['Debian, Ubuntu:', 'other Linux:', 'macOS:', 'Windows:']) {
    expect(error.message.split('\n').filter((line: string) => line.includes(system))).toHaveLength(1)
  }
})

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchRelease, releaseVersion } from '../../workers/nats-server/fetch/fetch-release.ts'
import { fetchServer, NoServer } from '../../workers/nats-server/fetch/fetch-server.ts'
import type { Source } from '../../workers/nats-server/fetch/source.ts'
import { findServer } from '../../workers/nats-server/resolve/find-server.ts'
import { versionOf } from '../../workers/nats-server/server-version.ts'
import { freePort } from '../test-server.ts'
import { temporaryFolder } from './temporary-folder.ts'

const goArch = { x64: 'amd64', ppc64: 'ppc64le', arm: 'arm7' }[process.arch as string] ?? process.arch
const release = `nats-server-v${releaseVersion}-${process.platform}-${goArch}`

const platform = release.slice(`nats-server-v${releaseVersion}-`.length)

let real: string
/** A release page with an archive for this machine, and its hash. */
let page: string
let hash: string
let server: Server
beforeAll(async () => {
  real = await findServer()
  const folder = await mkdtemp(join(tmpdir(), 'frontdesk-release-'))
  await mkdir(join(folder, release))
  await copyFile(real, join(folder, release, 'nats-server'))
  execFileSync('tar', ['-czf', join(folder, 'archive'), '-C', folder, release])
  const archive = await readFile(join(folder, 'archive'))
  await rm(folder, { recursive: true })
  hash = createHash('sha256').update(archive).digest('hex')
  const files = new Map<string, Buffer | string>([
    [`/v${releaseVersion}/${release}.tar.gz`, archive],
    // This can be replaced together with the archive.
    [`/v${releaseVersion}/SHA256SUMS`, `${hash}  ${release}.tar.gz\n`],
  ])
  server = createServer((request, answer) => {
    const file = files.get(request.url ?? '')
    answer.writeHead(file ? 200 : 404).end(file)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  page = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})
afterAll(() => server?.close())

async function fetchFrom(page: string, hashes?: Record<string, string>) {
  const reported: string[] = []
  const cache = await temporaryFolder()
  const env = { FRONTDESK_NATS_RELEASES: page }
  const report = (line: string) => reported.push(line)
  const source: Source = (work, options) => fetchRelease(work, options, hashes)
  const binary = await fetchServer({ cache, env, report, sources: [source] })
  return { binary, reported: reported.join('\n') }
}

test('a release is fetched, its hash verified, and unpacked', async () => {
  const { binary, reported } = await fetchFrom(page, { [platform]: hash })
  expect(await versionOf(binary)).toBe(await versionOf(real))
  expect(reported).toMatch(/fetching nats-server .* from its release page.*done in [\d.]+ s/s)
})

test('an archive that is not the release’s is refused, whatever its page states', async () => {
  await expect(fetchFrom(page, { [platform]: '0'.repeat(64) })).rejects.toThrow(
    /has the SHA-256 .* that of the release is 0000.*not used/,
  )
})

test('nothing is fetched for a platform whose hash is not known', async () => {
  await expect(fetchFrom(page, {})).rejects.toBeInstanceOf(NoServer)
})

test.each(['http://releases.example.com', 'ftp://127.0.0.1', 'releases'])(
  'a release page at %s is refused',
  async (page) => {
    await expect(fetchFrom(page, { [platform]: '0'.repeat(64) })).rejects.toThrow(
      'FRONTDESK_NATS_RELEASES must begin with https://',
    )
  },
)

test('a release page that cannot be reached is no error of its own: there is no server, and how to get one', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`
  await expect(fetchFrom(nowhere, { [platform]: '0'.repeat(64) })).rejects.toBeInstanceOf(NoServer)
})

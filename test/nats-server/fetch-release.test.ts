import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { fetchRelease, releaseVersion } from '../../workers/nats-server/fetch/fetch-release.ts'
import { fetchServer, NoServer } from '../../workers/nats-server/fetch/fetch-server.ts'
import { findServer } from '../../workers/nats-server/resolve/find-server.ts'
import { versionOf } from '../../workers/nats-server/server-version.ts'
import { freePort } from '../test-server.ts'
import { temporaryFolder } from './temporary-folder.ts'

let real: string
beforeAll(async () => {
  real = await findServer()
})

const goArch = { x64: 'amd64', ppc64: 'ppc64le', arm: 'arm7' }[process.arch as string] ?? process.arch
const release = `nats-server-v${releaseVersion}-${process.platform}-${goArch}`

/** A release page with this machine's archive on it. */
async function releasePage(sums: (sum: string) => string): Promise<string> {
  const folder = await temporaryFolder()
  await mkdir(join(folder, release))
  await copyFile(real, join(folder, release, 'nats-server'))
  execFileSync('tar', ['-czf', join(folder, 'archive'), '-C', folder, release])
  const archive = await readFile(join(folder, 'archive'))
  const sum = createHash('sha256').update(archive).digest('hex')
  const files = new Map<string, Buffer | string>([
    [`/v${releaseVersion}/${release}.tar.gz`, archive],
    [`/v${releaseVersion}/SHA256SUMS`, sums(sum)],
  ])
  const server = createServer((request, answer) => {
    const file = files.get(request.url ?? '')
    answer.writeHead(file ? 200 : 404).end(file)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

async function fetchFrom(page: string) {
  const reported: string[] = []
  const cache = await temporaryFolder()
  const env = { FRONTDESK_NATS_RELEASES: page }
  const report = (line: string) => reported.push(line)
  const binary = await fetchServer({ cache, env, report, sources: [fetchRelease] })
  return { binary, reported: reported.join('\n') }
}

test('a release is fetched, its checksum verified, and unpacked', async () => {
  const page = await releasePage((sum) => `${'0'.repeat(64)}  another.zip\n${sum}  ${release}.tar.gz\n`)
  const { binary, reported } = await fetchFrom(page)
  expect(await versionOf(binary)).toBe(await versionOf(real))
  expect(reported).toMatch(/fetching nats-server .* from its release page.*done in [\d.]+ s/s)
})

test('an archive with another checksum is refused', async () => {
  const page = await releasePage(() => `${'0'.repeat(64)}  ${release}.tar.gz\n`)
  await expect(fetchFrom(page)).rejects.toThrow(/has the checksum .* its release states 0000.*not used/)
})

test('an archive without a checksum is refused', async () => {
  const page = await releasePage((sum) => `${sum}  another.tar.gz\n`)
  await expect(fetchFrom(page)).rejects.toThrow('SHA256SUMS has no line for')
})

test('a release page that cannot be reached is no error of its own: there is no server, and how to get one', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`
  await expect(fetchFrom(nowhere)).rejects.toBeInstanceOf(NoServer)
})

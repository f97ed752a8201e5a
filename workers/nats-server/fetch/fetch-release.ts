import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'
import type { FetchOptions } from './source.ts'
import { withProgress } from './with-progress.ts'

/** The release to fetch where no package manager has one. */
export const releaseVersion = '2.15.1'

/** The SHA-256 of its archives: they change with the version. */
const releaseHashes: Readonly<Record<string, string>> = {
  'linux-amd64': 'bf5edc7b1ce98e885c368cb43a886eb148dc5d0551d99f3cf6141fb5e1954c70',
  'linux-arm64': 'e2fbab4cad7d3c76e3052eb959570393c9d73ba756b70bf8e9eea61e9ae6d49c',
  'linux-arm7': 'ddac3887f9b0e17d657d1124bfd648d2f3d98b8b12a0918a0443eff079d2c238',
  'linux-s390x': '478644ef83c46f585f9714b05201b5596e718cdd55ef295fb31abef6a71b4646',
  'linux-ppc64le': '4918414d24b16c30e71352e362b2d89e9e47c557514cefb5d4c6f2523cfee73d',
}

/**
 * `FRONTDESK_NATS_RELEASES` names a copy of the release page, for machines that cannot reach this one: over https, or
 * http on this machine.
 */
const releases = 'https://github.com/nats-io/nats-server/releases/download'
const downloadTimeoutMs = 300_000

/**
 * Fetches nats-server from its project's release page; it must have the hash that is known here. `undefined` where
 * none is known for this platform.
 */
export async function fetchRelease(
  work: string,
  options: FetchOptions,
  hashes: Readonly<Record<string, string>> = releaseHashes,
): Promise<string | undefined> {
  const platform = releasePlatform()
  const hash = platform && hashes[platform]
  if (!hash) return undefined
  const base = `${pageOf(options.env)}/v${releaseVersion}`
  const name = `nats-server-v${releaseVersion}-${platform}`
  return withProgress(
    `fetching nats-server ${releaseVersion} from its release page (${base})`,
    options.report,
    async () => {
      const archive = await download(`${base}/${name}.tar.gz`, options.report)
      if (!archive) return undefined
      verify(archive, hash, `${name}.tar.gz`)
      return await unpack(archive, work, name)
    },
  )
}

function pageOf({ FRONTDESK_NATS_RELEASES: page = '' }: NodeJS.ProcessEnv): string {
  if (page === '') return releases
  const { protocol, hostname } = URL.canParse(page) ? new URL(page) : { protocol: '', hostname: '' }
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
  if (protocol === 'https:' || (protocol === 'http:' && isHere)) return page
  throw new Error(
    `FRONTDESK_NATS_RELEASES must begin with https://, or with http:// and an address of this machine: ${page}`,
  )
}

/** `linux-amd64` and so on; `undefined` for systems on which frontdesk starts no server. */
function releasePlatform(): string | undefined {
  const system = { linux: 'linux', darwin: 'darwin' }[process.platform as string]
  const machine = { x64: 'amd64', arm64: 'arm64', arm: 'arm7', s390x: 's390x', ppc64: 'ppc64le' }[
    process.arch as string
  ]
  return system && machine ? `${system}-${machine}` : undefined
}

async function download(url: string, report: (line: string) => void): Promise<Buffer | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(downloadTimeoutMs) })
    if (answer.ok) return Buffer.from(await answer.arrayBuffer())
    report(`  ${url} answers ${answer.status}`)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    report(`  ${url} cannot be reached: ${cause instanceof Error ? cause.message : cause}`)
  }
  return undefined
}

function verify(archive: Buffer, hash: string, name: string): void {
  const found = createHash('sha256').update(archive).digest('hex')
  if (found !== hash)
    throw new Error(`${name} has the SHA-256 ${found}, that of the release is ${hash}: it is not used`)
}

async function unpack(archive: Buffer, work: string, name: string): Promise<string> {
  const file = join(work, `${name}.tar.gz`)
  await writeFile(file, archive)
  const unpacked = await runProgram('tar', ['-xzf', file, '-C', work])
  if (unpacked.code !== 0) throw new Error(`tar could not unpack ${file}: ${unpacked.stderr}`)
  return join(work, name, 'nats-server')
}

import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'
import type { FetchOptions } from './source.ts'
import { withProgress } from './with-progress.ts'

/** The release to fetch where no package manager has one. */
export const releaseVersion = '2.15.1'

/** `FRONTDESK_NATS_RELEASES` names a copy of the release page, for machines that cannot reach this one. */
const releases = 'https://github.com/nats-io/nats-server/releases/download'
const downloadTimeoutMs = 300_000

/** Fetches nats-server from its project's release page; it must have the checksum that the release states. */
export async function fetchRelease(work: string, options: FetchOptions): Promise<string | undefined> {
  const platform = releasePlatform()
  if (!platform) return undefined
  const base = `${options.env.FRONTDESK_NATS_RELEASES || releases}/v${releaseVersion}`
  const name = `nats-server-v${releaseVersion}-${platform}`
  return withProgress(
    `fetching nats-server ${releaseVersion} from its release page (${base})`,
    options.report,
    async () => {
      const archive = await download(`${base}/${name}.tar.gz`, options.report)
      const sums = archive && (await download(`${base}/SHA256SUMS`, options.report))
      if (!sums) return undefined
      verify(archive, sums.toString('utf8'), `${name}.tar.gz`)
      return await unpack(archive, work, name)
    },
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

function verify(archive: Buffer, sums: string, name: string): void {
  const stated = sums
    .split('\n')
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([, file]) => file === name)?.[0]
  const found = createHash('sha256').update(archive).digest('hex')
  if (!stated) throw new Error(`the release's SHA256SUMS has no line for ${name}: it is not used`)
  if (stated !== found) {
    throw new Error(`${name} has the checksum ${found}, its release states ${stated}: it is not used`)
  }
}

async function unpack(archive: Buffer, work: string, name: string): Promise<string> {
  const file = join(work, `${name}.tar.gz`)
  await writeFile(file, archive)
  const unpacked = await runProgram('tar', ['-xzf', file, '-C', work])
  if (unpacked.code !== 0) throw new Error(`tar could not unpack ${file}: ${unpacked.stderr}`)
  return join(work, name, 'nats-server')
}

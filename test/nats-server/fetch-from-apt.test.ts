import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fetchFromApt } from '../../workers/nats-server/fetch/fetch-from-apt.ts'
import { runProgram } from '../../workers/nats-server/fetch/run-program.ts'
import { temporaryFolder } from './temporary-folder.ts'

const hasApt = (await runProgram('apt-get', ['--version'])).code === 0
const codename = hasApt
  ? (await runProgram('sh', ['-c', '. /etc/os-release; echo $VERSION_CODENAME'])).stdout.trim()
  : ''

/** What apt is set to on a machine whose only mirror is a folder; the environment that says so. */
async function machineWithMirror(): Promise<{ env: NodeJS.ProcessEnv; work: string }> {
  const folder = await temporaryFolder()
  for (const suite of [codename, 'testing', 'unstable', 'devel']) {
    await mkdir(join(folder, 'mirror/dists', suite), { recursive: true })
    await writeFile(
      join(folder, 'mirror/dists', suite, 'Release'),
      `Origin: Debian\nSuite: ${suite}\nComponents: main\n`,
    )
  }
  await mkdir(join(folder, 'sources'))
  await writeFile(
    join(folder, 'sources/machine.sources'),
    `# the machine's mirror\nTypes: deb\nURIs: file:${folder}/mirror\nSuites: ${codename || 'stable'}\nComponents: main\n`,
  )
  await writeFile(
    join(folder, 'apt.conf'),
    `Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "${folder}/sources";\n`,
  )
  await mkdir(join(folder, 'work'))
  return { env: { ...process.env, APT_CONFIG: join(folder, 'apt.conf') }, work: join(folder, 'work') }
}

test('a mirror without a good signature is refused, or there is no apt here at all', async () => {
  const { env, work } = await machineWithMirror()
  const reported: string[] = []
  const fetching = fetchFromApt(work, { env, report: (line) => reported.push(line) })
  if (hasApt)
    await expect(fetching).rejects.toThrow(/apt does not trust "(testing|devel)" of file:.*not signed/s)
  else expect(await fetching).toBeUndefined()
})

test('without apt there is nothing to fetch from it', async () => {
  const env = { PATH: await temporaryFolder() }
  expect(await fetchFromApt(await temporaryFolder(), { env, report: () => {} })).toBeUndefined()
})

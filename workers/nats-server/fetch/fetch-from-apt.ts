import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAtLeast, versionOf } from '../server-version.ts'
import { type ProgramResult, runProgram } from './run-program.ts'
import type { FetchOptions } from './source.ts'
import { withProgress } from './with-progress.ts'

/**
 * Fetches the package `nats-server` from a newer suite of the mirror that this machine's apt is set to, and unpacks
 * it without installing it. apt works on lists and a cache of our own, so it needs no rights and changes nothing of
 * the system. apt verifies the signatures; a bad one ends the search.
 */
export async function fetchFromApt(work: string, { env, report }: FetchOptions): Promise<string | undefined> {
  const system = await aptSystem(env)
  for (const mirror of system.mirrors) {
    for (const suite of system.suites) {
      const action = `fetching nats-server from "${suite}" of the mirror that apt is set to (${mirror.uri})`
      const binary = await withProgress(action, report, () =>
        fetchFromSuite(join(work, `apt-${suite.replaceAll('/', '_')}`), {
          ...system,
          mirror,
          suite,
          env,
          report,
        }),
      )
      if (binary) return binary
    }
  }
  return undefined
}

interface Mirror {
  uri: string
  signedBy?: string
}
interface AptSystem {
  mirrors: Mirror[]
  suites: string[]
  component: string
  architecture: string
}
type Request = Omit<AptSystem, 'mirrors' | 'suites'> & FetchOptions & { mirror: Mirror; suite: string }

/** The settings of this machine's apt; no mirrors where there is no apt. */
async function aptSystem(env: NodeJS.ProcessEnv): Promise<AptSystem> {
  const [targets, dpkg, release] = await Promise.all([
    runProgram(
      'apt-get',
      // Without release information this also works where `apt-get update` has never run.
      [
        'indextargets',
        '--no-release-info',
        '--format',
        '$(RELEASE)|$(COMPONENT)|$(REPO_URI)|$(SOURCESENTRY)',
      ],
      { env },
    ),
    runProgram('dpkg', ['--print-architecture'], { env }),
    readFile('/etc/os-release', 'utf8').catch(() => ''),
  ])
  const os = (key: string) => new RegExp(`^${key}="?([^"\n]*)`, 'm').exec(release)?.[1] ?? ''
  const codename = os('VERSION_CODENAME')
  // Ubuntu's next release is "devel", and it keeps the package in "universe".
  const ubuntu = `${os('ID')} ${os('ID_LIKE')}`.includes('ubuntu')
  const suites = ubuntu ? ['devel'] : ['testing', 'unstable', ...(codename ? [`${codename}-backports`] : [])]

  const mirrors = new Map<string, Mirror>()
  for (const line of targets.code === 0 ? targets.stdout.split('\n') : []) {
    const [suite, component, uri, entry] = line.split('|')
    // Security and update archives and third-party repositories have no such suites.
    const isDistribution =
      suite === codename || /^((old)*stable|testing|unstable|sid|devel)$/.test(suite ?? '')
    if (!isDistribution || component !== 'main' || !uri || !entry || mirrors.has(uri)) continue
    const signedBy = await signingKey(entry)
    mirrors.set(uri, signedBy ? { uri, signedBy } : { uri })
  }
  return {
    mirrors: dpkg.code === 0 ? [...mirrors.values()] : [],
    suites,
    component: ubuntu ? 'universe' : 'main',
    architecture: dpkg.stdout.trim(),
  }
}

/**
 * The key that a source is signed by, from its entry (`<file>:<line or stanza>`). Without one apt uses its trusted
 * keys, for our request as for the system's.
 */
async function signingKey(entry: string): Promise<string | undefined> {
  const [, file = '', number = '1'] = /^(.*):(\d+)$/.exec(entry) ?? []
  const text = await readFile(file, 'utf8').catch(() => '')
  if (!file.endsWith('.sources')) {
    return /\[[^\]]*signed-by=([^\s\]]+)/i.exec(text.split('\n')[Number(number) - 1] ?? '')?.[1]
  }
  const stanzas = text
    .replace(/^#.*\n/gm, '')
    .trim()
    .split(/\n(?:[ \t]*\n)+/)
  // The key itself may be inline, in continuation lines.
  return /^Signed-By:[ \t]*(.*(?:\n[ \t].*)*)/im.exec(stanzas[Number(number) - 1] ?? '')?.[1]?.trimEnd()
}

async function fetchFromSuite(folder: string, request: Request): Promise<string | undefined> {
  const { env, report, mirror, suite } = request
  const config = await writeAptConfig(folder, request)

  const updated = await runProgram('apt-get', ['-c', config, 'update'], { env })
  if (isUntrusted(updated))
    throw new Error(`apt does not trust "${suite}" of ${mirror.uri}:\n${complaints(updated)}`)
  if (updated.code !== 0) {
    report(`  ${complaints(updated)}`)
    return undefined
  }

  const shown = await runProgram('apt-cache', ['-c', config, 'show', 'nats-server'], { env })
  const version = /^Version: (.+)$/m.exec(shown.stdout)?.[1]
  if (!version || !isAtLeast(version)) return undefined

  const downloaded = await runProgram('apt-get', ['-c', config, 'download', `nats-server=${version}`], {
    env,
    cwd: folder,
  })
  if (downloaded.code !== 0)
    throw new Error(`apt could not fetch nats-server ${version}:\n${complaints(downloaded)}`)
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'))
  if (!archive) throw new Error(`apt fetched nats-server ${version}, but no package is in ${folder}`)
  const unpacked = await runProgram('dpkg-deb', ['-x', join(folder, archive), join(folder, 'root')], { env })
  if (unpacked.code !== 0) throw new Error(`dpkg-deb could not unpack ${archive}: ${unpacked.stderr}`)

  for (const place of ['usr/sbin', 'usr/bin']) {
    const binary = join(folder, 'root', place, 'nats-server')
    if (await versionOf(binary)) return binary
  }
  report(`  nats-server ${version} of "${suite}" does not run on this machine`)
  return undefined
}

/** Configures an apt of our own: its lists, its cache and one source; proxies and the like stay the system's. */
async function writeAptConfig(folder: string, request: Request): Promise<string> {
  const { mirror, suite, component, architecture } = request
  for (const name of ['lists/partial', 'archives/partial', 'sources', 'preferences', 'state']) {
    await mkdir(join(folder, name), { recursive: true })
  }
  await writeFile(join(folder, 'status'), '')
  await writeFile(
    join(folder, 'sources', 'frontdesk.sources'),
    `Types: deb
URIs: ${mirror.uri}
Suites: ${suite}
Components: ${component}
Architectures: ${architecture}
Targets: Packages
Languages: none
${mirror.signedBy ? `Signed-By: ${mirror.signedBy}\n` : ''}`,
  )
  const config = join(folder, 'apt.conf')
  await writeFile(
    config,
    `Dir::State "${folder}/state";
Dir::State::lists "${folder}/lists";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}";
Dir::Cache::archives "${folder}/archives";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "${folder}/sources";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "${folder}/preferences";
// The system's hooks clean the system's own folders.
#clear APT::Update;
#clear DPkg::Post-Invoke;
APT::Update::Error-Mode "any";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
${process.getuid?.() === 0 ? '// The sandbox user may not enter a folder under a home.\nAPT::Sandbox::User "root";\n' : ''}`,
  )
  return config
}

function isUntrusted({ stdout, stderr }: ProgramResult): boolean {
  return /NO_PUBKEY|EXPKEYSIG|REVKEYSIG|BADSIG|is not signed|GPG error|signature.*(invalid|verif)/i.test(
    stdout + stderr,
  )
}

function complaints({ stdout, stderr }: ProgramResult): string {
  const lines = `${stderr}\n${stdout}`.split('\n').filter((line) => /^(E:|W:|Err:)/.test(line))
  return (lines.length > 0 ? lines.join('\n  ') : stderr.trim()) || 'apt says nothing about it'
}

import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runProgram } from '../../../workers/nats-server/fetch/run-program.ts'
import type { FetchOptions } from '../../../workers/nats-server/fetch/source.ts'
import { withProgress } from '../../../workers/nats-server/fetch/with-progress.ts'

/** Has no window, and needs a third of what `chromium` does. */
const name = 'chromium-headless-shell'
/** Its data, which it looks for beside itself: unpacked with it though the machine may have them elsewhere. */
const data = 'chromium-common'

/**
 * Debian's Chromium, with those of its dependencies that this machine lacks, unpacked without installing
 * them: apt goes by the system's sources, keys and list of what is installed, but keeps its lists and what
 * it fetches here, and needs no rights. `undefined` where there is no apt, or no such package.
 */
export async function fetchChromiumFromApt(
  cache: string,
  { env, report }: FetchOptions,
): Promise<string | undefined> {
  const apt = await runProgram('apt-get', ['--version'], { env })
  if (apt.code !== 0) return undefined
  const folder = join(cache, 'apt')
  await mkdir(folder, { recursive: true })
  const work = await mkdtemp(join(folder, '.fetch-'))
  try {
    return await withProgress(
      `fetching ${name} with apt into ${folder}; nothing is installed`,
      report,
      async () => {
        const fetched = await fetchInto(work, env, report)
        if (!fetched) return undefined
        const target = join(folder, fetched.version)
        await rm(target, { recursive: true, force: true })
        await rename(fetched.ready, target)
        return join(target, 'chromium')
      },
    )
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function fetchInto(
  work: string,
  env: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<{ version: string; ready: string } | undefined> {
  const config = await writeAptConfig(work)
  const apt = (program: string, ...args: string[]) =>
    runProgram(program, ['-c', config, ...args], { env, cwd: work })
  // A source of the system that does not answer is no matter as long as another one has the package.
  await apt('apt-get', 'update')
  const shown = await apt('apt-cache', 'show', '--no-all-versions', name)
  const version = /^Version: (.+)$/m.exec(shown.stdout)?.[1]
  if (!version) return undefined
  const downloaded = await apt(
    'apt-get',
    'install',
    '--download-only',
    '--yes',
    '--no-install-recommends',
    '--reinstall',
    `${name}=${version}`,
    `${data}=${version}`,
  )
  const archives = (await readdir(join(work, 'archives'))).filter((file) => file.endsWith('.deb'))
  if (downloaded.code !== 0 || archives.length === 0) {
    report(`  apt could not fetch it: ${downloaded.stderr.trim() || downloaded.stdout.trim()}`)
    return undefined
  }
  const ready = join(work, 'ready')
  const root = join(ready, 'root')
  await mkdir(root, { recursive: true })
  for (const archive of archives) {
    const unpacked = await runProgram('dpkg-deb', ['-x', join(work, 'archives', archive), root], { env })
    if (unpacked.code !== 0) throw new Error(`dpkg-deb could not unpack ${archive}: ${unpacked.stderr}`)
  }
  await writeLauncher(ready, root)
  return { version: version.replace(/[^\w.+~-]/g, '_'), ready }
}

/** The system's apt, except for what it writes. */
async function writeAptConfig(work: string): Promise<string> {
  for (const folder of ['lists/partial', 'archives/partial', 'state'])
    await mkdir(join(work, folder), { recursive: true })
  const config = join(work, 'apt.conf')
  await writeFile(
    config,
    `Dir::State "${work}/state";
Dir::State::lists "${work}/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "${work}";
Dir::Cache::archives "${work}/archives";
// The system's hooks tidy up the system's own folders, and its locks are for who installs.
#clear APT::Update;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
Debug::NoLocking "true";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
${process.getuid?.() === 0 ? '// The sandbox user may not enter a folder under a home.\nAPT::Sandbox::User "root";\n' : ''}`,
  )
  return config
}

/** `chromium` in that folder: with the unpacked libraries, and with its fonts where the system has none. */
async function writeLauncher(ready: string, root: string): Promise<void> {
  const files = await readdir(root, { recursive: true })
  const libraries = new Set(
    files.filter((file) => /\.so(\.[\d.]+)?$/.test(file)).map((file) => dirname(file)),
  )
  const paths = [...libraries].map((folder) => `$here/root/${folder}`).join(':')
  await writeFile(
    join(ready, 'fonts.conf'),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">root/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`,
  )
  const launcher = join(ready, 'chromium')
  await writeFile(
    launcher,
    `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="${paths}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/root/usr/lib/chromium/${name}" "$@"
`,
  )
  await chmod(launcher, 0o755)
}

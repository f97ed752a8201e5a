import { mkdir, readdir, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { lockFolder } from '../../../workers/nats-server/embedded/folder-lock.ts'
import { cacheFolder } from '../../../workers/nats-server/fetch/cache-folder.ts'
import { runProgram } from '../../../workers/nats-server/fetch/run-program.ts'
import { fetchChromiumFromApt } from './fetch-chromium-from-apt.ts'
import { fetchChromiumFromPlaywright } from './fetch-chromium-from-playwright.ts'

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chromium-headless-shell',
  'chrome-headless-shell',
]
const onMac = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const howToInstall = `the tests in a browser need Chromium; none was found, and none could be fetched. Any of these helps:
  Debian:      apt-get install chromium
  Ubuntu:      snap install chromium
  Fedora:      dnf install chromium
  macOS:       brew install --cask chromium
  any system:  npx playwright-core install --with-deps chromium
  a binary:    set FRONTDESK_CHROMIUM to its path`

export interface FindOptions {
  env?: NodeJS.ProcessEnv
  report?: (line: string) => void
}

/** A Chromium that runs: FRONTDESK_CHROMIUM, the PATH's, the cache's or Playwright's, or else fetched into the cache. */
export async function findChromium(options: FindOptions = {}): Promise<string> {
  const { env = process.env, report = (line) => process.stderr.write(`${line}\n`) } = options
  const given = env.FRONTDESK_CHROMIUM
  if (given) {
    if (await runs(given)) return given
    throw new Error(`FRONTDESK_CHROMIUM=${given} cannot be run as a Chromium`)
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  const installed = folders.flatMap((folder) => names.map((name) => join(folder, name)))
  for (const path of process.platform === 'darwin' ? [...installed, ...onMac] : installed)
    if (await runs(path)) return path
  const cache = join(await cacheFolder(env), 'chromium')
  const cached = await inCache(cache)
  if (cached) return cached
  const playwrights = chromium.executablePath()
  return (await runs(playwrights)) ? playwrights : await fetchInto(cache, env, report)
}

/** One at a time: who comes meanwhile waits for what the first one fetches. */
async function fetchInto(
  cache: string,
  env: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<string> {
  await mkdir(cache, { recursive: true })
  for (let isSaid = false; ; isSaid = true) {
    const taken = await lockFolder(cache, 'fetch.lock')
    if ('heldBy' in taken) {
      if (!isSaid) report(`waiting for Chromium: process ${taken.heldBy.owner.pid} is fetching it …`)
      await sleep(500)
      continue
    }
    try {
      const cached = await inCache(cache)
      if (cached) return cached
      for (const fetch of [fetchChromiumFromApt, fetchChromiumFromPlaywright]) {
        const fetched = await fetch(cache, { env, report })
        if (!fetched) continue
        if (await runs(fetched)) return fetched
        report(`  ${fetched} does not run on this machine`)
      }
      throw new Error(howToInstall)
    } finally {
      await taken.lock.release()
    }
  }
}

/** What was fetched stands as `<source>/<version>/chromium`, or as its installer puts it. */
async function inCache(cache: string): Promise<string | undefined> {
  const files = await readdir(cache, { recursive: true }).catch(() => [])
  const binaries = files.filter((file) =>
    /^(apt\/\d[^/]*\/chromium|playwright\/.*headless[_-]shell)$/.test(file),
  )
  // The newest first.
  for (const file of binaries.toSorted().reverse())
    if (await runs(join(cache, file))) return join(cache, file)
  return undefined
}

/** Some systems have a `chromium-browser` that only says how to install one. */
async function runs(path: string): Promise<boolean> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!isFile) return false
  const { code, stdout } = await runProgram(path, ['--version', '--no-sandbox'], { timeoutMs: 30_000 })
  return code === 0 && /\d+\.\d+\.\d+/.test(stdout)
}

import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runProgram } from '../../../workers/nats-server/fetch/run-program.ts'
import type { FetchOptions } from '../../../workers/nats-server/fetch/source.ts'
import { withProgress } from '../../../workers/nats-server/fetch/with-progress.ts'

/** The Chromium that Playwright's own installer has for this system. */
export async function fetchChromiumFromPlaywright(
  cache: string,
  { env, report }: FetchOptions,
): Promise<string | undefined> {
  const folder = join(cache, 'playwright')
  const installer = join(
    dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
    'cli.js',
  )
  return await withProgress(
    `fetching Chromium with Playwright’s installer into ${folder}`,
    report,
    async () => {
      const { code, stdout, stderr } = await runProgram(
        process.execPath,
        [installer, 'install', '--only-shell', 'chromium'],
        { env: { ...env, PLAYWRIGHT_BROWSERS_PATH: folder } },
      )
      if (code !== 0) {
        report(`  it could not: ${`${stderr}${stdout}`.trim().split('\n').slice(0, 3).join(' ')}`)
        return undefined
      }
      const files = await readdir(folder, { recursive: true })
      const binary = files.find((file) => /\/(chrome-headless-shell|headless_shell)$/.test(file))
      return binary && join(folder, binary)
    },
  )
}

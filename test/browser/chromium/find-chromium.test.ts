import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findChromium } from './find-chromium.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frontdesk-chromium-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A program that does what a shell does with this. */
async function program(path: string, script: string): Promise<string> {
  const file = join(folder, path)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
  return file
}

test('the Chromium that is named is taken, whatever else there is', async () => {
  const named = await program('named', 'echo Chromium 150.0.1.2')
  await program('bin/chromium', 'echo Chromium 160.0.1.2')
  const env = { FRONTDESK_CHROMIUM: named, PATH: join(folder, 'bin') }
  expect(await findChromium({ env })).toBe(named)
})

test('one that is named and does not run is said, not passed over', async () => {
  const env = { FRONTDESK_CHROMIUM: join(folder, 'nowhere'), PATH: process.env.PATH }
  await expect(findChromium({ env })).rejects.toThrow('nowhere cannot be run as a Chromium')
})

test('what only says how to install one is passed over', async () => {
  await program('first/chromium-browser', 'echo "install the snap" >&2; exit 1')
  const second = await program('second/google-chrome', 'echo Google Chrome 150.0.1.2')
  const env = { PATH: `${join(folder, 'first')}:${join(folder, 'second')}` }
  expect(await findChromium({ env })).toBe(second)
})

test('what was fetched before is taken from the cache', async () => {
  const cached = await program('cache/frontdesk/chromium/apt/150.0.1-1/chromium', 'echo Chromium 150.0.1.2')
  await program('cache/frontdesk/chromium/apt/.fetch-abc/ready/chromium', 'echo Chromium 160.0.1.2')
  const env = { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache') }
  expect(await findChromium({ env })).toBe(cached)
})

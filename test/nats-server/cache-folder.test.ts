import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cacheFolder } from '../../workers/nats-server/fetch/cache-folder.ts'
import { temporaryFolder } from './temporary-folder.ts'

test('the cache is the user’s', async () => {
  const HOME = await temporaryFolder()
  expect(await cacheFolder({ HOME })).toBe(join(HOME, '.cache', 'frontdesk'))
  const XDG_CACHE_HOME = await temporaryFolder()
  expect(await cacheFolder({ HOME, XDG_CACHE_HOME })).toBe(join(XDG_CACHE_HOME, 'frontdesk'))
})

test('without a writable home the cache is in the data folder', async () => {
  const folder = await temporaryFolder()
  // A file, since nothing else stops the root user.
  const HOME = join(folder, 'home')
  await writeFile(HOME, '')
  expect(await cacheFolder({ HOME, FRONTDESK_DATA: folder })).toBe(join(folder, 'cache'))
})

import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockFolder } from '../../workers/nats-server/embedded/folder-lock.ts'
import { temporaryFolder } from './temporary-folder.ts'

async function leave(folder: string, claim: object) {
  await mkdir(join(folder, 'nats.lock'), { recursive: true })
  await writeFile(join(folder, 'nats.lock', '7.json'), JSON.stringify(claim))
}

test('of many that try at once one acquires the lock', async () => {
  const folder = await temporaryFolder()
  const answers = await Promise.all(Array.from({ length: 20 }, () => lockFolder(folder)))
  expect(answers.filter((answer) => 'lock' in answer)).toHaveLength(1)
})

test('of many that find a dead owner one takes over, and gets its claim', async () => {
  const folder = await temporaryFolder()
  const left = { owner: { pid: 1, started: 'in another life' }, server: { pid: 2, port: 3 } }
  await leave(folder, left)
  const answers = await Promise.all(Array.from({ length: 20 }, () => lockFolder(folder)))
  const locks = answers.filter((answer) => 'lock' in answer)
  expect(locks).toHaveLength(1)
  expect(locks[0]?.left).toEqual(left)
})

test('a process with the reused pid of a dead owner is not taken for it', async () => {
  const folder = await temporaryFolder()
  await leave(folder, { owner: { pid: process.pid, started: 'in another life' } })
  expect(await lockFolder(folder)).toHaveProperty('lock')
})

test('a released lock is free, and leaves one small file', async () => {
  const folder = await temporaryFolder()
  for (let round = 0; round < 5; round++) {
    const taken = await lockFolder(folder)
    if (!('lock' in taken)) throw new Error('not free')
    expect(taken.left).toBeUndefined()
    await taken.lock.release()
  }
  expect(await readdir(join(folder, 'nats.lock'))).toEqual(['5.json'])
})

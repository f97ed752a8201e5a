import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { listProcesses } from './list-processes.ts'

/** A folder that is gone after the test, once no process uses it: a server outlives its killed owner for a moment. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'frontdesk-test-')))
  onTestFinished(async () => {
    await nothingRunsIn(folder)
    await rm(folder, { recursive: true, force: true })
  })
  return folder
}

/** Settles once no process is left whose command line names the folder. */
export async function nothingRunsIn(folder: string): Promise<void> {
  const look = () => listProcesses().flatMap(({ command }) => (command.includes(folder) ? [command] : []))
  await expect.poll(look).toEqual([])
}

import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Message schedules came with 2.12, and their bugs were fixed up to here. */
export const SERVER_VERSION_MIN = '2.14.4'

const ANSWER_TIMEOUT_MS = 10_000
const BUSY_TRIES_MAX = 40
const BUSY_PAUSE_MS = 50

/** Whether `version` (`2.15.1`, `v2.15.1`, `2.15.1-RC.2`) is `least` or newer. */
export function isAtLeast(version: string, least: string = SERVER_VERSION_MIN): boolean {
  const have = numbers(version)
  const need = numbers(least)
  for (let i = 0; i < 3; i++) {
    const difference = (have[i] ?? 0) - (need[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

function numbers(version: string): number[] {
  return (/\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number)
}

/** The version that a nats-server binary says it has; `undefined` where it cannot be run or says none. */
export async function versionOf(binary: string): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await askVersion(binary)
    } catch (error) {
      // A process that was forked while the file was being written holds it open until it becomes another.
      if ((error as NodeJS.ErrnoException).code !== 'ETXTBSY' || tries === BUSY_TRIES_MAX) throw error
      await sleep(BUSY_PAUSE_MS)
    }
  }
}

function askVersion(binary: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile(binary, ['--version'], { timeout: ANSWER_TIMEOUT_MS }, (error, stdout) => {
      if (error?.code === 'ETXTBSY') reject(error)
      else resolve(error ? undefined : /nats-server:? v?(\d+\.\d+\.\d+\S*)/i.exec(stdout)?.[1])
    })
  })
}

import { execFile } from 'node:child_process'

/** The bugs of message schedules were fixed up to here (design decision 1). */
export const SERVER_VERSION_MIN = '2.14.4'

const ANSWER_TIMEOUT_MS = 10_000

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
export function versionOf(binary: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(binary, ['--version'], { timeout: ANSWER_TIMEOUT_MS }, (error, stdout) => {
      resolve(error ? undefined : /nats-server:? v?(\d+\.\d+\.\d+\S*)/i.exec(stdout)?.[1])
    })
  })
}

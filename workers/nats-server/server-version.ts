import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** `always`: the disk has every message before it is acknowledged. */
export type SyncMode = 'default' | 'always'

/** Message schedules came with 2.12, and their bugs were fixed up to here. */
const serverVersionMin = '2.14.4'
/** Earlier servers may leave a compacted file unsynced: nats-server #8456 and #8475. */
const syncAlwaysVersionMin = '2.15.0'

const answerTimeoutMs = 10_000
const busyTriesMax = 40
const busyPauseMs = 50

/** Why frontdesk does not use a server of this version, after its name; `undefined` for one that is new enough. */
export function whyTooOld(version: string, sync: SyncMode = 'default'): string | undefined {
  if (!isAtLeast(version))
    return `is version ${version}; frontdesk needs ${serverVersionMin} or newer: older ones lack message schedules or have bugs in them, and drop such settings without a word`
  if (sync === 'always' && !isAtLeast(version, syncAlwaysVersionMin))
    return `is version ${version}; "always" needs ${syncAlwaysVersionMin} or newer: older ones may skip a sync after they compact a file, and a power cut then loses acknowledged messages (nats-server #8456, #8475)`
  return undefined
}

/** Whether `version` (`2.15.1`, `v2.15.1`, `2.15.1-RC.2`) is `least` or newer. */
export function isAtLeast(version: string, least: string = serverVersionMin): boolean {
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

/** The version that a nats-server binary prints; `undefined` where it does not run or prints none. */
export async function versionOf(binary: string): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await askVersion(binary)
    } catch (error) {
      // A process that was forked while the file was written holds it open until its exec.
      if ((error as NodeJS.ErrnoException).code !== 'ETXTBSY' || tries === busyTriesMax) throw error
      await sleep(busyPauseMs)
    }
  }
}

function askVersion(binary: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile(binary, ['--version'], { timeout: answerTimeoutMs }, (error, stdout) => {
      if (error?.code === 'ETXTBSY') reject(error)
      else resolve(error ? undefined : /nats-server:? v?(\d+\.\d+\.\d+\S*)/i.exec(stdout)?.[1])
    })
  })
}

import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { reachDocker } from '../reach-docker.ts'
import type { Claim } from './folder-lock.ts'
import { lookAtProcess } from './look-at-process.ts'
import { serverPaths } from './run-server.ts'

/** Longer than the ten seconds that a supervisor gives its server to end. */
const LEFT_BEHIND_TIMEOUT_MS = 15_000

/** Two servers on one store corrupt it: whatever still runs on this folder has ended when this returns. */
export async function endLeftBehind(
  dataFolder: string,
  left: Claim | undefined,
  report: (line: string) => void,
): Promise<void> {
  if (left?.container) await removeContainer(left.container.id, report)
  // A supervisor whose owner is dead is stopping its server already; it comes first, since it may be about
  // to start one.
  if (left?.supervisor && (await isOurs(left.supervisor, dataFolder))) {
    report('waiting for the nats-server of an earlier start to end')
    if (!(await hasEnded(left.supervisor, dataFolder))) process.kill(-left.supervisor, 'SIGKILL')
  }
  const written = await readFile(serverPaths(dataFolder).pid, 'utf8').catch(() => '')
  for (const pid of new Set([Number.parseInt(written, 10), left?.server?.pid])) {
    if (!pid || !(await isOurs(pid, dataFolder))) continue
    report(`stopping a nats-server (process ${pid}) that an earlier start has left behind`)
    process.kill(pid, 'SIGTERM')
    if (await hasEnded(pid, dataFolder)) continue
    process.kill(pid, 'SIGKILL')
    if (!(await hasEnded(pid, dataFolder))) throw new Error(`nats-server (process ${pid}) does not end`)
  }
}

async function hasEnded(pid: number, dataFolder: string): Promise<boolean> {
  const deadline = Date.now() + LEFT_BEHIND_TIMEOUT_MS
  while (await isOurs(pid, dataFolder)) {
    if (Date.now() > deadline) return false
    await sleep(50)
  }
  return true
}

async function removeContainer(id: string, report: (line: string) => void) {
  report('stopping a nats-server container that an earlier start has left behind')
  const docker = await reachDocker()
  if (!docker) throw new Error(`container ${id} may still use this data folder, and Docker does not answer`)
  try {
    await docker.client.container.getById(id).remove({ force: true })
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error
  }
}

/** A process id may have been given away since: a server of this folder names its configuration file. */
export async function isOurs(pid: number, dataFolder: string): Promise<boolean> {
  return (await lookAtProcess(pid))?.command.includes(serverPaths(dataFolder).config) ?? false
}

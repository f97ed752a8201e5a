import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { reachDocker } from '../reach-docker.ts'
import type { Claim } from './folder-lock.ts'
import { lookAtProcess } from './look-at-process.ts'
import { serverPaths } from './run-server.ts'

/** Longer than a supervisor gives its server to end, 10 s. */
const leftBehindTimeoutMs = 15_000

/** Ends every process that still runs on this folder: two servers on one store corrupt it. */
export async function endLeftBehind(
  dataFolder: string,
  left: Claim | undefined,
  report: (line: string) => void,
): Promise<void> {
  if (left?.container) await removeContainer(left.container.id, report)
  // The supervisor first: it is stopping its server already, or may be about to start one.
  if (left?.supervisor && (await isOurs(left.supervisor, dataFolder))) {
    report('waiting for the nats-server of an earlier start to end')
    if (!(await hasEnded(left.supervisor, dataFolder))) process.kill(-left.supervisor, 'SIGKILL')
  }
  const written = await readFile(serverPaths(dataFolder).pid, 'utf8').catch(() => '')
  for (const pid of new Set([Number.parseInt(written, 10), left?.server?.pid])) {
    if (!pid || !(await isOurs(pid, dataFolder))) continue
    report(`stopping a nats-server (process ${pid}) that an earlier start left behind`)
    process.kill(pid, 'SIGTERM')
    if (await hasEnded(pid, dataFolder)) continue
    process.kill(pid, 'SIGKILL')
    if (!(await hasEnded(pid, dataFolder))) throw new Error(`nats-server (process ${pid}) does not end`)
  }
}

async function hasEnded(pid: number, dataFolder: string): Promise<boolean> {
  const deadline = Date.now() + leftBehindTimeoutMs
  while (await isOurs(pid, dataFolder)) {
    if (Date.now() > deadline) return false
    await sleep(50)
  }
  return true
}

async function removeContainer(id: string, report: (line: string) => void) {
  report('stopping a nats-server container that an earlier start left behind')
  const docker = await reachDocker()
  if (!docker) throw new Error(`container ${id} may still use this data folder, and Docker does not answer`)
  try {
    await docker.client.container.getById(id).remove({ force: true })
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error
  }
}

/** Whether the pid is still this folder's: the command line of its server names the configuration file. */
export async function isOurs(pid: number, dataFolder: string): Promise<boolean> {
  return (await lookAtProcess(pid))?.command.includes(serverPaths(dataFolder).config) ?? false
}

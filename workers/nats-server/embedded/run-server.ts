import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectFile } from '../../build/project-folder.mjs'
import { makePasswords, passwordConfig, rolesConfig, writePasswordConfig } from '../roles.ts'
import { readServerInfo } from '../server-info.ts'
import type { SyncMode } from '../server-version.ts'

export const readyTimeoutMs = 20_000
const logLinesShown = 12

export interface RunOptions {
  binary: string
  /** Holds `nats/` (the store), `nats.conf`, the passwords, `nats.log` and `nats.pid`. */
  dataFolder: string
  name: string
  port: number
  /** `always`: the disk has every message before its acknowledgement leaves, at 0.15–0.35 of the rate. */
  sync?: SyncMode
  /** Called with the supervisor's process id before the server exists, and awaited. */
  beforeStart?: (supervisor: number) => Promise<void>
  timeoutMs?: number
}

export interface RunningServer {
  /** nats-server's own pid, not its supervisor's. */
  pid: number
  stop(): Promise<void>
  exited: Promise<{ code: number | null }>
}

export class PortTaken extends Error {}

/** Starts nats-server with JetStream on the loopback under a supervisor, and waits until it answers. */
export async function runServer(options: RunOptions): Promise<RunningServer> {
  const paths = serverPaths(options.dataFolder)
  await mkdir(paths.store, { recursive: true, mode: 0o700 })
  await keepStreams(paths.store)
  await makePasswords(options.dataFolder)
  await writePasswordConfig(options.dataFolder)
  await writeFile(paths.config, serverConfig(options, await rolesConfig()))
  await rm(paths.pid, { force: true })
  const logStart = await stat(paths.log).then(
    (log) => log.size,
    () => 0,
  )

  const log = await open(paths.log, 'a', 0o600)
  // A session of its own: the terminal's Ctrl-C must not reach the server before the workers have drained.
  const supervisor = spawn('/bin/sh', [supervise, options.binary, '-c', paths.config], {
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
  }) as ChildProcessByStdio<Writable, null, null>
  const exited = new Promise<{ code: number | null }>((resolve) => {
    supervisor.once('error', () => resolve({ code: null }))
    supervisor.once('exit', (code) => {
      // Without its supervisor, which was killed, the server would run on.
      if (code === null) killGroup(supervisor.pid)
      resolve({ code })
    })
  })
  supervisor.stdin.on('error', () => {})
  const stop = async () => {
    supervisor.stdin.destroy()
    await exited
  }

  try {
    await log.close()
    if (supervisor.pid !== undefined) await options.beforeStart?.(supervisor.pid)
    supervisor.stdin.write('start\n')
    const ended = await ready(options, exited)
    if (ended) throw await startError(options, paths.log, logStart, ended)
    return { pid: Number(await readFile(paths.pid, 'utf8')), stop, exited }
  } catch (error) {
    await stop()
    throw error
  }
}

const supervise = projectFile('workers/nats-server/embedded/supervise-server.sh')

export function serverPaths(dataFolder: string) {
  return {
    store: join(dataFolder, 'nats'),
    config: join(dataFolder, 'nats.conf'),
    log: join(dataFolder, 'nats.log'),
    pid: join(dataFolder, 'nats.pid'),
  }
}

function serverConfig({ dataFolder, name, port, sync }: RunOptions, accounts: string): string {
  const paths = serverPaths(dataFolder)
  return `# Written by frontdesk at every start: changes here are lost.
include ${JSON.stringify(passwordConfig)}
server_name: ${JSON.stringify(name)}
listen: "127.0.0.1:${port}"
pid_file: ${JSON.stringify(paths.pid)}
log_file: ${JSON.stringify(paths.log)}
logfile_size_limit: 16MB
logfile_max_num: 3
jetstream {
  store_dir: ${JSON.stringify(paths.store)}
  ${
    sync === 'always'
      ? '# Every message is on the disk before it is acknowledged: a power cut loses nothing.\n  sync_interval: always'
      : '# sync_interval is left at its default, 2 minutes: a killed process loses nothing, a power cut may\n  # lose up to 2 minutes of acknowledged messages. "always" closes that gap at 0.15–0.35 of the rate.'
  }
}

${accounts}`
}

/** Waits for the server: `undefined` once it answers, otherwise how its start ended. */
async function ready(options: RunOptions, exited: RunningServer['exited']) {
  const timeoutMs = options.timeoutMs ?? readyTimeoutMs
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    const ended = await Promise.race([exited, sleep(20)])
    if (ended) return `ended with exit code ${ended.code}`
    const info = await readServerInfo(options.port)
    if (info?.server_name === options.name && info.jetstream) return undefined
  }
  return `did not answer on port ${options.port} within ${timeoutMs / 1_000} s`
}

async function startError(options: RunOptions, logPath: string, from: number, ended: string) {
  const log = (await readFile(logPath)).subarray(from).toString('utf8').trimEnd()
  if (/address already in use/i.test(log)) return new PortTaken(`port ${options.port} is taken`)
  const lines = log.split('\n').slice(-logLinesShown).join('\n  ')
  return new Error(`nats-server (${options.binary}) ${ended}. The end of ${logPath}:\n  ${lines}`)
}

/** Moves the streams of a store from before there were accounts, in the default one, to FRONTDESK. */
export async function keepStreams(store: string): Promise<void> {
  const [before, now] = ['$G', 'FRONTDESK'].map((account) => join(store, 'jetstream', account))
  if (!before || !now) return
  await rename(before, now).catch((error: NodeJS.ErrnoException) => {
    // No old streams, or FRONTDESK's are there already.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error
  })
}

function killGroup(leader: number | undefined) {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // The group is gone.
  }
}

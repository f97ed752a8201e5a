import { stat } from 'node:fs/promises'
import type { Nats } from '../../../engine/nats/connect.ts'
import { missingStreams } from '../../../engine/nats/ensure-topology.ts'
import { isFillingUp, readRooms } from '../../../engine/nats/notifier/storage-watch.ts'
import { serverTime } from '../../../engine/nats/operations/backup.ts'
import { findLoss } from '../../../engine/nats/operations/recover.ts'
import { serverPaths } from '../../nats-server/embedded/run-server.ts'
import { passwordsPath } from '../../nats-server/roles.ts'
import { whyTooOld } from '../../nats-server/server-version.ts'
import type { Settings } from '../../settings/settings.ts'
import { stderrLogger } from '../shell/logger.ts'
import { progressReporter } from '../upkeep/progress.ts'
import type { Check, Finding } from './finding.ts'

/** Wait times and time-outs that compare two machines' clocks are wrong by the difference. */
const clockDifferenceMsMax = 5_000

/** The checks of NATS and of what it stores. */
export const serverChecks: Check[] = [
  { subject: "NATS's version", find: async (nats) => oldServer(nats) },
  { subject: 'clock', find: clock },
  { subject: 'streams', find: streams },
  { subject: "streams' ends", find: loss },
  { subject: 'storage', find: storage },
]

/** Finds files with secrets in the data folder that other users of the machine may read. */
export async function readableSecrets({ natsUrl, data }: Settings): Promise<Finding[]> {
  const folder = natsUrl === undefined ? await modeOf(data) : undefined
  // Other users reach nothing in a folder that they may not enter.
  if (folder === undefined || (folder & 0o011) === 0) return []
  const findings: Finding[] = []
  for (const path of [passwordsPath(data), serverPaths(data).store])
    if (((await modeOf(path)) ?? 0) & 0o077)
      findings.push({
        code: 'secrets_readable',
        problem: `other users of this machine may read ${path}`,
        remedy: `take their rights away: chmod -R go= ${path}; if somebody may have read it, npx frontdesk rotate passwords`,
      })
  return findings
}

/** The rights of a file or a folder; `undefined` where there is none. */
async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function oldServer({ connection }: Nats): Finding[] {
  const reason = whyTooOld(connection.info?.version ?? 'unknown')
  if (reason === undefined) return []
  return [{ code: 'server_too_old', problem: `nats-server ${reason}`, remedy: 'upgrade nats-server' }]
}

async function clock(nats: Nats): Promise<Finding[]> {
  const before = Date.now()
  const server = await serverTime(nats)
  // The server has read its clock at some time between the two.
  const difference = server < before ? server - before : Math.max(0, server - Date.now())
  if (Math.abs(difference) <= clockDifferenceMsMax) return []
  const seconds = Math.round(Math.abs(difference) / 1_000)
  return [
    {
      code: 'clock_differs',
      problem: `the clock of NATS is ${seconds} s ${difference > 0 ? 'ahead of' : 'behind'} this machine's; the limit is ${clockDifferenceMsMax / 1_000} s`,
      remedy: 'synchronize the clocks of all machines (NTP)',
    },
  ]
}

async function streams(nats: Nats): Promise<Finding[]> {
  const { missing, isNew } = await missingStreams(nats)
  if (isNew)
    return [
      {
        code: 'never_started',
        problem: 'frontdesk has never run on this NATS',
        remedy: 'run npm start, or npx frontdesk engine; check NATS_URL if it should have',
      },
    ]
  return missing.map((name) => ({
    code: 'stream_missing',
    problem: `NATS has no stream ${name}`,
    remedy:
      'start an engine, which creates it empty; if it had messages, bring a backup back (npx frontdesk restore), or run npx frontdesk recover',
  }))
}

async function loss(nats: Nats, { logLevel }: Settings): Promise<Finding[]> {
  const { behind, isUnfinished } = await findLoss(nats, Date.now(), {
    log: stderrLogger(logLevel),
    signal: new AbortController().signal,
    progress: progressReporter(),
  })
  const remedy = 'stop all engines and notifiers, and run npx frontdesk recover'
  const lost = behind.map(({ name, last, remembered }) => ({
    code: 'stream_end_lost',
    problem: `${name} has lost its end: its last sequence is ${last}, and ${remembered} is remembered`,
    remedy,
  }))
  if (!isUnfinished) return lost
  return [...lost, { code: 'recovery_unfinished', problem: 'an earlier recovery was interrupted', remedy }]
}

async function storage(nats: Nats, { natsUrl, data }: Settings): Promise<Finding[]> {
  const rooms = await readRooms(nats, natsUrl === undefined ? data : undefined)
  return rooms.filter(isFillingUp).map(({ what, usedBytes, limitBytes }) => ({
    code: 'storage_filling_up',
    problem: `${what} is ${Math.round((100 * usedBytes) / limitBytes)} % full: at its limit nothing more is stored`,
    remedy: 'make more room, raise the limit of the account, or shorten the retention of channels',
  }))
}

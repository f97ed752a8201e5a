import { resolve } from 'node:path'
import { connectNats, type Nats } from '../../../engine/nats/connect.ts'
import { hasTopology } from '../../../engine/nats/ensure-topology.ts'
import {
  finishRestore,
  partitionsOf,
  removeStreams,
  restoreArchive,
  usedStreams,
} from '../../../engine/nats/operations/backup.ts'
import { workersAlive } from '../../../engine/nats/operations/recover.ts'
import { resolveServer } from '../../nats-server/resolve/resolve-server.ts'
import { isAtLeast } from '../../nats-server/server-version.ts'
import { embeddedServerVariables } from '../../settings/nats.ts'
import { readSettings, type Settings, variablesOf } from '../../settings/settings.ts'
import { note } from '../shell/audit.ts'
import { command, UsageError } from '../shell/command.ts'
import { stderrLogger } from '../shell/logger.ts'
import { warn } from '../shell/report.ts'
import {
  type BackupContents,
  BackupRefused,
  checkArchives,
  readArchive,
  readContents,
} from './backup-folder.ts'
import { progressReporter } from './progress.ts'

export default command({
  usage: `
Usage: frontdesk restore <folder>

Brings a backup back into an empty NATS: that of the data folder, whose server it starts for the time, or that of
NATS_URL. Nothing may run on it. It checks the whole folder before it writes anything, and refuses a NATS that has
data. Sequences and times are as they were. Engines then apply the events that had no record yet, as after a crash,
and timers that came due meanwhile fire at the start.

Everything is as it was when the backup was made:

  - what came later is missing; pages that are open are told to begin anew
  - conversations that were erased since are there again: erase them again. The audit log of the lost installation
    names them, if it can still be read
  - sign-ins are as then, so those that were ended since are valid again: \`frontdesk sign-out --all\` ends all
  - an e-mail, a call of an API or a notification of the last seconds before the backup, or after it, may be sent
    again, and a dead letter be there twice

If it is interrupted, empty the NATS (another data folder, or \`nats stream rm\`) and run it again.

Options:
  -h, --help  show this help

Examples:
  FRONTDESK_DATA=/srv/frontdesk/new npx frontdesk restore /backups/frontdesk-2026-06-05
  NATS_URL=nats://frontdesk:…@127.0.0.1:4222 npx frontdesk restore /backups/frontdesk-2026-06-05
`,
  options: {},
  environment: [
    ...variablesOf.topology.filter(({ name }) => name !== 'FRONTDESK_PARTITIONS'),
    ...Object.values(embeddedServerVariables),
  ],
  async run({ positionals }) {
    const [given] = positionals
    if (given === undefined || positionals.length > 1) throw new UsageError('restore takes a folder')
    const folder = resolve(given)
    const settings = readSettings(process.env)
    const progress = progressReporter()
    const backup = await readContents(folder)
    await checkArchives(folder, backup, progress)
    const log = stderrLogger(settings.logLevel)
    const server = await resolveServer({
      dataFolder: settings.data,
      sync: settings.sync,
      report: (line) => log.info(line),
    })
    try {
      const nats = await connectNats(server.url, 'restore')
      try {
        await restoreAll(nats, folder, backup, settings, progress)
      } finally {
        await nats.close()
      }
    } finally {
      await server.stop()
    }
    return 0
  },
})

async function restoreAll(
  nats: Nats,
  folder: string,
  backup: BackupContents,
  settings: Settings,
  progress: (noun: string, count: number) => void,
) {
  const version = nats.connection.info?.version ?? ''
  if (!isAtLeast(version, backup.server))
    throw new BackupRefused(
      'server_too_old',
      `this NATS is version ${version}, and the backup is of ${backup.server}: use that or a newer one`,
    )
  await emptyTarget(nats)
  for (const [n, archive] of backup.streams.entries()) {
    progress(`of ${backup.streams.length} streams and buckets restored`, n)
    await restoreArchive(nats, archive, settings.replicas, readArchive(folder, archive))
  }
  const partitions = partitionsOf(backup.streams) ?? settings.partitions
  const { signal } = new AbortController()
  const options = { log: stderrLogger(settings.logLevel), signal, progress }
  const armed = await finishRestore(
    nats,
    backup.streams,
    { partitions, replicas: settings.replicas },
    options,
  )
  await note(nats, 'restored', { kind: 'installation', id: '*' })
  if (!backup.hasSecrets)
    warn('the backup has no secrets: make the keys of logins and set the secrets of APIs again')
  if (backup.files === 's3') warn('files of messages were in S3: set FRONTDESK_FILES as it was')
  if (partitions !== settings.partitions)
    warn(`the streams have ${partitions} partitions: set FRONTDESK_PARTITIONS=${partitions}`)
  process.stdout.write(`restored as of ${backup.began}; timers armed: ${armed}\n`)
}

/** Removes the streams of an engine that has never been used. Throws BackupRefused where the NATS has data, or workers. */
async function emptyTarget(nats: Nats): Promise<void> {
  const used = await usedStreams(nats)
  if (used.length > 0)
    throw new BackupRefused(
      'target_not_empty',
      `this NATS has data (${used.join(', ')}): name an empty data folder (FRONTDESK_DATA) or another NATS_URL`,
    )
  const alive = (await hasTopology(nats)) ? await workersAlive(nats) : []
  if (alive.length > 0)
    throw new BackupRefused(
      'target_in_use',
      `${alive.length} engines and notifiers run on this NATS (${alive.join(', ')}): stop them, or name another one`,
    )
  await removeStreams(nats)
}

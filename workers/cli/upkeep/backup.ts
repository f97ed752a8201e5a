import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Nats } from '../../../engine/nats/connect.ts'
import { hasStream, serverTime, streamsOfBackup } from '../../../engine/nats/operations/backup.ts'
import { archiveStream } from '../../../engine/nats/operations/stream-archive.ts'
import { projectFile } from '../../build/project-folder.mjs'
import { filePlaceVariables } from '../../settings/files.ts'
import { type Settings, variablesOf } from '../../settings/settings.ts'
import { note } from '../shell/audit.ts'
import { command, UsageError } from '../shell/command.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { warn } from '../shell/report.ts'
import {
  type Archive,
  makeBackupFolder,
  removeBackupFolder,
  writeArchive,
  writeContents,
} from './backup-folder.ts'
import { progressReporter } from './progress.ts'

const megabyte = 1_000_000

export default command({
  usage: `
Usage: frontdesk backup <folder> [--without-secrets]

Writes everything into a new folder while frontdesk runs: conversations, events, timers, requests, calls and e-mails
that wait, dead letters, the audit log, the configuration, revisions of bots, files of messages, and secrets. After
\`frontdesk restore\` nothing is missing that was acknowledged before the backup began.

Secrets are those of bots' calls and web hooks, the keys of customers' logins, and what signs customers' sessions and
the sign-ins of staff: whoever reads the folder can sign in. Its files are readable by their owner only. Not in it: the
passwords of NATS itself, the environment, machines of your own (FRONTDESK_MACHINES), and files of messages in S3.

A folder without backup.json, which is written last, is a backup that was cut off, and is refused by \`restore\`.

Options:
  --without-secrets  leave the secrets out: after a restore everybody signs in again, customers begin new
                     conversations, and you set keys and secrets again
  -h, --help         show this help

Examples:
  npx frontdesk backup /backups/frontdesk-today
  15 3 * * *  cd /srv/frontdesk && npx frontdesk backup /backups/frontdesk-$(date +\\%F)    # in a crontab
`,
  options: { 'without-secrets': { type: 'boolean' } },
  environment: [...variablesOf.connected, ...filePlaceVariables],
  async run({ values, positionals }) {
    const [given] = positionals
    if (given === undefined || positionals.length > 1) throw new UsageError('backup takes a folder')
    const folder = resolve(given)
    const hasSecrets = values['without-secrets'] !== true
    await withFrontdesk('backup', async (nats, settings) => {
      await makeBackupFolder(folder)
      try {
        const { streams, messages, bytes } = await backUp(nats, settings, folder, hasSecrets)
        const size = `${(bytes / megabyte).toFixed(1)} MB`
        process.stdout.write(`${folder}: ${messages} messages of ${streams} streams and buckets, ${size}\n`)
      } catch (error) {
        await removeBackupFolder(folder)
        throw error
      }
    })
    return 0
  },
})

async function backUp(nats: Nats, settings: Settings, folder: string, hasSecrets: boolean) {
  await note(nats, 'backedUp', { kind: 'installation', id: '*' })
  const began = new Date(await serverTime(nats)).toISOString()
  const files = settings.gateway.files.place ? 's3' : 'nats'
  if (files === 's3')
    warn('files of messages are in S3, and not in this backup: keep versions of that bucket')
  const progress = progressReporter()
  const streams: Archive[] = []
  const names = streamsOfBackup(hasSecrets)
  for (const [n, name] of names.entries()) {
    if (!(await hasStream(nats, name))) continue
    let bytes = 0
    const written = await writeArchive(folder, name, (write) =>
      archiveStream(nats, name, async (part) => {
        await write(part)
        bytes += part.length
        progress(`MB of ${name} written (${n + 1} of ${names.length})`, Math.floor(bytes / megabyte))
      }),
    )
    streams.push(written)
  }
  const ended = new Date(await serverTime(nats)).toISOString()
  const { version } = JSON.parse(await readFile(projectFile('package.json'), 'utf8')) as { version: string }
  const server = nats.connection.info?.version ?? 'unknown'
  await writeContents(folder, { frontdesk: version, server, began, ended, hasSecrets, files, streams })
  return {
    streams: streams.length,
    messages: streams.reduce((sum, { state }) => sum + Number(state.messages ?? 0), 0),
    bytes: streams.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

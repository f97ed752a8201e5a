import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ArchivedStream } from '../../../engine/nats/operations/stream-archive.ts'
import { parseJson } from '../../../schemas/parse-json.ts'

/** A backup cannot be made or restored; the message begins with the code and says what to do. */
export class BackupRefused extends Error {
  constructor(
    code:
      | 'folder_not_empty'
      | 'backup_missing'
      | 'backup_incomplete'
      | 'backup_damaged'
      | 'backup_format'
      | 'target_not_empty'
      | 'target_in_use'
      | 'server_too_old',
    explanation: string,
  ) {
    super(`${code}: ${explanation}`)
  }
}

/** The form of backups that this version writes and reads. */
const format = 1

const archive = z.object({
  file: z.string().regex(/^[A-Za-z0-9_]+\.tar\.s2$/),
  bytes: z.int().min(0),
  sha256: z.string(),
  /** As NATS gave them, and takes them back. */
  config: z.looseObject({ name: z.string() }),
  state: z.looseObject({ last_seq: z.int().min(0) }),
})
export type Archive = z.infer<typeof archive>

const contents = z.object({
  format: z.literal(format),
  /** The version of frontdesk that made it. */
  frontdesk: z.string(),
  /** The version of its nats-server. */
  server: z.string(),
  /** The server's time. */
  began: z.iso.datetime(),
  ended: z.iso.datetime(),
  hasSecrets: z.boolean(),
  /** `s3`: files of messages are elsewhere, and not in the backup. */
  files: z.enum(['nats', 's3']),
  streams: z.array(archive).min(1),
})
export type BackupContents = z.infer<typeof contents>

/** Written last: a folder without it is no whole backup. */
const contentsFile = 'backup.json'

/** Makes the folder, for its owner only. Throws BackupRefused where something is in it. */
export async function makeBackupFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if ((await readdir(folder)).length > 0)
    throw new BackupRefused('folder_not_empty', `${folder} has files in it: name a new folder`)
}

/** Writes one archive, readable by its owner only. `fill` is given a function that writes a part of it. */
export async function writeArchive(
  folder: string,
  stream: string,
  fill: (write: (part: Uint8Array) => Promise<void>) => Promise<ArchivedStream>,
): Promise<Archive> {
  const file = `${stream}.tar.s2`
  const hash = createHash('sha256')
  let bytes = 0
  const handle = await open(join(folder, file), 'wx', 0o600)
  try {
    const { config, state } = await fill(async (part) => {
      hash.update(part)
      bytes += part.length
      await handle.writeFile(part)
    })
    await handle.sync()
    return archive.parse({ file, bytes, sha256: hash.digest('hex'), config, state })
  } finally {
    await handle.close()
  }
}

/** Completes a backup: only now it can be restored. */
export async function writeContents(folder: string, backup: Omit<BackupContents, 'format'>): Promise<void> {
  const temporary = join(folder, `${contentsFile}.tmp`)
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify({ format, ...backup }, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, join(folder, contentsFile))
}

/** Removes what a backup that failed has written; the folder was made for it, or was empty. */
export async function removeBackupFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}

/** Reads what is in a backup. Throws BackupRefused where it cannot be restored. */
export async function readContents(folder: string): Promise<BackupContents> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new BackupRefused('backup_missing', `there is no folder ${folder}`)
  const text = await readFile(join(folder, contentsFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new BackupRefused(
      'backup_incomplete',
      `${folder} has no ${contentsFile}, which is written last: the backup was cut off. Use another one`,
    )
  })
  const json = parseJson(text) as { format?: unknown; frontdesk?: unknown } | undefined
  if (json && json.format !== format)
    throw new BackupRefused(
      'backup_format',
      `${folder} has format ${JSON.stringify(json.format)}, and this version reads ${format}: restore it with ` +
        `the version that made it, ${JSON.stringify(json.frontdesk)}, and start this one on the result`,
    )
  const read = contents.safeParse(json)
  if (!read.success)
    throw new BackupRefused(
      'backup_damaged',
      `${join(folder, contentsFile)} cannot be read. Use another backup`,
    )
  return read.data
}

/** Checks that every archive is there as it was written. Throws BackupRefused. */
export async function checkArchives(
  folder: string,
  { streams }: BackupContents,
  progress: (noun: string, count: number) => void,
): Promise<void> {
  for (const [n, { file, bytes, sha256 }] of streams.entries()) {
    const path = join(folder, file)
    const found = await stat(path).catch(() => undefined)
    if (found?.size !== bytes)
      throw new BackupRefused(
        'backup_incomplete',
        `${path} ${found ? `has ${found.size} of ${bytes} bytes` : 'is missing'}. Copy the backup again, or use another one`,
      )
    const hash = createHash('sha256')
    for await (const part of createReadStream(path)) hash.update(part as Buffer)
    if (hash.digest('hex') !== sha256)
      throw new BackupRefused(
        'backup_damaged',
        `${path} is not as it was written. Copy the backup again, or use another one`,
      )
    progress(`of ${streams.length} archives checked`, n + 1)
  }
}

/** The parts of an archive. */
export function readArchive(folder: string, { file }: Archive): AsyncIterable<Uint8Array> {
  return createReadStream(join(folder, file), { highWaterMark: 1024 * 1024 })
}

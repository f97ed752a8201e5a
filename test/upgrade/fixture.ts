import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Nats } from '../../engine/nats/connect.ts'
import { readToEnd } from '../../engine/nats/read-to-end.ts'
import { buckets, streams, subjects } from '../../engine/nats/topology.ts'
import type { ConversationRecord } from '../../schemas/conversation/record.ts'

const run = promisify(execFile)

export const fixtureFolder = fileURLToPath(new URL('fixtures/', import.meta.url))

/** The content of a fixture's `fixture.json`, beside the data folder. */
export interface FixtureContents {
  /** The version of the program that wrote it. */
  version: string
  /** The time at which it was written, in ISO 8601. */
  written: string
  /** The files of documents that the version knew. */
  documents: string[]
  /** The messages that an upgrade must not change. */
  stored: StoredDigest[]
}

/** A message that has to be there unchanged after the upgrade. */
export interface StoredDigest {
  stream: string
  seq: number
  subject: string
  /** SHA-256 of the body. */
  digest: string
}

/** An upgrade changes neither the history of conversations nor the last value of a key that people have set. */
const kept = [
  { stream: streams.conversations, isLastOfEach: false },
  { stream: streams.events, isLastOfEach: false },
  { stream: `KV_${buckets.configuration}`, isLastOfEach: true },
  { stream: `KV_${buckets.secrets}`, isLastOfEach: true },
  { stream: `KV_${buckets.apiSecrets}`, isLastOfEach: true },
]

/** Codes of sign-ins are replaced by each start. */
const isReplaced = (subject: string) => subject.startsWith(`$KV.${buckets.secrets}.sign-in.`)

export async function readStored(nats: Nats): Promise<StoredDigest[]> {
  const found: StoredDigest[] = []
  for (const { stream, isLastOfEach } of kept)
    for await (const { seq, subject, data } of readToEnd(nats, stream, { isLastOfEach }))
      if (!isReplaced(subject))
        found.push({ stream, seq, subject, digest: createHash('sha256').update(data).digest('hex') })
  return found
}

export async function recordsOf(nats: Nats, conversation: string): Promise<ConversationRecord[]> {
  const found: ConversationRecord[] = []
  const of = { subjects: [subjects.conversation(conversation)] }
  for await (const message of readToEnd(nats, streams.conversations, of)) found.push(message.json())
  return found
}

/** The state of a conversation after its records, in order. */
export function stateOf(records: readonly ConversationRecord[]): string | undefined {
  return records.findLast(({ status }) => status !== undefined)?.status?.state
}

/** Packs `<folder>/data` and what is said of it into `fixtures/<version>.tar.gz`; returns the path. */
export async function pack(folder: string, contents: FixtureContents): Promise<string> {
  await writeFile(join(folder, 'fixture.json'), `${JSON.stringify(contents, null, 1)}\n`)
  const file = join(fixtureFolder, `${contents.version}.tar.gz`)
  await run('tar', ['-czf', file, '--exclude', 'nats.log', '-C', folder, 'fixture.json', 'data'])
  return file
}

/** Unpacks a fixture into a folder: its data folder is `<folder>/data` then. */
export async function unpack(file: string, folder: string): Promise<FixtureContents> {
  await run('tar', ['-xzf', join(fixtureFolder, file), '-C', folder])
  return JSON.parse(await readFile(join(folder, 'fixture.json'), 'utf8')) as FixtureContents
}

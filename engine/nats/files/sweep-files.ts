import type { FileStore } from '../../files.ts'
import type { Nats } from '../connect.ts'
import { ConversationStore } from '../engine/conversation-store.ts'
import { type RetryOptions, retry } from '../retry.ts'

/** A file that no message has carried for this long after its upload is removed, in milliseconds. */
export const unsentFileMs = 24 * 3_600_000

/**
 * Removes the files that no message of their conversation carries, those of erased conversations too, and what is left
 * of uploads that were cut off without a word. Throws RetryAborted.
 *
 * @param sent the ids of files that a sweep before has found in a message; replaced by those of this one
 */
export async function sweepFiles(
  nats: Nats,
  files: FileStore,
  retryOptions: RetryOptions,
  sent: Set<string>,
  unsentMs = unsentFileMs,
): Promise<void> {
  const { log, signal } = retryOptions
  const conversations = new ConversationStore(nats, retryOptions)
  const before = Date.now() - unsentMs
  const known = new Set<string>()
  let count = 0
  for await (const { id, at } of files.list()) {
    if (signal.aborted) return
    if (at > before) continue
    if (!sent.has(id)) {
      const file = await retry('a file', retryOptions, () => files.find(id))
      const { record } = file ? await conversations.load(file.conversation, true) : {}
      if (!record?.state.files?.includes(id)) {
        await retry('the removal of a file', retryOptions, () => files.remove(id))
        count++
        continue
      }
    }
    known.add(id)
  }
  sent.clear()
  for (const id of known) sent.add(id)
  await retry('uploads that were cut off', retryOptions, () => files.removeCut(before))
  if (count > 0) log.info({ files: count }, 'removed files that no message carries')
}

/** Removes files of an erased conversation. Its records may name others', which stay. */
export async function removeFiles(
  files: FileStore,
  conversation: string,
  ids: readonly string[],
  retryOptions: RetryOptions,
): Promise<void> {
  for (const id of ids)
    await retry('the removal of a file', retryOptions, async () => {
      const file = await files.find(id)
      if (file?.conversation === conversation) await files.remove(id)
    })
}

import { rename } from 'node:fs/promises'
import { join } from 'node:path'

/** A store of before there were accounts has its streams in the server's default one: they become FRONTDESK's. */
export async function keepStreams(store: string): Promise<void> {
  const [before, now] = ['$G', 'FRONTDESK'].map((account) => join(store, 'jetstream', account))
  if (!before || !now) return
  await rename(before, now).catch((error: NodeJS.ErrnoException) => {
    // There is none, or the accounts have been there since.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error
  })
}

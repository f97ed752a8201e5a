import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A `nats-server` that says it is of that version and can do nothing else. */
export async function fakeBinary(folder: string, version: string): Promise<string> {
  const path = join(folder, 'nats-server')
  await writeFile(path, `#!/bin/sh\necho "nats-server: v${version}"\n`, { mode: 0o755 })
  return path
}

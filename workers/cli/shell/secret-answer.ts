import { type FileHandle, open, rm } from 'node:fs/promises'
import { UsageError } from './command.ts'

/**
 * Lets a command answer with a secret: on standard output, which asks for nothing more; or in a new file that only its
 * owner can read, made before the secret is, whose path is printed. Throws UsageError where the file cannot be made.
 */
export async function answerSecret(
  path: string | undefined,
  makeSecret: () => Promise<string>,
): Promise<void> {
  if (path === undefined) {
    process.stdout.write(await makeSecret())
    return
  }
  const file = await create(path)
  try {
    await file.writeFile(await makeSecret())
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
  process.stdout.write(`${path}\n`)
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(
      code === 'EEXIST' ? `--file: ${path} exists: name a new file` : `--file: ${message}`,
      { cause: error },
    )
  }
}

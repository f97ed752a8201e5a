import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, type ProcessIdentity, thisProcess } from './look-at-process.ts'

/** The user of a data folder: the process that started its server, and the server once it is known. */
export interface Claim {
  owner: ProcessIdentity
  /** The pid of the server's supervisor, which leads its process group. */
  supervisor?: number
  server?: { pid: number; port: number }
  /** Instead of a supervised server. */
  container?: { id: string; port: number }
  released?: true
}

export interface FolderLock {
  update(claim: Partial<Claim>): Promise<void>
  release(): Promise<void>
  /** Releases it, and leaves the last owner's server for the next owner to end. */
  abandon(): Promise<void>
}

/**
 * Acquires the lock of a data folder, or returns the claim of the living process that holds it.
 *
 * A lock is a numbered file; the highest number counts. Creating the next number takes it over, which only one of
 * several processes can do. Removing a dead owner's file instead would let a slow process remove the file that a
 * faster one has just put in its place, so the highest is never removed, only marked as released.
 */
export async function lockFolder(
  dataFolder: string,
  name = 'nats.lock',
): Promise<{ lock: FolderLock; left?: Claim } | { heldBy: Claim }> {
  const folder = join(dataFolder, name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const owner = await thisProcess()
  for (;;) {
    const last = await highest(folder)
    const left = last === 0 ? undefined : await readClaim(folder, last)
    if (left && !left.released && (await isAlive(left.owner))) return { heldBy: left }

    const mine = last + 1
    if (!(await create(folder, mine, { owner }))) continue
    // Another process may have created a higher number, and removed the lower ones, since `highest` was read.
    if ((await highest(folder)) !== mine) {
      await rm(path(folder, mine), { force: true })
      continue
    }
    for (const old of await numbers(folder)) if (old < mine) await rm(path(folder, old), { force: true })
    const lock = hold(folder, mine, { owner }, left)
    return left && !left.released ? { lock, left } : { lock }
  }
}

/** The claim of the living process that holds a data folder; acquires nothing. */
export async function holderOf(dataFolder: string): Promise<Claim | undefined> {
  const folder = join(dataFolder, 'nats.lock')
  const last = await highest(folder).catch(() => 0)
  const claim = last === 0 ? undefined : await readClaim(folder, last)
  return claim && !claim.released && (await isAlive(claim.owner)) ? claim : undefined
}

function hold(folder: string, number: number, first: Claim, left: Claim | undefined): FolderLock {
  let claim = first
  const update = async (change: Partial<Claim>) => {
    claim = { ...claim, ...change }
    const written = await temporary(folder, claim)
    await rename(written, path(folder, number))
  }
  const release = () => update({ released: true })
  return { update, release, abandon: () => (left ? update(left) : release()) }
}

/** A link appears with its content or not at all, and fails where the name exists. */
async function create(folder: string, number: number, claim: Claim): Promise<boolean> {
  const written = await temporary(folder, claim)
  try {
    await link(written, path(folder, number))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(written, { force: true })
  }
}

let temporaries = 0

async function temporary(folder: string, claim: Claim): Promise<string> {
  const name = join(folder, `new-${process.pid}-${temporaries++}`)
  await writeFile(name, `${JSON.stringify(claim)}\n`, { mode: 0o600 })
  return name
}

async function readClaim(folder: string, number: number): Promise<Claim | undefined> {
  try {
    return JSON.parse(await readFile(path(folder, number), 'utf8')) as Claim
  } catch (error) {
    // Another process has taken the lock over.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function highest(folder: string): Promise<number> {
  return Math.max(0, ...(await numbers(folder)))
}

async function numbers(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.filter((name) => /^\d+\.json$/.test(name)).map((name) => Number.parseInt(name, 10))
}

const path = (folder: string, number: number) => join(folder, `${number}.json`)

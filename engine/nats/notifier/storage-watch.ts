import { statfs } from 'node:fs/promises'
import type { Logger } from 'pino'
import type { Nats } from '../connect.ts'

/** Storage that may fill up. */
export interface Room {
  /** Stable, for metrics. */
  room: 'account' | 'disk' | 'nats_disk'
  /** For the log. */
  what: string
  usedBytes: number
  limitBytes: number
}

const warnFrom = 0.8

/** Whether storage has come so close to its limit that operators are warned. */
export function isFillingUp({ usedBytes, limitBytes }: Room): boolean {
  return usedBytes >= warnFrom * limitBytes
}

const repeatMs = 24 * 3_600_000
/** The share of the free disk that a nats-server without a `max_file_store` takes as its limit. */
const serversShare = 0.75

/** Warns of storage that fills up: once it is full, nothing is stored. */
export class StorageWatch {
  readonly #log: Logger
  readonly #warnedAt = new Map<string, number>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Warns of each room from 80 % on, once a day. */
  check(rooms: readonly Room[], now = Date.now()): void {
    for (const { what, usedBytes, limitBytes } of rooms.filter(isFillingUp)) {
      if (now - (this.#warnedAt.get(what) ?? Number.NEGATIVE_INFINITY) < repeatMs) continue
      this.#warnedAt.set(what, now)
      const percent = Math.round((100 * usedBytes) / limitBytes)
      this.#log.warn(
        { usedBytes, limitBytes, percent },
        `${what} is filling up: at its limit nothing more is stored`,
      )
    }
  }
}

/**
 * The storage limits of the account, where it has any, and of the embedded server's disk. Throws transient errors.
 *
 * @param folder on the disk of the embedded server; absent: the server's disk is not known
 */
export async function readRooms({ jsm }: Pick<Nats, 'jsm'>, folder: string | undefined): Promise<Room[]> {
  const account = await jsm.getAccountInfo()
  const accounts = [account, ...Object.values(account.tiers ?? {})].filter((tier) => tier !== undefined)
  const rooms: Room[] = accounts.map(({ storage, limits }) => ({
    room: 'account' as const,
    what: 'the JetStream account',
    usedBytes: storage,
    limitBytes: limits.max_storage,
  }))
  if (folder !== undefined) {
    const { bsize, blocks, bfree, bavail } = await statfs(folder)
    const [usedBytes, freeBytes] = [(blocks - bfree) * bsize, bavail * bsize]
    const limitBytes = Math.floor(serversShare * (account.storage + freeBytes))
    rooms.push(
      { room: 'disk', what: 'the disk', usedBytes, limitBytes: usedBytes + freeBytes },
      {
        room: 'nats_disk',
        what: 'the part of the disk that NATS uses',
        usedBytes: account.storage,
        limitBytes,
      },
    )
  }
  // No limit is -1, and 0 where each tier has its own.
  return rooms.filter(({ limitBytes }) => limitBytes > 0)
}

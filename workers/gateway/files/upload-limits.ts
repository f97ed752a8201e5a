import type { FileSettings } from '../../settings/files.ts'
import { isLoopback } from '../http/address.ts'
import { Pace } from '../http/pace.ts'

const daySeconds = 86_400
const sweepMs = 60_000

interface Counted {
  running: number
  paces: Pace[]
}

/** An upload that counts until `end`. */
export interface CountedUpload {
  /** Settles once so many bytes have their turn; `false`: the day's bytes are used up. */
  turn(bytes: number, gone: AbortSignal): Promise<boolean>
  end(): void
}

/** Limits uploads at once, and their bytes: of an address in a second and a day, of a side of a conversation in a day. */
export class UploadLimits {
  readonly #settings: FileSettings
  readonly #addresses = new Map<string, Counted>()
  readonly #conversations = new Map<string, Counted>()
  readonly #sweeper: NodeJS.Timeout
  #running = 0

  constructor(settings: FileSettings) {
    this.#settings = settings
    this.#sweeper = setInterval(() => {
      for (const counts of [this.#addresses, this.#conversations])
        for (const [key, { running, paces }] of counts)
          if (running === 0 && paces.every(({ isIdle }) => isIdle)) counts.delete(key)
    }, sweepMs)
    this.#sweeper.unref()
  }

  /** Counts an upload; `null`: too many are running, of the address or in all. */
  begin(addressKey: string, conversation: string): CountedUpload | null {
    const { uploadsMax, uploadsPerAddressMax, bytesPerSecondPerAddressMax } = this.#settings
    const { bytesPerDayPerAddressMax, bytesPerDayPerConversationMax } = this.#settings
    const address = counted(this.#addresses, addressKey, () => [
      new Pace(bytesPerSecondPerAddressMax),
      // As for conversations: this machine's address may be many customers'.
      new Pace(
        isLoopback(addressKey) ? Number.MAX_SAFE_INTEGER : bytesPerDayPerAddressMax / daySeconds,
        daySeconds,
      ),
    ])
    if (this.#running >= uploadsMax || address.running >= uploadsPerAddressMax) return null
    const side = counted(this.#conversations, conversation, () => [
      new Pace(bytesPerDayPerConversationMax / daySeconds, daySeconds),
    ])
    this.#running++
    address.running++
    side.running++
    const [second, day] = address.paces as [Pace, Pace]
    const [sideDay] = side.paces as [Pace]
    return {
      turn: async (bytes, gone) => {
        if (!day.isFree || !sideDay.isFree) return false
        day.charge(bytes)
        sideDay.charge(bytes)
        await second.turn(gone, bytes)
        return true
      },
      end: () => {
        this.#running--
        address.running--
        side.running--
      },
    }
  }

  stop(): void {
    clearInterval(this.#sweeper)
  }
}

function counted(counts: Map<string, Counted>, key: string, paces: () => Pace[]): Counted {
  const found = counts.get(key) ?? { running: 0, paces: paces() }
  counts.set(key, found)
  return found
}

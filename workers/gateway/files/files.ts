import { randomBytes } from 'node:crypto'
import type { FileStore, StoredFile } from '../../../engine/files.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { NatsFiles } from '../../../engine/nats/files/nats-files.ts'
import { unsentFileMs } from '../../../engine/nats/files/sweep-files.ts'
import type { Attachment } from '../../../schemas/conversation/attachment.ts'
import type { AcceptedFiles } from '../../../schemas/protocol/widget.ts'
import { S3Files } from '../../files/s3-files.ts'
import type { FileSettings } from '../../settings/files.ts'

const hourMs = 3_600_000
/** Time in base 36, which has nine digits until the year 5188. */
const timeDigits = 9

/** The files of messages: where they are stored, and who may attach which. */
export class Files {
  readonly settings: FileSettings
  readonly #widget: RoleConnection
  #store: Promise<FileStore> | undefined

  constructor(settings: FileSettings, widget: RoleConnection) {
    this.settings = settings
    this.#widget = widget
  }

  /** Opened by the first file: a gateway without any asks nothing. */
  store(): Promise<FileStore> {
    const { place } = this.settings
    this.#store ??= place ? Promise.resolve(new S3Files(place)) : NatsFiles.openAsRole(this.#widget)
    this.#store.catch(() => {
      this.#store = undefined
    })
    return this.#store
  }

  /** The files that a side may upload; `undefined`: none. */
  acceptedOf(side: StoredFile['side']): AcceptedFiles | undefined {
    const { bytesMax, types, ofCustomers } = this.settings
    if (types.length === 0 || (side === 'customer' && !ofCustomers)) return undefined
    return { bytesMax, types }
  }

  /** The files of a message by their ids; `null`: one was not uploaded by this side of this conversation lately. */
  async attached(
    conversation: string,
    side: StoredFile['side'],
    sent: readonly { id: string }[],
  ): Promise<Attachment[] | null> {
    const store = await this.store()
    // One that the sweep is about to remove is refused before.
    const since = Date.now() - unsentFileMs + hourMs
    const attachments: Attachment[] = []
    for (const { id } of sent) {
      const file = uploadedAt(id) >= since ? await store.find(id) : null
      if (file?.conversation !== conversation || file.side !== side) return null
      const { name, type, size } = file
      attachments.push({ id, name, type, size })
    }
    return attachments
  }
}

/** An id that nobody guesses; ids are in the order of time. */
export function newFileId(): string {
  return `${Date.now().toString(36).padStart(timeDigits, '0')}${randomBytes(16).toString('base64url')}`
}

function uploadedAt(id: string): number {
  return Number.parseInt(id.slice(0, timeDigits), 36)
}

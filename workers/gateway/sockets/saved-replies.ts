import type { Logger } from 'pino'
import { readDocument } from '../../../engine/core/read-document.ts'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { textIn } from '../../../schemas/configuration/localized.ts'
import type { Reply } from '../../../schemas/configuration/reply.ts'
import { type SavedReply, savedRepliesMax } from '../../../schemas/protocol/desk.ts'

/** `config apply` of a folder writes one document after the other: desks are told once. */
const settleMs = 100

type Told = (replies: SavedReply[]) => void

/** The saved replies of each workspace, watched once for all desks from the first one on. */
export class SavedReplies {
  readonly #bucket: Bucket
  readonly #log: Logger
  readonly #replies = new Map<string, Reply>()
  readonly #desks = new Map<Told, string>()
  #watch: Promise<() => void> | undefined
  #isListed = false
  /** Whether there ever was a reply: desks of those who have none are told nothing. */
  #hasAny = false
  #timer: NodeJS.Timeout | undefined

  /** @param role may read the configuration */
  constructor(role: RoleConnection, log: Logger) {
    this.#bucket = new Bucket(role, 'configuration')
    this.#log = log
  }

  /** Tells the replies of a workspace, if there are any, and all of them again after each change, until `leave`. */
  join(workspace: string, told: Told): () => void {
    this.#desks.set(told, workspace)
    if (!this.#watch) {
      this.#watch = this.#begin()
      // The connection was closed meanwhile: each desk knows.
      this.#watch.catch(() => {})
    }
    if (this.#isListed && this.#replies.size > 0) told(this.#of(workspace))
    return () => this.#desks.delete(told)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#watch?.then(
      (end) => end(),
      () => {},
    )
  }

  #begin(): Promise<() => void> {
    return this.#bucket.watch('reply.*', {
      listing: () => {
        this.#isListed = false
        this.#replies.clear()
      },
      changed: ({ key, value }) => {
        const read = value === null ? undefined : readDocument('reply', value)
        if (read && !read.ok)
          this.#log.error({ key, problem: read.error.message }, 'passing over a configuration')
        if (read?.ok && read.value.kind === 'reply') {
          this.#replies.set(key, read.value.document)
          this.#hasAny = true
        } else this.#replies.delete(key)
        if (this.#isListed) this.#tellLater()
      },
      listed: () => {
        this.#isListed = true
        this.#tellLater()
      },
      failed: (error) => this.#log.warn({ error: (error as Error).message }, 'saved replies cannot be read'),
    })
  }

  #tellLater(): void {
    if (!this.#hasAny) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      for (const [told, workspace] of this.#desks) told(this.#of(workspace))
    }, settleMs)
  }

  #of(workspace: string): SavedReply[] {
    return savedRepliesOf([...this.#replies.values()], workspace)
  }
}

/** The replies of a workspace's agents, by title. */
export function savedRepliesOf(replies: readonly Reply[], workspace: string): SavedReply[] {
  return replies
    .filter((reply) => (reply.workspace ?? workspace) === workspace)
    .sort((a, b) => a.title.localeCompare(b.title))
    .slice(0, savedRepliesMax)
    .map(({ workspace: _, text, ...reply }) => ({
      ...reply,
      text: textIn(text),
      ...(typeof text !== 'string' && { texts: text }),
    }))
}

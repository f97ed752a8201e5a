import { type JetStreamClient, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { type ObjectStore, Objm } from '@nats-io/obj'
import { z } from 'zod'
import { parseJson } from '../../../schemas/parse-json.ts'
import type { FileStore, StoredFile } from '../../files.ts'
import type { RoleConnection } from '../connect.ts'
import { NoAnswer, NoResponders } from '../errors.ts'
import { readToEnd } from '../read-to-end.ts'
import { overwriteSubject } from '../remove-messages.ts'
import { fileBucket as bucket, filesApi, fileStream as stream } from '../topology.ts'

const chunks = (nuid: string) => `$O.${bucket}.C.${nuid}`
/** The object store writes names in base64url, with padding. */
const entry = (id: string) =>
  `$O.${bucket}.M.${Buffer.from(id).toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`

/** JetStream's code for an account without it. */
const notEnabled = 10039

const metadata = z.object({
  conversation: z.string(),
  side: z.enum(['customer', 'agent']),
  name: z.string(),
  type: z.string(),
})
const known = z.object({ name: z.string(), nuid: z.string(), size: z.number() })

/** Files in an object store of NATS. A gateway's role may use it, but for `list` and `removeCut`. */
export class NatsFiles implements FileStore {
  readonly #js: JetStreamClient
  readonly #jsm: JetStreamManager
  readonly #objects: ObjectStore

  private constructor(js: JetStreamClient, jsm: JetStreamManager, objects: ObjectStore) {
    this.#js = js
    this.#jsm = jsm
    this.#objects = objects
  }

  /** As an engine or a notifier. Asks NATS nothing yet. */
  static async open(
    { connection }: Pick<RoleConnection, 'connection'>,
    apiPrefix?: string,
  ): Promise<NatsFiles> {
    const jsm = await jetstreamManager(connection, { checkAPI: false, ...(apiPrefix && { apiPrefix }) })
    const js = jsm.jetstream()
    return new NatsFiles(js, jsm, await new Objm(js).open(bucket, false))
  }

  /** As a gateway, whose role may have no JetStream of its own. */
  static async openAsRole(role: RoleConnection): Promise<NatsFiles> {
    const answers = async (api: string) => {
      const question = JSON.stringify({ last_by_subj: entry('none') })
      const { error } = (await role.publisher.request(`${api}.STREAM.MSG.GET.${stream}`, question)).json<{
        error?: { err_code: number }
      }>()
      if (error?.err_code === notEnabled) throw new NoResponders('JetStream does not answer this role')
    }
    // A server without accounts has no such subject.
    const hasAccounts = await answers(filesApi).then(
      () => true,
      (error) => {
        if (error instanceof NoResponders) return false
        throw error
      },
    )
    if (!hasAccounts) await answers('$JS.API')
    return NatsFiles.open(role, hasAccounts ? filesApi : undefined)
  }

  async put(
    { id, conversation, side, name, type }: Omit<StoredFile, 'size'>,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<number> {
    const stored = { conversation, side, name, type }
    const { size } = await this.#objects.put({ name: id, metadata: stored }, streamOf(bytes))
    return size
  }

  async find(id: string): Promise<StoredFile | null> {
    const info = await this.#objects.info(id)
    const read = metadata.safeParse(info?.metadata)
    if (!info || info.deleted || !read.success) return null
    return { id, ...read.data, size: info.size }
  }

  async *read(id: string): AsyncGenerator<Uint8Array> {
    const info = await this.#objects.info(id)
    if (!info || info.deleted) throw new NoAnswer('the file is not there any more')
    // One chunk a question: a reader that is slow keeps no consumer, and no more than one chunk in memory.
    for (let left = info.size, seq = 1; left > 0; ) {
      const query = { seq, next_by_subj: chunks(info.nuid) }
      const message = await this.#jsm.streams.getMessage(stream, query)
      if (!message) throw new NoAnswer('the file was removed while it was read')
      yield message.data
      seq = message.seq + 1
      left -= message.data.length
    }
  }

  async remove(id: string): Promise<void> {
    const info = await this.#objects.info(id)
    if (info) await overwriteSubject({ jsm: this.#jsm }, stream, chunks(info.nuid))
    // Last: it names the chunks.
    await overwriteSubject({ jsm: this.#jsm }, stream, entry(id))
  }

  async *list(): AsyncGenerator<{ id: string; at: number }> {
    for await (const { at, name } of this.#entries()) yield { id: name, at }
  }

  async removeCut(before: number): Promise<void> {
    const { subjects = {} } = (await this.#jsm.streams.info(stream, { subjects_filter: `$O.${bucket}.C.>` }))
      .state
    if (Object.keys(subjects).length === 0) return
    const whole = new Set<string>()
    for await (const { nuid } of this.#entries()) whole.add(chunks(nuid))
    for (const subject of Object.keys(subjects)) {
      if (whole.has(subject)) continue
      const last = await this.#jsm.streams.getMessage(stream, { last_by_subj: subject })
      if (last && last.time.getTime() < before) await overwriteSubject({ jsm: this.#jsm }, stream, subject)
    }
  }

  async *#entries() {
    const options = { subjects: [`$O.${bucket}.M.>`], isLastOfEach: true }
    for await (const message of readToEnd({ js: this.#js }, stream, options)) {
      const { data } = known.safeParse(parseJson(message.data))
      if (data) yield { ...data, at: message.time.getTime() }
    }
  }
}

/** Pulls the next part once the one before was stored. */
function streamOf(bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const parts = bytes[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await parts.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await parts.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

import type { FastifyPluginAsync } from 'fastify'
import type { Logger } from 'pino'
import { readDocument } from '../../../engine/core/read-document.ts'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import type { Channel } from '../../../schemas/configuration/channel.ts'

/** The refused origins that the log has named: anybody can invent any number of them. */
const loggedOriginsMax = 100
/** How long browsers keep a look, in seconds: a change is seen after that. */
const lookSeconds = 60

/** The channels' rules for the pages that they are on: whose pages may use them, and how the widget looks there. */
export class ChannelPages {
  readonly #log: Logger
  /** Only channels that have a look or origins. */
  readonly #channels = new Map<string, Pick<Channel, 'look' | 'origins'>>()
  readonly #loggedOrigins = new Set<string>()
  #stop = () => {}

  private constructor(log: Logger) {
    this.#log = log
  }

  /** Settles once all channels are known. */
  static async open(administration: RoleConnection, log: Logger): Promise<ChannelPages> {
    const pages = new ChannelPages(log)
    pages.#stop = await new Bucket(administration, 'configuration').watch('channel.*', {
      listing: () => pages.#channels.clear(),
      changed: ({ key, value }) => pages.#changed(key.slice('channel.'.length), value),
    })
    return pages
  }

  /** Whether some channel lets pages of the origin in. */
  mayUseAny(origin: string): boolean {
    return [...this.#channels.keys()].some((channel) => this.mayUse(origin, channel))
  }

  mayUse(origin: string, channel: string): boolean {
    return this.#channels.get(channel)?.origins?.includes(origin) === true
  }

  /**
   * Returns why pages of the origin are refused. Logs it once for each origin: most first embeddings fail here, and a
   * browser does not tell the page why.
   *
   * @param channel absent: no channel lets them in
   */
  refuse(origin: string, channel?: string): string {
    const what = channel === undefined ? 'connect' : `use the channel ${channel}`
    const message = `pages of ${origin} may not ${what}: add it to the channel’s origins, or to the gateway’s FRONTDESK_ORIGINS`
    const logged = `${origin} ${channel ?? ''}`
    if (!this.#loggedOrigins.has(logged) && this.#loggedOrigins.size < loggedOriginsMax) {
      this.#loggedOrigins.add(logged)
      this.#log.warn({ origin, ...(channel !== undefined && { channel }) }, message)
    }
    return message
  }

  /** `GET /v1/widget/look`, for any page: the launcher is there before a connection is. */
  readonly routes: FastifyPluginAsync = async (fastify) => {
    fastify.get<{ Querystring: { channel?: string } }>('/v1/widget/look', async (request, reply) => {
      reply.headers({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'cache-control': `public, max-age=${lookSeconds}`,
      })
      return this.#channels.get(`${request.query.channel}`)?.look ?? {}
    })
  }

  stop(): void {
    this.#stop()
  }

  #changed(channel: string, value: string | null): void {
    const read = value === null ? undefined : readDocument('channel', value)
    const { look, origins } = read?.ok ? (read.value.document as Channel) : {}
    if (look || origins) this.#channels.set(channel, { ...(look && { look }), ...(origins && { origins }) })
    else this.#channels.delete(channel)
  }
}

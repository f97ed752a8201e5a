import type { Logger } from 'pino'
import { type Bot, isFlow } from '../../../schemas/configuration/bot.ts'
import type { Channel } from '../../../schemas/configuration/channel.ts'
import type { Configuration, ConfiguredBot } from '../../core/configuration.ts'
import { ConfiguredHours } from '../../core/hours/configured-hours.ts'
import { readDocument } from '../../core/read-document.ts'
import { type Definition, machineIdOf } from '../../machines/definitions.ts'
import type { Bucket, BucketEntry } from '../bucket.ts'

/** The configuration, kept up to date. */
export interface ConfigurationWatch {
  now(): Configuration
  stop(): void
}

export interface ConfigurationWatchOptions {
  strictChannels: boolean
  promisesMail?: boolean | undefined
  log: Logger
  /** The machine of a bot; `undefined` where there is none. */
  botDefinition(bot: Bot): Definition | undefined | Promise<Definition | undefined>
}

/** Settles once all values that the bucket has now are known: before that nothing may be decided. */
export async function watchConfiguration(
  bucket: Bucket,
  { strictChannels, promisesMail = false, log, botDefinition }: ConfigurationWatchOptions,
): Promise<ConfigurationWatch> {
  const channels = new Map<string, Channel>()
  const schedules = new ConfiguredHours()
  const bots = new Map<string, ConfiguredBot>()
  const configuration: Configuration = {
    channels,
    schedules: schedules.all,
    bots,
    strictChannels,
    promisesMail,
  }
  const byKind = new Map<string, Map<string, unknown>>([
    ['channel', channels],
    ['bot', bots],
  ])
  // Without its machine a bot leaves its channels with their response; nothing else waits for it.
  const definitionOf = async (bot: Bot): Promise<Definition | undefined> => {
    try {
      const definition = await botDefinition(bot)
      if (!definition)
        log.error(
          { bot: bot.id, machine: isFlow(bot) ? undefined : machineIdOf(bot) },
          'passing over a bot whose machine is not in the folder of FRONTDESK_MACHINES',
        )
      return definition
    } catch (error) {
      log.error({ bot: bot.id, err: error }, 'passing over a bot')
      return undefined
    }
  }
  const readEntry = async ({ key, value }: BucketEntry) => {
    const [kind = '', id = ''] = key.split('.')
    if (value === null) {
      byKind.get(kind)?.delete(id)
      schedules.delete(kind, id)
      return
    }
    const read = readDocument(kind, value)
    if (!read.ok) {
      log.error({ key, problem: read.error.message }, 'passing over a configuration')
      if (kind === 'bot') bots.delete(id)
    } else if (read.value.kind === 'channel') channels.set(id, read.value.document)
    else if (read.value.kind === 'bot') {
      const { document } = read.value
      const definition = await definitionOf(document)
      if (definition) bots.set(id, { document, definition })
      else bots.delete(id)
    } else schedules.put(read.value)
  }
  const apply = async (entry: BucketEntry, level: 'debug' | 'info') => {
    await readEntry(entry)
    const { key, revision, value } = entry
    log[level]({ key, revision, ...(value === null && { deleted: true }) }, 'configuration in force')
  }
  // The bucket keeps earlier values: while it is listed, only the last of each key counts.
  let listed: Map<string, BucketEntry> | undefined
  const stop = await bucket.watch('*.*', {
    listing: () => {
      listed = new Map()
    },
    changed: (entry) => {
      // Only a change is news: by whom is in the log of the gateway, if it came by one.
      if (!listed) return apply(entry, 'info')
      listed.set(entry.key, entry)
    },
    listed: async () => {
      const entries = listed?.values() ?? []
      listed = undefined
      for (const entry of entries) await apply(entry, 'debug')
    },
  })
  return { now: () => configuration, stop }
}

import type { KV } from '@nats-io/kv'
import type { Logger } from 'pino'
import type { Bot } from '../../../schemas/configuration/bot.ts'
import type { Channel } from '../../../schemas/configuration/channel.ts'
import type { Configuration, ConfiguredBot, ScheduleHours } from '../../core/configuration.ts'
import { openingHours } from '../../core/opening-hours.ts'
import { readDocument } from '../../core/read-document.ts'
import type { Definition } from '../../machines/definitions.ts'

/** What is configured, kept up to date. */
export interface ConfigurationWatch {
  now(): Configuration
  stop(): void
}

export interface Watching {
  strictChannels: boolean
  log: Logger
  /** The machine of a bot; nothing where there is none. */
  botDefinition(bot: Bot): Definition | undefined | Promise<Definition | undefined>
}

/** Settles once all values that the bucket has now are known: before that nothing may be decided. */
export async function watchConfiguration(
  bucket: KV,
  { strictChannels, log, botDefinition }: Watching,
): Promise<ConfigurationWatch> {
  const channels = new Map<string, Channel>()
  const schedules = new Map<string, ScheduleHours>()
  const bots = new Map<string, ConfiguredBot>()
  const configuration: Configuration = { channels, schedules, bots, strictChannels }
  let known = () => {}
  const allKnown = new Promise<void>((resolve) => {
    known = resolve
  })
  // A bot that cannot be had leaves its channels with their response; nothing else waits for it.
  const definitionOf = async (bot: Bot): Promise<Definition | undefined> => {
    try {
      const definition = await botDefinition(bot)
      if (!definition)
        log.error(
          { bot: bot.id, machine: 'machine' in bot ? bot.machine : undefined },
          'passing over a bot whose machine is not in the folder of FRONTDESK_MACHINES',
        )
      return definition
    } catch (error) {
      log.error({ bot: bot.id, err: error }, 'passing over a bot')
      return undefined
    }
  }
  const entries = await bucket.watch()
  if ((await bucket.status()).values === 0) known()
  const watching = (async () => {
    for await (const entry of entries) {
      const [kind = '', id = ''] = entry.key.split('.')
      if (entry.operation !== 'PUT') {
        if (kind === 'channel') channels.delete(id)
        if (kind === 'schedule') schedules.delete(id)
        if (kind === 'bot') bots.delete(id)
      } else {
        const read = readDocument(kind, entry.string())
        if (!read.ok) {
          log.error({ key: entry.key, problem: read.error.message }, 'passing over a configuration')
          if (kind === 'bot') bots.delete(id)
        } else if (read.value.kind === 'channel') channels.set(id, read.value.document)
        else if (read.value.kind === 'schedule') {
          const { document } = read.value
          schedules.set(id, { timeZone: document.timeZone, hours: openingHours(document) })
        } else {
          const { document } = read.value
          const definition = await definitionOf(document)
          if (definition) bots.set(id, { document, definition })
          else bots.delete(id)
        }
      }
      if (entry.delta === 0) known()
    }
  })()
  await Promise.race([allKnown, watching])
  return { now: () => configuration, stop: () => entries.stop() }
}

import type { KV } from '@nats-io/kv'
import { z } from 'zod'
import { bot as botSchema } from '../../schemas/bot.ts'
import type { BotFlow } from '../../schemas/bot-flow.ts'
import { OperatorNeeded } from '../errors.ts'
import { botDefinition, botNamed, revisionOf } from '../machines/bot-definition.ts'
import { definitionHash } from '../machines/definition-hash.ts'
import type { Definition, Registry } from '../machines/definitions.ts'
import type { Machines } from '../ports.ts'
import { isConflict } from './errors.ts'
import { type Patience, persist } from './persist.ts'

const stored = z.object({ bot: botSchema, version: z.int(), definition: z.string() })

/**
 * Every revision of a bot that conversations may have begun with, for good: a bucket with `<id>.<revision>`. It is
 * stored before the first of them begins.
 */
export class BotRevisions implements Machines {
  readonly #bucket: KV
  readonly #registry: Registry
  readonly #patience: Patience

  constructor(bucket: KV, registry: Registry, patience: Patience) {
    this.#bucket = bucket
    this.#registry = registry
    this.#patience = patience
  }

  /** Has a bot's machine at hand, and its revision stored. */
  async keep(bot: BotFlow): Promise<Definition> {
    const definition = botDefinition(bot)
    const known = this.#registry.latest(definition.id)
    if (known) return known
    const { machine, version } = definition
    const value = JSON.stringify({ bot, version, definition: definitionHash(machine) })
    await persist('storing a bot', this.#patience, async () => {
      try {
        await this.#bucket.create(`${bot.id}.${revisionOf(bot)}`, value)
      } catch (error) {
        // Another engine has, or this one an earlier time.
        if (!isConflict(error)) throw error
      }
    })
    this.#registry.add(definition)
    return definition
  }

  async load(name: string): Promise<void> {
    const named = botNamed(name)
    if (!named) return
    const key = `${named.id}.${named.revision}`
    const entry = await persist('loading a bot', this.#patience, () => this.#bucket.get(key))
    if (entry?.operation !== 'PUT') return
    const { bot, version, definition: before } = stored.parse(entry.json())
    const definition = botDefinition(bot as BotFlow)
    if (version === definition.version && before !== definitionHash(definition.machine))
      throw new OperatorNeeded(
        `the bot ${key} was compiled to another machine before, by the same version ${version} of the compiler: ` +
          'run the version of frontdesk that its conversations began with, or one that migrates them',
      )
    this.#registry.add(definition)
  }
}

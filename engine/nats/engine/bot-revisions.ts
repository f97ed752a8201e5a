import { z } from 'zod'
import { type BotFlow, botFlow } from '../../../schemas/configuration/bot-flow.ts'
import { Conflict, OperatorNeeded } from '../../errors.ts'
import { botDefinition, botNamed } from '../../machines/bots/definition.ts'
import { definitionHash } from '../../machines/definition-hash.ts'
import type { Definition, Registry } from '../../machines/definitions.ts'
import type { Machines } from '../../ports.ts'
import { Bucket } from '../bucket.ts'
import type { RoleConnection } from '../connect.ts'
import { type RetryOptions, retry } from '../retry.ts'

// Plain schema, no author checks: a stored revision passed the checks of its day.
const stored = z.object({ bot: botFlow, version: z.int(), definition: z.string() })

/**
 * Every revision of a bot that a conversation may have begun with, in a bucket under `<id>.<revision>`, for ever. A
 * revision is stored before the first conversation begins with it.
 */
export class BotRevisions implements Machines {
  readonly load: Machines['load']
  readonly #bucket: Bucket
  readonly #registry: Registry
  readonly #retryOptions: RetryOptions

  constructor(role: RoleConnection, registry: Registry, retryOptions: RetryOptions) {
    this.#bucket = new Bucket(role, 'bots')
    this.#registry = registry
    this.#retryOptions = retryOptions
    const { load } = machinesFrom(registry, async (key) => {
      const entry = await retry('loading a bot', retryOptions, () => this.#bucket.get(key))
      return entry?.value
    })
    this.load = load
  }

  /** Stores a bot's revision, and registers and returns its machine. */
  async store(bot: BotFlow): Promise<Definition> {
    const definition = botDefinition(bot)
    const known = this.#registry.latest(definition.id)
    if (known) return known
    const { id, machine, version } = definition
    const value = JSON.stringify({ bot, version, definition: definitionHash(machine) })
    await retry('storing a bot', this.#retryOptions, async () => {
      try {
        await this.#bucket.create(id.slice('bot.'.length), value)
      } catch (error) {
        // Stored by another engine, or earlier by this one.
        if (!(error instanceof Conflict)) throw error
      }
    })
    return this.#registry.latest(id) ?? this.#add(definition)
  }

  #add(definition: Definition): Definition {
    this.#registry.add(definition)
    return definition
  }
}

/** Loads stored revisions, for roles that may only read them. */
export function storedBots(registry: Registry, role: RoleConnection): Machines {
  const bucket = new Bucket(role, 'bots')
  return machinesFrom(registry, async (key) => (await bucket.get(key))?.value)
}

/** @param read returns the bucket's value of `<id>.<revision>` */
function machinesFrom(registry: Registry, read: (key: string) => Promise<string | undefined>): Machines {
  return {
    async load(name) {
      const named = botNamed(name)
      if (!named) return
      const { id, revision } = named
      const key = `${id}.${revision}`
      const value = await read(key)
      // Many conversations load the same revision at once: only the first compiles it.
      if (value === undefined || registry.latest(`bot.${key}`)) return
      registry.add(compiled(key, revision, value))
    },
  }
}

/** Compiles a stored bot. Throws OperatorNeeded where the result is not the machine that conversations began with. */
function compiled(key: string, revision: string, value: string): Definition {
  const refused = (why: string, cause?: unknown) =>
    new OperatorNeeded(
      `the bot ${key} ${why}: run the version of frontdesk that its conversations began with, or one that ` +
        `migrates them, or let them end with retireConversation('bot.${key}')`,
      { cause },
    )
  let definition: Definition
  let before: z.infer<typeof stored>
  try {
    before = stored.parse(JSON.parse(value))
    definition = botDefinition(before.bot, revision)
  } catch (error) {
    throw refused('cannot be read by this version of frontdesk', error)
  }
  if (before.version === definition.version && before.definition !== definitionHash(definition.machine))
    throw refused(
      `was compiled to another machine before, by the same version ${before.version} of the compiler`,
    )
  return definition
}

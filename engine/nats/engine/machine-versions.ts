import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { StoredRecord } from '../../core/conversation.ts'
import { Conflict, OperatorNeeded } from '../../errors.ts'
import { botNamed } from '../../machines/bots/definition.ts'
import { definitionHash } from '../../machines/definition-hash.ts'
import { type Definition, idAndVersion, type Registry } from '../../machines/definitions.ts'
import { migrate } from '../../machines/migrate.ts'
import type { StoredSnapshot } from '../../machines/step.ts'
import { Bucket } from '../bucket.ts'
import type { Nats } from '../connect.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { workerTtlMs } from '../topology.ts'
import { readLastRecords } from './last-records.ts'

/** The definition's hash; `null`: an engine that lacks the machine met a conversation that runs it. */
const entry = z.object({ definition: z.string().nullable() })

interface StoredMachine extends z.infer<typeof entry> {
  /** In epoch milliseconds. */
  storedAt: number
}

const progressEveryMs = 2_000

/** The conversations of one machine that have not ended. */
interface Unfinished {
  count: number
  /** The id of an example, for the operator. */
  example: string
  /** The number of conversations for which its migration fails, and the first failure. */
  failing: number
  failure: string
}

/**
 * The machines that conversations may run: a bucket with a hash of the definition under `<id>.<version>`. Bots that are
 * data are stored by `bot-revisions.ts`.
 *
 * A check at the start does not hold for long: an engine of another version that runs at the same time begins
 * conversations with its own machines. So nothing is removed while another engine runs; and an engine that meets a
 * machine that it lacks stores its name and stops, so that the next start reports how many conversations run it.
 */
export class MachineVersions {
  readonly #nats: Nats
  readonly #bucket: Bucket
  readonly #definitions: Registry
  readonly #retryOptions: RetryOptions

  constructor(nats: Nats, definitions: Registry, retryOptions: RetryOptions) {
    this.#nats = nats
    this.#bucket = new Bucket(nats, 'machines')
    this.#definitions = definitions
    this.#retryOptions = retryOptions
  }

  /**
   * Checks, before the first event, that every unfinished conversation can continue or is retired, and that no machine
   * has changed under an unchanged version. Throws OperatorNeeded with all problems.
   */
  async check(): Promise<void> {
    const { log } = this.#retryOptions
    const definitions = this.#definitions.all()
    const stored = await this.#readStored()
    const changed = definitions.filter(({ name, machine }) => {
      const before = stored.get(name)?.definition
      return typeof before === 'string' && before !== definitionHash(machine)
    })
    const registered = new Set(definitions.map(({ name }) => name))
    const others = [...stored.keys()].filter((name) => !registered.has(name))
    const inQuestion = [...changed.map(({ name }) => name), ...others]
    if (inQuestion.length > 0) {
      const unfinished = await this.#readUnfinished(new Set(inQuestion))
      const isNew = changed.some(({ name }) => Date.now() - (stored.get(name)?.storedAt ?? 0) < workerTtlMs)
      const isAlone = !(await this.#othersAreAlive(isNew))
      const problems = [
        ...changed.flatMap((definition) =>
          changeProblems(definition, unfinished.get(definition.name), isAlone),
        ),
        ...others.flatMap((name) => this.#problems(name, unfinished.get(name))),
      ]
      if (problems.length > 0)
        throw new OperatorNeeded(
          ['there are conversations that cannot go on with the machines of this engine:', ...problems].join(
            '\n',
          ),
        )
      for (const { name } of changed)
        log.info({ machine: name }, 'a machine has changed under its version, which no conversation runs')
      for (const name of others) {
        if (unfinished.has(name)) continue
        if (isAlone) await this.#remove(name)
        else if (!this.#definitions.running(name))
          log.warn(
            { machine: name },
            'no conversation runs this machine now; an engine of another version may begin one, which would stop this engine',
          )
      }
    }
    const isChanged = new Set(changed)
    for (const definition of definitions) {
      const before = stored.get(definition.name)
      if (typeof before?.definition === 'string' && !isChanged.has(definition)) continue
      // Another engine that is starting has another machine of this name.
      if (!(await this.#store(definition, before !== undefined))) return this.check()
    }
  }

  /** Stores the name of a machine that a conversation runs and this engine lacks. */
  async storeLacking(name: string): Promise<void> {
    if (botNamed(name)) return
    await this.#create(keyOf(name), null)
  }

  #problems(name: string, found: Unfinished | undefined): string[] {
    if (!found) return []
    const { count, example, failing, failure } = found
    if (failing > 0)
      return [`${name}: ${failing} of ${conversations(count)} cannot be migrated (e.g. ${failure})`]
    if (this.#definitions.running(name)) return []
    const { id, version } = idAndVersion(name)
    const latest = this.#definitions.latest(id)
    const ways = [
      ...(latest ? [`add a migration from ${version} to ${latest.name}`] : []),
      `register version ${version}${latest ? '' : ', in the folder of FRONTDESK_MACHINES'}`,
      `or let them end with retireConversation('${id}', [${version}])`,
    ]
    return [`${name}: ${conversations(count)} (e.g. ${example}); ${ways.join(', ')}`]
  }

  /** The unfinished conversations of each of these machines. */
  async #readUnfinished(names: ReadonlySet<string>): Promise<Map<string, Unfinished>> {
    return retry('looking through the conversations', this.#retryOptions, async () => {
      const running = new Map<string, { name: string; failure: string | undefined }>()
      let said = Date.now()
      let looked = 0
      for await (const { conversation, record } of readLastRecords(this.#nats, this.#retryOptions)) {
        looked++
        if (Date.now() - said > progressEveryMs) {
          said = Date.now()
          this.#retryOptions.log.info(
            { looked, machines: [...names] },
            'looking for conversations that run these machines',
          )
        }
        const { machine = '', snapshot } = record.state
        if (names.has(machine) && snapshot?.status !== 'done')
          running.set(conversation, { name: machine, failure: this.#failureOf(machine, record) })
        else running.delete(conversation)
      }
      const unfinished = new Map<string, Unfinished>()
      for (const [example, { name, failure }] of running) {
        const found = unfinished.get(name) ?? { count: 0, example, failing: 0, failure: '' }
        found.count++
        if (failure !== undefined) {
          found.failing++
          found.failure ||= `${example}: ${failure}`
        }
        unfinished.set(name, found)
      }
      return unfinished
    })
  }

  /** Why a conversation could not be migrated. */
  #failureOf(name: string, { state }: StoredRecord): string | undefined {
    const running = this.#definitions.running(name)
    if (!running || running === 'ends' || !running.migration) return undefined
    try {
      migrate(name, running.definition, running.migration, state.snapshot as StoredSnapshot)
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }

  /** The stored machines, by name. */
  async #readStored(): Promise<Map<string, StoredMachine>> {
    return retry('the machines', this.#retryOptions, async () => {
      const found = new Map<string, StoredMachine>()
      for (const { key, value, at } of await this.#bucket.list())
        found.set(key.replace(/\.(\d+)$/, '@$1'), { ...entry.parse(JSON.parse(value)), storedAt: at })
      return found
    })
  }

  /**
   * Whether other engines run. A killed one counts until its key expires.
   *
   * @param mayBeStarting another engine may not have written its key yet
   */
  async #othersAreAlive(mayBeStarting: boolean): Promise<boolean> {
    const anyone = () =>
      retry('the workers', this.#retryOptions, async () => {
        const workers = await new Bucket(this.#nats, 'workers').list('engine.*')
        return workers.length > 0
      })
    if (!mayBeStarting && !(await anyone())) return false
    await sleep(workerTtlMs)
    return anyone()
  }

  /** Whether this definition is stored now: another engine may have stored another one meanwhile. */
  async #store({ name, machine }: Definition, isThere: boolean): Promise<boolean> {
    const hash = definitionHash(machine)
    if (isThere)
      await retry('the machines', this.#retryOptions, () => this.#bucket.put(keyOf(name), entryOf(hash)))
    else if (!(await this.#create(keyOf(name), hash)))
      return (await this.#readStored()).get(name)?.definition === hash
    return true
  }

  async #create(key: string, hash: string | null): Promise<boolean> {
    return retry('the machines', this.#retryOptions, async () => {
      try {
        await this.#bucket.create(key, entryOf(hash))
        return true
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        return false
      }
    })
  }

  async #remove(name: string): Promise<void> {
    await retry('the machines', this.#retryOptions, () => this.#bucket.delete(keyOf(name)))
    this.#retryOptions.log.info({ machine: name }, 'no conversation runs this machine any more')
  }
}

/** The problems of a machine that has changed under its version. */
function changeProblems(
  { name, version }: Definition,
  found: Unfinished | undefined,
  isAlone: boolean,
): string[] {
  const another = `give the changed one another version, with a migration from ${version}`
  if (found)
    return [
      `${name}: has changed, and ${conversations(found.count)} began with it as it was (e.g. ${found.example}); ${another}`,
    ]
  if (isAlone) return []
  return [
    `${name}: has changed, and an engine that is running has it as it was: stop that one, or ${another}`,
  ]
}

function conversations(count: number): string {
  return count === 1 ? '1 conversation' : `${count} conversations`
}

function keyOf(name: string): string {
  const { id, version } = idAndVersion(name)
  return `${id}.${version}`
}

function entryOf(definition: string | null): string {
  return JSON.stringify({ definition } satisfies z.infer<typeof entry>)
}

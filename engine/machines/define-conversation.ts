import type { AnyStateMachine } from 'xstate'
import { token } from '../../schemas/token.ts'
import { beginningOf, freshMemory, type Input } from './context.ts'
import {
  builtInVersions,
  type Definition,
  definitionOf,
  externalBotId,
  type Migration,
  type Retirement,
  responseId,
} from './definitions.ts'
import { machineProblems } from './machine-problems.ts'
import { begin, unstorable } from './step.ts'

// The only module that custom machines import. README.md beside it is their guide.
export { and, assign, not, or } from 'xstate'
export type { Context, Input } from './context.ts'
export { beginningOf } from './context.ts'
export type { Definition, Migration, Retirement, Stored } from './definitions.ts'
export { bot, customerText } from './says.ts'
export { conversationParts } from './states.ts'
// Its name before, which machines of developers may still use.
export {
  awaitsCall,
  type CallRequest,
  expectEvent,
  expectEvent as of,
  type MachineEvent,
  type Say,
} from './vocabulary.ts'

/** Any machine of XState's, whatever its states and events are typed with. */
interface Machine {
  readonly id: string
  readonly config: object
  transition(...step: never[]): unknown
}

/** A custom machine, and what happens to conversations that run an earlier version of it. */
export interface OwnConversation {
  /** The id that `machine:` in a bot's document names. `messagingResponse` replaces the response of all channels. */
  id: string
  /** A whole number from 1, increased with each change of the machine's states. */
  version: number
  /** Made by `conversationParts().setup`, with `id` as its own id. */
  machine: Machine
  /**
   * Migrations by the version that conversations may still run: to this version, or `end`: they end at their next
   * event. A version that stays registered beside this one needs none.
   */
  migrations?: Readonly<Record<number, Migration | 'end'>>
}

/** A definition that cannot be run, with all that is wrong with it. */
export class WrongDefinition extends Error {
  constructor(name: string, problems: readonly string[]) {
    super(`${name}: ${problems.join('; ')}`)
  }
}

/** The most transitions that one event causes: a circle without an end fails, at the cost of its event only. */
const microstepsMax = 1_000

/**
 * Registers a custom machine by id and version, so that conversations can run it. Throws WrongDefinition.
 *
 * Its parts come from `conversationParts<Own>()`: `setup`, to be extended with own guards, actions and delays; `root`,
 * which answers in any state the events that the states do not; `responseStates`, the channel's response;
 * `agentStates`, from the queue to the end.
 */
export function defineConversation({ id, version, migrations = {}, ...own }: OwnConversation): Definition {
  const machine = own.machine as AnyStateMachine
  const definition = definitionOf(id, version, machine, migrations)
  const problems = [
    ...nameProblems(definition),
    ...machineProblems(machine),
    ...migrationProblems(definition),
  ]
  if (problems.length === 0) {
    const { options } = machine
    options.maxIterations = Math.min(options.maxIterations ?? microstepsMax, microstepsMax)
    problems.push(...beginningProblems(machine))
  }
  if (problems.length > 0) throw new WrongDefinition(definition.name, problems)
  return definition
}

/**
 * Retires a machine: conversations that still run it are told so, and end, at their next event.
 *
 * @param versions the retired ones; left out: all that are not registered
 */
export function retireConversation(id: string, versions?: readonly number[]): Retirement {
  if (!/^[\w.-]+$/.test(id))
    throw new WrongDefinition(`retireConversation("${id}")`, ['must have the id of a machine'])
  if (versions && (versions.length === 0 || !versions.every(isVersion)))
    throw new WrongDefinition(`retireConversation("${id}")`, ['versions must be whole numbers from 1'])
  return { id, retired: versions ?? 'all' }
}

function nameProblems({ id, version, machine }: Definition): string[] {
  const problems: string[] = []
  const { error } = token.safeParse(id)
  if (error) problems.push(`id ${error.issues[0]?.message}`)
  if (!isVersion(version)) problems.push(`version ${version} must be a whole number from 1`)
  if (id === externalBotId) problems.push(`id ${id} is frontdesk’s own: choose another`)
  const ownVersion = builtInVersions[responseId]
  if (id === responseId && version <= ownVersion)
    problems.push(`version must be above ${ownVersion}, which is frontdesk’s own`)
  if (machine.id !== id)
    problems.push(
      `createMachine must be given the id "${id}" too, not "${machine.id}": timers are known by it from version to version`,
    )
  return problems
}

function migrationProblems({ version, migrations }: Definition): string[] {
  return Object.entries(migrations).flatMap(([from, migration]) => [
    ...(isVersion(Number(from)) && Number(from) !== version
      ? []
      : [`migrations: ${from} must be another version than ${version}`]),
    ...(migration === 'end' || typeof migration === 'function'
      ? []
      : [`migrations: ${from} must be a function or "end"`]),
  ])
}

/** Begins a conversation as an engine would. */
function beginningProblems(machine: AnyStateMachine): string[] {
  try {
    const { snapshot } = begin(machine, exampleInput)
    const missing = Object.keys(beginningOf({ input: exampleInput })).filter(
      (key) => key !== 'own' && !(key in (snapshot.context as object)),
    )
    if (missing.length > 0)
      return [
        `its context lacks ${missing.join(', ')}: let it begin with beginningOf, as context: ({ input }) => beginningOf({ input }, …)`,
      ]
    if (Object.keys(snapshot.children ?? {}).length > 0) return ['spawns an actor, which no record can keep']
    const place = unstorable(snapshot.context, 'context')
    return place ? [`its context must be plain JSON: ${place}`] : []
  } catch (error) {
    return [`cannot begin: ${(error as Error).message}`]
  }
}

function isVersion(version: number): boolean {
  return Number.isSafeInteger(version) && version > 0
}

const exampleInput: Input = {
  pinned: {
    at: 0,
    channel: 'web',
    workspace: 'main',
    locale: 'en',
    language: 'en',
    hours: 'during',
    opensAt: null,
    timeouts: { unanswered: 120_000, escalate: 600_000, idleCustomer: [300_000], abandoned: 86_400_000 },
  },
  customer: { name: null, email: null, externalId: null, verified: false },
  response: { firstMessage: 'Hi!', followUpMessage: 'Thanks', nextOpen: 'Monday', asks: [] },
  bot: freshMemory('example', {}, 0),
}

import { type Definition, idAndVersion, type Registry, type Running } from '../machines/definitions.ts'
import type { Conversation, Incoming, StoredRecord } from './conversation.ts'
import { type Decision, decide } from './decide.ts'
import { type Beginning, inputOfFirst, UnknownMachine, type World } from './running.ts'

/** The machine threw, with the bot and without it: the event was a dead letter. */
export interface Failed {
  kind: 'failed'
  explanation: string
}

/** The machines that stored conversations are decided with again. */
export interface ReplayMachines {
  definitions: Registry
  /** The machine that a conversation begins with, by the name of the recorded one; absent: the recorded one. */
  instead?: ((name: string) => Definition | undefined) | undefined
}

/**
 * Decides an event of a stored conversation once more: as `apply` did, with the configuration that its record shows and
 * the present machines.
 *
 * Throws UnknownMachine where the conversation's machine is missing.
 *
 * @param stored the event's record; `undefined` where it made none
 */
export function decideAgain(
  { definitions, instead }: ReplayMachines,
  conversation: Conversation,
  incoming: Incoming,
  stored: StoredRecord | undefined,
): Decision | Failed {
  const name = conversation.record?.state.machine
  const began = name === undefined ? beginningOf(definitions, stored, instead) : undefined
  const world: World = {
    configuration: {
      ...nothingConfigured,
      strictChannels: stored?.rejected?.code === 'unknown_channel',
    },
    definitions: instead ? definitions : asThen(definitions, name, stored),
    dues: stored?.state.desk?.unanswered ?? never,
    stored: stored?.state ?? {},
    ...(began ? { began } : { hasClosed: stored?.state.began ?? null }),
  }
  try {
    return decide(world, conversation, incoming)
  } catch (error) {
    if (error instanceof UnknownMachine) throw error
  }
  try {
    return decide({ ...world, botHasFailed: true }, conversation, incoming)
  } catch (error) {
    return { kind: 'failed', explanation: String((error as Error)?.message ?? error) }
  }
}

const never = { remind: null, release: null }
const nothingConfigured = { channels: new Map(), schedules: new Map(), bots: new Map() }

function beginningOf(
  definitions: Registry,
  stored: StoredRecord | undefined,
  instead: ReplayMachines['instead'],
): Beginning | undefined {
  const machine = stored?.state.machine
  if (!stored || machine === undefined) return undefined
  const definition = instead?.(machine) ?? definitions.named(machine)
  if (!definition) throw new UnknownMachine(machine)
  return { definition, input: inputOfFirst(stored.state), isUncounted: stored.state.events === undefined }
}

/** The machines as they were when an event was decided, which may have migrated its conversation. */
function asThen(
  definitions: Registry,
  before: string | undefined,
  stored: StoredRecord | undefined,
): Registry {
  const after = stored?.state.machine
  if (before === undefined || after === undefined) return definitions
  const then = (running: Running | undefined) => ({
    ...definitions,
    running: (name: string) => (name === before ? running : definitions.running(name)),
  })
  if (before === after) {
    // A conversation that ended because its machine was retired ends again.
    const hasEnded = stored?.state.snapshot?.status === 'done' && definitions.running(before) === 'ends'
    // The conversation's present machine did not decide this event.
    return definitions.named(before) || hasEnded ? definitions : then(undefined)
  }
  const migrated = definitions.named(after)
  const { id, version } = idAndVersion(before)
  const migration = migrated?.id === id ? migrated.migrations[version] : undefined
  return migrated && typeof migration === 'function' ? then({ definition: migrated, migration }) : definitions
}

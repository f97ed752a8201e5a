import type { AnyStateMachine } from 'xstate'
import type { Conversation } from '../../../engine/core/conversation.ts'
import { actionWords, guardWords } from '../../../engine/machines/chart.ts'
import type { Definition, Registry } from '../../../engine/machines/definitions.ts'
import type { HistoryStep } from './history.ts'
import type { Mask } from './mask.ts'

/** Of @statelyai/inspect, whose words these are: its receivers drop what names no version. */
export const wireVersion = '0.7.2'

interface Told {
  rootId: string
  sessionId: string
  /** The recorded time: epoch milliseconds, as a text. */
  createdAt: string
  /** The same whenever it is told: `4711.event`, by the event's sequence. */
  id: string
  _version: string
}

export interface WireSnapshot {
  status: 'active' | 'done' | 'error' | 'stopped'
  value: unknown
  context: unknown
  historyValue?: unknown
  children?: Record<string, unknown>
}

type Sent = { type: string } & Record<string, unknown>

/** What an XState inspector is told. */
export type WireEvent =
  | (Told & {
      type: '@xstate.actor'
      name: string
      /** Its machine's config, as JSON. */
      definition: string
      parentId: string | undefined
      snapshot: WireSnapshot
    })
  | (Told & { type: '@xstate.event'; event: Sent; sourceId: undefined })
  | (Told & { type: '@xstate.snapshot'; event: Sent; snapshot: WireSnapshot })

/**
 * Says the steps of a conversation in the words of the XState inspector: one event and one snapshot for each, also
 * where it changed nothing.
 *
 * The conversation is the root actor, with the machine that it begins with. Where it goes over to another machine
 * (a migration, a bot that has failed), that one is a child of the root and takes what comes from there on: to an
 * inspector an actor has one machine for good, and a sequence diagram shows the change as a lane that begins there.
 * What a machine has spawned is a child of that machine's actor.
 */
export class WireEvents {
  readonly #conversation: string
  readonly #definitions: Pick<Registry, 'named'>
  readonly #mask: Mask | undefined
  /** The session of each machine's actor. */
  readonly #sessions = new Map<string, string>()
  /** What was told last of those that machines have spawned, by their sessions. */
  readonly #spawned = new Map<string, string>()
  #machine = ''

  /** @param definitions have those that the steps were decided with */
  constructor(conversation: string, definitions: Pick<Registry, 'named'>, mask: Mask | undefined) {
    this.#conversation = conversation
    this.#definitions = definitions
    this.#mask = mask
  }

  of(retold: HistoryStep): WireEvent[] {
    const { step, after } = retold
    const { seq, at, outcome, rejected, event } = this.#mask?.shown(retold) ?? step
    const snapshot = this.#snapshotOf(after)
    // What was erased has no machine any more.
    this.#machine = after.record?.state.machine ?? this.#machine
    const isNew = !this.#sessions.has(this.#machine)
    if (isNew) this.#sessions.set(this.#machine, this.#newSession())
    const sessionId = this.#sessions.get(this.#machine) as string
    const told = (what: string, sessionId: string): Told => ({
      rootId: this.#conversation,
      sessionId,
      createdAt: String(Date.parse(at)),
      id: `${seq}.${what}`,
      _version: wireVersion,
    })
    const sent: Sent = {
      ...fieldsOf(event.payload),
      type: event.type,
      // In the place of nothing that XState knows of an event.
      frontdesk: { seq, id: event.id, outcome, ...(rejected && { rejected }) },
    }
    const definition = this.#definitions.named(this.#machine)
    const begun: WireEvent = {
      ...told('actor', sessionId),
      type: '@xstate.actor',
      name: sessionId,
      definition: definition ? drawableConfig(definition.machine) : nothingToDraw(this.#machine || sessionId),
      parentId: sessionId === this.#conversation ? undefined : this.#conversation,
      snapshot,
    }
    return [
      ...(isNew ? [begun] : []),
      { ...told('event', sessionId), type: '@xstate.event', event: sent, sourceId: undefined },
      ...this.#spawnedBy(sessionId, snapshot, definition, sent, told),
      { ...told('snapshot', sessionId), type: '@xstate.snapshot', event: sent, snapshot },
    ]
  }

  #newSession(): string {
    return this.#sessions.size === 0 ? this.#conversation : `${this.#conversation}/${this.#machine}`
  }

  #snapshotOf({ record }: Conversation): WireSnapshot {
    const { snapshot: stored, erased } = record?.state ?? {}
    if (!stored) return { status: erased ? 'stopped' : 'active', value: {}, context: {} }
    const { context, children } = stored
    const mask = this.#mask
    // Not the value: a customer may have typed a state's name.
    return {
      status: 'active',
      ...(stored as { value: unknown }),
      context: mask ? mask.context(context) : context,
      ...(isObject(children) && { children: mask ? mask.value(children) : children }),
    }
  }

  #spawnedBy(
    parentId: string,
    { children = {} }: WireSnapshot,
    definition: Definition | undefined,
    event: Sent,
    told: (what: string, sessionId: string) => Told,
  ): WireEvent[] {
    return Object.entries(children).flatMap(([name, child]) => {
      const { snapshot, src } = child as { snapshot: WireSnapshot; src: unknown }
      const sessionId = `${parentId}/${name}`
      const text = JSON.stringify(snapshot)
      const last = this.#spawned.get(sessionId)
      this.#spawned.set(sessionId, text)
      const logic = typeof src === 'string' ? definition?.machine.implementations.actors[src] : undefined
      const own =
        isObject(logic) && 'config' in logic ? drawableConfig(logic as never) : nothingToDraw(String(src))
      const here: WireEvent[] =
        last === undefined
          ? [
              {
                ...told(`actor.${sessionId}`, sessionId),
                type: '@xstate.actor',
                name,
                definition: own,
                parentId,
                snapshot,
              },
            ]
          : last === text
            ? []
            : [{ ...told(`snapshot.${sessionId}`, sessionId), type: '@xstate.snapshot', event, snapshot }]
      return [...here, ...this.#spawnedBy(sessionId, snapshot, undefined, event, told)]
    })
  }
}

/** A machine's config as JSON that can be drawn: functions are replaced by their names, or left out. */
export function drawableConfig({ config }: Pick<AnyStateMachine, 'config'>): string {
  return JSON.stringify(config, (key, value) => {
    if (typeof value !== 'function') return value
    if (isValue.has(key)) return undefined
    return { type: key === 'guard' ? guardWords(value) : actionWords(value) }
  })
}

/** Fields whose value is known only when the machine runs. */
const isValue = new Set(['context', 'params', 'input', 'output'])

/** As the stock inspectors describe an actor that is no machine. */
function nothingToDraw(id: string): string {
  return JSON.stringify({ id })
}

function fieldsOf(payload: unknown): Record<string, unknown> {
  if (payload === undefined) return {}
  return isObject(payload) && !Array.isArray(payload) ? payload : { payload }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

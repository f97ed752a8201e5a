import type { AnyStateMachine } from 'xstate'
import type { Conversation } from '../../../engine/core/conversation.ts'
import { actionWords, guardWords } from '../../../engine/machines/chart.ts'
import type { Definition, Registry } from '../../../engine/machines/definitions.ts'
import {
  type WireEvent,
  type WireHead,
  type WireSnapshot,
  wireVersion,
} from '../../../schemas/protocol/stately.ts'
import type { HistoryStep } from './history.ts'
import type { Mask } from './mask.ts'

type SentToActor = { type: string } & Record<string, unknown>

/**
 * Translates the steps of a conversation into the XState inspector's protocol: an event and a snapshot for each step,
 * also where nothing changed.
 *
 * The conversation is the root actor, with its first machine. Where it changes to another machine (a migration, a bot
 * that failed), that machine is a child of the root and takes the later events: to an inspector an actor has one
 * machine for good, and a sequence diagram shows the change as a lane that begins there. Actors that a machine spawned
 * are children of that machine's actor.
 */
export class WireEvents {
  readonly #conversation: string
  readonly #definitions: Pick<Registry, 'named'>
  readonly #mask: Mask | undefined
  /** The session of each machine's actor. */
  readonly #sessions = new Map<string, string>()
  /** The last snapshot sent of each spawned actor, by session. */
  readonly #spawned = new Map<string, string>()
  #machine = ''

  /** @param definitions include those that the steps were decided with */
  constructor(conversation: string, definitions: Pick<Registry, 'named'>, mask: Mask | undefined) {
    this.#conversation = conversation
    this.#definitions = definitions
    this.#mask = mask
  }

  eventsOf(historyStep: HistoryStep): WireEvent[] {
    const { step, after } = historyStep
    const { seq, at, outcome, rejected, event } = this.#mask?.shown(historyStep) ?? step
    const snapshot = this.#snapshotOf(after)
    // An erased conversation has no machine.
    this.#machine = after.record?.state.machine ?? this.#machine
    const isNew = !this.#sessions.has(this.#machine)
    if (isNew) this.#sessions.set(this.#machine, this.#newSession())
    const sessionId = this.#sessions.get(this.#machine) as string
    const headOf = (kind: string, sessionId: string): WireHead => ({
      rootId: this.#conversation,
      sessionId,
      createdAt: String(Date.parse(at)),
      id: `${seq}.${kind}`,
      _version: wireVersion,
    })
    const sent: SentToActor = {
      ...fieldsOf(event.payload),
      type: event.type,
      // Not a field that XState knows.
      frontdesk: { seq, id: event.id, outcome, ...(rejected && { rejected }) },
    }
    const definition = this.#definitions.named(this.#machine)
    const begun: WireEvent = {
      ...headOf('actor', sessionId),
      type: '@xstate.actor',
      name: sessionId,
      definition: definition ? drawableConfig(definition.machine) : nothingToDraw(this.#machine || sessionId),
      parentId: sessionId === this.#conversation ? undefined : this.#conversation,
      snapshot,
    }
    return [
      ...(isNew ? [begun] : []),
      { ...headOf('event', sessionId), type: '@xstate.event', event: sent },
      ...this.#spawnedBy(sessionId, snapshot, definition, sent, headOf),
      { ...headOf('snapshot', sessionId), type: '@xstate.snapshot', event: sent, snapshot },
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
    // The value is not masked: a customer may have typed a state's name.
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
    event: SentToActor,
    headOf: (kind: string, sessionId: string) => WireHead,
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
                ...headOf(`actor.${sessionId}`, sessionId),
                type: '@xstate.actor',
                name,
                definition: own,
                parentId,
                snapshot,
              },
            ]
          : last === text
            ? []
            : [{ ...headOf(`snapshot.${sessionId}`, sessionId), type: '@xstate.snapshot', event, snapshot }]
      return [...here, ...this.#spawnedBy(sessionId, snapshot, undefined, event, headOf)]
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

/** The way that stock inspectors describe an actor without a machine. */
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

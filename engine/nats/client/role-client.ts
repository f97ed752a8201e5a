import { randomUUID } from 'node:crypto'
import type { EventType, Payload } from '../../../schemas/conversation/event.ts'
import type { Rejection } from '../../../schemas/conversation/record.ts'
import { failure, type Result, success } from '../../../schemas/result.ts'
import { type NatsRole, natsRoles } from '../../../schemas/roles.ts'
import { accountOf, connectRole, type RoleConnection } from '../connect.ts'
import { directGetLastBody } from '../direct-get.ts'
import { retry } from '../retry.ts'
import { streams, subjects } from '../topology.ts'
import { ConversationView } from '../views/conversation-view.ts'
import type { PublicRecord } from '../views/records.ts'
import { ClientError, connectError } from './client-error.ts'
import { withDeadline } from './deadline.ts'
import { pulledStream } from './pulled-stream.ts'
import { checkToken, type NewEvent, newEvent, storeEvent, storeInTime, unavailable } from './store-event.ts'

/** How long an act is retried and waited for by default. */
const timeoutMsDefault = 30_000

/** A record of a conversation, without the durable state, with its sequence in the stream. */
export interface FollowedRecord extends PublicRecord {
  sequence: number
}

/** The outcome of an event: its record, or why it was refused: a stable code, and perhaps the agent who was first. */
export type EventOutcome = Result<FollowedRecord, Rejection>

export interface ClientOptions {
  /** Names the connection in the server's own lists; by default the role. */
  name?: string
}

export interface SendOptions {
  /** Unique in the conversation, and the same on a retry, also by another process; random by default. */
  id?: string
  /** How long it is retried and waited for, in milliseconds: 30,000 by default. Infinity: no limit. */
  timeoutMs?: number
  signal?: AbortSignal | undefined
}

export interface FollowOptions {
  /** The sequence of the last record that is known; 0, the default, for all. */
  after?: number
  signal?: AbortSignal | undefined
}

/** A connection to NATS in a role, or with full rights. It reconnects by itself. */
export abstract class RoleClient<Type extends EventType> {
  protected readonly role: RoleConnection
  readonly #source: string
  readonly #ended = new AbortController()

  /** @param source the first token of the types of the events that the role publishes */
  protected constructor(role: RoleConnection, source: string) {
    this.role = role
    this.#source = source
  }

  /**
   * Publishes an event, and settles with its id once it is stored: from then on it is handled, whatever fails. Retries
   * under the same id, so it stays one event. Whether it was accepted is in its record: see `send` and `follow`.
   *
   * Throws ClientError, with the `eventId` under which a failed event may be published again: among a conversation's
   * last 64 events a repeat changes nothing.
   */
  async publish<T extends Type>(
    conversation: string,
    type: T,
    payload: Payload<T>,
    options: SendOptions = {},
  ): Promise<string> {
    const event = this.#eventOf(conversation, type, payload, options)
    const { timeoutMs = timeoutMsDefault, signal } = options
    await storeInTime(this.role, event, timeoutMs, [this.#ended.signal, signal])
    return event.id
  }

  /**
   * Publishes an event as `publish`, and settles with its outcome once an engine has handled it. An event that is
   * refused does not throw: `ok` is false, and `error.code` says why.
   *
   * With an `id` of an earlier event it is that event's outcome.
   */
  async send<T extends Type>(
    conversation: string,
    type: T,
    payload: Payload<T>,
    options: SendOptions = {},
  ): Promise<EventOutcome> {
    const event = this.#eventOf(conversation, type, payload, options)
    let isStored = false
    const timeout = (cause: unknown) => (isStored ? unprocessed(event) : unavailable(event, cause))
    const { timeoutMs = timeoutMsDefault } = options
    const signals = [this.#ended.signal, options.signal]
    return withDeadline({ timeoutMs, timeout, signals }, async (signal, failed) => {
      // No record has a new random id yet. One that was given may be of an event that is repeated.
      const isNew = options.id === undefined
      const after = isNew
        ? await retry('a read', { signal, failed }, () => lastRecordOf(this.role, conversation))
        : 0
      const outcome = this.#outcomeOf(event, after, signal)
      await storeEvent(this.role, event, signal, failed)
      isStored = true
      return outcome
    })
  }

  /**
   * A conversation's records after a sequence, each once and in order: those that are stored, and then each new one. Gaps
   * are read from the stream, also after a reconnect. It reads on as the records are taken, so a slow reader holds back
   * nothing but itself. It ends by `break`, and throws the reason of the signal, or ClientError: `closed`, or
   * `after_unknown` where the stream ends before `after`.
   *
   * A record with the event type `admin.erased` says that all before it is gone.
   */
  follow(conversation: string, { after = 0, signal }: FollowOptions = {}): AsyncIterable<FollowedRecord> {
    checkToken('conversation', conversation)
    checkAfter(after)
    return pulledStream([signal, this.#ended.signal], ({ give, fail }) => {
      const view = new ConversationView(
        this.role,
        conversation,
        (record, sequence) => give({ sequence, ...record }),
        { after, isBeyondEnd: () => fail(afterUnknown(conversation, after)) },
      )
      view.caughtUp.catch(fail)
      return () => view.close()
    })
  }

  /** Closes the connection. What is under way ends with the error `closed`. */
  async close(): Promise<void> {
    this.#ended.abort(new ClientError('closed', 'the client was closed'))
    await this.role.close()
  }

  /** Aborted by `close`. */
  protected get ended(): AbortSignal {
    return this.#ended.signal
  }

  #eventOf<T extends Type>(
    conversation: string,
    type: T,
    payload: Payload<T>,
    { id = randomUUID() }: SendOptions,
  ): NewEvent {
    if (!type.startsWith(`${this.#source}.`))
      throw new ClientError('invalid', `type: this role publishes ${this.#source}.* only, not ${type}`)
    return newEvent(conversation, type, payload, id)
  }

  /** @param signal ends it */
  #outcomeOf(
    { conversation, type, id }: NewEvent,
    after: number,
    signal: AbortSignal,
  ): Promise<EventOutcome> {
    const outcome = new Promise<EventOutcome>((resolve, reject) => {
      const show = (record: PublicRecord, sequence: number) => {
        if (record.event.id !== id || record.event.type !== type) return
        resolve(record.rejected ? failure(record.rejected) : success({ sequence, ...record }))
      }
      const view = new ConversationView(this.role, conversation, show, { after })
      view.caughtUp.catch(reject)
      signal.addEventListener('abort', () => view.close())
    })
    // Nobody waits for it where the event is not stored.
    outcome.catch(() => {})
    return outcome
  }
}

/**
 * Connects in a role. Throws ClientError: `unauthorized`, `unavailable`, or `wrong_role` where the URL is another
 * role's; one with full rights may do all.
 */
export async function connectAs(
  role: NatsRole,
  url: string,
  { name = `client ${role}` }: ClientOptions,
): Promise<RoleConnection> {
  const connection = await connectRole(url, name).catch((error) => {
    throw connectError(error)
  })
  const account = (await accountOf(connection))?.toLowerCase()
  if (account === role || !(natsRoles as readonly unknown[]).includes(account)) return connection
  await connection.close()
  throw new ClientError('wrong_role', `this is the URL of the role ${account}; the role ${role} is needed`)
}

function unprocessed({ id }: NewEvent): ClientError {
  return new ClientError('unprocessed', 'the event is stored, but not handled in time: does an engine run?', {
    eventId: id,
  })
}

function afterUnknown(conversation: string, after: number): ClientError {
  return new ClientError(
    'after_unknown',
    `after: ${conversation} has no record ${after} any more, nor a later one: follow it from 0`,
  )
}

/** The sequence of a conversation's last record; 0: there is none. The server answers it, also while no engine runs. */
async function lastRecordOf(role: RoleConnection, conversation: string): Promise<number> {
  const last = await directGetLastBody(role, streams.conversations, subjects.conversation(conversation))
  return last?.seq ?? 0
}

/** Throws ClientError, `invalid`, where this is not a sequence. */
export function checkAfter(after = 0): void {
  if (!Number.isSafeInteger(after) || after < 0)
    throw new ClientError('invalid', 'after: must be a sequence: a whole number from 0')
}

import { randomUUID } from 'node:crypto'
import type { EventType } from '../../../schemas/conversation/event.ts'
import type { CustomerPresence, Typist } from '../../../schemas/conversation/presence.ts'
import type { QueuePlace } from '../../../schemas/protocol/widget.ts'
import { onQueuePlace, onTyping, publishPresence, publishTyping } from '../views/signals.ts'
import { type ClientOptions, connectAs, RoleClient } from './role-client.ts'
import { checkToken } from './store-event.ts'

/** The events that a widget gateway publishes for its customers. */
export type WidgetEventType = Extract<EventType, `session.${string}`>

/** A widget gateway: it publishes customers' events and follows their conversations. */
export class WidgetClient extends RoleClient<WidgetEventType> {
  /** Names this gateway among all that tell presences. */
  readonly #gateway = randomUUID()

  /**
   * Connects, and reconnects for ever. Throws ClientError: `unauthorized`, `unavailable`, `wrong_role`.
   *
   * @param url of the role `widget`, or one with full rights
   */
  static async connect(url: string, options: ClientOptions = {}): Promise<WidgetClient> {
    return new WidgetClient(await connectAs('widget', url, options), 'session')
  }

  /**
   * Calls back with a conversation's place in its queue: the present one, and each change. Returns the function that
   * ends it.
   */
  onQueuePlace(conversation: string, callback: (place: QueuePlace) => void): () => void {
    checkToken('conversation', conversation)
    return onQueuePlace(this.role, conversation, callback)
  }

  /** Calls back while an agent is typing, which counts for 5 s. Returns the function that ends it. */
  onTyping(conversation: string, callback: (agent: Typist) => void): () => void {
    checkToken('conversation', conversation)
    return onTyping(this.role, conversation, 'agent', callback)
  }

  /** Tells agents that the customer is typing: at most every 2 s. Never stored. */
  showTyping(conversation: string): void {
    checkToken('conversation', conversation)
    publishTyping(this.role, conversation, 'customer', {})
  }

  /** Tells agents whether the customer is there: on each change, and every 30 s. Never stored. */
  showPresence(conversation: string, state: CustomerPresence['state']): void {
    checkToken('conversation', conversation)
    publishPresence(this.role, conversation, state, this.#gateway)
  }
}

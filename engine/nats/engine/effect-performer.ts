import { deadletterHeaders } from '../../../schemas/conversation/dead-letter.ts'
import type { Effect } from '../../core/effects.ts'
import { deliver } from '../../deliver.ts'
import type { Observer, Performer } from '../../ports.ts'
import type { Nats } from '../connect.ts'
import { overwriteSubject, removeMatching } from '../remove-messages.ts'
import { type RetryOptions, retry } from '../retry.ts'
import { firedTimerTtl, streams, subjects, workerTtlMs } from '../topology.ts'
import { ConversationStore } from './conversation-store.ts'
import { WorkspaceDesk } from './workspace-desk.ts'

/** Carries effects out on NATS. */
export class EffectPerformer implements Performer {
  readonly #nats: Nats
  readonly #retryOptions: RetryOptions
  readonly #conversations: ConversationStore
  readonly #desk: WorkspaceDesk
  readonly #observer: Observer | undefined

  constructor(nats: Nats, retryOptions: RetryOptions, observer?: Observer) {
    this.#observer = observer
    this.#nats = nats
    this.#retryOptions = retryOptions
    this.#conversations = new ConversationStore(nats, retryOptions)
    this.#desk = new WorkspaceDesk(nats, retryOptions)
  }

  async perform(effect: Effect, since = Date.now()): Promise<void> {
    // A delivery retries its steps, one by one.
    if (effect.kind === 'notify') {
      await this.#perform(effect)
      if (this.#observer) for (const change of effect.request.changes) this.#observer.notified(change.action)
    } else await retry(effect.kind, this.#retryOptions, () => this.#perform(effect))
    if (effect.kind === 'wake' && Date.now() - since >= workerTtlMs) await this.#disarmIfEnded(effect)
  }

  /**
   * For a wake-up that took so long that another worker may have gone on with the conversation: where that has ended or
   * was erased, and its wake-ups were removed, this one has come after.
   */
  async #disarmIfEnded({ conversation }: Effect): Promise<void> {
    const { record } = await this.#conversations.load(conversation, true)
    const isOver = record?.state.erased !== undefined || record?.state.snapshot?.status === 'done'
    if (isOver) await this.perform({ kind: 'disarm', conversation })
  }

  #perform(effect: Effect): Promise<unknown> {
    const { conversation } = effect
    switch (effect.kind) {
      case 'notify':
        return deliver(this.#desk, effect.request)
      case 'forgetRequests':
        return this.#nats.publisher.publish(subjects.request(conversation), JSON.stringify(effect.request), {
          'Nats-Msg-Id': `${conversation}.${effect.request.request.record}.${effect.request.request.workspace}`,
        })
      case 'wake': {
        // Publishing to a schedule's subject again replaces the schedule. With the generation in the subject, a worker
        // that slept cannot replace a newer wake-up by an old one.
        const subject = subjects.timer(conversation, effect.generation)
        return this.#nats.publisher.publish(subject, JSON.stringify({ generation: effect.generation }), {
          'Nats-Schedule': `@at ${new Date(effect.at).toISOString()}`,
          'Nats-Schedule-Target': subjects.due(conversation),
          'Nats-Schedule-TTL': firedTimerTtl,
        })
      }
      case 'disarm':
        return this.#nats.publisher.request(
          `$JS.API.STREAM.PURGE.${streams.timers}`,
          JSON.stringify({ filter: subjects.timersOf(conversation) }),
        )
      case 'call':
        return this.#nats.publisher.publish(subjects.call(conversation), JSON.stringify(effect.call), {
          'Nats-Msg-Id': `${conversation}.call.${effect.call.call}`,
        })
      case 'forget':
        return this.#erase(effect)
    }
  }

  async #erase({ conversation, seq, record }: Extract<Effect, { kind: 'forget' }>) {
    const { conversations, events, timers, calls, deadletters, webhooks } = streams
    await overwriteSubject(this.#nats, conversations, subjects.conversation(conversation), record - 1)
    await this.#nats.jsm.streams.purge(timers, { filter: subjects.timersOf(conversation) })
    await this.#nats.jsm.streams.purge(timers, { filter: subjects.due(conversation) })
    await overwriteSubject(this.#nats, calls, subjects.call(conversation))
    // Without texts, so nothing needs to be overwritten.
    await this.#nats.jsm.streams.purge(webhooks, { filter: subjects.failedDelivery('*', conversation) })
    await removeMatching(
      this.#nats,
      deadletters,
      (headers) =>
        headers.get(deadletterHeaders.conversation) === conversation &&
        Number(headers.get(deadletterHeaders.seq)) <= seq,
    )
    // Last: should this worker die before, the event makes its successor perform the rest.
    await overwriteSubject(this.#nats, events, subjects.eventsOf(conversation), seq)
    this.#retryOptions.log.info({ conversation, seq }, 'erased a conversation')
  }
}

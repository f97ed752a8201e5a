import type { Effect } from '../../core/effects.ts'
import { addressOf } from '../../core/read-event.ts'
import type { Conversations, Handling, Observer, Performer } from '../../ports.ts'
import { type Context, inSpan, outsideTraces, presentTrace, traceIn } from './tracing.ts'

/** An observer that also makes spans: of the handling of an event, in the trace of its message, and of its decisions. */
export function tracedObserver(observer: Observer | undefined): Observer {
  const handle: Observer['handle'] = (event, run) =>
    observer ? observer.handle(event, run) : run(unobserved)
  return {
    ...(observer ?? { retried: () => {}, notified: () => {} }),
    handle: (event, run) => {
      const { conversation, type } = addressOf(event.subject)
      const attributes = {
        'frontdesk.conversation': conversation,
        'frontdesk.event.type': type,
        'frontdesk.event.seq': event.seq,
      }
      return inSpan(
        `handle ${type}`,
        { kind: 'CONSUMER', parent: traceIn(event.headers) ?? null, attributes },
        () => handle(event, (handling) => run(tracedHandling(handling))),
      )
    },
  }
}

const unobserved: Handling = { decide: (run) => run(), recorded: () => {}, buried: () => {} }

function tracedHandling(handling: Handling): Handling {
  return {
    decide: (run) => inSpan('decide', {}, () => handling.decide(run)),
    recorded: (due) => handling.recorded(due),
    buried: (reason) => handling.buried(reason),
  }
}

export function tracedConversations(conversations: Conversations): Conversations {
  return {
    load: (id, fromLeader) => inSpan('load conversation', {}, () => conversations.load(id, fromLeader)),
    commit: (id, latest, record) =>
      inSpan('store record', { kind: 'PRODUCER' }, () => conversations.commit(id, latest, record)),
  }
}

/**
 * Keeps the trace of each effect, also of a wake-up that is armed later, together with those of other conversations:
 * `begun` goes in front of what delays effects, `performed` behind it.
 */
export class TracedEffects {
  readonly #traces = new WeakMap<Effect, Context>()

  begun(performer: Performer): Performer {
    return {
      perform: (effect, since) => {
        const present = presentTrace()
        if (present) this.#traces.set(effect, present)
        return outsideTraces(() => performer.perform(effect, since))
      },
    }
  }

  performed(performer: Performer): Performer {
    return {
      perform: (effect, since) =>
        inSpan(`effect ${effect.kind}`, { kind: 'PRODUCER', parent: this.#traces.get(effect) ?? null }, () =>
          performer.perform(effect, since),
        ),
    }
  }
}

/** Somebody else wrote this conversation's next record, or nobody knows: load again, decide again. */
export class Conflict extends Error {}

/** A record has more bytes than NATS accepts. A retry cannot store it, so its event becomes a dead letter. */
export class TooLarge extends Error {}

/** Somebody else has taken over the log that this worker follows: let go of it. */
export class Fenced extends Error {}

/** The stored data contradicts itself in a way that only an operator can mend: the process says so and stops. */
export class OperatorNeeded extends Error {}

/** A log that has lost its end continues from an earlier sequence: new events would be taken for old ones. */
export class LostTail extends OperatorNeeded {
  /** @param source names a message that the log does not have yet */
  constructor(source: string, seq: number, log: string, last: number) {
    super(
      `${source} names message ${seq} of ${log}, whose last is ${last}: the stream has lost its end. ` +
        '`npx frontdesk recover` lets it go on; read what it says first',
    )
  }
}

/**
 * An error's class and place, without its message: the messages of JavaScript and of libraries quote what they were
 * given, which may be what a customer typed.
 */
export function placeOf(error: unknown): { kind: string; at: string } {
  if (!(error instanceof Error)) return { kind: typeof error, at: '' }
  const { stack = '' } = error
  const head = String(error)
  return { kind: error.constructor.name, at: stack.startsWith(head) ? stack.slice(head.length) : '' }
}

/** A part of frontdesk that runs: the engine, the notifier. */
export interface Worker {
  /** The partitions of the role's work that are this worker's now. */
  held(): number[]
  /** Finishes what has begun, says goodbye; gives up after a while where NATS does not answer. */
  stop(): Promise<void>
  /** Rejects with what makes going on impossible. */
  readonly failed: Promise<never>
}

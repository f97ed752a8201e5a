/** Somebody else wrote this conversation's next record, or nobody knows: load again, decide again. */
export class Conflict extends Error {}

/** Somebody else has taken over the log that this worker follows: let go of it. */
export class Fenced extends Error {}

/** What is stored contradicts itself in a way that only an operator can mend: say so and stop. */
export class OperatorNeeded extends Error {}

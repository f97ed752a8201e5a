/** The outcome of an act that does not throw its refusals: `ok` tells them apart. */
export type Result<T, E extends Failure = Failure> = { ok: true; value: T } | { ok: false; error: E }

/** Why an act was refused: a stable code, and a message for people. */
export interface Failure {
  code: string
  message: string
}

export function success<T>(value: T): { ok: true; value: T } {
  return { ok: true, value }
}

export function failure<E extends Failure>(error: E): { ok: false; error: E } {
  return { ok: false, error }
}

/** The value; throws the failure as an Error. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new Error(result.error.message)
}

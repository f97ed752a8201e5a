import { lengthOf, secondMs } from '../base/time.ts'

/** A time in whole seconds, as a person would say it. */
export function length(ms: number): string {
  return lengthOf(Math.round(ms / secondMs) * secondMs)
}

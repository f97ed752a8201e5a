import { token } from '../../schemas/token.ts'
import { UsageError } from './usage-error.ts'

/** An id that somebody gave on the command line. Throws UsageError where it can be none. */
export function givenToken(what: string, given: string | undefined): string {
  const checked = token.safeParse(given)
  if (checked.success) return checked.data
  throw new UsageError(`${what}: ${checked.error.issues[0]?.message ?? 'is no id'}`)
}

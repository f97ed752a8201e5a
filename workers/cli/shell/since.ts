import { Duration } from 'luxon'
import { UsageError } from './command.ts'

/** The instant of `--since`: an ISO 8601 time, or a duration before now, such as `P7D`. Throws UsageError. */
export function sinceInstant(since: string): Date {
  const duration = Duration.fromISO(since)
  const at = duration.isValid ? Date.now() - duration.toMillis() : Date.parse(since)
  if (Number.isNaN(at)) throw new UsageError('--since: is neither a time nor a duration in ISO 8601')
  return new Date(at)
}

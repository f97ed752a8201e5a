import { type Logger, pino } from 'pino'
import { escapeJson } from './json.ts'

/** Logs to standard error: standard output is for answers. Not later: a line must be out before an exit. */
export function stderrLogger(level: string): Logger {
  return pino(
    { level, serializers: { error: pino.stdSerializers.err }, hooks: { streamWrite: escapeJson } },
    pino.destination({ dest: 2, sync: true }),
  )
}

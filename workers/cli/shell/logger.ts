import { hostname } from 'node:os'
import { type Logger, pino } from 'pino'
import { version } from '../../build/version.mjs'
import { escapeJson } from './json.ts'

/** Logs to standard error: standard output is for answers. Not later: a line must be out before an exit. */
export function stderrLogger(level: string): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid, hostname: hostname(), build: version },
      serializers: { error: pino.stdSerializers.err },
      hooks: { streamWrite: escapeJson },
    },
    pino.destination({ dest: 2, sync: true }),
  )
}

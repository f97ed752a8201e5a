import { visibleText } from './text.ts'

/** Writes a warning to standard error. */
export function warn(text: string): void {
  process.stderr.write(`frontdesk: warning: ${oneLine(text)}\n`)
}

/** Explains an error in one line. */
export function explainError(error: unknown): string {
  return oneLine((error instanceof Error ? explain(error) : String(error)).trim())
}

function oneLine(text: string): string {
  return visibleText(text.replace(/\s+/g, (space) => (/[\r\n]/.test(space) ? ' | ' : space)))
}

/** Compares names, so that a command without NATS need not load the client for its classes. */
function explain(error: Error): string {
  switch (error.name) {
    case 'AuthorizationError':
    case 'UserAuthenticationExpiredError':
      return `NATS refuses the user or the password: ${error.message}`
    case 'PermissionViolationError':
      return `NATS does not permit it: ${error.message}`
    case 'TimeoutError':
    case 'NoRespondersError':
    case 'RequestError':
      return `NATS does not answer (${error.message || error.name}); does it have JetStream?`
    case 'JetStreamNotEnabled':
      return 'NATS has no JetStream for this user: NATS_URL must name the user frontdesk, not a role; a server of your own is started with -js'
    case 'ClosedConnectionError':
    case 'DrainingConnectionError':
      return 'the connection to NATS is closed'
    default:
      return error.message || error.name
  }
}

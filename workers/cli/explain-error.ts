/** An error in one line, in words. */
export function explainError(error: unknown): string {
  const message = error instanceof Error ? explain(error) : String(error)
  return message.trim().replace(/\s*[\r\n]+\s*/g, ' | ')
}

/** By the error's name: a command that has nothing to do with NATS does not load its client for this. */
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
      return 'the NATS server runs without JetStream: start it with -js'
    case 'ClosedConnectionError':
    case 'DrainingConnectionError':
      return 'the connection to NATS is closed'
    default:
      return error.message || error.name
  }
}

import { type Context, inSpan, presentTrace } from '../../../engine/nats/tracing/tracing.ts'

export type { Context } from '../../../engine/nats/tracing/tracing.ts'

/** Frames that store nothing in most cases. */
const quiet = new Set(['ping', 'typing', 'presence', 'state'])

/** Performs a client's frame as a span, if it asks for something. @param parent the trace that it continues; absent: it begins one */
export function performFrame<T>(
  client: 'widget' | 'desk',
  { type }: { type: string },
  conversation: string,
  perform: () => T,
  parent?: Context,
): T {
  if (quiet.has(type)) return perform()
  const attributes = { 'frontdesk.conversation': conversation, 'frontdesk.frame': type }
  return inSpan(`${client} ${type}`, { kind: 'SERVER', parent: parent ?? null, attributes }, perform)
}

/** Sends something as a span of the present trace; without one, where there is none. */
export function sendFrame<T>(client: 'widget' | 'desk', send: (trace?: Context) => T): T {
  if (!presentTrace()) return send()
  return inSpan(`to ${client}`, { kind: 'PRODUCER' }, () => send(presentTrace()))
}

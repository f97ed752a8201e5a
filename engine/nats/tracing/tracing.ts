import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

/*
 * Traces, by the API of OpenTelemetry alone: without an SDK, which an operator registers before the program starts,
 * nothing is made and no message has a header more. A trace passes from process to process in the headers of messages.
 */

export type { Context } from '@opentelemetry/api'

const tracer = trace.getTracer('frontdesk')

type Headers = Record<string, string>

/** Whether an SDK is registered. */
export function isTraced(): boolean {
  return propagation.fields().length > 0
}

/** Headers with the present trace; the same headers where there is none. */
export function withTrace(headers: Headers | undefined): Headers | undefined {
  const active = context.active()
  if (!trace.getSpan(active)) return headers
  const traced = { ...headers }
  propagation.inject(active, traced)
  return traced
}

/** The trace in the headers of a message; `undefined`: there is none. */
export function traceIn(headers: Headers): Context | undefined {
  if (!isTraced()) return undefined
  const found = propagation.extract(ROOT_CONTEXT, headers)
  return trace.getSpanContext(found) ? found : undefined
}

/** Runs in a trace; as it is where there is none. */
export function inTrace<T>(found: Context | undefined, run: () => T): T {
  return found ? context.with(found, run) : run()
}

/** Runs outside of any trace. */
export function outsideTraces<T>(run: () => T): T {
  return context.with(ROOT_CONTEXT, run)
}

/** The present trace; `undefined`: there is none. */
export function presentTrace(): Context | undefined {
  const active = context.active()
  return trace.getSpan(active) ? active : undefined
}

export interface SpanOptions {
  kind?: keyof typeof SpanKind
  /** The trace that it continues: by default the present one, `null`: none, it begins one. */
  parent?: Context | null | undefined
  /** Ids, types and numbers only: nothing that a customer or an agent wrote. */
  attributes?: Attributes
}

/** Runs as a span, to the end of the promise that it may return. A failure is noted by its class only. */
export function inSpan<T>(name: string, options: SpanOptions, run: () => T): T {
  if (!isTraced()) return run()
  const { kind = 'INTERNAL', attributes = {}, parent } = options
  const before = parent === null ? ROOT_CONTEXT : (parent ?? context.active())
  const span = tracer.startSpan(name, { kind: SpanKind[kind], attributes }, before)
  const failed = (error: unknown): never => {
    span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error)?.constructor?.name ?? '' })
    span.end()
    throw error
  }
  const done = <V>(value: V): V => {
    span.end()
    return value
  }
  return context.with(trace.setSpan(before, span), () => {
    try {
      const result = run()
      return result instanceof Promise ? (result.then(done, failed) as T) : done(result)
    } catch (error) {
      return failed(error)
    }
  })
}

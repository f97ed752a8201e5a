/** Of server-sent events, which no proxy is to keep back. */
export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
}

/** Proxies end what says nothing for long. */
export const heartbeatMs = 15_000

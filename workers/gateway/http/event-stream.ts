/** The headers of server-sent events; the last one keeps proxies from buffering them. */
export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
}

/** Proxies close a connection that is silent for long. */
export const heartbeatMs = 15_000

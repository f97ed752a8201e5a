import { everywhere } from './server.ts'

/** The headers of server-sent events, which no hook adds to; the last one keeps proxies from buffering them. */
export const eventStreamHeaders = {
  ...everywhere,
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

/** Proxies close a connection that is silent for long. */
export const heartbeatMs = 15_000

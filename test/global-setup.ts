import { findServer } from '../workers/nats-server/find-server.ts'

/** Finds the nats-server once, so that the test files do not each fetch one. */
export default async function setup(): Promise<void> {
  if (process.env.FRONTDESK_TEST_NATS_URL) return
  // Inherited by the test workers; the tests of the search itself hand it an environment of their own.
  process.env.NATS_SERVER = await findServer({ report: (line) => process.stderr.write(`${line}\n`) })
}

import { upToDateBuild } from '../workers/build/up-to-date-build.mjs'
import { findServer } from '../workers/nats-server/resolve/find-server.ts'

const report = (line: string) => process.stderr.write(`${line}\n`)

/** Builds what the tests start, and finds the nats-server once, so that the test files do not each fetch one. */
export default async function setup(): Promise<void> {
  await upToDateBuild(report)
  if (process.env.FRONTDESK_TEST_NATS_URL) return
  // Inherited by the test workers; the tests of the search itself hand it an environment of their own.
  process.env.NATS_SERVER = await findServer({ report })
}
